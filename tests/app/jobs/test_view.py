"""A job as its readers see it."""

from datetime import timedelta

import msgspec
import pytest
from msgspec import structs

from app.cli.jobs import print_job
from app.jobs.records import Job
from app.services.job_view import view
from tests.app.jobs.parts import NOW

WAITING = Job(
    id="import-1",
    kind="import",
    state="queued",
    created_at=NOW,
    started_at=None,
    finished_at=None,
    spec={"source": "shop", "file": "x.csv", "mapping_name": "phones", "mode": "merge"},
    progress={},
    result=None,
    error=None,
    cancel_requested=False,
    retry_of=None,
    attempts=0,
    progress_at=None,
    attempt_rows=0,
    webhook=None,
)
PROGRESS = {"rows_read": 1_000, "created": 600, "updated": 100, "unchanged": 200, "rejected": 100}


def running(*, after_s=10.0, bytes_read=25_000, bytes_total=100_000, **changes):
    fields = {
        "state": "running",
        "started_at": NOW,
        "attempt_at": NOW,
        "attempts": 1,
        "progress_at": NOW + timedelta(seconds=after_s),
        "progress": {**PROGRESS, "bytes_read": bytes_read, "bytes_total": bytes_total},
    }
    return structs.replace(WAITING, **{**fields, **changes})


def shown(job, after_s=10.0):
    return view(job, NOW + timedelta(seconds=after_s))


def test_a_job_that_waits_has_every_field_and_no_guesses():
    told = msgspec.to_builtins(shown(WAITING))

    assert (told["state"], told["source"], told["file"]) == ("queued", "shop", "x.csv")
    assert (told["percent"], told["rows_per_s"], told["seconds_left"]) == (None, None, None)
    assert set(told["rows"].values()) == {0}
    assert told["links"]["self"] == "/v1/jobs/import-1"
    assert told["created_at"] == "2026-01-02T03:04:05Z"


def test_a_running_job_has_percent_rate_and_time_left():
    told = shown(running())

    assert told.percent == 25.0
    assert told.rows_per_s == 100.0
    assert told.seconds_left == 30.0
    assert (told.rows.read, told.rows.written, told.rows.rejected) == (1_000, 700, 100)


def test_the_rate_is_that_of_the_present_attempt():
    again = running(attempt_at=NOW + timedelta(seconds=5), attempt_rows=500)

    assert shown(again).rows_per_s == 100.0


def test_before_the_first_report_of_an_attempt_there_is_no_rate():
    resumed = running(attempt_at=NOW + timedelta(seconds=60), attempt_rows=500)

    assert shown(resumed, 61).rows_per_s is None
    assert shown(resumed, 61).seconds_left is None


@pytest.mark.parametrize("total", [0, None])
def test_a_file_without_a_known_size_has_neither_percent_nor_time_left(total):
    told = shown(running(bytes_total=total))

    assert (told.percent, told.seconds_left) == (None, None)
    assert told.rows_per_s == 100.0


def test_a_running_job_is_never_said_to_be_done():
    assert shown(running(bytes_read=100_000)).percent == 99.9


def test_what_a_job_waits_for_is_shown_while_it_runs():
    waiting = running()
    waiting.progress["waiting_for"] = "database"

    assert shown(waiting).waiting_for == "database"
    assert shown(structs.replace(waiting, state="queued")).waiting_for is None


def test_the_result_of_a_job_counts_more_than_its_last_progress():
    result = {**PROGRESS, "rows_read": 1_200, "closed": 7, "reject_codes": {"value_invalid": 100}}
    done = running(
        state="succeeded", finished_at=NOW + timedelta(seconds=12), result=result, progress_at=NOW
    )

    told = shown(done, 1_000)

    assert (told.percent, told.seconds_left) == (100.0, None)
    assert (told.rows.read, told.rows.closed, told.rows_per_s) == (1_200, 7, 100.0)
    assert told.reject_codes == {"value_invalid": 100}


def test_a_failed_job_says_why():
    failed = running(state="failed", error={"code": "import_failed", "message": "torn"})

    assert (shown(failed).error.code, shown(failed).error.message) == ("import_failed", "torn")


def test_a_job_that_closed_nothing_says_why_at_a_terminal(capsys):
    why = "of 1 rejected rows the id could not be read"
    done = structs.replace(
        WAITING, state="succeeded", finished_at=NOW, result={**PROGRESS, "closing_skipped": why}
    )

    print_job(shown(done), json=False)

    assert f"nothing closed │ {why}" in " ".join(capsys.readouterr().out.split())
