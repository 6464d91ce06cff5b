"""`catalograph jobs` and `catalograph worker` as a person or a script uses them."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import psutil
import pytest

from app.jobs.records import ENDED
from app.services.importing import ImportSpec
from app.services.jobs import Jobs
from app.settings import Settings
from tests.app.jobs.parts import ROOT, end

MAPPING = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
price = { column = "price" }
"""
DONE, FAILED, USAGE, NO_DATABASE, WITH_REJECTS = range(5)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def jobs(home):
    with Jobs(Settings(home=home)) as jobs:
        yield jobs


@pytest.fixture
def environment(home):
    foreign = ("NEO4J_", "CATALOGRAPH_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return {**kept, "CATALOGRAPH_HOME": str(home)}


@pytest.fixture
def submit(jobs, tmp_path):
    """Makes an import job of some text."""

    def submit(text="sku,title,price\n1,Lamp,9.50\n", run=None, source="shop"):
        dump = tmp_path / f"{source}.csv"
        dump.write_text(text, encoding="utf-8")
        spec = ImportSpec(
            path=str(dump), file=dump.name, source=source, mapping=MAPPING, mapping_name="m.toml"
        )
        return jobs.submit(spec, run=run)[0].id

    return submit


@pytest.fixture
def started(environment, database):
    """Starts `catalograph …` over the Neo4j of this test run."""
    found = database.connection
    where = {
        "NEO4J_URI": found.uri,
        "NEO4J_USERNAME": found.username,
        "NEO4J_PASSWORD": found.password,
    }

    @contextmanager
    def started(*arguments):
        command = [sys.executable, "-m", "app.cli.main", *arguments]
        process = subprocess.Popen(command, env={**environment, **where}, cwd=ROOT)
        try:
            yield process
        finally:
            end(process)

    return started


@pytest.fixture
def worker(started):
    return lambda *arguments: started("worker", *arguments)


def titles(database):
    rows = database.read("MATCH (p:Product) RETURN p.title AS title ORDER BY title")
    return [row["title"] for row in rows]


def test_an_import_job_is_watched_until_it_has_loaded_its_file(submit, worker, run, database):
    id = submit()

    with worker() as process:
        watched = run("jobs", "watch", id, "--json")
        process.terminate()
        assert process.wait(60) == 0

    assert watched.returncode == DONE, watched.stderr
    told = json.loads(watched.stdout)
    assert (told["state"], told["rows"]["created"], told["percent"]) == ("succeeded", 1, 100.0)
    assert titles(database) == ["Lamp"]


def test_rejects_are_shown_mended_and_loaded(submit, worker, run, database, tmp_path):
    id = submit("sku,title,price\n1,Lamp,cheap\n2,Desk,5\n")
    mended = tmp_path / "mended.ndjson"

    with worker("--concurrency", "1"):
        watched = run("jobs", "watch", id)
        shown = run("jobs", "rejects", id)
        mended.write_text(shown.stdout.replace("cheap", "9.50"), encoding="utf-8")
        retried = run("jobs", "retry", id, "--rejects", mended)
        again = run("jobs", "watch", retried.stdout.strip(), "--json")

    assert watched.returncode == WITH_REJECTS
    assert "1 rejected" in watched.stdout
    assert json.loads(shown.stdout)["line"] == 2
    assert again.returncode == DONE, again.stderr
    assert json.loads(again.stdout)["retry_of"] == id
    assert titles(database) == ["Desk", "Lamp"]
    assert mended.exists()  # it belongs to whoever has mended it


def test_a_killed_import_goes_on_and_the_graph_has_every_row_once(submit, worker, jobs, database):
    rows = 30_000
    body = "".join(f"{number},Lamp {number},{number}.5\n" for number in range(rows))
    id = submit("sku,title,price\n" + body)

    with worker() as first:
        wait_for(jobs, id, lambda job: job.progress.get("created", 0) > 0)
        first.kill()
        first.wait()
    with worker():
        job = wait_for(jobs, id, lambda job: job.state in ENDED)

    assert (job.state, job.result["rows_read"]) == ("succeeded", rows)
    (found,) = database.read("MATCH (p:Product) RETURN count(p) AS n, sum(p.price) AS price")
    assert found["n"] == rows
    assert found["price"] == pytest.approx(sum(number + 0.5 for number in range(rows)))


def test_up_runs_a_worker_starts_it_again_and_takes_it_along(submit, jobs, started):
    with started("up", "--dev", "--port", "0") as up:
        wait_for(jobs, submit(run="import-1"), lambda job: job.state == "succeeded")
        (worker,) = workers_of(up)

        worker.kill()
        wait_for(jobs, submit(run="import-2"), lambda job: job.state == "succeeded")

        (another,) = workers_of(up)
        assert another != worker
    assert not another.is_running()


def test_a_worker_ends_when_up_is_killed(submit, jobs, started):
    with started("up", "--dev", "--port", "0") as up:
        wait_for(jobs, submit(run="import-1"), lambda job: job.state == "succeeded")
        (worker,) = workers_of(up)

        up.kill()
        up.wait()

        _, alive = psutil.wait_procs([worker], timeout=60)
        assert alive == []


def workers_of(process):
    return [
        child for child in psutil.Process(process.pid).children() if "worker" in child.cmdline()
    ]


def wait_for(jobs, id, until, patience_s=120.0):
    deadline = time.monotonic() + patience_s
    while not until(job := jobs.get(id)):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
    return job


def test_jobs_are_listed_and_shown_without_a_worker_or_a_database(submit, run):
    for number in range(3):
        submit(run=f"import-{number}", source=f"shop{number}")

    listed = json.loads(run("jobs", "ls", "--json").stdout)
    narrowed = json.loads(
        run("jobs", "ls", "--source", "shop1", "--state", "queued", "--limit", "5", "--json").stdout
    )
    table = run("jobs", "ls")
    shown = run("jobs", "show", "import-2")

    assert [job["id"] for job in listed] == ["import-2", "import-1", "import-0"]
    assert [job["id"] for job in narrowed] == ["import-1"]
    assert "shop1" in table.stdout
    assert "queued" in shown.stdout


def test_ids_that_are_unknown_or_fit_several_are_refused(submit, run):
    submit(run="import-1")
    submit(run="import-2")

    unknown, several = run("jobs", "show", "x", "--json"), run("jobs", "cancel", "imp")

    assert (unknown.returncode, several.returncode) == (FAILED, FAILED)
    assert json.loads(unknown.stdout)["error"]["code"] == "job_not_found"
    assert "import-1 and import-2" in several.stderr


def test_a_cancelled_job_stays_so_and_can_be_retried(submit, run):
    id = submit()

    cancelled = run("jobs", "cancel", id, "--json")
    watched = run("jobs", "watch", id)
    retried = run("jobs", "retry", id, "--json")

    assert json.loads(cancelled.stdout)["state"] == "cancelled"
    assert watched.returncode == FAILED
    assert json.loads(retried.stdout)["retry_of"] == id


def test_a_broken_mapping_is_refused_with_its_place(submit, run, tmp_path):
    id = submit()
    run("jobs", "cancel", id)
    mapping = tmp_path / "broken.toml"
    mapping.write_text(MAPPING + "colour = 3\n", encoding="utf-8")

    done = run("jobs", "retry", id, "--mapping", mapping, "--json")

    assert done.returncode == FAILED
    assert json.loads(done.stdout)["error"]["code"] == "mapping_invalid"


def test_a_job_without_rejects_prints_none(submit, run, tmp_path):
    id = submit()

    printed = run("jobs", "rejects", id)
    written = run("jobs", "rejects", id, "--output", tmp_path / "rejects.ndjson")

    assert (printed.returncode, printed.stdout) == (DONE, "")
    assert written.returncode == DONE
    assert (tmp_path / "rejects.ndjson").read_bytes() == b""


def test_leaving_a_watched_job_says_that_it_goes_on(submit, environment, jobs):
    id = submit()
    watching = subprocess.Popen(
        [sys.executable, "-m", "app.cli.main", "jobs", "watch", id],
        env=environment,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "Following" in watching.stderr.readline()

    watching.send_signal(signal.SIGINT)

    _, said = watching.communicate(timeout=60)
    assert watching.returncode == 130
    assert "goes on" in said
    assert jobs.get(id).state == "queued"


def test_a_jobs_database_that_is_away_is_one_sentence(run):
    away = "postgresql://me:secret@127.0.0.1:1/jobs"

    for command in (("jobs", "ls"), ("worker",)):
        done = run(*command, CATALOGRAPH_JOBS_URL=away)
        assert done.returncode == FAILED
        assert "CATALOGRAPH_JOBS_URL" in done.stderr
        assert "secret" not in done.stderr
        assert "Traceback" not in done.stderr
