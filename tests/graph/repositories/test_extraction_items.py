"""Products that have only text, page by page, so that a run can be resumed."""

import pytest

from graph.filters import Filter, bind, parse
from graph.records import ExtractionItem, Named
from graph.repositories.extraction_items import walk
from tests.graph.repositories.stated import load, state, stated

pytestmark = pytest.mark.neo4j

EVERYTHING = Filter(())


@pytest.fixture
def stocked(database):
    """Five products of two sources; of one a catalog states a fact, of another a model does."""
    for sku in "abc":
        load(database, sku, f"Lamp {sku}", brand="Acme", category="Goods > Lamps", language="en")
    load(database, "d", "Lamp d", facts={"ram": "8GB"})
    load(database, "a", "Desk", source="barn", description="Of oak.")
    state(database, stated("colour", "red", item="shop:b"))
    return database


def ids(database, filter=EVERYTHING, **asked):
    return [item.id for page in walk(database, filter, **asked) for item in page]


def source(name):
    return bind(parse(f"source:{name}"), {})


def test_an_item_comes_with_its_texts_brand_and_category(stocked):
    desk, lamp, *_ = next(walk(stocked, EVERYTHING))

    assert (desk.id, desk.description, desk.brand) == ("barn:a", "Of oak.", None)
    assert lamp == ExtractionItem(
        kind="product",
        id="shop:a",
        title="Lamp a",
        description=None,
        language="en",
        brand=Named("acme", "Acme", ("Acme",)),
        category=Named("goods/lamps", "Lamps", ("Lamps",)),
        model=None,
        stated=(),
    )


@pytest.mark.parametrize("page_items", [1, 2, 50])
def test_only_what_no_catalog_speaks_of_is_walked(stocked, page_items):
    assert ids(stocked, page_items=page_items) == ["barn:a", "shop:a", "shop:b", "shop:c"]
    assert ids(stocked, source("shop"), page_items=page_items) == ["shop:a", "shop:b", "shop:c"]


def test_everything_is_walked_when_asked_for_with_what_is_stated_already(stocked):
    found = {item.id: item for page in walk(stocked, EVERYTHING, only_text=False) for item in page}

    assert len(found) == 5
    assert found["shop:d"].stated == ("ram",)


@pytest.mark.parametrize("filter", [EVERYTHING, source("shop")])
def test_a_walk_goes_on_behind_an_id(stocked, filter):
    assert ids(stocked, filter, after="shop:a", page_items=1) == ["shop:b", "shop:c"]
    assert ids(stocked, filter, after="shop:d") == []


def test_what_no_source_lists_any_more_is_not_walked(stocked):
    stocked.write("MATCH (n:Product {id: 'shop:b'}) SET n.closed_at = datetime()")

    assert "shop:b" not in ids(stocked)


def test_models_can_be_walked_as_well(database):
    load(database, "spec", "Lamp 3", kind="model", brand="Acme")

    ((model,),) = walk(database, EVERYTHING, kind="model")

    assert (model.kind, model.id, model.title) == ("model", "acme-lamp-3", "Lamp 3")


def test_the_model_that_a_catalog_names_comes_along_and_one_that_was_read_does_not(stocked):
    link = "MATCH (n:Product {id: $id}) MERGE (m:Model {id: 'm'}) MERGE (n)-[r:INSTANCE_OF]->(m)"
    said = "SET r.origin = $origin, r.status = 'accepted'"
    stocked.write(f"{link} {said}", id="shop:a", origin="catalog")
    stocked.write(f"{link} {said}", id="shop:b", origin="extracted")

    models = {item.id: item.model for page in walk(stocked, EVERYTHING) for item in page}

    assert (models["shop:a"], models["shop:b"]) == ("m", None)
