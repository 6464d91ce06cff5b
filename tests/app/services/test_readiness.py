"""Readiness: what is not ready is named, with what to do about it."""

import pytest

from app.errors import NotReady
from app.services.readiness import Readiness
from app.services.serving import ServingView
from graph.errors import (
    DatabaseNotFound,
    DatabaseRefusedLogin,
    DatabaseTooOld,
    DatabaseUnavailable,
    QueryTimedOut,
)
from graph.migrate import IndexState, MigrationStatus
from graph.schema import INDEXES
from graph.space import require_space
from tests.full_disk import Disk

pytestmark = pytest.mark.anyio

CURRENT = MigrationStatus(current="0001", pending=(), changed=(), unknown=())


def online(name, state="ONLINE", percent=100.0):
    return IndexState(
        name=name,
        kind="RANGE",
        labels=(),
        properties=(),
        state=state,
        population_percent=percent,
        failure="",
    )


ALL_ONLINE = [online(index.name) for index in INDEXES]


def readiness(
    *, error=None, status=CURRENT, indexes=ALL_ONLINE, warming="over", data=None, **serving
):
    async def verify():
        if error:
            raise error

    async def migrations():
        return status

    async def states():
        return indexes

    async def warmth():
        return warming

    return Readiness(
        verify=verify,
        migrations=migrations,
        indexes=states,
        models=lambda: serving,
        warming=warmth,
        space=lambda: require_space(data),
    )


async def not_ready(checked):
    with pytest.raises(NotReady) as caught:
        await checked.check()
    return caught.value.parts


async def test_with_database_migrations_and_indexes_it_is_ready():
    assert await readiness().check() == {}


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        (DatabaseUnavailable(uri="bolt://db:7687", reason="refused"), "catalograph up"),
        (DatabaseRefusedLogin(uri="bolt://db:7687", username="neo4j"), "NEO4J_PASSWORD"),
        (DatabaseTooOld(uri="bolt://db:7687", version="5.1", needed="2026.02"), "too old"),
        (DatabaseNotFound(uri="bolt://db:7687", database="shop"), "NEO4J_DATABASE"),
        (QueryTimedOut(timeout_s=2), "too slowly"),
    ],
)
async def test_a_database_that_fails_is_named_without_its_address(error, remedy):
    parts = await not_ready(readiness(error=error))

    assert remedy in parts["database"]
    assert "db:7687" not in parts["database"]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (MigrationStatus(None, ("0001", "0002"), (), ()), "catalograph migrate"),
        (MigrationStatus("0001", (), ("0001",), ()), "restore the file"),
        (MigrationStatus("0009", (), (), ("0009",)), "upgrade"),
    ],
)
async def test_migrations_that_differ_are_named(status, remedy):
    parts = await not_ready(readiness(status=status))

    assert remedy in parts["migrations"]


@pytest.mark.parametrize(
    ("indexes", "says"),
    [
        (ALL_ONLINE[1:], f"{INDEXES[0].name} missing"),
        ([online(INDEXES[0].name, "POPULATING", 40.0), *ALL_ONLINE[1:]], "40 %"),
        ([online(INDEXES[0].name, "FAILED"), *ALL_ONLINE[1:]], "failed"),
    ],
)
async def test_indexes_that_are_not_online_are_named(indexes, says):
    parts = await not_ready(readiness(indexes=indexes))

    assert says in parts["indexes"]


async def test_all_that_is_not_ready_is_told_at_once():
    pending = MigrationStatus(None, ("0001",), (), ())

    parts = await not_ready(readiness(status=pending, indexes=[]))

    assert set(parts) == {"migrations", "indexes"}


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (ServingView("3", "4", False, "a file is damaged"), "products/3 answers instead"),
        (ServingView(None, "4", False, "a file is damaged"), "compared by shared facts"),
        (ServingView(None, None, False, "a file is damaged"), "the champion of products"),
    ],
)
async def test_a_model_that_does_not_load_is_told_and_requests_are_served(view, says):
    degraded = await readiness(products=view).check()

    assert "a file is damaged" in degraded["models"]
    assert says in degraded["models"]


async def test_what_answers_where_another_model_does_not_load_is_told_of_that_one():
    view = ServingView(None, "4", False, "a file is damaged")

    degraded = await readiness(search=view).check()

    assert "search/4 does not load (a file is damaged)" in degraded["models"]
    assert "as if none had been promoted" in degraded["models"]
    assert "vector" not in degraded["models"]


@pytest.mark.parametrize(
    "view",
    [
        ServingView(None, None, False, None),  # nothing was promoted yet
        ServingView("3", "4", True, None),
        ServingView("4", "4", False, None),
    ],
)
async def test_a_model_that_is_loaded_or_will_be_is_no_reason_to_complain(view):
    assert await readiness(products=view).check() == {}


async def test_a_server_that_is_warming_up_is_waited_for():
    parts = await not_ready(readiness(warming="awaited"))

    assert "wait: a minute, or longer" in parts["warming"]


async def test_one_that_warms_up_for_too_long_serves_and_says_so():
    assert "slow" in (await readiness(warming="late").check())["warming"]


async def test_a_disk_that_takes_no_more_writes_is_told_and_reads_are_served(tmp_path, monkeypatch):
    disk = Disk(monkeypatch, free_mib=127)
    checked = readiness(data=tmp_path)

    full = await checked.check()
    disk.free_mib = 128

    assert "127 MiB" in full["disk"]
    assert "nothing is written" in full["disk"]
    assert str(tmp_path) not in full["disk"]
    assert await checked.check() == {}


async def test_what_has_to_be_mended_is_told_before_what_has_to_be_waited_for():
    pending = MigrationStatus(None, ("0001",), (), ())

    parts = await not_ready(readiness(status=pending, warming="awaited"))

    assert set(parts) == {"migrations"}
