"""Items as what a fact filler reads: one choice a parameter, and the n-grams of the title."""

# N items, P parameters, G n-grams, E edges, C choices

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch_geometric.data import HeteroData

from graph.schema import Label, Relationship


@dataclass(frozen=True, slots=True)
class Details:
    """What choices do not tell: two phones of 158.2 mm are nearer than two of one bin.

    Attributes:
        value_NP: int64, the identity of the value itself, 0 where none is known.
        number_NP: float, its number in spreads from the centre of the parameter, NaN where none is.
        brand_N: int64, the identity of the brand, 0 where none is known.
    """

    value_NP: Tensor
    number_NP: Tensor
    brand_N: Tensor

    def __getitem__(self, rows: Tensor) -> Details:
        return Details(self.value_NP[rows], self.number_NP[rows], self.brand_N[rows])

    def __add__(self, other: Details) -> Details:
        return Details(
            torch.cat((self.value_NP, other.value_NP)),
            torch.cat((self.number_NP, other.number_NP)),
            torch.cat((self.brand_N, other.brand_N)),
        )

    def without(self, hidden_NP: Tensor) -> Details:
        return Details(
            self.value_NP.masked_fill(hidden_NP, 0),
            self.number_NP.masked_fill(hidden_NP, float("nan")),
            self.brand_N,
        )


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What is known of items.

    Attributes:
        choice_NP: int64, the choice that an item states of each parameter, -1 where it states none.
        grams_NG: int64, hashed n-grams of the title, 0 is padding.
        weights_NG: float, their idf, each row of length 1.
        details: more of the same facts, where it was read.
    """

    choice_NP: Tensor
    grams_NG: Tensor
    weights_NG: Tensor
    details: Details | None = None

    def __len__(self) -> int:
        return len(self.choice_NP)

    def __getitem__(self, rows: Tensor) -> ItemFacts:
        return ItemFacts(
            self.choice_NP[rows],
            self.grams_NG[rows],
            self.weights_NG[rows],
            self.details and self.details[rows],
        )

    def __add__(self, other: ItemFacts) -> ItemFacts:
        """These items, and those behind them; details where both have them."""
        return ItemFacts(
            torch.cat((self.choice_NP, other.choice_NP)),
            torch.cat((self.grams_NG, other.grams_NG)),
            torch.cat((self.weights_NG, other.weights_NG)),
            self.details and other.details and self.details + other.details,
        )

    def without(self, hidden_NP: Tensor) -> ItemFacts:
        """The same items, some of whose facts are not known."""
        shown_NP = self.choice_NP.masked_fill(hidden_NP, -1)
        details = self.details and self.details.without(hidden_NP)
        return ItemFacts(shown_NP, self.grams_NG, self.weights_NG, details)


def detailed(items: ItemFacts) -> Details:
    """Raises ValueError: the items were read without details."""
    if items.details is None:
        raise ValueError("these votes compare details, and the items were read without them")
    return items.details


def facts_of(data: HeteroData, label: str, choice_V: Tensor, parameter_of: Tensor) -> ItemFacts:
    """The items of one label of a featurised graph.

    Of several values of one parameter the lowest choice counts: to name one of them is enough.

    Args:
        data: what `Featurizer.apply` gives.
        label: Product or Model.
        choice_V: the choice of every value, -1 for none, as `Choices.of_values` gives it.
        parameter_of: int64 [C], the parameter of every choice.
    """
    parameters = int(parameter_of.max()) + 1
    choice_NP = torch.full((data[label].num_nodes, parameters), len(parameter_of))
    value_NP = torch.zeros_like(choice_NP)
    number_NP = torch.full(choice_NP.shape, float("inf"))
    has_parameter = (label, Relationship.HAS_PARAMETER, Label.VALUE)
    if has_parameter in data.edge_types:
        item_E, value_E = data[has_parameter].edge_index
        stated_E = choice_V[value_E] >= 0
        item_E, value_E = item_E[stated_E], value_E[stated_E]
        choice_E = choice_V[value_E]
        cell_E = item_E * parameters + parameter_of[choice_E]
        choice_NP.view(-1).scatter_reduce_(0, cell_E, choice_E, "amin")
        chosen_E = choice_NP.view(-1)[cell_E] == choice_E
        cell_E, value_E = cell_E[chosen_E], value_E[chosen_E]
        values = data[Label.VALUE]
        value_NP.view(-1).scatter_reduce_(0, cell_E, values.identity[value_E], "amax")
        number_E, known_E = values.number[value_E].unbind(1)
        number_E = number_E.masked_fill(known_E == 0, float("inf"))
        number_NP.view(-1).scatter_reduce_(0, cell_E, number_E, "amin")
    choice_NP[choice_NP == len(parameter_of)] = -1
    number_NP[number_NP.isinf()] = float("nan")
    details = Details(value_NP, number_NP, _brands(data, label))
    return ItemFacts(choice_NP, data[label].grams, data[label].gram_weights, details)


def _brands(data: HeteroData, label: str) -> Tensor:
    brand_N = torch.zeros(data[label].num_nodes, dtype=torch.long)
    made_by = (label, Relationship.MADE_BY, Label.BRAND)
    known = Label.BRAND in data.node_types and "identity" in data[Label.BRAND]
    if known and made_by in data.edge_types:
        item_E, brand_E = data[made_by].edge_index
        brand_N[item_E] = data[Label.BRAND].identity[brand_E]
    return brand_N


def hide(facts: ItemFacts, fewest: float, most: float, generator: Generator) -> Tensor:
    """Which known facts to hide, bool [N, P]: of every item a share drawn between the bounds."""
    draws = torch.rand(len(facts), 1 + facts.choice_NP.shape[1], generator=generator)
    share_N1 = fewest + (most - fewest) * draws[:, :1]
    hidden_NP: Tensor = (draws[:, 1:] < share_N1) & (facts.choice_NP >= 0)
    return hidden_NP
