"""Titles in a real Neo4j that rules read, and an extractor that was promoted."""

from datetime import UTC, datetime
from functools import partial

import pytest

from app.services.building import GraphBuild
from app.services.builds import BuildSpec
from app.services.knowledge import load_grounder
from graph.records import Fact, Item, Parameter
from graph.repositories.items import ItemWriter
from graph.text import normalise_value
from tests.ml.grounding.told import ToldReader

pytestmark = pytest.mark.neo4j

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
FINISH = Parameter("finish", "Finish", "text")
FACTS = """
MATCH (:Product {id: 'shop:1'})-[r:HAS_PARAMETER]->(v)
RETURN v.id AS value, r.status AS status, r.model AS model
"""


@pytest.fixture
def stocked(database):
    green = (Fact(normalise_value("pale green", FINISH), "x"),)
    lamps = [
        Item("product", f"maker:{n}", f"Lamp {n}, pale green", "maker", str(n), facts=green)
        for n in range(20)
    ]
    offer = Item("product", "shop:1", "Lamp in pale green, brushed", "shop", "1")
    ItemWriter(database).write([*lamps, offer], parameters={"finish": FINISH}, run="1", now=NOW)
    return database


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ({}, {"finish=pale-green": ("accepted", "rules")}),
        ({"pale green": 0.4}, {"finish=pale-green": ("accepted", "rules")}),
        ({"pale green": 0.999}, {"finish=pale-green": ("accepted", "extraction@1")}),
        (
            {"brushed": 0.7},
            {
                "finish=pale-green": ("proposed", "rules"),
                "finish=brushed": ("proposed", "extraction@1"),
            },
        ),
    ],
    ids=["silent", "unsure of the same", "surer of the same", "another"],
)
def test_what_is_surely_read_stays_where_an_extractor_was_promoted(stocked, tmp_path, said, facts):
    build = GraphBuild(
        id="build-1",
        spec=BuildSpec(source="shop"),
        grounder=partial(load_grounder, reader=ToldReader(FINISH, said)),
        folder=tmp_path / "build-1",
        clock=lambda: NOW,
        report=lambda progress: None,
    )

    build.carry_out(stocked)

    assert {row["value"]: (row["status"], row["model"]) for row in stocked.read(FACTS)} == facts
