"""Search judged beside the plain full text of a Neo4j that is started for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.services.own_server import own_server
from graph.client import Database
from graph.migrate import migrate
from graph.repositories.plain_texts import PlainTexts

if TYPE_CHECKING:
    from ml.search.judgements import Judged

SHOWN = 10

Order = Callable[["Judged"], Sequence[Sequence[int]]]


@contextmanager
def full_text(notify: Callable[[str], None]) -> Iterator[Order]:
    """How Neo4j orders the texts of judgements for their queries: asked once, it holds them.

    Raises:
        ServerError: Neo4j does not start.
    """
    with TemporaryDirectory(prefix="catalograph-") as folder:
        notify("starting a Neo4j of its own")
        with own_server(Path(folder)) as connection, Database(connection) as database:
            migrate(database)
            yield partial(ordered, database)


def ordered(database: Database, judged: Judged) -> list[list[int]]:
    """The best texts of every query, in an empty and migrated Neo4j.

    Raises:
        DatabaseError: Neo4j failed.
    """
    plain = PlainTexts(database, judged.texts)
    return [plain.best(query, SHOWN) for query in judged.queries]
