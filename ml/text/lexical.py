"""What a text says to the letter, as a vector: hashed runs of tokens, weighed by their context."""
# N texts, L tokens of the longest, H width of the states, D width of a vector, V vocabulary,
# K longest run, S runs of one size, R runs of all sizes

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.text.tokenizer import PADDING

_MULTIPLIER = 0x9E3779B1  # 2^32 / golden ratio, prime: Knuth's multiplicative hashing
_LOW_32 = 0xFFFFFFFF


class LexicalChannel(nn.Module):
    """Sum of fixed random vectors, one for each run of 1 to K tokens, with learnt weights.

    A transformer has little to say of a model number that it has never seen. The random vector of
    one (Achlioptas 2003, database-friendly random projections) is nearly orthogonal to all others,
    so that two texts with the number in common are near one another, seen or not. How much a run
    counts is what its tokens count by themselves and what the transformer's state at its last token
    says of it, as in DeepCT (Dai and Callan 2019, arXiv 1910.10687); there the weights are
    regressed on relevance, here they are learnt with the encoder.

    Args:
        vocabulary: V.
        states: H.
        width: D.
        buckets: how many random vectors there are; runs share them by hash.
        longest_run: K.
    """

    signs: Tensor

    def __init__(
        self, vocabulary: int, states: int, width: int, *, buckets: int, longest_run: int
    ) -> None:
        super().__init__()
        self.buckets = buckets
        self.longest_run = longest_run
        self.rarity_V = nn.Parameter(torch.zeros(vocabulary))
        self.weigh = nn.Linear(states, longest_run)
        nn.init.zeros_(self.weigh.weight)
        with (
            torch.no_grad()
        ):  # a run of two begins with half of the weight, as best before training
            self.weigh.bias.copy_(-math.log(2) * torch.arange(longest_run))
        # Made from their position, not stored: an artefact is not the place for 30 MB of noise.
        cells = torch.arange(buckets)[:, None] * width + torch.arange(width)
        signs = (_scattered(_scattered(cells)) >> 16 & 1) * 2 - 1
        self.register_buffer("signs", signs.float(), persistent=False)

    @torch.no_grad()
    def count(self, tokens: Tensor, texts: Tensor) -> None:
        """Begin with the inverse document frequency of every token as its weight.

        Args:
            tokens: int64 [T], of all texts one after another.
            texts: int64 [T], which text each of them is of.
        """
        vocabulary = len(self.rarity_V)
        standing = torch.unique(texts * vocabulary + tokens) % vocabulary
        frequency_V = torch.bincount(standing, minlength=vocabulary)
        documents = len(torch.unique(texts))
        rarity_V = 1 + ((1 + documents) / (1 + frequency_V)).log()
        self.rarity_V.copy_(rarity_V.log())

    def forward(self, tokens_NL: Tensor, states_NLH: Tensor) -> Tensor:
        """Returns x_ND of unit length, for texts that have at least one token each."""
        runs, logits = [], []
        weights_NLK, rarity_NL = self.weigh(states_NLH), self.rarity_V[tokens_NL]
        for size, hashes_NS in enumerate(self._hashes(tokens_NL)):
            rarity_NS = rarity_NL.unfold(1, size + 1, 1).mean(-1)
            logits_NS = rarity_NS + weights_NLK[:, size:, size]
            runs.append((hashes_NS >> 8) % self.buckets)
            logits.append(logits_NS.masked_fill(tokens_NL[:, size:] == PADDING, -math.inf))
        # Softmax, because the length of the sum does not matter: only which runs count more.
        weights_NR = torch.cat(logits, dim=1).float().softmax(1)
        total_ND = functional.embedding_bag(
            torch.cat(runs, dim=1), self.signs, per_sample_weights=weights_NR, mode="sum"
        )
        return functional.normalize(total_ND, dim=-1)

    def _hashes(self, tokens_NL: Tensor) -> list[Tensor]:
        """Of the runs of 1, 2, ... K tokens, by the position of their last token."""
        found = [_scattered(tokens_NL)]
        for size in range(1, min(self.longest_run, tokens_NL.shape[1])):
            found.append(_scattered(found[-1][:, :-1] * 31 + tokens_NL[:, size:]))
        return found


def _scattered(numbers: Tensor) -> Tensor:
    """Whole numbers below 2^32 that look random, the same for the same number everywhere."""
    mixed = ((numbers + 1) * _MULTIPLIER) & _LOW_32
    mixed = ((mixed ^ (mixed >> 15)) * _MULTIPLIER) & _LOW_32
    return mixed ^ (mixed >> 13)
