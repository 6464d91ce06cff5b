"""`catalograph mapping suggest` and `import --preview` as people and scripts use them."""

from __future__ import annotations

import json

import pytest

from graph.ingest.mapping_file import load_mapping_file, parse_mapping

DONE, FAILED, USAGE, WITH_REJECTS = 0, 1, 2, 4


@pytest.fixture
def dump(tmp_path):
    path = tmp_path / "dump.csv"
    lines = [f"N-{n},Oak lamp number {n},{n + 1} kg,{n}.50" for n in range(30)]
    path.write_text("\n".join(["sku,title,weight,price", *lines]), encoding="utf-8")
    return path


def test_a_suggestion_goes_to_standard_output_and_its_evidence_beside_it(run, dump):
    done = run("mapping", "suggest", dump)

    assert done.returncode == DONE, done.stderr
    assert parse_mapping(done.stdout).id.column == "sku"
    assert "unit kg in 100 %" in " ".join(done.stderr.replace("│", " ").split())


def test_a_suggestion_is_written_to_a_new_file_only(run, dump, tmp_path):
    output = tmp_path / "mapping.toml"

    first = run("mapping", "suggest", dump, "--output", output)
    second = run("mapping", "suggest", dump, "--output", output)

    assert (first.returncode, first.stdout) == (DONE, "")
    assert load_mapping_file(output).fields.price.column == "price"
    assert second.returncode == FAILED
    assert "exists already" in second.stderr


def test_a_suggestion_as_json_has_every_decision_with_its_evidence(run, dump):
    done = run("mapping", "suggest", dump, "--json", "--sample", "10", "--target", "product")

    found = json.loads(done.stdout)
    assert (found["rows_read"], found["rows_sampled"]) == (30, 10)
    weight = next(d for d in found["decisions"] if d["column"] == "weight")
    assert (weight["kind"], weight["unit"]) == ("number", "kg")
    assert parse_mapping(found["toml"]).target == "product"


def test_a_preview_needs_no_database_and_writes_nothing(run, dump, tmp_path):
    before = sorted(tmp_path.rglob("*"))

    done = run("import", dump, "--source", "shop", "--preview", "--preview-rows", "2", "--json")

    assert done.returncode == DONE, done.stderr
    (found,) = json.loads(done.stdout)["files"]
    assert [row["item"]["id"] for row in found["rows"]] == ["shop:N-0", "shop:N-1"]
    assert found["rows"][0]["item"]["facts"][0]["value"]["text"] == "1 kg"
    assert sorted(tmp_path.rglob("*")) == before


def test_a_preview_shows_rows_and_rejects_to_people(run, dump):
    with dump.open("a", encoding="utf-8") as file:
        file.write("\nN-99,,1 kg,1\n")

    done = run("import", dump, "--source", "shop", "--preview", "--preview-rows", "40")

    assert done.returncode == WITH_REJECTS
    assert "shop:N-0" in done.stdout
    assert "31 rows with the suggested mapping: 1 rejected" in done.stdout


def test_an_import_without_a_mapping_says_how_to_get_one(run, dump):
    done = run("import", dump, "--source", "shop")

    assert done.returncode == USAGE
    assert "mapping suggest" in done.stderr


def test_a_file_that_is_not_there_is_one_sentence(run, tmp_path):
    done = run("mapping", "suggest", tmp_path / "none.csv", "--json")

    assert done.returncode == FAILED
    assert json.loads(done.stdout)["error"]["code"] == "import_failed"
