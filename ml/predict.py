"""The port of a trained encoder: items in, a vector for each out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from graph.records import ItemText


class Predictor(Protocol):
    """An artefact that was loaded once and answers batches, from several threads at a time."""

    @property
    def name(self) -> str:
        """Which artefact it is, such as `products`."""

    @property
    def version(self) -> str:
        """Which one of that name."""

    @property
    def width(self) -> int:
        """How many numbers each vector has."""

    def embed(self, items: Sequence[ItemText]) -> NDArray[np.float32]:
        """One vector for each item, stored or not, in their order.

        Similar items have vectors with a high cosine. An item of which nothing is known may get
        zeros: it is then similar to none.

        Returns:
            Finite numbers of shape `[len(items), width]`.
        """
