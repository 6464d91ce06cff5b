"""Checkpoints: one safetensors file, replaced whole, from which a run goes on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import safetensors
import safetensors.torch
from torch import Tensor, nn, optim

from ml.errors import CheckpointInvalid, CheckpointNotWritten

FORMAT = 1
_STATE = "catalograph"  # the one key of the file's metadata; its value is JSON


class Position(msgspec.Struct, frozen=True):
    """Where a run is, beside its tensors.

    Attributes:
        run: what must be equal for a run to go on: configuration and data, as the caller hashed it.
        step: steps taken.
        taken: by task, how many batches of which epoch: (epoch, batches).
        best: the best evaluation so far, and its step; None before the first.
        seconds: time spent so far, over all attempts.
    """

    run: str
    step: int
    taken: dict[str, tuple[int, int]]
    seconds: float
    best: float | None = None
    best_step: int | None = None
    worse: int = 0  # evaluations since the best one
    metrics: dict[str, float] = msgspec.field(default_factory=dict)  # of the best evaluation
    format: int = FORMAT


def save(path: Path, position: Position, tensors: Mapping[str, Tensor]) -> None:
    """Replace the checkpoint at `path`, whole or not at all.

    Raises:
        CheckpointNotWritten: the disk is full or gone; the checkpoint before is as it was.
    """
    own = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    data = safetensors.torch.save(own, {_STATE: msgspec.json.encode(position).decode()})
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise CheckpointNotWritten(path=path, reason=error.strerror or str(error)) from error


def load(path: Path, run: str) -> tuple[Position, dict[str, Tensor]]:
    """What `save` wrote.

    Raises:
        CheckpointInvalid: not a checkpoint, damaged, or of a run with other settings or data.
    """
    try:
        with safetensors.safe_open(path, framework="pt") as file:
            position = msgspec.json.decode((file.metadata() or {})[_STATE], type=Position)
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (safetensors.SafetensorError, KeyError, msgspec.DecodeError, OSError) as error:
        raise CheckpointInvalid(path=path, reason=f"is no checkpoint ({error})") from error
    if position.format != FORMAT:
        reason = f"has format {position.format}, and this version reads {FORMAT}"
        raise CheckpointInvalid(path=path, reason=reason)
    if position.run != run:
        raise CheckpointInvalid(path=path, reason="is of a run with other settings or other data")
    return position, tensors


def optimiser_tensors(optimiser: optim.Optimizer) -> dict[str, Tensor]:
    """The optimiser's state by names that are stable: position of the parameter, kind of state."""
    return {
        f"{index}.{kind}": value
        for index, state in optimiser.state_dict()["state"].items()
        for kind, value in state.items()
    }


def restore_optimiser(optimiser: optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    state: dict[int, dict[str, Any]] = {}
    for name, tensor in tensors.items():
        index, _, kind = name.partition(".")
        state.setdefault(int(index), {})[kind] = tensor
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})


def weights(module: nn.Module) -> dict[str, Tensor]:
    """A copy of everything that training changes in `module`."""
    return {name: tensor.detach().clone() for name, tensor in module.state_dict().items()}


def prefixed(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{name}": tensor for name, tensor in tensors.items()}


def part(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that `prefixed` named, under their own names again."""
    start = f"{prefix}/"
    return {n.removeprefix(start): t for n, t in tensors.items() if n.startswith(start)}
