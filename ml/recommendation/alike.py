"""What shoppers did with items like a new one: the nearest by attributes speak for it."""

# N items, M of them new, C components, B histories

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

NEAREST = 50
SHARPNESS = 3.0  # a neighbour counts by its cosine to this power: the nearest ones far more
CELLS_AT_ONCE = 8_000_000  # of a table of cosines: some 30 MB

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


def speakers(attribute_NK: sparse.csr_matrix, new_N: Bools) -> sparse.csr_matrix:
    """`share_MN`: how much each known item counts for each new one; rows sum to 1.

    A new item that shares nothing with any known one has an empty row.

    Args:
        attribute_NK: rows of length 1.
        new_N: items to speak for; all others may speak.
    """
    items = len(new_N)
    new_M = np.flatnonzero(new_N)
    at_once = max(1, CELLS_AT_ONCE // max(1, items))
    found = [
        _nearest(attribute_NK[new_M[first : first + at_once]] @ attribute_NK.T, new_N)
        for first in range(0, len(new_M), at_once)
    ]
    if not found:
        return sparse.csr_matrix((0, items), dtype=np.float32)
    return sparse.csr_matrix(sparse.vstack(found))


def _nearest(cosine_RN: sparse.csr_matrix, new_N: Bools) -> sparse.csr_matrix:
    cosine = np.asarray(cosine_RN.toarray(), dtype=np.float32)
    cosine[:, new_N] = 0
    count = min(NEAREST, cosine.shape[1])
    place = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
    share = np.maximum(np.take_along_axis(cosine, place, axis=1), 0) ** SHARPNESS
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    row = np.repeat(np.arange(len(place)), count)
    shares_RN = sparse.csr_matrix((share.ravel(), (row, place.ravel())), shape=cosine.shape)
    shares_RN.eliminate_zeros()
    return shares_RN


def said_by(share_MN: sparse.csr_matrix, known_BNC: Floats) -> Floats:
    """`said_BMC`: each component of the new items, as the known ones like them have it."""
    batch, items, components = known_BNC.shape
    by_item = known_BNC.transpose(1, 0, 2).reshape(items, batch * components)
    said = np.asarray(share_MN @ by_item, dtype=np.float32)
    return said.reshape(-1, batch, components).transpose(1, 0, 2)
