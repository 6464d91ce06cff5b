"""Names learnt from titles: the use case behind `names learn`, and taking them back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from graph.records import Record
from graph.repositories.learnt_names import (
    NameChange,
    NamedEntity,
    change_names,
    known_entities,
    learnt_entities,
    titled_items,
)
from ml.aliases.mining import learn_names
from ml.aliases.records import Entity, Learnt, LearntName, Role
from ml.errors import GraphTooSmall
from ml.grounding.tokens import key

if TYPE_CHECKING:
    from graph.client import Database
    from ml.aliases.trial import AliasConfig

ITEMS = 50_000  # whose titles are read: minutes on one core


class NamesReport(Record, frozen=True):
    """What was learnt.

    Attributes:
        added, withdrawn: how many names the graph has more, and how many that were learnt before
            are no longer; what a run that writes nothing would do.
        texts: distinct titles that were learnt from.
        dropped: phrases that were frequent enough and are no names, by reason.
    """

    names: tuple[LearntName, ...]
    added: int
    withdrawn: int
    texts: int
    dropped: dict[str, int]
    written: bool


class LearntEntityName(Record, frozen=True):
    """A learnt name that the graph has."""

    kind: str
    parameter: str | None
    entity: str
    entity_name: str
    name: str


def learn(
    database: Database, config: AliasConfig, *, write: bool, limit: int = ITEMS
) -> NamesReport:
    """Learns all names anew, from what catalogs and persons say alone, and writes the difference.

    So a name that nothing speaks for any longer goes, and a second run changes nothing.

    Raises:
        GraphTooSmall: no product has a title and something that a catalog says of it.
        DatabaseError: Neo4j failed.
    """
    entities = list(known_entities(database))
    learnt = learn_names(titled_items(database, limit=limit), _entities(entities), config)
    if not learnt.texts:
        raise GraphTooSmall(
            missing="no product has a title and a brand, category, model or value by a catalog",
            remedy="Import products with titles, and map what else their dump says",
        )
    names, refused = _wanted(learnt, entities)
    changes = list(_changes(names, entities))
    added, withdrawn = change_names(database, changes) if write else _difference(changes, entities)
    dropped = {**learnt.dropped, **({"taken back before": refused} if refused else {})}
    return NamesReport(tuple(names), added, withdrawn, learnt.texts, dropped, written=write)


def listed(database: Database) -> list[LearntEntityName]:
    """Raises DatabaseError: Neo4j failed."""
    return [
        LearntEntityName(one.kind, one.parameter, one.id, one.name, name)
        for one in learnt_entities(database)
        for name in one.learnt
    ]


def forget(database: Database, name: str | None, entity: str | None = None) -> int:
    """Takes learnt names back: all of them, or one, which is then not learnt again.

    Args:
        name: without regard to case; None: all.
        entity: only of this one, by id.

    Returns:
        How many there were.
    """
    gone = 0
    changes = []
    for one in learnt_entities(database):
        if entity is not None and one.id != entity:
            continue
        taken = [each for each in one.learnt if name is None or key(each) == key(name)]
        kept = tuple(each for each in one.learnt if each not in taken)
        refused = tuple(taken) if name is not None else ()
        gone += len(taken)
        if taken:
            changes.append(NameChange(one.kind, one.id, kept, refused))
    change_names(database, changes)
    return gone


def _entities(entities: Iterable[NamedEntity]) -> list[Entity]:
    return [Entity(_role(one), one.id, one.name, one.names) for one in entities]


def _role(entity: NamedEntity) -> Role:
    return Role(entity.kind, entity.parameter if entity.kind == "value" else None)


def _wanted(learnt: Learnt, entities: Sequence[NamedEntity]) -> tuple[list[LearntName], int]:
    """Without what a person took back, and how many that were."""
    refused = {(one.kind, one.id, key(name)) for one in entities for name in one.refused}
    names = [one for one in learnt.names if (one.kind, one.entity, key(one.name)) not in refused]
    return names, len(learnt.names) - len(names)


def _changes(names: Sequence[LearntName], entities: Sequence[NamedEntity]) -> Iterable[NameChange]:
    """Of every entity that has learnt names or is to have some."""
    wanted: dict[tuple[str, str], list[str]] = {}
    for one in names:
        wanted.setdefault((one.kind, one.entity), []).append(one.name)
    for entity in entities:
        found = tuple(wanted.get((entity.kind, entity.id), ()))
        if set(found) != set(entity.learnt):
            yield NameChange(entity.kind, entity.id, found)


def _difference(changes: Sequence[NameChange], entities: Sequence[NamedEntity]) -> tuple[int, int]:
    before = {(one.kind, one.id): set(one.learnt) for one in entities}
    pairs = [(set(one.names), before[one.kind, one.id]) for one in changes]
    return sum(len(new - old) for new, old in pairs), sum(len(old - new) for new, old in pairs)
