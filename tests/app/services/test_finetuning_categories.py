"""Of which category titles are is learnt in the tree of a real Neo4j's graph."""

import pytest

from app.services.categorizing import (
    CategoryText,
    categorize,
    items_near,
    loaded_categorizer,
)
from app.services.finetuning_jobs import finetune
from app.services.readers import champion_of
from app.services.training_runs import FinetuneSpec
from graph.records import Item, Named
from graph.repositories.categories import categorized_titles, category_paths
from ml.errors import CategoriesTooFew, OffersInvalid
from tests.conftest import empty
from tests.graph.repositories.conftest import store
from tests.ml.categories.made_up import titles, write_offers
from tests.progress import silent

pytestmark = pytest.mark.neo4j

HOME = Named("home", "Home", ("Home",))
STOCKED = ("Lanterns", "Kettles", "Desks")
EACH = 20  # a quarter of them judge, and six have to be told apart


@pytest.fixture(scope="module")
def shop(shared_database):
    """Products in categories below one at the top, and one in none."""
    database, token = shared_database
    empty(database, token)
    stock = [
        Item(
            "product",
            f"shop:{n}",
            one.title,
            "shop",
            f"h{n}",
            categories=(HOME, Named(f"home/{one.category.lower()}", one.category, (one.category,))),
        )
        for n, one in enumerate(titles(each=EACH, kinds=STOCKED))
    ]
    store(database, [*stock, Item("product", "shop:x", "acme tent dome", "shop", "hx")])
    return database


def test_the_tree_and_the_titles_are_read(shop):
    paths = category_paths(shop)

    assert [one.id for one in paths["home/desks"]] == ["home", "home/desks"]
    assert [one.id for one in paths["home"]] == ["home"]
    known = list(categorized_titles(shop))
    assert len(known) == 3 * EACH
    assert {one.category for one in known} == {"home/lanterns", "home/kettles", "home/desks"}


def test_it_learns_from_items_whose_category_a_catalog_says(shop, shelf):
    done = finetune(FinetuneSpec(name="categories", known=True), shop, shelf, notify=silent)

    assert (done.examples, done.promoted) == (3 * EACH, True)
    assert {"accuracy", "macro_f1", "ece"} <= set(done.metrics)
    loaded = loaded_categorizer(champion_of(shelf.registry, "categories"))
    found = categorize(loaded, lambda: None, [CategoryText("bolt kettle spout steam")])
    (kettle,) = found.results
    assert found.model == "categories@1"
    assert [one.id for one in kettle.path] == ["home", "home/kettles"]


def test_labels_of_a_file_are_found_in_the_tree_by_name(shop, shelf, tmp_path):
    path = write_offers(tmp_path / "offers.csv", titles(each=4, kinds=("Kettles", "Tents")))

    done = finetune(FinetuneSpec(name="categories", path=str(path)), shop, shelf, notify=silent)

    assert done.kept_back.endswith("learn from more examples")
    shelf.registry.promote("categories", "1")
    loaded = loaded_categorizer(champion_of(shelf.registry, "categories"))
    assert set(loaded.paths) == {"home/kettles", "tents"}


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("product_title,price\nkettle,1\n", OffersInvalid),
        ("product_title,category_label\n💡,Lamps\n", OffersInvalid),
        ("product_title,category_label\nkettle,Kettles\npot,Kettles\n", CategoriesTooFew),
        ("product_title,category_label\nkettle,>\n", OffersInvalid),
    ],
)
def test_a_file_that_teaches_nothing_leaves_nothing_behind(shop, shelf, tmp_path, text, error):
    path = tmp_path / "offers.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(error):
        finetune(FinetuneSpec(name="categories", path=str(path)), shop, shelf, notify=silent)

    assert champion_of(shelf.registry, "categories") is None


def test_before_anything_is_learnt_the_index_finds_items_with_the_same_words(shop):
    texts = ['zuvo kettle "steam" AND (spout', "leather gloves", "", "💡", "kettle " * 50_000]

    found = categorize(None, lambda: items_near(shop), [CategoryText(one) for one in texts])

    kettle, *others, long = found.results
    assert (kettle.category.id, long.category.id) == ("home/kettles", "home/kettles")
    assert all(one.unknown and one.category is None for one in others)
    assert found.notice
