"""Which weights of a pretrained transformer learn: none, its last layers, adapters or all."""

# R rank of an adapter, I and O widths of what its product reads and gives

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, assert_never

import torch
from torch import Tensor, nn
from transformers import PreTrainedModel

from ml.errors import RecipeInvalid
from ml.ranges import Count, Depth, Share

# `head`: only what stands on the transformer; `last`: its last layers as well; `adapters`: small
# matrices beside its own; `all`: every weight that its owner has not frozen.
Tuned = Literal["head", "last", "adapters", "all"]

_QUERIES_AND_VALUES = frozenset({"query", "value", "q", "v", "q_lin", "v_lin", "q_proj", "v_proj"})


@dataclass(frozen=True, slots=True)
class TuningConfig:
    """What learns of a pretrained transformer.

    Attributes:
        last_layers: how many with `last`.
        rank: R, of adapters.
        scale: of what an adapter adds; the paper's alpha / R.
        dropout: share of what an adapter reads that training hides from it.
    """

    tuned: Tuned = "all"
    last_layers: Depth = 2
    rank: Count = 16
    scale: float = 2.0
    dropout: Share = 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Numbers in a network: those that learn, and all of them."""

    learning: int
    all: int

    @classmethod
    def of(cls, network: nn.Module) -> Weights:
        sizes = [(weight.numel(), weight.requires_grad) for weight in network.parameters()]
        return cls(sum(size for size, learns in sizes if learns), sum(size for size, _ in sizes))


class LowRank(nn.Module):
    """A frozen product with a low-rank one beside it: `y = W x + b + s B A x`.

    Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, equation 3.
    A [R,I] is random and B [O,R] zero, so that training begins with what was pretrained. Torch's
    `parametrize` can say the same of `W`, takes as long, and has no place for dropout of `x`.
    """

    def __init__(self, product: nn.Linear, config: TuningConfig) -> None:
        super().__init__()
        self.product = product.requires_grad_(False)
        self.down = nn.Linear(product.in_features, config.rank, bias=False)
        self.up = nn.Linear(config.rank, product.out_features, bias=False)
        nn.init.zeros_(self.up.weight)
        self.dropout = nn.Dropout(config.dropout)
        self.scale = config.scale
        self.to(product.weight.device, product.weight.dtype)

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = self.product(x) + self.scale * self.up(self.down(self.dropout(x)))
        return added

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """The product alone, which from now on gives what both gave."""
        self.product.weight += self.scale * (self.up.weight @ self.down.weight)
        return self.product


def tune(transformer: PreTrainedModel, config: TuningConfig) -> None:
    """Freeze what is not to learn, and insert adapters; `merge` takes them out again.

    Raises:
        RecipeInvalid: the transformer has fewer layers, or nothing that adapters fit beside.
    """
    if config.tuned == "all":
        return
    layers = _layers(transformer)
    still_learns = {id(w) for w in transformer.parameters() if w.requires_grad}
    transformer.requires_grad_(False)
    match config.tuned:
        case "head":
            pass
        case "last":
            if config.last_layers > len(layers):
                reason = f"the transformer has no more than {len(layers)} layers"
                raise RecipeInvalid(setting="tuning.last_layers", reason=reason)
            for weight in layers[len(layers) - config.last_layers :].parameters():
                weight.requires_grad_(id(weight) in still_learns)
        case "adapters":
            for parent, name, product in list(_adaptable(layers)):
                setattr(parent, name, LowRank(product, config))
        case _:
            assert_never(config.tuned)


def merge(transformer: PreTrainedModel) -> None:
    """Fold adapters into the products they stand beside: the shape and speed of before."""
    for parent in list(transformer.modules()):
        for name, adapter in list(parent.named_children()):
            if isinstance(adapter, LowRank):
                setattr(parent, name, adapter.merged())


def _layers(transformer: PreTrainedModel) -> nn.ModuleList:
    for module in transformer.modules():
        if (
            isinstance(module, nn.ModuleList)
            and len(module) == transformer.config.num_hidden_layers
        ):
            return module
    reason = f"a {type(transformer).__name__} has no list of layers; tune all of it"
    raise RecipeInvalid(setting="tuning.tuned", reason=reason)


def _adaptable(layers: nn.ModuleList) -> Iterator[tuple[nn.Module, str, nn.Linear]]:
    """Queries, values and feed-forward: of a layer's products only those change the width."""
    for parent in layers.modules():
        for name, child in parent.named_children():
            if isinstance(child, nn.Linear) and (
                name in _QUERIES_AND_VALUES or child.in_features != child.out_features
            ):
                yield parent, name, child
