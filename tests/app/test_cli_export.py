"""`catalograph export`: folders, files, refusals, and a snapshot that is brought up to date."""

from __future__ import annotations

import json

import pytest
import typer
from msgspec import structs

from app.cli.export import export_
from app.services.exporting import ExportChoices, hetero_of, scope_of
from app.settings import Settings
from graph.errors import ExportScopeInvalid, SnapshotTargetTaken
from graph.export import Around, Selected, Since, Whole
from graph.snapshot import Snapshot
from ml.data.hetero import load_hetero
from tests.graph.repositories.conftest import store
from tests.graph.repositories.stock import ITEMS


@pytest.fixture
def settings(database, tmp_path, monkeypatch):
    """Of the Neo4j of this run, in the environment as well."""
    store(database)
    found = database.connection
    monkeypatch.setenv("NEO4J_URI", found.uri)
    monkeypatch.setenv("NEO4J_USERNAME", found.username)
    monkeypatch.setenv("NEO4J_PASSWORD", found.password)
    monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path / "home"))
    return Settings()


def export(out, capsys, **options):
    """What the command prints with --json; its options without the defaults of typer."""
    given = {"filter": None, "around": None, "hops": 2, "since": None, "format": "parquet"}
    export_(out, **{**given, **options}, json=True)
    return json.loads(capsys.readouterr().out)


def test_a_folder_is_written_and_described(settings, tmp_path, capsys):
    report = export(tmp_path / "graph", capsys)

    snapshot = Snapshot.read(tmp_path / "graph")
    assert report["path"] == str(tmp_path / "graph")
    assert report["manifest"]["fingerprint"] == snapshot.manifest.fingerprint
    assert report["manifest"]["nodes"]["Product"] == 4


def test_people_get_a_table(settings, tmp_path, capsys):
    export_(tmp_path / "graph", None, None, 2, None, "parquet", False)

    printed = capsys.readouterr().out
    assert "Product-HAS_PARAMETER-Value edges" in printed
    assert "fingerprint" in printed


def test_people_are_told_that_nothing_passes_a_filter(settings, tmp_path, capsys):
    export_(tmp_path / "none", "category:spoons", None, 2, None, "parquet", False)

    printed = capsys.readouterr().out.splitlines()
    assert next(line.split() for line in printed if "Product nodes" in line)[-2] == "0"


def test_a_file_for_pytorch_geometric_is_the_graph_from_settings(settings, tmp_path, capsys):
    export(tmp_path / "graph.safetensors", capsys, format="pyg")

    data = load_hetero(tmp_path / "graph.safetensors")
    direct = hetero_of(settings)
    assert data.edge_types == direct.edge_types
    for type in direct.edge_types:
        assert data[type].edge_index.equal(direct[type].edge_index)
    assert direct["Product"].num_nodes == 4


def test_filters_and_ids_choose_a_part(settings, tmp_path, capsys):
    part = export(tmp_path / "part", capsys, filter="source:north")
    near = export(tmp_path / "near", capsys, around=[ITEMS[1].id], hops=0)

    assert part["manifest"]["nodes"]["Product"] == 2
    assert near["manifest"]["nodes"] | {"Product": 0} == dict.fromkeys(near["manifest"]["nodes"], 0)


def test_a_snapshot_is_brought_up_to_date_in_place(settings, database, tmp_path, capsys):
    folder = tmp_path / "graph"
    export(folder, capsys)
    store(database, [replace_title(ITEMS[1])])

    export(folder, capsys, since=str(folder))

    snapshot = Snapshot.read(folder)
    assert "Another title" in snapshot.nodes["Product"]["title"].to_pylist()
    assert snapshot.manifest.scope == "all"


def test_an_increment_of_a_snapshot_goes_into_another_folder(settings, database, tmp_path, capsys):
    export(tmp_path / "graph", capsys)
    store(database, [replace_title(ITEMS[1])])

    report = export(tmp_path / "increment", capsys, since=str(tmp_path / "graph"))

    # Others may be in it as well: a transaction that was open meanwhile moves the watermark back.
    assert report["manifest"]["since"] is not None
    changed = Snapshot.read(tmp_path / "increment").nodes["Product"].to_pylist()
    assert {row["id"]: row["title"] for row in changed}[ITEMS[1].id] == "Another title"


def replace_title(item):
    return structs.replace(item, title="Another title", content_hash="another")


def test_a_folder_of_something_else_is_refused_before_anything_is_read(settings, tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(SnapshotTargetTaken, match="no snapshot"):
        export(tmp_path, capsys)


def test_without_pytorch_geometric_the_option_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("app.cli.export.find_spec", lambda name: None)

    with pytest.raises(typer.BadParameter, match=r"catalograph\[learn\]"):
        export_(tmp_path / "graph", None, None, 2, None, "pyg", False)


@pytest.mark.parametrize(
    ("choices", "scope"),
    [
        (ExportChoices(), Whole()),
        (ExportChoices(filter="brand:acme"), Selected("brand:acme")),
        (ExportChoices(around=("a", "b"), hops=1), Around(("a", "b"), 1)),
        (ExportChoices(since="2026-01-05T03:00:00Z"), Since("2026-01-05T03:00:00+00:00")),
        (ExportChoices(since="2026-01-05"), Since("2026-01-05T00:00:00+00:00")),
    ],
)
def test_choices_name_a_scope(choices, scope):
    assert scope_of(choices) == scope


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        (ExportChoices(filter="x", since="2026-01-05"), "filter cannot be combined with since"),
        (ExportChoices(filter="x", around=("a",)), "filter cannot be combined with around"),
        (ExportChoices(since="yesterday"), "neither the folder of a snapshot nor a time"),
    ],
)
def test_choices_that_mean_nothing_are_refused(choices, reason):
    with pytest.raises(ExportScopeInvalid, match=reason):
        scope_of(choices)


def test_a_snapshot_without_a_watermark_begins_nothing(tmp_path):
    Snapshot.of({}, {}).write(tmp_path / "graph")

    with pytest.raises(ExportScopeInvalid, match="has no watermark"):
        scope_of(ExportChoices(since=str(tmp_path / "graph")))
