"""The fact filler: a network and votes of similar items, mixed so that its confidence holds."""

# N items, P parameters, C choices, M facts asked for

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import torch
from torch import Generator, Tensor, nn

from ml.data.choices import Choice, Choices
from ml.errors import GraphTooSmall
from ml.filling.items import ItemFacts, hide
from ml.filling.mixture import Mixture
from ml.filling.network import FactNetwork, FactNetworkConfig
from ml.filling.shifts import Shifts
from ml.filling.votes import Votes, VotesConfig, features_of_a_pair
from ml.models.neighbours import Neighbours


class FillerConfig(msgspec.Struct, frozen=True):
    """How a filler is trained.

    Attributes:
        network: shape of the network.
        network_epochs, network_rate: passes over the training items, and the highest learning rate.
        votes: what the votes compare; items need details for its default, and for shifts.
        shifts: width of the layer that says what becomes of a neighbour's number; 0: nothing does.
        votes_epochs, votes_rate: the same for the votes; 0 epochs leave the plain rule.
        neighbours: K, items that vote.
        batch_items: items of a step.
        fewest, most: bounds of the share of an item's facts that a step hides.
        validation_masks: times that facts of every validation item are hidden, for the mixture.
        seed: of everything that is drawn.
    """

    network: FactNetworkConfig = FactNetworkConfig()
    network_epochs: int = 60
    network_rate: float = 0.01
    votes: VotesConfig = VotesConfig(details=True, hidden=64)
    shifts: int = 64
    votes_epochs: int = 30
    votes_rate: float = 0.01
    neighbours: int = 60
    batch_items: int = 256
    fewest: float = 0.2
    most: float = 0.8
    validation_masks: int = 3
    seed: int = 0


class Guess(msgspec.Struct, frozen=True):
    """What a parameter's value probably is; `confidence` is the share of such guesses that hold."""

    choice: Choice
    confidence: float


class FactFiller(nn.Module):
    """Answers from known facts and title alone, for items that were not there in training.

    Args:
        choices: what can be answered.
        items: the training items, which vote.
        buckets: of the n-grams.
        config: how it is trained.
    """

    def __init__(
        self, choices: Choices, items: ItemFacts, buckets: int, config: FillerConfig | None = None
    ) -> None:
        super().__init__()
        self.config = config or FillerConfig()
        self.choices = choices
        self.index = Neighbours(items, choices=len(choices), buckets=buckets)
        self.network = FactNetwork(choices, buckets, self.config.network)
        self.votes = Votes(
            choices, prior_of(items, choices), self.config.votes, self._shifts(items)
        )
        self.mixture = Mixture(choices, predictors=2)

    def _shifts(self, items: ItemFacts) -> Shifts | None:
        if not (self.config.shifts and bool(self.choices.is_ordered.any())):
            return None
        features = features_of_a_pair(self.choices, self.config.votes)
        return Shifts(self.choices, items, features, self.config.shifts)

    def forward(self, items: ItemFacts) -> Tensor:
        """Log-probabilities of every choice within its parameter, [N, C]."""
        score_NC: Tensor = self.mixture(self.predictions(items))
        return score_NC

    def predictions(self, items: ItemFacts) -> list[Tensor]:
        """What the network and the votes say, each [N, C]."""
        parts = torch.split(torch.arange(len(items)), self.config.batch_items)
        voted = [self.voted(items[rows]) for rows in parts]
        return [
            torch.cat([self.network(items[rows]) for rows in parts]),
            torch.cat(voted),
        ]

    def voted(self, items: ItemFacts, exclude_B: Tensor | None = None) -> Tensor:
        """What the K nearest training items say, [N, C]; an item's own row is left out."""
        near = self.index.nearest(items, self.config.neighbours, exclude_B)
        score_NC: Tensor = self.votes(items, near, self.index.items)
        return score_NC

    def hears(self, items: ItemFacts) -> None:
        """From now on these items vote as well; no weight changes."""
        self.index = self.index.with_items(items)

    @torch.no_grad()
    def guess(self, items: ItemFacts) -> list[list[Guess]]:
        """For every item its best guess of each parameter that it does not state, surest first.

        Where the likeliest answer is that the value is a rare one, there is no guess.
        """
        self.eval()
        score_NC = self(items)
        best_NP = self.mixture.segments.best(score_NC)
        confidence_NP = score_NC.gather(1, best_NP).exp()
        open_NP = (items.choice_NP < 0) & ~self.choices.is_rare[best_NP]
        return [
            sorted(
                (
                    Guess(
                        self.choices.choices[int(best_NP[row, at])], float(confidence_NP[row, at])
                    )
                    for at in open_NP[row].nonzero().flatten().tolist()
                ),
                key=lambda guess: -guess.confidence,
            )
            for row in range(len(items))
        ]


def fit_filler(
    train: ItemFacts,
    valid: ItemFacts,
    choices: Choices,
    buckets: int,
    config: FillerConfig | None = None,
    report: Callable[[str, float], None] = lambda part, loss: None,
) -> FactFiller:
    """Trains the predictors on the training items, and their mixture on the validation items.

    Args:
        train, valid: items with everything that is known of them.
        choices: fitted on the training items.
        buckets: of the n-grams.
        config: how.
        report: called with the part and its loss after every epoch; it may raise to stop.

    Raises:
        GraphTooSmall: a part without facts.
    """
    for part, items in (("training", train), ("validation", valid)):
        if not bool((items.choice_NP >= 0).any()):
            raise GraphTooSmall(
                missing=f"no fact in the {part} part", remedy="import more, or widen the filter"
            )
    config = config or FillerConfig()
    torch.manual_seed(config.seed)  # initial weights and dropout
    filler = FactFiller(choices, train, buckets, config)
    generator = torch.Generator().manual_seed(config.seed)
    filler.train()
    for part, module, epochs, rate in (
        ("network", filler.network, config.network_epochs, config.network_rate),
        ("votes", filler.votes, config.votes_epochs, config.votes_rate),
    ):
        predict = _predictor(filler, part)
        for loss in trained(module, predict, train, epochs, rate, config, generator):
            report(part, loss)
    filler.eval()
    _fit_mixture(filler, valid, generator)
    return filler


def prior_of(items: ItemFacts, choices: Choices) -> Tensor:
    """The share of every choice among the facts of its parameter, [C]; none is 0."""
    counts_C = torch.bincount(items.choice_NP[items.choice_NP >= 0], minlength=len(choices)) + 0.1
    total_P = torch.zeros(len(choices.parameters)).index_add_(0, choices.parameter_of, counts_C)
    return counts_C / total_P[choices.parameter_of]


def _predictor(filler: FactFiller, part: str) -> Callable[[ItemFacts, Tensor], Tensor]:
    if part == "network":
        return lambda items, rows: filler.network(items)
    return lambda items, rows: filler.voted(items, rows)  # an item must not hear itself


def trained(
    module: nn.Module,
    predict: Callable[[ItemFacts, Tensor], Tensor],
    train: ItemFacts,
    epochs: int,
    rate: float,
    config: FillerConfig,
    generator: Generator,
) -> Iterator[float]:
    """Trains while it is iterated over: the mean loss of each epoch, as it ends.

    `predict` gives log-probabilities [B, C] of items with hidden facts, whose rows are the second.
    """
    if not epochs:
        return
    steps = -(-len(train) // config.batch_items)
    optimiser = torch.optim.AdamW(module.parameters(), lr=rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=epochs * steps)
    for _ in range(epochs):
        total = 0.0
        for rows in torch.split(
            torch.randperm(len(train), generator=generator), config.batch_items
        ):
            items = train[rows]
            hidden_NP = hide(items, config.fewest, config.most, generator)
            item_M, parameter_M = hidden_NP.nonzero(as_tuple=True)
            score_NC = predict(items.without(hidden_NP), rows)
            loss = -score_NC[item_M, items.choice_NP[item_M, parameter_M]].mean()
            if len(item_M):
                optimiser.zero_grad()
                torch.autograd.backward(loss)
                optimiser.step()
                total += loss.item() / steps
            schedule.step()
        yield total


def _fit_mixture(filler: FactFiller, valid: ItemFacts, generator: Generator) -> None:
    made: list[list[Tensor]] = []
    asked: list[tuple[Tensor, Tensor]] = []
    for turn in range(filler.config.validation_masks):
        hidden_NP = hide(valid, filler.config.fewest, filler.config.most, generator)
        item_M, parameter_M = hidden_NP.nonzero(as_tuple=True)
        with torch.no_grad():
            made.append(filler.predictions(valid.without(hidden_NP)))
        asked.append((item_M + turn * len(valid), valid.choice_NP[item_M, parameter_M]))
    predictions = [torch.cat(parts) for parts in zip(*made, strict=True)]
    item_M, choice_M = (torch.cat(parts) for parts in zip(*asked, strict=True))
    filler.mixture.fit(predictions, item_M, choice_M)
