"""Adjacent text: tell whether two texts belong together."""
# P pairs, L tokens of the longest, D width of a vector

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from ml.errors import GraphTooSmall
from ml.ranges import Count
from ml.runtime import moved
from ml.tasks.base import WHOLE, Outcome, Shard, Task
from ml.text.batches import of_similar_length
from ml.text.encoder import TextEncoder
from ml.text.tokenizer import Encoded


@dataclass(frozen=True, slots=True)
class AdjacentTextConfig:
    """Attributes:
    batch_pairs: pairs of a batch; every text of it is held against every partner.
    """

    batch_pairs: Count = 64

    def __post_init__(self) -> None:
        if self.batch_pairs < 2:
            raise ValueError(f"a pair needs another one to be told from: {self}")


@dataclass(frozen=True, slots=True)
class AdjacentTextBatch:
    """Pairs of texts, a row each.

    Attributes:
        first: tokens, int64 [P,L], 0 is padding.
        second: tokens of their partners.
        partners: int64 [P], equal where the partners are the same text.
    """

    first: Tensor
    second: Tensor
    partners: Tensor


class AdjacentText(Task[TextEncoder, AdjacentTextBatch]):
    """Yes or no for every two texts of a batch, by their vectors.

    The question is that of next sentence prediction (Devlin et al. 2019, arXiv 1810.04805), asked
    of two vectors instead of one long text, because vectors are what the graph gets. The loss is
    the pairwise sigmoid (Zhai et al. 2023, arXiv 2303.15343, equation 1); ours gives the pairs that
    belong together half of the weight, whatever the size of the batch.

    Args:
        encoder: whose tokenizer cuts the texts.
        pairs: texts that belong together, a title and its description, say.
        validation: the same, to measure on.

    Raises:
        GraphTooSmall: there are not two different pairs.
    """

    name = "adjacent_text"
    monitored = "accuracy"

    def __init__(
        self,
        encoder: TextEncoder,
        pairs: Sequence[tuple[str, str]],
        validation: Sequence[tuple[str, str]] = (),
        config: AdjacentTextConfig | None = None,
    ) -> None:
        super().__init__()
        self.config = config or AdjacentTextConfig()
        self.pairs = _Pairs.of(encoder, pairs)
        self.validation = _Pairs.of(encoder, validation)
        if len(torch.unique(self.pairs.partners)) < 2:
            raise GraphTooSmall(
                missing="fewer than two items have two texts that belong together",
                remedy="Import descriptions or facts, or leave this task out.",
            )
        # From a name to what is said of it: not the same direction in space.
        self.turn = nn.Linear(encoder.width, encoder.width)
        self.scale = nn.Parameter(torch.tensor(10.0).log())  # values of the paper, section 3.2,
        self.bias = nn.Parameter(torch.tensor(-5.0))  # but half the bias, as half the weight is yes

    def batches(self, generator: Generator, shard: Shard = WHOLE) -> Iterator[AdjacentTextBatch]:
        lengths = self.pairs.first.lengths() + self.pairs.second.lengths()
        for chosen in of_similar_length(lengths, self.config.batch_pairs, generator, shard):
            yield self.pairs.rows(chosen)

    def forward(
        self, encoder: TextEncoder, batch: AdjacentTextBatch, generator: Generator
    ) -> Outcome:
        logits_PP = self._logits(encoder, batch)
        same_PP = batch.partners[:, None] == batch.partners
        yes_P = functional.softplus(-logits_PP.diagonal())
        no = functional.softplus(logits_PP)[~same_PP]
        loss = yes_P.mean() + no.mean() if len(no) else yes_P.mean()
        return Outcome(loss / 2, len(logits_PP))

    def evaluate(self, encoder: TextEncoder, generator: Generator) -> dict[str, float]:
        """`accuracy`: how often a text's own partner scores above that of another text."""
        if not len(self.validation.partners):
            return {}
        right, asked = 0.0, 0
        order = torch.randperm(
            len(self.validation.partners), generator=generator, device=generator.device
        )
        for chosen in torch.split(order.cpu(), self.config.batch_pairs):
            batch = moved(self.validation.rows(chosen), generator.device)
            logits_PP = self._logits(encoder, batch)
            other_PP = batch.partners[:, None] != batch.partners
            above_PP = logits_PP.diagonal()[:, None] > logits_PP
            right += float((above_PP & other_PP).sum())
            asked += int(other_PP.sum())
        return {"accuracy": right / asked} if asked else {}

    def _logits(self, encoder: TextEncoder, batch: AdjacentTextBatch) -> Tensor:
        said_PD = functional.normalize(encoder.vectors(batch.second).float(), dim=-1)
        asked_PD = functional.normalize(self.turn(encoder.vectors(batch.first)).float(), dim=-1)
        return asked_PD @ said_PD.T * self.scale.exp() + self.bias


@dataclass(frozen=True, slots=True)
class _Pairs:
    first: Encoded
    second: Encoded
    partners: Tensor

    @classmethod
    def of(cls, encoder: TextEncoder, pairs: Sequence[tuple[str, str]]) -> _Pairs:
        numbers: dict[str, int] = {}
        partners = [numbers.setdefault(second, len(numbers)) for _, second in pairs]
        return cls(
            first=encoder.tokenizer.encode([first for first, _ in pairs]),
            second=encoder.tokenizer.encode([second for _, second in pairs]),
            partners=torch.tensor(partners, dtype=torch.int64),
        )

    def rows(self, chosen: Tensor) -> AdjacentTextBatch:
        first, _ = self.first.rows(chosen)
        second, _ = self.second.rows(chosen)
        return AdjacentTextBatch(first, second, self.partners[chosen])
