"""What the graph keeps of change: prices over time, contradictions, and items that are gone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from graph.ingest.items import DraftFact, ItemDraft, build_item
from graph.records import Item, Parameter
from graph.repositories.closing import close_items, listed_ids
from graph.repositories.imports import open_import
from graph.repositories.items import ItemWriter

pytestmark = pytest.mark.neo4j

PARAMETERS = {
    "ram": Parameter(id="ram", name="RAM", kind="number", unit="GB", names=("RAM",)),
    "colour": Parameter(id="colour", name="Colour", kind="text", names=("Colour",)),
}
MONDAY, TUESDAY, WEDNESDAY = (datetime(2026, 1, day, tzinfo=UTC) for day in (5, 6, 7))


def product(price=9.5, in_stock=True, **facts) -> Item:
    return build(
        ItemDraft(source="shop", sku="1", title="Lamp", price=price, in_stock=in_stock), facts
    )


def model(source, **facts) -> Item:
    return build(ItemDraft(source=source, sku="x", title="Lamp 3", kind="model"), facts)


def build(draft, facts):
    stated = tuple(
        DraftFact(name, value)
        for name, values in facts.items()
        for value in ([values] if isinstance(values, str) else values)
    )
    fields = {name: getattr(draft, name) for name in draft.__struct_fields__}
    return build_item(ItemDraft(**{**fields, "facts": stated}), PARAMETERS)


def write(database, item, now=MONDAY, run="run-1"):
    return ItemWriter(database).write([item], parameters=PARAMETERS, run=run, now=now)


def observations(database):
    return [
        (row["at"][:10], row["price"], row["in_stock"], row["run"])
        for row in database.read(
            "MATCH (o:Observation {product: 'shop:1'}) RETURN toString(o.at) AS at, "
            "o.price AS price, o.in_stock AS in_stock, o.run AS run ORDER BY o.at, o.price"
        )
    ]


def contested(database):
    return [row["id"] for row in database.read("MATCH (n) WHERE n.contested RETURN n.id AS id")]


def close(database, kind, ids, source, now=TUESDAY):
    open_import(database, id="run-2", source=source, file="f", mode="replace", now=now)
    close_items(database, kind, ids, source=source, run="run-2", now=now)


def test_a_price_that_never_changed_needs_no_observation(database):
    write(database, product())
    write(database, product(colour="Red"), TUESDAY)

    assert observations(database) == []


def test_the_first_change_of_a_price_also_notes_what_it_was_before(database):
    write(database, product(price=9.5, colour="Red"))
    write(database, product(price=9.5, ram="8GB"), TUESDAY, run="run-1b")
    write(database, product(price=8), TUESDAY, run="run-2")
    write(database, product(price=8, in_stock=False), WEDNESDAY, run="run-3")

    assert observations(database) == [
        ("2026-01-05", 9.5, True, "run-1"),
        ("2026-01-06", 8.0, True, "run-2"),
        ("2026-01-07", 8.0, False, "run-3"),
    ]


def test_who_first_wrote_an_item_without_facts_is_not_known(database):
    write(database, product(price=9.5))
    write(database, product(price=8), TUESDAY, run="run-2")

    assert observations(database)[0] == ("2026-01-05", 9.5, True, None)


def test_a_price_that_is_no_longer_stated_is_a_change(database):
    write(database, product(price=9.5))
    write(database, product(price=None), TUESDAY, run="run-2")

    assert [price for _, price, _, _ in observations(database)] == [9.5, None]


def test_sources_that_contradict_each_other_mark_the_model(database):
    write(database, model("a", ram="8GB"))
    write(database, model("b", ram="12GB"))

    assert contested(database) == ["lamp-3"]


def test_sources_that_agree_in_part_do_not_contradict_each_other(database):
    write(database, model("a", colour=["Red", "Blue"]))
    write(database, model("b", colour=["Blue", "Green"], ram="8GB"))

    assert contested(database) == []


def test_of_three_sources_two_that_contradict_each_other_are_enough(database):
    write(database, model("a", colour=["Red", "Blue"]))
    write(database, model("b", colour=["Blue"]))
    write(database, model("c", colour=["Red"]))

    assert contested(database) == ["lamp-3"]


def test_a_source_that_mends_its_fact_settles_the_conflict(database):
    write(database, model("a", ram="8GB"))
    write(database, model("b", ram="12GB"))
    write(database, model("b", ram="8GB"), TUESDAY)

    assert contested(database) == []


def test_a_closed_product_keeps_its_node_and_its_past(database):
    write(database, product(ram="8GB"))

    close(database, "product", ["shop:1"], "shop")

    (row,) = database.read(
        "MATCH (n:Product)-[past:HAD_PARAMETER]->(v) RETURN n.in_stock AS in_stock, v.id AS value, "
        "toString(n.closed_at) AS closed, toString(past.valid_to) AS until, past.ended_by AS by, "
        "COUNT { (n)-[:HAS_PARAMETER]->() } AS present"
    )
    assert (row["in_stock"], row["value"], row["present"]) == (False, "ram=8GB", 0)
    assert row["closed"][:10] == row["until"][:10] == "2026-01-06"
    assert row["by"] == "run-2"
    assert observations(database)[-1] == ("2026-01-06", 9.5, False, "run-2")


def test_a_product_that_comes_back_is_open_with_its_facts_once(database):
    write(database, product(ram="8GB"))
    close(database, "product", ["shop:1"], "shop")

    outcome = write(database, product(ram="8GB"), WEDNESDAY)

    (row,) = database.read(
        "MATCH (n:Product) RETURN n.closed_at AS closed, n.in_stock AS in_stock, "
        "COUNT { (n)-[:HAS_PARAMETER]->() } AS present, COUNT { (n)-[:HAD_PARAMETER]->() } AS past"
    )
    assert outcome == ["updated"]
    assert row == {"closed": None, "in_stock": True, "present": 1, "past": 1}


def test_a_model_is_closed_when_the_last_of_its_sources_lets_it_go(database):
    write(database, model("a", ram="8GB"))
    write(database, model("b", ram="12GB"))

    close(database, "model", ["lamp-3"], "a")
    half = database.read("MATCH (n:Model) RETURN n.closed_at AS closed")
    open_import(database, id="run-3", source="b", file="f", mode="replace", now=WEDNESDAY)
    close_items(database, "model", ["lamp-3"], source="b", run="run-3", now=WEDNESDAY)

    assert half == [{"closed": None}]
    assert contested(database) == []
    assert database.read("MATCH (n:Model) RETURN n.closed_at IS NOT NULL AS closed") == [
        {"closed": True}
    ]


def test_closing_twice_counts_once(database):
    write(database, product())

    close(database, "product", ["shop:1"], "shop")
    close(database, "product", ["shop:1"], "shop")

    assert database.read("MATCH (i:Import) RETURN i.closed AS closed") == [{"closed": 1}]


def test_what_a_source_lists_does_not_hold_what_is_closed_or_of_others(database):
    write(database, product())
    other = ItemDraft(source="other", sku="1", title="Lamp")
    write(database, build_item(other, {}))
    write(database, build_item(ItemDraft(source="shop", sku="2", title="Lamp 2"), {}))

    close(database, "product", ["shop:2"], "shop")

    assert list(listed_ids(database, "product", "shop")) == [["shop:1"]]
