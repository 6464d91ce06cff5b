"""Items to training, validation and test parts that do not share what they are judged on."""

# N items

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ml.errors import SplitLeaks

_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Split:
    """Positions of items, int64, each ascending; together every item once."""

    train: Tensor
    valid: Tensor
    test: Tensor


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of all groups; what is left is the training part."""

    valid: float = 0.08
    test: float = 0.2

    def __post_init__(self) -> None:
        if not (self.valid >= 0 and self.test >= 0 and self.valid + self.test < 1):
            raise ValueError(f"shares {self.valid} and {self.test} leave nothing to train on")


def split_by_group(groups: Sequence[str], shares: Shares | None = None, *, seed: int = 0) -> Split:
    """Whole groups to parts, by a hash of group and seed.

    A group keeps its part when the catalog grows, so that what was held out once stays unseen.
    """
    shares = shares or Shares()
    place_N = torch.tensor([_place(group, seed) for group in groups], dtype=torch.float64)
    test_N = place_N < shares.test
    valid_N = ~test_N & (place_N < shares.test + shares.valid)
    return Split(*(mask.nonzero().flatten() for mask in (~(test_N | valid_N), valid_N, test_N)))


def check_split(split: Split, groups: Sequence[str]) -> None:
    """Raises SplitLeaks when a group stands in more than one part, or a position is not once."""
    parts = {"train": split.train, "valid": split.valid, "test": split.test}
    positions = torch.cat(list(parts.values())).sort().values
    if not torch.equal(positions, torch.arange(len(groups))):
        raise SplitLeaks(what="an item", parts=tuple(parts), example=f"{len(positions)} positions")
    home: dict[str, str] = {}
    for part, members in parts.items():
        for position in members.tolist():
            first = home.setdefault(groups[position], part)
            if first != part:
                raise SplitLeaks(what="a group", parts=(first, part), example=groups[position])


def families(brands: Sequence[str | None], titles: Sequence[str]) -> list[str]:
    """What makes near-duplicates one group: the brand and the title's first word with a digit.

    "Acme Nova 7" and "Acme Nova 7 Pro" are one family; a title without digits is one of its own.
    """
    return [_family(brand or "", title) for brand, title in zip(brands, titles, strict=True)]


def _family(brand: str, title: str) -> str:
    words = title.casefold().split()
    numbered = next((word for word in words if _DIGIT.search(word)), None)
    return f"{brand}\t{numbered or ' '.join(words)}"


def _place(group: str, seed: int) -> float:
    digest = hashlib.blake2b(f"{seed}\t{group}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
