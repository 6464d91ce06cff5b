"""Whether this process can serve, and what it serves worse than it should; with remedies."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from app.errors import NotReady
from app.services.training_runs import MODEL_NAME
from graph.errors import (
    DatabaseError,
    DatabaseNotFound,
    DatabaseRefusedLogin,
    DatabaseTooOld,
    DiskFull,
    QueryTimedOut,
)
from graph.schema import INDEXES

if TYPE_CHECKING:
    from app.services.serving import ServingView
    from app.services.warming import WarmthState
    from graph.migrate import IndexState, MigrationStatus

# Health is asked without a key: neither addresses nor accounts are told, the log has them.
_DATABASE_REMEDY: tuple[tuple[type[DatabaseError], str], ...] = (
    (
        DatabaseRefusedLogin,
        "Neo4j refuses our account; set NEO4J_USERNAME and NEO4J_PASSWORD to one it knows",
    ),
    (DatabaseTooOld, "Neo4j is too old; `catalograph doctor` names the version that is needed"),
    (DatabaseNotFound, "the database does not exist; create it, or set NEO4J_DATABASE"),
    (QueryTimedOut, "Neo4j answers too slowly; look at its load, it may recover by itself"),
    (
        DatabaseError,
        "no Neo4j answers; start one with `catalograph up` or `catalograph neo4j start`, "
        "or set NEO4J_URI to a server that runs",
    ),
)

_WARMING = (
    "models and names are being loaded, and the first searches planned; wait: a minute, or longer "
    "where the graph has very many names"
)
_LATE = (
    "the first searches and questions are slow: what they need is still being loaded; "
    "look at the load of the machine and of Neo4j"
)


class Readiness:
    """Asks the database itself, each time: a probe that remembers is worth nothing."""

    def __init__(
        self,
        *,
        verify: Callable[[], Awaitable[None]],
        migrations: Callable[[], Awaitable[MigrationStatus]],
        indexes: Callable[[], Awaitable[Sequence[IndexState]]],
        models: Callable[[], Mapping[str, ServingView]],
        warming: Callable[[], Awaitable[WarmthState]],
        space: Callable[[], None],
    ) -> None:
        self._verify = verify
        self._migrations = migrations
        self._indexes = indexes
        self._models = models
        self._warming = warming
        self._space = space

    async def check(self) -> dict[str, str]:
        """Return if requests can be served, with the parts that do less than they should.

        Raises:
            NotReady: names every part that is not ready, with what to do about it.
        """
        try:
            await self._verify()
            parts = migration_parts(await self._migrations())
            parts |= index_parts(await self._indexes())
        except DatabaseError as error:
            remedy = next(text for cls, text in _DATABASE_REMEDY if isinstance(error, cls))
            raise NotReady({"database": remedy}) from error
        if parts:
            raise NotReady(parts)
        warming = await self._warming()  # asked last: the time that it may take begins with this
        if warming == "awaited":
            raise NotReady({"warming": _WARMING})
        late = {"warming": _LATE} if warming == "late" else {}
        return late | disk_parts(self._space) | model_parts(self._models())


def migration_parts(status: MigrationStatus) -> dict[str, str]:
    if status.changed:
        return {
            "migrations": f"{_listed(status.changed)} changed after it was applied; "
            "restore the file and write the change as a new version"
        }
    if status.unknown:
        return {
            "migrations": f"the database has {_listed(status.unknown)}, which this version of "
            "Catalograph does not know; upgrade it"
        }
    if status.pending:
        return {"migrations": f"{_listed(status.pending)} not applied; run `catalograph migrate`"}
    return {}


def index_parts(states: Sequence[IndexState]) -> dict[str, str]:
    found = {state.name: state for state in states}
    missing = [index.name for index in INDEXES if index.name not in found]
    if missing:
        return {"indexes": f"{_listed(missing)} missing; run `catalograph migrate`"}
    wanted = [found[index.name] for index in INDEXES]
    if failed := [state.name for state in wanted if state.state == "FAILED"]:
        return {
            "indexes": f"{_listed(failed)} failed; drop them, and `catalograph doctor` says why"
        }
    if building := [state for state in wanted if not state.online]:
        percent = min(state.population_percent for state in building)
        names = _listed([state.name for state in building])
        return {"indexes": f"{names} still being built ({percent:.0f} %); wait"}
    return {}


def disk_parts(space: Callable[[], None]) -> dict[str, str]:
    """No reason to send requests elsewhere either: what only reads is answered."""
    try:
        space()
    except DiskFull as error:
        return {
            "disk": f"nothing is written: {error.free_mib} MiB are left where the database lies, "
            f"and it needs {error.needed_mib}; free some space there, reads are answered meanwhile"
        }
    return {}


def model_parts(serving: Mapping[str, ServingView]) -> dict[str, str]:
    """Champions that do not load: no reason to send requests elsewhere, they are answered."""
    found = [_not_loaded(name, view) for name, view in serving.items() if view.error is not None]
    return {"models": "; ".join(found)} if found else {}


def _not_loaded(name: str, view: ServingView) -> str:
    wanted = f"{name}/{view.wanted}" if view.wanted else f"the champion of {name}"
    if view.version:
        instead = f"{name}/{view.version} answers instead"
    elif name == MODEL_NAME:
        instead = "what has no vector yet is compared by shared facts"
    else:
        instead = f"what asks {name} is answered as if none had been promoted"
    return f"{wanted} does not load ({view.error}); {instead}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
