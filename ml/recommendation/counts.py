"""What counting says of a next item: who else had both, what came after, what is popular."""

# B histories, N items, M new ones, U shoppers, K attributes

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ml.recommendation.sequences import Histories, ItemFacts

Floats = NDArray[np.float32]
DECAY = 0.7  # of what an item says with every item that came after it
WINDOW = 3  # so many items later still count as "after", with 1 / distance
LATE = 0.6  # a trend looks at the ends of histories: the only clock that sequences have
CountName = Literal["item_cosine", "transitions", "attribute_cosine", "popularity", "trend"]


@dataclass(frozen=True)
class Counts:
    """What is counted once over all histories; scores come from sparse products.

    Attributes:
        popularity_N: interactions of each item.
        late_N: the same, each interaction with `LATE ** (items after it)`.
        cosine_NN: shoppers who had both, over the root of the product of who had either.
        after_NN: how often the column came after the row, over the same root.
        idf_K: how much an attribute tells; one that few items have tells more.
        attribute_NK: rows of idf-weighted attributes, of length 1.
    """

    popularity_N: Floats
    late_N: Floats
    cosine_NN: sparse.csr_matrix
    after_NN: sparse.csr_matrix
    idf_K: Floats
    attribute_NK: sparse.csr_matrix

    @classmethod
    def of(cls, histories: Histories, facts: ItemFacts) -> Counts:
        items = len(facts)
        popularity_N = np.bincount(histories.item_E, minlength=items).astype(np.float32)
        late = LATE ** histories.from_end()
        late_N = np.bincount(histories.item_E, weights=late, minlength=items).astype(np.float32)
        seen_UN = histories.seen(items)
        shoppers_N = np.asarray(seen_UN.sum(axis=0)).ravel()
        idf_K = idf(facts)
        return cls(
            popularity_N,
            late_N,
            _normed(seen_UN.T @ seen_UN, shoppers_N),
            _normed(_transitions(histories, items), shoppers_N),
            idf_K,
            attribute_rows(facts, idf_K),
        )

    @property
    def facts(self) -> ItemFacts:
        """The attributes of all items, as they were counted."""
        has = self.attribute_NK
        return ItemFacts(has.indices.astype(np.int64), has.indptr.astype(np.int64), has.shape[1])

    def with_new_items(self, facts: ItemFacts) -> Counts:
        """The same, and behind it items that were not there when it was counted."""
        more = len(facts)
        items = len(self.popularity_N) + more
        attribute_MK = attribute_rows(facts, self.idf_K)
        return replace(
            self,
            popularity_N=np.pad(self.popularity_N, (0, more)),
            late_N=np.pad(self.late_N, (0, more)),
            cosine_NN=enlarged(self.cosine_NN, items, items),
            after_NN=enlarged(self.after_NN, items, items),
            attribute_NK=sparse.vstack((self.attribute_NK, attribute_MK), format="csr"),
        )

    def scores(self, name: CountName, histories: Histories) -> Floats:
        """`score_BN`: what one way of counting says of every item after each history."""
        items = len(self.popularity_N)
        match name:
            case "item_cosine":
                found = histories.weighted(items, DECAY) @ self.cosine_NN
                return np.sqrt(_dense(found))
            case "transitions":
                found = histories.weighted(items, DECAY**2) @ self.after_NN
                return np.sqrt(_dense(found))
            case "attribute_cosine":
                profile_BK = histories.weighted(items, DECAY) @ self.attribute_NK
                return _dense(profile_BK @ self.attribute_NK.T)
            case "popularity":
                return np.tile(np.log1p(self.popularity_N), (len(histories), 1))
            case "trend":
                rising_N = np.log((self.late_N + 0.5) / (self.popularity_N + 1.0))
                return np.tile(rising_N.astype(np.float32), (len(histories), 1))
            case _:
                assert_never(name)


def _dense(matrix: sparse.csr_matrix) -> Floats:
    return np.asarray(matrix.toarray(), dtype=np.float32)


def _normed(counts_NN: sparse.csr_matrix, shoppers_N: Floats) -> sparse.csr_matrix:
    """Without the diagonal: an item says nothing new of itself."""
    pairs = sparse.coo_matrix(counts_NN)
    other = pairs.row != pairs.col
    row, col = pairs.row[other], pairs.col[other]
    data = pairs.data[other] / np.sqrt(shoppers_N[row] * shoppers_N[col])
    return sparse.csr_matrix((data.astype(np.float32), (row, col)), shape=pairs.shape)


def _transitions(histories: Histories, items: int) -> sparse.csr_matrix:
    total = sparse.csr_matrix((items, items), dtype=np.float32)
    left = histories.from_end()
    for distance in range(1, WINDOW + 1):
        first = np.flatnonzero(left >= distance)
        pair = (histories.item_E[first], histories.item_E[first + distance])
        weight = np.full(len(first), 1 / distance, dtype=np.float32)
        total = total + sparse.csr_matrix((weight, pair), shape=(items, items))
    return total


def enlarged(matrix: sparse.csr_matrix, rows: int, columns: int) -> sparse.csr_matrix:
    """The same cells, not copied, in a matrix with more rows and columns, which are empty."""
    indptr = np.pad(matrix.indptr, (0, rows - matrix.shape[0]), mode="edge")
    return sparse.csr_matrix((matrix.data, matrix.indices, indptr), shape=(rows, columns))


def idf(facts: ItemFacts) -> Floats:
    """`idf_K`: how much each attribute tells; one that few items have tells more."""
    items_K = np.bincount(facts.attribute_F, minlength=facts.attributes)
    return np.log1p(len(facts) / np.maximum(1, items_K)).astype(np.float32)


def attribute_rows(facts: ItemFacts, idf_K: Floats) -> sparse.csr_matrix:
    """Rows of weighted attributes, of length 1; empty where nothing is known of an item."""
    weighted_NK = sparse.csr_matrix(facts.has().multiply(idf_K))
    length_N = np.sqrt(np.asarray(weighted_NK.multiply(weighted_NK).sum(axis=1)).ravel())
    scale_NN = sparse.diags_array((1 / np.maximum(length_N, 1e-6)).astype(np.float32))
    return sparse.csr_matrix(scale_NN @ weighted_NK, dtype=np.float32)
