"""What `catalograph demo` does with the example catalog; its server is tested elsewhere."""

import pytest

from app.cli.build import built_here
from app.cli.demo import EXAMPLES, SHOPS, import_examples
from app.cli.demo_tour import SIMILAR_TO
from app.services.builds import BuildSpec
from app.services.gold import score_against_gold
from app.settings import load_settings

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


def test_titles_alone_become_facts_that_are_right(database):
    import_examples(database, EXAMPLES)

    built_here(database, load_settings(), BuildSpec(source=SHOPS))

    *scores, whole = score_against_gold(database, EXAMPLES / "phones" / "offers_gold.jsonl", SHOPS)
    by_parameter = {score.parameter: score for score in scores}
    assert whole.precision > 0.9
    assert by_parameter["brand"].recall > 0.9
    assert by_parameter["storage"].recall > 0.8
    assert by_parameter["model"].precision > 0.9
    assert by_parameter["model"].recall > 0.7
    assert by_parameter["colour"].found == 0  # the example's reference has no colours
