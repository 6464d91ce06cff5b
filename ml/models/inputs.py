"""Features of nodes to their first vectors: text, number, picture and, if it has one, identity."""

# N nodes of one type, D width, G n-grams, P parameters, K places on a scale, I numbers of a picture

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812
from torch_geometric.data import HeteroData

from ml.data.features import ITEMS, Featurizer
from ml.errors import FeatureMissing
from ml.ranges import PartialShare, Share

_PLACES = 9  # of a number on its scale, from -4 to 4 spreads
# Pictures that training hides, so that an encoder also works where there are none.
_IMAGE_DROPOUT = 0.2


class InputSpec(msgspec.Struct, frozen=True):
    """The sizes of everything that is looked up: part of an encoder's configuration.

    Attributes:
        buckets: hash values of n-grams.
        identities: rows of the table of each label that has one, the unknown row 0 included.
        image: I, how many numbers describe a picture; 0 for an encoder that looks at none.
    """

    buckets: int
    identities: dict[str, int]
    image: int = 0

    @classmethod
    def of(cls, featurizer: Featurizer, image: int = 0) -> InputSpec:
        return cls(
            buckets=featurizer.fitted.config.grams.buckets,
            identities=featurizer.identities,
            image=image,
        )


class InputConfig(msgspec.Struct, frozen=True):
    """How much of the features is hidden in training, as shares.

    Titles name products: an encoder that always sees them learns them by heart.

    Attributes:
        text_dropout: items whose whole text is hidden.
        gram_dropout: n-grams that are hidden in the texts that are not.
        identity_dropout: values and other nodes that look like unknown ones.
    """

    text_dropout: Share = 0.4
    gram_dropout: PartialShare = 0.5
    identity_dropout: Share = 0.05


class NodeInputs(nn.Module):
    """`{node type: x_ND}` from what `Featurizer.apply` has put on the nodes.

    A number of a value is a place on the scale of its parameter: K triangles of width one spread,
    times a vector of the parameter. Near numbers have near vectors, also those nobody has seen.
    A picture is added through a matrix of its own; a node without one is as if there were none.

    Raises:
        FeatureMissing: for a graph without features.
    """

    def __init__(self, spec: InputSpec, width: int, config: InputConfig | None = None) -> None:
        super().__init__()
        self.config = config or InputConfig()
        self.grams = nn.EmbeddingBag(spec.buckets, width, mode="sum", padding_idx=0)
        nn.init.normal_(self.grams.weight, std=0.5)
        self.tables = nn.ModuleDict(
            {label: _table(rows, width) for label, rows in sorted(spec.identities.items())}
        )
        self.number = nn.Linear(_PLACES + 1, width, bias=False)
        self.parameter = nn.Embedding(spec.identities.get("Parameter", 1), width)
        nn.init.ones_(self.parameter.weight)
        self.image = nn.Linear(spec.image + 1, width, bias=False) if spec.image else None

    def forward(self, data: HeteroData) -> dict[str, Tensor]:
        return {label: self._of_type(label, data[label]) for label in data.node_types}

    def _of_type(self, label: str, nodes: Mapping[str, Tensor]) -> Tensor:
        if "grams" not in nodes:
            raise FeatureMissing(label=label, feature="grams")
        x_ND = self._text(label, nodes["grams"], nodes["gram_weights"])
        if label in self.tables:
            x_ND = x_ND + self._identity(label, nodes["identity"])
        if "number" in nodes:
            x_ND = x_ND + self._number(nodes["number"], nodes.get("parameter"))
        if "image" in nodes and self.image is not None:
            x_ND = x_ND + self.image(self._shown(nodes["image"]))
        return x_ND

    def _text(self, label: str, grams_NG: Tensor, weights_NG: Tensor) -> Tensor:
        if grams_NG.numel() == 0:
            return self.grams.weight.new_zeros(len(grams_NG), self.grams.embedding_dim)
        if self.training and label in ITEMS:
            text_N1 = torch.rand_like(weights_NG[:, :1]) >= self.config.text_dropout
            gram_NG = torch.rand_like(weights_NG) >= self.config.gram_dropout
            weights_NG = weights_NG * text_N1 * gram_NG / (1 - self.config.gram_dropout) ** 0.5
        x_ND: Tensor = self.grams(grams_NG, per_sample_weights=weights_NG)
        return x_ND

    def _identity(self, label: str, identity_N: Tensor) -> Tensor:
        if self.training:
            keep_N = torch.rand(identity_N.shape, device=identity_N.device)
            identity_N = identity_N * (keep_N >= self.config.identity_dropout)
        x_ND: Tensor = self.tables[label](identity_N)
        return x_ND

    def _number(self, number_N2: Tensor, parameter_N: Tensor | None) -> Tensor:
        scaled_N, known_N = torch.nan_to_num(number_N2).unbind(1)
        known_N = known_N * torch.isfinite(number_N2).all(1)
        place_K = torch.linspace(-4, 4, _PLACES, device=scaled_N.device)
        near_NK = F.relu(1 - (scaled_N[:, None] - place_K).abs())
        x_ND: Tensor = self.number(torch.cat((near_NK, scaled_N[:, None]), 1) * known_N[:, None])
        return x_ND if parameter_N is None else x_ND * self.parameter(parameter_N)

    def _shown(self, image_NI: Tensor) -> Tensor:
        if not self.training:
            return image_NI
        return image_NI * (torch.rand_like(image_NI[:, :1]) >= _IMAGE_DROPOUT)


def _table(rows: int, width: int) -> nn.Embedding:
    table = nn.Embedding(rows, width)
    nn.init.normal_(table.weight, std=0.5)
    return table
