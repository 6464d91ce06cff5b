"""`catalograph fill` at a terminal, over a real Neo4j."""

import json

import pytest

pytestmark = pytest.mark.neo4j


def test_without_a_model_it_says_how_to_get_one(catalograph):
    done = catalograph("fill")

    assert done.returncode == 1
    assert "catalograph finetune filling" in done.stderr


def test_taking_back_needs_none(catalograph):
    done = catalograph("fill", "--remove", "--json")

    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert (report["items"], report["facts"], report["model"]) == (0, {}, None)


def test_a_worker_can_be_left_to_do_it(catalograph):
    submitted = catalograph("fill", "--source", "acme", "--background", "--json")
    shown = catalograph("jobs", "show", json.loads(submitted.stdout)["job"], "--json")

    job = json.loads(shown.stdout)
    assert (job["kind"], job["state"], job["source"]) == ("fill", "queued", "acme")


@pytest.mark.parametrize("name", ["filling", "plausibility"])
def test_a_worker_can_be_left_to_learn_it(catalograph, name):
    submitted = catalograph("finetune", name, "--promote", "never", "--background", "--json")
    shown = catalograph("jobs", "show", json.loads(submitted.stdout)["job"], "--json")

    job = json.loads(shown.stdout)
    assert (job["kind"], job["state"], job["learning"]["model"]) == ("finetune", "queued", name)


def test_a_setting_that_makes_no_sense_is_named(catalograph):
    done = catalograph("fill", "--precision", "98")

    assert done.returncode == 1
    assert "precision: 98.0 is not between 0 and 1" in done.stderr


def test_a_graph_without_facts_teaches_nothing(catalograph):
    done = catalograph("finetune", "filling")

    assert done.returncode == 1
    assert "no fact" in done.stderr
