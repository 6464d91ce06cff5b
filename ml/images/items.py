"""The pictures of a snapshot's items as numbers on its graph, scaled by the training part."""

# N products, D numbers of a picture

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch_geometric.data import HeteroData

from graph.schema import Label
from graph.snapshot import Snapshot
from ml.data.features import items_of
from ml.errors import ImageUnusable
from ml.images.features import ColourAndEdges, ImageFeatures
from ml.images.folder import ImageFolder, UnusableImages
from ml.images.reading import read_picture

FEATURES: ImageFeatures = ColourAndEdges()

_FARTHEST = 4.0  # spreads from the mean, as for other numbers


@dataclass(frozen=True, slots=True)
class Pictures:
    """What is seen of the products of a snapshot.

    Attributes:
        numbers_ND: float32, zeros for a product without picture.
        known_N: which products have one.
    """

    numbers_ND: NDArray[np.float32]
    known_N: NDArray[np.bool_]

    @property
    def digest(self) -> str:
        """SHA-256 of all of it."""
        return hashlib.sha256(self.numbers_ND.tobytes() + self.known_N.tobytes()).hexdigest()


def pictures_of(
    snapshot: Snapshot, folder: ImageFolder | None, features: ImageFeatures = FEATURES
) -> Pictures:
    """The pictures of all products; none of them without a folder.

    A picture that cannot be used is as good as none: `folder.warn` hears of them.
    """
    table = snapshot.nodes.get(Label.PRODUCT)
    address_N = table["image_url"].to_pylist() if table is not None else []
    numbers_ND = np.zeros((len(address_N), features.width), dtype=np.float32)
    known_N = np.zeros(len(address_N), dtype=np.bool_)
    if folder is not None:
        seen = _seen(dict.fromkeys(filter(None, address_N)), folder, features)
        for row, address in enumerate(address_N):
            if address in seen:
                numbers_ND[row], known_N[row] = seen[address], True
    return Pictures(numbers_ND, known_N)


def _seen(
    addresses: Mapping[str, None], folder: ImageFolder, features: ImageFeatures
) -> dict[str, NDArray[np.float32]]:
    """Of each address with a picture, its numbers; many products may share one."""
    seen: dict[str, NDArray[np.float32]] = {}
    unusable: list[ImageUnusable] = []
    for address in addresses:
        try:
            if (path := folder.find(address)) is not None:
                seen[address] = features.of(read_picture(path, features.side, address))
        except ImageUnusable as error:
            unusable.append(error)
    if unusable:
        folder.warn(UnusableImages(len(unusable), unusable[0]))
    return seen


class ImageScale(msgspec.Struct, frozen=True):
    """Mean and spread of every number of the pictures of the training part; all of it is JSON.

    Attributes:
        features: the name of what described them.
        items: products of the training part that had a picture.
        digest: of all pictures of the snapshot.
    """

    features: str
    mean: list[float]
    spread: list[float]
    items: int
    digest: str

    @classmethod
    def fit(
        cls, pictures: Pictures, train: NDArray[np.int64], features: ImageFeatures = FEATURES
    ) -> ImageScale | None:
        """None where no product of the training part has a picture.

        Args:
            pictures: of all products.
            train: positions of the products of the training part.
            features: what described the pictures.
        """
        known_ND = pictures.numbers_ND[train[pictures.known_N[train]]]
        if not len(known_ND):
            return None
        # One column at a time: as a whole, numbers of double length would fill the memory.
        spread_D = np.array([number_N.std(dtype=np.float64) for number_N in known_ND.T])
        return cls(
            features=features.name,
            mean=known_ND.mean(0, dtype=np.float64).tolist(),
            # A number that was always the same says nothing when it differs by a hair.
            spread=np.where(spread_D > 1e-6, spread_D, 1.0).tolist(),
            items=len(known_ND),
            digest=pictures.digest,
        )

    @property
    def width(self) -> int:
        return len(self.mean)

    def fits(self, features: ImageFeatures) -> bool:
        """Whether it is a scale of these features."""
        return self.features == features.name and (
            features.width == len(self.mean) == len(self.spread)
        )

    def apply(self, pictures: Pictures) -> Tensor:
        """Float32 [N, D + 1]: in spreads from the mean, and whether there is a picture."""
        known_N1 = torch.from_numpy(pictures.known_N).float()[:, None]
        scaled_ND = torch.from_numpy(pictures.numbers_ND) - torch.tensor(self.mean)
        scaled_ND.div_(torch.tensor(self.spread)).clamp_(-_FARTHEST, _FARTHEST).mul_(known_N1)
        return torch.cat((scaled_ND, known_N1), dim=1)

    def to_json(self) -> bytes:
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, encoded: bytes) -> ImageScale:
        """Raises `msgspec.ValidationError` for what `to_json` did not write."""
        return msgspec.json.decode(encoded, type=cls)


def fitted(
    pictures: Pictures, snapshot: Snapshot, train: Mapping[str, Tensor]
) -> ImageScale | None:
    """The scale of the pictures of a training part, by label the positions of its items."""
    return ImageScale.fit(pictures, items_of(snapshot, Label.PRODUCT, train))


def add_pictures(data: HeteroData, scale: ImageScale, pictures: Pictures) -> None:
    """Sets `data["Product"].image`, see `ImageScale.apply`, where there are products."""
    if Label.PRODUCT in data.node_types:
        data[Label.PRODUCT].image = scale.apply(pictures)
