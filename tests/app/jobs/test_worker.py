"""Workers as processes: what becomes of jobs when they die, stop, or meet a bad one."""

import signal
import time

from tests.app.jobs.parts import end


def test_a_job_is_run_once_and_says_what_came_of_it(board):
    board.add("a", "ok", "ok")

    with board.worker():
        job = board.ended("a")

    assert (job.state, job.attempts, job.result["rows_read"]) == ("succeeded", 1, 2)
    assert job.progress["rows_read"] == 2
    assert board.done() == ["a 0", "a 1"]


def test_a_worker_that_is_killed_loses_nothing_and_another_goes_on(board):
    board.add("a", *["sleep 0.2"] * 10)
    killed = board.start_worker()
    board.wait("a", lambda job: len(board.done("a")) >= 3)

    killed.kill()
    killed.wait()
    with board.worker():
        job = board.ended("a")

    assert (job.state, job.attempts) == ("succeeded", 2)
    assert board.done() == [f"a {number}" for number in range(10)]


def test_a_worker_that_hangs_is_taken_for_dead_and_what_it_says_later_is_not_heard(board):
    board.add("a", *["sleep 0.3"] * 12)
    hanging = board.start_worker(dead_after_s=1.0)
    board.wait("a", lambda job: len(board.done("a")) >= 2)

    with board.writing():  # SQLite has one write lock, and a frozen process would keep it
        hanging.send_signal(signal.SIGSTOP)
    with board.worker(dead_after_s=1.0):
        board.wait("a", lambda job: job.attempts == 2)
        hanging.send_signal(signal.SIGCONT)
        job = board.ended("a")
        # It has registered again, and is as good as any other.
        board.add("b")
        assert board.ended("b").state == "succeeded"
    end(hanging)

    assert (job.state, job.result["rows_read"]) == ("succeeded", 12)


def test_a_worker_that_is_told_to_stop_leaves_its_jobs_to_the_next(board):
    board.add("a", *["sleep 0.2"] * 8)
    stopped = board.start_worker()
    board.wait("a", lambda job: len(board.done("a")) >= 2)

    stopped.terminate()

    assert stopped.wait(30) == 0
    given_back = board.store.get("a")
    assert (given_back.state, given_back.fruitless) == ("queued", 0)
    with board.worker():
        job = board.ended("a")
    assert (job.state, job.attempts) == ("succeeded", 2)
    assert board.done() == [f"a {number}" for number in range(8)]


def test_a_job_that_kills_its_workers_ends_as_failed_and_the_next_one_runs(board):
    board.add("poison", "ok", "die")
    board.add("next")
    deadline = time.monotonic() + 120

    worker = board.start_worker()
    while board.store.get("next").finished_at is None and time.monotonic() < deadline:
        if worker.poll() is not None:
            assert worker.returncode == 9
            worker = board.start_worker()
        time.sleep(0.05)
    end(worker)

    poison = board.store.get("poison")
    # Begun once and came further than nothing, then three times in vain.
    assert (poison.state, poison.error["code"]) == ("failed", "worker_died")
    assert board.store.get("next").state == "succeeded"
    assert board.done() == ["poison 0", "next 0"]


def test_a_job_with_an_error_fails_and_the_next_one_runs(board):
    board.add("wrong", "raise value")
    board.add("leaves", "raise exit")
    board.add("refused", "raise refused")
    board.add("package", "raise package")
    board.add("next")

    with board.worker():
        board.ended("next")

    ids = ("wrong", "leaves", "refused", "package")
    wrong, leaves, refused, package = map(board.store.get, ids)
    assert [job.state for job in (wrong, leaves, refused, package)] == ["failed"] * 4
    assert [job.error["code"] for job in (wrong, leaves)] == ["internal_error"] * 2
    assert refused.error == {"code": "import_failed", "message": "x.csv: line 3: it is torn"}
    assert package.error["code"] == "package_missing"


def test_a_running_job_is_cancelled_within_its_next_report(board):
    board.add("a", "spin")

    with board.worker():
        board.wait("a", lambda job: job.progress)
        board.store.request_cancel("a")
        job = board.ended("a")

    assert (job.state, job.result, job.error) == ("cancelled", None, None)


def test_a_job_that_was_cancelled_while_it_waited_is_never_begun(board):
    board.add("a")
    board.store.cancel_queued("a", now=board.store.get("a").created_at, then=lambda *_: None)
    board.add("b")

    with board.worker():
        board.ended("b")

    assert board.store.get("a").attempts == 0
    assert board.done() == ["b 0"]


def test_a_cancelled_job_whose_worker_died_is_not_begun_again(board):
    board.add("a", *["sleep 0.2"] * 50)
    killed = board.start_worker()
    board.wait("a", lambda job: len(board.done("a")) >= 1)
    killed.kill()
    killed.wait()

    board.store.request_cancel("a")
    with board.worker():
        job = board.ended("a")

    assert (job.state, job.attempts) == ("cancelled", 2)
    assert len(board.done()) < 10


def test_jobs_of_one_source_run_in_their_order_and_never_two_at_once(board):
    for number in range(8):  # within one second, which is as fine as DBOS looks on SQLite
        board.add(f"{9 - number}", "sleep 0.05", "ok")

    with board.worker(settings={"import_concurrency": 4}):
        board.ended("2")

    assert board.done() == [f"{9 - n} {part}" for n in range(8) for part in range(2)]


def test_a_long_job_of_one_source_does_not_hold_up_others(board):
    board.add("long", "spin", source="slow")
    board.add("behind", source="slow")
    board.add("other", source="quick")

    with board.worker():
        assert board.ended("other").state == "succeeded"
        board.wait("long", lambda job: job.state == "running")
        assert board.store.get("behind").state == "queued"
        board.store.request_cancel("long")
        assert board.ended("behind").state == "succeeded"


def test_a_job_waits_for_its_database_and_goes_on_when_it_is_back(board):
    board.add("a", "ok", "needs back", "ok")

    with board.worker():
        waiting = board.wait("a", lambda job: "waiting_for" in job.progress)
        assert waiting.state == "running"
        assert waiting.progress["waiting_for"] == "database"
        (board.home / "back").touch()
        job = board.ended("a")

    assert (job.state, job.attempts) == ("succeeded", 1)
    assert "waiting_for" not in job.progress


def test_a_job_waits_for_space_on_the_disk_and_goes_on_when_there_is_some(board):
    board.add("a", "ok", "space freed", "ok")

    with board.worker():
        waiting = board.wait("a", lambda job: "waiting_for" in job.progress)
        (board.home / "freed").touch()
        job = board.ended("a")

    assert waiting.progress["waiting_for"] == "disk"
    assert (job.state, job.attempts) == ("succeeded", 1)
    assert board.done() == ["a 0", "a 1", "a 2"]


def test_a_job_whose_disk_stays_full_fails_at_last_with_the_remedy(board):
    board.add("a", "space freed")

    with board.worker(database_patience_s=0.5):
        job = board.ended("a")

    assert (job.state, job.error["code"]) == ("failed", "disk_full")
    assert "Free some space there" in job.error["message"]


def test_a_job_whose_database_stays_away_fails_at_last(board):
    board.add("a", "needs back")
    board.add("b", "needs back", source="other")

    with board.worker(database_patience_s=0.5):
        job = board.ended("a")

    assert (job.state, job.error["code"]) == ("failed", "database_unavailable")


def test_a_job_that_waits_for_its_database_can_be_cancelled_and_its_worker_stopped(board):
    board.add("a", "needs back")
    board.add("b", "needs back", source="other")
    with board.worker() as worker:
        for id in ("a", "b"):
            board.wait(id, lambda job: "waiting_for" in job.progress)

        board.store.request_cancel("a")

        assert board.ended("a").state == "cancelled"
        worker.terminate()
        assert worker.wait(30) == 0
    assert board.store.get("b").state == "queued"


def test_an_uploaded_dump_goes_when_its_job_has_succeeded_and_stays_when_it_failed(board):
    for id, act in (("good", "ok"), ("bad", "raise value")):
        folder = board.home / "jobs" / id
        folder.mkdir(parents=True)
        (folder / "dump.csv").touch()
        (folder / "rejects.ndjson").touch()
        board.add(id, act)

    with board.worker():
        board.ended("bad")

    left = sorted(
        str(file.relative_to(board.home / "jobs")) for file in board.home.glob("jobs/*/*")
    )
    assert left == ["bad/dump.csv", "bad/rejects.ndjson", "good/rejects.ndjson"]
