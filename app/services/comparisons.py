"""Comparisons beside a quantity in what people type: `under 2 kg`, `64 GB or more`, `6英寸以上`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

# Of quantities and of prices, for patterns of others, which ignore case.
AT_MOST = (
    r"under|below|(?<!no )(?<!not )less than|up to|at most|not? more than"
    r"|(?<!pas )moins de|jusqu['’]à|au plus|pas plus de"
    r"|unter|(?<!nicht )weniger als|bis(?: zu)?|höchstens|nicht mehr als"
)
AT_LEAST = (
    r"over|above|more than|at least|not? less than"
    r"|(?<!pas )plus de|à partir de|au moins|pas moins de"
    r"|über|(?<!nicht )mehr als|ab|mindestens|nicht weniger als"
)

_LOOKED_BACK = 24  # characters before a quantity

_LESS = "light|small|short|thin|narrow|low|slim|cheap|quiet|slow|young"
_MORE = "heav|big|larg|long|tall|thick|high|wid|great|fast|deep|loud|bright|strong|old"
_AT_MOST = re.compile(
    rf"(?:\b(?:{AT_MOST}|max(?:imum|\.)?|(?:{_LESS})[mn]?i?er than)|<=?|≤"
    r"|不(?:超过|到|大于|高于|多于)|(?<!不)(?:低于|小于|少于|轻于|短于))\s*$",
    re.IGNORECASE,
)
_AT_LEAST = re.compile(
    rf"(?:\b(?:{AT_LEAST}|min(?:imum|\.)?|(?:{_MORE})g?i?er than)|>=?|≥"
    r"|不(?:低于|少于|小于)|超过|高于|大于|多于|重于|长于|至少)\s*$",
    re.IGNORECASE,
)
_OR_LESS = re.compile(
    r"\s*(?:(?:or|and) (?:less|below|under|smaller|lower|lighter|shorter)\b"
    r"|(?:ou|et) moins\b(?! d[e'’])|(?:oder|und) weniger\b(?! als)|及?(?:以下|以内|之内))",
    re.IGNORECASE,
)
_OR_MORE = re.compile(
    r"\s*(?:(?:or|and) (?:more|above|over|up|bigger|larger|higher|longer|greater|better)\b"
    r"|(?:ou|et) plus\b(?! d[e'’])|(?:oder|und) mehr\b(?! als)"
    r"|及?以上|起(?!\w)|\+(?!\s*\d))",
    re.IGNORECASE,
)
# Words that compare, and stand behind others in names as well: `Pro Max`.
_IN_NAMES = re.compile(r"\w\s+(max|min)\b", re.IGNORECASE)
_BEHIND_WORD = re.compile(rf"{_IN_NAMES.pattern}\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Comparison:
    """That a quantity is the most or the least of what is wanted, and where this is said."""

    is_most: bool
    start: int
    end: int


def comparison(
    text: str, start: int, end: int, *, in_names: Collection[str] = ()
) -> Comparison | None:
    """What is said beside the quantity from `start` to `end`.

    Args:
        in_names: what `words_in_names` found: `iphone pro max 1tb` compares nothing, but `max 1tb`.
    """
    first = max(0, start - _LOOKED_BACK)
    before = text[first:start]
    for is_most, pattern in ((True, _AT_MOST), (False, _AT_LEAST)):
        said = pattern.search(before)
        if said is not None and not _is_of_name(before, in_names):
            return Comparison(is_most, first + said.start(), end)
    for is_most, pattern in ((True, _OR_LESS), (False, _OR_MORE)):
        if (said := pattern.match(text, end)) is not None:
            return Comparison(is_most, start, said.end())
    return None


def words_in_names(names: Iterable[str]) -> frozenset[str]:
    """`max` of `Phone Pro Max`."""
    return frozenset(word.lower() for name in names for word in _IN_NAMES.findall(name))


def _is_of_name(before: str, in_names: Collection[str]) -> bool:
    said = _BEHIND_WORD.search(before)
    return said is not None and said[1].lower() in in_names
