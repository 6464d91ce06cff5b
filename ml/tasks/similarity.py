"""Similarity: texts of one thing lie nearer to one another than to all other texts, by a margin."""
# P pairs, T texts of a batch (2P), L tokens of the longest, D width of a vector

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from torch import Generator, Tensor
from torch.nn import functional

from ml.errors import GraphTooSmall
from ml.evaluation.retrieval import recall_of_vectors
from ml.ranges import Count
from ml.runtime import moved
from ml.tasks.base import WHOLE, Outcome, Shard, Task
from ml.text.encoder import TextEncoder
from ml.text.tokenizer import PADDING

_HASHES = 2  # the second sorts the things that the first one left equal


@dataclass(frozen=True, slots=True)
class SimilarityConfig:
    """How the pairs of a batch are chosen and told apart.

    Attributes:
        margin: by how much, in cosine, the other text of a pair must be the nearest.
        scale: by what cosines are multiplied to make logits; 20 is a temperature of 0.05.
        dropped: share of the tokens of a text that training leaves out.
        lookalikes: things of a batch that come together because their tokens are alike: the
            negatives that are hard. 1 leaves the choice to chance.
        batch_pairs: pairs of a batch.
    """

    margin: float = 0.1
    scale: float = 20.0
    dropped: float = 0.1
    lookalikes: Count = 8
    batch_pairs: Count = 96

    def __post_init__(self) -> None:
        if not 0 <= self.margin < 1 or self.scale <= 0 or not 0 <= self.dropped < 1:
            raise ValueError(f"margin and dropped lie in 0..1, scale is positive: {self}")
        if self.lookalikes < 1 or self.batch_pairs < 2:
            raise ValueError(f"lookalikes starts at 1, batch_pairs at 2: {self}")


@dataclass(frozen=True, slots=True)
class SimilarityBatch:
    """Pairs of texts: the text in row i and that in row i + P are of one thing.

    Attributes:
        tokens: int64 [T,L], 0 is padding.
        things: int64 [T], equal where texts are of one thing.
    """

    tokens: Tensor
    things: Tensor


class Similarity(Task[TextEncoder, SimilarityBatch]):
    """Multiple negatives ranking (Henderson et al. 2017, arXiv 1705.00652) with a cosine margin.

    The margin is taken off the cosine of the right pair (Yang et al. 2019, arXiv 1902.08564,
    equation 6). Ours differs in that every text of the batch is a negative to every other, and not
    only those on the other side, and that further texts of the same thing are no negatives.

    Args:
        encoder: whose tokenizer cuts the texts.
        texts: to learn from.
        things: what each of them is a text of; texts that are alone are left out.
        validation, validation_things: the same, to measure on.

    Raises:
        GraphTooSmall: there are no two things with two texts each.
    """

    name = "similarity"
    monitored = "recall@10"

    def __init__(
        self,
        encoder: TextEncoder,
        texts: Sequence[str],
        things: Sequence[int],
        validation: Sequence[str] = (),
        validation_things: Sequence[int] = (),
        config: SimilarityConfig | None = None,
    ) -> None:
        super().__init__()
        self.config = config or SimilarityConfig()
        self.texts = encoder.tokenizer.encode(texts)
        self.things = torch.as_tensor(things, dtype=torch.int64)
        self.members = _members(things)
        if len(self.members) < 2:
            raise GraphTooSmall(
                missing="fewer than two things have two texts",
                remedy="Link items of several sources to their models, or leave similarity out.",
            )
        frequency_V = torch.bincount(self.texts.tokens, minlength=len(encoder.tokenizer))
        self.rarity_V = torch.log1p(len(self.texts) / frequency_V.clamp(min=1))
        self.validation = encoder.tokenizer.encode(validation)
        self.validation_things = torch.as_tensor(validation_things, dtype=torch.int64)

    def batches(self, generator: Generator, shard: Shard = WHOLE) -> Iterator[SimilarityBatch]:
        pairs_P2 = torch.cat([self._pairs(thing, generator) for thing in self._order(generator)])
        size = self.config.batch_pairs
        starts = list(range(0, max(1, len(pairs_P2) - size // 2), size))  # a rest is too easy
        starts += starts[:1] * (-len(starts) % shard.of)
        for start in islice(starts, shard.rank, None, shard.of):
            rows_T = pairs_P2[start : start + size].T.flatten()
            tokens_TL, _ = self.texts.rows(rows_T)
            yield SimilarityBatch(tokens_TL, self.things[rows_T])

    def forward(
        self, encoder: TextEncoder, batch: SimilarityBatch, generator: Generator
    ) -> Outcome:
        tokens_TL = self._thinned(batch.tokens, generator) if self.training else batch.tokens
        x_TD = functional.normalize(encoder.vectors(tokens_TL).float(), dim=-1)
        cosine_TT = x_TD @ x_TD.T
        other_T = torch.arange(len(x_TD), device=x_TD.device).roll(len(x_TD) // 2)
        right_TT = functional.one_hot(other_T, len(x_TD)).bool()
        same_TT = batch.things[:, None] == batch.things
        logits_TT = self.config.scale * (cosine_TT - self.config.margin * right_TT)
        logits_TT = logits_TT.masked_fill(same_TT & ~right_TT, float("-inf"))
        loss = functional.cross_entropy(logits_TT, other_T)
        nearest = (logits_TT.argmax(1) == other_T).float().mean()
        return Outcome(loss, len(x_TD), {"nearest": nearest.item()})

    def evaluate(self, encoder: TextEncoder, generator: Generator) -> dict[str, float]:
        """`recall@10`: share of the other texts of a text's thing among its ten nearest."""
        tokens_NL, _ = self.validation.rows(torch.arange(len(self.validation)))
        x_ND = encoder.vectors(moved(tokens_NL, generator.device))
        _, recall = recall_of_vectors(x_ND, self.validation_things)
        return {"recall@10": recall.mean().item()} if len(recall) else {}

    def _order(self, generator: Generator) -> list[Tensor]:
        """All things with their texts, look-alikes together.

        Weighted min-hashing: with one exponential draw per token, divided by its rarity, two texts
        have the same smallest one with the probability of their weighted Jaccard similarity. Things
        that are sorted by it have look-alikes for neighbours, others in every epoch.
        """
        texts = torch.stack([rows[0] for rows in self.members])
        tokens_NL, _ = self.texts.rows(texts)
        order = torch.randperm(len(texts), generator=generator)
        if self.config.lookalikes > 1:
            for _ in range(_HASHES):
                draws_V = torch.rand(len(self.rarity_V), generator=generator).log().neg()
                keys_V = (draws_V / self.rarity_V).index_fill(0, torch.tensor(PADDING), math.inf)
                keys_N = keys_V[tokens_NL[order]].amin(1)
                order = order[keys_N.argsort(stable=True)]
        blocks = torch.split(order, self.config.lookalikes)
        shuffled = torch.randperm(len(blocks), generator=generator).tolist()
        return [self.members[thing] for block in shuffled for thing in blocks[block].tolist()]

    def _pairs(self, members: Tensor, generator: Generator) -> Tensor:
        """Texts of one thing two by two, int64 [P,2]; of an odd number one stays out."""
        shuffled = members[torch.randperm(len(members), generator=generator)]
        return shuffled[: len(members) // 2 * 2].view(-1, 2)

    def _thinned(self, tokens_TL: Tensor, generator: Generator) -> Tensor:
        """Without some of the tokens, as another shop leaves words out; never without all."""
        draws_TL = torch.rand(tokens_TL.shape, device=tokens_TL.device, generator=generator)
        draws_TL = draws_TL.masked_fill(tokens_TL == PADDING, -1.0)
        kept_TL = (draws_TL >= self.config.dropped) | (draws_TL == draws_TL.amax(1, keepdim=True))
        order_TL = (~kept_TL).long().argsort(dim=1, stable=True)  # padding goes to the end again
        return tokens_TL.masked_fill(~kept_TL, PADDING).gather(1, order_TL)


def _members(things: Sequence[int]) -> list[Tensor]:
    """Positions of the texts of each thing that has two and more."""
    of_thing: dict[int, list[int]] = {}
    for position, thing in enumerate(things):
        of_thing.setdefault(thing, []).append(position)
    return [torch.tensor(rows) for rows in of_thing.values() if len(rows) > 1]
