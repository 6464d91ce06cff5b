"""Uploaded files: how long they stay."""

import os
import time
from datetime import timedelta

import pytest

from app.jobs.housekeeping import Housekeeping
from app.settings import Settings
from tests.app.jobs.parts import NOW


@pytest.fixture
def housekeeping(board):
    return Housekeeping(Settings(home=board.home), board.store)


@pytest.fixture
def folder(board):
    """Makes the folder of a job with everything that may be in it."""

    def make(id):
        folder = board.home / "jobs" / id
        folder.mkdir(parents=True)
        for name in ("dump.csv.gz", "corrected.ndjson", "rejects.ndjson", "brands.json"):
            (folder / name).touch()
        return folder

    return make


def ended(board, id, state):
    board.row(id)
    job = board.store.begin(id, worker="w", now=NOW)
    board.store.end(job, state, now=NOW, then=lambda *_: None)


def names(folder):
    return sorted(file.name for file in folder.iterdir())


KEPT = ["brands.json", "rejects.ndjson"]
ALL = ["brands.json", "corrected.ndjson", "dump.csv.gz", "rejects.ndjson"]


@pytest.mark.parametrize(
    ("state", "days", "left"),
    [
        ("succeeded", 0, KEPT),
        ("failed", 6, ALL),
        ("failed", 8, KEPT),
        ("cancelled", 6, ALL),
        ("cancelled", 8, KEPT),
    ],
)
def test_dumps_go_and_rejects_stay(board, housekeeping, folder, state, days, left):
    of_job = folder("a")
    ended(board, "a", state)

    housekeeping.sweep(NOW + timedelta(days=days, minutes=1))

    assert names(of_job) == left


def test_a_job_that_has_not_ended_keeps_everything(board, housekeeping, folder):
    of_job = folder("a")
    board.row("a")

    housekeeping.sweep(NOW + timedelta(days=100))

    assert names(of_job) == ALL


def test_an_upload_without_a_job_goes_after_a_day(board, housekeeping, folder):
    fresh, old = folder("fresh"), folder("old")
    long_ago = time.time() - 2 * 86_400
    for file in old.iterdir():
        os.utime(file, (long_ago, long_ago))
    uploads = board.home / "uploads"
    uploads.mkdir()
    for name in ("fresh.part", "old.part", "old.txt"):
        (uploads / name).touch()
    for name in ("old.part", "old.txt"):
        os.utime(uploads / name, (long_ago, long_ago))

    housekeeping.sweep(NOW)

    assert names(fresh) == ALL
    assert names(old) == KEPT
    assert names(uploads) == ["fresh.part", "old.txt"]


def test_a_home_without_uploads_is_in_order(housekeeping):
    housekeeping.sweep(NOW)


@pytest.mark.parametrize("state", ["succeeded", "failed", "cancelled"])
def test_of_a_run_that_has_ended_only_the_journal_stays(board, housekeeping, state):
    folder = board.home / "jobs" / "a"
    (folder / "snapshot").mkdir(parents=True)
    for name in ("snapshot/manifest.json", "checkpoint.safetensors", "journal.jsonl"):
        (folder / name).touch()
    ended(board, "a", state)

    housekeeping.job_ended(board.store.get("a"))

    assert names(folder) == ["journal.jsonl"]
