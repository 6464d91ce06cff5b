"""Numbers of neighbours are corrected by what else they differ in, and stay what they are."""

import pytest
import torch

from ml.data.choices import Choice, Choices
from ml.filling.filler import FactFiller, FillerConfig, trained
from ml.filling.items import Details, ItemFacts
from ml.filling.network import FactNetworkConfig
from ml.filling.shifts import Shifts
from ml.filling.votes import VotesConfig, features_of_a_pair
from ml.models.neighbours import Near

# Numbers are in spreads; weight has four bins of half a spread, size two.
CHOICES = Choices(
    [
        *(Choice("size", low=at, high=at + 0.9) for at in (0.0, 1.0)),
        *(Choice("weight", low=at / 2, high=at / 2 + 0.4) for at in range(4)),
        Choice("wood", "wood=oak"),
        Choice("wood"),
    ]
)
SIZE, WEIGHT, WOOD = range(3)


def items(sizes, weights, wood=6):
    """Items that state size and weight, NaN for one that is not known, and all the same wood."""
    number_NP = torch.stack((sizes, weights, torch.full_like(sizes, float("nan"))), dim=1)
    bin_NP = torch.stack(
        (sizes.floor().clamp(0, 1), 2 + (2 * weights).floor().clamp(0, 3)), dim=1
    ).nan_to_num(-1.0)
    choice_NP = torch.cat((bin_NP.long(), torch.full((len(sizes), 1), wood)), dim=1)
    nothing_N = torch.zeros(len(sizes), dtype=torch.long)
    details = Details(torch.zeros_like(choice_NP), number_NP, nothing_N)
    return ItemFacts(choice_NP, nothing_N[:, None], nothing_N[:, None].float(), details)


def known(count=400, seed=0):
    """What weighs as much as it is long."""
    sizes = 2 * torch.rand(count, generator=torch.Generator().manual_seed(seed))
    return items(sizes, sizes.clone())


def shifts(of):
    features = features_of_a_pair(CHOICES, VotesConfig(details=True))
    return Shifts(CHOICES, of, features, hidden=8)


def test_bins_end_halfway_between_the_numbers_on_either_side():
    sizes = torch.tensor([0.0, 0.8, 1.2, 1.9])

    made = shifts(items(sizes, sizes.clone()))

    assert made.cuts[SIZE].tolist() == pytest.approx([1.0, 1e4, 1e4])  # two bins, one cut
    assert made.cuts[WEIGHT].tolist() == pytest.approx([0.4, 1.0, 1.55])


def test_a_bin_that_no_training_item_is_in_has_no_width():
    sizes = torch.tensor([0.1, 0.2, 1.9])

    made = shifts(items(sizes, sizes.clone()))

    first, second, third = made.cuts[WEIGHT].tolist()
    assert first == second == third == pytest.approx(1.05)


def test_votes_are_neither_lost_nor_made_and_what_has_no_number_stays():
    of = known(40)
    of.details.number_NP[0, WEIGHT] = float("nan")  # a number that no scale holds
    made = shifts(of)
    torch.nn.init.normal_(made.last.weight)
    near_BK = torch.arange(12).view(3, 4)
    given_BKP = torch.rand(3, 4, 3)
    features = features_of_a_pair(CHOICES, VotesConfig(details=True))

    kept_BKP, moved_BC = made(
        torch.rand(3, 4, features),
        of.details.number_NP[20:23],
        of.details.number_NP[near_BK],
        given_BKP,
    )

    for parameter in (SIZE, WEIGHT, WOOD):
        whole_B = kept_BKP[..., parameter].sum(1)
        whole_B = whole_B + moved_BC[:, CHOICES.parameter_of == parameter].sum(1)
        torch.testing.assert_close(whole_B, given_BKP[..., parameter].sum(1))
    assert bool((moved_BC >= -1e-6).all())
    assert kept_BKP[0, 0, WEIGHT] == given_BKP[0, 0, WEIGHT]
    assert kept_BKP[0, 1, WEIGHT] < given_BKP[0, 1, WEIGHT]
    assert torch.equal(kept_BKP[..., WOOD], given_BKP[..., WOOD])


def filler(of, hidden):
    config = FillerConfig(
        network=FactNetworkConfig(width=4, blocks=0, dropout=0.0),
        votes=VotesConfig(details=True),
        shifts=hidden,
        neighbours=1,
    )
    torch.manual_seed(0)
    return FactFiller(CHOICES, of, 8, config)


@pytest.mark.parametrize(("hidden", "named"), [(0, 0.5), (16, 1.0)])
def test_what_is_longer_than_all_that_is_alike_is_heavier_too(hidden, named):
    """The only neighbour is half a spread shorter, and so its bin is the one below."""
    of = known()
    made = filler(of, hidden)
    query = items(torch.tensor([1.25]), torch.tensor([float("nan")]))
    shorter = (of.details.number_NP[:, SIZE] - 0.75).abs().argmin()
    near = Near(shorter.view(1, 1), torch.ones(1, 1), torch.ones(1, 1))

    def predict(asked, rows):
        """Neighbours at random, so that nothing but the difference tells anything."""
        one = Near(
            torch.randint(len(of), (len(rows), 1)),
            torch.ones(len(rows), 1),
            torch.ones(len(rows), 1),
        )
        return made.votes(asked, one, of)

    generator = torch.Generator().manual_seed(0)
    for _ in trained(made.votes, predict, of, 40, 0.03, made.config, generator):
        pass

    score_C = made.votes(query, near, of)[0]

    weight_C = score_C.masked_fill(CHOICES.parameter_of != WEIGHT, float("-inf"))
    assert CHOICES.choices[int(weight_C.argmax())].low == named


def test_choices_without_bins_are_voted_on_without_shifts():
    choices = Choices([Choice("wood", "wood=oak"), Choice("wood")])
    oak = ItemFacts(
        torch.zeros(1, 1, dtype=torch.long),
        torch.zeros(1, 1, dtype=torch.long),
        torch.zeros(1, 1),
        Details(
            torch.zeros(1, 1, dtype=torch.long),
            torch.full((1, 1), float("nan")),
            torch.zeros(1, dtype=torch.long),
        ),
    )

    assert FactFiller(choices, oak, 8).votes.shifts is None
