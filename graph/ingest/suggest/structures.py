"""Text cells that hold JSON, to a column for each key, as far as patterns reach."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping

from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.headers import NAME_KEYS, VALUE_KEYS
from graph.ingest.suggest.shapes import is_structure

MOSTLY = 0.5  # of the cells hold JSON
MIN_SHARE = 0.02  # of the rows have a key; rarer ones would make hundreds of parameters
MAX_KEYS = 60
READ_CELLS = 2_000
# What stands between quotes, with what may be escaped in it; group 1 is the value.
_QUOTED = {'"': r'"((?:[^"\\]|\\.)*)"', "'": r"'((?:[^'\\]|\\.)*)'"}
_BARE = r"(-?[\d.]+|true|false)"
_PAIR = re.compile(
    rf"""\{{\s*["'](?:{"|".join(NAME_KEYS)})["']\s*(?::|=>)\s*(["'])(?P<key>.{{1,80}}?)\1\s*,"""
    rf"""\s*["'](?P<named>{"|".join(VALUE_KEYS)})["']\s*(?P<sign>:|=>)\s*(["'])"""
)


def unfold(columns: list[Column]) -> tuple[list[Column], dict[str, str]]:
    """`columns` with those that hold JSON replaced by what is in it; the reasons, by name."""
    unfolded: list[Column] = []
    reasons: dict[str, str] = {}
    for column in columns:
        share = column.share(is_structure)
        if share < MOSTLY:
            unfolded.append(column)
            continue
        inner = _pairs(column) or _objects(column) or _lists(column)
        unfolded += inner or [column]
        if inner:
            why = f"holds JSON as text; its {len(inner)} parts are read by patterns"
            reasons[column.name] = why
    return unfolded, reasons


def _lists(column: Column) -> list[Column]:
    """`["red", "blue"]`: each text of the list."""
    cells = [_decoded(text) for text in list(column.counts)[:READ_CELLS]]
    lists = [cell for cell in cells if isinstance(cell, list)]
    if not lists or not all(isinstance(item, str) for cell in lists for item in cell):
        return []
    quotes = Counter(quote for text in column.counts for quote in "\"'" if f"[{quote}" in text)
    quote = quotes.most_common(1)[0][0] if quotes else '"'
    return [_extracted(column, _QUOTED[quote], column.label, is_list=True)]


def _objects(column: Column) -> list[Column]:
    """`{"ram": "8 GB", "nfc": true}`: a column for each key."""
    keys: Counter[str] = Counter()
    for text in list(column.counts)[:READ_CELLS]:
        cell = _decoded(text)
        if isinstance(cell, Mapping):
            keys.update(key for key, value in cell.items() if isinstance(value, str | int | float))
    found = []
    for key in _frequent(keys):
        quoted = re.escape(key)
        value = rf"(?:{_QUOTED[chr(34)]}|{_BARE})"
        found.append(_extracted(column, rf'"{quoted}"\s*:\s*{value}', key))
    return [inner for inner in found if inner.total]


def _pairs(column: Column) -> list[Column]:
    """`[{"key": "RAM", "value": "8 GB"}, …]`, also with `=>`: a column for each key."""
    keys: Counter[str] = Counter()
    shape: re.Match[str] | None = None
    for text in list(column.counts)[:READ_CELLS]:
        for match in _PAIR.finditer(text):
            shape = shape or match
            keys[match["key"]] += 1
    if shape is None:
        return []
    between = re.escape(shape["sign"])
    found = []
    for key in _frequent(keys):
        quote = shape[1]
        pattern = (
            rf"{quote}{re.escape(key)}{quote}\s*,\s*{quote}{shape['named']}{quote}\s*{between}\s*"
            + _QUOTED[quote]
        )
        found.append(_extracted(column, pattern, key))
    return [inner for inner in found if inner.total]


def _frequent(keys: Counter[str]) -> Iterator[str]:
    floor = MIN_SHARE * max(keys.values(), default=0)
    yield from (key for key, count in keys.most_common(MAX_KEYS) if count >= floor)


def _extracted(column: Column, pattern: str, label: str, *, is_list: bool = False) -> Column:
    compiled = re.compile(pattern)
    texts = [tuple(_values(compiled, cell, is_list)) for cell in column.texts]
    return Column(name=column.name, texts=texts, label=label, pattern=pattern, is_list=is_list)


def _values(pattern: re.Pattern[str], texts: tuple[str, ...], several: bool) -> Iterator[str]:
    for text in texts:
        for match in pattern.finditer(text):
            value = next((group for group in match.groups() if group), "")
            if value.strip():
                yield value.strip()
            if not several:
                break


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        # Python's own lists and objects differ from JSON in their quotes.
        try:
            return json.loads(text.replace("'", '"'))
        except (ValueError, RecursionError):
            return None
