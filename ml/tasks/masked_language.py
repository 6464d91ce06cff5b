"""Masked language: name the words of a text that are hidden."""
# N texts, L tokens of the longest, W words of the longest, M hidden tokens, H states, V vocabulary

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


@dataclass(frozen=True, slots=True)
class MaskedLanguageConfig:
    """How much is hidden, and how.

    Attributes:
        hidden: share of the words of a text; of a short text one word at least.
        kept, replaced: shares of the hidden tokens that stay as they are or become a random one,
            because there are no masks in the texts that the encoder is for.
        batch_texts: texts of a batch.
    """

    hidden: float = 0.18
    kept: float = 0.1
    replaced: float = 0.1
    batch_texts: Count = 128

    def __post_init__(self) -> None:
        if not 0 < self.hidden < 1 or self.batch_texts < 1:
            raise ValueError(f"hidden must lie between 0 and 1, batch_texts from 1: {self}")
        if min(self.kept, self.replaced) < 0 or self.kept + self.replaced > 1:
            raise ValueError(f"kept and replaced are shares of what is hidden: {self}")


@dataclass(frozen=True, slots=True)
class MaskedLanguageBatch:
    """`Encoded.rows` of some texts.

    Attributes:
        tokens: int64 [N,L], 0 is padding.
        words: int64 [N,L], to which word of its text a token belongs; -1 to none.
    """

    tokens: Tensor
    words: Tensor


class MaskedLanguage(Task[TextEncoder, MaskedLanguageBatch]):
    """Masked language model (Devlin et al. 2019, arXiv 1810.04805, section 3.1) over whole words.

    Whole words, because the rest of a word gives away a piece of it: `xf` and `75` say `96`. The
    output layer shares its matrix with the encoder's input (Press and Wolf 2017).

    Args:
        encoder: whose tokenizer cuts the texts, and whose shapes the head takes on.
        texts: to learn from.
        validation: to measure on.

    Raises:
        GraphTooSmall: no text holds a word.
    """

    name = "masked_language"
    monitored = "accuracy"

    def __init__(
        self,
        encoder: TextEncoder,
        texts: Sequence[str],
        validation: Sequence[str] = (),
        config: MaskedLanguageConfig | None = None,
    ) -> None:
        super().__init__()
        self.config = config or MaskedLanguageConfig()
        self.texts = encoder.tokenizer.encode(texts).with_words()
        self.validation = encoder.tokenizer.encode(validation).with_words()
        if not len(self.texts):
            raise GraphTooSmall(
                missing="no item has a text", remedy="Import items with titles or descriptions."
            )
        self.mask = encoder.tokenizer.mask
        width = encoder.embedding.shape[1]
        self.transform = nn.Sequential(
            nn.Linear(encoder.state_width, width),
            nn.GELU(),
            nn.LayerNorm(width),
        )
        self.bias_V = nn.Parameter(torch.zeros(len(encoder.embedding)))

    def batches(self, generator: Generator, shard: Shard = WHOLE) -> Iterator[MaskedLanguageBatch]:
        lengths = self.texts.lengths()
        for chosen in of_similar_length(lengths, self.config.batch_texts, generator, shard):
            yield MaskedLanguageBatch(*self.texts.rows(chosen))

    def forward(
        self, encoder: TextEncoder, batch: MaskedLanguageBatch, generator: Generator
    ) -> Outcome:
        hidden_NL = self._hidden(batch.words, generator)
        corrupted_NL = self._corrupted(batch.tokens, hidden_NL, len(encoder.tokenizer), generator)
        states_MH = encoder.states(corrupted_NL)[hidden_NL]
        logits_MV = functional.linear(self.transform(states_MH), encoder.embedding, self.bias_V)
        target_M = encoder.tokenizer.exchanged(batch.tokens[hidden_NL])
        loss = functional.cross_entropy(logits_MV.float(), target_M)
        right = (logits_MV.argmax(-1) == target_M).float().mean()
        return Outcome(loss, len(target_M), {"accuracy": right.item()})

    def evaluate(self, encoder: TextEncoder, generator: Generator) -> dict[str, float]:
        """`accuracy`: share of the hidden tokens that are named; `loss` in nats a token."""
        if not len(self.validation):
            return {}
        totals = {"accuracy": 0.0, "loss": 0.0}
        hidden = 0
        order = self.validation.lengths().argsort(stable=True)
        for chosen in torch.split(order, self.config.batch_texts):
            batch = MaskedLanguageBatch(*self.validation.rows(chosen))
            outcome = self(encoder, moved(batch, generator.device), generator)
            hidden += outcome.examples
            totals["loss"] += outcome.loss.item() * outcome.examples
            totals["accuracy"] += outcome.metrics["accuracy"] * outcome.examples
        return {name: total / hidden for name, total in totals.items()}

    def _hidden(self, words_NL: Tensor, generator: Generator) -> Tensor:
        """Which tokens are hidden: those of as many words of each text as `hidden` says."""
        counts_N = words_NL.amax(1) + 1
        draws_NW = _uniform((len(words_NL), int(counts_N.max())), words_NL, generator)
        steps_W = torch.arange(draws_NW.shape[1], device=words_NL.device)
        draws_NW = draws_NW.masked_fill(steps_W >= counts_N[:, None], 2.0)
        rank_NW = draws_NW.argsort(1).argsort(1)
        wanted_N = (counts_N * self.config.hidden).round().clamp(min=1)
        hidden_NW = rank_NW < wanted_N[:, None]
        return hidden_NW.gather(1, words_NL.clamp(min=0)) & (words_NL >= 0)

    def _corrupted(
        self, tokens_NL: Tensor, hidden_NL: Tensor, vocabulary: int, generator: Generator
    ) -> Tensor:
        draw_NL = _uniform(tokens_NL.shape, tokens_NL, generator)
        random_NL = torch.randint(
            1, vocabulary, tokens_NL.shape, device=tokens_NL.device, generator=generator
        )
        replaced_NL = hidden_NL & (draw_NL < self.config.replaced)
        masked_NL = hidden_NL & (draw_NL >= self.config.replaced + self.config.kept)
        return tokens_NL.where(~replaced_NL, random_NL).masked_fill(masked_NL, self.mask)


def _uniform(shape: tuple[int, ...], like: Tensor, generator: Generator) -> Tensor:
    return torch.rand(shape, device=like.device, generator=generator)
