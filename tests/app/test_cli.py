"""The command line as a person or a script uses it: output, exit codes, errors."""

from __future__ import annotations

import json
import os
import socket

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from app.cli.main import cli
from graph.embedded.layout import Layout
from graph.embedded.state import ProcessId, State

MAPPING = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
price = { column = "price" }
"""
DONE, FAILED, USAGE, NO_DATABASE, WITH_REJECTS = range(5)


@pytest.fixture
def dump(tmp_path):
    (tmp_path / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    file = tmp_path / "dump.csv"
    file.write_text("sku,title,price\n1,Lamp,9.50\n2,台灯,12\n", encoding="utf-8")
    return file


def importing(dump, *more):
    mapping = dump.with_name("mapping.toml")
    return ["import", dump, "--source", "shop", "--mapping", mapping, "--json", *more]


def test_an_import_reports_what_became_of_every_row_and_can_be_queried(catalograph, dump):
    done = catalograph(*importing(dump))

    assert done.returncode == DONE, done.stderr
    report = json.loads(done.stdout)
    assert (report["rows_read"], report["created"], report["rejected"]) == (2, 2, 0)
    asked = catalograph(
        "query",
        "MATCH (p:Product) WHERE p.price > $low RETURN p.title AS title",
        "--param",
        "low=10",
        "--json",
    )
    assert json.loads(asked.stdout) == {
        "rows": [{"title": "台灯"}],
        "truncated": False,
        "hints": [],
    }


def test_a_second_import_of_the_same_file_writes_nothing(catalograph, dump):
    catalograph(*importing(dump))

    report = json.loads(catalograph(*importing(dump)).stdout)

    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)


def test_an_import_with_rejects_says_where_they_are_and_exits_with_four(catalograph, dump):
    dump.write_text("sku,title,price\n1,Lamp,cheap\n2,Desk,5\n", encoding="utf-8")

    done = catalograph(*importing(dump))

    assert done.returncode == WITH_REJECTS
    report = json.loads(done.stdout)
    assert report["created"] == 1
    with open(report["rejects_file"], encoding="utf-8") as file:  # noqa: PTH123
        assert json.loads(file.readline())["value"] == "cheap"


def test_a_misspelt_mapping_is_refused_in_one_sentence(catalograph, dump):
    dump.with_name("mapping.toml").write_text(MAPPING + "colour = 3\n", encoding="utf-8")

    done = catalograph(*importing(dump))

    assert done.returncode == FAILED
    assert json.loads(done.stdout)["error"]["code"] == "mapping_invalid"
    assert "Traceback" not in done.stderr


def test_a_source_that_no_id_can_begin_with_is_refused(catalograph, dump):
    done = catalograph(
        "import", dump, "--source", "My Shop", "--mapping", dump.with_name("mapping.toml")
    )

    assert done.returncode == FAILED
    assert "is not a source name" in done.stderr


def test_without_a_database_the_exit_code_is_three_and_the_remedy_is_named(run, dump):
    done = run(*importing(dump))

    assert done.returncode == NO_DATABASE
    assert "catalograph up" in json.loads(done.stdout)["error"]["message"]


def test_a_wrong_password_is_refused_with_the_account_and_without_the_password(catalograph):
    done = catalograph("stats", NEO4J_PASSWORD="not-the-secret")

    assert done.returncode == FAILED
    assert "refused the password of user 'neo4j'" in done.stderr
    assert "not-the-secret" not in done.stdout + done.stderr


@pytest.mark.parametrize("cypher", ["MATCH (n RETURN n", "CREATE (n:Product {id: 'x'}) RETURN n"])
def test_a_query_that_is_wrong_or_writes_is_refused(catalograph, cypher):
    done = catalograph("query", cypher)

    assert done.returncode == FAILED
    assert done.stderr.startswith("error")
    assert json.loads(catalograph("stats", "--json").stdout)["nodes"]["Product"] == 0


def test_a_query_writes_what_rest_answers_into_a_file(catalograph, tmp_path):
    cypher = "UNWIND [1, 2] AS n RETURN n, [n, 'ü'] AS list"
    files = {kind: tmp_path / f"rows.{kind}" for kind in ("csv", "arrow")}
    files["csv"].write_text("what was there before")

    done = [catalograph("query", cypher, "--output", file) for file in files.values()]

    assert [one.returncode for one in done] == [DONE, DONE], done
    assert files["csv"].read_bytes() == 'n,list\r\n1,"[1,""ü""]"\r\n2,"[2,""ü""]"\r\n'.encode()
    with pa.ipc.open_stream(files["arrow"].read_bytes()) as stream:
        assert stream.read_all().column("n").to_pylist() == [1, 2]
    assert {file.name for file in tmp_path.iterdir() if file.is_file()} == {
        file.name for file in files.values()
    }


def test_a_query_prints_csv_and_says_beside_it_that_there_is_more(catalograph):
    cypher = "UNWIND range(1, 9) AS n RETURN n"

    done = catalograph("query", cypher, "--limit", "2", "--format", "csv")

    assert done.stdout == "n\n1\n2\n"
    assert "the first 2 rows" in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--output", "rows.txt"),
        ("--output", "nowhere/rows.csv"),
        ("--output", "rows.csv", "--format", "table"),
        ("--format", "csv", "--json"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_asked(options):
    done = CliRunner().invoke(cli, ["query", "RETURN 1", *options])

    assert done.exit_code == USAGE, done.output


def test_a_query_with_more_rows_than_the_limit_says_so(catalograph):
    done = catalograph("query", "UNWIND range(1, 9) AS n RETURN n", "--limit", "3", "--json")

    rows = [{"n": 1}, {"n": 2}, {"n": 3}]
    assert json.loads(done.stdout) == {"rows": rows, "truncated": True, "hints": []}


def test_migrate_has_nothing_to_do_the_second_time(catalograph):
    assert json.loads(catalograph("migrate", "--json").stdout)["applied"] == []


def test_the_doctor_finds_a_healthy_installation_healthy(catalograph):
    done = catalograph("doctor", "--json")

    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == DONE, findings
    assert findings["indexes"]["state"] == findings["migrations"]["state"] == "ok"


def test_the_doctor_names_what_is_wrong_and_what_to_do(run):
    done = run("doctor", "--json")

    findings = {finding["name"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == FAILED
    assert findings["database"]["state"] == "red"
    assert "catalograph up" in findings["database"]["remedy"]


def test_a_key_is_made_listed_without_its_secret_and_revoked(run):
    made = json.loads(run("keys", "create", "shop", "--scope", "write", "--json").stdout)

    listed = run("keys", "list", "--json").stdout
    assert made["key"] not in listed
    assert [(key["id"], key["scope"]) for key in json.loads(listed)] == [(made["id"], "write")]
    assert run("keys", "revoke", made["id"]).returncode == DONE
    assert json.loads(run("keys", "list", "--json").stdout) == []
    assert run("keys", "revoke", made["id"]).returncode == FAILED


def test_a_port_in_use_is_said_before_anything_is_started(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("up", "--dev", "--port", port)

    assert done.returncode == FAILED
    assert f"port {port}: it is taken" in done.stderr
    assert "--port" in done.stderr


def test_dev_mode_refuses_an_address_that_others_reach(run):
    done = run("serve", "--dev", "--host", "0.0.0.0")

    assert done.returncode == FAILED
    assert "without keys" in done.stderr


def test_the_status_of_a_server_that_never_ran_is_stopped(run):
    done = run("neo4j", "status", "--json")

    assert done.returncode == NO_DATABASE
    assert json.loads(done.stdout)["phase"] == "stopped"


def test_the_status_of_a_server_shows_ports_and_processes_as_they_are_typed(run, tmp_path):
    layout = Layout(tmp_path / "home")
    layout.create()
    layout.password_file.write_text("secret")
    ours = ProcessId.of(os.getpid())
    state = State(phase="running", bolt_port=7687, http_port=7474, supervisor=ours, server=ours)
    state.write(layout)

    done = run("neo4j", "status")

    assert "7474" in done.stdout
    assert "7,474" not in done.stdout


def test_a_drawing_shows_the_item_and_its_neighbours(catalograph, dump, tmp_path):
    catalograph(*importing(dump))

    done = catalograph("draw", "shop:1", "--output", tmp_path / "graph.svg")

    assert done.returncode == DONE, done.stderr
    assert "Lamp" in (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert catalograph("draw", "shop:none", "--output", tmp_path / "x.svg").returncode == FAILED


def test_a_variable_that_cannot_be_used_is_named(run):
    done = run("keys", "list", CATALOGRAPH_PORT="many")

    assert done.returncode == FAILED
    assert "CATALOGRAPH_PORT='many'" in done.stderr


@pytest.mark.parametrize(
    "query",
    [
        "RETURN " + "(" * 5_000 + "1" + ")" * 5_000,
        "RETURN 1" + "+1" * 5_000,
        "RETURN " + "[" * 3_000,
    ],
)
def test_a_query_that_no_planner_ends_is_refused_at_once(catalograph, query):
    done = catalograph("query", query, "--timeout", "5")

    assert done.returncode == FAILED
    assert "nested" in done.stderr or "operators" in done.stderr


def test_a_query_that_no_time_limit_stops_is_given_up(catalograph):
    bomb = "RETURN reduce(a = 0, x IN range(1, $n) | a + x) AS n"

    done = catalograph("query", bomb, "--param", "n=1000000000", "--timeout", "1")

    assert done.returncode == FAILED
    assert "stopped after 1 s" in done.stderr


def test_a_dump_is_never_overwritten_by_its_rejects(catalograph, dump):
    before = dump.read_bytes()

    done = catalograph(*importing(dump, "--rejects", dump))

    assert done.returncode == FAILED
    assert dump.read_bytes() == before


def test_files_are_all_looked_for_before_the_first_is_imported(catalograph, dump):
    done = catalograph(*importing(dump), dump.with_name("none.csv"))

    assert done.returncode == FAILED
    assert "none.csv" in done.stdout
    assert json.loads(catalograph("stats", "--json").stdout)["nodes"]["Product"] == 0
