"""What shoppers did, alike in memory and in Neo4j; and what only Neo4j can show."""

from datetime import UTC, datetime

import pytest

from graph.client import AsyncDatabase
from graph.filters import bind, parse
from graph.ingest.events import Event, Refusal, read_event
from graph.repositories import behaviour
from graph.repositories.recommending import Recommendable
from graph.repositories.searched import searched
from tests.conftest import empty
from tests.fake_behaviour import FakeBehaviour
from tests.fakes import FakeGraph
from tests.graph.repositories.conftest import plan, store
from tests.graph.repositories.stock import ITEMS, PARAMETERS

pytestmark = pytest.mark.anyio

NOW = datetime(2025, 6, 1, tzinfo=UTC)
N1, N2, S1 = "north:1", "north:2", "south:1"
ALL = bind(parse(""), {})
PAIRS = "MATCH (a)-[w:BOUGHT_WITH]->(b) RETURN a.id AS a, b.id AS b, w.count AS count"


def event(shopper, item, kind="bought", at="2025-05-01T10:00:00Z", **more) -> Event:
    found = read_event({"shopper": shopper, "item": item, "kind": kind, "at": at, **more}, NOW)
    assert isinstance(found, Event)
    return found


EVENTS = [
    event("ann", N1),
    event("ann", N2, at="2025-05-02T10:00:00Z"),
    event("ann", N2, at="2025-05-02T10:00:00Z"),
    event("bob", N2),
    event("bob", N1, at="2025-05-03T10:00:00Z"),
    event("bob", S1, "viewed", at="2025-05-04T10:00:00Z"),
    event("bob", "north:404"),
]


class Real:
    """The repository, with the methods of the fake."""

    def __init__(self, database):
        self._database = database

    def store(self, events):
        return behaviour.store_events(self._database, events)

    def delete(self, shopper):
        return behaviour.delete_shopper(self._database, shopper)

    def pairs(self):
        return {(row["a"], row["b"]): row["count"] for row in self._database.read(PAIRS)}


@pytest.fixture(scope="module")
def catalog(shared_database):
    database, token = shared_database
    empty(database, token)
    store(database)
    return database


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.neo4j)])
async def both(request, anyio_backend):
    """What writes, and what reads it; no shopper is there yet."""
    if request.param == "fake":
        fake = FakeBehaviour(FakeGraph(ITEMS, PARAMETERS))
        yield fake, fake
        return
    database = request.getfixturevalue("catalog")
    database.write("MATCH (s:Shopper) DETACH DELETE s")
    database.write("MATCH ()-[w:BOUGHT_WITH]->() DELETE w")
    database.write("MATCH (p:Product) REMOVE p.buyers")
    async with AsyncDatabase(database.connection) as opened:
        yield Real(database), Recommendable(opened)


async def test_events_are_stored_once_and_those_of_unknown_items_refused(both):
    writes, reads = both

    first, again = writes.store(EVENTS), writes.store(EVENTS)

    assert first.outcomes[:6] == ("stored", "stored", "known", "stored", "stored", "stored")
    assert again.outcomes[:6] == ("known",) * 6
    assert isinstance(first.outcomes[6], Refusal)
    assert await reads.history("ann") == [N1, N2]
    assert await reads.history("bob") == [N2, N1, S1]
    assert await reads.history("eve") == []


async def test_pairs_count_shoppers_and_not_purchases(both):
    writes, _ = both

    writes.store(EVENTS)
    writes.store([event("ann", N2, at="2025-05-09T10:00:00Z")])

    assert dict(writes.pairs()) == {(N1, N2): 2}


async def test_a_forgotten_shopper_counts_no_longer(both):
    writes, reads = both
    writes.store(EVENTS)

    assert writes.delete("bob") == 3
    assert writes.delete("bob") is None

    assert dict(writes.pairs()) == {(N1, N2): 1}
    assert await reads.history("bob") == []
    assert [one.shoppers for one in await reads.popular([], ALL, 5)] == [1, 1]


async def test_what_was_bought_together_passes_the_filter(both):
    writes, reads = both
    writes.store(EVENTS)

    found = await reads.bought_with([N1], ALL, 5)
    none = await reads.bought_with([N1], bind(parse("source:south"), {}), 5)

    assert [(one.summary.id, one.score, one.together[0].shoppers) for one in found] == [
        (N2, pytest.approx(2 / 7), 2)
    ]
    assert none == []


async def test_what_several_bought_together_comes_before_what_one_did_by_chance(both):
    writes, reads = both
    often = [event(f"s{at}", N2) for at in range(12)]
    both_of_them = [event(f"s{at}", N1) for at in range(3)]
    writes.store([*often, *both_of_them, event("s0", S1)])

    found = await reads.bought_with([N1], ALL, 5)

    assert [(one.summary.id, one.together[0].shoppers) for one in found] == [(N2, 3), (S1, 1)]


async def test_popular_items_come_with_their_buyers(both):
    writes, reads = both
    writes.store(EVENTS)

    found = await reads.popular([N1], ALL, 5)

    assert [(one.summary.id, one.shoppers) for one in found] == [(N2, 2)]


async def test_what_speaks_for_an_item_is_told(both):
    writes, reads = both
    writes.store(EVENTS)

    found = await reads.speaking_for([N1], [N2])

    assert (found[N1].together[0].item, found[N1].together[0].shoppers) == (N2, 2)


async def test_odd_names_are_names(both):
    writes, reads = both
    odd = ["'}) DETACH DELETE s //", "$shopper", "a\x00b", "`", "\\", "}", "💡" * 60]

    found = writes.store([event(name, N1) for name in odd] + [event("ann", name) for name in odd])

    assert found.outcomes[: len(odd)] == ("stored",) * len(odd)
    assert all(isinstance(one, Refusal) for one in found.outcomes[len(odd) :])
    assert await reads.history(odd[0]) == [N1]
    assert [writes.delete(name) for name in odd] == [1] * len(odd)


@pytest.mark.neo4j
def test_neo4j_lists_the_newest_products_out_of_an_index(catalog):
    found = behaviour.newest_products(catalog, 2)

    assert list(found) == [N1, N2]  # all came at the same time
    assert all(since.startswith("20") for since in found.values())
    operators = plan(catalog.connection, behaviour.NEWEST, {"limit": 2})
    assert not {"NodeByLabelScan", "AllNodesScan"} & operators


@pytest.mark.neo4j
def test_neo4j_knows_the_same_of_some_products_as_of_all(catalog):
    whole = dict(behaviour.attributes(catalog))

    some = behaviour.attributes_of(catalog, [N2, S1, "north:404"])

    assert some == {N2: whole[N2], S1: whole[S1]}
    assert {"brand:acme", "category:electronics/phones", "model:acme-one"} < set(some[N2])


@pytest.mark.neo4j
def test_neo4j_knows_whether_a_product_was_written_since(catalog):
    assert behaviour.products_changed(catalog, "2000-01-01T00:00:00Z")
    assert not behaviour.products_changed(catalog, "2999-01-01T00:00:00Z")


@pytest.mark.neo4j
def test_old_events_of_a_shopper_are_forgotten_with_their_pairs(database, monkeypatch):
    database.write("UNWIND range(1, 6) AS i CREATE (:Product {id: 'x:' + i, title: 'X'})")
    monkeypatch.setattr(behaviour, "BOUGHT_KEPT", 2)
    monkeypatch.setattr(behaviour, "VIEWS_KEPT", 1)
    events = [event("ann", f"x:{day}", at=f"2025-05-0{day}") for day in range(1, 5)]
    views = [event("ann", f"x:{day}", "viewed", at=f"2025-05-0{day}") for day in (5, 6)]

    behaviour.store_events(database, events + views)

    assert Real(database).pairs() == {("x:3", "x:4"): 1}
    assert list(behaviour.histories(database)) == [("ann", ["x:3", "x:4", "x:6"])]
    buyers = database.read("MATCH (p:Product) WHERE p.buyers > 0 RETURN p.id AS id ORDER BY id")
    assert [row["id"] for row in buyers] == ["x:3", "x:4"]


@pytest.mark.neo4j
def test_learning_reads_histories_and_what_is_known_of_items(database):
    store(database)
    behaviour.store_events(database, EVENTS)

    histories = dict(behaviour.histories(database))
    known = dict(behaviour.attributes(database))

    assert histories == {"ann": [N1, N2], "bob": [N2, N1, S1]}
    assert any(one.startswith("brand:") for one in known[N1])
    assert any("=" in one for one in known[N1])


@pytest.mark.neo4j
def test_searches_lead_to_what_was_bought_or_viewed_by_several(database):
    store(database)
    asked = [
        event("ann", N1, query=" black one "),
        event("ann", N2, "viewed", query="black one"),
        event("bob", N2, "viewed", query="black one"),
        event("bob", S1, "viewed", query="black one"),
        event("bob", N2),
    ]

    behaviour.store_events(database, asked)

    found = [(one.query, one.item, one.bought) for one in searched(database)]
    assert found == [("black one", N1, True), ("black one", N2, False)]
    assert searched(database)[0].title == "Acme One 8GB black"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"item": N1, "kind": "bought"}, "shopper_invalid"),
        ({"shopper": "a" * 201, "item": N1, "kind": "bought"}, "shopper_invalid"),
        ({"shopper": "a", "kind": "bought"}, "item_invalid"),
        ({"shopper": "a", "item": N1, "kind": "rented"}, "kind_invalid"),
        ({"shopper": "a", "item": N1, "kind": "bought", "at": "yesterday"}, "time_invalid"),
        ({"shopper": "a", "item": N1, "kind": "bought", "at": "2025-06-09"}, "time_invalid"),
        ({"shopper": "a", "item": N1, "kind": "bought", "at": "1889-01-01"}, "time_invalid"),
        (
            {"shopper": "a", "item": N1, "kind": "bought", "at": "0001-01-01T00:00:00+09:00"},
            "time_invalid",
        ),
        ({"shopper": "a", "item": N1, "kind": "bought", "id": "i" * 201}, "id_invalid"),
        ({"shopper": "a", "item": N1, "kind": "viewed", "query": "q" * 501}, "query_invalid"),
    ],
)
def test_what_is_no_event_says_why(row, code):
    found = read_event(row, NOW)

    assert isinstance(found, Refusal)
    assert found.code == code
