"""Titles of a shop become facts of the graph, in a real Neo4j: never over what a catalog says."""

from dataclasses import replace
from functools import partial

import msgspec
import pytest

from app.cli.build import print_build
from app.errors import BuildInvalid, SourceUnknown
from app.services.builds import BuildSpec, check_build
from app.services.knowledge import load_grounder
from app.services.readers import linker_over
from graph.records import Fact, Item, Named
from graph.repositories.entity_links import EntityLink, write_links
from graph.text import normalise_value
from ml.grounding.records import TextToRead
from tests.app.services.building.shop import (
    ACME,
    CANS,
    FINISH,
    HEIGHT,
    LAMPS,
    NOW,
    OF,
    item,
    stock,
)

pytestmark = pytest.mark.neo4j


def test_what_titles_state_becomes_facts_with_their_evidence(stocked, build):
    report = build(source="shop").carry_out(stocked)

    assert stocked.read(OF, id="shop:1") == [
        {
            "value": "finish=pale-green",
            "origin": "extracted",
            "status": "accepted",
            "evidence": "title:18-28",
            "run": "build-1",
        },
        {
            "value": "height=30cm",
            "origin": "extracted",
            "status": "accepted",
            "evidence": "title:10-14",
            "run": "build-1",
        },
    ]
    assert (report.items, report.items_with_facts, report.facts["written"]) == (3, 2, 3)
    assert (report.before.items_with_facts, report.after.items_with_facts) == (0, 2)
    assert report.before.items == report.after.items == 3


def test_a_source_that_there_is_not_is_refused_with_those_that_there_are(stocked, build):
    with pytest.raises(SourceUnknown, match="'shpo'; there are maker, shop"):
        build(source="shpo").carry_out(stocked)


@pytest.mark.parametrize(("accept", "status"), [(0.3, "accepted"), (1.0, "proposed")])
def test_it_is_told_how_many_facts_count_and_how_many_wait(stocked, build, capsys, accept, status):
    report = build(source="shop", accept=accept).carry_out(stocked)

    assert report.facts[status] == 3
    print_build(report)
    assert ("catalograph review ls" in capsys.readouterr().out) == (status == "proposed")


@pytest.mark.parametrize(("only_text", "read"), [(True, 3), (False, 23)])
def test_progress_is_told_of_the_products_that_are_read(stocked, build, only_text, read):
    told = []

    build(only_text=only_text, report=told.append).carry_out(stocked)

    assert [(one.rows_read, one.total) for one in told] == [(read, read)]


def test_a_brand_that_a_title_names_is_linked(stocked, build):
    report = build(source="shop", accept=0.5).carry_out(stocked)

    [row] = stocked.read(
        "MATCH (p:Product {source: 'shop'})-[r:MADE_BY]->(b) "
        "RETURN p.id AS id, p.brand_id AS filtered, b.id AS brand, r.origin AS origin"
    )
    assert row == {"id": "shop:1", "filtered": "acme", "brand": "acme", "origin": "extracted"}
    assert report.links == {"MADE_BY": 1}


def test_what_the_model_states_outranks_the_text_in_the_first_run_as_well(database, build):
    facts = [(Fact(normalise_value(cell, HEIGHT), "x"),) for cell in ("60 cm", "30 cm")]
    lamps = [
        Item("model", f"acme-glow-{n}", f"Acme Glow {n}", "maker", f"m{n}", brand=ACME, facts=one)
        for n, one in enumerate(facts * 5)
    ]
    stock(database, *lamps, item(1, "Acme Glow 6 30 cm"))
    of = build(source="shop", propose=0.01)
    made = replace(of, grounder=partial(load_grounder, linker_over=linker_over(lambda: None)))

    first, again = made.carry_out(database), made.carry_out(database)

    assert first.links["INSTANCE_OF"] == 1
    assert (first.facts["outranked"], again.facts["outranked"]) == (1, 1)
    assert first.after == again.before == again.after


def test_a_number_that_no_catalog_has_is_a_value_written_as_others_are(database, build):
    cells = [f"{number} coats." for number in range(2, 22)]
    known = [
        item(n, f"Lamp, {cell}", (cell, FINISH), source="maker") for n, cell in enumerate(cells)
    ]
    stock(database, *known, item(1, "Lamp, 25 Coats"), item(2, "Lamp of 25-30 coats"))

    first = build(source="shop").carry_out(database)

    (fact,) = database.read(OF, id="shop:1")
    assert (fact["value"], fact["evidence"]) == ("finish=25-coats", "title:6-14")
    assert database.read("MATCH (v:Value {id: 'finish=25-coats'}) RETURN v.text AS text") == [
        {"text": "25 coats."}
    ]
    assert first.facts["written"] == 1
    again = build(source="shop").carry_out(database)
    assert (again.facts["written"], again.facts["unchanged"]) == (0, 1)


def test_an_accessory_is_no_instance_of_the_model_that_it_is_made_for(database, build):
    glow = Item("model", "acme-glow-6", "Acme Glow 6", "maker", "m", brand=ACME)
    stock(database, glow, item(1, "Acme Glow 6"), item(2, "Silicone case for Acme Glow 6"))
    before = [EntityLink(f"shop:{n}", "INSTANCE_OF", glow.id, 0.8, "", "rules") for n in (1, 2)]
    write_links(database, before, run="older", now=NOW)  # by one that told no cases from lanterns
    made = replace(build(), grounder=partial(load_grounder, linker_over=linker_over(lambda: None)))

    report = made.carry_out(database)

    rows = database.read(
        "MATCH (p:Product {source: 'shop'}) OPTIONAL MATCH (p)-[:INSTANCE_OF|MADE_BY]->(x) "
        "RETURN p.id AS id, p.model_id AS model, p.brand_id AS brand, count(x) AS links ORDER BY id"
    )
    assert rows == [
        {"id": "shop:1", "model": "acme-glow-6", "brand": None, "links": 1},
        {"id": "shop:2", "model": None, "brand": None, "links": 0},
    ]
    assert report.facts["made_for"] == 1


def test_what_is_less_sure_waits_for_a_person(stocked, build):
    build(source="shop", accept=1.0, propose=0.1).carry_out(stocked)

    assert {row["status"] for row in stocked.read(OF, id="shop:1")} == {"proposed"}


def test_what_only_other_categories_have_is_not_read(database, build):
    """One dump of two kinds says the height of lamps alone, and its other cans have no facts."""
    lamps = [
        item(f"lamp{n}", f"Lamp {cell}", (cell, HEIGHT), ("pale green", FINISH), category=LAMPS)
        for n, cell in enumerate(["60 cm", "30 cm"] * 10)
    ]
    cans = [item(f"can{n}", "Pale green can", ("pale green", FINISH), category=CANS) for n in "abc"]
    stock(
        database,
        *lamps,
        *cans,
        item("can", "Can, pale green, 30 cm", category=CANS),
        item("lamp", "Lamp, pale green, 30 cm", category=LAMPS),
    )

    build(accept=0.8).carry_out(database)

    lamp, can = (
        {row["value"]: row["status"] for row in database.read(OF, id=id)}
        for id in ("shop:lamp", "shop:can")
    )
    assert lamp == {"finish=pale-green": "accepted", "height=30cm": "accepted"}
    assert can["finish=pale-green"] == "accepted"
    assert can.get("height=30cm") != "accepted"


@pytest.fixture
def two_kinds(database):
    """Lamps have a height, and look like cans, as their titles say; of cans nobody says one."""
    cells = ["60 cm", "30 cm"] * 10
    lamps = [
        item(f"lamp{n}", f"Lamp {cell}, looks like cans", (cell, HEIGHT), category=LAMPS)
        for n, cell in enumerate(cells)
    ]
    colours = ("pale green", FINISH)
    cans = [item(f"can{n}", "Pale green", colours, category=CANS) for n in range(40)]
    stock(database, *lamps, *cans)
    return database


def test_a_category_that_titles_name_for_another_reason_decides_nothing(two_kinds, build):
    stock(two_kinds, item("new", "Lamp 30 cm, looks like cans", source="texts"))

    build().carry_out(two_kinds)

    found = {row["value"]: row["status"] for row in two_kinds.read(OF, id="texts:new")}
    assert found == {"height=30cm": "accepted"}


def test_the_category_of_a_model_that_a_title_hardly_names_decides_nothing(two_kinds, build):
    plum = Named("plum", "Plum", ("Plum",))
    model = Item("model", "plum-velocity", "Velocity", "specs", "m", brand=plum, categories=(CANS,))
    stock(two_kinds, model, item("new", "Velo city lamp 30 cm", source="texts"))
    linking = partial(load_grounder, linker_over=linker_over(lambda: None))
    title = TextToRead({"title": "Velo city lamp 30 cm"})
    assert [link and link.confidence for link in linking(two_kinds).own_links([title])] == [0.5]

    replace(build(), grounder=linking).carry_out(two_kinds)

    found = {row["value"]: row["status"] for row in two_kinds.read(OF, id="texts:new")}
    assert found == {"height=30cm": "accepted"}


def test_items_of_a_category_are_of_no_models_that_hardly_any_of_them_names(database, build):
    models = [
        Item("model", f"acme-p{n}", f"Acme P{n}", "specs", f"m{n}", brand=ACME, categories=(LAMPS,))
        for n in range(900, 940)
    ]
    cans = [item(n, f"Nord can with lid, {n} ml", category=CANS) for n in range(40)]
    stock(
        database,
        *models,
        *cans,
        item("can", "Nord Garden P907 can", category=CANS),
        item("lamp", "Acme P907 lamp", category=LAMPS),
        item("any", "Nord Garden P907"),
    )
    linking = partial(load_grounder, linker_over=linker_over(lambda: None))

    replace(build(), grounder=linking).carry_out(database)

    linked = database.read(
        "MATCH (p:Product)-[:INSTANCE_OF]->(m) RETURN p.id AS id, m.id AS model ORDER BY id"
    )
    assert linked == [
        {"id": "shop:any", "model": "acme-p907"},
        {"id": "shop:lamp", "model": "acme-p907"},
    ]


def test_a_reference_of_one_maker_serves_a_shop_that_sells_many(database, build):
    models = [
        Item("model", f"acme-p{n}", f"Acme P{n}", "specs", f"m{n}", brand=ACME, categories=(LAMPS,))
        for n in range(900, 904)
    ]
    others = [item(n, f"Nord lantern number {n}", category=CANS) for n in range(60)]
    stock(database, *models, *others, item("own", "Acme P902 lantern", category=CANS))
    linking = partial(load_grounder, linker_over=linker_over(lambda: None))

    replace(build(), grounder=linking).carry_out(database)

    linked = database.read("MATCH (p:Product)-[:INSTANCE_OF]->(m) RETURN p.id AS id, m.id AS model")
    assert linked == [{"id": "shop:own", "model": "acme-p902"}]


def test_what_only_a_catalog_describes_is_not_read(stocked, build):
    stock(stocked, item(4, "Lamp 30 cm in pale green", ("60 cm", HEIGHT)))

    report = build(source="shop").carry_out(stocked)

    assert report.items == 3
    assert [row["origin"] for row in stocked.read(OF, id="shop:4")] == ["catalog"]


def test_a_source_without_texts_to_read_is_an_empty_report(stocked, build):
    report = build(source="maker").carry_out(stocked)

    assert (report.items, report.facts, report.links) == (0, {}, {})
    assert msgspec.to_builtins(report)["after"]["items"] == 20


@pytest.mark.parametrize(
    ("spec", "setting"),
    [
        ({"accept": 1.5}, "accept"),
        ({"propose": -0.1}, "propose"),
        ({"accept": 0.5, "propose": 0.6}, "propose"),
        ({"source": "No Source!"}, "source"),
    ],
)
def test_settings_that_make_no_sense_are_named(spec, setting):
    with pytest.raises(BuildInvalid) as refused:
        check_build(BuildSpec(**spec))

    assert refused.value.setting == setting
