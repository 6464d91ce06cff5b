"""Lists of products: brands under any of their names."""

import pytest

from app.services.browsing import Browsing, ProductQuery
from graph.ingest.items import ItemDraft, build_item
from graph.ingest.linking import BrandNames
from graph.records import Named
from tests.fake_conflicts import FakeConflicts
from tests.fake_history import FakeHistory
from tests.fake_products import FakeProducts
from tests.fake_vocabulary import FakeVocabulary
from tests.fakes import FakeGraph

pytestmark = pytest.mark.anyio

ACME = Named(id="acme", name="Acme", names=("Acme", "爱克米"))


@pytest.fixture
def browsing():
    def item(sku, brand, path):
        draft = ItemDraft(source="shop", sku=sku, title=f"Lamp {sku}", brand=brand, category=path)
        return build_item(draft, {}, BrandNames([ACME]))

    items = [
        item("1", "爱克米", "Home > Desk lamps"),
        item("2", "Acme", "Garden > Desk lamps"),
        item("3", "Other", "Garden > Lanterns"),
    ]
    graph = FakeGraph(items, {})
    vocabulary = FakeVocabulary(graph)
    return Browsing(
        FakeProducts(graph),
        vocabulary,
        history=FakeHistory(graph),
        conflicts=FakeConflicts(graph),
        page_items_max=10,
    )


@pytest.mark.parametrize(
    "query",
    [
        ProductQuery(brand="爱克米"),
        ProductQuery(brand="ACME"),
        ProductQuery(filter="brand:爱克米"),
        ProductQuery(filter="-brand:other"),
    ],
)
async def test_a_brand_is_found_under_any_of_its_names(browsing, query):
    page = await browsing.list_products(query, limit=10, cursor=None)

    assert [item.id for item in page.items] == ["shop:1", "shop:2"]


async def test_a_brand_that_nobody_knows_finds_nothing(browsing):
    page = await browsing.list_products(ProductQuery(brand="none"), limit=10, cursor=None)

    assert page.items == ()


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("home/desk-lamps", ["shop:1"]),
        ("Home > Desk lamps", ["shop:1"]),
        ("desk lamps", ["shop:1", "shop:2"]),
        ("LANTERNS", ["shop:3"]),
        ("garden", ["shop:2", "shop:3"]),
        ("none", []),
    ],
)
async def test_a_category_is_found_by_id_by_path_and_by_name(browsing, named, found):
    for query in (ProductQuery(category=named), ProductQuery(filter=f'category:"{named}"')):
        page = await browsing.list_products(query, limit=10, cursor=None)

        assert [item.id for item in page.items] == found


@pytest.mark.parametrize(
    ("query", "says"),
    [
        (ProductQuery(brand="acmee"), "'acmee' as `brand`; did you mean Acme?"),
        (ProductQuery(category="Gardn"), "'gardn' as `category`; did you mean Garden?"),
        (ProductQuery(filter="brand:acmee"), "'acmee' as brand of `filter`; did you mean Acme?"),
        (
            ProductQuery(filter="brand:acmee", brand="acme"),
            "'acmee' as brand of `filter`; did you mean Acme?",
        ),
        (
            ProductQuery(filter="price>5", brand="acmee", category="garden"),
            "'acmee' as `brand`; did you mean Acme?",
        ),
        (ProductQuery(filter="source:shpo"), "'shpo' as source of `filter`; did you mean shop?"),
        (ProductQuery(filter="model:nobody"), "'nobody' as model of `filter`"),
        (ProductQuery(filter="source:shop price>5"), None),
        (ProductQuery(filter="id:shop:77"), None),
    ],
)
async def test_an_empty_list_tells_what_the_graph_has_no_name_for(browsing, query, says):
    page = await browsing.list_products(query, limit=10, cursor=None)

    assert page.items == ()
    assert page.notice == (says and f"nothing is called {says}")
