"""Products that no source lists any more: not in lists, found by id; fake and real alike."""

import pytest

from graph.filters import bind, parse
from tests.graph.repositories.changes import LATER
from tests.graph.repositories.stock import PARAMETERS

pytestmark = pytest.mark.anyio

N1, N2, S2, M1 = "north:1", "north:2", "south:2 '\"` {} $id //", "acme-one"
CLOSED = ["south:1", "bolt-x"]


async def ids(products, expression, **asked):
    bound = bind(parse(expression), PARAMETERS)
    page = await products.page(bound, **{"kind": None, "limit": 50, "after": None, **asked})
    return [item.id for item in page.items]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", [N1, N2, S2, M1]),
        ("closed:no", [N1, N2, S2, M1]),
        ("-closed:yes", [N1, N2, S2, M1]),
        ("-has:closed", [N1, N2, S2, M1]),
        ("closed:yes", CLOSED),
        ("-closed:no", CLOSED),
        ("has:closed", CLOSED),
        ("closed:yes closed:no", []),
        ("brand:bolt", []),
        ("brand:bolt closed:yes", ["south:1"]),
        ("category:tools closed:yes", ["south:1"]),
        ("source:south", [S2]),
        ("source:south closed:yes", ["south:1"]),
        ("model:bolt-x closed:yes", CLOSED),
        ("-brand:acme", [S2]),
        ("in_stock:no", [N2]),
        ("ram:8GB", [N1, M1]),
        ("ram:8GB closed:yes", ["south:1"]),
        ("kind:model closed:yes", ["bolt-x"]),
        ("id:south:1", []),
    ],
)
async def test_lists_show_what_is_closed_only_when_asked(changed, expression, expected):
    assert await ids(changed.products, expression) == expected


async def test_pages_of_one_leave_out_the_closed_ones(changed):
    assert await ids(changed.products, "", limit=1, after=("product", N2)) == [S2]


@pytest.mark.parametrize("id", CLOSED)
async def test_a_closed_item_is_still_found_by_its_id(changed, id):
    view = await changed.products.get(id)

    assert view.closed_at == LATER


async def test_an_open_item_says_that_it_is_not_closed(changed):
    view = await changed.products.get(N1)
    page = await changed.products.page(bind(parse(""), {}), kind=None, limit=1, after=None)

    assert view.closed_at is None
    assert page.items[0].closed_at is None


async def test_a_list_of_closed_items_says_since_when(changed):
    page = await changed.products.page(
        bind(parse("closed:yes"), {}), kind=None, limit=9, after=None
    )

    assert [item.closed_at for item in page.items] == [LATER, LATER]


async def test_a_product_shows_which_of_its_facts_count(changed):
    model = await changed.products.get(M1)
    product = await changed.products.get(N1)

    assert [fact.value for fact in model.facts if not fact.preferred] == ["nfc=yes", "ram=8GB"]
    # What is only proposed stands below what is accepted.
    assert [fact.value for fact in product.facts if not fact.preferred] == [
        "colour=white",
        "ram=12GB",
    ]


async def test_the_configured_order_of_catalogs_settles_the_facts_of_a_product(changed):
    model = await changed.settled(("specs",)).products.get(M1)

    assert [fact.value for fact in model.facts if not fact.preferred] == ["nfc=yes", "ram=12GB"]
