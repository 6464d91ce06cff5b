"""The network of one tagger: embeddings, an encoder of their context, scores for the labels."""

# B titles, L characters, F features, D width, K labels, P places that were masked, V characters

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.entities.crf import LinearChainCrf
from ml.entities.encoders import EncoderName, GatedCnn, TitleDropout, make_encoder
from ml.entities.featurizer import Featurizer
from ml.entities.inputs import PADDING, TitleBatch

CHARACTER, PAIR, TAG, FEATURE = 128, 48, 24, 64  # widths


@dataclass(frozen=True, slots=True)
class NetworkSizes:
    """How many ids there are of each kind, and how many features."""

    characters: int
    pairs: int
    tags: int
    features: int

    @classmethod
    def of(cls, featurizer: Featurizer) -> NetworkSizes:
        return cls(
            len(featurizer.characters),
            len(featurizer.pairs),
            len(featurizer.tags),
            featurizer.width,
        )


class TitleNetwork(nn.Module):
    """Embeddings of character, both pairs and part of speech beside features; encoder; CRF."""

    def __init__(self, encoder: EncoderName, featurizer: Featurizer, dtype: torch.dtype) -> None:
        super().__init__()
        sizes = NetworkSizes.of(featurizer)
        self.dtype = dtype
        self.character = nn.Embedding(sizes.characters, CHARACTER, padding_idx=PADDING)
        self.pair = nn.Embedding(sizes.pairs, PAIR, padding_idx=PADDING)
        self.tag = nn.Embedding(sizes.tags, TAG, padding_idx=PADDING)
        for table in (self.character, self.pair, self.tag):
            nn.init.normal_(table.weight, std=0.1)
        self.feature = nn.Linear(sizes.features, FEATURE)
        self.dropout = TitleDropout()
        width = CHARACTER + 2 * PAIR + TAG + FEATURE
        self.encoder = make_encoder(encoder, width)
        self.emission = nn.Linear(self.encoder.width, len(featurizer.labels))
        self.recover = nn.Linear(self.encoder.width, CHARACTER)
        self.recover_bias_V = nn.Parameter(torch.zeros(sizes.characters))
        self.crf = LinearChainCrf(featurizer.labels)

    def drop(self, share: float) -> None:
        """Dropout of what goes into the encoder and comes out of it; within it, half of that."""
        self.dropout.share = share
        if isinstance(self.encoder, GatedCnn):
            self.encoder.dropout.share = share / 2

    def context(self, batch: TitleBatch) -> Tensor:
        """`h_BLH`: every character in its context."""
        seen_BLD = torch.cat(
            (
                self.character(batch.character_BL),
                self.pair(batch.left_BL),
                self.pair(batch.right_BL),
                self.tag(batch.tag_BL),
                self.feature(batch.feature_BLF).relu(),
            ),
            dim=2,
        )
        with torch.autocast("cpu", torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            h_BLH: Tensor = self.encoder(self.dropout(seen_BLD), batch.mask_BL)
        dropped_BLH: Tensor = self.dropout(h_BLH.float())
        return dropped_BLH

    def emissions(self, h_BLH: Tensor) -> Tensor:
        """`emission_BLK`."""
        emission_BLK: Tensor = self.emission(h_BLH)
        return emission_BLK

    def span_probabilities(self, batch: TitleBatch, longest: int) -> Tensor:
        """`probability_BTLM` that a span is an entity of a type; 0 behind the end of a title."""
        emission_BLK = self.emissions(self.context(batch))
        return self.crf.span_probabilities(emission_BLK, batch.mask_BL, longest)

    def recovery_loss(self, h_BLH: Tensor, character_BL: Tensor, masked_BL: Tensor) -> Tensor:
        """Mean cross-entropy of the characters that were masked; a scalar.

        Source: Devlin et al., "BERT", NAACL 2019, section 3.1; the softmax shares its weights with
        the embedding (Press & Wolf, EACL 2017).
        """
        with torch.autocast("cpu", torch.bfloat16, enabled=self.dtype == torch.bfloat16):
            wanted_PD = self.recover(h_BLH[masked_BL])
            logits_PV = wanted_PD @ self.character.weight.T
        logits_PV = logits_PV.float() + self.recover_bias_V
        loss = functional.cross_entropy(logits_PV, character_BL[masked_BL], reduction="sum")
        return loss / max(len(logits_PV), 1)  # of a few short titles none may be masked
