"""What becomes of an import job by what its rows were; its body is the real one."""

import threading
from datetime import UTC, datetime

import pytest

from app.jobs.execution import JobRunner
from app.jobs.imports import import_body
from app.jobs.options import WorkerOptions
from app.services.importing import ImportSpec
from app.services.job_view import view
from app.services.jobs import Jobs
from tests.app.jobs.parts import settings_over

MAPPING = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
price = { column = "price" }
"""


@pytest.fixture
def jobs(board, database):
    settings = settings_over(database, board.home)
    with Jobs(settings) as jobs:
        jobs.settings = settings
        yield jobs


@pytest.fixture
def carry_out(jobs, board):
    """Does in this process what a worker does, and says how the job looks afterwards."""
    runner = JobRunner(
        board.store,
        board.queue,
        {"import": import_body(jobs.settings)},
        worker="me",
        stop=threading.Event(),
        options=WorkerOptions(),
        folder_of=jobs.folder,
        clock=lambda: datetime.now(UTC),
    )

    def carry_out(job):
        runner.run(job.id)
        return view(jobs.get(job.id), datetime.now(UTC))

    return carry_out


@pytest.fixture
def submit(jobs, tmp_path):
    def submit(*rows, **more):
        dump = tmp_path / "dump.csv"
        dump.write_text("\n".join(("sku,title,price", *rows)) + "\n", encoding="utf-8")
        spec = {"file": "dump.csv", "source": "shop", "mapping": MAPPING, "mapping_name": "m.toml"}
        return jobs.submit(ImportSpec(path=str(dump), **spec, **more))[0]

    return submit


@pytest.mark.parametrize("dry_run", [False, True])
def test_an_import_all_of_whose_rows_are_rejected_fails_and_says_of_what(
    submit, carry_out, dry_run
):
    job = carry_out(submit("1,Lamp,cheap", "2,,5", "3,Desk,dear", dry_run=dry_run))

    assert (job.state, job.error.code, job.rows.rejected) == ("failed", "nothing_loaded", 3)
    assert job.reject_codes == {"value_invalid": 2, "title_missing": 1}
    for part in ("dump.csv", "all 3 rows", "2 rejected as value_invalid", "line 2", "'cheap'"):
        assert part in job.error.message


def test_its_mended_rejects_are_all_that_has_to_be_loaded(submit, carry_out, jobs, tmp_path):
    failed = submit("1,Lamp,cheap", "2,Desk,dear")
    carry_out(failed)
    mended = tmp_path / "mended.ndjson"
    mended.write_bytes(jobs.rejects(failed.id).read_bytes().replace(b'"cheap"', b'"9"'))

    again = carry_out(jobs.retry(failed.id, corrected=mended))

    assert (again.state, again.rows.created, again.rows.rejected) == ("succeeded", 1, 1)


def test_its_file_may_also_be_read_with_another_mapping(submit, carry_out, jobs):
    failed = submit("1,Lamp,cheap")
    carry_out(failed)
    without_price = MAPPING.replace('price = { column = "price" }', "")

    again = carry_out(jobs.retry(failed.id, mapping=(without_price, "n.toml")))

    assert (again.state, again.rows.created) == ("succeeded", 1)


def test_an_import_that_finds_nothing_new_or_nothing_at_all_succeeds(submit, carry_out):
    carry_out(submit("1,Lamp,1", "2,Desk,dear"))

    same = carry_out(submit("1,Lamp,1", "2,Desk,dear"))
    empty = carry_out(submit())

    assert (same.state, same.rows.unchanged, same.rows.rejected) == ("succeeded", 1, 1)
    assert (empty.state, empty.rows.read) == ("succeeded", 0)
