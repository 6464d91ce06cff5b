"""Files of labelled pairs in DeepMatcher's layout: two records and 0 or 1, divided by tabs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ml.data.text_file import text_of
from ml.errors import PairsInvalid
from ml.matching.records import Fields, LabelledPair

VALID_SHARE = 0.2

# A column with empty cells among its numbers comes out of a table as one of decimals.
_LABELS = {"0": False, "0.0": False, "1": True, "1.0": True}
_COLUMN = re.compile(r"(?:^|\s)COL (\S+) VAL(?=\s|$)")


def read_pairs(path: Path, *, to_judge_by: bool = False) -> list[LabelledPair]:
    """All pairs of a file; both labels are among them, unless they are there to judge by.

    A line is `COL name VAL text COL name VAL text<TAB>COL ...<TAB>1`; a field may be empty.

    Raises:
        PairsInvalid: the file cannot be read, a line is broken, or one of the labels is missing.
    """
    lines = _lines(path)
    pairs = [_pair(path, n, line) for n, line in enumerate(lines, start=1) if line.strip()]
    if not pairs:
        raise PairsInvalid(path=path, reason="has no pairs")
    for label in () if to_judge_by else (True, False):
        if all(pair.same is not label for pair in pairs):
            raise PairsInvalid(path=path, reason=f"has no pair with the label {label:d}")
    return pairs


@contextmanager
def divided(path: Path) -> Iterator[tuple[Path, Path]]:
    """The pairs of a file as two files, to teach and to choose by; gone at the end.

    A fifth chooses. Pairs with the same first record stay together, so that no record of the one
    part is compared in the other from the same side.

    Raises:
        PairsInvalid: as `read_pairs`, of the file itself or where a part lacks a label.
    """
    read_pairs(path)  # what is wrong is told with the lines of this file
    lines = [line for line in _lines(path) if line.strip()]
    parts: dict[bool, list[str]] = {False: [], True: []}
    for line in lines:
        parts[_draw(line.split("\t")[0]) < VALID_SHARE].append(line)
    for part in parts.values():
        if {_LABELS[line.rsplit("\t", 1)[1].strip()] for line in part} != {False, True}:
            reason = "has too few pairs to choose a threshold by some and learn from the others"
            raise PairsInvalid(path=path, reason=reason)
    with TemporaryDirectory() as folder:
        train, valid = Path(folder, "train.txt"), Path(folder, "valid.txt")
        train.write_text("\n".join(parts[False]), encoding="utf-8")
        valid.write_text("\n".join(parts[True]), encoding="utf-8")
        yield train, valid


def _lines(path: Path) -> list[str]:
    return text_of(path, PairsInvalid).split("\n")  # not splitlines: a form feed is part of a text


def _draw(text: str) -> float:
    return int.from_bytes(hashlib.blake2s(text.encode(), digest_size=8).digest()) / 2**64


def _pair(path: Path, number: int, line: str) -> LabelledPair:
    parts = line.rstrip("\r").split("\t")
    if len(parts) != 3:
        reason = f"has {len(parts)} parts instead of two records and a label"
        raise PairsInvalid(path=path, line=number, reason=reason)
    label = parts[2].strip()
    if label not in _LABELS:
        raise PairsInvalid(path=path, line=number, reason=f"the label {label[:40]!r} is not 0 or 1")
    left, right = (_record(path, number, part) for part in parts[:2])
    return LabelledPair(left, right, same=_LABELS[label])


def _record(path: Path, number: int, text: str) -> Fields:
    marks = list(_COLUMN.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        reason = f"the record {text.strip()[:40]!r} does not start with `COL name VAL`"
        raise PairsInvalid(path=path, line=number, reason=reason)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    fields = {
        mark[1]: text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)
    }
    if len(fields) != len(marks):
        raise PairsInvalid(path=path, line=number, reason="a record has the same field twice")
    return fields
