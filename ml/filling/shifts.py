"""What a neighbour's number becomes for the item asked about: the larger one is heavier."""

# B queries, K neighbours, P parameters, O of them in bins, C choices, X cuts between bins,
# F features of a pair

from __future__ import annotations

import torch
from torch import Tensor, nn

from ml.data.choices import Choices
from ml.filling.items import ItemFacts, detailed

_FAR = 1e4  # spreads from the centre: farther than any number
_REACHES = (0.125, 0.5)  # differences are told apart at these scales, in spreads


class Shifts(nn.Module):
    """Of votes on numbers a part stays in the neighbour's bin, and a part is shifted.

    What is shifted is a logistic density around the neighbour's number and a learnt shift, as wide
    as was learnt for the pair, and falls into the bins that it covers. Both know by how much the
    two differ in every other number: nearest neighbours copy, and this corrects what they copy,
    as in TabR (Gorishniy et al., ICLR 2024, section 3), whose labels have no bins.

    Args:
        choices: what can be answered; some of it in bins.
        items: the training items, with details; where their numbers lie says where bins end.
        features: F, by which `Votes` compares a pair.
        hidden: width of the layer over features and differences.
    """

    is_ordered: Tensor  # bool [P]
    cuts: Tensor  # float [O, X], in spreads; rows are filled up with what is never reached
    is_bin: Tensor  # bool [O, X + 1]
    bins: Tensor  # int64, the choice of every bin

    def __init__(self, choices: Choices, items: ItemFacts, features: int, hidden: int) -> None:
        super().__init__()
        self.choices = len(choices)
        is_ordered = choices.is_ordered
        self.register_buffer("is_ordered", is_ordered, persistent=False)
        bins_O = choices.sizes[is_ordered]
        is_bin = torch.arange(int(bins_O.max())) < bins_O[:, None]
        self.register_buffer("is_bin", is_bin, persistent=False)
        in_bins_C = is_ordered[choices.parameter_of]
        self.register_buffer("bins", in_bins_C.nonzero().flatten(), persistent=False)
        self.register_buffer("cuts", _cuts(choices, items, is_bin))
        ordered = len(bins_O)
        differences = (len(_REACHES) + 2) * ordered
        self.linear = nn.Linear(differences, ordered)
        self.hidden = nn.Linear(features + differences, hidden)
        self.last = nn.Linear(hidden, 3 * ordered)
        self.width = nn.Parameter(torch.full((ordered,), -1.5))  # logarithm, in spreads
        for layer in (self.linear, self.last):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            self.last.bias[ordered : 2 * ordered] = 2.0  # most of a vote stays, at first

    def forward(
        self, pairs_BKF: Tensor, query_BP: Tensor, item_BKP: Tensor, given_BKP: Tensor
    ) -> tuple[Tensor, Tensor]:
        """What of the votes stays where it is [B, K, P], and what comes to the choices [B, C].

        Args:
            pairs_BKF: how query and neighbour compare.
            query_BP, item_BKP: their numbers in spreads, NaN where none is known.
            given_BKP: the vote of every neighbour, 0 where it does not state the parameter.
        """
        query_B1O, item_BKO = query_BP[:, None, self.is_ordered], item_BKP[..., self.is_ordered]
        differences_BKD = _differences(query_B1O - item_BKO)
        hidden_BKH = self.hidden(torch.cat((pairs_BKF, differences_BKD), dim=-1)).relu()
        shift_BKO, stay_BKO, width_BKO = self.last(hidden_BKH).chunk(3, dim=-1)
        shift_BKO = 0.5 * shift_BKO + self.linear(differences_BKD)
        width_BKO = (self.width + width_BKO.clamp(-3, 3)).exp()
        given_BKO, stay_BKO = given_BKP[..., self.is_ordered], stay_BKO.sigmoid()
        kept_BKP = given_BKP.clone()
        moved_BKO = given_BKO * (1 - stay_BKO) * ~item_BKO.isnan()
        kept_BKP[..., self.is_ordered] = given_BKO - moved_BKO
        middle_BKO = item_BKO.nan_to_num(0.0) + shift_BKO
        below_BKOX = ((self.cuts - middle_BKO[..., None]) / width_BKO[..., None]).sigmoid()
        below_BOX = torch.einsum("bko,bkox->box", moved_BKO, below_BKOX)
        whole_BO1 = moved_BKO.sum(1)[..., None]
        zero_BO1 = torch.zeros_like(whole_BO1)
        mass_BOX = torch.cat((zero_BO1, below_BOX, whole_BO1), dim=-1).diff(dim=-1)
        moved_BC = torch.zeros(len(mass_BOX), self.choices)
        moved_BC[:, self.bins] = mass_BOX[:, self.is_bin]
        return kept_BKP, moved_BC


def _differences(apart_BKO: Tensor) -> Tensor:
    known_BKO, apart_BKO = ~apart_BKO.isnan(), apart_BKO.nan_to_num(0.0)
    steps_BKO = [(apart_BKO / reach).tanh() for reach in _REACHES]
    return torch.cat((*steps_BKO, apart_BKO.clamp(-2, 2), known_BKO.float()), dim=-1)


def _cuts(choices: Choices, items: ItemFacts, is_bin: Tensor) -> Tensor:
    """Halfway between the numbers of the training items on either side."""
    of = choices.is_ordered
    first_P = choices.sizes.cumsum(0) - choices.sizes
    number_NO = detailed(items).number_NP[:, of]
    known_NO = (items.choice_NP[:, of] >= 0) & ~number_NO.isnan()
    row_E, parameter_E = known_NO.nonzero(as_tuple=True)
    bin_E = (items.choice_NP - first_P)[:, of][row_E, parameter_E]
    cell_E = parameter_E * is_bin.shape[1] + bin_E
    number_E = number_NO[row_E, parameter_E]
    infinite = torch.full((is_bin.numel(),), float("inf"))
    highest = (-infinite).scatter_reduce(0, cell_E, number_E, "amax").view(is_bin.shape)
    lowest = infinite.scatter_reduce(0, cell_E, number_E, "amin").view(is_bin.shape)
    below_OX = highest.cummax(1).values[:, :-1]
    above_OX = lowest.flip(1).cummin(1).values.flip(1)[:, 1:]
    return ((below_OX + above_OX) / 2).nan_to_num(_FAR).clamp(-_FAR, _FAR)
