"""One import whose worker and Neo4j are killed at random points: the graph is as if undisturbed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from app.jobs.records import ENDED
from app.services.importing import ImportSpec, run_import
from app.services.jobs import Jobs
from app.settings import Settings
from graph.client import Connection, Database
from graph.migrate import migrate
from graph.server import EmbeddedServer, ServerOptions, server_status
from tests.conftest import EMPTY
from tests.faults.dumps import MAPPING, first_state, later_state

pytestmark = [pytest.mark.neo4j, pytest.mark.long]

PATIENCE_S = 900.0  # a stuck import fails here, not in the time limit of a whole run
NODES = """
MATCH (n) WHERE none(label IN labels(n) WHERE label STARTS WITH '__')
RETURN labels(n) AS labels, properties(n) AS properties
"""
RELATIONSHIPS = """
MATCH (n)-[r]->(m)
WHERE none(label IN labels(n) WHERE label STARTS WITH '__')
RETURN labels(n)[0] AS label, n.id AS source, type(r) AS type, properties(r) AS properties,
       labels(m)[0] AS to_label, m.id AS target
"""
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.]*(Z|\+00:00)")


class Shop:
    """A Neo4j and jobs of its own, and two dumps of one shop."""

    def __init__(self, folder, connection, severity):
        self.settings = Settings(home=folder / "home")
        self.connection = connection
        self.first = first_state(folder / "first.csv", severity.rows, severity.seed)
        self.later = later_state(folder / "later.csv", severity.rows, severity.seed)
        self.folder = folder

    def load_first(self, database):
        """Returns when it ended: what is older than that was there before the second import."""
        for query in EMPTY:
            database.run(query)
        self.run(database, self.spec(self.first), "import-first")
        time.sleep(1.1)  # times are compared in whole seconds
        return datetime.now(UTC).isoformat()[:19]

    def run(self, database, spec, run):
        return run_import(
            database,
            spec,
            run=run,
            folder=self.folder / "undisturbed" / run,
            clock=lambda: datetime.now(UTC),
            report=lambda so_far: None,
        )

    def spec(self, path, mode="merge"):
        return ImportSpec(
            path=str(path),
            file=path.name,
            source="shop",
            mapping=MAPPING,
            mapping_name="shop.toml",
            mode=mode,
        )


@pytest.fixture(scope="module")
def shop(tmp_path_factory, severity):
    folder = tmp_path_factory.mktemp("shop")
    options = ServerOptions(
        bolt_port=0,
        http_port=0,
        heap_mib=512,
        page_cache_mib=128,
        restart_limit=1_000,
        prepare_archive=False,
    )
    with EmbeddedServer(folder / "home", options) as server:
        found = server.endpoint
        connection = Connection(found.uri, found.username, found.password)
        with Database(connection) as database:
            migrate(database)
        yield Shop(folder, connection, severity)


def canonical(database, cut):
    """Every node and relationship as one line; of times only whether they are before the cut."""

    def line(row):
        text = json.dumps(row, sort_keys=True, ensure_ascii=False, default=str)
        return TIME.sub(lambda time: "before" if time[0][:19] < cut else "after", text)

    return sorted(line(row) for query in (NODES, RELATIONSHIPS) for row in database.read(query))


class Worker:
    """`catalograph worker`, started again by whoever kills it."""

    def __init__(self, settings):
        self._environment = {**os.environ, "CATALOGRAPH_HOME": str(settings.home)}
        self._process = None
        self.start()

    def start(self):
        command = [sys.executable, "-m", "app.cli.main", "worker"]
        self._process = subprocess.Popen(
            command, env=self._environment, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def kill(self):
        self._process.kill()
        self._process.wait()
        self.start()

    def stop(self):
        self._process.terminate()
        return self._process.wait(60)


def kill_server(home):
    """Whichever process serves at the moment; none does while it is restarted."""
    endpoint = server_status(home).endpoint
    if endpoint is not None:
        with suppress(ProcessLookupError):
            os.kill(endpoint.pid, signal.SIGKILL)


def written(job):
    return sum(job.progress.get(name, 0) for name in ("created", "updated", "unchanged"))


def disturb(jobs, id, worker, home, severity):
    """Kill at random places of the import, as long as it has not ended."""
    chance = random.Random(severity.seed)
    places = sorted(chance.random() for _ in range(severity.kills))
    kills, deadline = [], time.monotonic() + PATIENCE_S
    while (job := jobs.get(id)).state not in ENDED:
        assert time.monotonic() < deadline, job
        if places and written(job) >= places[0] * 0.9 * severity.rows:
            places.pop(0)
            victim = chance.choice(("worker", "server", "both"))
            time.sleep(chance.random())
            kills.append((victim, written(job)))
            if victim != "worker":
                kill_server(home)
            if victim != "server":
                worker.kill()
        time.sleep(0.1)
    return job, kills


def test_an_import_whose_worker_and_server_are_killed_loses_no_row_and_has_none_twice(
    shop, severity
):
    with Database(shop.connection) as database:
        cut = shop.load_first(database)
        undisturbed = shop.run(database, shop.spec(shop.later, "replace"), "import-later")
        expected = canonical(database, cut)
        cut = shop.load_first(database)

    with Jobs(shop.settings) as jobs:
        worker = Worker(shop.settings)
        try:
            jobs.submit(shop.spec(shop.later, "replace"), run="import-later")
            job, kills = disturb(jobs, "import-later", worker, shop.settings.home, severity)
        finally:
            code = worker.stop()

    with Database(shop.connection) as database:
        database.verify()
        found = canonical(database, cut)
    assert len(kills) == severity.kills, kills
    assert (job.state, job.error, code) == ("succeeded", None, 0), kills
    assert undisturbed.closed > 0
    assert undisturbed.rejected > 0
    counts = ("rows_read", "created", "updated", "unchanged", "duplicates", "rejected", "closed")
    assert {name: job.result[name] for name in counts} == {
        name: getattr(undisturbed, name) for name in counts
    }
    lost, surplus = set(expected) - set(found), set(found) - set(expected)
    assert (sorted(lost)[:5], sorted(surplus)[:5]) == ([], []), kills
    assert len(found) == len(expected)
