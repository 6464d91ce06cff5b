"""Rows of jobs: what may follow what, and what two at once get."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from app.errors import JobNotFound, JobsUnavailable
from app.jobs.store import JobStore
from app.jobs.tables import open_engine
from tests.app.jobs.parts import NOW, ROOT

LATER = NOW + timedelta(seconds=10)


def begun(board, id="a", worker="w1"):
    return board.store.begin(id, worker=worker, now=NOW)


def end(board, job, state, **more):
    return board.store.end(job, state, now=LATER, then=lambda connection, ended: None, **more)


def report(board, job, rows, *, done=None):
    return board.store.report(
        job, {"rows_read": rows}, done=rows if done is None else done, attempt_rows=0, now=NOW
    )


def test_a_job_goes_from_queued_over_running_to_its_end(board):
    made, new = board.row("a", source="shop", path="x.csv")

    running = begun(board)
    ended = end(board, running, "succeeded", result={"rows_read": 3})

    assert new
    assert (made.state, made.attempts, made.spec) == ("queued", 0, {"path": "x.csv"})
    assert (running.state, running.attempts, running.started_at) == ("running", 1, NOW)
    assert (ended.state, ended.finished_at, ended.result) == (
        "succeeded",
        LATER,
        {"rows_read": 3},
    )
    assert board.store.get("a") == ended


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_what_has_ended_is_neither_begun_nor_ended_nor_cancelled_again(board, state):
    board.row("a")
    job = begun(board)
    end(board, job, state)

    assert begun(board) is None
    assert end(board, job, "failed") is None
    assert report(board, job, 5) is None
    assert board.store.request_cancel("a") is None
    assert board.store.cancel_queued("a", now=LATER, then=lambda *_: None) is None
    assert board.store.get("a").state == state


def test_a_job_that_waits_is_cancelled_and_one_that_runs_is_asked(board):
    board.row("a")
    board.row("b")
    running = begun(board, "b")

    assert board.store.cancel_queued("a", now=NOW, then=lambda *_: None).state == "cancelled"
    assert board.store.cancel_queued("b", now=NOW, then=lambda *_: None) is None
    assert board.store.request_cancel("b").state == "running"
    assert report(board, running, 1).cancel_requested


def test_only_the_last_attempt_may_write(board):
    board.row("a")
    stale = begun(board, worker="w1")
    present = begun(board, worker="w2")

    assert report(board, stale, 9) is None
    assert end(board, stale, "failed") is None
    assert board.store.give_back(stale) is None
    assert report(board, present, 2).progress == {"rows_read": 2}
    assert board.store.get("a").attempts == 2


def test_the_jobs_of_a_worker_that_is_gone_wait_again(board):
    for id, worker in (("a", "w1"), ("b", "w2"), ("c", "w1")):
        board.row(id)
        begun(board, id, worker)

    assert board.store.take_from(["w1", "w9"]) == 2

    states = {job.id: job.state for job in board.store.page(**EVERYTHING)}
    assert states == {"a": "queued", "b": "running", "c": "queued"}


def test_attempts_that_come_no_further_are_counted_until_one_does(board):
    board.row("a")
    counts = []
    for rows in (100, 100, 60, 101):
        job = begun(board)
        counts.append(job.fruitless)
        report(board, job, rows)

    # The first came further than nothing, the second and the third no further than the first.
    assert counts == [1, 1, 2, 3]
    assert begun(board).fruitless == 1


def test_a_worker_that_stops_leaves_no_mark_on_the_job(board):
    board.row("a")
    job = begun(board)

    given_back = board.store.give_back(job)

    assert (given_back.state, given_back.fruitless, given_back.attempts) == ("queued", 0, 1)


def test_an_idempotency_key_makes_one_job_however_many_ask_at_once(board):
    crowd = 8
    barrier = Barrier(crowd)

    def ask(number):
        barrier.wait()
        return board.row(f"job-{number}", key="the same")

    with ThreadPoolExecutor(crowd) as pool:
        answers = list(pool.map(ask, range(crowd)))

    assert len({job.id for job, _ in answers}) == 1
    assert sorted(new for _, new in answers) == [False] * (crowd - 1) + [True]
    assert len(board.store.page(**EVERYTHING)) == 1
    assert board.store.find_by_key("the same").id == answers[0][0].id


def test_an_id_makes_one_job_and_what_belongs_to_a_second_is_undone(board):
    first, _ = board.row("a", path="1")

    again, new = board.row("a", path="2")

    assert (again, new) == (first, False)


def test_a_job_whose_queue_refuses_it_is_not_made(board):
    from app.jobs.records import NewJob

    def refuse(connection):
        raise ValueError("no room")

    with pytest.raises(ValueError, match="no room"):
        board.store.add(
            NewJob(id="a", kind="import", created_at=NOW, spec={}), queue="imports", then=refuse
        )

    with pytest.raises(JobNotFound):
        board.store.get("a")


def test_of_a_crowd_that_begins_a_job_only_the_last_may_end_it(board):
    board.row("a")
    with ThreadPoolExecutor(8) as pool:
        attempts = list(pool.map(lambda n: begun(board, worker=f"w{n}"), range(8)))

        ends = list(pool.map(lambda job: end(board, job, "succeeded"), attempts))

    assert sorted(job.attempts for job in attempts) == list(range(1, 9))
    assert [job.attempts for job, ended in zip(attempts, ends, strict=True) if ended] == [8]


def test_cancelling_and_beginning_at_once_leaves_one_winner(board):
    for number in range(20):
        id = f"race-{number}"
        board.row(id)
        barrier = Barrier(2)

        def cancel(id=id, barrier=barrier):
            barrier.wait()
            return board.store.cancel_queued(id, now=NOW, then=lambda *_: None)

        def begin(id=id, barrier=barrier):
            barrier.wait()
            return begun(board, id)

        with ThreadPoolExecutor(2) as pool:
            cancelled, started = pool.submit(cancel), pool.submit(begin)

        assert (cancelled.result() is None) != (started.result() is None)


EVERYTHING = {"state": None, "kind": None, "source": None, "limit": 1_000, "after": None}


def test_pages_are_newest_first_and_show_every_job_once(board):
    for number in range(25):  # several of one moment: the id decides
        board.row(f"job-{number:02}", at=NOW + timedelta(seconds=number // 4))

    seen, after = [], None
    while page := board.store.page(**{**EVERYTHING, "limit": 10, "after": after}):
        seen += [job.id for job in page]
        after = (page[-1].created_at, page[-1].id)

    assert seen == [f"job-{number:02}" for number in range(24, -1, -1)]


def test_lists_are_narrowed_by_state_kind_and_source(board):
    board.row("a", source="shop")
    board.row("b", source="other")
    begun(board, "a")

    def ids(**wanted):
        return [job.id for job in board.store.page(**{**EVERYTHING, **wanted})]

    assert ids(state="running") == ["a"]
    assert ids(source="other") == ["b"]
    assert ids(kind="import") == ["b", "a"]
    assert ids(kind="training") == []


def test_ids_are_found_by_how_they_begin_and_signs_of_patterns_mean_themselves(board):
    for id in ("import-1", "import-2", "other_1"):
        board.row(id)

    assert board.store.ids_beginning("import", limit=5) == ["import-1", "import-2"]
    assert board.store.ids_beginning("%", limit=5) == []
    assert board.store.ids_beginning("o_h", limit=5) == []


def test_many_processes_may_open_a_new_database_at_once(tmp_path):
    code = (
        "import sys; from app.jobs.store import JobStore; from app.jobs.queue import JobQueue\n"
        "from app.jobs.tables import open_engine\n"
        "engine = open_engine(sys.argv[1]); JobStore(engine).create_tables()\n"
        "queue = JobQueue(engine); queue.open(); queue.close(); engine.dispose()"
    )
    url = f"sqlite:///{tmp_path / 'deep' / 'jobs.sqlite'}"
    processes = [
        subprocess.Popen([sys.executable, "-W", "error", "-c", code, url], cwd=ROOT)
        for _ in range(3)
    ]

    assert [process.wait(120) for process in processes] == [0, 0, 0]


def test_a_database_that_is_away_is_named_without_its_password():
    engine = open_engine("postgres://me:secret@127.0.0.1:1/jobs")

    with pytest.raises(JobsUnavailable) as raised:
        JobStore(engine).create_tables()

    assert "127.0.0.1:1" in str(raised.value)
    assert "secret" not in str(raised.value)
    engine.dispose()


def test_a_database_file_that_is_none_says_so(tmp_path):
    (tmp_path / "jobs.sqlite").write_text("this is no database, and long enough to be read" * 30)
    engine = open_engine(f"sqlite:///{tmp_path / 'jobs.sqlite'}")

    with pytest.raises(JobsUnavailable, match="not a database"):
        JobStore(engine).create_tables()

    engine.dispose()
