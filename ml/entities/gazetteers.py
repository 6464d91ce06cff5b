"""Files of known names, one a line: brands, products, whatever the labels speak of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ml.data.text_file import text_of
from ml.errors import GazetteerInvalid

FOLDER = "gazetteers"  # beside the training file


def gazetteers_beside(train: Path) -> dict[str, Path]:
    """The files of the folder `gazetteers` beside the training file, by name; none without one."""
    folder = train.parent / FOLDER
    if not folder.is_dir():
        return {}
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return {path.name.removesuffix(path.suffix): path for path in files if path.is_file()}


def read_gazetteers(files: Mapping[str, Path]) -> Mapping[str, Sequence[str]]:
    """The names of every file, by the gazetteer's own name.

    Raises:
        GazetteerInvalid: a file is missing, is not UTF-8, or holds no name.
    """
    return {name: _names(path) for name, path in files.items()}


def _names(path: Path) -> list[str]:
    names = [line.strip() for line in text_of(path, GazetteerInvalid).split("\n")]
    found = [name for name in names if name]
    if not found:
        raise GazetteerInvalid(path=path, reason="holds no name")
    return found
