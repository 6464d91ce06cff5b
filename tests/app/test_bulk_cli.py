"""`catalograph bulk-load` as a person or a script uses it: killed, repeated, refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.catalog_rows import MAPPING, write_csv
from graph.embedded.configuration import ServerOptions
from graph.server import EmbeddedServer, held

DONE, FAILED, USAGE, NO_DATABASE, WITH_REJECTS = range(5)
ROWS = 3_000
SMALL = ServerOptions(
    bolt_port=0, http_port=0, heap_mib=512, page_cache_mib=128, prepare_archive=False
)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def command(tmp_path, home):
    """`catalograph bulk-load` of a generated dump: the words, and their environment."""
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    dump = write_csv(tmp_path / "dump.csv", ROWS)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NEO4J_", "CATALOGRAPH_"))
    }

    def command(*more, **environment):
        return {
            "args": [
                *(sys.executable, "-m", "app.cli.main", "bulk-load", dump, "--source", "shop"),
                *("--mapping", tmp_path / "mapping.toml", "--json", *more),
            ],
            "env": {**kept, "CATALOGRAPH_HOME": str(home), **environment},
            "text": True,
        }

    return command


def run(command):
    return subprocess.run(**command, capture_output=True, timeout=600, check=False)


def error_of(done):
    return json.loads(done.stdout)["error"]


def await_file(file: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while not file.exists():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, f"{file} does not come"
        time.sleep(0.01)


@pytest.mark.long
def test_killed_in_the_middle_it_leaves_an_empty_database_that_the_second_run_fills(command, home):
    with EmbeddedServer(home, SMALL):
        pass  # there is a database, and users
    first = command()
    with subprocess.Popen(**first, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        await_file(home / "bulk-load/neo4j/data/databases/neo4j/neostore.nodestore.db", process)
        process.send_signal(signal.SIGKILL)
    assert (home / "neo4j/data/databases/neo4j").exists()

    done = run(command())

    assert done.returncode == DONE, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert (report["rows_read"], report["created"], report["rejected"]) == (ROWS, ROWS, 0)
    assert report["nodes"]["Product"] == ROWS
    assert report["relationships"]["HAS_PARAMETER"] == 5 * ROWS
    assert report["rows_per_s"].keys() == {"read", "import", "all"}
    assert not (home / "bulk-load").exists()
    third = run(command())
    assert third.returncode == FAILED
    assert error_of(third)["code"] == "database_not_empty"
    assert f"{sum(report['nodes'].values()):,} nodes" in error_of(third)["message"]


def test_while_another_process_has_the_home_it_is_refused_and_named(command, home):
    with held(home, SMALL):
        done = run(command())

    assert done.returncode == NO_DATABASE
    assert error_of(done)["code"] == "server_busy"
    assert str(os.getpid()) in error_of(done)["message"]


def test_for_a_server_of_ones_own_it_wants_a_folder(command):
    done = run(command(NEO4J_URI="bolt://127.0.0.1:1", NEO4J_PASSWORD="secret"))

    assert done.returncode == USAGE
    assert "--keep" in error_of(done)["message"]


def test_for_a_server_that_is_stopped_it_says_what_to_run(command, tmp_path):
    keep = tmp_path / "kept files"

    done = run(command("--keep", keep, NEO4J_URI="bolt://127.0.0.1:1", NEO4J_PASSWORD="secret"))

    assert done.returncode == DONE, done.stdout + done.stderr
    report = json.loads(done.stdout)
    enter, load = report["commands"]
    assert enter == f"cd '{keep}'"
    assert load.startswith("neo4j-admin database import full neo4j ")
    assert "--overwrite-destination" not in load  # nobody knows that it is empty
    assert (keep / "items.header.csv").exists()
    again = run(command("--keep", keep, NEO4J_URI="bolt://127.0.0.1:1", NEO4J_PASSWORD="secret"))
    assert "is not empty" in error_of(again)["message"]


def test_a_dump_of_which_no_row_can_be_loaded_fails(command, tmp_path):
    (tmp_path / "mapping.toml").write_text(
        'version = 1\ntarget = "product"\nid = { column = "no" }\n'
        '[fields]\ntitle = { column = "title" }\nprice = { column = "price" }\n'
    )
    (tmp_path / "dump.csv").write_text("no,title,price\n1,Lamp,dear\n2,Desk,cheap\n")

    done = run(
        command(
            "--keep",
            tmp_path / "kept",
            NEO4J_URI="bolt://127.0.0.1:1",
            NEO4J_PASSWORD="secret",
        )
    )

    assert done.returncode == FAILED
    assert error_of(done)["code"] == "nothing_loaded"
    assert "all 2 rows" in error_of(done)["message"]


def test_for_a_server_that_runs_the_database_must_be_empty(command, database, tmp_path):
    found = database.connection
    where = {
        "NEO4J_URI": found.uri,
        "NEO4J_USERNAME": found.username,
        "NEO4J_PASSWORD": found.password,
    }

    # The fixture keeps a node of its own in the graph, so it is never empty.
    done = run(command("--keep", tmp_path / "kept", **where))

    assert done.returncode == FAILED
    assert error_of(done)["code"] == "database_not_empty"
    assert not list((tmp_path / "kept").glob("*"))
