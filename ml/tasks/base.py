"""The contract that every pretraining task keeps.

A task owns its head and its examples, and borrows the encoder. It draws nothing at random but from
the generator it is given, so that a run that was stopped goes on to the same result.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, TypeVar

from torch import Generator, Tensor, nn

EncoderT = TypeVar("EncoderT", bound=nn.Module)
BatchT = TypeVar("BatchT")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one batch came to.

    Attributes:
        loss: scalar, the mean over the batch's examples, with its gradient.
        examples: how many examples that mean is over; 0 leaves the batch out.
        metrics: scalars of this batch, for the journal; shares lie in 0..1.
    """

    loss: Tensor
    examples: int
    metrics: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shard:
    """Which part of every epoch is this process's: batches `rank`, `rank + of`, and so on."""

    rank: int = 0
    of: int = 1


WHOLE = Shard()


class Task(nn.Module, ABC, Generic[EncoderT, BatchT]):
    """One objective over the training part, and its measure on the validation part."""

    name: ClassVar[str]
    monitored: ClassVar[str]  # the metric of `evaluate` that says how good it is; more is better

    @abstractmethod
    def batches(self, generator: Generator, shard: Shard = WHOLE) -> Iterator[BatchT]:
        """One epoch of training batches, on the processor.

        The order comes from `generator` alone. Every shard of one generator's state has as many
        batches, because processes that train together take their steps together.
        """

    @abstractmethod
    def forward(self, encoder: EncoderT, batch: BatchT, generator: Generator) -> Outcome:
        """The loss of one batch; `generator`, on the batch's device, draws masks and negatives."""

    @abstractmethod
    def evaluate(self, encoder: EncoderT, generator: Generator) -> dict[str, float]:
        """Metrics over the validation part; called without gradients, with dropout off.

        Empty where there is nothing to validate on.
        """
