"""Files of triples: OpenKE's numbered layout and three text columns, read into ids."""

# T triples, 3 columns: head, relation, tail

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from ml.data.text_file import text_of
from ml.errors import TriplesInvalid

ENTITY_COUNT_FILE = "entity2id.txt"  # beside the triples, in OpenKE's layout
RELATION_COUNT_FILE = "relation2id.txt"

_DIGITS = 18  # of what fits into 64 bits

_Row = tuple[int, str, str, str]  # line, head, relation, tail


@dataclass(frozen=True, slots=True)
class TripleFile:
    """The triples of one file by name, with the line each stands in."""

    path: Path
    heads: tuple[str, ...]
    relations: tuple[str, ...]
    tails: tuple[str, ...]
    lines: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.lines)


@dataclass(slots=True)
class Vocabulary:
    """Ids of entities and relations, in the order in which they were first met."""

    entities: dict[str, int] = field(default_factory=dict)
    relations: dict[str, int] = field(default_factory=dict)

    def encode(self, triples: TripleFile) -> Tensor:
        """`triple_T3`, int64; names that are new get the next ids."""
        columns = (
            [self.entities.setdefault(name, len(self.entities)) for name in triples.heads],
            [self.relations.setdefault(name, len(self.relations)) for name in triples.relations],
            [self.entities.setdefault(name, len(self.entities)) for name in triples.tails],
        )
        return torch.tensor(columns, dtype=torch.int64).T.contiguous()

    def strangers(self, triples: TripleFile) -> list[tuple[int, str]]:
        """Line and name of every entity or relation of `triples` that is not here, once each."""
        found: dict[str, int] = {}
        columns = ((triples.heads, self.entities), (triples.relations, self.relations))
        for names, known in (*columns, (triples.tails, self.entities)):
            for line, name in zip(triples.lines, names, strict=True):
                if name not in known:
                    found.setdefault(name, line)
        return sorted((line, name) for name, line in found.items())


def read_triples(path: Path) -> TripleFile:
    """Read either layout; the first line tells which it is.

    OpenKE's: a first line with the number of triples, then `head tail relation` as ids from 0. The
    other: `head`, `relation`, `tail`, separated by tabs. Lines without a character are passed over.

    Raises:
        TriplesInvalid: the file cannot be read, is empty, or has a line that is no triple.
    """
    text = text_of(path, TriplesInvalid)
    # Not splitlines(): a name may hold a character that Unicode calls a line's end.
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise TriplesInvalid(path=path, reason="holds no triple")
    if len(lines[0][1].split()) == 1:
        return _read_numbered(path, lines)
    return _collected(path, _text_columns(path, lines))


def _read_numbered(path: Path, lines: list[tuple[int, str]]) -> TripleFile:
    first_line, count = lines[0]
    if not _is_id(count.strip()):
        reason = f"{count.strip()!r} is no number of triples"
        raise TriplesInvalid(path=path, line=first_line, reason=reason)
    if int(count) != len(lines) - 1:
        reason = f"announces {int(count):,} triples, but {len(lines) - 1:,} follow"
        raise TriplesInvalid(path=path, line=first_line, reason=reason)
    if len(lines) == 1:
        raise TriplesInvalid(path=path, reason="holds no triple")
    return _collected(path, _numbered_columns(path, lines[1:]))


def _numbered_columns(path: Path, lines: list[tuple[int, str]]) -> Iterator[_Row]:
    entities = _announced(path.with_name(ENTITY_COUNT_FILE))
    relations = _announced(path.with_name(RELATION_COUNT_FILE))
    for number, line in lines:
        cells = line.split()
        if len(cells) != 3:
            reason = f"has {len(cells)} columns in the place of head, tail and relation"
            raise TriplesInvalid(path=path, line=number, reason=reason)
        head, tail, relation = cells
        for cell, known in ((head, entities), (tail, entities), (relation, relations)):
            if not _is_id(cell):
                reason = f"{cell!r} is no id: a whole number from 0"
                raise TriplesInvalid(path=path, line=number, reason=reason)
            if known is not None and int(cell) >= known[1]:
                reason = f"id {cell} is out of range: {known[0]} announces {known[1]:,} ids"
                raise TriplesInvalid(path=path, line=number, reason=reason)
        yield number, head, relation, tail


def _text_columns(path: Path, lines: list[tuple[int, str]]) -> Iterator[_Row]:
    for number, line in lines:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) != 3 or not all(cells):
            reason = (
                f"has {sum(map(bool, cells))} filled columns in the place of head, relation and "
                "tail, separated by tabs"
            )
            raise TriplesInvalid(path=path, line=number, reason=reason)
        head, relation, tail = cells
        yield number, head, relation, tail


def _collected(path: Path, rows: Iterator[_Row]) -> TripleFile:
    lines, heads, relations, tails = zip(*rows, strict=True)
    return TripleFile(path, heads, relations, tails, lines)


def _announced(path: Path) -> tuple[str, int] | None:
    """How many ids there are, where a file beside the triples says so."""
    try:
        with path.open("rb") as file:  # names of any encoding may follow
            first = file.readline().strip().decode("ascii", "replace")
    except FileNotFoundError:
        return None
    return (path.name, int(first)) if _is_id(first) else None


def _is_id(cell: str) -> bool:
    return cell.isascii() and cell.isdigit() and len(cell) <= _DIGITS
