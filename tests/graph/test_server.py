"""The embedded Neo4j as its users meet it: started, killed, raced for and stopped."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import neo4j
import psutil
import pytest
from neo4j.exceptions import ClientError, DriverError, Neo4jError

from graph.client import Database
from graph.connection import Connection
from graph.embedded.archive import archive_file
from graph.embedded.jars import install_jars
from graph.embedded.java import java_executable
from graph.errors import (
    DatabaseBroken,
    DatabaseUnavailable,
    DiskFull,
    PortInUse,
    ServerBusy,
    ServerStartFailed,
)
from graph.repositories.starts import STARTED
from graph.server import (
    NEO4J_VERSION,
    EmbeddedServer,
    Endpoint,
    ServerOptions,
    admin_command,
    data_dir,
    own_data,
    server_status,
    start_detached,
    stop_server,
)

# Small, on ports of their own, and without the archive's rehearsal in the background.
SMALL = {
    "bolt_port": 0,
    "http_port": 0,
    "heap_mib": 512,
    "page_cache_mib": 64,
    "prepare_archive": False,
}
OPTIONS = ServerOptions(**SMALL)
PATIENCE_S = 120.0


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[EmbeddedServer]:
    with EmbeddedServer(home, OPTIONS) as running:
        yield running


@pytest.fixture(scope="module")
def endpoint(server: EmbeddedServer) -> Endpoint:
    return server.endpoint


@pytest.fixture
def driver(endpoint: Endpoint) -> Iterator[neo4j.Driver]:
    with connect(endpoint) as opened:
        yield opened


@pytest.fixture
def detached_home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    stop_server(tmp_path)


def connect(endpoint: Endpoint) -> neo4j.Driver:
    return neo4j.GraphDatabase.driver(
        endpoint.uri,
        auth=(endpoint.username, endpoint.password),
        notifications_min_severity="OFF",
        max_transaction_retry_time=0,
    )


def eventually(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not check():
        assert time.monotonic() < deadline, f"not within {PATIENCE_S:g} s: {check}"
        time.sleep(0.05)


def answers(endpoint: Endpoint) -> bool:
    try:
        with connect(endpoint) as driver:
            return bool(driver.execute_query("RETURN 1 AS one").records[0]["one"])
    except (DriverError, Neo4jError):
        return False


def ends(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def java_processes(home: Path) -> list[int]:
    mark = f"--home-dir={home.resolve() / 'neo4j'}"
    found = psutil.process_iter(["cmdline"])
    return [each.pid for each in found if mark in (each.info["cmdline"] or [])]


def supervisors(home: Path) -> list[int]:
    found = psutil.process_iter(["cmdline"])
    wanted = {"supervise", str(home.resolve())}
    return [each.pid for each in found if wanted <= set(each.info["cmdline"] or [])]


# One server for all of these


@pytest.mark.neo4j
def test_a_started_server_is_the_promised_version_of_neo4j(driver: neo4j.Driver) -> None:
    records = driver.execute_query(
        "CALL dbms.components() YIELD versions, edition RETURN *"
    ).records

    assert records[0]["versions"] == [NEO4J_VERSION]
    assert records[0]["edition"] == "community"


@pytest.mark.neo4j
def test_another_password_is_refused(endpoint: Endpoint) -> None:
    with (
        neo4j.GraphDatabase.driver(endpoint.uri, auth=(endpoint.username, "guess")) as driver,
        pytest.raises(Neo4jError, match=r"[Uu]nauthorized|authentication"),
    ):
        driver.verify_connectivity()


@pytest.mark.neo4j
def test_the_password_is_readable_by_its_owner_alone(home: Path, endpoint: Endpoint) -> None:
    file = home / "neo4j" / "conf" / "password"

    assert file.stat().st_mode & 0o777 == 0o600
    assert endpoint.password == file.read_text().strip()
    assert endpoint.password not in repr(endpoint)
    assert (home / "neo4j").stat().st_mode & 0o077 == 0


@pytest.mark.neo4j
def test_the_server_listens_on_the_loopback_address_alone(endpoint: Endpoint) -> None:
    connections = psutil.Process(endpoint.pid).net_connections(kind="tcp")

    listening = {c.laddr.ip.removeprefix("::ffff:") for c in connections if c.status == "LISTEN"}

    assert listening == {"127.0.0.1"}


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "source", ["file:///etc/hostname", "http://127.0.0.1:1/x", "ftp://[::1]/x"]
)
def test_a_query_can_load_neither_a_file_nor_an_address(driver: neo4j.Driver, source: str) -> None:
    with pytest.raises(ClientError, match=r"is false|block"):
        driver.execute_query("LOAD CSV FROM $source AS line RETURN line", source=source)


@pytest.mark.neo4j
def test_everything_lies_below_the_home(home: Path, endpoint: Endpoint) -> None:
    assert data_dir(home) == home / "neo4j" / "data"
    assert own_data(home, endpoint.uri) == data_dir(home)
    assert own_data(home, "bolt://127.0.0.1:1") is None
    assert (data_dir(home) / "databases" / "neo4j").is_dir()
    assert endpoint.home == home


@pytest.mark.neo4j
def test_who_comes_second_is_a_guest_and_leaves_the_server_running(
    home: Path, endpoint: Endpoint
) -> None:
    with EmbeddedServer(home, OPTIONS) as guest:
        seen = guest.endpoint

    assert seen.attached
    assert (seen.uri, seen.pid, seen.password) == (endpoint.uri, endpoint.pid, endpoint.password)
    assert answers(endpoint)


@pytest.mark.neo4j
def test_a_server_in_the_care_of_another_process_is_not_stopped(
    home: Path, endpoint: Endpoint
) -> None:
    with pytest.raises(ServerBusy, match=str(os.getpid())):
        stop_server(home)

    assert answers(endpoint)


@pytest.mark.neo4j
def test_the_status_names_the_endpoint_and_the_owner(home: Path, endpoint: Endpoint) -> None:
    status = server_status(home)

    assert (status.phase, status.supervisor_pid, status.detached) == ("running", os.getpid(), False)
    assert status.endpoint is not None
    assert status.endpoint.uri == endpoint.uri


@pytest.mark.neo4j
def test_the_admin_tool_runs_for_the_home(home: Path, server: EmbeddedServer) -> None:
    done = subprocess.run(
        admin_command(home, ["--version"]), capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == NEO4J_VERSION


@pytest.mark.neo4j
def test_no_acknowledged_row_is_lost_when_the_server_is_killed(
    home: Path, endpoint: Endpoint, driver: neo4j.Driver
) -> None:
    acknowledged: list[int] = []

    def write() -> None:
        while True:
            rows = list(range(len(acknowledged), len(acknowledged) + 10))
            try:
                driver.execute_query("UNWIND $rows AS id MERGE (:Kept {id: id})", rows=rows)
            except (DriverError, Neo4jError):
                return
            acknowledged.extend(rows)

    restarts = server_status(home).restarts
    driver.execute_query("CREATE CONSTRAINT kept FOR (n:Kept) REQUIRE n.id IS UNIQUE")
    writer = threading.Thread(target=write)
    writer.start()
    eventually(lambda: len(acknowledged) >= 200)

    os.kill(java_processes(home)[0], signal.SIGKILL)

    writer.join()
    eventually(lambda: answers(endpoint))
    with connect(endpoint) as again:
        found = again.execute_query("MATCH (n:Kept) RETURN collect(n.id) AS ids").records[0]["ids"]
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found))
    assert server_status(home).restarts == restarts + 1


@pytest.mark.neo4j
def test_a_server_that_was_killed_says_that_it_was_started_anew(
    home: Path, endpoint: Endpoint, driver: neo4j.Driver
) -> None:
    before = driver.execute_query(STARTED).records[0]["at"]

    os.kill(java_processes(home)[0], signal.SIGKILL)

    eventually(lambda: answers(endpoint))
    with connect(endpoint) as again:
        assert again.execute_query(STARTED).records[0]["at"] > before


@pytest.mark.neo4j
@pytest.mark.parametrize(
    "bomb",
    [
        "UNWIND range(1, 1000000000) AS x RETURN collect(x)",  # counted: an error
        "RETURN [x IN range(1, 100000000) | range(1, 1000)]",  # not counted: the heap is gone
    ],
)
def test_the_server_works_again_after_a_query_that_takes_all_memory(
    endpoint: Endpoint, bomb: str
) -> None:
    with connect(endpoint) as driver, pytest.raises((DriverError, Neo4jError)):
        driver.execute_query(bomb)

    eventually(lambda: answers(endpoint))


# Servers that do not come up


def test_a_taken_port_that_was_asked_for_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(PortInUse, match=f"port {port} .* taken"):
            EmbeddedServer(tmp_path, ServerOptions(**{**SMALL, "bolt_port": port})).start()

    assert server_status(tmp_path).phase == "failed"
    assert java_processes(tmp_path) == []


def test_a_full_disk_is_named_before_anything_is_written(tmp_path: Path) -> None:
    options = ServerOptions(**SMALL, minimum_free_mib=2**40)

    with pytest.raises(DiskFull, match=r"MiB free and Neo4j needs"):
        EmbeddedServer(tmp_path, options).start()

    assert not data_dir(tmp_path).joinpath("databases").exists()


@pytest.mark.neo4j
def test_a_failed_start_shows_what_neo4j_said(tmp_path: Path) -> None:
    options = ServerOptions(**SMALL, settings={"no.such.setting": "1"})

    with pytest.raises(
        ServerStartFailed, match=r"No declared setting with name: no\.such\.setting"
    ):
        EmbeddedServer(tmp_path, options).start()

    assert java_processes(tmp_path) == []


@pytest.mark.neo4j
def test_a_server_that_dies_too_often_is_given_up(tmp_path: Path) -> None:
    options = ServerOptions(**SMALL, restart_limit=0, cache=tmp_path / "cache")
    # A broken class archive as well: it may cost time, never the start.
    archive = archive_file(options.cache, java_executable(), install_jars())
    archive.parent.mkdir()
    archive.write_bytes(b"not an archive")

    with EmbeddedServer(tmp_path, options) as server:
        os.kill(server.endpoint.pid, signal.SIGKILL)

        assert server.wait(PATIENCE_S)
        assert isinstance(server.failure, ServerStartFailed)
        assert server.failure.reason == "it was killed by SIGKILL"
        assert server.status.phase == "failed"


def test_a_torn_end_of_the_log_is_named_and_left_out_on_demand(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, OPTIONS) as server:
        with connect(server.endpoint) as driver:
            driver.execute_query("UNWIND range(1, 1000) AS id CREATE (:Kept {id: id})")
        os.kill(server.endpoint.pid, signal.SIGKILL)
        server.stop(0)
    log = max(data_dir(tmp_path).glob("transactions/neo4j/neostore.transaction.db.*"))
    whole = log.read_bytes().rstrip(b"\0")
    with log.open("r+b") as file:
        file.seek(len(whole))
        file.write(b"\x07" * 100_000)

    with pytest.raises(DatabaseBroken, match="catalograph neo4j recover"):
        EmbeddedServer(tmp_path, OPTIONS).start()
    recovering = EmbeddedServer(tmp_path, ServerOptions(**SMALL, drop_torn_end=True))
    with recovering as server, connect(server.endpoint) as driver:
        found = driver.execute_query("MATCH (k:Kept) RETURN count(k) AS rows").records[0]
    with EmbeddedServer(tmp_path, OPTIONS) as again:
        assert answers(again.endpoint)

    assert found["rows"] == 1_000
    assert java_processes(tmp_path) == []


# Servers in the background


@pytest.mark.neo4j
def test_two_processes_that_race_for_a_home_start_one_server(detached_home: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from graph.server import *; "
        "e = start_detached(Path(sys.argv[1]), ServerOptions.from_json(sys.argv[2])); "
        "print(e.uri, e.pid)"
    )
    command = [sys.executable, "-c", script, str(detached_home), OPTIONS.to_json()]
    root = Path(__file__).parents[2]

    racers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) for _ in range(2)
    ]
    said = [racer.communicate()[0].strip() for racer in racers]

    assert [racer.returncode for racer in racers] == [0, 0]
    assert said[0] == said[1]
    assert java_processes(detached_home) == [int(said[0].split()[1])]

    eventually(lambda: len(supervisors(detached_home)) == 1)

    # The processes that started it are gone and it runs on; attached to it, stopped by its owner.
    with EmbeddedServer(detached_home, OPTIONS) as guest:
        assert answers(guest.endpoint)
        assert guest.endpoint.attached
    assert server_status(detached_home).detached
    assert stop_server(detached_home)
    assert server_status(detached_home).phase == "stopped"
    assert java_processes(detached_home) == []
    assert not stop_server(detached_home)


@pytest.mark.neo4j
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the orphan")
def test_a_killed_supervisor_takes_its_server_along_and_the_next_start_works(
    detached_home: Path,
) -> None:
    first = start_detached(detached_home, OPTIONS)
    supervisor = server_status(detached_home).supervisor_pid
    assert supervisor is not None

    os.kill(supervisor, signal.SIGKILL)

    eventually(lambda: ends(first.pid))
    assert server_status(detached_home).phase == "stopped"
    second = start_detached(detached_home, OPTIONS)
    assert answers(second)
    assert second.password == first.password


def test_a_server_that_answers_nothing_is_ended_and_started_again(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path, ServerOptions(**SMALL, silence_limit_s=3.0)) as server:
        hung = server.endpoint.pid
        os.kill(hung, signal.SIGSTOP)

        deadline = time.monotonic() + PATIENCE_S
        while server_status(tmp_path).restarts == 0 or server.status.phase != "running":
            assert time.monotonic() < deadline, server.status
            time.sleep(0.2)

        found = server_status(tmp_path)
        assert found.endpoint is not None
        assert found.endpoint.pid != hung


def test_a_server_whose_database_gave_up_on_a_full_disk_is_started_again(tmp_path: Path) -> None:
    write = "UNWIND range(1, 10000) AS id CREATE (:Written {id: id})"
    with EmbeddedServer(tmp_path, OPTIONS) as server:
        endpoint = server.endpoint
        connection = Connection(
            uri=endpoint.uri, username="neo4j", password=endpoint.password, retry_s=0.1
        )
        with Database(connection) as database:
            database.run(write)
            room = (2**20, resource.RLIM_INFINITY)  # for each file
            resource.prlimit(endpoint.pid, resource.RLIMIT_FSIZE, room)

            def fill() -> None:
                for _ in range(100):
                    database.run(write)

            with pytest.raises(DatabaseUnavailable):
                fill()

            eventually(lambda: server_status(tmp_path).restarts > 0 and answers(endpoint))
            written = database.read("MATCH (w:Written) RETURN count(w) AS rows")[0]["rows"]
    assert written >= 10_000
    assert written % 10_000 == 0
