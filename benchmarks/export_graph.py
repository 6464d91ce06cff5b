"""A graph of any size in a Neo4j of its own, written by neo4j-admin without a dump to map."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from graph.bulk.files import BulkFiles
from graph.bulk.merging import BulkCounts
from graph.bulk.store import import_store, offline
from graph.bulk.tables import CsvText, EdgeTable, NodeTable, bare_edge_table, edge_table
from graph.client import Connection, Database
from graph.schema import INDEXES, Label, Relationship
from graph.server import EmbeddedServer, ServerOptions

EDGES_OF_A_PRODUCT = 7  # five values, a brand, a category
# How many values each of five parameters has: few colours, many codes.
_SPREAD = (12, 60, 200, 2_000, 50_000)
_BRANDS, _CATEGORIES = 500, 60
_NAMED = {"name": "string", "names": "string[]"}
_NODES: Mapping[Label, Mapping[str, str]] = {
    Label.PRODUCT: {"title": "string", "price": "double", "source": "string"},
    Label.BRAND: _NAMED,
    Label.CATEGORY: _NAMED,
    Label.PARAMETER: {**_NAMED, "kind": "string"},
    Label.VALUE: {"parameter": "string", "text": "string"},
}
_EDGES = (
    (Relationship.HAS_PARAMETER, Label.VALUE),
    (Relationship.MADE_BY, Label.BRAND),
    (Relationship.BELONGS_TO, Label.CATEGORY),
)


@contextmanager
def graph_of(edges: int, home: Path) -> Iterator[Connection]:
    """A server with about so many edges; ids are unique, as in every graph of ours."""
    options = ServerOptions(bolt_port=0, http_port=0, prepare_archive=False)
    folder = home.parent / "files"
    folder.mkdir()
    files = _write(folder, max(1, edges // EDGES_OF_A_PRODUCT))
    with offline(home, options) as scratch:
        import_store(files, home, scratch, options)
    with EmbeddedServer(home, options) as server:
        found = server.endpoint
        connection = Connection(found.uri, found.username, found.password)
        with Database(connection) as database:
            _index(database)
        yield connection


def _index(database: Database) -> None:
    """What an export reads by; the others take minutes and make no difference."""
    for index in INDEXES:
        name, label = index.name, index.labels[0]
        if index.kind == "UNIQUENESS":
            database.run(f"CREATE CONSTRAINT {name} FOR (n:{label}) REQUIRE n.id IS UNIQUE")
        elif index.properties in (("updated_at",), ("at",)):
            database.run(f"CREATE INDEX {name} FOR (n:{label}) ON (n.{index.properties[0]})")
    database.run("CALL db.awaitIndexes(600)")


def _write(folder: Path, products: int) -> BulkFiles:
    values = [f"p{number}={n}" for number, of in enumerate(_SPREAD) for n in range(of)]
    rows: dict[Label, Iterable[tuple[object, ...]]] = {
        Label.PRODUCT: _products(products),
        Label.BRAND: ((f"brand-{n}", f"Brand {n}", [f"Brand {n}"]) for n in range(_BRANDS)),
        Label.CATEGORY: ((f"group-{n}", f"Group {n}", [f"Group {n}"]) for n in range(_CATEGORIES)),
        Label.PARAMETER: ((f"p{n}", f"P {n}", [f"P {n}"], "text") for n in range(len(_SPREAD))),
        Label.VALUE: ((id, id.partition("=")[0], id) for id in values),
    }
    groups = [_file(folder, NodeTable((label,), _NODES[label]), rows[label]) for label in rows]
    groups += _edge_files(folder, products)
    value_of = bare_edge_table(Relationship.VALUE_OF, Label.VALUE, Label.PARAMETER)
    groups.append(_file(folder, value_of, ((id, id.partition("=")[0]) for id in values)))
    return BulkFiles(folder, tuple(groups), {}, {}, False, 1_000, BulkCounts())


def _products(count: int) -> Iterator[tuple[object, ...]]:
    for n in range(count):
        yield _id(n), f"Brand {n % _BRANDS} thing {n}", n % 1_000 + 0.5, "shop"


def _id(product: int) -> str:
    return f"shop:sku-{product:08d}"


def _edge_files(folder: Path, products: int) -> Iterator[str]:
    """Every edge carries the fact properties that an import writes."""
    pick = random.Random(7)
    now = datetime(2026, 1, 5, tzinfo=UTC).isoformat()
    fact = f"catalog,accepted,1.0,shop,run-1,{now},column\n"
    for type, end in _EDGES:
        table = edge_table(type, Label.PRODUCT, end, "evidence")
        (folder / f"{type}.header.csv").write_text(table.header, encoding="utf-8")
        with (folder / f"{type}.csv").open("w", encoding="utf-8") as file:
            for n in range(products):
                for target in _targets(end, pick):
                    file.write(f"{_id(n)},{target},{fact}")
        yield f"{table.argument}{type}.header.csv,{type}.csv"


def _targets(end: Label, pick: random.Random) -> Iterator[str]:
    if end == Label.BRAND:
        yield f"brand-{int(_BRANDS * pick.random() ** 2)}"
    elif end == Label.CATEGORY:
        yield f"group-{int(_CATEGORIES * pick.random())}"
    else:
        for number, of in enumerate(_SPREAD):
            yield f"p{number}={int(of * pick.random() ** 2)}"


def _file(folder: Path, table: NodeTable | EdgeTable, rows: Iterable[tuple[object, ...]]) -> str:
    name = table.labels[0] if isinstance(table, NodeTable) else table.type
    text = CsvText()
    (folder / f"{name}.header.csv").write_text(table.header, encoding="utf-8")
    with (folder / f"{name}.csv").open("w", encoding="utf-8") as file:
        file.writelines(text.line(row) for row in rows)
    return f"{table.argument}{name}.header.csv,{name}.csv"
