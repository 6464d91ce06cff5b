"""Exports from a real Neo4j: scopes, and increments that add up to the whole."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import neo4j as driver
import pytest
from msgspec.structs import replace

from graph import export as exporting
from graph.errors import FilterInvalid, NodesUnknown, SnapshotInvalid, SnapshotMismatch
from graph.export import Around, Selected, Since, Whole, export_snapshot, refreshed
from graph.repositories import exporting as queries
from graph.repositories.closing import close_items
from graph.repositories.imports import open_import
from graph.repositories.items import ItemWriter
from tests.conftest import empty
from tests.graph.repositories.conftest import store
from tests.graph.repositories.stock import ITEMS, PARAMETERS, facts

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 1, 5, tzinfo=UTC)
MODEL, N1, N2, S1, S2 = ITEMS
N2_ALONE = "category:electronics/phones -category:electronics/phones/smart"


def export(database, scope=None, **more):
    return export_snapshot(database, scope or Whole(), now=NOW, **more)


def write(database, *items, run="later"):
    for item in items:
        ItemWriter(database).write([item], parameters=PARAMETERS, run=run, now=NOW)


def changed(item, **more):
    return replace(item, content_hash=item.content_hash + "'", **more)


def ids(snapshot, label):
    return snapshot.nodes[label]["id"].to_pylist()


def edges(snapshot, source, type, target):
    found = snapshot.edges[source, type, target]
    return [
        (ids(snapshot, source)[a], ids(snapshot, target)[b])
        for a, b in zip(found["source"].to_pylist(), found["target"].to_pylist(), strict=True)
    ]


def assert_same(one, other):
    """The same content; told table by table where it is not."""
    for table in {**one.nodes, **other.nodes}:
        assert one.nodes[table].to_pylist() == other.nodes[table].to_pylist(), table
    for type in {**one.edges, **other.edges}:
        assert one.edges[type].to_pylist() == other.edges[type].to_pylist(), type
    assert one.manifest.fingerprint == other.manifest.fingerprint


@pytest.fixture
def stocked(database):
    store(database)
    return database


def test_a_whole_export_has_every_node_with_its_columns(stocked):
    snapshot = export(stocked)

    product = snapshot.nodes["Product"].to_pylist()[0]
    assert ids(snapshot, "Product") == sorted(item.id for item in (N1, N2, S1, S2))
    assert product == {
        "id": N1.id,
        "title": "Acme One 8GB black",
        "description": "The one.",
        "language": "en",
        "price": 500.0,
        "currency": "EUR",
        "in_stock": True,
        "brand_id": "acme",
        "category_id": "electronics/phones/smart",
        "model_id": "acme-one",
        "source": "north",
        "image_url": "https://shop.example/1.jpg",
    }
    assert snapshot.nodes["Model"].to_pylist()[0]["title"] == "Acme One"
    assert snapshot.nodes["Brand"].to_pylist()[0]["names"] == ["Acme", "ACME Inc."]
    assert snapshot.nodes["Parameter"].to_pylist()[1]["unit"] == "in"
    ram = snapshot.nodes["Value"].to_pylist()[ids(snapshot, "Value").index("ram=8GB")]
    assert (ram["parameter"], ram["number"], ram["unit"]) == ("ram", 8.0, "GB")
    assert snapshot.manifest.scope == "all"


def test_a_whole_export_has_every_edge_with_its_fact(stocked):
    snapshot = export(stocked)

    assert edges(snapshot, "Product", "INSTANCE_OF", "Model") == [
        (N1.id, "acme-one"),
        (N2.id, "acme-one"),
        (S1.id, "bolt-x"),
    ]
    assert (N1.id, "ram=8GB") in edges(snapshot, "Product", "HAS_PARAMETER", "Value")
    assert ("ram=8GB", "ram") in edges(snapshot, "Value", "VALUE_OF", "Parameter")
    tree = edges(snapshot, "Category", "SUBCATEGORY_OF", "Category")
    assert tree == [
        ("electronics/phones", "electronics"),
        ("electronics/phones/smart", "electronics/phones"),
    ]
    fact = snapshot.edges["Model", "HAS_PARAMETER", "Value"].to_pylist()[0]
    assert (fact["origin"], fact["status"], fact["confidence"], fact["stated_by"]) == (
        "catalog",
        "accepted",
        1.0,
        "specs",
    )


def test_facts_that_no_catalog_stated_keep_what_is_said_of_them(stocked):
    stocked.write(
        "MATCH (n:Product {id: $id}), (v:Value {id: 'nfc=yes'}) "
        "CREATE (n)-[a:HAS_PARAMETER]->(v), (n)-[b:HAS_PARAMETER]->(v), (n)-[c:HAD_PARAMETER]->(v) "
        "SET a = {origin: 'predicted', status: 'proposed', confidence: 0.8}, "
        "b = {origin: 'extracted', status: 'rejected', confidence: 0.9}, "
        "c = {origin: 'catalog', status: 'accepted', confidence: 1.0}",
        id=N1.id,
    )

    found = export(stocked).edges["Product", "HAS_PARAMETER", "Value"].to_pylist()

    said = [edge for edge in found if edge["origin"] != "catalog"]
    assert [(edge["status"], edge["confidence"], edge["stated_by"]) for edge in said] == [
        ("proposed", 0.8, None)
    ]


def test_the_order_of_writing_does_not_show(database, shared_database):
    store(database)
    first = export(database)
    empty(*shared_database)
    # The first to say it states where a category stands.
    write(database, MODEL, S2, S1, N2, N1, run="another")

    second = export(database)

    assert_same(first, second)


def test_small_pages_make_the_same_snapshot(stocked, monkeypatch):
    whole = export(stocked)
    for module in (exporting, queries):
        monkeypatch.setattr(module, "PAGE_IDS", 2)

    assert_same(export(stocked), whole)


def test_closed_items_are_left_out_and_what_points_at_them(stocked):
    stocked.write(
        "MATCH (n) WHERE n.id IN $ids SET n.closed_at = datetime()", ids=[MODEL.id, S1.id]
    )

    snapshot = export(stocked)

    assert ids(snapshot, "Model") == ["bolt-x"]
    assert ids(snapshot, "Product") == [N1.id, N2.id, S2.id]
    assert edges(snapshot, "Product", "INSTANCE_OF", "Model") == []


def test_an_empty_graph_is_exported(database):
    snapshot = export(database)

    assert set(snapshot.manifest.nodes.values()) == {0}
    assert set(snapshot.manifest.edges.values()) == {0}


def test_one_product_that_says_nothing_is_exported(database):
    write(database, S2)

    snapshot = export(database)

    assert ids(snapshot, "Product") == [S2.id]
    assert set(snapshot.manifest.edges.values()) == {0}


def test_the_ends_alone_are_those_of_the_whole(stocked):
    whole, ends = export(stocked), export(stocked, columns="ends")

    for type in whole.edges:
        assert edges(ends, *type) == edges(whole, *type)
    assert ends.nodes["Product"]["title"].null_count == 4
    with pytest.raises(SnapshotMismatch):
        refreshed(stocked, ends, now=NOW)


def test_a_filter_takes_items_and_what_they_lead_to(stocked):
    snapshot = export(stocked, Selected("brand:acme ram>=12GB"))

    assert ids(snapshot, "Product") == [N2.id]
    assert ids(snapshot, "Model") == ["acme-one"]  # what it is an instance of, with its facts
    assert ids(snapshot, "Value") == sorted(
        ["colour=black", "display=6.1in", "display=6.7in", "nfc=yes", "ram=12GB", "ram=8GB"]
    )
    assert ids(snapshot, "Category") == [
        "electronics",
        "electronics/phones",
        "electronics/phones/smart",
    ]
    assert snapshot.manifest.scope == "filter brand:acme ram>=12GB"


@pytest.mark.parametrize(
    ("by_name", "by_id"),
    [
        ('brand:"ACME Inc."', "brand:acme"),
        ("category:手机", "category:electronics/phones"),
        ('category:"Electronics > Phones" -category:smart', N2_ALONE),
    ],
)
def test_a_filter_names_brands_and_categories_as_they_are_called(stocked, by_name, by_id):
    assert ids(export(stocked, Selected(by_id)), "Product")
    assert_same(export(stocked, Selected(by_name)), export(stocked, Selected(by_id)))


def test_a_filter_that_nothing_passes_gives_no_nodes(stocked):
    assert not any(export(stocked, Selected("brand:acme ram>=99GB")).manifest.nodes.values())


def test_a_filter_that_means_nothing_here_is_refused(stocked):
    with pytest.raises(FilterInvalid, match="no parameter"):
        export(stocked, Selected("wingspan>=2m"))


@pytest.mark.parametrize(
    ("hops", "products", "values"),
    [
        (0, [N1.id], []),
        (1, [N1.id], ["colour=black", "ram=8GB"]),
        # Through the brand, the model, the colour; and the facts of the model.
        (2, [N1.id, N2.id], ["colour=black", "display=6.1in", "nfc=yes", "ram=8GB"]),
    ],
)
def test_hops_around_an_id(stocked, hops, products, values):
    snapshot = export(stocked, Around((N1.id,), hops))

    assert ids(snapshot, "Product") == products
    assert [id for id in ids(snapshot, "Value") if id in values] == values
    assert len(ids(snapshot, "Value")) == len(values)


def test_around_has_the_edges_among_its_nodes_alone(stocked):
    snapshot = export(stocked, Around(("ram=8GB",), 1))

    assert ids(snapshot, "Product") == [N1.id]
    assert edges(snapshot, "Product", "HAS_PARAMETER", "Value") == [(N1.id, "ram=8GB")]
    assert edges(snapshot, "Model", "HAS_PARAMETER", "Value") == [("acme-one", "ram=8GB")]


def test_an_id_that_nothing_has_is_named(stocked):
    with pytest.raises(NodesUnknown, match="'nowhere'"):
        export(stocked, Around((N1.id, "nowhere"), 1))


def test_a_property_of_another_type_is_named(stocked):
    stocked.write("MATCH (n:Product {id: $id}) SET n.price = 'cheap'", id=N1.id)

    with pytest.raises(SnapshotInvalid, match=r"Product\.price in the graph"):
        export(stocked)


def change_facts(database):
    write(database, changed(N1, facts=facts(ram="12 GB", colour="White"), title="Acme One white"))


def close_products(database):
    open_import(database, id="close-south", source="south", file="f", mode="replace", now=NOW)
    close_items(database, "product", [S1.id, S2.id], source="south", run="close-south", now=NOW)


def reopen_product(database):
    close_products(database)
    write(database, changed(S1))


def close_model(database):
    open_import(database, id="close-specs", source="specs", file="f", mode="replace", now=NOW)
    close_items(database, "model", [MODEL.id], source="specs", run="close-specs", now=NOW)


def add_product_with_news(database):
    brand = replace(N1.brand, id="nova", name="Nova", names=("Nova",))
    write(database, replace(N1, id="north:9", brand=brand, model=None, facts=facts(ram="64 GB")))


def add_names(database):
    write(database, changed(N2, brand=replace(N2.brand, names=("Acme", "Акме"))))


def move_categories(database):
    write(database, changed(N2, categories=(N2.categories[0], S1.categories[0])))


def delete_product(database):
    ItemWriter(database).delete("product", N1.id)


def delete_model(database):
    ItemWriter(database).delete("model", MODEL.id)


def delete_and_write_again(database):
    ItemWriter(database).delete("product", N1.id)
    write(database, N1)


def everything(database):
    for change in (change_facts, add_names, add_product_with_news, reopen_product, delete_model):
        change(database)


@pytest.mark.parametrize(
    "change",
    [
        change_facts,
        close_products,
        reopen_product,
        close_model,
        add_product_with_news,
        add_names,
        move_categories,
        delete_product,
        delete_model,
        delete_and_write_again,
        everything,
        lambda database: None,
    ],
    ids=lambda change: change.__name__.strip("<>"),
)
def test_an_increment_merged_into_the_last_snapshot_equals_a_new_one(stocked, change, tmp_path):
    export(stocked).write(tmp_path / "last")
    last = exporting.Snapshot.read(tmp_path / "last")
    change(stocked)

    merged = last.merged_with(export(stocked, Since(last.manifest.watermark)))

    assert_same(merged, export(stocked))


def test_a_model_that_is_open_again_gets_its_products_back(stocked):
    close_model(stocked)
    closed = export(stocked)
    write(stocked, changed(MODEL))

    again = refreshed(stocked, closed, now=NOW)

    assert edges(closed, "Product", "INSTANCE_OF", "Model") == [(S1.id, "bolt-x")]
    assert len(edges(again, "Product", "INSTANCE_OF", "Model")) == 3
    assert_same(again, export(stocked))


def test_an_increment_has_what_changed_and_what_that_leads_to(stocked):
    last = export(stocked)
    add_product_with_news(stocked)

    increment = export(stocked, Since(last.manifest.watermark))

    assert ids(increment, "Product") == ["north:9"]
    assert ids(increment, "Brand") == ["nova"]
    assert increment.manifest.since == last.manifest.watermark


def test_a_row_that_did_not_change_is_in_no_increment(stocked):
    last = export(stocked)
    store(stocked)

    increment = export(stocked, Since(last.manifest.watermark))

    assert not any(increment.manifest.nodes.values())


def test_what_is_committed_after_the_export_but_began_before_is_in_the_next_increment(stocked):
    found = stocked.connection
    with (
        driver.GraphDatabase.driver(found.uri, auth=(found.username, found.password)) as other,
        other.session() as session,
        session.begin_transaction() as open_transaction,
    ):
        open_transaction.run(
            "MATCH (n:Product {id: $id}) SET n.title = 'Late', n.updated_at = datetime()", id=S2.id
        ).consume()
        before = export(stocked)
        open_transaction.commit()

    after = refreshed(stocked, before, now=NOW)

    assert "Late" not in before.nodes["Product"]["title"].to_pylist()
    assert "Late" in after.nodes["Product"]["title"].to_pylist()


def test_what_changes_between_the_pages_is_read_again(stocked):
    once = threading.Event()

    def interfere(progress):
        if not once.is_set() and progress.nodes >= len(ITEMS):
            once.set()
            everything(stocked)

    snapshot = export(stocked, progress=interfere)

    assert once.is_set()
    assert_same(snapshot, export(stocked))


def test_an_increment_of_a_time_before_the_database_was_made_is_refused(stocked):
    with pytest.raises(SnapshotMismatch, match="not known"):
        export(stocked, Since("2001-01-01T00:00:00Z"))
