"""`catalograph finetune --background`: labels that a worker learns from."""

import json

import pytest
from typer.testing import CliRunner

from app.cli import finetune, jobs
from app.services.training_runs import FINETUNE
from ml.errors import ArtefactNotFound


@pytest.fixture
def run(tmp_path, monkeypatch):
    """In this process, with a home of its own; what was printed, and how it ended."""
    monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path / "home"))

    def run(group, *arguments):
        return CliRunner().invoke(group.cli, list(map(str, arguments)))

    return run


@pytest.fixture
def labels(tmp_path):
    file = tmp_path / "labels.txt"
    file.write_text("as good as any: a worker reads it\n")
    return file


def queued(run, *arguments):
    done = run(finetune, *arguments, "--background", "--json")
    assert done.exit_code == 0, done.stderr
    job = json.loads(done.stdout)["job"]
    return json.loads(run(jobs, "show", job, "--json").stdout)


@pytest.mark.parametrize(
    ("reader", "option"),
    [
        ("extraction", "--train"),
        ("matching", "--train"),
        ("linking", "--train"),
        ("categories", "--train"),
        ("search", "--train"),
        ("recommendation", "--sequences"),
    ],
)
def test_a_worker_can_be_left_to_learn_from_a_file(run, labels, reader, option):
    job = queued(run, reader, option, labels, "--promote", "never", "--seed", 3)

    assert (job["kind"], job["state"], job["file"]) == (FINETUNE, "queued", str(labels))
    assert job["learning"]["model"] == reader


@pytest.mark.parametrize(
    "arguments",
    [
        ("extraction", "--reviewed", "--tune", "last"),
        ("linking", "--known"),
        ("recommendation",),
        ("search", "--known"),
    ],
)
def test_or_from_what_the_graph_knows(run, arguments):
    job = queued(run, *arguments)

    assert (job["state"], job["file"]) == ("queued", None)


@pytest.mark.parametrize(
    ("arguments", "option", "reason"),
    [
        (("extraction", "--train", "LABELS", "--epochs", "3"), "--epochs", "with --background"),
        (("extraction", "--train", "LABELS", "--network", "none"), "--network", "--background"),
        (("extraction", "--train", "LABELS", "--checkpoint", "x"), "--checkpoint", "--background"),
        (("matching", "--train", "LABELS", "--valid", "LABELS"), "--valid", "--background"),
        (("recommendation", "--epochs", "3"), "--epochs", "--background"),
        (("linking", "--train", "LABELS", "--train", "LABELS"), "", "one FILE"),
        (("search", "--train", "nowhere.csv"), "", "nowhere.csv"),
        (("categories",), "--train", "--known"),
    ],
)
def test_what_a_worker_could_not_do_is_refused_at_once(run, labels, arguments, option, reason):
    given = (str(labels) if one == "LABELS" else one for one in arguments)

    done = run(finetune, *given, "--background")

    assert done.exit_code == 2
    assert option in done.stderr
    assert reason in done.stderr


def test_a_start_that_is_not_there_is_refused_at_once(run, labels):
    start = ("--from", "products/champion")

    done = run(finetune, "extraction", "--train", labels, *start, "--background")

    assert isinstance(done.exception, ArtefactNotFound)
