"""Every query of the Cypher cookbook has an answer in the example catalog."""

import re
import shutil
from pathlib import Path

import pytest

from app.cli.demo import EXAMPLES, import_examples
from tests.conftest import empty

pytestmark = pytest.mark.neo4j

TEXT = (Path(__file__).parents[2] / "docs" / "cypher.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```cypher\n// (.*?)\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture(scope="module")
def examples(shared_database, tmp_path_factory):
    database, token = shared_database
    empty(database, token)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CATALOGRAPH_HOME", str(tmp_path_factory.mktemp("home")))
        import_examples(database, fewer(tmp_path_factory.mktemp("examples")))
    return database


def fewer(folder):
    """The example catalog with the first offers alone: loading all of them takes its time."""
    shutil.copytree(EXAMPLES / "mappings", folder / "mappings")
    (folder / "phones").mkdir()
    for name, lines in (("phones.csv", None), ("offers.csv", 150)):
        rows = (EXAMPLES / "phones" / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / "phones" / name).write_text("".join(rows[:lines]), encoding="utf-8")
    return folder


def test_the_cookbook_is_read_whole():
    assert len(QUERIES) == TEXT.count("```cypher") >= 25


@pytest.mark.parametrize("query", [text for _, text in QUERIES], ids=[name for name, _ in QUERIES])
def test_a_query_of_the_cookbook_has_an_answer(examples, query):
    table = examples.table(query, timeout_s=30, limit=1_000)

    assert table.rows
    assert any(cell not in (None, [], "") for row in table.rows for cell in row)
