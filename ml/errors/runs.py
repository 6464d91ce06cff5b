"""Runs of training that cannot begin, go on or be written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from ml.errors.base import LearningError


class DeviceMissing(LearningError):
    code = "device_missing"

    def __init__(self, *, device: str) -> None:
        self.device = device
        super().__init__(
            f"torch finds no device {device!r} here; take `auto` or `cpu`, or look at the driver"
        )


class RecipeInvalid(LearningError):
    code = "recipe_invalid"

    def __init__(self, *, setting: str, reason: str) -> None:
        self.setting = setting
        self.reason = reason
        super().__init__(f"recipe setting {setting}: {reason}")


class CheckpointInvalid(LearningError):
    code = "checkpoint_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path} {reason}; delete it to train from the beginning")


class CheckpointNotWritten(LearningError):
    """The checkpoint before it is still there, whole."""

    code = "checkpoint_not_written"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"cannot write the checkpoint {path}: {reason}. The one before it is whole: "
            "make room; a run that is given it goes on from there"
        )


class JournalNotWritten(LearningError):
    """`path` is the file of the lines, or the folder for TensorBoard."""

    code = "journal_not_written"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"cannot write the journal of the run to {path}: {reason}; make room, see that this "
            "account may write there, or name another folder, and start the run again"
        )


class TextCheckpointInvalid(LearningError):
    """Nothing is ever downloaded in place of it."""

    code = "text_checkpoint_invalid"

    def __init__(self, *, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(
            f"{path} is no checkpoint of a text encoder: {reason}. Give a folder as "
            "`save_pretrained` writes it, with config.json, tokenizer.json and model.safetensors"
        )


class PackageMissing(LearningError):
    """A package of the extra `learn`: what networks take, which an installation may lack."""

    code = "package_missing"
    PACKAGES: ClassVar[frozenset[str]] = frozenset(
        {"PIL", "lightgbm", "rjieba", "safetensors", "torch", "torch_geometric", "transformers"}
    )

    def __init__(self, *, package: str) -> None:
        self.package = package
        super().__init__(
            f"{package} is not installed, which learning and what was learnt need; install it with "
            "`pip install 'catalograph[learn]'`"
        )

    @classmethod
    def of(cls, error: ModuleNotFoundError) -> PackageMissing | None:
        """None: it is no package of these, and that it is missing is a defect."""
        package = (error.name or "").partition(".")[0]
        return cls(package=package) if package in cls.PACKAGES else None


@contextmanager
def packages_told() -> Iterator[None]:
    """Raises PackageMissing where an import inside of it finds a package of the extra missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        missing = PackageMissing.of(error)
        if missing is None:
            raise
        raise missing from error


class LibraryMissing(LearningError):
    code = "library_missing"

    def __init__(self, *, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"LightGBM cannot be loaded: {reason}. It wants the OpenMP runtime of the system: the "
            "package libgomp1 of Debian and Ubuntu, libgomp of Fedora, libomp of Homebrew"
        )


class TensorBoardMissing(LearningError):
    code = "tensorboard_missing"

    def __init__(self) -> None:
        super().__init__(
            "TensorBoard's files cannot be written: the package tensorboard is not installed; "
            "install it with `pip install 'catalograph[tensorboard]'`, or leave out --tensorboard"
        )


class TrainingProcessFailed(LearningError):
    """`rank` counts from 0; the checkpoint that it was to go on from is whole."""

    code = "training_process_failed"

    def __init__(self, *, rank: int, processes: int, reason: str) -> None:
        self.rank, self.processes, self.reason = rank, processes, reason
        super().__init__(
            f"training process {rank + 1} of {processes} ended with {reason}; "
            "see that the machine has memory for all of them, or train in one process"
        )


class TrainingDiverged(LearningError):
    code = "training_diverged"

    def __init__(self, *, task: str, step: int) -> None:
        self.task = task
        self.step = step
        super().__init__(
            f"the loss of {task} is not a finite number at step {step}; "
            "train again with a lower learning rate"
        )
