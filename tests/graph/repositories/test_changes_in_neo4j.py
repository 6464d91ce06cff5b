"""What only a real Neo4j can show of reading changes: odd graphs, and both Cypher languages."""

import pytest

from graph.repositories.conflicts import CONFLICTS, END_OF_WINDOW, Conflicts
from graph.repositories.history import HISTORY, History
from tests.graph.repositories import changes
from tests.graph.repositories.conftest import store

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

N1 = "north:1"
OF_PRODUCTS = [query.format(label="Product") for query in (CONFLICTS, END_OF_WINDOW)]


@pytest.fixture
def changed_graph(database):
    store(database, changes.ITEMS)
    changes.change(database)
    return database


async def whole_history(database, id, limit):
    seen, after = [], None
    while True:
        page = await History(database).page(id, parameter=None, limit=limit, after=after)
        seen += page.events
        after = page.next
        if after is None:
            return seen


async def test_a_time_of_another_zone_is_told_in_utc_and_pages_go_on(changed_graph, async_database):
    changed_graph.write(
        "CREATE (:Observation {product: $id, price: 1.0, "
        "at: datetime('2025-03-01T12:00:00.123456789[Europe/Berlin]')})",
        id=N1,
    )

    seen = await whole_history(async_database, N1, 1)

    assert seen == await whole_history(async_database, N1, 50)
    assert "2025-03-01T11:00:00.123456789Z" in [event.at for event in seen]


async def test_many_events_of_one_moment_are_told_once_each(changed_graph, async_database):
    changed_graph.write(
        "UNWIND range(1, 40) AS price CREATE (:Observation {product: $id, price: price, run: 'r', "
        "at: datetime('2025-03-05T00:00:00Z')})",
        id=N1,
    )

    seen = await whole_history(async_database, N1, 7)

    assert len(seen) == len(set(seen)) == 40 + 9


async def test_a_fact_without_a_time_is_left_out_of_history(changed_graph, async_database):
    changed_graph.write("MATCH (:Product {id: $id})-[r]->(:Value) REMOVE r.valid_from", id=N1)

    seen = await whole_history(async_database, N1, 50)

    assert [event.kind for event in seen] == ["observed", "fact_ended", "observed"]


async def test_what_was_settled_at_its_sources_is_no_conflict(changed_graph, async_database):
    changed_graph.write("MATCH (n:Product {id: $id}) REMOVE n.contested", id=N1)
    changed_graph.write(
        "MATCH (:Model {id: 'acme-one'})-[r:HAS_PARAMETER {source: 'maker'}]->(:Value) DELETE r"
    )

    page = await Conflicts(async_database).page(
        parameter=None, source=None, kind=None, limit=9, after=None
    )

    # The mark of the model stands; what it marked is looked at again.
    assert [(one.id, one.parameter) for one in page.conflicts] == [("acme-one", "nfc")]


@pytest.mark.parametrize("asked", [{}, {"parameter": "ram"}, {"source": "nobody"}])
async def test_a_page_looks_at_few_items_and_says_where_to_go_on(
    changed_graph, async_database, asked
):
    wanted = {"parameter": None, "source": None, "kind": None, "limit": 2, **asked}
    whole = await Conflicts(async_database).page(**{**wanted, "limit": 9}, after=None)
    changed_graph.write("UNWIND range(1, 5) AS i CREATE (:Product {id: 'a' + i, contested: true})")
    conflicts = Conflicts(async_database, window_items=1)

    seen, pages, after = [], 0, None
    while True:
        page = await conflicts.page(**wanted, after=after)
        seen += page.conflicts
        pages += 1
        after = page.next
        if after is None:
            break

    assert tuple(seen) == whole.conflicts
    assert pages > 5


@pytest.mark.parametrize("language", ["CYPHER 5", "CYPHER 25"])
@pytest.mark.parametrize("query", [HISTORY, *OF_PRODUCTS])
def test_every_query_reads_alike_in_both_languages(database, language, query):
    place = {"id": "", "after": "", "at": changes.NOW, "key": "", "window": 1}
    asked = {**place, "parameter": None, "source": None}

    plan = database.table(
        f"{language} EXPLAIN {query}",
        {**asked, "limit": 1},
        timeout_s=60,
        limit=1,
    )

    assert plan.rows == ()
