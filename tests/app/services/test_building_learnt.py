"""Titles in a real Neo4j that rules read, and an extractor that was promoted."""

from datetime import UTC, datetime
from functools import partial

import pytest

from app.services.building import GraphBuild
from app.services.builds import BuildSpec
from app.services.knowledge import load_grounder
from graph.records import Fact, Item, Parameter
from graph.repositories.items import ItemWriter
from graph.repositories.proposal_ids import proposal_id
from graph.repositories.review import decide
from graph.text import normalise_value
from tests.ml.grounding.told import ToldReader

pytestmark = pytest.mark.neo4j

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
FINISH = Parameter("finish", "Finish", "text")
FACTS = """
MATCH (:Product {id: $id})-[r:HAS_PARAMETER]->(v)
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
    stock(database, *lamps, offer)
    return database


def stock(database, *items):
    ItemWriter(database).write(items, parameters={"finish": FINISH}, run="1", now=NOW)


@pytest.fixture
def build(tmp_path):
    """A build with what is said, by an extractor of this name, or by rules alone."""

    def made(id="build-1", *, said=None, reader=None, report=lambda progress: None, **spec):
        reader = ToldReader(FINISH, said) if said else reader
        return GraphBuild(
            id=id,
            spec=BuildSpec(source="shop", **spec),
            grounder=partial(load_grounder, reader=reader),
            folder=tmp_path / id,
            clock=lambda: NOW,
            report=report,
        )

    return made


def found(database, id="shop:1"):
    return {row["value"]: (row["status"], row["model"]) for row in database.read(FACTS, id=id)}


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
def test_what_is_surely_read_stays_where_an_extractor_was_promoted(stocked, build, said, facts):
    build(said=said).carry_out(stocked)

    assert found(stocked) == facts


def test_what_a_demoted_extractor_accepted_gives_way_to_what_rules_read(stocked, build):
    surely = {"pale green": 0.999, "brushed": 0.95, "Lamp": 0.9}
    build("build-1", said=surely, propose=0.05).carry_out(stocked)
    assert len(found(stocked)) == 3
    rules = build("build-2", accept=1.0)

    report, again = rules.carry_out(stocked), rules.carry_out(stocked)

    assert found(stocked) == {"finish=pale-green": ("proposed", "rules")}
    assert {name: count for name, count in report.facts.items() if count} == {
        "proposed": 1,
        "written": 1,
        "ended": 2,
    }
    assert (again.facts["written"], again.facts["unchanged"], again.facts["ended"]) == (0, 1, 0)
    assert again.before == again.after == report.after


def test_what_only_an_extractor_said_is_no_name_that_rules_know(stocked, build):
    build("build-1", said={"brushed": 0.7}).carry_out(stocked)

    again = build("build-2", said={"brushed": 0.7}).carry_out(stocked)
    build("build-3", propose=0.0).carry_out(stocked)

    assert (again.facts["written"], again.facts["ended"]) == (0, 0)
    assert found(stocked) == {"finish=pale-green": ("accepted", "rules")}


def test_a_run_that_was_killed_takes_back_the_rest_when_it_goes_on(stocked, build, monkeypatch):
    stock(stocked, Item("product", "shop:2", "Shade in pale green, brushed", "shop", "2"))
    build("build-1", said={"pale green": 0.999}).carry_out(stocked)
    monkeypatch.setattr("app.services.building.PAGE_ITEMS", 1)

    def die(progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build("build-2", accept=1.0, report=die).carry_out(stocked)
    report = build("build-2", accept=1.0).carry_out(stocked)

    assert (report.items, report.facts["written"]) == (2, 2)
    for id in ("shop:1", "shop:2"):
        assert found(stocked, id) == {"finish=pale-green": ("proposed", "rules")}


def test_what_a_person_decided_about_a_demoted_extractor_stays(stocked, build):
    build("build-1", said={"brushed": 0.7}).carry_out(stocked)
    id = proposal_id("product", "shop:1", "finish=brushed")
    decide(stocked, id, "accepted", None, "ann", datetime.now(UTC))

    build("build-2", accept=1.0).carry_out(stocked)

    assert found(stocked)["finish=brushed"] == ("accepted", "extraction@1")
