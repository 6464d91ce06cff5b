"""Where in a question names may stand that the graph does not have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ml.asking.plan import Place
from ml.asking.span import Span
from ml.grounding.tokens import is_han, stands_alone

_JOINTS = " -(&"  # signs that may stand within a name


def unknown_words(text: str, spans: Sequence[Span]) -> tuple[str, ...]:
    """As they are written: what is glued together, `S11`, is one."""
    words: list[Place] = []
    for span in spans:
        if not span.unknown:
            continue
        start = span.start
        if words and words[-1].end == start:
            start = words.pop().start
        words.append(Place(text[start : span.end], start, span.end))
    return tuple(word.text for word in words)


def places_of_unknown(text: str, spans: Sequence[Span]) -> tuple[Place, ...]:
    """Stretches with an unknown word: with what may be of the same name, and by itself."""
    unknown = [at for at, span in enumerate(spans) if span.unknown]
    wide = _around(text, spans, unknown)
    lone = (Place(spans[at].text, spans[at].start, spans[at].end) for at in unknown)
    words = (one for one in lone if not is_han(one.text))
    whole = (one for one in words if stands_alone(text, one.start, one.end))
    pairs = (pair for one in wide for pair in _pairs(text, one))
    return tuple(dict.fromkeys((*pairs, *wide, *whole)))


def places_of_strangers(text: str, spans: Sequence[Span]) -> tuple[Place, ...]:
    """Stretches of two names or more that are none together: `Aurora 7`, `Bolt 77`."""
    named = (at for at, span in enumerate(spans) if _is_name(span) and span.number is None)
    return tuple(
        one
        for one in _around(text, spans, named)
        if not any((span.start, span.end) == (one.start, one.end) for span in spans)
    )


def _around(text: str, spans: Sequence[Span], seeds: Iterable[int]) -> tuple[Place, ...]:
    found: dict[Place, None] = {}
    for seed in seeds:
        first = _reach(text, spans, seed, -1)
        last = _reach(text, spans, seed, +1)
        start, end = spans[first].start, spans[last].end
        found[Place(text[start:end], start, end)] = None
    return tuple(_bridged(text, list(found)))


def _pairs(text: str, place: Place) -> Iterator[Place]:
    """Of a stretch with one Chinese character that and its neighbours, whatever they mean here."""
    signs = [at for at in range(place.start, place.end) if is_han(text[at])]
    if len(signs) != 1:
        return
    for start in (signs[0], signs[0] - 1):
        pair = text[max(start, 0) : start + 2]
        if len(pair) == 2 and all(map(is_han, pair)):
            yield Place(pair, start, start + 2)


def _bridged(text: str, places: Sequence[Place]) -> Iterator[Place]:
    """Two stretches as one where a single Chinese character stands between: it may be of both."""
    before: Place | None = None
    for place in places:
        if before is not None and place.start - before.end == 1 and is_han(text[before.end]):
            before = Place(text[before.start : place.end], before.start, place.end)
            continue
        if before is not None:
            yield before
        before = place
    if before is not None:
        yield before


def _reach(text: str, spans: Sequence[Span], at: int, step: int) -> int:
    while 0 <= at + step < len(spans) and _belongs(text, spans, at, at + step):
        at += step
    return at


def _belongs(text: str, spans: Sequence[Span], at: int, other: int) -> bool:
    one, two = sorted((at, other))
    between = text[spans[one].end : spans[two].start]
    return not between.strip(_JOINTS) and _is_name(spans[other])


def _is_name(span: Span) -> bool:
    if span.number is not None:
        return span.unit is None
    return span.unknown or not span.senses or any(map(span.is_kind, ("model", "series", "brand")))
