"""Answers to examples that a model had not learnt from, compared with another's to the same."""

# S examples, G groups that stand or fall together, D of them answered differently, R swaps

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from numpy.typing import NDArray

SWAPS = 2_000  # a chance of .025 is found to within .004; up to 10 groups are swapped in all ways
_CHUNK_NUMBERS = 4_000_000  # drawn at a time: 32 MB

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


class Kept(msgspec.Struct, frozen=True):
    """What a later version is compared by: no texts, but marks by which they are known again.

    Attributes:
        learnt: marks of the texts that the model has learnt from.
        answers: of examples that it had not learnt from when it answered, by mark.
    """

    learnt: tuple[str, ...]
    answers: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """How a model, and what it is compared with, answers examples that it had not learnt from.

    Attributes:
        texts: the mark of what each example asks, and `examples` of that with what is right.
        groups: examples of one group are no independent ones.
        answers_S2: what each adds above and below in the ratio of sums that is the measure.
        baselines: the same of other methods.
        learnt: marks of all texts that the model that is kept has learnt from.
        ask: how the model with these files answers the examples at these places.
    """

    texts: Sequence[str]
    examples: Sequence[str]
    groups: Sequence[str]
    answers_S2: Floats
    baselines: Mapping[str, Floats]
    learnt: Collection[str]
    ask: Callable[[Mapping[str, bytes], Places], Floats]

    def kept(self) -> Kept:
        rows = zip(self.examples, self.answers_S2.tolist(), strict=True)
        answers = {example: (up, down) for example, (up, down) in rows}
        return Kept(tuple(sorted(set(self.learnt))), answers)

    def beside(self, before: Kept, files: Mapping[str, bytes] | None) -> Beside:
        """The examples that an earlier version answered, too, without having learnt from them.

        Args:
            files: of that version, to ask it what it was not asked before; None: it is not asked.
        """
        asked = np.array([one in before.answers for one in self.examples], dtype=bool)
        learnt = frozenset(before.learnt)
        new = np.array([text not in learnt for text in self.texts], dtype=bool) & ~asked
        theirs_S2 = np.zeros_like(self.answers_S2)
        for place in np.flatnonzero(asked).tolist():
            theirs_S2[place] = before.answers[self.examples[place]]
        if files is None:
            new[:] = False
        elif new.any():
            theirs_S2[new] = self.ask(files, np.flatnonzero(new))
        both = np.flatnonzero(asked | new)
        groups = [self.groups[place] for place in both.tolist()]
        return Beside(self.answers_S2[both], theirs_S2[both], groups)

    def beside_baseline(self, name: str) -> Beside:
        return Beside(self.answers_S2, self.baselines[name], self.groups)


@dataclass(frozen=True, slots=True)
class Beside:
    """Answers of two methods to the same examples."""

    mine_S2: Floats
    theirs_S2: Floats
    groups: Sequence[str]

    @property
    def mine(self) -> float:
        return float(_ratio(self.mine_S2.sum(axis=0)))

    @property
    def theirs(self) -> float:
        return float(_ratio(self.theirs_S2.sum(axis=0)))

    def swapped(self) -> Beside:
        return replace(self, mine_S2=self.theirs_S2, theirs_S2=self.mine_S2)

    def chance(self) -> float:
        """How likely answers that differ by luck alone put mine so far above, or further; 0..1.

        The answers to each group are swapped or not, as by a coin. Unlike a bootstrap interval it
        is right for any number of groups: where fewer than six differ it is never below .025.

        Source: Yeh, "More accurate tests for the statistical significance of result differences",
        COLING 2000; approximate randomization, with all swaps where they are few.
        """
        group_S = np.unique(np.array(self.groups, dtype=str), return_inverse=True)[1]
        difference_G2 = np.zeros((int(group_S.max(initial=-1)) + 1, 2))
        np.add.at(difference_G2, group_S, self.theirs_S2 - self.mine_S2)
        difference_D2 = difference_G2[difference_G2.any(axis=1)]
        found = self.mine - self.theirs
        number, chunk = len(difference_D2), max(1, _CHUNK_NUMBERS // (len(difference_D2) + 1))
        if 2**number <= SWAPS:
            swap_RD = np.arange(2**number)[:, None] >> np.arange(number) & 1
            return float(np.mean(self._differences(swap_RD @ difference_D2) >= found - 1e-12))
        draw = np.random.default_rng(0)
        further = 0
        for first in range(0, SWAPS, chunk):
            swap_RD = draw.integers(2, size=(min(chunk, SWAPS - first), number))
            further += int((self._differences(swap_RD @ difference_D2) >= found - 1e-12).sum())
        return (further + 1) / (SWAPS + 1)

    def _differences(self, moved_R2: Floats) -> Floats:
        mine_2, theirs_2 = self.mine_S2.sum(axis=0), self.theirs_S2.sum(axis=0)
        return _ratio(mine_2 + moved_R2) - _ratio(theirs_2 - moved_R2)


def mark(*parts: object) -> str:
    """By which a text or an example is known again, without being kept itself."""
    return hashlib.blake2s("\0".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def _ratio(sums_X2: Floats) -> Floats:
    found: Floats = sums_X2[..., 0] / np.maximum(sums_X2[..., 1], 1e-12)
    return found
