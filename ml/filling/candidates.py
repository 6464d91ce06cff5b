"""Values that items may have where nothing is said of a parameter: what similar items state."""

# Q items asked about, N items of the index, P parameters, K neighbours, R candidates, F features

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graph.records import ItemText
from ml.filling.plausibility import Plausibility
from ml.filling.stated import Numbers, StatedValues, akin, category_of
from ml.filling.trees import Floats

FEATURES = (
    "votes",  # of the attention that neighbours get, the share of those that have the value
    "agreeing",
    "stating",
    "stating_share",
    "nobody",  # of the attention, what is left to the distribution over all items
    "nearest_facts",
    "nearest_title",
    "rival",  # votes of the likeliest other value of the parameter
    "usual",  # share of the value in all that is stated of the parameter
    "known",
)
VOTES, AGREEING, STATING = range(3)
FEWEST = 3  # items that state a parameter, or a rarer value of it; what fewer say is no rule
LEAST_RARER = 0.02  # of the items that state a parameter, those with another than its usual value
LEAST_STATING = 0.5  # of the neighbours; where fewer state a parameter, an item may not have it
SEVERAL = 0.05  # of the items that state a parameter; fewer with two values contradict themselves
LEAST_VOTES = 0.1  # what has fewer is hardly ever right
_NONE = np.empty(0, dtype=np.int64)
_BATCH_ITEMS = 64  # each is compared with all items of the index


@dataclass(frozen=True, slots=True)
class Candidates:
    """One a row, in the order of the items.

    Attributes:
        item_R: place of the item among those that were asked about.
        value_R: number of the value among those that are stated.
        x_RF: what is known of it, `FEATURES`.
    """

    item_R: Numbers
    value_R: Numbers
    x_RF: Floats

    def __len__(self) -> int:
        return len(self.item_R)


@dataclass(frozen=True, slots=True)
class _Kin:
    """What an item of one category may hear.

    Attributes:
        heard_N: the items of the index.
        open_P: parameters of which they do not all state one value. Where those say `yes` that have
            something and hardly anybody says `no`, silence is the other answer.
    """

    heard_N: Tensor
    open_P: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked: the items of an index, and which values they have.

    Attributes:
        rows_of: items of the index, by category; `row_of` the one with an id.
        single_P: parameters of which hardly any item has two values.
    """

    similar: Plausibility
    stated: StatedValues
    rows_of: dict[str | None, Tensor]
    row_of: dict[str | None, int]
    single_P: NDArray[np.bool_]
    _kin_of: dict[str | None, _Kin] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, similar: Plausibility, stated: StatedValues) -> Asking:
        rows = defaultdict[str | None, list[int]](list)
        for row, category in enumerate(stated.category_N):
            rows[category].append(row)
        place_E, value_E = stated.by(np.arange(len(stated.category_N)))
        parameter_E = stated.parameter_V[value_E]
        items_P = _distinct(place_E, parameter_E, len(similar.index.choices.parameters))
        single_P = np.bincount(parameter_E, minlength=len(items_P)) < (1 + SEVERAL) * items_P
        return cls(
            similar,
            stated,
            {one: torch.tensor(of) for one, of in rows.items()},
            {id: row for row, id in enumerate(stated.id_N) if id is not None},
            single_P,
        )

    def candidates(
        self,
        items: Sequence[ItemText],
        asked_QP: NDArray[np.bool_],
        families: Sequence[str] | None = None,
    ) -> Candidates:
        """What the nearest items of the same category, or one above or below it, have.

        No item hears itself: it would be its own look-alike.

        Args:
            items: what is known of them; of the parameters asked for, nothing.
            asked_QP: parameters, in the order of the index.
            families: of each item the one that is not asked; None: all are.
        """
        items_R, values, rows = [], [], []
        for first in range(0, len(items), _BATCH_ITEMS):
            part = slice(first, first + _BATCH_ITEMS)
            of = [self._kin(category_of(item)) for item in items[part]]
            heard = self._heard(items[part], of, families[part] if families else None)
            asked = asked_QP[part] & np.stack([one.open_P for one in of])
            for place, (value_R, x_RF) in enumerate(self._of(items[part], asked, heard)):
                items_R.append(np.full(len(value_R), first + place))
                values.append(value_R)
                rows.append(x_RF)
        return Candidates(
            np.concatenate([_NONE, *items_R]),
            np.concatenate([_NONE, *values]),
            np.concatenate([np.empty((0, len(FEATURES))), *rows]),
        )

    def _heard(
        self, items: Sequence[ItemText], kin: Sequence[_Kin], families: Sequence[str] | None
    ) -> Tensor:
        """Whom each item may hear, bool [Q, N]."""
        heard_QN = torch.stack([one.heard_N for one in kin])
        for row, item in enumerate(items):
            if (own := self.row_of.get(item.id)) is not None:
                heard_QN[row, own] = False
        for row, family in enumerate(families or ()):
            heard_QN[row, self.similar.index.rows_of.get(family, [])] = False
        return heard_QN

    def _kin(self, category: str | None) -> _Kin:
        if category not in self._kin_of:
            self._kin_of[category] = self._found_kin(category)
        return self._kin_of[category]

    def _found_kin(self, category: str | None) -> _Kin:
        heard_N = torch.zeros(len(self.stated.category_N), dtype=torch.bool)
        for other, rows in self.rows_of.items():
            if akin(category, other):
                heard_N[rows] = True
        stated_P, usual_P = self.stated.usual(len(self.single_P), np.flatnonzero(heard_N.numpy()))
        rarer_P = stated_P - usual_P
        return _Kin(heard_N, rarer_P >= np.maximum(FEWEST, LEAST_RARER * stated_P))

    @torch.no_grad()
    def _of(
        self, items: Sequence[ItemText], asked_QP: NDArray[np.bool_], heard_QN: Tensor
    ) -> Iterator[tuple[Numbers, Floats]]:
        """The values and features of each item."""
        similar = self.similar
        known = similar.index.reader.read(items)
        near = similar.index.near.nearest(known, similar.config.neighbours, barred_BN=~heard_QN)
        heard_QK = heard_QN.gather(1, near.item_BK)
        share_QKP = similar.shares(known, near, heard_QK).numpy()
        known_Q = (known.choice_NP >= 0).sum(1).tolist()
        for row, heard_K in enumerate(heard_QK.numpy()):
            ballot = _Ballot(
                near.item_BK[row].numpy()[heard_K],
                share_QKP[row, :-1][heard_K],
                nobody_P=share_QKP[row, -1],
                facts=float(near.facts_BK[row, 0]),
                title=float(near.title_BK[row, 0]),
                known=known_Q[row],
            )
            yield ballot.counted(self.stated, asked_QP[row])


@dataclass(frozen=True, slots=True)
class _Ballot:
    """Of one item the neighbours that are heard, and how much each counts on what."""

    rows_K: Numbers
    share_KP: NDArray[np.float32]
    nobody_P: NDArray[np.float32]
    facts: float  # similarity of the nearest
    title: float
    known: int

    def counted(self, stated: StatedValues, asked_P: NDArray[np.bool_]) -> tuple[Numbers, Floats]:
        """Values of the parameters asked for, with `FEATURES`."""
        place_E, value_E = stated.by(self.rows_K)
        parameter_E = stated.parameter_V[value_E]
        stating_P = _distinct(place_E, parameter_E, len(asked_P))
        enough_P = stating_P >= max(FEWEST, LEAST_STATING * len(self.rows_K))
        kept_E = (asked_P & enough_P)[parameter_E]
        place_E, value_E, parameter_E = place_E[kept_E], value_E[kept_E], parameter_E[kept_E]
        value_R, row_E = np.unique(value_E, return_inverse=True)
        share_E = self.share_KP[place_E, parameter_E]
        votes_R = np.bincount(row_E, share_E, minlength=len(value_R)).astype(np.float64)
        parameter_R = stated.parameter_V[value_R]
        same_R = np.ones(len(value_R))
        x_RF = np.column_stack(
            (
                votes_R,
                np.bincount(row_E, minlength=len(value_R)),
                stating_P[parameter_R],
                stating_P[parameter_R] / max(len(self.rows_K), 1),
                self.nobody_P[parameter_R],
                self.facts * same_R,
                self.title * same_R,
                _rivals(votes_R, parameter_R),
                stated.shares[value_R],
                self.known * same_R,
            )
        )
        likely_R = votes_R >= LEAST_VOTES
        return value_R[likely_R], x_RF[likely_R].astype(np.float64)


def _distinct(place_E: Numbers, parameter_E: Numbers, parameters: int) -> Numbers:
    """How many items state each parameter, once or more often, [P]."""
    pairs = np.unique(place_E * parameters + parameter_E)
    return np.bincount(pairs % parameters, minlength=parameters)


def _rivals(votes_R: Floats, parameter_R: Numbers) -> Floats:
    """The most votes that another value of the same parameter has, [R]; 0 where there is none."""
    order_R = np.lexsort((-votes_R, parameter_R))
    votes, parameter = votes_R[order_R], parameter_R[order_R]
    is_first_R = np.ones(len(order_R), dtype=bool)
    is_first_R[1:] = parameter[1:] != parameter[:-1]
    is_last_R = np.append(is_first_R[1:], True)
    second_R = np.where(is_last_R, 0.0, np.append(votes[1:], 0.0))
    most_R = votes[np.flatnonzero(is_first_R)][np.cumsum(is_first_R) - 1]
    rival_R = np.empty(len(order_R))
    rival_R[order_R] = np.where(is_first_R, second_R, most_R)
    return rival_R
