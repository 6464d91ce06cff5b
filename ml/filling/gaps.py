"""Facts that items lack, named by the items that are most like them, with a counted confidence."""

# Q items asked about, P parameters, R candidates, J judged candidates

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from graph.records import FactText, ItemText
from ml.evaluation.hidden_facts import threshold_for
from ml.filling.candidates import Asking
from ml.filling.stated import stated_by
from ml.filling.trees import Trees

MARGIN = 1.645  # a precision is kept with 95 % probability, not on average
FEWEST_JUDGED = 20  # values of a parameter; fewer right ones may be luck
DECIMALS = 4  # of a confidence: two forests that are sure of the same differ behind them


@dataclass(frozen=True, slots=True)
class Filled:
    """A value that an item probably has; `confidence` in 0..1."""

    value: FactText
    confidence: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Values that were named for hidden facts, by a judge that had not seen their families.

    Attributes:
        confidence_J: of each, float64: a threshold is one of them.
        right_J: whether the item has it, bool.
        parameter_J: number of its parameter, int64.
    """

    confidence_J: Tensor
    right_J: Tensor
    parameter_J: Tensor

    def __getitem__(self, chosen_J: Tensor) -> Judged:
        return Judged(*(of[chosen_J] for of in (self.confidence_J, self.right_J, self.parameter_J)))

    def thresholds(self, precision: float) -> dict[int, float]:
        """By parameter, the confidence from which on its values are right often enough.

        So often are those of all parameters together, by the lower bound, and those of each by
        itself, of which `FEWEST_JUDGED` have to be there. What is never so sure has none.
        """
        floor = threshold_for(precision, self.confidence_J, self.right_J, margin=MARGIN)
        sure = self[self.confidence_J >= floor]
        found = {}
        for parameter in set(sure.parameter_J.tolist()):
            own = sure[sure.parameter_J == parameter]
            threshold = threshold_for(precision, own.confidence_J, own.right_J)
            if int((own.confidence_J >= threshold).sum()) >= FEWEST_JUDGED:
                found[parameter] = threshold
        return found


@dataclass(frozen=True, slots=True)
class GapFiller:
    """Names what items lack; made once, asked page by page.

    Attributes:
        asking: the known items, and how they are asked.
        trees: how often candidates like each are right.
        judged: what thresholds are chosen by.
    """

    asking: Asking
    trees: Trees
    judged: Judged

    @property
    def parameters(self) -> Sequence[str]:
        """Ids of all that can be named."""
        return self.asking.similar.index.choices.parameters

    def thresholds(self, precision: float) -> dict[str, float]:
        """By parameter, from which confidence on this share of its values is right.

        Without parameters whose values are never so sure.
        """
        found = self.judged.thresholds(precision)
        return {self.parameters[number]: threshold for number, threshold in found.items()}

    def fill(
        self, items: Sequence[ItemText], settled: Sequence[Collection[str]], least: float
    ) -> list[list[Filled]]:
        """For each item the values of parameters that it states nothing of, the surest first.

        Of a parameter of which items have one value it is one.

        Args:
            items: with all that is known of them, and of their models.
            settled: of each item further parameters that it is not asked about.
            least: confidence, in 0..1; what is less sure is left out.
        """
        asked_QP = np.array(
            [self._open(item, of) for item, of in zip(items, settled, strict=True)], dtype=bool
        ).reshape(len(items), len(self.parameters))
        found = self.asking.candidates(items, asked_QP)
        confidence_R = self.trees.confidence(found.x_RF).round(DECIMALS)
        filled: list[list[Filled]] = [[] for _ in items]
        named: set[tuple[int, int]] = set()  # items and parameters
        stated, single_P = self.asking.stated, self.asking.single_P
        for row in np.argsort(-confidence_R, kind="stable").tolist():
            item, value = int(found.item_R[row]), int(found.value_R[row])
            of = item, int(stated.parameter_V[value])
            if confidence_R[row] >= least and not (of in named and single_P[of[1]]):
                named.add(of)
                filled[item].append(Filled(stated.values[value], float(confidence_R[row])))
        return filled

    def _open(self, item: ItemText, settled: Collection[str]) -> list[bool]:
        stated = {fact.parameter for fact in stated_by(item)}
        return [one not in stated and one not in settled for one in self.parameters]
