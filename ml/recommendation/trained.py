"""A recommender with the names of its items: what serves, and what is kept in the registry."""

# N items

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec
import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from scipy import sparse
from torch import Tensor

from ml.errors import RecommenderInvalid
from ml.recommendation.components import Components
from ml.recommendation.counts import Counts, attribute_rows
from ml.recommendation.mixture import Mixture
from ml.recommendation.network import NetworkConfig, SequenceNetwork
from ml.recommendation.recommender import Recommender
from ml.recommendation.sequences import Histories, ItemFacts

DESCRIPTION = "recommender.json"
TENSORS = "recommender.safetensors"
FORMAT = 2
_SPARSE = ("cosine_NN", "after_NN")


class _Described(msgspec.Struct, frozen=True):
    format: int
    items: list[str]
    attributes: int
    networks: list[NetworkConfig]


@dataclass(frozen=True)
class TrainedRecommender:
    """Ranks items by name after a history of names."""

    items: tuple[str, ...]
    facts: ItemFacts
    recommender: Recommender

    @cached_property
    def _place(self) -> dict[str, int]:
        return {item: at for at, item in enumerate(self.items)}

    def known(self, history: Sequence[str]) -> list[str]:
        """What of a history says something here."""
        return [item for item in history if item in self._place]

    def rank(self, history: Sequence[str], count: int) -> list[tuple[str, float]]:
        """At most `count` items that are not in the history, the best first.

        The score is how likely an item is next against the best one, which has 1; none where
        nothing of the history is known.
        """
        taken = [self._place[item] for item in self.known(history)]
        if not taken:
            return []
        score_N = self.recommender.scores(Histories.of([taken]))[0]
        score_N[torch.tensor(taken)] = -torch.inf
        best_K, place_K = score_N.topk(min(count, len(score_N)))
        relative_K = torch.exp(best_K - best_K[0])
        found = zip(place_K.tolist(), best_K.tolist(), relative_K.tolist(), strict=True)
        return [(self.items[at], share) for at, best, share in found if best > -torch.inf]

    def to_files(self) -> dict[str, bytes]:
        """All of it, by file name; `from_files` reads them."""
        components = self.recommender.components
        described = _Described(
            FORMAT,
            list(self.items),
            self.facts.attributes,
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
            described = msgspec.json.decode(files[DESCRIPTION], type=_Described)
            if described.format != FORMAT:
                raise RecommenderInvalid(reason=f"format {described.format}, not {FORMAT}")
            return _rebuilt(described, load(files[TENSORS]))
        except KeyError as error:
            raise RecommenderInvalid(reason=f"{error} is missing") from error
        except (msgspec.DecodeError, SafetensorError, RuntimeError, ValueError) as error:
            raise RecommenderInvalid(reason=str(error)) from error


def _rebuilt(described: _Described, tensors: Mapping[str, Tensor]) -> TrainedRecommender:
    items = len(described.items)
    facts = ItemFacts(
        tensors["attribute_F"].numpy(), tensors["start_N1"].numpy(), described.attributes
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
    counts = Counts(
        popularity_N=tensors["popularity_N"].numpy(),
        late_N=tensors["late_N"].numpy(),
        cosine_NN=matrices["cosine_NN"],
        after_NN=matrices["after_NN"],
        attribute_NK=attribute_rows(facts),
    )
    components = Components(networks, counts, tensors["learnt_PN"])
    mixture = Mixture(len(components.names), len(components.new_names))
    mixture.load_state_dict(_part(tensors, "mixture."))
    recommender = Recommender(components, mixture.eval())
    return TrainedRecommender(tuple(described.items), facts, recommender)


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in tensors.items()
        if name.startswith(prefix)
    }
