"""Words for an order in what people type: `cheapest`, `the newest`, `最便宜的`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from graph.repositories.search import ItemOrder

Sort = Literal["relevance", ItemOrder]

_SORT_OF: Mapping[str, Sort] = {
    "cheapest": "price",
    "lowest price": "price",
    "lowest priced": "price",
    "moins cher": "price",
    "moins chère": "price",
    "moins chers": "price",
    "moins chères": "price",
    "günstigste": "price",
    "günstigster": "price",
    "günstigstes": "price",
    "günstigsten": "price",
    "billigste": "price",
    "billigsten": "price",
    "最便宜": "price",
    "价格最低": "price",
    "most expensive": "-price",
    "plus cher": "-price",
    "plus chère": "-price",
    "plus chers": "-price",
    "plus chères": "-price",
    "teuerste": "-price",
    "teuersten": "-price",
    "最贵": "-price",
    "newest": "newest",
    "latest": "newest",
    "最新": "newest",
    "最新款": "newest",
}
_WORDS = "|".join(sorted(_SORT_OF, key=len, reverse=True))
_SAID = re.compile(
    rf"(?<![a-z\d-])(?:the |les? |la |die |der |das )?({_WORDS})(?![a-z\d-])(?! que)", re.IGNORECASE
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
        if (word := said[1].lower()) not in in_names:
            return SortWords(_SORT_OF[word], said.start(), said.end())
    return None


def sorts_in_names(names: Iterable[str]) -> frozenset[str]:
    """`newest` of `The Newest Lantern`."""
    return frozenset(word.lower() for name in names for word in _SAID.findall(name))
