"""Items of the graph, or that somebody asks about, as what votes compare."""

# N items, P parameters, G n-grams

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import torch

from graph.records import FactText, ItemText
from graph.text import with_brand
from ml.data.choices import ChoiceConfig, Choices
from ml.data.features import Scale
from ml.data.grams import GramConfig, document_counts, grams_of, inverse_frequencies, padded
from ml.data.items import snapshot_of
from ml.filling.items import Details, ItemFacts


@dataclass(frozen=True, slots=True, repr=False)  # megabytes, in a log
class ItemReader:
    """Reads items by what was counted in those of an index.

    Attributes:
        choices: what is known of a parameter.
        idf: of the n-grams, float32 [buckets].
        scales: of the parameters that have numbers.
        grams: how titles are cut.
    """

    choices: Choices
    idf: torch.Tensor
    scales: Mapping[str, Scale]
    grams: GramConfig

    @classmethod
    def fit(cls, items: Sequence[ItemText], choices: ChoiceConfig, grams: GramConfig) -> ItemReader:
        """Raises GraphTooSmall: no item has a fact."""
        counted = document_counts([grams_of(_title(item), grams) for item in items], grams.buckets)
        return cls(
            Choices.fit(snapshot_of(items), config=choices),
            inverse_frequencies(counted, len(items)),
            _scales(items),
            grams,
        )

    def choices_of(self, item: ItemText) -> dict[int, FactText]:
        """Every choice that an item states, the lowest first, each with a fact that says so."""
        found: dict[int, FactText] = {}
        for fact in _facts(item):
            choice = self.choices.of_value(fact.value, fact.parameter, fact.number)
            if choice >= 0:
                found.setdefault(choice, fact)
        return dict(sorted(found.items()))

    def read(self, items: Sequence[ItemText]) -> ItemFacts:
        """Of several values of one parameter the lowest choice counts."""
        choice_NP = torch.full((len(items), len(self.choices.parameters)), -1)
        value_NP = torch.zeros_like(choice_NP)
        number_NP = torch.full(choice_NP.shape, float("nan"))
        brand_N = torch.zeros(len(items), dtype=torch.long)
        for row, item in enumerate(items):
            if item.brand is not None:
                brand_N[row] = _identity(item.brand.id)
            for choice, fact in reversed(self.choices_of(item).items()):
                parameter = int(self.choices.parameter_of[choice])
                choice_NP[row, parameter] = choice
                value_NP[row, parameter] = _identity(fact.value)
                number_NP[row, parameter] = self._scaled(fact)
        grams = [grams_of(_title(item), self.grams) for item in items]
        grams_NG, weights_NG = padded(grams, self.idf)
        return ItemFacts(choice_NP, grams_NG, weights_NG, Details(value_NP, number_NP, brand_N))

    def _scaled(self, fact: FactText) -> float:
        scale = self.scales.get(fact.parameter)
        number = scale.apply(fact.number) if scale and fact.number is not None else None
        return float("nan") if number is None else number


def _facts(item: ItemText) -> tuple[FactText, ...]:
    return (*item.facts, *item.inherited)


def _scales(items: Sequence[ItemText]) -> dict[str, Scale]:
    numbers: dict[str, list[float]] = defaultdict(list)
    for item in items:
        for fact in _facts(item):
            if fact.number is not None:
                numbers[fact.parameter].append(fact.number)
    return {parameter: Scale.of(np.array(found)) for parameter, found in numbers.items()}


def _title(item: ItemText) -> str:
    return with_brand(item.title, item.brand.name if item.brand else None)


def _identity(id: str) -> int:
    """A number for a name, the same in every process: above 0, which is for none."""
    return 1 + int.from_bytes(blake2b(id.encode(), digest_size=7).digest())
