"""Jobs that learn, as a worker runs them: from the queue to vectors in the graph."""

from functools import partial

import pytest
from msgspec import structs

from app.jobs import execution, learning
from app.jobs.execution import JobCancelled, JobContext, WorkerStopping
from app.jobs.imports import import_body
from app.jobs.learning import embed_body, finetune_body, pretrain_body
from app.services.importing import ImportSpec
from app.services.job_view import view
from app.services.jobs import Jobs
from app.services.models import registry_of
from app.services.training_runs import (
    EMBED,
    FINETUNE,
    PRETRAIN,
    EmbedSpec,
    FinetuneSpec,
    PretrainSpec,
)
from ml.errors import LabelsInvalid, OffersInvalid, PairsInvalid
from tests.app.jobs.parts import NOW, settings_over
from tests.app.services.test_pretraining import STORED, TINY
from tests.ml.search.made_up import write_offers

pytestmark = pytest.mark.neo4j

MAPPING = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
[[parameters]]
id = "wood"
name = "Wood"
column = "wood"
kind = "text"
"""


@pytest.fixture
def settings(database, tmp_path):
    return settings_over(database, tmp_path, device="cpu")


@pytest.fixture
def jobs(settings):
    with Jobs(settings) as jobs:
        yield jobs


@pytest.fixture
def perform(jobs, settings):
    """Runs the body of a job that is queued, without a worker around it; returns its result."""

    return partial(in_home, settings, jobs)


def in_home(settings, jobs, job, body, stop=None):
    store = jobs._store()
    begun = store.begin(job.id, worker="w", now=NOW)
    context = JobContext(
        begun,
        store=store,
        stop=stop or Never(),
        folder=settings.job_folder(job.id),
        clock=lambda: NOW,
    )
    return body(settings)(context)


class Never:
    def is_set(self):
        return False


class After:
    """A worker that is told to stop after so many looks."""

    def __init__(self, looks):
        self.looks = looks

    def is_set(self):
        self.looks -= 1
        return self.looks < 0


def load(jobs, perform, tmp_path, rows=12, first=0):
    dump = tmp_path / f"chairs-{first}.csv"
    lines = [f"{n},chair {n},{('oak', 'pine')[n % 2]}" for n in range(first, first + rows)]
    dump.write_text("sku,title,wood\n" + "\n".join(lines) + "\n")
    spec = ImportSpec(
        path=str(dump), file=dump.name, source="shop", mapping=MAPPING, mapping_name="m.toml"
    )
    return perform(jobs.submit(spec)[0], import_body)


def queued(jobs, kind):
    return jobs.page(kind=kind, limit=10)


def run_of(jobs):
    return jobs.submit(PretrainSpec(recipe="quick", overrides=TINY))[0]


def test_a_training_run_ends_with_vectors(database, jobs, perform, settings, tmp_path):
    load(jobs, perform, tmp_path)

    result = perform(run_of(jobs), pretrain_body)

    assert result["artefact"] == "products/1"
    assert registry_of(settings).aliases("products") == {"champion": "1"}
    assert database.read(STORED) == [{"items": 12, "models": ["products@1"]}]


@pytest.fixture
def moved(database, tmp_path):
    """A home that was moved while a job waited in it whose file had been uploaded."""

    def moved(spec, name, text):
        before = settings_over(database, tmp_path / "before", device="cpu")
        file = before.job_folder("waiting") / name
        file.parent.mkdir(parents=True)
        file.write_text(text)
        with Jobs(before) as jobs:
            jobs.submit(structs.replace(spec, path=str(file)), run="waiting")
        before.home.rename(tmp_path / "after")
        return settings_over(database, tmp_path / "after", device="cpu")

    return moved


def test_labels_that_wait_in_a_home_that_is_moved_are_found_in_it(moved):
    settings = moved(FinetuneSpec(name="search", file="labels"), "labels.txt", "not,offers\n")

    with Jobs(settings) as jobs, pytest.raises(OffersInvalid) as caught:
        in_home(settings, jobs, jobs.get("waiting"), finetune_body)

    assert "labels" in str(caught.value)
    assert "cannot be read" not in str(caught.value)


def test_a_dump_that_waits_in_a_home_that_is_moved_is_loaded_from_it_and_again(moved):
    spec = ImportSpec(
        path="",
        file="chairs.csv",
        source="shop",
        mapping=MAPPING,
        mapping_name="m.toml",
        owned=True,
    )
    settings = moved(spec, "dump.csv", "sku,title,wood\n1,chair,oak\n")

    with Jobs(settings) as jobs:
        result = in_home(settings, jobs, jobs.get("waiting"), import_body)
        error = {"code": "internal_error", "message": "made up"}
        jobs._store().end(jobs.get("waiting"), "failed", now=NOW, error=error, then=lambda *_: None)
        again = jobs.retry("waiting")

    assert result["created"] == 1
    assert again.spec["path"] == str(settings.job_folder(again.id) / "dump.csv")


def test_a_worker_that_stops_leaves_the_run_to_the_next_one(jobs, perform, settings, tmp_path):
    load(jobs, perform, tmp_path)
    job = run_of(jobs)
    with pytest.raises(WorkerStopping):
        perform(job, pretrain_body, stop=After(5))

    result = perform(job, pretrain_body)

    assert result["steps"] == TINY["training.steps"]
    assert registry_of(settings).versions("products") == ("1",)


def test_a_run_that_is_cancelled_registers_nothing(jobs, perform, settings, tmp_path):
    load(jobs, perform, tmp_path)
    job = run_of(jobs)
    jobs._store().begin(job.id, worker="w", now=NOW)
    jobs.cancel(job.id)

    with pytest.raises(JobCancelled):
        perform(job, pretrain_body)

    assert registry_of(settings).names() == ()


def test_what_is_imported_later_gets_its_vectors_by_a_job(database, jobs, perform, tmp_path):
    load(jobs, perform, tmp_path)
    perform(run_of(jobs), pretrain_body)
    assert queued(jobs, EMBED) == []

    load(jobs, perform, tmp_path, first=100)
    (job,) = queued(jobs, EMBED)
    result = perform(job, embed_body)

    assert result["embedded"] == 12
    assert database.read(STORED)[0]["items"] == 24


def test_an_import_that_changes_nothing_asks_for_no_vectors(jobs, perform, tmp_path):
    load(jobs, perform, tmp_path)
    perform(run_of(jobs), pretrain_body)

    load(jobs, perform, tmp_path)

    assert queued(jobs, EMBED) == []


def test_jobs_that_learn_are_tried_again_as_they_were(jobs):
    run = run_of(jobs)
    embedding, _ = jobs.submit(EmbedSpec())
    jobs.cancel(run.id)
    jobs.cancel(embedding.id)

    again, vectors = jobs.retry(run.id), jobs.retry(embedding.id)

    assert (again.kind, again.spec, again.retry_of) == (PRETRAIN, run.spec, run.id)
    assert (vectors.kind, vectors.spec, vectors.retry_of) == (EMBED, embedding.spec, embedding.id)


def test_jobs_of_all_kinds_have_a_queue():
    from app.jobs.queue import QUEUE_OF_KIND

    assert set(QUEUE_OF_KIND) == {"import", PRETRAIN, EMBED, FINETUNE, "build", "fill"}


@pytest.mark.parametrize(
    ("reader", "error"),
    [
        ("extraction", LabelsInvalid),
        ("matching", PairsInvalid),
        ("categories", OffersInvalid),
    ],
)
def test_labels_that_cannot_be_learnt_from_are_called_as_their_sender_calls_them(
    jobs, perform, tmp_path, reader, error
):
    kept = tmp_path / "labels.txt"
    kept.write_text("nothing\n")
    spec = FinetuneSpec(name=reader, path=str(kept), file="labels")

    with pytest.raises(error, match=r"^labels, line 1: ") as caught:
        perform(jobs.submit(spec)[0], finetune_body)

    assert str(tmp_path) not in str(caught.value)


def test_a_run_that_learns_from_labels_says_what_it_does_and_why_it_does_not_serve(
    jobs, perform, settings, tmp_path, monkeypatch
):
    offers = write_offers(tmp_path / "offers.csv", 1, count=30)
    spec = FinetuneSpec(name="search", path=str(offers), file="offers.csv", promote="never")
    job, _ = jobs.submit(spec)
    monkeypatch.setattr(execution, "REPORT_EVERY_S", 0)
    result = perform(job, finetune_body)

    said = view(jobs.get(job.id), NOW).learning.note
    assert said.startswith("judged by "), "the last thing before its end"
    assert (result["promoted"], result["kept_back"]) == (False, "it was not to be promoted")
    assert registry_of(settings).aliases("search") == {}


def test_what_a_run_says_of_its_labels_has_the_name_that_their_sender_gave(
    jobs, perform, tmp_path, monkeypatch
):
    kept = tmp_path / "labels.txt"
    kept.write_text("nothing\n")
    job, _ = jobs.submit(FinetuneSpec(name="linking", path=str(kept), file="labels"))
    monkeypatch.setattr(execution, "REPORT_EVERY_S", 0)

    def learns_nothing(spec, database, shelf, *, notify):
        notify(f"{spec.path}: 3 offers, 2 of {spec.path} cannot be judged")
        raise OffersInvalid(path=kept, reason="has nothing to learn from")

    monkeypatch.setattr(learning, "finetune", learns_nothing)
    with pytest.raises(OffersInvalid):
        perform(job, finetune_body)

    note = view(jobs.get(job.id), NOW).learning.note
    assert note == "labels: 3 offers, 2 of labels cannot be judged"
