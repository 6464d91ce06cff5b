"""Items into a real Neo4j: what is written, what is not, and what becomes of the past."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from graph.errors import QueryTooLarge
from graph.ingest.items import DraftFact, ItemDraft, build_item
from graph.records import Item, Parameter
from graph.repositories.items import ItemWriter

pytestmark = pytest.mark.neo4j

PARAMETERS = {
    "ram": Parameter(id="ram", name="RAM", kind="number", unit="GB", names=("RAM",)),
    "colour": Parameter(id="colour", name="Colour", kind="text", names=("Colour",)),
}
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
TUESDAY = datetime(2026, 1, 6, tzinfo=UTC)


def item(sku: str = "1", source: str = "shop", facts: dict[str, str] | None = None, **more) -> Item:
    draft = ItemDraft(
        source=source,
        sku=sku,
        title=more.pop("title", f"Thing {sku}"),
        facts=tuple(DraftFact(name, value) for name, value in (facts or {}).items()),
        **more,
    )
    return build_item(draft, PARAMETERS)


def write(database, *items: Item, now: datetime = MONDAY, run: str = "run-1") -> list[str]:
    return ItemWriter(database).write(items, parameters=PARAMETERS, run=run, now=now)


def facts(database, relationship: str = "HAS_PARAMETER") -> list[str]:
    query = f"MATCH ()-[:{relationship}]->(v:Value) RETURN v.id AS id ORDER BY id"
    return [row["id"] for row in database.read(query)]


def test_an_item_is_stored_with_its_brand_category_model_and_facts(database):
    write(
        database,
        item(
            brand="Acme",
            category="Goods > Lamps",
            model="Lamp 3",
            price=9.5,
            facts={"ram": "8GB", "colour": "Red"},
        ),
    )

    (row,) = database.read(
        """
        MATCH (p:Product {id: 'shop:1'})-[made:MADE_BY]->(b:Brand:Entity)
        MATCH (p)-[:BELONGS_TO]->(c:Category:Entity)-[:SUBCATEGORY_OF]->(root:Category)
        MATCH (p)-[:INSTANCE_OF]->(m:Model:Entity)
        RETURN p.price AS price, p.brand_id AS brand_id, p.category_id AS category_id, b.name AS b,
               c.id AS c, root.name AS root, m.id AS m, made.origin AS origin,
               made.source AS source, made.run AS run, made.valid_from AS since
        """
    )
    assert row == {
        "price": 9.5,
        "brand_id": "acme",
        "category_id": "goods/lamps",
        "b": "Acme",
        "c": "goods/lamps",
        "root": "Goods",
        "m": "acme-lamp-3",
        "origin": "catalog",
        "source": "shop",
        "run": "run-1",
        "since": row["since"],
    }
    (value,) = database.read(
        "MATCH (v:Value:Entity {id: 'ram=8GB'})-[:VALUE_OF]->(p:Parameter {id: 'ram'}) "
        "RETURN v.number AS number, v.unit AS unit, v.parameter AS parameter, p.kind AS kind"
    )
    assert value == {"number": 8.0, "unit": "GB", "parameter": "ram", "kind": "number"}


def test_an_item_that_has_not_changed_is_not_written(database):
    write(database, item(facts={"ram": "8GB"}))

    outcome = write(database, item(facts={"ram": "8 GB"}), now=TUESDAY)

    assert outcome == ["unchanged"]
    (row,) = database.read("MATCH (p:Product) RETURN p.last_seen = p.first_seen AS untouched")
    assert row == {"untouched": True}


def test_what_a_source_no_longer_says_moves_to_the_past_with_its_dates(database):
    write(database, item(facts={"ram": "8GB", "colour": "Red"}))

    outcome = write(database, item(facts={"ram": "16GB", "colour": "Red"}), now=TUESDAY)

    assert outcome == ["updated"]
    assert facts(database) == ["colour=red", "ram=16GB"]
    assert facts(database, "HAD_PARAMETER") == ["ram=8GB"]
    (row,) = database.read(
        "MATCH ()-[r:HAD_PARAMETER]->() "
        "RETURN date(r.valid_from).day AS a, date(r.valid_to).day AS b"
    )
    assert row == {"a": 5, "b": 6}


def test_a_fact_of_higher_standing_is_not_touched_by_a_dump(database):
    write(database, item(facts={"ram": "8GB"}))
    database.write(
        "MATCH (p:Product) MATCH (v:Value {id: 'ram=8GB'}) "
        "MERGE (p)-[r:HAS_PARAMETER {origin: 'reviewed'}]->(v) SET r.status = 'accepted'"
    )

    write(database, item(facts={"colour": "Red"}), now=TUESDAY)

    (row,) = database.read(
        "MATCH ()-[r:HAS_PARAMETER]->(:Value {id: 'ram=8GB'}) RETURN r.origin AS origin"
    )
    assert row == {"origin": "reviewed"}


def test_a_brand_that_changes_leaves_no_second_edge(database):
    write(database, item(brand="Acme"))

    write(database, item(brand="Emca"), now=TUESDAY)

    rows = database.read("MATCH (p)-[:MADE_BY]->(b) RETURN b.id AS b, p.brand_id AS on_node")
    assert rows == [{"b": "emca", "on_node": "emca"}]


def test_a_field_that_is_gone_is_gone_from_the_node(database):
    write(database, item(price=9.5, mpn="A-1"))

    write(database, item(price=9.5), now=TUESDAY)

    (row,) = database.read("MATCH (p:Product) RETURN p.price AS price, p.mpn AS mpn")
    assert row == {"price": 9.5, "mpn": None}


def test_two_sources_describe_one_model_and_neither_undoes_the_other(database):
    first = item(source="a", kind="model", brand="Acme", title="Lamp", facts={"ram": "8GB"})
    second = item(source="b", kind="model", brand="Acme", title="Lamp", facts={"ram": "16GB"})
    write(database, first)
    write(database, second, now=TUESDAY)

    assert write(database, first, now=TUESDAY) == ["unchanged"]
    assert write(database, second, now=TUESDAY) == ["unchanged"]
    assert facts(database) == ["ram=16GB", "ram=8GB"]


def test_a_model_that_an_offer_named_first_is_filled_by_its_specification(database):
    write(database, item(brand="Acme", model="Lamp"))

    write(database, item(kind="model", source="spec", brand="Acme", title="Lamp"))

    rows = database.read("MATCH (m:Model) RETURN m.id AS id, size(m.content_hashes) AS hashes")
    assert rows == [{"id": "acme-lamp", "hashes": 1}]


def test_new_names_of_a_brand_are_added_to_those_it_has(database):
    write(database, item(brand="ACME"))
    write(database, item(sku="2", brand="Acme"))

    (row,) = database.read("MATCH (b:Brand) RETURN b.name AS name, b.names AS names")
    assert row == {"name": "ACME", "names": ["ACME", "Acme"]}


def test_one_writer_merges_shared_values_once_and_notices_when_they_are_gone(database):
    writer = ItemWriter(database)
    options = {"parameters": PARAMETERS, "run": "run-1", "now": MONDAY}
    writer.write([item("1", facts={"ram": "8GB"})], **options)
    database.write("MATCH (v:Value) DETACH DELETE v")

    outcome = writer.write([item("2", facts={"ram": "8GB"})], **options)

    assert outcome == ["created"]
    assert facts(database) == ["ram=8GB"]


@pytest.mark.parametrize("sku", ["1'}) DETACH DELETE n //", '"', "`", "\\u0027", "台灯 #1", "$id"])
def test_an_id_with_quotes_and_cypher_in_it_is_only_an_id(database, sku):
    write(database, item(sku="keep"))

    write(database, item(sku=sku))

    ids = [row["id"] for row in database.read("MATCH (p:Product) RETURN p.id AS id")]
    assert sorted(ids) == sorted(["shop:keep", f"shop:{sku}"])


def test_deleting_an_item_leaves_what_others_share(database):
    write(database, item("1", facts={"ram": "8GB"}), item("2", facts={"ram": "8GB"}))
    writer = ItemWriter(database)

    assert writer.delete("product", "shop:1")
    assert not writer.delete("product", "shop:1")
    assert facts(database) == ["ram=8GB"]


def test_a_batch_is_stored_whole_or_not_at_all(database):
    good, bad = item("1"), item("2", facts={"ram": "8GB"})

    with pytest.raises(KeyError):
        ItemWriter(database).write([good, bad], parameters={}, run="run-1", now=MONDAY)

    assert database.read("MATCH (n:Product) RETURN n.id") == []


def test_two_writers_of_the_same_new_items_make_each_fact_once(database):
    items = [item(str(n), facts={"ram": f"{n} GB", "colour": "Red"}) for n in range(1, 300)]
    start = threading.Barrier(2)

    def work(_):
        start.wait()
        return write(database, *items)

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(work, range(2)))

    assert {len(each) for each in outcomes} == {299}
    (row,) = database.read(
        "MATCH (p:Product)-[r:HAS_PARAMETER]->() "
        "RETURN count(r) AS facts, count(DISTINCT p) AS products"
    )
    assert row == {"facts": 2 * 299, "products": 299}


def test_a_batch_that_is_too_large_for_the_server_goes_in_halves(database):
    class Small:
        """A database that has no room for more than two items."""

        def transact(self, work):
            def counted(tx):
                outcomes = work(tx)
                if len(outcomes) > 2:
                    raise QueryTooLarge(reason="too large")
                return outcomes

            return database.transact(counted)

    outcomes = ItemWriter(Small()).write(
        [item(str(n)) for n in range(7)], parameters=PARAMETERS, run="run-1", now=MONDAY
    )

    assert outcomes == ["created"] * 7
    assert database.read("MATCH (p:Product) RETURN count(p) AS n") == [{"n": 7}]
