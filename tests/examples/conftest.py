"""The example catalog in Neo4j, small enough to be loaded for each file of tests."""

import shutil

import pytest

from app.cli.demo import EXAMPLES, import_examples
from tests.conftest import empty


@pytest.fixture(scope="module")
def examples(shared_database, tmp_path_factory):
    """All phones and the first offers, to be read only."""
    database, token = shared_database
    empty(database, token)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CATALOGRAPH_HOME", str(tmp_path_factory.mktemp("home")))
        import_examples(database, fewer(tmp_path_factory.mktemp("examples")))
    return database


@pytest.fixture
def catalog(examples, monkeypatch):
    """The example catalog, found through the environment."""
    monkeypatch.setenv("NEO4J_URI", examples.connection.uri)
    monkeypatch.setenv("NEO4J_USERNAME", examples.connection.username)
    monkeypatch.setenv("NEO4J_PASSWORD", examples.connection.password)
    return examples


def fewer(folder):
    """The example catalog with the first offers alone: loading all of them takes its time."""
    shutil.copytree(EXAMPLES / "mappings", folder / "mappings")
    (folder / "phones").mkdir()
    for name, lines in (("phones.csv", None), ("offers.csv", 150)):
        rows = (EXAMPLES / "phones" / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / "phones" / name).write_text("".join(rows[:lines]), encoding="utf-8")
    return folder
