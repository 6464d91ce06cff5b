"""Whether a version that was just learnt is to serve: why not, in words, or None.

A first version has to beat the weakest of its baselines by more than chance, and may not be worse
than the best of them for sure. A later one is compared with what serves, by the same examples.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING

import msgspec

from ml.errors import LearningError

if TYPE_CHECKING:
    from ml.artefact import Artefact, Measure
    from ml.evaluation.held_out import Beside, HeldOut, Kept

HELD_OUT = "held_out.json"  # what a later version is compared by
SURE = 0.025  # the chance that is left at one end of a 95 % interval

_MORE = "learn from more examples"


@dataclass(frozen=True, slots=True)
class Trial:
    """What a version reached.

    Attributes:
        judged_by: the one measure that decides.
        now: None where it could not be measured.
        beside: what the baselines reach.
        held: the single answers, where there are any.
        rivals: baselines that may not be as good, whatever serves.
        data: fingerprint of what it learnt from.
    """

    judged_by: str
    now: Measure | None
    beside: Mapping[str, float]
    held: HeldOut | None
    rivals: Collection[str]
    data: str

    def against(self, champion: Artefact | None) -> str | None:
        """Why it is not to serve instead of this, or where nothing serves."""
        if self.now is None:
            return f"its {self.judged_by} could not be measured: {_MORE}"
        for rival in sorted(self.rivals, key=self.beside.__getitem__, reverse=True):
            if self.now.value <= self.beside[rival]:
                return self._behind(rival, self.now.value, self.beside[rival])
        before = champion.manifest.metrics.get(self.judged_by) if champion else None
        if champion is None or before is None:
            return self._against_baselines(self.now)
        return self._against_champion(self.now, champion, before)

    def _against_baselines(self, now: Measure) -> str | None:
        weakest, least = min(self.beside.items(), key=itemgetter(1), default=("no answer", 0.0))
        best, most = max(self.beside.items(), key=itemgetter(1), default=("no answer", 0.0))
        if now.value <= least:
            return self._behind(weakest, now.value, least)
        if self.held is not None and weakest in self.held.baselines:
            by_chance = self.held.beside_baseline(weakest).chance()
            if by_chance > SURE:
                reached = self._behind(weakest, now.value, least)
                return f"{reached}, {self._by_chance(by_chance, len(self.held.texts))}: {_MORE}"
            if self.held.beside_baseline(best).swapped().chance() <= SURE:
                return self._behind(best, now.value, most)
            return None
        low = now.value if now.low is None else now.low
        high = now.value if now.high is None else now.high
        if low <= least:
            return f"{self._behind(weakest, now.value, least, f'{low:.3f} at least')}: {_MORE}"
        return self._behind(best, now.value, most, f"{high:.3f} at most") if high < most else None

    def _against_champion(self, now: Measure, champion: Artefact, before: Measure) -> str | None:
        kept = _kept(champion)
        if self.held is None or kept is None:
            return self._unpaired(now, before)
        beside = _beside(self.held, kept, champion)
        if not beside.groups:
            return self._unpaired(now, before)
        mine, theirs, examples = beside.mine, beside.theirs, len(beside.mine_S2)
        reached = f"{self._behind('what serves', mine, theirs)} on the same {examples:,} examples"
        if mine < theirs or (mine == theirs and self.data == champion.manifest.data_fingerprint):
            return reached
        forgotten = len(set(kept.learnt).difference(self.held.learnt))
        by_chance = beside.chance()
        if forgotten and by_chance > SURE:
            return (
                f"{reached}, {self._by_chance(by_chance, examples)}, and it has not learnt from "
                f"{forgotten:,} that what serves learnt from: learn from those, too"
            )
        return None

    def _unpaired(self, now: Measure, before: Measure) -> str | None:
        if now.value > before.value:
            return None
        return f"{self._behind('what serves', now.value, before.value)} on other examples"

    def _behind(self, rival: str, mine: float, theirs: float, limit: str | None = None) -> str:
        sure = f" ({limit})" if limit else ""
        return f"its {self.judged_by} is {mine:.3f}{sure}, that of {rival} {theirs:.3f}"

    @staticmethod
    def _by_chance(chance: float, examples: int) -> str:
        return f"which {examples:,} examples may give by chance (p = {chance:.2g})"


def _kept(champion: Artefact) -> Kept | None:
    """None: it was made before there was such a file, or elsewhere."""
    from ml.evaluation.held_out import Kept

    try:
        return msgspec.json.decode(champion.file(HELD_OUT).read_bytes(), type=Kept)
    except (LearningError, msgspec.DecodeError):
        return None


def _beside(held: HeldOut, kept: Kept, champion: Artefact) -> Beside:
    try:
        return held.beside(kept, champion.contents())
    except LearningError:  # it does not load: what it has answered remains
        return held.beside(kept, None)
