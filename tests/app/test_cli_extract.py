"""`catalograph extract`: a file is read with all that the graph and the registry have."""

import json

import pytest

from app.cli.extract import extract
from graph.records import Item, Named
from graph.repositories.items import ItemWriter
from tests.graph.repositories.stated import MONDAY


@pytest.fixture
def settings(database, tmp_path, monkeypatch):
    """A graph with one model, in the Neo4j that the environment names."""
    model = Item(
        "model",
        "acme glow 6",
        "Acme Glow 6",
        "maker",
        "hash",
        brand=Named("acme", "Acme", ("Acme",)),
        names=("Acme Glow 6", "Glow 6"),
    )
    ItemWriter(database).write([model], parameters={}, run="import", now=MONDAY)
    found = database.connection
    monkeypatch.setenv("NEO4J_URI", found.uri)
    monkeypatch.setenv("NEO4J_USERNAME", found.username)
    monkeypatch.setenv("NEO4J_PASSWORD", found.password)
    monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path / "home"))


def test_models_are_found_and_accessories_are_made_for_them(settings, tmp_path):
    file, output = tmp_path / "offers.txt", tmp_path / "facts.ndjson"
    file.write_text("Acme Glow 6 black\nCover for Acme Glow 6\n", encoding="utf-8")

    extract(file, output=output, title="title", parameter=None, min_confidence=0.0)

    rows = map(json.loads, output.read_text(encoding="utf-8").splitlines())
    links = [
        [
            (fact["relation"], fact["links"]["entity"])
            for fact in row["facts"]
            if fact["parameter"] in ("model", "made_for")
        ]
        for row in rows
    ]
    assert links == [[("INSTANCE_OF", "acme glow 6")], [("MADE_FOR", "acme glow 6")]]
