"""What `catalograph demo` does with the example catalog; its server is tested elsewhere."""

import pytest

from app.cli.demo import EXAMPLES, SIMILAR_TO, import_examples

pytestmark = pytest.mark.neo4j

COUNTS = "MATCH (n:Product) RETURN n.source AS source, count(*) AS items"


@pytest.fixture(autouse=True)
def own_home(monkeypatch, tmp_path):
    monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path))


def lines(name):
    return len((EXAMPLES / "phones" / name).read_text(encoding="utf-8").splitlines()) - 1


def test_every_row_of_the_example_is_in_the_graph(database):
    written = import_examples(database, EXAMPLES)

    assert written == lines("phones.csv") + lines("offers.csv")
    assert database.read(COUNTS) == [{"source": "shops", "items": lines("offers.csv")}]
    found = database.read("MATCH (m:Model) WHERE m.id IN $ids RETURN m.id AS id", ids=SIMILAR_TO)
    assert {row["id"] for row in found} == set(SIMILAR_TO)


def test_the_second_run_writes_nothing(database):
    import_examples(database, EXAMPLES)

    assert import_examples(database, EXAMPLES) == 0
