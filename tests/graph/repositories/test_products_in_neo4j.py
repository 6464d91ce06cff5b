"""What only a real Neo4j can show of reading items: plans, and graphs that no import writes."""

import pytest

from graph.errors import FilterInvalid
from graph.filters import Filter, Quantity, Range, Term, bind, parse
from graph.repositories import products, stats, vocabulary
from graph.repositories.products import Products
from graph.repositories.seeding import Reaches
from graph.repositories.selection import select
from tests.graph.repositories.conftest import plan, store
from tests.graph.repositories.stock import PARAMETERS

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

N1, N2 = "north:1", "north:2"


async def ids(products, expression):
    page = await products.page(bind(parse(expression), PARAMETERS), kind=None, limit=9, after=None)
    return [item.id for item in page.items]


async def test_a_rejected_fact_is_not_shown_and_does_not_match(database, async_database):
    store(database)
    database.write(
        "MATCH (:Product {id: $id})-[r:HAS_PARAMETER|MADE_BY]->() SET r.status = 'rejected'", id=N1
    )
    products = Products(async_database)

    view = await products.get(N1)

    assert (view.facts, view.brand) == ((), None)
    assert await ids(products, "colour:black") == [N2]


async def test_a_circle_of_categories_ends(database, async_database):
    store(database)
    database.write(
        "MATCH (top:Category {id: 'electronics'}), (leaf:Category {id: $leaf}) "
        "MERGE (top)-[:SUBCATEGORY_OF]->(leaf)",
        leaf="electronics/phones/smart",
    )
    products = Products(async_database)

    view = await products.get(N1)

    assert view.category[-1].id == "electronics/phones/smart"
    assert N1 in await ids(products, "category:electronics")


async def test_a_comparison_that_makes_no_sense_is_refused(async_database):
    nonsense = Filter((Term("brand", Range(Quantity(1.0), None), position=7),))

    with pytest.raises(FilterInvalid) as refused:
        await Products(async_database).page(nonsense, kind=None, limit=1, after=None)

    assert refused.value.position == 7


@pytest.mark.parametrize(
    ("expression", "operators"),
    [
        ("", {"NodeUniqueIndexSeekByRange"}),
        ("brand:acme", {"NodeIndexSeek"}),
        ("category:tools", {"NodeIndexSeek"}),
        ("model:acme-one", {"NodeIndexSeek"}),
        ("source:north", {"NodeIndexSeek"}),
        ("brand:acme -ram:8GB display>=6in", {"NodeIndexSeek"}),
    ],
)
async def test_a_page_is_read_from_an_index_in_its_order(database, expression, operators):
    selection = select(bind(parse(expression), PARAMETERS), "product")

    names = plan(
        database.connection,
        selection.walk + " RETURN n.id AS id",
        {**selection.parameters, "after": "", "limit": 10},
    )

    assert operators <= names
    assert not names & {"AllNodesScan", "NodeByLabelScan", "Sort"}


@pytest.mark.parametrize(
    ("of_seeds", "walked", "seed"),
    [
        ((300,), 100_000, 0),  # a walk would pass 3,300 items to find ten
        ((30_000,), 100_000, None),  # a walk finds ten in 34
        ((3_000, 30_000, 2_000), 100_000, 2),  # each has many, and all of them hardly any
        ((300,), 200, None),  # of a small brand
        ((0, 30_000), 100_000, 0),
    ],
)
def test_a_page_begins_where_the_fewest_items_are_passed(of_seeds, walked, seed):
    reached = Reaches(of_seeds, walked, items=100_000)

    assert (reached.seed if reached.is_shorter_than_walk(10) else None) == seed


async def test_what_a_walk_would_pass_is_counted_by_degrees(database):
    store(database)
    counted = {}
    for expression in ("brand:acme", "category:electronics", "model:acme-one"):
        selection = select(bind(parse(expression), PARAMETERS), "product")
        query = f"CALL () {{ {selection.start_items} AS walked }} RETURN walked"
        counted[expression] = database.read(query, **selection.parameters)[0]["walked"]

    assert counted == {"brand:acme": 3, "category:electronics": 3, "model:acme-one": 2}


@pytest.mark.parametrize("language", ["CYPHER 5", "CYPHER 25"])
def test_every_query_reads_alike_in_both_languages(database, language):
    whole = [
        text
        for module in (products, vocabulary, stats)
        for name, text in vars(module).items()
        if name.isupper() and isinstance(text, str) and not name.startswith("_")
        if "RETURN" in text  # others are beginnings
    ]
    # The others are joined with the clauses of a filter; `test_products` runs them.
    queries = [text for text in whole if not {"{seed}", "{predicate}"} & set(text.split())]

    for query in queries:
        assert (
            database.table(
                f"{language} EXPLAIN {query}",
                {"id": "", "after": "", "limit": 1, "depth": 1, "fan": 1},
                timeout_s=60,
                limit=1,
            ).rows
            == ()
        )

    assert len(queries) >= 6
