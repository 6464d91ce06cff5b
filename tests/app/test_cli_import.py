"""`catalograph import` with its choices: replace, abort, dry run, background."""

from __future__ import annotations

import json

import pytest

MAPPING = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
price = { column = "price" }
"""
DONE, FAILED, USAGE, _, WITH_REJECTS = range(5)


@pytest.fixture
def shop(tmp_path):
    """Writes a dump and says how to import it."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING, encoding="utf-8")

    def importing(*rows, name="dump.csv"):
        file = tmp_path / name
        file.write_text("sku,title,price\n" + "\n".join(rows) + "\n", encoding="utf-8")
        return ["import", file, "--source", "shop", "--mapping", mapping, "--json"]

    return importing


def titles(database):
    query = "MATCH (p:Product) WHERE p.closed_at IS NULL RETURN p.title AS title ORDER BY title"
    return [row["title"] for row in database.read(query)]


def test_replace_closes_what_no_file_of_the_run_has(catalograph, shop, database):
    first = shop("1,Lamp,1", "2,Desk,2", "3,Chair,3")
    catalograph(*first)
    shop("1,Lamp,1", name="monday.csv")
    later = shop("3,Chair,3", name="tuesday.csv")

    done = catalograph(*later, later[1].with_name("monday.csv"), "--mode", "replace")

    report = json.loads(done.stdout)
    assert (report["unchanged"], report["closed"]) == (2, 1)
    assert titles(database) == ["Chair", "Lamp"]


def test_abort_lists_the_bad_rows_and_writes_nothing(catalograph, shop, database, tmp_path):
    rejects = tmp_path / "rejects.ndjson"

    done = catalograph(
        *shop("1,Lamp,1", "2,Desk,cheap"), "--on-error", "abort", "--rejects", rejects
    )

    assert done.returncode == FAILED
    error = json.loads(done.stdout)["error"]
    assert error["code"] == "import_failed"
    assert "nothing was written" in error["message"]
    assert json.loads(rejects.read_text())["line"] == 3
    assert titles(database) == []


def test_a_dry_run_reports_and_writes_nothing(catalograph, shop, database):
    done = catalograph(*shop("1,Lamp,1", "2,Desk,cheap"), "--dry-run")

    assert done.returncode == WITH_REJECTS
    report = json.loads(done.stdout)
    assert (report["dry_run"], report["created"], report["rejected"]) == (True, 1, 1)
    assert titles(database) == []


def test_an_import_all_of_whose_rows_are_rejected_fails_and_names_the_commonest_reason(
    catalograph, shop, tmp_path
):
    rejects = tmp_path / "rejects.ndjson"

    done = catalograph(*shop("1,Lamp,dear", "2,Desk,cheap"), "--rejects", rejects)

    report = json.loads(done.stdout)
    assert done.returncode == FAILED
    assert (report["rejected"], report["error"]["code"]) == (2, "nothing_loaded")
    for part in ("all 2 rows", "value_invalid", "'dear'", str(rejects)):
        assert part in report["error"]["message"]


def test_an_import_without_a_job_is_shown_by_the_id_it_printed(catalograph, shop):
    done = json.loads(catalograph(*shop("1,Lamp,1", "2,Desk,cheap")).stdout)

    shown = catalograph("jobs", "show", done["run"][:-2], "--json")
    unknown = catalograph("jobs", "show", "import-1999", "--json")

    run = json.loads(shown.stdout)
    assert shown.returncode == DONE, shown.stdout
    assert (run["id"], run["job"], run["source"]) == (done["run"], False, "shop")
    assert (run["rows_read"], run["created"], run["rejected"]) == (2, 1, 1)
    assert run["rejects_file"] == done["rejects_file"]
    assert run["finished_at"] is not None
    assert unknown.returncode == FAILED
    assert json.loads(unknown.stdout)["error"]["code"] == "job_not_found"


def test_an_import_without_a_job_has_its_rejects_and_says_why_there_is_no_more(catalograph, shop):
    done = json.loads(catalograph(*shop("1,Lamp,1", "2,Desk,cheap")).stdout)

    rejects = catalograph("jobs", "rejects", done["run"][:-2])
    refused = [catalograph("jobs", what, done["run"], "--json") for what in ("watch", "retry")]

    assert rejects.returncode == DONE, rejects.stderr
    assert json.loads(rejects.stdout)["value"] == "cheap"
    for one in refused:
        assert one.returncode == FAILED
        error = json.loads(one.stdout)["error"]
        assert error["code"] == "import_without_job"
        assert "import the dump again" in error["message"]


def test_a_job_in_the_background_can_be_found_again(catalograph, shop):
    done = catalograph(*shop("1,Lamp,1"), "--background")

    (id,) = json.loads(done.stdout)["jobs"]
    shown = json.loads(catalograph("jobs", "show", id, "--json").stdout)
    assert (shown["state"], shown["source"], shown["mode"]) == ("queued", "shop", "merge")


def test_replace_in_the_background_takes_one_file(catalograph, shop):
    first, second = shop("1,Lamp,1"), shop("2,Desk,2", name="other.csv")

    done = catalograph(*first, second[1], "--background", "--mode", "replace")

    assert done.returncode == USAGE
    assert "one FILE" in done.stderr
