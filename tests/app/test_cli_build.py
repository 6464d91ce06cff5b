"""`catalograph build-graph` as a job, with the settings of `POST /v1/graph-builds`."""

import json

import pytest

from app.services.jobs import Jobs
from app.settings import Settings
from tests.app.test_cli import FAILED


def in_background(run, *options):
    done = run("build-graph", "--source", "shop", "--background", *options, "--json")
    assert done.returncode == 0, done.stderr
    id = json.loads(done.stdout)["job"]
    return json.loads(run("jobs", "show", id, "--json").stdout)


def test_it_is_left_to_a_worker(run):
    job = in_background(run, "--accept", "0.9")

    assert (job["kind"], job["state"], job["source"]) == ("build", "queued", "shop")


@pytest.mark.parametrize(
    ("options", "only_text"), [((), True), (("--only-text",), True), (("--all",), False)]
)
def test_which_products_are_read_has_the_name_that_rest_gives_it(run, options, only_text, tmp_path):
    job = in_background(run, *options)

    assert stored(tmp_path, job["id"]).spec["only_text"] is only_text


def test_settings_that_make_no_sense_become_no_job(run):
    done = run("build-graph", "--background", "--propose", "0.9", "--json")

    assert done.returncode == FAILED
    assert json.loads(done.stdout)["error"]["code"] == "build_invalid"
    assert json.loads(run("jobs", "ls", "--json").stdout) == []


def stored(tmp_path, id):
    with Jobs(Settings(home=tmp_path / "home")) as jobs:
        return jobs.get(id)
