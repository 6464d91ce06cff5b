"""A server asks itself first: about a product that is there, and never to its own harm."""

from functools import partial
from types import SimpleNamespace

import anyio
import pytest

from app.services import warming
from app.services.serving import ServingView
from app.services.warming import Warming, warm_up
from graph.errors import DatabaseUnavailable, QueryTimedOut

pytestmark = pytest.mark.anyio

DOWN = DatabaseUnavailable(uri="bolt://127.0.0.1:7687", reason="refused")


class Server:
    """Notes what it is asked; fails as often as it is told to."""

    def __init__(self, *, items=("acme:1",), failures=()):
        self.asked = []
        self._items = [SimpleNamespace(id=id, title=f"title of {id}") for id in items]
        self._failures = list(failures)

    def _note(self, *asked):
        self.asked.append(asked)
        if self._failures:
            raise self._failures.pop(0)

    async def list_products(self, query, *, limit, cursor):
        self._note("list")
        return SimpleNamespace(items=self._items[:limit])

    async def get(self, id):
        self._note("get", id)

    async def to_stored(self, id, wanted):
        self._note("similar", id)

    async def search(self, query, *, limit, cursor):
        self._note("search", query.q)


class Loading:
    """What is loaded once it has been looked at so often: names of the graph, or a model."""

    def __init__(self, server, *, looks=2):
        self._server = server
        self._looks = looks

    def begin(self):
        self._server.asked.append(("begin",))

    def predictor(self):
        self.begin()

    def is_loading(self):
        self._looks -= 1
        if self._looks == 0:
            self._server.asked.append(("loaded",))
        return self._looks > 0

    def view(self):
        return ServingView(None, "1", self.is_loading(), None)


class Clock:
    now_s = 0.0

    def __call__(self):
        return self.now_s


async def warmed(server, *, kept=(), models=()):
    await warm_up(server, server, server, server, kept=kept, models=models)
    return server.asked


async def test_what_storefronts_ask_is_asked_once_of_a_product_that_is_there():
    assert await warmed(Server()) == [
        ("list",),
        ("get", "acme:1"),
        ("similar", "acme:1"),
        ("similar", "acme:1"),
        ("search", "title of acme:1"),
    ]


async def test_models_are_loaded_before_items_are_compared_by_them_and_names_beside():
    server = Server()

    asked = await warmed(server, kept=[Loading(server)], models=[Loading(server)])

    assert [what for what, *_ in asked] == [
        "list", "begin", "begin", "loaded", "get", "similar", "similar", "search", "loaded"
    ]  # fmt: skip


async def test_an_empty_graph_is_asked_nothing_more():
    assert await warmed(Server(items=())) == [("list",)]


async def test_what_takes_too_long_at_first_is_asked_again():
    asked = await warmed(Server(failures=[QueryTimedOut(timeout_s=10.0)]))

    assert asked[:3] == [("list",), ("list",), ("get", "acme:1")]


async def test_a_graph_that_cannot_be_asked_yet_is_waited_for(monkeypatch):
    monkeypatch.setattr(warming, "_AGAIN_AFTER_S", 0.0)

    asked = await warmed(Server(failures=[DOWN, DOWN]))

    assert asked[:4] == [("list",), ("list",), ("list",), ("get", "acme:1")]


async def test_a_graph_that_goes_away_in_between_is_no_error_of_the_server():
    server = Server()
    failing = Server(failures=[DOWN] * 4)

    await warm_up(server, failing, failing, failing, kept=(), models=())

    assert len(failing.asked) == 4


async def test_it_is_awaited_for_so_long_at_most_from_when_it_is_first_asked_for():
    clock, released = Clock(), anyio.Event()
    under_way = Warming(released.wait, clock=clock, awaited_s=60)
    under_way.begin()

    clock.now_s = 1_000.0  # nobody has looked: the database was not there
    first = await under_way.state()
    clock.now_s += 59.0
    second = await under_way.state()
    clock.now_s += 1.0
    third = await under_way.state()
    released.set()
    await anyio.wait_all_tasks_blocked()

    assert (first, second, third, await under_way.state()) == ("awaited", "awaited", "late", "over")


async def test_it_is_awaited_for_longer_where_what_answers_are_made_of_is_missing():
    clock, missing = Clock(), [True]
    under_way = Warming(
        anyio.sleep_forever, clock=clock, awaited_s=60, missing=lambda: bool(missing)
    )
    under_way.begin()

    await under_way.state()
    clock.now_s += 600.0
    first = await under_way.state()
    missing.clear()
    second = await under_way.state()
    await under_way.end()

    assert (first, second) == ("awaited", "late")


async def test_one_that_never_began_is_not_awaited():
    assert await Warming(anyio.sleep_forever).state() == "over"


async def test_one_that_breaks_is_over_and_one_that_is_ended_too():
    async def breaks():
        raise RuntimeError("a defect")

    broken, ended = Warming(breaks), Warming(partial(anyio.sleep, 600))
    for one in (broken, ended):
        one.begin()
    await ended.end()
    await anyio.wait_all_tasks_blocked()

    assert (await broken.state(), await ended.state()) == ("over", "over")
    with pytest.raises(RuntimeError):
        broken._task.result()


class Losing:
    """A database that may be lost, and is there all the same when it is asked for."""

    def __init__(self):
        self.lost = 0
        self.warmed = 0
        self.starts = [1]

    async def started(self):
        if self.starts is None:
            raise DOWN
        return list(self.starts)

    async def work(self):
        self.warmed += 1


async def test_a_database_that_was_lost_is_warmed_up_again_once_when_it_is_back():
    database, clock = Losing(), Clock()
    under_way = Warming(database.work, lost=lambda: database.lost, clock=clock, awaited_s=60)
    under_way.begin()
    await anyio.wait_all_tasks_blocked()
    first = await under_way.state()

    database.lost += 5  # five requests have met one restart
    clock.now_s = 1_000.0
    back = [await under_way.state(), await under_way.state()]
    await anyio.wait_all_tasks_blocked()

    assert (first, back, await under_way.state()) == ("over", ["awaited", "awaited"], "over")
    assert database.warmed == 2


async def test_a_database_that_is_lost_while_it_is_warmed_up_is_warmed_up_again():
    database, released = Losing(), anyio.Event()

    async def work():
        await database.work()
        await released.wait()

    under_way = Warming(work, lost=lambda: database.lost)
    under_way.begin()
    await anyio.wait_all_tasks_blocked()
    database.lost += 1
    released.set()
    await anyio.wait_all_tasks_blocked()

    again = await under_way.state()
    await anyio.wait_all_tasks_blocked()

    assert (again, await under_way.state(), database.warmed) == ("awaited", "over", 2)


async def test_a_database_that_was_not_there_at_the_start_is_warmed_up_once():
    database = Losing()

    async def reached():
        database.lost += 7

    under_way = Warming(database.work, reached=reached, lost=lambda: database.lost)
    under_way.begin()
    await anyio.wait_all_tasks_blocked()

    assert (await under_way.state(), database.warmed) == ("over", 1)


@pytest.mark.parametrize(
    ("starts", "warmed"), [([1], 1), ([2], 2), ([1, 2], 2), (None, 2)],
    ids=["it ran on", "restarted", "another server", "it does not say"],
)  # fmt: skip
async def test_a_database_that_ran_on_while_connections_broke_is_still_warm(starts, warmed):
    database = Losing()
    under_way = Warming(database.work, lost=lambda: database.lost, started=database.started)
    under_way.begin()
    await anyio.wait_all_tasks_blocked()

    database.lost += 1
    database.starts = starts
    states = [await under_way.state() for _ in range(2)]
    await anyio.wait_all_tasks_blocked()

    assert states == ["over" if warmed == 1 else "awaited"] * 2
    assert (await under_way.state(), database.warmed) == ("over", warmed)


async def test_probes_at_the_same_time_warm_up_a_restarted_database_once():
    database = Losing()
    under_way = Warming(database.work, lost=lambda: database.lost, started=database.started)
    under_way.begin()
    await anyio.wait_all_tasks_blocked()

    database.lost, database.starts = 1, [2]
    async with anyio.create_task_group() as probes:
        for _ in range(3):
            probes.start_soon(under_way.state)
    await anyio.wait_all_tasks_blocked()

    assert database.warmed == 2
