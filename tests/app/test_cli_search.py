"""`catalograph search` as a process of its own."""

import json

from ml.registry import Registry
from tests.artefacts import draft


def test_json_is_all_that_is_printed_also_where_a_model_cannot_be_loaded(catalograph, tmp_path):
    registry = Registry(tmp_path / "home" / "models")
    registry.register("search", draft(tmp_path, seed=0))
    registry.promote("search", "1")

    done = catalograph("search", "lantern", "--json")

    assert json.loads(done.stdout)["model"] == "rules"
    assert "model_not_loaded" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_order_in_words_is_told(catalograph):
    done = catalograph("search", "the cheapest lantern")

    assert "Sorted by: price" in done.stdout


def test_what_newest_means_is_told(catalograph):
    done = catalograph("search", "newest lantern")

    assert "Sorted by: newest (what came into the graph last)" in done.stdout


def test_a_database_of_another_version_is_told_with_the_remedy(catalograph, database):
    database.run("MERGE (:__Neo4jMigration {version: '9999'})")
    try:
        done = catalograph("search", "lantern")
    finally:
        database.run("MATCH (m:__Neo4jMigration {version: '9999'}) DETACH DELETE m")

    assert done.returncode == 1
    assert "9999" in done.stderr
    assert "not at the version of this code" in done.stderr
