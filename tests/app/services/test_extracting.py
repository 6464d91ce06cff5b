"""A category that is sent with a text is one of the graph, however it is named."""

from datetime import UTC, datetime

import pytest

from app.services.extracting import extract
from app.services.knowledge import load_grounder
from graph.ingest.items import category_path
from graph.records import Fact, Item, Parameter
from graph.repositories.items import ItemWriter
from graph.text import normalise_value
from ml.grounding.records import TextToRead

pytestmark = pytest.mark.neo4j

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
GLASS, HEIGHT = Parameter("glass", "Glass", "text"), Parameter("height", "Height", "number", "cm")
MIRRORS, LANTERNS = "Home > Bathroom > Mirrors", "Home > Lanterns"


@pytest.fixture
def grounder(database):
    """Lanterns have a height; of mirrors nobody says one."""
    facts = {
        MIRRORS: Fact(normalise_value("clear", GLASS), "x"),
        LANTERNS: Fact(normalise_value("60 cm", HEIGHT), "x"),
    }
    items = [
        Item(
            "product",
            f"shop:{category}-{n}",
            "Thing",
            "shop",
            f"hash {category} {n}",
            categories=category_path(category),
            facts=(fact,),
        )
        for category, fact in facts.items()
        for n in range(40)
    ]
    parameters = {one.id: one for one in (GLASS, HEIGHT)}
    ItemWriter(database).write(items, parameters=parameters, run="import-1", now=NOW)
    return load_grounder(database)


@pytest.mark.parametrize("category", [MIRRORS, "home/bathroom/mirrors", "Mirrors", "mirrors"])
def test_it_is_known_by_its_path_its_id_and_a_name_that_it_has_alone(grounder, category):
    text = TextToRead({"title": "Thing of 60 cm"}, category=category_path(category)[-1])

    [result] = extract(lambda: grounder, [text], None, 0.3, False).results

    assert result.facts == ()


@pytest.mark.parametrize("category", [LANTERNS, "Lanterns", "Boats > Mirrors", "Mirrors and more"])
def test_one_that_is_not_meant_decides_nothing(grounder, category):
    text = TextToRead({"title": "Thing of 60 cm"}, category=category_path(category)[-1])

    [result] = extract(lambda: grounder, [text], None, 0.3, False).results

    assert [fact.parameter for fact in result.facts] == ["height"]
