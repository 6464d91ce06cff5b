"""The parts of a question that were linked to the graph, to be shown."""

from __future__ import annotations

from collections.abc import Sequence

from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import Entity, EntityKind
from ml.asking.span import Span

MENDED = 0.9  # how sure a word is that was read as if it had no typing error

_KINDS: dict[str, EntityKind] = {
    "model": "model",
    "brand": "brand",
    "category": "category",
    "parameter": "parameter",
}


def entities(found: Sequence[Span], lexicon: AskingLexicon) -> tuple[Entity, ...]:
    """Names and numbers in the order of the question, function words left out."""
    shown = (_entity(span, lexicon) for span in found)
    return tuple(one for one in shown if one is not None)


def _entity(span: Span, lexicon: AskingLexicon) -> Entity | None:
    sure = MENDED if span.mended else 1.0
    kind: EntityKind
    if span.number is not None:
        kind, id, name = "number", span.text, span.text
    elif span.senses and span.senses[0].kind in _KINDS:
        sense = span.senses[0]
        kind, id, name = _KINDS[sense.kind], sense.id, sense.name
        if kind == "model":
            kind = lexicon.models[id].kind
        sure *= sense.sure
    elif span.values and not span.senses:
        value = span.values[0]
        kind, id = "value", value.ids[0]
        name = lexicon.texts.text_of(value.ids[0], value.parameter)
    else:
        return None
    return Entity(span.text, span.start, span.end, kind, id, name, round(sure, 3))
