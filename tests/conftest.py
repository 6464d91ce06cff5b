"""One real Neo4j for the whole run, never the developer's, and an empty graph for each test."""

import os
import secrets
import signal
import socket
import time
from contextlib import closing, contextmanager

import docker
import pytest
from docker.errors import DockerException
from testcontainers.core.container import DockerContainer

from graph.client import AsyncDatabase, Connection, Database
from graph.errors import DatabaseError
from graph.migrate import migrate
from graph.server import NEO4J_VERSION, EmbeddedServer, ServerOptions

# What would lead the code under test to a developer's own server or folder.
FOREIGN = (
    "NEO4J_URI",
    "NEO4J_USERNAME",
    "NEO4J_PASSWORD",
    "NEO4J_DATABASE",
    "CATALOGRAPH_HOME",
)
NEEDS_NEO4J = {"neo4j", "database", "async_database"}

TOKEN = "MERGE (t:__CatalographTests) SET t.token = $token"
OURS = "MATCH (:__CatalographTests {token: $token}) RETURN true AS ours"
# The schema, the history of the migrations and the token stay.
_OTHERS = "none(label IN labels(n) WHERE label STARTS WITH '__')"
EMPTY = (  # relationships first: a value may have too many of them for one transaction
    f"MATCH (n)-[r]->() WHERE {_OTHERS} CALL (r) {{ DELETE r }} IN TRANSACTIONS OF 20000 ROWS",
    f"MATCH (n) WHERE {_OTHERS} CALL (n) {{ DELETE n }} IN TRANSACTIONS OF 20000 ROWS",
)


def pytest_addoption(parser):
    parser.addoption("--soak", action="store_true", help="break much more in tests/faults")
    parser.addoption("--soak-seed", type=int, default=1, help="another seed, other kills")


def pytest_configure(config):
    # A shell that runs this in the background has it ignore Ctrl+C, and with it every process that
    # a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in FOREIGN:
        os.environ.pop(name, None)


def pytest_collection_modifyitems(items):
    for item in items:
        if NEEDS_NEO4J.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.neo4j)
    # Of two processes none is left alone with a long file in the end.
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_make_parametrize_id(val, argname):
    # gzip writes the time into its bytes: two processes would collect tests of different names.
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="session")
def neo4j(tmp_path_factory):
    """Where the Neo4j of this run is: started here, proven to be new, and migrated."""
    with _docker_server() or _embedded_server(tmp_path_factory.mktemp("home")) as connection:
        with Database(connection) as database:
            assert database.read("MATCH (n) RETURN count(n) AS nodes") == [{"nodes": 0}], (
                f"{connection.uri} is not the server that this run started"
            )
            migrate(database)
        yield connection


@pytest.fixture(scope="session")
def shared_database(neo4j):
    token = secrets.token_hex()
    with Database(neo4j) as database:
        database.write(TOKEN, token=token)
        yield database, token


@pytest.fixture
def database(shared_database):
    """A `Database` over an empty graph."""
    database, token = shared_database
    empty(database, token)
    return database


@pytest.fixture
async def async_database(database, anyio_backend):
    """An `AsyncDatabase` over the same empty graph."""
    async with AsyncDatabase(database.connection) as opened:
        yield opened


def empty(database, token):
    assert database.read(OURS, token=token), (
        f"{database.connection.uri} lost the token of this run; nothing was deleted"
    )
    for query in EMPTY:
        database.run(query)


@contextmanager
def _embedded_server(home):
    options = ServerOptions(
        bolt_port=0, http_port=0, heap_mib=512, page_cache_mib=128, prepare_archive=False
    )
    with EmbeddedServer(home, options) as server:
        endpoint = server.endpoint
        assert not endpoint.attached, f"{home} belongs to another process"
        yield Connection(endpoint.uri, endpoint.username, endpoint.password)


def _docker_server():
    """A container, where an engine answers and has the images or fetches them; None elsewhere."""
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    # Asked by hand first: the client leaves its socket open when nobody is behind the file.
    if address.startswith("unix://") and not _listens(address.removeprefix("unix://")):
        return None
    with closing(docker.from_env(timeout=5)) as engine:
        if not engine.ping():
            return None
    password = secrets.token_urlsafe(16)
    container = (
        DockerContainer(f"neo4j:{NEO4J_VERSION}")
        .with_env("NEO4J_AUTH", f"neo4j/{password}")
        .with_exposed_ports(7687)
    )
    try:
        return _stopped_after(container.start(), password)
    except DockerException:  # an engine without images, on a machine without the internet
        return None


def _listens(path):
    with closing(socket.socket(socket.AF_UNIX)) as probe:
        return probe.connect_ex(path) == 0


@contextmanager
def _stopped_after(container, password):
    try:
        host, port = container.get_container_host_ip(), container.get_exposed_port(7687)
        connection = Connection(f"bolt://{host}:{port}", "neo4j", password)
        _await_answer(connection)
        yield connection
    finally:
        container.stop()


def _await_answer(connection, patience_s=120.0):
    deadline = time.monotonic() + patience_s
    with Database(connection) as database:
        while True:
            try:
                return database.verify()
            except DatabaseError:
                if time.monotonic() > deadline:
                    raise
            time.sleep(0.5)
