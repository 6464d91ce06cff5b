"""The catalog of `stock` after it has changed: a past, contradictions, and what is closed."""

from msgspec.structs import replace

from graph.records import FactView, Observed
from graph.text.values import normalise_value
from tests.fakes import NOW_TEXT, Changes, Said, Seen
from tests.graph.repositories.stock import ITEMS as STOCK
from tests.graph.repositories.stock import PARAMETERS

BEFORE, NOW, LATER = "2025-02-01T00:00:00Z", NOW_TEXT, "2025-03-02T08:00:00.25Z"


def _said(kind, id, parameter, cell, *, valid_to=None, **more):
    value = normalise_value(cell, PARAMETERS[parameter])
    stated = {
        "origin": "catalog",
        "status": "accepted",
        "confidence": 1.0,
        "source": None,
        "evidence": None,
        "run": None,
        "valid_from": LATER,
    }
    fact = FactView(
        parameter=parameter,
        name=PARAMETERS[parameter].name,
        value=value.id,
        text=value.text,
        number=value.number,
        unit=value.unit,
        **{**stated, **more},
    )
    return Said(kind, id, fact, valid_to)


# The closed one says nothing any more and cannot be had.
ITEMS = tuple(
    replace(item, facts=(), in_stock=False) if item.id == "south:1" else item for item in STOCK
)
CHANGES = Changes(
    said=[
        # Another catalog knows another size as well, and contradicts the memory.
        _said("model", "acme-one", "display", "6.1 in", source="maker", run="run-2"),
        _said("model", "acme-one", "display", "6.7 in", source="maker", run="run-2"),
        _said("model", "acme-one", "ram", "12 GB", source="maker", run="run-2"),
        # A person knows better, although long ago.
        _said("model", "acme-one", "nfc", "no", origin="reviewed", valid_from=BEFORE),
        # What nobody has accepted contradicts nothing.
        _said("product", "north:1", "ram", "12 GB", origin="extracted", status="proposed"),
        _said("product", "north:1", "display", "6.7 in", origin="reviewed", status="rejected"),
        _said(
            "product", "north:1", "colour", "White", origin="predicted", confidence=0.8, run="p-1"
        ),
        _said(
            "product",
            "north:1",
            "colour",
            "Red",
            source="north",
            evidence="Colour",
            run="run-0",
            valid_from=BEFORE,
            valid_to=NOW,
        ),
        _said("product", "south:1", "nfc", "no", source="south", valid_from=NOW, valid_to=LATER),
        _said("product", "south:1", "ram", "8 GB", origin="reviewed"),
        _said("product", "south:1", "ram", "12 GB", origin="predicted"),
    ],
    seen=[
        Seen("north:1", BEFORE, Observed(550.0, "EUR", None), None),
        Seen("north:1", NOW, Observed(500.0, "EUR", True), "run-1"),
        Seen("south:1", LATER, Observed(100.0, "EUR", False), "run-2"),
    ],
    closed={("product", "south:1"): LATER, ("model", "bolt-x"): LATER},
)

_SAY = """
MATCH (n:{label} {{id: $id}})
MATCH (p:Parameter {{id: $fact.parameter}})
MERGE (v:Value {{id: $fact.value}})
ON CREATE SET v:Entity, v.parameter = p.id, v.text = $fact.text, v.names = [$fact.text]
MERGE (v)-[:VALUE_OF]->(p)
CREATE (n)-[r:{type} {{origin: $fact.origin, status: $fact.status, confidence: $fact.confidence,
  source: $fact.source, evidence: $fact.evidence, run: $fact.run,
  valid_from: datetime($fact.valid_from), valid_to: datetime($valid_to)}}]->(v)
SET n.contested = $contested
"""
_SEE = """
CREATE (:Observation {product: $id, at: datetime($at), run: $run,
  price: $seen.price, currency: $seen.currency, in_stock: $seen.in_stock})
"""
_CLOSE = "MATCH (n:{label} {{id: $id}}) SET n.closed_at = datetime($at)"


def change(database):
    """Make of the stored `ITEMS` what `CHANGES` says; the closed one was contested once."""
    for said in CHANGES.said:
        type = "HAD_PARAMETER" if said.valid_to else "HAS_PARAMETER"
        database.write(
            _SAY.format(label=said.kind.title(), type=type),
            id=said.id,
            fact={name: getattr(said.fact, name) for name in FactView.__struct_fields__},
            valid_to=said.valid_to,
            contested=True,
        )
    for seen in CHANGES.seen:
        observed = {name: getattr(seen.observed, name) for name in Observed.__struct_fields__}
        database.write(_SEE, id=seen.id, at=seen.at, run=seen.run, seen=observed)
    for (kind, id), at in CHANGES.closed.items():
        database.write(_CLOSE.format(label=kind.title()), id=id, at=at)
