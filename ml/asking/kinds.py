"""Whether a question names models or what shops offer."""

from __future__ import annotations

from graph.records import ItemKind
from ml.asking.draft import Draft
from ml.asking.keys import stems
from ml.asking.spans import Span

_OFFERS = frozenset(map(stems, ("offer", "listing", "product", "sku", "商品", "报价")))
_MODELS = frozenset(map(stems, ("model", "机型", "型号")))


def named_kind(draft: Draft) -> ItemKind | None:
    """The kind that the first word for items says, if it says one."""
    for place, span in enumerate(draft.spans):
        if not span.does("item") or (place and _has_offered(draft.spans[place - 1])):
            continue
        if stems(span.text) in _OFFERS:
            return "product"
        if stems(span.text) in _MODELS:
            return "model"
    return None


def _has_offered(before: Span) -> bool:
    """`Who offers`, `Acme offers`: there it is no noun."""
    offers = before.does("brand", "who") or before.text.lower() == "that"
    return offers or any(map(before.is_kind, ("brand", "model", "series")))
