"""Rows to columns: every place where rows say something, with the texts found there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from graph.ingest.cells import CellInvalid, Cells
from graph.ingest.suggest.headers import NAME_KEYS, VALUE_KEYS
from graph.ingest.suggest.proposal import EXAMPLES, shown
from graph.ingest.suggest.sample import Sample
from graph.ingest.suggest.shapes import is_url

MAX_COLUMNS = 1_000  # objects whose keys are data, such as ids, would make one of each
MAX_DEPTH = 5
OPEN_KEYS, RARE = 50, 0.02  # more keys of one object, in fewer of the rows on average, are data


@dataclass
class Column:
    """One column, or one key inside of objects.

    Attributes:
        name: as a mapping names it; `specs.ram` reaches into objects.
        label: as people would call it: the name, or the key inside of a text that holds JSON.
        texts: what each row of the sample says here: nothing, one text, or those of a list.
        pattern: finds these texts in cells that hold more, such as JSON.
        unusable: cells that a mapping cannot read: objects in a list, text that is too long.
    """

    name: str
    texts: list[tuple[str, ...]]
    label: str = ""
    pattern: str | None = None
    unusable: int = 0
    is_list: bool = False
    path: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.label = self.label or self.name
        self.path = self.path or (self.name,)

    @property
    def key(self) -> tuple[str, str | None]:
        """Tells columns apart: several may be read out of one by different patterns."""
        return self.name, self.pattern

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each text stands here."""
        return Counter(text for texts in self.texts for text in texts)

    @cached_property
    def total(self) -> int:
        return self.counts.total()

    @cached_property
    def filled(self) -> int:
        return sum(bool(texts) for texts in self.texts)

    @property
    def filled_share(self) -> float:
        return self.filled / len(self.texts)

    @property
    def distinct(self) -> int:
        return len(self.counts)

    @property
    def distinct_share(self) -> float:
        return self.distinct / max(1, self.total)

    @cached_property
    def mean_length(self) -> float:
        return sum(len(t) * n for t, n in self.counts.items()) / max(1, self.total)

    def first(self, row: int) -> str | None:
        texts = self.texts[row]
        return texts[0] if texts else None

    def share(self, holds: Callable[[str], object]) -> float:
        """The share of cells for which `holds` is true."""
        if not self.total:
            return 0.0
        return sum(count for text, count in self.counts.items() if holds(text)) / self.total

    def thinned(self, rows: int) -> Column:
        """This column over fewer rows that say something, evenly spread."""
        if self.filled <= rows:
            return self
        filled = [texts for texts in self.texts if texts]
        kept = [filled[position * len(filled) // rows] for position in range(rows)]
        return replace(self, texts=kept)

    def examples(self, holds: Callable[[str], object] = bool) -> tuple[str, ...]:
        """Texts that stand here most often, of those for which `holds` is true."""
        found: list[str] = []
        for text, _ in self.counts.most_common(200):
            if holds(text):
                found.append(shown(text))
                if len(found) == EXAMPLES:
                    break
        return tuple(found)


def collect(sample: Sample) -> tuple[list[Column], dict[str, str]]:
    """The columns of a sample in their order; what is left out, with the reason."""
    cells = Cells(sample.spec)
    rows = len(sample.rows)
    columns: dict[str, Column] = {}
    left_out: dict[str, str] = {}
    for name in sample.columns or ():
        columns[name] = Column(name=name, texts=[()] * rows)
    for index, row in enumerate(sample.rows):
        for path, label, cell in _leaves(row.cells):
            name = ".".join(path).replace(".[", "[")
            if not _can_be_named(path):
                left_out[shown(name)] = "a mapping cannot name this key"
                continue
            column = columns.get(name)
            if column is None:
                if len(columns) >= MAX_COLUMNS:
                    left_out["…"] = f"more than {MAX_COLUMNS:,} columns and keys"
                    continue
                column = columns[name] = Column(name, [()] * rows, label=label, path=path)
            _put(column, index, cell, cells)
    kept, open_keys = _without_open_keys(_leaves_only(list(columns.values())))
    reason = "its keys are data: there are many, each in few rows"
    return kept, left_out | dict.fromkeys(open_keys, reason)


def _can_be_named(path: tuple[str, ...]) -> bool:
    inside = len(path) > 1 and any("." in key for key in path if not key.startswith("["))
    return not inside and not any("\ud800" <= c <= "\udfff" for key in path for c in key)


def _put(column: Column, index: int, cell: object, cells: Cells) -> None:
    try:
        column.texts[index] = tuple(cells.texts({column.name: cell}, column.name))
    except CellInvalid:
        column.unusable += 1
        return
    column.is_list = column.is_list or isinstance(cell, list | tuple)


def _leaves(
    cells: Mapping[str, object], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str, object]]:
    """Path, label where it is another than the path, and cell."""
    for key, cell in cells.items():
        path = (*above, str(key))
        if isinstance(cell, dict) and len(path) < MAX_DEPTH:
            yield from _leaves(cell, path)
            continue
        yield path, "", cell
        if isinstance(cell, list) and cell and all(isinstance(one, dict) for one in cell):
            yield from _pairs(cell, path) or _addresses(cell, path)


def _pairs(
    objects: list[dict[str, object]], above: tuple[str, ...]
) -> list[tuple[tuple[str, ...], str, object]]:
    """`[{"name": "Weight", "value": "2 kg"}, …]`: the value of each name."""
    names, values = (
        [key for key in objects[0] if key.lower() in known] for known in (NAME_KEYS, VALUE_KEYS)
    )
    if len(names) != 1 or len(values) != 1:
        return []
    said: dict[str, list[object]] = {}
    for one in objects:
        if isinstance(name := one.get(names[0]), str) and name.strip():
            said.setdefault(name.strip(), []).append(one.get(values[0]))
    return [
        ((*above, f"[{names[0]}={name}].{values[0]}"), name, found[0] if len(found) == 1 else found)
        for name, found in said.items()
    ]


def _addresses(
    objects: list[dict[str, object]], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str, object]]:
    """Of a list of objects, the addresses of pictures: what else is in one is no single value."""
    for key in dict.fromkeys(str(key) for one in objects for key in one):
        found = [cell for one in objects if isinstance(cell := one.get(key), str)]
        if found and all(map(is_url, found)):
            yield (*above, key), "", found


def _without_open_keys(columns: list[Column]) -> tuple[list[Column], list[str]]:
    """Without objects whose keys are data, such as ids: hundreds of them, each in few rows."""
    under: dict[tuple[str, ...], list[Column]] = {}
    for column in columns:
        for depth in range(1, len(column.path)):
            under.setdefault(column.path[:depth], []).append(column)
    dropped = {
        column.name: ".".join(path)
        for path, inside in sorted(under.items(), key=lambda each: -len(each[0]))
        if len(inside) > OPEN_KEYS and sum(c.filled_share for c in inside) < RARE * len(inside)
        for column in inside
    }
    parents = dict.fromkeys(f"{path}.*" for path in dropped.values())
    return [column for column in columns if column.name not in dropped], list(parents)


def _leaves_only(columns: list[Column]) -> list[Column]:
    """Without the header of objects, which has no texts of its own, only those of its keys."""
    parents = {".".join(c.path[:depth]) for c in columns for depth in range(1, len(c.path))}
    return [column for column in columns if column.total or column.name not in parents]
