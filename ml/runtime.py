"""The device that learning runs on, its number format, and randomness that can be repeated."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Literal

import torch

from ml.errors import DeviceMissing

DeviceName = Literal["auto", "cpu", "cuda"]
Precision = Literal["auto", "float32", "bfloat16"]


@dataclass(frozen=True, slots=True)
class Runtime:
    """Where tensors live, and in what format products of matrices are taken."""

    device: torch.device
    precision: Literal["float32", "bfloat16"]

    def autocast(self) -> AbstractContextManager[Any]:
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, dtype=torch.bfloat16)


def runtime(
    device: DeviceName = "auto", precision: Precision = "auto", *, rank: int = 0
) -> Runtime:
    """The device asked for, or the best there is; the `rank`-th where there are several.

    `auto` takes bfloat16 on a GPU that computes in it, and float32 on a processor: most of those
    emulate bfloat16, at less than half the speed.

    Raises:
        DeviceMissing: a GPU was asked for by name, and torch sees none.
    """
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise DeviceMissing(device=device)
    if device == "cpu" or not there:
        return Runtime(torch.device("cpu"), "float32" if precision == "auto" else precision)
    if precision == "auto":
        precision = "bfloat16" if torch.cuda.is_bf16_supported() else "float32"
    return Runtime(torch.device("cuda", rank % torch.cuda.device_count()), precision)


def seed_of(*parts: object) -> int:
    """A seed in 0..2^63-1 that depends on all parts, the same on every machine."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def generator(*parts: object, device: torch.device | str = "cpu") -> torch.Generator:
    return torch.Generator(device).manual_seed(seed_of(*parts))


def moved(batch: Any, device: torch.device) -> Any:  # noqa: ANN401 - whatever a task calls a batch
    """`batch` with every tensor in it on `device`: in graphs, mappings, tuples and dataclasses."""
    if hasattr(batch, "to"):  # tensors, and the graphs of PyG
        return batch.to(device)
    if isinstance(batch, Mapping):
        return {name: moved(part, device) for name, part in batch.items()}
    if is_dataclass(batch) and not isinstance(batch, type):
        parts = {part.name: getattr(batch, part.name) for part in fields(batch)}
        return replace(batch, **{name: moved(part, device) for name, part in parts.items()})
    if isinstance(batch, tuple) and hasattr(batch, "_fields"):
        return type(batch)(*(moved(part, device) for part in batch))
    if isinstance(batch, tuple | list):
        return type(batch)(moved(part, device) for part in batch)
    return batch
