"""The one door to Neo4j: what it returns, what it does again, and what it raises."""

import asyncio
from dataclasses import replace

import neo4j as driver
import pytest
from neo4j import exceptions as driver_errors

from graph.client import AsyncDatabase, Connection, Database, plain
from graph.errors import (
    DatabaseNotFound,
    DatabaseRefusedLogin,
    DatabaseTooOld,
    DatabaseUnavailable,
    DiskFull,
    QueryRefused,
    QueryTimedOut,
)
from graph.repositories.starts import started
from tests.full_disk import Disk
from tests.graph.proxy import Wire

NOBODY = "bolt://127.0.0.1:1"
FOREVER = "UNWIND range(1, 1000000000) AS i WITH i WHERE i % 7 = 8 RETURN count(i) AS n"

SYNC_CALLS = {
    "read": lambda database: database.read("RETURN 1 AS n"),
    "write": lambda database: database.write("RETURN 1 AS n"),
    "transact": lambda database: database.transact(lambda transaction: transaction.run("RETURN 1")),
    "run": lambda database: database.run("RETURN 1 AS n"),
    "stream": lambda database: list(database.stream("RETURN 1 AS n")),
    "table": lambda database: database.table("RETURN 1 AS n", timeout_s=5, limit=5),
    "verify": lambda database: database.verify(),
}


def test_a_connection_does_not_show_its_password():
    assert "secret" not in repr(Connection("bolt://x", "neo4j", "secret"))


def test_rows_come_with_parameters_from_a_mapping_and_from_keywords(database):
    rows = database.read("RETURN $a AS a, $b AS b, [$a, {c: $b}] AS d", {"a": 1}, b="x")

    assert rows == [{"a": 1, "b": "x", "d": [1, {"c": "x"}]}]


def test_a_write_is_there_for_the_next_read(database):
    database.write("CREATE (:Product {id: $id})", id="'}) DETACH DELETE n //")

    assert database.read("MATCH (n:Product) RETURN n.id AS id") == [
        {"id": "'}) DETACH DELETE n //"}
    ]


def test_reading_cannot_write(database):
    with pytest.raises(QueryRefused, match="read access mode"):
        database.read("CREATE (n) RETURN n")


def test_a_transaction_is_whole_or_not_at_all(database):
    def work(transaction):
        transaction.run("CREATE (:Product {id: 'a'})")
        raise LookupError("the caller changed its mind")

    with pytest.raises(LookupError):
        database.transact(work)

    assert database.read("MATCH (n:Product) RETURN n") == []


def test_a_stream_can_be_left_early(database):
    rows = database.stream("UNWIND range(1, 100000) AS n RETURN n")

    first = [next(rows), next(rows)]
    rows.close()

    assert first == [{"n": 1}, {"n": 2}]
    assert database.read("RETURN 1 AS n") == [{"n": 1}]


def test_a_stream_that_breaks_half_way_says_why(database):
    rows = database.stream("UNWIND range(3000, 0, -1) AS n RETURN 1 / n AS n")

    with pytest.raises(QueryRefused, match="by zero"):
        list(rows)


def test_a_table_keeps_to_its_limit_and_the_order_of_its_columns(database):
    table = database.table(
        "UNWIND range(1, 10) AS z RETURN z, date('2025-03-01') AS a, duration('P1D') AS d",
        timeout_s=5,
        limit=2,
    )

    assert table.columns == ("z", "a", "d")
    assert table.rows == ((1, "2025-03-01", "P1D"), (2, "2025-03-01", "P1D"))
    assert table.truncated


def test_element_ids_stay_inside(database):
    database.write("CREATE (:Product {id: 'a'})-[:MADE_BY {since: date('2020-01-01')}]->(:Brand)")

    table = database.table(
        "MATCH path = (n:Product)-[r]->() RETURN n, r, path", timeout_s=5, limit=5
    )

    node = {"labels": ["Product"], "id": "a"}
    edge = {"type": "MADE_BY", "since": "2020-01-01"}
    assert table.rows == ((node, edge, [node, edge, {"labels": ["Brand"]}]),)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, None), (True, True), ({"a": (1, b"\x01")}, {"a": [1, "01"]}), ({2.5}, [2.5])],
)
def test_plain_values_are_what_json_has(value, expected):
    assert plain(value) == expected


@pytest.mark.parametrize("value", [10**30, "\ud800", ["\ud800"]])
def test_a_parameter_that_cannot_travel_is_refused(database, value):
    with pytest.raises(QueryRefused, match="parameter"):
        database.read("RETURN $x AS x", x=value)

    assert database.read("RETURN 1 AS n") == [{"n": 1}]


@pytest.mark.parametrize(
    ("query", "reason"),
    [("MATCH (n RETURN n", "Invalid input 'RETURN'"), ("RETURN $x AS x", "parameter")],
)
def test_a_query_that_is_wrong_is_refused_in_the_words_of_the_server(database, query, reason):
    with pytest.raises(QueryRefused, match=reason):
        database.read(query)


def test_a_query_over_its_time_is_stopped(database):
    with pytest.raises(QueryTimedOut) as stopped:
        database.table(FOREVER.replace("1000000000", "$n"), {"n": 10**9}, timeout_s=0.2, limit=1)

    assert stopped.value.timeout_s == 0.2


def test_server_info_names_the_database_in_use(neo4j):
    with Database(neo4j) as home, Database(replace(neo4j, database="neo4j")) as named:
        info = named.server_info()

        assert info == home.server_info()
        assert (info.database, info.uri) == ("neo4j", neo4j.uri)


@pytest.mark.parametrize("call", SYNC_CALLS.values(), ids=SYNC_CALLS)
def test_the_name_of_the_database_is_honoured_by_every_call(neo4j, call):
    with (
        Database(replace(neo4j, database="nowhere")) as database,
        pytest.raises(DatabaseNotFound, match=r"'nowhere'.*NEO4J_DATABASE"),
    ):
        call(database)


@pytest.mark.anyio
async def test_the_name_of_the_database_is_honoured_by_async_reads(neo4j):
    async with AsyncDatabase(replace(neo4j, database="nowhere")) as database:
        for call in (database.read("RETURN 1 AS n"), database.verify()):
            with pytest.raises(DatabaseNotFound):
                await call


def test_a_wrong_password_is_told_without_it(neo4j):
    with (
        Database(replace(neo4j, password="hunter2")) as database,
        pytest.raises(DatabaseRefusedLogin) as refused,
    ):
        database.verify()

    assert "hunter2" not in str(refused.value)


def test_a_server_that_is_too_old_is_refused_with_both_versions(database, monkeypatch):
    monkeypatch.setattr("graph.connection.NEO4J_MINIMUM", (9999, 1))

    with pytest.raises(DatabaseTooOld, match=r"needs 9999\.01") as refused:
        database.verify()

    assert refused.value.version == database.server_info().version


@pytest.mark.parametrize(
    "uri", [NOBODY, "http://127.0.0.1:7474", "no address", "bolt://nowhere.invalid"]
)
def test_an_address_without_neo4j_is_told_with_a_remedy(uri):
    connection = Connection(uri, "neo4j", "secret", retry_s=0)

    with (
        pytest.raises(DatabaseUnavailable, match="catalograph up") as refused,
        Database(connection) as database,
    ):
        database.read("RETURN 1 AS n")

    assert "secret" not in str(refused.value)


@pytest.mark.anyio
async def test_an_async_read_without_a_server_is_told_with_a_remedy(anyio_backend):
    async with AsyncDatabase(Connection(NOBODY, "neo4j", "secret")) as database:
        with pytest.raises(DatabaseUnavailable, match="catalograph up"):
            await database.read("RETURN 1 AS n")


@pytest.mark.anyio
async def test_tasks_share_an_async_database(async_database):
    answers = await asyncio.gather(
        *(async_database.read("RETURN $n AS n", n=n) for n in range(100))
    )

    assert answers == [[{"n": n}] for n in range(100)]


@pytest.mark.anyio
async def test_an_async_read_cannot_write(async_database):
    with pytest.raises(QueryRefused):
        await async_database.read("CREATE (n)")


@pytest.mark.anyio
async def test_an_async_read_over_its_time_is_stopped_by_the_server(async_database):
    with pytest.raises(QueryTimedOut):
        await async_database.read(FOREVER, timeout_s=0.2)

    assert await async_database.read("RETURN 1 AS n") == [{"n": 1}]


@pytest.mark.anyio
async def test_a_server_that_is_silent_does_not_hold_the_caller(neo4j, monkeypatch):
    monkeypatch.setattr("graph.client._GRACE_S", 0.1)
    async with Wire(neo4j.uri) as wire, AsyncDatabase(replace(neo4j, uri=wire.uri)) as database:
        await database.read("RETURN 1 AS n")
        wire.freeze()

        with pytest.raises(QueryTimedOut):
            await database.read("RETURN 1 AS n", timeout_s=0.1)


@pytest.mark.anyio
async def test_a_connection_that_died_in_the_pool_is_replaced(neo4j, caplog):
    async with Wire(neo4j.uri) as wire, AsyncDatabase(replace(neo4j, uri=wire.uri)) as database:
        await asyncio.gather(*(database.read("RETURN 1 AS n") for _ in range(3)))
        before = wire.connections
        await wire.cut()

        answer = await database.read("RETURN 2 AS n")

        assert answer == [{"n": 2}]
        assert wire.connections == before + 1
    assert caplog.messages == []  # nobody but the driver noticed


@pytest.mark.anyio
async def test_a_cancelled_read_leaves_the_others_alone(async_database):
    slow = asyncio.create_task(async_database.read(FOREVER))
    await async_database.read("RETURN 1 AS n")
    slow.cancel()

    with pytest.raises(asyncio.CancelledError):
        await slow

    assert await async_database.read("RETURN 1 AS n") == [{"n": 1}]


class FailingDriver:
    """A driver whose commits fail with `failures`, one after the other, and then succeed."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.commits = 0

    def session(self, **settings):
        return self

    def begin_transaction(self):
        return self

    def commit(self):
        self.commits += 1
        if self.failures:
            raise self.failures.pop(0)

    def close(self):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        pass


def server_error(code):
    return driver_errors.Neo4jError._basic_hydrate(neo4j_code=code, message=f"about {code}")


def failing(monkeypatch, *failures):
    fake = FailingDriver(*failures)
    monkeypatch.setattr(driver.GraphDatabase, "driver", lambda *args, **kwargs: fake)
    monkeypatch.setattr("graph.client._FIRST_PAUSE_S", 0.0)
    return fake


@pytest.mark.parametrize(
    "failure",
    [
        driver_errors.IncompleteCommit("the wire broke"),
        driver_errors.ServiceUnavailable("gone"),
        server_error("Neo.TransientError.Transaction.DeadlockDetected"),
    ],
)
def test_a_commit_that_may_have_failed_is_done_again(monkeypatch, failure):
    fake = failing(monkeypatch, failure, failure)

    outcome = Database(Connection("bolt://x", "neo4j", "")).transact(lambda transaction: "done")

    assert (outcome, fake.commits) == ("done", 3)


@pytest.mark.parametrize("name", ["MemoryPoolOutOfMemoryError", "OutOfMemoryError"])
def test_a_transaction_that_is_too_large_is_not_sent_for_ever(monkeypatch, name):
    error = server_error(f"Neo.TransientError.General.{name}")
    fake = failing(monkeypatch, *[error] * 9)

    with pytest.raises(QueryRefused, match="memory"):
        Database(Connection("bolt://x", "neo4j", "")).transact(lambda transaction: None)

    assert fake.commits == 2


def test_a_refused_transaction_is_sent_once(monkeypatch):
    error = server_error("Neo.ClientError.Schema.ConstraintValidationFailed")
    fake = failing(monkeypatch, error)

    with pytest.raises(QueryRefused, match="Constraint"):
        Database(Connection("bolt://x", "neo4j", "")).transact(lambda transaction: None)

    assert fake.commits == 1


def test_a_server_that_stays_away_ends_the_patience(monkeypatch):
    fake = failing(monkeypatch, *[driver_errors.ServiceUnavailable("gone")] * 9)

    with pytest.raises(DatabaseUnavailable):
        Database(Connection("bolt://x", "neo4j", "", retry_s=0)).transact(lambda transaction: None)

    assert 1 <= fake.commits <= 2


def test_who_waits_for_a_server_hears_when_it_is_away_and_when_it_is_there_again(monkeypatch):
    failing(monkeypatch, *[driver_errors.ServiceUnavailable("gone")] * 3)
    heard = []

    Database(Connection("bolt://x", "neo4j", ""), away=heard.append).transact(lambda _: None)

    assert heard == [True, True, False]


def test_a_connection_of_the_pool_that_died_and_locks_that_crossed_are_no_absence(monkeypatch):
    deadlock = server_error("Neo.TransientError.Transaction.DeadlockDetected")
    failing(monkeypatch, driver_errors.SessionExpired("dead"), deadlock, deadlock)
    heard = []

    Database(Connection("bolt://x", "neo4j", ""), away=heard.append).transact(lambda _: None)

    assert heard == []


def test_who_hears_that_a_server_is_away_may_give_up():
    def give_up(away):
        raise KeyboardInterrupt

    with (
        Database(Connection(NOBODY, "neo4j", "secret"), away=give_up) as database,
        pytest.raises(KeyboardInterrupt),
    ):
        database.read("RETURN 1 AS n")


def test_nothing_is_written_where_the_disk_of_our_server_has_too_little_space(
    database, tmp_path, monkeypatch
):
    disk = Disk(monkeypatch, free_mib=127)
    with Database(replace(database.connection, data=tmp_path)) as ours:
        for call in (ours.write, ours.run):
            with pytest.raises(DiskFull, match=rf"{tmp_path} has 127 MiB free .* 128 MiB\. Free"):
                call("CREATE (:Product {id: 'a'})")
        there = ours.read("MATCH (n:Product) RETURN count(n) AS n")
        database.write("CREATE (:Product {id: 'not ours to know'})")
        disk.free_mib = 128
        ours.write("CREATE (:Product {id: 'a'})")

    assert there == [{"n": 0}]
    assert database.read("MATCH (n:Product) RETURN count(n) AS n") == [{"n": 2}]


@pytest.mark.anyio
async def test_an_async_database_knows_that_it_has_lost_its_server(neo4j):
    async with Wire(neo4j.uri) as wire, AsyncDatabase(replace(neo4j, uri=wire.uri)) as database:
        await database.read("RETURN 1 AS n")
        before = database.lost
        first = await started(database, timeout_s=5)
        await wire.cut()

        await database.read("RETURN 1 AS n")
        again = await started(database, timeout_s=5)

    assert (before, database.lost) == (0, 1)
    assert first == again
