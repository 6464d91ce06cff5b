"""Every query of the Cypher cookbook has an answer in the example catalog."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.neo4j

TEXT = (Path(__file__).parents[2] / "docs" / "cypher.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```cypher\n// (.*?)\n(.*?)```", TEXT, re.DOTALL)


def test_the_cookbook_is_read_whole():
    assert len(QUERIES) == TEXT.count("```cypher") >= 25


@pytest.mark.parametrize("query", [text for _, text in QUERIES], ids=[name for name, _ in QUERIES])
def test_a_query_of_the_cookbook_has_an_answer(examples, query):
    table = examples.table(query, timeout_s=30, limit=1_000)

    assert table.rows
    assert any(cell not in (None, [], "") for row in table.rows for cell in row)


BRANDED = [(name, text) for name, text in QUERIES if ":Brand" in text]


@pytest.mark.parametrize("query", [text for _, text in BRANDED], ids=[name for name, _ in BRANDED])
def test_a_query_about_brands_is_written_for_categories_as_the_cookbook_says(examples, query):
    of_categories = query.replace("MADE_BY", "BELONGS_TO").replace(":Brand", ":Category")

    assert examples.table(of_categories, timeout_s=30, limit=1_000).rows


@pytest.mark.parametrize("query", [text for _, text in BRANDED], ids=[name for name, _ in BRANDED])
def test_or_for_a_parameter(examples, query):
    of_values = query.replace("MADE_BY", "HAS_PARAMETER").replace("b.name", "b.text")
    of_values = of_values.replace(":Brand", ":Value {parameter: 'network'}")

    assert examples.table(of_values, timeout_s=30, limit=1_000).rows
