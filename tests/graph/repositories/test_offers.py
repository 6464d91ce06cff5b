"""Changes of prices and stock in a real Neo4j: nothing else of a product is touched."""

from __future__ import annotations

import pytest

from graph.ingest.items import change
from graph.repositories.offers import OfferWriter, unlisted
from tests.graph.repositories.test_items import TUESDAY, facts, item, write

pytestmark = pytest.mark.neo4j


def changed(database, *changes, **options):
    items = [change(source="shop", sku=sku, **fields) for sku, fields in changes]
    writer = OfferWriter(database, dry_run=options.pop("dry_run", False))
    return writer.write(items, parameters={}, run="run-2", now=TUESDAY, **options)


def stored(database, id="shop:1"):
    query = """
        MATCH (p:Product {id: $id})
        RETURN p.title AS title, p.price AS price, p.currency AS currency, p.in_stock AS in_stock
    """
    (row,) = database.read(query, id=id)
    return row


def lamp():
    return item(brand="Acme", price=9.5, currency="EUR", in_stock=True, facts={"ram": "8 GB"})


def test_a_change_leaves_what_it_does_not_say(database):
    write(database, lamp())

    assert changed(database, ("1", {"price": 8.0})) == ["updated"]

    assert stored(database) == {
        "title": "Thing 1",
        "price": 8.0,
        "currency": "EUR",
        "in_stock": True,
    }
    assert facts(database) == ["ram=8GB"]
    assert facts(database, "HAD_PARAMETER") == []


def test_a_change_that_says_what_is_so_changes_nothing(database):
    write(database, lamp())

    assert changed(database, ("1", {"price": 9.5, "in_stock": True})) == ["unchanged"]
    assert database.read("MATCH (o:Observation) RETURN o") == []


def test_prices_before_and_after_a_change_are_observed(database):
    write(database, lamp())
    changed(database, ("1", {"in_stock": False}))

    rows = database.read(
        "MATCH (o:Observation) RETURN o.price AS price, o.in_stock AS in_stock, o.run AS run "
        "ORDER BY o.at"
    )
    assert rows == [
        {"price": 9.5, "in_stock": True, "run": "run-1"},
        {"price": 9.5, "in_stock": False, "run": "run-2"},
    ]


def test_the_next_dump_that_says_the_old_price_is_believed(database):
    """Or its hash, which is the one it had before, would pass for unchanged."""
    write(database, lamp())
    changed(database, ("1", {"price": 8.0}))

    assert write(database, lamp(), run="run-3") == ["updated"]
    assert stored(database)["price"] == 9.5


def test_what_is_not_there_is_not_made_by_a_change(database):
    write(database, lamp())

    assert changed(database, ("2", {"price": 1.0}), ("1", {"price": 8.0})) == ["absent", "updated"]
    assert unlisted(database, ["shop:2", "shop:1"]) == {"shop:2"}
    assert database.read("MATCH (p:Product {id: 'shop:2'}) RETURN p") == []


def test_what_no_source_lists_any_more_is_not_opened_by_a_change(database):
    write(database, lamp())
    database.write("MATCH (p:Product) SET p.closed_at = $now", now=TUESDAY)

    assert changed(database, ("1", {"in_stock": True, "price": 1.0})) == ["absent"]
    assert unlisted(database, ["shop:1"]) == {"shop:1"}
    assert stored(database)["price"] == 9.5


def test_a_dry_run_says_what_would_change_and_changes_nothing(database):
    write(database, lamp())

    assert changed(database, ("1", {"price": 8.0}), dry_run=True) == ["updated"]
    assert stored(database)["price"] == 9.5
