"""Small items with texts to read, and the facts that models state of them."""

from datetime import UTC, datetime

from graph.ingest.items import DraftFact, ItemDraft, build_item
from graph.records import Parameter, StatedFact
from graph.repositories.facts import FactWriter
from graph.repositories.items import ItemWriter
from graph.text.values import normalise_value

PARAMETERS = {
    one.id: one
    for one in (
        Parameter("ram", "RAM", "number", "GB", ("RAM",)),
        Parameter("colour", "Colour", "text", None, ("Colour",)),
        Parameter("material", "Material", "text", None, ("Material",)),
    )
}
MONDAY, TUESDAY, WEDNESDAY = (datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6, 7))
LAMP, CHAIR = "shop:lamp", "shop:chair"


def value(parameter, cell):
    return normalise_value(cell, PARAMETERS[parameter])


def stated(parameter, cell, *, item=LAMP, **more):
    fields = {
        "origin": "extracted",
        "status": "accepted",
        "confidence": 0.9,
        "evidence": "",
        "model": "reader@1",
        **more,
    }
    return StatedFact(item=item, value=value(parameter, cell), **fields)


def proposed(parameter, cell, confidence=0.6, **more):
    return stated(parameter, cell, status="proposed", confidence=confidence, **more)


def state(database, *facts, run="read-1", now=TUESDAY, read=()):
    writer = FactWriter(database)
    return writer.write(facts, run=run, now=now, parameters=PARAMETERS, read=read)


def load(database, sku="lamp", title="Brass lamp red", *, now=MONDAY, facts=None, **more):
    """An import of one item: what it says now."""
    draft = ItemDraft(
        source=more.pop("source", "shop"),
        sku=sku,
        title=title,
        facts=tuple(DraftFact(name, cell) for name, cell in (facts or {}).items()),
        **more,
    )
    item = build_item(draft, PARAMETERS)
    return ItemWriter(database).write([item], parameters=PARAMETERS, run="import", now=now)


def said(database, type="HAS_PARAMETER"):
    """Value, origin and status of everything that is said, or was."""
    query = (
        f"MATCH ()-[r:{type}]->(v) RETURN v.id AS id, r.origin AS origin, r.status AS status "
        "ORDER BY id, origin"
    )
    return [(row["id"], row["origin"], row["status"]) for row in database.read(query)]


def properties(database, value, origin="extracted"):
    query = "MATCH ()-[r:HAS_PARAMETER {origin: $origin}]->({id: $value}) RETURN properties(r) AS r"
    return database.read(query, value=value, origin=origin)[0]["r"]


def stamps(database):
    query = "MATCH (n) WHERE n:Product OR n:Model RETURN n.id AS id, n.updated_at AS at"
    return {row["id"]: row["at"] for row in database.read(query)}
