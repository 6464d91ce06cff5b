"""Products whose titles are to be read, and what the graph holds of them."""

from datetime import UTC, datetime

from graph.records import Fact, Item, Named, Parameter
from graph.repositories.items import ItemWriter
from graph.text import normalise_value

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
FINISH = Parameter("finish", "Finish", "text")
HEIGHT = Parameter("height", "Height", "number", "cm")
PARAMETERS = {one.id: one for one in (FINISH, HEIGHT)}
ACME = Named("acme", "Acme", ("Acme",))
LAMPS, CANS = Named("lamps", "Lamps", ("Lamps",)), Named("cans", "Cans", ("Cans",))
OF = """
MATCH (p:Product {id: $id})-[r:HAS_PARAMETER]->(v)
RETURN v.id AS value, r.origin AS origin, r.status AS status, r.evidence AS evidence, r.run AS run
ORDER BY value
"""


def item(id, title, *cells, source="shop", brand=None, category=None):
    facts = tuple(Fact(normalise_value(cell, parameter), "x") for cell, parameter in cells)
    return Item(
        "product",
        f"{source}:{id}",
        title,
        source,
        f"hash {title} {cells}",
        brand=brand,
        categories=(category,) if category else (),
        facts=facts,
    )


def stock(database, *items):
    writer = ItemWriter(database)
    for one in items:
        writer.write([one], parameters=PARAMETERS, run="import-1", now=NOW)
