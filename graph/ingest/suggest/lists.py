"""Texts that are lists, told from texts that merely have commas."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.measure import PARTS, SEVERAL, Measure
from graph.ingest.suggest.proposal import percent

NAME_CHARACTERS = 30  # in the mean; longer parts are sentences
REUSED = 0.7  # of the parts of a list stand in other cells too
SETTLED = 0.9  # of the parts always at one place: a date, or another record, and no list
# The longer ones first: ` / ` divides what `/` would cut apart.
_SIGNS = (" / ", " | ", "#;#", "；", ";", "|", "、", "，", ",", "/", "\n", "+")
SIDE = r"\d[\d.]*"
_CROSSED = re.compile(rf"\s*{SIDE}\s*[x×X*]\s*{SIDE}")


def text_of(column: Column) -> Measure:
    crossed = column.share(lambda text: _CROSSED.match(text) is not None)
    if PARTS <= crossed < 1 and column.pattern is None:
        evidence = f"as in 16 x 9, in {percent(crossed)} of {column.total:,} cells"
        pattern = rf"^\s*({SIDE}(?:\s*[x×X*]\s*{SIDE})+)"
        return Measure("text", evidence, pattern=pattern)
    best: tuple[float, str] | None = None
    for separator in separators(column, SEVERAL):
        if (reuse := _reuse(column, separator)) and (best is None or reuse > best[0] + 0.05):
            best = (reuse, separator)
    if best is None:
        return Measure("text", f"text, {column.distinct:,} values in {column.total:,} cells")
    separator = best[1]
    several = column.share(lambda text: separator in text)
    evidence = (
        f"lists divided by {separator!r} in {percent(several)} of {column.total:,} cells; "
        f"{percent(best[0])} of their parts stand in other cells too"
    )
    return Measure("text", evidence, split=separator, take_all=True)


def _reuse(column: Column, separator: str) -> float:
    """How many of the parts stand in several cells; 0 where cutting makes no list of names."""
    parts: Counter[str] = Counter()
    places: dict[str, Counter[int]] = {}
    cut_inside = 0
    for text, count in column.counts.items():
        pieces = [piece.strip().casefold() for piece in text.split(separator)]
        cut_inside += count * any(not p or p.count("(") != p.count(")") for p in pieces)
        for place, piece in enumerate(pieces):
            parts[piece] += 1
            places.setdefault(piece, Counter())[place] += 1
    if cut_inside > 0.1 * column.total or len(parts) >= column.distinct:
        return 0.0  # cut texts that are no lists have more parts than there are texts
    if sum(len(part) * n for part, n in parts.items()) / parts.total() > NAME_CHARACTERS:
        return 0.0
    repeated = {part: count for part, count in parts.items() if count > 1}
    settled = sum(max(places[part].values()) for part in repeated) / max(1, sum(repeated.values()))
    if settled > SETTLED:
        return 0.0
    reused = sum(repeated.values()) / parts.total()
    return reused if reused >= REUSED else 0.0


def separators(column: Column, floor: float) -> Iterator[str]:
    """Signs that stand in some cells, the longer ones first."""
    for separator in _SIGNS:
        if column.share(lambda text, sign=separator: sign in text) >= floor:  # type: ignore[misc]
            yield separator
