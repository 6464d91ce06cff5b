"""Two workers on one PostgreSQL: every job runs, and runs once."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.errors import JobsUnavailable
from app.jobs.store import JobStore
from app.jobs.tables import JOBS, open_engine
from tests.app.jobs.parts import NOW, Board
from tests.app.jobs.postgres import postgres

MANY = 300


@pytest.fixture(scope="module")
def server():
    with postgres() as url:
        yield url


@pytest.fixture
def board(server, tmp_path):
    board = Board(tmp_path, server)
    yield board
    board.close()


def test_300_jobs_are_each_run_once_by_one_of_two_workers(board):
    ids = [f"job-{number:03}" for number in range(MANY)]
    for number, id in enumerate(ids):
        board.add(id, source=f"shop-{number % 30}")
    settings = {"import_concurrency": 8}

    with (
        board.worker(settings=settings, poll_s=0.05),
        board.worker(settings=settings, poll_s=0.05),
    ):
        for id in ids:
            board.ended(id, patience_s=120)

    jobs = [board.store.get(id) for id in ids]
    assert Counter(job.state for job in jobs) == {"succeeded": MANY}
    assert Counter(job.attempts for job in jobs) == {1: MANY}
    assert Counter(board.done()) == Counter(f"{id} 0" for id in ids)
    order = [line.split()[0] for line in board.done()]
    for shop in range(30):  # in the order they came, whichever worker ran them
        mine = [id for id in order if int(id[-3:]) % 30 == shop]
        assert mine == sorted(mine)


def test_a_killed_workers_jobs_are_taken_over_by_the_other(board):
    ids = [f"part-{number:02}" for number in range(12)]
    for id in ids:
        board.add(id, *["sleep 0.1"] * 10, source=id)
    settings = {"import_concurrency": 1}

    with board.worker(settings=settings) as one:
        other = board.start_worker(settings=settings)
        for process in (one, other):
            wait_for_a_job_of(board, process)
        other.kill()
        other.wait()
        jobs = [board.ended(id) for id in ids]

    assert {job.state for job in jobs} == {"succeeded"}
    assert max(job.attempts for job in jobs) == 2
    assert sorted(board.done("part")) == sorted(f"{id} {part}" for id in ids for part in range(10))


def wait_for_a_job_of(board, process, patience_s=60.0):
    """Returns when the process has just begun one job after another."""
    deadline = time.monotonic() + patience_s
    seen = set()
    while time.monotonic() < deadline:
        mine = sa.select(JOBS.c.id).where(JOBS.c.worker.contains(f"-{process.pid}-"))
        with board.engine.connect() as connection:
            running = set(connection.execute(mine).scalars())
        if running and seen and running != seen:
            return
        seen = running or seen
        time.sleep(0.02)
    raise AssertionError(f"waited {patience_s} s in vain for a job of {process.pid}")


def test_connections_that_are_cut_cost_no_job_and_no_second_run(board):
    ids = [f"cut-{number}" for number in range(12)]
    for number, id in enumerate(ids):
        board.add(id, *["sleep 0.1"] * 5, source=f"cut-{number % 6}")
    cut = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
    )

    with board.worker(settings={"import_concurrency": 4}):
        for id in ids[:4]:
            board.wait(id, lambda job: job.state != "queued")
            with board.engine.begin() as connection:
                connection.exec_driver_sql(cut)
        jobs = [board.ended(id) for id in ids]

    assert {(job.state, job.attempts) for job in jobs} == {("succeeded", 1)}
    assert sorted(board.done("cut")) == sorted(f"{id} {part}" for id in ids for part in range(5))


def test_an_idempotency_key_makes_one_job_in_postgresql_too(board):
    crowd = 8
    barrier = threading.Barrier(crowd)

    def ask(number):
        barrier.wait()
        return board.row(f"crowd-{number}", key="the same")

    with ThreadPoolExecutor(crowd) as pool:
        answers = list(pool.map(ask, range(crowd)))

    assert len({job.id for job, _ in answers}) == 1
    assert sum(new for _, new in answers) == 1


def test_times_and_pages_are_the_same_in_postgresql(board):
    for number in range(7):
        board.row(f"page-{number}", at=NOW + timedelta(microseconds=number // 2), source="pages")
    seen, after = [], None
    wanted = {"state": None, "kind": "import", "source": "pages", "limit": 3}

    while page := board.store.page(**wanted, after=after):
        seen += [job.id for job in page]
        after = (page[-1].created_at, page[-1].id)

    assert seen == [f"page-{number}" for number in range(6, -1, -1)]
    assert board.store.get("page-0").created_at == NOW


def test_a_database_without_rights_for_us_says_so(board, server):
    autocommit = board.engine.execution_options(isolation_level="AUTOCOMMIT")
    with autocommit.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE guest LOGIN")
        connection.exec_driver_sql("CREATE DATABASE closed")

    guest = open_engine(server.replace("test@", "guest@").replace("/postgres", "/closed"))

    with pytest.raises(JobsUnavailable, match="permission denied"):
        JobStore(guest).create_tables()

    guest.dispose()
