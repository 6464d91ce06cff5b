"""What shoppers did with items like a new one: the nearest by attributes speak for it."""

# N items, M of them new and R known, S that speak for one, C components, B histories

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
    return speakers_for(attribute_NK[np.flatnonzero(new_N)], attribute_NK, ~new_N)


def speakers_for(
    attribute_MK: sparse.csr_matrix, attribute_NK: sparse.csr_matrix, known_N: Bools
) -> sparse.csr_matrix:
    """`share_MN` of items that may stand elsewhere: `attribute_MK` are their rows."""
    items, known_R = attribute_MK.shape[0], np.flatnonzero(known_N)
    shape = (items, len(known_N))
    if not items or not len(known_R):
        return sparse.csr_matrix(shape, dtype=np.float32)
    known_KR = attribute_NK[known_R].T
    at_once = max(1, CELLS_AT_ONCE // len(known_R))
    nearest = [
        _nearest(attribute_MK[first : first + at_once] @ known_KR)
        for first in range(0, items, at_once)
    ]
    place_MS, share_MS = (np.concatenate(part) for part in zip(*nearest, strict=True))
    row = np.repeat(np.arange(items), place_MS.shape[1])
    at = (row, known_R[place_MS.ravel()])
    share_MN = sparse.csr_matrix((share_MS.ravel(), at), shape=shape)
    share_MN.eliminate_zeros()
    return share_MN


def _nearest(cosine_BR: sparse.csr_matrix) -> tuple[NDArray[np.int64], Floats]:
    cosine = np.asarray(cosine_BR.toarray(), dtype=np.float32)
    count = min(NEAREST, cosine.shape[1])
    # Copied: a view would keep the places of all known items, for every new one.
    place_BS = np.argpartition(-cosine, count - 1, axis=1)[:, :count].copy()
    share_BS = np.maximum(np.take_along_axis(cosine, place_BS, axis=1), 0) ** SHARPNESS
    return place_BS, share_BS / np.maximum(share_BS.sum(axis=1, keepdims=True), 1e-9)


def said_by(share_MN: sparse.csr_matrix, known_BNC: Floats) -> Floats:
    """`said_BMC`: each component of the new items, as the known ones like them have it."""
    batch, items, components = known_BNC.shape
    by_item = known_BNC.transpose(1, 0, 2).reshape(items, batch * components)
    said = np.asarray(share_MN @ by_item, dtype=np.float32)
    return said.reshape(-1, batch, components).transpose(1, 0, 2)
