"""The use cases of jobs over a real database."""

import subprocess
import sys
from datetime import timedelta
from itertools import count

import pytest
from msgspec import structs
from pydantic import SecretStr

from app.errors import (
    IdempotencyKeyReused,
    JobFinished,
    JobIdAmbiguous,
    JobNotFound,
    JobNotRetryable,
    WebhookNotAllowed,
)
from app.services.builds import BuildSpec
from app.services.importing import ImportSpec
from app.services.jobs import Jobs
from app.settings import Settings
from tests.app.jobs.parts import NOW, ROOT

HOOK = "http://shop.example/done"


@pytest.fixture
def jobs(tmp_path):
    moments = count()
    settings = Settings(
        home=tmp_path, webhook_hosts=("shop.example",), webhook_secret=SecretStr("s")
    )
    with Jobs(settings, clock=lambda: NOW + timedelta(seconds=next(moments))) as jobs:
        yield jobs


@pytest.fixture
def dump(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("sku,title\n1,Lamp\n", encoding="utf-8")
    return file


@pytest.fixture
def spec(dump):
    return ImportSpec(
        path=str(dump),
        file="x.csv",
        source="shop",
        mapping="version = 1",
        mapping_name="m.toml",
        mode="replace",
        size=dump.stat().st_size,
        modified_ns=dump.stat().st_mtime_ns,
    )


def end(jobs, id, state, **more):
    """As a worker would."""
    store = jobs._store()
    job = store.begin(id, worker="w", now=NOW)
    return store.end(job, state, now=NOW, then=lambda *_: None, **more)


def reject(jobs, id, text='{"line": 2}\n'):
    folder = jobs.folder(id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rejects.ndjson").write_text(text, encoding="utf-8")


def waiting_in_dbos(jobs):
    return jobs._parts()[1].open().list_queued_workflows()


def test_a_submitted_import_waits_in_its_queue(jobs, spec):
    job, new = jobs.submit(spec)

    assert new
    assert (job.state, job.kind, job.spec["mode"]) == ("queued", "import", "replace")
    assert jobs.get(job.id) == job
    assert jobs.page(limit=5) == [job]
    (waiting,) = waiting_in_dbos(jobs)
    assert (waiting.queue_name, waiting.queue_partition_key) == ("imports", "shop")


def test_the_same_key_or_run_gives_the_first_job_and_queues_no_second(jobs, spec):
    first, _ = jobs.submit(spec, run="import-1", idempotency_key="k")

    again = jobs.submit(spec, idempotency_key="k")
    same_run = jobs.submit(spec, run="import-1")

    assert again == (first, False)
    assert same_run == (first, False)
    assert jobs.find_by_key("k") == first
    assert jobs.find_by_key("other") is None
    assert len(waiting_in_dbos(jobs)) == 1


def test_a_key_of_another_request_is_refused_and_queues_nothing(jobs, spec):
    first, _ = jobs.submit(BuildSpec(source="shop"), idempotency_key="k")

    again, new = jobs.submit(BuildSpec(source="shop"), idempotency_key="k")
    with pytest.raises(IdempotencyKeyReused, match=first.id):
        jobs.submit(BuildSpec(source="north"), idempotency_key="k")

    assert (again, new) == (first, False)
    assert len(waiting_in_dbos(jobs)) == 1


def test_a_webhook_to_somewhere_else_is_refused_and_no_job_is_made(jobs, spec):
    with pytest.raises(WebhookNotAllowed):
        jobs.submit(spec, webhook="http://evil.example/")

    assert jobs.page(limit=5) == []


def test_cancelling_is_idempotent_and_tells_the_webhook(jobs, spec):
    job, _ = jobs.submit(spec, webhook=HOOK)

    cancelled = jobs.cancel(job.id)

    assert (cancelled.state, cancelled.cancel_requested) == ("cancelled", True)
    assert jobs.cancel(job.id) == cancelled
    names = sorted(workflow.queue_name for workflow in waiting_in_dbos(jobs))
    assert names == ["imports", "webhooks"]


def test_a_running_job_is_asked_to_end(jobs, spec):
    job, _ = jobs.submit(spec)
    jobs._store().begin(job.id, worker="w", now=NOW)

    asked = jobs.cancel(job.id)

    assert (asked.state, asked.cancel_requested) == ("running", True)
    assert jobs.cancel(job.id) == asked


@pytest.mark.parametrize("state", ["succeeded", "failed"])
def test_a_job_that_has_ended_otherwise_cannot_be_cancelled(jobs, spec, state):
    job, _ = jobs.submit(spec)
    end(jobs, job.id, state)

    with pytest.raises(JobFinished, match=state):
        jobs.cancel(job.id)


def test_what_does_not_exist_says_so(jobs):
    for ask in (jobs.get, jobs.cancel, jobs.retry, jobs.rejects, jobs.full_id):
        with pytest.raises(JobNotFound, match="none-such"):
            ask("none-such")


def test_an_id_may_be_cut_short_as_long_as_it_is_clear(jobs, spec):
    for run in ("import-10", "import-1", "import-20"):
        jobs.submit(spec, run=run)

    assert jobs.full_id("import-2") == "import-20"
    assert jobs.full_id("import-1") == "import-1"
    with pytest.raises(JobIdAmbiguous, match="import-1 and import-10"):
        jobs.full_id("imp")


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_did_not_succeed_is_read_as_a_whole_again(jobs, spec, dump, state):
    job, _ = jobs.submit(spec, webhook=HOOK)
    end(jobs, job.id, state)
    dump.write_text("sku,title\n1,Lamp\n2,Desk\n", encoding="utf-8")

    again = jobs.retry(job.id)

    assert (again.retry_of, again.webhook, again.state) == (job.id, HOOK, "queued")
    assert again.spec == {**job.spec, **size_of(dump)}


def size_of(file):
    return {"size": file.stat().st_size, "modified_ns": file.stat().st_mtime_ns}


def test_an_upload_is_retried_from_a_folder_of_its_own(jobs, spec):
    first = jobs.folder("import-1")
    first.mkdir(parents=True)
    (first / "dump.csv").write_text("sku\n1\n", encoding="utf-8")
    job, _ = jobs.submit(
        structs.replace(spec, path=str(first / "dump.csv"), owned=True), run="import-1"
    )
    end(jobs, job.id, "failed")

    again = jobs.retry(job.id)

    own = jobs.folder(again.id) / "dump.csv"
    assert again.spec["path"] == str(own)
    (first / "dump.csv").unlink()
    assert own.read_text(encoding="utf-8") == "sku\n1\n"


def test_only_the_rejects_of_what_succeeded_are_read_again(jobs, spec):
    job, _ = jobs.submit(structs.replace(spec, format="csv"))
    end(jobs, job.id, "succeeded")
    reject(jobs, job.id)

    again = jobs.retry(job.id)

    rejects = jobs.rejects(job.id)
    expected = {"path": str(rejects), "rejects_of": job.id, "mode": "merge", "format": None}
    assert again.spec == {**job.spec, **expected, **size_of(rejects)}


def test_corrected_rejects_and_another_mapping_take_the_place_of_the_old(jobs, spec, tmp_path):
    job, _ = jobs.submit(spec)
    end(jobs, job.id, "succeeded")
    reject(jobs, job.id)
    corrected = tmp_path / "mended.part"
    corrected.write_text('{"line": 3}\n', encoding="utf-8")

    again = jobs.retry(job.id, corrected=corrected, mapping=("version = 2", "n.toml"))

    own = jobs.folder(again.id) / "corrected.ndjson"
    assert own.read_text(encoding="utf-8") == '{"line": 3}\n'
    assert not corrected.exists()
    assert (again.spec["path"], again.spec["owned"]) == (str(own), True)
    assert (again.spec["mapping"], again.spec["mapping_name"]) == ("version = 2", "n.toml")
    assert again.spec["rejects_of"] == job.id


def test_what_cannot_be_retried_says_what_would_help(jobs, spec, dump, tmp_path):
    waiting, _ = jobs.submit(spec)
    clean, _ = jobs.submit(spec)
    end(jobs, clean.id, "succeeded")
    failed, _ = jobs.submit(spec)
    end(jobs, failed.id, "failed")

    with pytest.raises(JobNotRetryable, match="it is queued"):
        jobs.retry(waiting.id)
    with pytest.raises(JobNotRetryable, match="rejected nothing"):
        jobs.retry(clean.id)
    with pytest.raises(JobNotRetryable, match="send no rejects"):
        jobs.retry(failed.id, corrected=dump)
    assert dump.exists()
    dump.unlink()
    with pytest.raises(JobNotRetryable, match=r"x\.csv is no longer there"):
        jobs.retry(failed.id)


def test_rejects_are_a_file_or_nothing(jobs, spec):
    job, _ = jobs.submit(spec)

    assert jobs.rejects(job.id) is None
    reject(jobs, job.id)
    assert jobs.rejects(job.id).read_text(encoding="utf-8") == '{"line": 2}\n'


def test_pages_go_on_from_a_key_of_text(jobs, spec):
    made = [jobs.submit(spec)[0].id for _ in range(5)]
    first = jobs.page(limit=2)

    rest = jobs.page(limit=10, after=(first[-1].created_at.isoformat(), first[-1].id))

    assert [job.id for job in (*first, *rest)] == made[::-1]


def test_a_process_that_makes_no_job_imports_no_dbos(tmp_path):
    code = (
        "import sys, pathlib\n"
        "from app.services.jobs import Jobs\n"
        "from app.settings import Settings\n"
        "jobs = Jobs(Settings(home=pathlib.Path(sys.argv[1])))\n"
        "assert 'sqlalchemy' not in sys.modules\n"
        "jobs.page(limit=1); jobs.close()\n"
        "assert 'dbos' not in sys.modules"
    )

    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False)

    assert done.returncode == 0
