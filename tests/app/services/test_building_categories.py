"""Products of a real Neo4j that no catalog puts into a category get one from the model of these."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.services.building import GraphBuild
from app.services.builds import BuildSpec
from app.services.categorizing import LoadedCategorizer
from app.services.knowledge import load_grounder
from graph.records import Fact, Item, Named, Parameter
from graph.repositories.entity_links import EntityLink, write_links
from graph.text import normalise_value
from ml.categories.categorizer import Categorizer, CategorizerConfig
from ml.categories.records import LabelledTitle
from tests.graph.repositories.conftest import store
from tests.ml.categories.made_up import titles

pytestmark = pytest.mark.neo4j

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
LANTERNS, KETTLES, DESKS = (
    Named(f"home/{kind.lower()}", kind, (kind,)) for kind in ("Lanterns", "Kettles", "Desks")
)
BY_NAME = {one.name: one for one in (LANTERNS, KETTLES, DESKS)}
HEIGHT = Parameter("height", "Height", "number", "cm")
POWER = Parameter("power", "Power", "number", "W")
KETTLE = "shop:1"
LINKS = """
MATCH (p:Product {source: 'shop'})-[r:BELONGS_TO]->(c)
RETURN p.id AS id, c.id AS category, r.origin AS origin ORDER BY id, category
"""


@pytest.fixture(scope="module")
def learnt():
    labelled = [
        LabelledTitle(one.title, BY_NAME[one.category].id, one.group)
        for one in titles(kinds=tuple(BY_NAME))
    ]
    categorizer = Categorizer.train(labelled, CategorizerConfig(with_meaning=False))
    paths = {one.id: (one,) for one in BY_NAME.values()}
    return LoadedCategorizer("categories@1", categorizer, paths)


def product(id, title, category=None, source="shop", *cells):
    parameters = [HEIGHT if cell.endswith("cm") else POWER for cell in cells]
    values = [normalise_value(*one) for one in zip(cells, parameters, strict=True)]
    return Item(
        "product",
        f"{source}:{id}",
        title,
        source,
        f"hash {title}",
        categories=(category,) if category else (),
        facts=tuple(Fact(value, "x") for value in values),
    )


@pytest.fixture
def stocked(database):
    """A shop that says the category of one product, which no reader would put there."""
    known = [product(n, f"thing {n}", one, "maker") for n, one in enumerate(BY_NAME.values())]
    here = [
        product(1, "acme kettle spout steam"),
        product(2, "zuvo lantern wick glow", DESKS),
        product(3, "tractor tyre rubber"),
    ]
    store(database, [*known, *here])
    return database


@pytest.fixture
def build(tmp_path):
    def made(categorizer, **spec):
        return GraphBuild(
            id="build-1",
            spec=BuildSpec(source="shop", **spec),
            grounder=load_grounder,
            folder=tmp_path / "build-1",
            clock=lambda: NOW,
            report=lambda progress: None,
            categorizer=lambda: categorizer,
        )

    return made


def named(origin, target, confidence=0.9):
    return EntityLink(KETTLE, "BELONGS_TO", target, confidence, "", "rules", origin=origin)


def test_a_product_without_a_category_gets_the_one_that_is_sure(stocked, build, learnt):
    report = build(learnt, accept=0.5).carry_out(stocked)

    [row] = stocked.read(
        "MATCH (p:Product {id: $id})-[r:BELONGS_TO]->(c) "
        "RETURN c.id AS category, p.category_id AS filtered, properties(r) AS said",
        id=KETTLE,
    )
    assert row["category"] == row["filtered"] == KETTLES.id
    assert 0.5 <= row["said"].pop("confidence") <= 1
    assert row["said"].pop("valid_from") is not None
    assert row["said"] == {
        "origin": "predicted",
        "status": "accepted",
        "model": "categories@1",
        "run": "build-1",
    }
    assert (report.links, report.categories) == ({"BELONGS_TO": 1}, "categories@1")
    assert (report.before.items_with_category, report.after.items_with_category) == (1, 2)


@pytest.mark.parametrize("model", ["none", "learnt"])
def test_a_text_is_read_as_one_of_the_predicted_category(database, build, learnt, model):
    """The maker says the height of lanterns, and of kettles the power alone."""
    store(
        database,
        [
            *(product(f"l{n}", f"lantern {n}", LANTERNS, "maker", "30 cm") for n in range(9)),
            *(product(f"k{n}", f"kettle {n}", KETTLES, "maker", "40 W") for n in range(9)),
            product(1, "acme kettle spout steam 30 cm"),
        ],
        parameters={one.id: one for one in (HEIGHT, POWER)},
    )

    build(learnt if model == "learnt" else None, accept=0.5).carry_out(database)

    found = database.read("MATCH (:Product {id: $id})-[:HAS_PARAMETER]->(v) RETURN v.id", id=KETTLE)
    assert len(found) == (0 if model == "learnt" else 1)


def test_what_a_catalog_says_and_kinds_that_were_not_learnt_are_left_alone(stocked, build, learnt):
    build(learnt, accept=0.5, only_text=False).carry_out(stocked)

    rows = {row["id"]: (row["category"], row["origin"]) for row in stocked.read(LINKS)}
    assert rows == {KETTLE: (KETTLES.id, "predicted"), "shop:2": (DESKS.id, "catalog")}


def test_a_category_below_the_threshold_is_not_written(stocked, build, learnt):
    report = build(learnt, accept=1.0).carry_out(stocked)

    assert report.links == {}
    assert report.before == report.after


def test_without_a_model_and_with_one_of_another_tree_nothing_is_written(stocked, build, learnt):
    elsewhere = {one.id: (Named(f"away/{one.id}", "Away"),) for one in BY_NAME.values()}

    without = build(None, accept=0.5).carry_out(stocked)
    foreign = build(replace(learnt, paths=elsewhere), accept=0.5).carry_out(stocked)

    assert without.links == foreign.links == {}
    assert without.categories is None


def test_a_second_run_writes_nothing(stocked, build, learnt):
    first = build(learnt, accept=0.5).carry_out(stocked)

    again = build(learnt, accept=0.5).carry_out(stocked)

    assert (again.links, again.before) == ({}, first.after)


@pytest.mark.parametrize("with_model", [True, False], ids=["less sure", "demoted"])
def test_a_category_that_is_predicted_no_longer_has_ended(stocked, build, learnt, with_model):
    build(learnt, accept=0.5).carry_out(stocked)
    later = build(learnt if with_model else None, accept=1.0)

    report, again = later.carry_out(stocked), later.carry_out(stocked)

    rows = {row["id"]: (row["category"], row["origin"]) for row in stocked.read(LINKS)}
    assert rows == {"shop:2": (DESKS.id, "catalog")}
    filtered = stocked.read("MATCH (p:Product {id: $id}) RETURN p.category_id AS id", id=KETTLE)
    assert filtered == [{"id": None}]
    assert (report.before.items_with_category, report.after.items_with_category) == (2, 1)
    assert again.before == again.after == report.after


def test_a_predicted_category_of_what_a_catalog_describes_by_now_has_ended(stocked, build, learnt):
    build(learnt, accept=0.5).carry_out(stocked)
    store(
        stocked,
        [product(1, "acme kettle spout steam", None, "shop", "40 W")],
        parameters={POWER.id: POWER},
    )

    build(None).carry_out(stocked)

    assert [row["id"] for row in stocked.read(LINKS)] == ["shop:2"]


@pytest.mark.parametrize("order", [("extracted", "predicted"), ("predicted", "extracted")])
def test_what_a_text_names_stands_above_what_is_predicted(stocked, order):
    targets = {"extracted": DESKS.id, "predicted": KETTLES.id}

    for origin in order:
        write_links(stocked, [named(origin, targets[origin])], run="r", now=NOW)

    assert [row["category"] for row in stocked.read(LINKS) if row["id"] == KETTLE] == [DESKS.id]


def test_of_one_write_the_link_that_stands_higher_is_taken(stocked):
    links = [named("predicted", KETTLES.id, 0.99), named("extracted", DESKS.id, 0.6)]

    write_links(stocked, links, run="r", now=NOW)

    assert [row["origin"] for row in stocked.read(LINKS) if row["id"] == KETTLE] == ["extracted"]
