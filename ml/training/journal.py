"""What a run wrote down of itself: one JSON object a line, or TensorBoard's event files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import msgspec


class Journal(Protocol):
    """Takes the numbers of a step; names are `task/metric`."""

    def write(self, step: int, numbers: Mapping[str, float]) -> None: ...


class NoJournal:
    """For runs that nobody looks at later."""

    def write(self, step: int, numbers: Mapping[str, float]) -> None:
        pass


class LineJournal:
    """Appends to a JSONL file; a run that goes on from a checkpoint goes on in its journal.

    Lines behind the checkpoint are written again by the run that goes on: the last of a step holds.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")

    def write(self, step: int, numbers: Mapping[str, float]) -> None:
        self._file.write(msgspec.json.encode({"step": step, **numbers}) + b"\n")
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


class TensorBoardJournal:
    """Event files for `tensorboard --logdir` as well; needs the extra `tensorboard`."""

    def __init__(self, folder: Path, then: Journal) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self._writer = SummaryWriter(str(folder))
        self._then = then

    def write(self, step: int, numbers: Mapping[str, float]) -> None:
        for name, number in numbers.items():
            self._writer.add_scalar(name, number, step)
        self._then.write(step, numbers)
        self._writer.flush()
