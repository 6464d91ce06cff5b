"""What a run wrote down of itself: one JSON object a line, or TensorBoard's event files."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

import msgspec

from ml.errors import JournalNotWritten, TensorBoardMissing

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter


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

    Raises:
        JournalNotWritten: such as a full disk; `write` raises it as well.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with _reported(path):
            self._file = path.open("ab")

    def write(self, step: int, numbers: Mapping[str, float]) -> None:
        with _reported(self._path):
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
        with _reported(self._path):  # what could not be written is tried once more
            self._file.close()


class TensorBoardJournal:
    """Event files for `tensorboard --logdir` as well; needs the extra `tensorboard`.

    What an earlier attempt wrote from the first step of this one on, TensorBoard leaves out.

    Raises:
        TensorBoardMissing: the extra is not installed.
        JournalNotWritten: the folder cannot be made.
    """

    def __init__(self, folder: Path, then: Journal) -> None:
        require_tensorboard()
        with _reported(folder):  # before the first step, not after it
            folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._then = then
        self._writer: SummaryWriter | None = None

    def write(self, step: int, numbers: Mapping[str, float]) -> None:
        writer = self._writer or self._opened(step)
        for name, number in numbers.items():
            writer.add_scalar(name, number, step)
        self._then.write(step, numbers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.close()

    def _opened(self, step: int) -> SummaryWriter:
        from torch.utils.tensorboard import SummaryWriter

        with _reported(self._folder):
            self._writer = SummaryWriter(str(self._folder), purge_step=step, flush_secs=5)
        return self._writer


@contextmanager
def _reported(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise JournalNotWritten(path=path, reason=error.strerror or str(error)) from error


@contextmanager
def open_journal(path: Path, tensorboard: Path | None = None) -> Iterator[Journal]:
    """The journal at `path`, and event files in the folder `tensorboard` where one is named.

    Raises:
        TensorBoardMissing: a folder is named, and the extra is not installed.
        JournalNotWritten: a full disk, or a folder that cannot be written.
    """
    with ExitStack() as stack:
        lines = stack.enter_context(LineJournal(path))
        if tensorboard is None:
            yield lines
        else:
            yield stack.enter_context(TensorBoardJournal(tensorboard, lines))


def require_tensorboard() -> None:
    """Raises TensorBoardMissing where event files cannot be written; imports nothing."""
    if importlib.util.find_spec("tensorboard") is None:
        raise TensorBoardMissing
