"""Words for an order in what people type: `cheapest`, `cheap`, `the newest`, `最便宜的`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from graph.repositories.search import ItemOrder

Sort = Literal["relevance", ItemOrder]

# Titles that call themselves cheap are not what is wanted: low prices are.
_WORDS_OF: Mapping[Sort, str] = {
    "price": (
        "cheap(?:est)?|inexpensive|affordable|not (?:too )?expensive|lowest priced?"
        "|(?:moins|pas trop|pas) ch(?:er|ère)s?|bon marché"
        "|(?:günstig|billig|preiswert)(?:e[nrs]?|ste[nrs]?)?|nicht (?:zu )?teuer"
        "|价格(?:最低|便宜|实惠)|(?<!不)最?便宜(?:一?[点些])?(?!于)|实惠|不太?贵"
    ),
    "-price": "most expensive|plus ch(?:er|ère)s?|teuerste[nrs]?|最贵",
    "newest": "newest|latest|最新款?",
}
_SORTS = tuple(_WORDS_OF)
_SAID = re.compile(
    r"(?<![a-z\d-])(?:the |les? |la |die |der |das )?"
    rf"(?:{'|'.join(f'({words})' for words in _WORDS_OF.values())})"
    r"(?![a-z\d-])(?! que| als)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class SortWords:
    """An order, and where the text asks for it."""

    sort: Sort
    start: int
    end: int


def find_sort(text: str, *, in_names: Collection[str] = ()) -> SortWords | None:
    """The first order that the text asks for.

    Args:
        in_names: what `sorts_in_names` found: where a lantern is called `Newest`, it is meant.
    """
    for said in _SAID.finditer(text):
        if _word(said) not in in_names:
            return SortWords(_SORTS[_group(said) - 1], said.start(), said.end())
    return None


def sorts_in_names(names: Iterable[str]) -> frozenset[str]:
    """`newest` of `The Newest Lantern`."""
    return frozenset(_word(said) for name in names for said in _SAID.finditer(name))


def _word(said: re.Match[str]) -> str:
    return said[_group(said)].lower()


def _group(said: re.Match[str]) -> int:
    return said.lastindex or 0
