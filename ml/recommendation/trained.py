"""A recommender with the names of its items and attributes, as files of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from scipy import sparse
from torch import Tensor

from ml.errors import RecommenderInvalid
from ml.recommendation.components import Components
from ml.recommendation.counts import Counts, attribute_rows, idf
from ml.recommendation.mixture import Mixture
from ml.recommendation.network import NetworkConfig, SequenceNetwork
from ml.recommendation.ranking import ItemRanking
from ml.recommendation.recommender import Recommender
from ml.recommendation.sequences import ItemFacts

DESCRIPTION = "recommender.json"
TENSORS = "recommender.safetensors"
FORMAT = 3
_SPARSE = ("cosine_NN", "after_NN")


class _Versioned(msgspec.Struct, frozen=True):
    format: int


class _Described(_Versioned, frozen=True):
    items: list[str]
    attributes: list[str]
    networks: list[NetworkConfig]


@dataclass(frozen=True)
class TrainedRecommender(ItemRanking):
    """A recommender over the items that it was trained with, which can be kept.

    Attributes:
        facts: of these items.
    """

    facts: ItemFacts

    def to_files(self) -> dict[str, bytes]:
        """All of it, by file name; `from_files` reads them."""
        components = self.recommender.components
        described = _Described(
            FORMAT,
            list(self.items),
            list(self.attributes),
            [network.config for network in components.networks],
        )
        counts = components.counts
        tensors: dict[str, Tensor] = {
            "attribute_F": torch.from_numpy(self.facts.attribute_F),
            "start_N1": torch.from_numpy(self.facts.start_N1),
            "popularity_N": torch.from_numpy(counts.popularity_N),
            "late_N": torch.from_numpy(counts.late_N),
            "learnt_PN": components.learnt_PN,
        }
        for name, weight in self.recommender.mixture.state_dict().items():
            tensors[f"mixture.{name}"] = weight
        for name in _SPARSE:
            matrix: sparse.csr_matrix = getattr(counts, name)
            tensors[f"{name}.data"] = torch.from_numpy(matrix.data)
            tensors[f"{name}.indices"] = torch.from_numpy(matrix.indices.astype(np.int32))
            tensors[f"{name}.indptr"] = torch.from_numpy(matrix.indptr.astype(np.int64))
        for at, network in enumerate(components.networks):
            for name, weight in network.state_dict().items():
                tensors[f"network_{at}.{name}"] = weight
        whole = {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}
        return {DESCRIPTION: msgspec.json.encode(described), TENSORS: save(whole)}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> TrainedRecommender:
        """Raises RecommenderInvalid: the files are no recommender of this version."""
        try:
            found = msgspec.json.decode(files[DESCRIPTION], type=_Versioned).format
            if found != FORMAT:
                raise RecommenderInvalid(reason=f"format {found}, not {FORMAT}")
            described = msgspec.json.decode(files[DESCRIPTION], type=_Described)
            return _rebuilt(described, load(files[TENSORS]))
        except KeyError as error:
            raise RecommenderInvalid(reason=f"{error} is missing") from error
        except (msgspec.DecodeError, SafetensorError, RuntimeError, ValueError) as error:
            raise RecommenderInvalid(reason=str(error)) from error


def _rebuilt(described: _Described, tensors: Mapping[str, Tensor]) -> TrainedRecommender:
    items = len(described.items)
    facts = ItemFacts(
        tensors["attribute_F"].numpy(), tensors["start_N1"].numpy(), len(described.attributes)
    )
    if len(facts) != items:
        raise RecommenderInvalid(reason=f"{items} items, and facts of {len(facts)}")
    networks = []
    for at, config in enumerate(described.networks):
        network = SequenceNetwork(facts, config)
        network.load_state_dict(_part(tensors, f"network_{at}."))
        networks.append(network.eval())
    matrices = {
        name: sparse.csr_matrix(
            tuple(tensors[f"{name}.{part}"].numpy() for part in ("data", "indices", "indptr")),
            shape=(items, items),
        )
        for name in _SPARSE
    }
    idf_K = idf(facts)
    counts = Counts(
        popularity_N=tensors["popularity_N"].numpy(),
        late_N=tensors["late_N"].numpy(),
        cosine_NN=matrices["cosine_NN"],
        after_NN=matrices["after_NN"],
        idf_K=idf_K,
        attribute_NK=attribute_rows(facts, idf_K),
    )
    components = Components(networks, counts, tensors["learnt_PN"])
    mixture = Mixture(len(components.names), len(components.new_names))
    mixture.load_state_dict(_part(tensors, "mixture."))
    return TrainedRecommender(
        tuple(described.items),
        tuple(described.attributes),
        Recommender(components, mixture.eval()),
        facts,
    )


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
