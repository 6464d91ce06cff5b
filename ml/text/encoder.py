"""Text encoder: a transformer over tokens, with what the text says to the letter beside it."""
# N texts, L tokens of the longest, H width of the transformer's states, D width of a vector

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated

import msgspec
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch_geometric.data import HeteroData
from transformers import AutoConfig, AutoModel, BertConfig, PretrainedConfig, PreTrainedModel

from ml.models.base import NodeEncoder
from ml.ranges import Count, Depth, Share, Width
from ml.text.lexical import LexicalChannel
from ml.text.tokenizer import PADDING, Tokenizer


@dataclass(frozen=True, slots=True)
class TextEncoderConfig:
    """Shape of a text encoder.

    Attributes:
        width: D.
        states: H, of a transformer that is trained from scratch.
        layers, heads: of that transformer.
        dropout: share of its activations that training hides.
        buckets: random vectors of the lexical channel; 0 leaves it out.
        longest_run: tokens of the longest run that the lexical channel hashes.
        chunk_tokens: tokens, padding included, that a pass over many texts takes at once.
    """

    width: Width = 256
    states: Width = 128
    layers: Depth = 2
    heads: Width = 4
    dropout: Share = 0.1
    buckets: Annotated[int, msgspec.Meta(ge=0, le=2**20)] = 32_768
    longest_run: Count = 3
    chunk_tokens: Count = 16_384  # 8 MiB of states at H = 128


class TextEncoder(NodeEncoder):
    """Vectors of texts: mean of a transformer's states, and a `LexicalChannel` added to it.

    As a `NodeEncoder` it reads `data[t].tokens` (int64 [N,L], 0 is padding) of every node type
    that has it. A text without tokens gets zeros.

    Attributes:
        backbone: the transformer, from scratch or from a checkpoint.
        tokenizer: gives the ids that `backbone` was made for.
        state_width: H.
    """

    lexical: LexicalChannel | None

    def __init__(
        self, backbone: PreTrainedModel, tokenizer: Tokenizer, config: TextEncoderConfig
    ) -> None:
        super().__init__()
        self.width = config.width
        self.config = config
        self.tokenizer = tokenizer
        if getattr(backbone, "pooler", None) is not None:
            # Some architectures bring a layer that a mean has no use for.
            backbone.register_module("pooler", None)
        self.backbone = backbone
        self.state_width: int = backbone.config.hidden_size
        self.project = nn.Linear(self.state_width, config.width)
        self.register_module("lexical", None)
        if config.buckets:
            self.lexical = LexicalChannel(
                len(tokenizer),
                self.state_width,
                config.width,
                buckets=config.buckets,
                longest_run=config.longest_run,
            )
            self.shares = nn.Parameter(torch.zeros(2))  # of meaning and of wording, as logits

    @classmethod
    def from_scratch(
        cls, tokenizer: Tokenizer, config: TextEncoderConfig | None = None
    ) -> TextEncoder:
        """A small transformer (architecture of BERT, Devlin et al. 2019) with random weights."""
        config = config or TextEncoderConfig()
        shape = BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=config.states,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            intermediate_size=4 * config.states,
            hidden_dropout_prob=config.dropout,
            attention_probs_dropout_prob=config.dropout,
            max_position_embeddings=tokenizer.longest,
            type_vocab_size=1,
        )
        return cls(_transformer(shape), tokenizer, config)

    @classmethod
    def from_json(cls, text: str) -> TextEncoder:
        """The encoder that `to_json` described, with random weights; load its state afterwards."""
        written = json.loads(text)
        shape = AutoConfig.for_model(**written["backbone"])
        tokenizer = Tokenizer.from_json(json.dumps(written["tokenizer"]))
        config = TextEncoderConfig(**written["config"])
        return cls(_transformer(shape), tokenizer, config)

    def to_json(self) -> str:
        """Everything but the weights: shapes and tokenizer."""
        written = {
            "config": asdict(self.config),
            "backbone": self.backbone.config.to_dict(),
            "tokenizer": json.loads(self.tokenizer.to_json()),
        }
        return json.dumps(written, ensure_ascii=False)

    def count(self, texts: Sequence[str]) -> None:
        """Let rare tokens of the training texts begin with more weight in the lexical channel."""
        if self.lexical is not None:
            encoded = self.tokenizer.encode(texts)
            of_text = torch.arange(len(encoded)).repeat_interleave(encoded.lengths())
            self.lexical.count(encoded.tokens, of_text)

    @property
    def embedding(self) -> Tensor:
        """The transformer's matrix_VH of tokens, by ids of the vocabulary."""
        weight = self.backbone.get_input_embeddings().weight
        assert isinstance(weight, Tensor)
        return weight

    def states(self, tokens_NL: Tensor) -> Tensor:
        """The transformer's states_NLH of padded texts, each with at least one token."""
        present_NL = (tokens_NL != PADDING).long()
        native_NL = self.tokenizer.exchanged(tokens_NL)
        output = self.backbone(input_ids=native_NL, attention_mask=present_NL)
        states_NLH: Tensor = output.last_hidden_state
        return states_NLH

    def vectors(self, tokens_NL: Tensor) -> Tensor:
        """x_ND of padded texts; long and short ones may be mixed, few are padded far."""
        lengths_N = (tokens_NL != PADDING).sum(1)
        order_N = lengths_N.argsort(stable=True)
        empty = int((lengths_N == 0).sum())
        parts = [tokens_NL.new_zeros((empty, self.width), dtype=self.project.weight.dtype)]
        for rows, longest in _chunks(lengths_N[order_N], empty, self.config.chunk_tokens):
            parts.append(self._pooled(tokens_NL[order_N[rows], :longest]))
        return torch.cat(parts)[order_N.argsort()]

    def forward(self, data: HeteroData) -> dict[str, Tensor]:
        return {
            node_type: self.vectors(store.tokens)
            for node_type, store in zip(data.node_types, data.node_stores, strict=True)
            if "tokens" in store
        }

    @torch.inference_mode()
    def encode(self, texts: Sequence[str]) -> Tensor:
        """x_ND of texts as they come in, float32 on the processor; switches dropout off."""
        self.eval()
        device = self.project.weight.device
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            vectors_ND = self.vectors(self.tokenizer.padded(texts).to(device))
        return vectors_ND.float().cpu()

    def _pooled(self, tokens_NL: Tensor) -> Tensor:
        states_NLH = self.states(tokens_NL)
        present_NL = (tokens_NL != PADDING).to(states_NLH.dtype)
        mean_NH = torch.einsum("nl,nlh->nh", present_NL, states_NLH) / present_NL.sum(1)[:, None]
        meaning_ND: Tensor = self.project(mean_NH)
        if self.lexical is None:
            return meaning_ND
        shares = self.shares.softmax(0).sqrt()  # lengths whose squares add up to 1
        wording_ND: Tensor = self.lexical(tokens_NL, states_NLH)
        return shares[0] * functional.normalize(meaning_ND, dim=-1) + shares[1] * wording_ND


def _transformer(shape: PretrainedConfig) -> PreTrainedModel:
    """With random weights."""
    model: PreTrainedModel = AutoModel.from_config(shape)  # type: ignore[no-untyped-call]
    return model


def _chunks(lengths: Tensor, first: int, tokens: int) -> Iterator[tuple[slice, int]]:
    """Slices of ascending lengths, each with at most so many tokens when padded."""
    start, counts = first, lengths.tolist()
    for at in range(first, len(counts)):
        if (at + 1 - start) * counts[at] > tokens and at > start:
            yield slice(start, at), counts[at - 1]
            start = at
    if start < len(counts):
        yield slice(start, len(counts)), counts[-1]
