"""Items as what a fact filler reads: one choice a parameter, and the n-grams of the title."""

# N items, P parameters, G n-grams, E edges

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch_geometric.data import HeteroData

from graph.schema import Label, Relationship


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What is known of items.

    Attributes:
        choice_NP: int64, the choice that an item states of each parameter, -1 where it states none.
        grams_NG: int64, hashed n-grams of the title, 0 is padding.
        weights_NG: float, their idf, each row of length 1.
    """

    choice_NP: Tensor
    grams_NG: Tensor
    weights_NG: Tensor

    def __len__(self) -> int:
        return len(self.choice_NP)

    def __getitem__(self, rows: Tensor) -> ItemFacts:
        return ItemFacts(self.choice_NP[rows], self.grams_NG[rows], self.weights_NG[rows])

    def without(self, hidden_NP: Tensor) -> ItemFacts:
        """The same items, some of whose facts are not known."""
        shown_NP = self.choice_NP.masked_fill(hidden_NP, -1)
        return ItemFacts(shown_NP, self.grams_NG, self.weights_NG)


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
    has_parameter = (label, Relationship.HAS_PARAMETER, Label.VALUE)
    if has_parameter in data.edge_types:
        item_E, value_E = data[has_parameter].edge_index
        choice_E = choice_V[value_E]
        item_E, choice_E = item_E[choice_E >= 0], choice_E[choice_E >= 0]
        cell_E = item_E * parameters + parameter_of[choice_E]
        choice_NP.view(-1).scatter_reduce_(0, cell_E, choice_E, "amin")
    choice_NP[choice_NP == len(parameter_of)] = -1
    return ItemFacts(choice_NP, data[label].grams, data[label].gram_weights)


def hide(facts: ItemFacts, fewest: float, most: float, generator: Generator) -> Tensor:
    """Which known facts to hide, bool [N, P]: of every item a share drawn between the bounds."""
    draws = torch.rand(len(facts), 1 + facts.choice_NP.shape[1], generator=generator)
    share_N1 = fewest + (most - fewest) * draws[:, :1]
    hidden_NP: Tensor = (draws[:, 1:] < share_N1) & (facts.choice_NP >= 0)
    return hidden_NP
