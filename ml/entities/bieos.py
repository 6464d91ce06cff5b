"""Files of titles with a BIEOS label for every character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ml.data.text_file import text_of
from ml.entities.records import LabelledTitle
from ml.errors import TitlesInvalid

_Line = tuple[int, str, str]  # number, character, label


@dataclass(frozen=True, slots=True)
class TitleFile:
    """The titles of one file.

    Attributes:
        unclosed: lines whose entity is open when another begins or the title ends. The layout's
            own files have such lines; the entity ends there, as in the scoring of CoNLL.
    """

    path: Path
    titles: tuple[LabelledTitle, ...]
    unclosed: tuple[int, ...]


def read_bieos(path: Path) -> TitleFile:
    """A character, a tab and its label in every line; an empty line behind every title.

    Raises:
        TitlesInvalid: the file cannot be read, holds no title, or has a line that is none, another
            scheme of labels, or an I or E that continues no entity of its type.
    """
    titles: list[LabelledTitle] = []
    unclosed: list[int] = []
    for block in _blocks(path):
        spans = _spans(path, block, unclosed)
        titles.append(LabelledTitle("".join(sign for _, sign, _ in block), tuple(spans)))
    if not titles:
        raise TitlesInvalid(path=path, reason="holds no title")
    return TitleFile(path, tuple(titles), tuple(unclosed))


def _blocks(path: Path) -> Iterator[list[_Line]]:
    block: list[_Line] = []
    for number, line in enumerate(text_of(path, TitlesInvalid).split("\n"), 1):
        line = line.removesuffix("\r")
        if "\t" in line or line.strip():
            block.append(_line(path, number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _line(path: Path, number: int, line: str) -> _Line:
    sign, tab, label = line.rpartition("\t")
    if not tab or len(sign) != 1:
        reason = f"{line[:40]!r} is not one character, a tab and a label"
        raise TitlesInvalid(path=path, line=number, reason=reason)
    part, dash, kind = label.partition("-")
    if label != "O" and not (part in ("B", "I", "E", "S") and dash and kind):
        reason = f"the label {label[:40]!r} is none of BIEOS"
        raise TitlesInvalid(path=path, line=number, reason=reason)
    return number, sign, label


def _spans(path: Path, block: list[_Line], unclosed: list[int]) -> Iterator[tuple[str, int, int]]:
    kind, start = "", 0  # of the entity that is open
    for place, (number, _, label) in enumerate(block):
        part, _, own = label.partition("-")
        if part in ("I", "E"):
            if own != kind:
                before = f"an open {kind}" if kind else "no open entity"
                reason = f"{label} follows {before}; expected B-{own} or S-{own} to begin one"
                raise TitlesInvalid(path=path, line=number, reason=reason)
            if part == "E":
                yield kind, start, place + 1
                kind = ""
            continue
        if kind:
            unclosed.append(number - 1)
            yield kind, start, place
        kind, start = (own, place) if part == "B" else ("", 0)
        if part == "S":
            yield own, place, place + 1
    if kind:
        unclosed.append(block[-1][0])
        yield kind, start, len(block)
