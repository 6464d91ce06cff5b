"""One item, pages of many, and what stands around one; fake and real alike."""

import pytest

from graph.filters import Filter, OneOf, Term, bind, parse
from graph.records import Named
from graph.repositories.selection import select
from tests.fake_products import FakeProducts
from tests.fakes import FakeGraph
from tests.graph.repositories.stock import ACME, ITEMS, ONE, PARAMETERS

pytestmark = pytest.mark.anyio

N1, N2, S1, S2 = "north:1", "north:2", "south:1", "south:2 '\"` {} $id //"
M1, MX = "acme-one", "bolt-x"
EVERYTHING = [N1, N2, S1, S2, M1, MX]


async def ids(products, expression, *, kind=None, limit=50, after=None):
    bound = bind(parse(expression), PARAMETERS)
    page = await products.page(bound, kind=kind, limit=limit, after=after)
    return [item.id for item in page.items]


@pytest.mark.parametrize("id", EVERYTHING)
async def test_an_item_reads_as_it_was_written(reads, id):
    expected = await FakeProducts(FakeGraph(ITEMS, PARAMETERS)).get(id)

    view = await reads.products.get(id)

    assert view == expected


async def test_an_item_shows_where_each_fact_came_from(reads):
    view = await reads.products.get(N1)

    ram = view.facts[1]
    assert (ram.name, ram.number, ram.unit, ram.evidence) == ("RAM", 8.0, "GB", "Ram")
    assert (ram.origin, ram.source, ram.run) == ("catalog", "north", "run-1")
    assert view.brand == ACME
    assert view.model == ONE
    assert [category.name for category in view.category] == ["Electronics", "Phones", "Smart"]


@pytest.mark.parametrize("id", ["", "north", "north:3", "' OR 1=1 //", "x" * 10_000, "\x00"])
async def test_an_id_that_nobody_has_is_none(reads, id):
    assert await reads.products.get(id) is None


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", EVERYTHING),
        ("brand:acme", [N1, N2, M1]),
        ("brand:acme,bolt", [N1, N2, S1, M1]),
        ("-brand:acme", [S1, S2, MX]),
        ("has:brand", [N1, N2, S1, M1]),
        ("-has:brand", [S2, MX]),
        ("category:electronics", [N1, N2, M1]),
        ("category:electronics/phones", [N1, N2, M1]),
        ("category:electronics/phones/smart", [N1, M1]),
        ("category:tools,electronics/phones/smart", [N1, S1, M1]),
        ("category:electronics,electronics/phones", [N1, N2, M1]),
        ("category:nothing", []),
        ("-category:electronics/phones/smart", [N2, S1, S2, MX]),
        ("category:electronics -category:electronics/phones/smart", [N2]),
        ("category:electronics category:electronics/phones/smart", [N1, M1]),
        ("brand:acme category:tools", []),
        ("model:acme-one", [N1, N2, M1]),
        ("-model:acme-one", [S1, S2, MX]),
        ("source:north", [N1, N2]),
        ("source:specs", [M1]),
        ("source:south,specs", [S1, S2, M1]),
        ("-source:north", [S1, S2, M1, MX]),
        ("has:source", [N1, N2, S1, S2, M1]),
        ("price:100..500", [N1, S1]),
        ("price:500", [N1]),
        ("price>500", [N2]),
        ("price<500", [S1]),
        ("-price>=500", [S1, S2, M1, MX]),
        ("has:price", [N1, N2, S1]),
        ("in_stock:yes", [N1]),
        ("in_stock:no", [N2]),
        ("-in_stock:no", [N1, S1, S2, M1, MX]),
        ("has:in_stock", [N1, N2]),
        ("currency:cny", [N2]),
        ("-currency:EUR", [N2, S2, M1, MX]),
        ("price<=500 currency:EUR,USD", [N1, S1]),
        ("has:currency", [N1, N2, S1]),
        ("gtin:4006381333931", [N1]),
        ("language:zh", [N2]),
        ("language:en,zh", [N1, N2]),
        ("-language:en", [N2, S1, S2, M1, MX]),
        ("id:north:1,acme-one", [N1, M1]),
        ("-id:north:1", [N2, S1, S2, M1, MX]),
        ('id:"south:2 \'\\"` {} $id //"', [S2]),
        ("kind:model", [M1, MX]),
        ("-kind:model", [N1, N2, S1, S2]),
        ("kind:model kind:product", []),
        # A product that says nothing of a parameter has what its model has.
        ("display>=6.5in", [N2]),
        ("display<6.5in", [N1, M1]),
        ("display:6..7", [N1, N2, M1]),
        ("display>6.1in", [N2]),
        ("display:15.494cm", [N1, M1]),
        ("屏幕>=6.5", [N2]),
        ("ram:8GB", [N1, M1]),
        ("ram:8GB,12GB", [N1, N2, M1]),
        ("-ram:8GB", [N2, S1, S2, MX]),
        ("colour:black", [N1, N2]),
        ("colour:黑色", []),
        ("nfc:yes", [N1, N2, M1]),
        ("nfc:no", [S1]),
        ("has:nfc", [N1, N2, S1, M1]),
        ("-has:nfc", [S2, MX]),
        ("has:display -display:6.1in", [N2]),
        ("nfc:yes ram:8GB brand:acme", [N1, M1]),
        ("nfc:yes brand:bolt", []),
        ('brand:"x\'}) DETACH DELETE n //"', []),
    ],
)
async def test_a_filter_lets_pass_what_it_says(reads, expression, expected):
    assert await ids(reads.products, expression) == expected


@pytest.mark.parametrize("expression", ["", "brand:acme,bolt", "nfc:yes,no", "price>=100"])
@pytest.mark.parametrize("kind", [None, "product", "model"])
async def test_pages_of_one_make_the_whole_list(reads, expression, kind):
    bound = bind(parse(expression), PARAMETERS)
    whole = await ids(reads.products, expression, kind=kind)

    seen, after = [], None
    while True:
        page = await reads.products.page(bound, kind=kind, limit=1, after=after)
        seen += [item.id for item in page.items]
        after = page.next
        if after is None:
            break

    assert seen == whole


async def test_a_page_ends_between_the_kinds(reads):
    page = await reads.products.page(Filter(), kind=None, limit=4, after=None)

    assert page.next == ("product", S2)
    rest = await reads.products.page(Filter(), kind=None, limit=4, after=page.next)
    assert [item.id for item in rest.items] == [M1, MX]
    assert rest.next is None


async def test_a_cursor_behind_everything_is_an_empty_page(reads):
    page = await reads.products.page(Filter(), kind=None, limit=4, after=("model", "zzz"))

    assert (page.items, page.next) == ((), None)


async def test_a_page_shows_items_as_lists_do(reads):
    page = await reads.products.page(Filter(), kind="product", limit=1, after=None)

    (item,) = page.items
    assert (item.kind, item.id, item.title) == ("product", N1, "Acme One 8GB black")
    assert item.brand == ACME
    assert item.category == Named("electronics/phones/smart", "Smart", ("Smart",))
    assert (item.price, item.currency, item.in_stock, item.source) == (500.0, "EUR", True, "north")


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("id", [N1, S1, M1, MX, S2])
async def test_the_neighbourhood_is_the_graph_around_an_item(reads, id, depth):
    expected = await FakeProducts(FakeGraph(ITEMS, PARAMETERS)).neighbourhood(
        id, depth=depth, limit=200
    )

    found = await reads.products.neighbourhood(id, depth=depth, limit=200)

    assert found.nodes[0].id == id
    assert set(found.nodes) == set(expected.nodes)
    assert _named_edges(found) == _named_edges(expected)
    assert not found.truncated


@pytest.mark.parametrize("limit", [1, 2, 5])
async def test_a_neighbourhood_keeps_to_its_limit_and_says_so(reads, limit):
    found = await reads.products.neighbourhood(N1, depth=2, limit=limit)

    assert len(found.nodes) == limit
    assert found.nodes[0].id == N1
    assert found.truncated
    assert all(max(edge.source, edge.target) < limit for edge in found.edges)


async def test_nothing_stands_around_what_is_not_there(reads):
    assert await reads.products.neighbourhood("nobody", depth=1, limit=10) is None


def test_one_of_keeps_its_values_out_of_the_query():
    evil = "'}) DETACH DELETE n //"
    filter = Filter(
        (Term("brand", OneOf((evil,))), Term(evil, OneOf((evil,))), Term("id", OneOf((evil,))))
    )

    selection = select(filter, "product", from_index=False)

    assert evil not in selection.predicate
    assert [evil] in selection.parameters.values()


def _named_edges(found):
    names = [(node.label, node.id) for node in found.nodes]
    return {(edge.type, names[edge.source], names[edge.target]) for edge in found.edges}
