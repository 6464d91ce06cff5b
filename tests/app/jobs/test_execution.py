"""One job in this process: what its body may do, and what the runner makes of it."""

import threading
from datetime import timedelta

import pytest

from app.errors import JobsUnavailable
from app.jobs.execution import (
    JobCancelled,
    JobContext,
    JobRunner,
    JobTaken,
    WorkerStopping,
)
from app.jobs.options import WorkerOptions
from app.jobs.store import JobStore
from tests.app.jobs.parts import NOW


class Moody(JobStore):
    """A store whose database is away for the next `away` calls."""

    away = 0

    def _select(self, *conditions, **more):
        self._moody()
        return super()._select(*conditions, **more)

    def _change(self, *conditions, **more):
        self._moody()
        return super()._change(*conditions, **more)

    def _moody(self):
        if self.away > 0:
            self.away -= 1
            raise JobsUnavailable(place="nowhere", reason="refused")


@pytest.fixture
def store(board):
    return Moody(board.engine)


@pytest.fixture
def stop():
    return threading.Event()


@pytest.fixture
def runner(board, store, stop, monkeypatch):
    monkeypatch.setattr("app.jobs.execution.RETRY_PAUSE_S", 0.01)
    monkeypatch.setattr("app.jobs.execution.REPORT_EVERY_S", 0.0)

    def make(body, **options):
        return JobRunner(
            store,
            board.queue,
            {"import": body},
            worker="me",
            stop=stop,
            options=WorkerOptions(**options),
            folder_of=lambda id: board.home / id,
            clock=lambda: NOW + timedelta(seconds=5),
        )

    return make


def reporting(*progress, then=None):
    def body(context):
        for rows in progress:
            context.report({"rows_read": rows}, done=rows)
        if then is not None:
            then(context)
        return {"rows_read": progress[-1] if progress else 0}

    return body


def test_the_outcome_and_the_last_progress_are_written_together(board, runner):
    board.row("a")

    runner(reporting(1, 2, 3)).run("a")

    job = board.store.get("a")
    assert (job.state, job.progress, job.result) == (
        "succeeded",
        {"rows_read": 3},
        {"rows_read": 3},
    )


def test_a_body_hears_of_the_cancelling_with_its_report(board, runner):
    board.row("a")
    heard = []

    def body(context):
        board.store.request_cancel("a")
        with pytest.raises(JobCancelled) as raised:
            context.report({"rows_read": 1}, done=1)
        heard.append(raised.value)
        raise raised.value

    runner(body).run("a")

    assert heard
    assert board.store.get("a").state == "cancelled"


def test_a_job_that_ends_before_it_hears_of_the_cancelling_has_succeeded(board, runner):
    board.row("a")

    runner(reporting(1, then=lambda context: board.store.request_cancel("a"))).run("a")

    job = board.store.get("a")
    assert (job.state, job.cancel_requested) == ("succeeded", True)


def test_a_body_whose_database_is_away_says_so_until_it_is_back_and_hears_of_the_cancelling(
    board, runner
):
    board.row("a")
    shown = []

    def body(context):
        context.report({"rows_read": 3}, done=3)
        for away in (True, False):
            context.database_is_away(away)
            shown.append(board.store.get("a").progress)
        board.store.request_cancel("a")
        context.database_is_away(True)

    runner(body).run("a")

    assert shown == [{"rows_read": 3, "waiting_for": "database"}, {"rows_read": 3}]
    assert board.store.get("a").state == "cancelled"


def test_a_stop_gives_the_job_back_and_goes_through(board, runner, stop):
    board.row("a")

    with pytest.raises(WorkerStopping):
        runner(reporting(1, then=lambda context: (stop.set(), context.report({}, done=1)))).run("a")

    assert board.store.get("a").state == "queued"


def test_an_attempt_that_another_worker_has_followed_ends_without_a_word(board, runner):
    board.row("a")

    def body(context):
        board.store.begin("a", worker="other", now=NOW)
        context.report({"rows_read": 7}, done=7)

    with pytest.raises(JobTaken):
        runner(body).run("a")

    job = board.store.get("a")
    assert (job.state, job.attempts, job.progress) == ("running", 2, {})


def test_an_end_that_comes_too_late_is_not_written(board, runner):
    board.row("a")

    with pytest.raises(JobTaken):
        runner(reporting(then=lambda _: board.store.begin("a", worker="o", now=NOW))).run("a")

    assert board.store.get("a").state == "running"


def test_a_jobs_database_that_is_away_stops_no_work_and_is_waited_for_at_the_end(
    board, store, runner
):
    board.row("a")

    def body(context):
        store.away = 3
        context.report({"rows_read": 1}, done=1)
        assert store.away == 2
        return {"rows_read": 1}

    runner(body).run("a")

    assert board.store.get("a").state == "succeeded"
    assert store.away == 0


def test_a_job_whose_row_is_gone_is_let_go(runner):
    runner(reporting()).run("nobody")


def test_suspects_run_one_at_a_time_and_are_counted_only_then(board, runner):
    for id in ("a", "b"):
        board.row(id)
        for _ in range(3):
            board.store.begin(id, worker="dead", now=NOW)
    inside, go_on = threading.Semaphore(0), threading.Event()

    def body(context):
        inside.release()
        go_on.wait(10)
        return {}

    runs = runner(body)
    threads = [threading.Thread(target=runs.run, args=(id,)) for id in ("a", "b")]
    for thread in threads:
        thread.start()

    assert inside.acquire(timeout=10)
    assert not inside.acquire(timeout=0.2)
    assert sorted(board.store.get(id).fruitless for id in ("a", "b")) == [3, 4]
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert {board.store.get(id).state for id in ("a", "b")} == {"succeeded"}


def test_a_job_that_has_killed_too_many_workers_is_not_begun_again(board, runner):
    board.row("a")
    for _ in range(10):
        board.store.begin("a", worker="dead", now=NOW)

    runner(reporting(1)).run("a")

    job = board.store.get("a")
    assert (job.state, job.error["code"], job.progress) == ("failed", "worker_died", {})
    assert "10 workers in a row" in job.error["message"]


def test_the_rate_counts_from_where_an_attempt_began(board, store):
    board.row("a")
    first = board.store.begin("a", worker="w", now=NOW)
    board.store.report(first, {"rows_read": 500}, done=500, attempt_rows=0, now=NOW)

    def context():
        job = board.store.begin("a", worker="w", now=NOW)
        parts = {"store": store, "stop": threading.Event(), "folder": board.home}
        return JobContext(job, **parts, clock=lambda: NOW)

    again = context()
    again.report({"rows_read": 100}, done=100)
    assert board.store.get("a").attempt_rows == 0  # it reads the file from its beginning

    onward = context()
    onward.report({"rows_read": 700}, done=700)
    assert board.store.get("a").attempt_rows == 100
