"""Which rows of files are the same product: candidates, scores, groups, contradictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.services.matching import RULES, LoadedMatcher, MatchReason
from graph.errors import ImportFailed
from graph.ingest.readers import DumpReader, FileOptions, column_missing
from graph.ingest.rows import Row
from graph.ingest.stream import DUPLICATE
from graph.records import Record, RecordRejected

if TYPE_CHECKING:
    from ml.matching.clusters import Clustering
    from ml.matching.matcher import Matcher
    from ml.matching.records import Fields

CANDIDATES = 10  # of each row; nearly all that match are among them
BATCH_PAIRS = 2_000


class MatchedPair(Record, frozen=True):
    """Two rows that are the same product; ids are `FILE:LINE` where no column has them."""

    a: str
    b: str
    score: float
    reasons: tuple[MatchReason, ...]


class Contradicted(Record, frozen=True):
    """`first` is `middle` and `middle` is `last`, but `first` is not `last`."""

    first: str
    middle: str
    last: str
    scores: tuple[float, float, float]


class FilesMatched(Record, frozen=True):
    """What was found in files; `groups` are those of two rows and more.

    In groups and contradictions an id that both files have is written `FILE:ID`. Rows that cannot
    be read, or have no id of their own, are `rejected`; `rows` are the others.
    """

    rows: int
    compared: int
    pairs: tuple[MatchedPair, ...]
    groups: tuple[tuple[str, ...], ...]
    contradictions: tuple[Contradicted, ...]
    model: str
    threshold: float
    rejected: tuple[RecordRejected, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one file, which `label` tells from the other one."""

    label: str
    ids: Sequence[str]
    items: Sequence[Fields]
    rejected: Sequence[RecordRejected]


def match_files(
    left: Path,
    right: Path | None,
    loaded: LoadedMatcher | None,
    *,
    id_column: str | None = None,
    candidates: int = CANDIDATES,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> FilesMatched:
    """Compare the rows of two files, or of one among themselves.

    Raises:
        ImportFailed: a file is missing or broken, has no such column, or no row that can be taken.
    """
    from ml.matching.clusters import clusters
    from ml.matching.matcher import Matcher

    matcher = loaded.matcher if loaded else Matcher.untrained()
    label, other = _labels(left, right)
    a = _read(left, label, id_column)
    b = a if right is None else _read(right, other, id_column)
    names_a, names_b = _told_apart(a, b)
    pairs = _candidates(a, None if right is None else b, candidates)
    scores: list[float] = []
    for start in range(0, len(pairs), BATCH_PAIRS):
        part = pairs[start : start + BATCH_PAIRS]
        scores += matcher.means([(a.items[i], b.items[j]) for i, j in part]).tolist()
        progress(len(scores), len(pairs))
    scored = [(names_a[i], names_b[j], score) for (i, j), score in zip(pairs, scores, strict=True)]
    found = clusters(scored, matcher.threshold)
    same = {pair: one for pair, one in zip(pairs, scores, strict=True) if one >= matcher.threshold}
    return FilesMatched(
        rows=len(a.ids) + (0 if right is None else len(b.ids)),
        compared=len(pairs),
        pairs=tuple(_explained(matcher, a, b, same)),
        groups=tuple(group for group in found.groups if len(group) > 1),
        contradictions=contradicted(found),
        model=loaded.name if loaded else RULES,
        threshold=matcher.threshold,
        rejected=(*a.rejected, *(() if right is None else b.rejected)),
    )


def contradicted(found: Clustering) -> tuple[Contradicted, ...]:
    return tuple(
        Contradicted(one.first, one.middle, one.last, one.scores) for one in found.contradictions
    )


def _labels(left: Path, right: Path | None) -> tuple[str, str]:
    if right is None or right.name != left.name:
        return left.name, right.name if right else ""
    return str(left), str(right)


def _told_apart(a: _Rows, b: _Rows) -> tuple[Sequence[str], Sequence[str]]:
    """Two shops number their rows alike, and mean other things by the same number."""
    if a is b:
        return a.ids, b.ids
    both = {*a.ids} & {*b.ids}
    names_a, names_b = (
        [f"{rows.label}:{id}" if id in both else id for id in rows.ids] for rows in (a, b)
    )
    return names_a, names_b


def _candidates(a: _Rows, b: _Rows | None, count: int) -> list[tuple[int, int]]:
    from ml.matching.blocking import Blocking

    if b is None:
        return Blocking.of(a.items).pairs_within(a.items, count)
    found = Blocking.of(b.items).candidates(a.items, count)
    return [(i, j) for i, others in enumerate(found) for j in others.tolist()]


def _explained(
    matcher: Matcher, a: _Rows, b: _Rows, same: Mapping[tuple[int, int], float]
) -> Iterator[MatchedPair]:
    scored = matcher.score([(a.items[i], b.items[j]) for i, j in same])
    for ((i, j), score), one in zip(same.items(), scored, strict=True):
        reasons = tuple(MatchReason(reason.name, reason.contribution) for reason in one.reasons)
        yield MatchedPair(a.ids[i], b.ids[j], score, reasons)


def _read(path: Path, label: str, id_column: str | None) -> _Rows:
    with DumpReader(path, FileOptions()) as reader:
        read = list(reader)
    rows = [row for row in read if isinstance(row, Row)]
    rejected = [row for row in read if isinstance(row, RecordRejected)]
    if id_column and rows and not any(id_column in row.cells for row in rows):
        raise column_missing(str(path), id_column, tuple(rows[0].cells))
    column = id_column or _column_of_ids(rows)
    taken: dict[str, Row] = {}
    for row in rows:
        id = _id(row, column) if column else f"{label}:{row.line}"
        if id and id not in taken:
            taken[id] = row
            continue
        reason = f"has the id {id!r} of line {taken[id].line} again" if id else "has no id"
        code = DUPLICATE if id else "item_invalid"
        rejected.append(RecordRejected(label, row.line, column, id, code, reason, row.cells))
    rejected.sort(key=lambda one: one.line)
    if rejected and not taken:
        first = rejected[0]
        raise ImportFailed(file=str(path), place=f"line {first.line}", reason=first.reason)
    return _Rows(label, list(taken), [_fields(row, column) for row in taken.values()], rejected)


def _column_of_ids(rows: Sequence[Row]) -> str | None:
    """The column `id`, if it tells all rows apart: compared as words, numbers would mislead."""
    for name in rows[0].cells if rows else ():
        if name.strip().casefold() == "id":
            cells = [row.cells.get(name) for row in rows]
            ids = {"" if cell is None else str(cell).strip() for cell in cells}
            return name if len(ids) == len(rows) and "" not in ids else None
    return None


def _id(row: Row, column: str) -> str:
    cell = row.cells.get(column)
    return "" if cell is None else str(cell).strip()


def _fields(row: Row, id_column: str | None) -> dict[str, str]:
    return {
        name: str(cell)
        for name, cell in row.cells.items()
        if name != id_column and cell is not None
    }
