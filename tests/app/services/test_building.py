"""Titles of a shop become facts of the graph, in a real Neo4j: never over what a catalog says."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import msgspec
import pytest
from msgspec.structs import replace as replace_fields

from app.cli.build import print_build
from app.errors import BuildInvalid, SourceUnknown
from app.services.building import GraphBuild
from app.services.builds import BuildSpec, check_build
from app.services.knowledge import load_grounder
from app.services.readers import linker_over
from graph.records import Fact, Item, Named, Parameter, StatedFact
from graph.repositories.entity_links import EntityLink, write_links
from graph.repositories.facts import FactWriter
from graph.repositories.items import ItemWriter
from graph.repositories.proposal_ids import proposal_id
from graph.repositories.review import decide
from graph.text import normalise_value
from ml.grounding.records import TextToRead

pytestmark = pytest.mark.neo4j

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
FINISH = Parameter("finish", "Finish", "text")
HEIGHT = Parameter("height", "Height", "number", "cm")
PARAMETERS = {one.id: one for one in (FINISH, HEIGHT)}
ACME = Named("acme", "Acme", ("Acme",))
LAMPS, CANS = Named("lamps", "Lamps", ("Lamps",)), Named("cans", "Cans", ("Cans",))
OF = """
MATCH (p:Product {id: $id})-[r:HAS_PARAMETER]->(v)
RETURN v.id AS value, r.origin AS origin, r.status AS status, r.evidence AS evidence, r.run AS run
ORDER BY value
"""


def item(id, title, *cells, source="shop", brand=None, category=None):
    facts = tuple(Fact(normalise_value(cell, parameter), "x") for cell, parameter in cells)
    return Item(
        "product",
        f"{source}:{id}",
        title,
        source,
        f"hash {title} {cells}",
        brand=brand,
        categories=(category,) if category else (),
        facts=facts,
    )


def stock(database, *items):
    writer = ItemWriter(database)
    for one in items:
        writer.write([one], parameters=PARAMETERS, run="import-1", now=NOW)


@pytest.fixture
def stocked(database):
    """A maker's catalog with facts, and a shop that has titles alone."""
    tall, short = ("60 cm", HEIGHT), ("30 cm", HEIGHT)
    known = [
        item(
            n,
            f"Lamp {cell[0]}, pale green",
            cell,
            ("pale green", FINISH),
            source="maker",
            brand=ACME,
        )
        for n, cell in enumerate([tall, short] * 10)
    ]
    stock(
        database,
        *known,
        item(1, "Acme lamp 30cm in pale green"),
        item(2, "A chair"),
        item(3, "Lamp 60 cm"),
    )
    return database


@pytest.fixture
def build(tmp_path):
    def made(report=lambda progress: None, **spec):
        return GraphBuild(
            id="build-1",
            spec=BuildSpec(**spec),
            grounder=load_grounder,
            folder=tmp_path / "build-1",
            clock=lambda: NOW,
            report=report,
        )

    return made


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


def test_a_second_run_writes_nothing(stocked, build):
    build(source="shop").carry_out(stocked)
    stamps = "MATCH (p:Product) RETURN p.id AS id, p.updated_at AS at ORDER BY id"
    before = stocked.read(stamps)

    again = build(source="shop").carry_out(stocked)

    assert (again.facts["written"], again.facts["unchanged"]) == (0, 3)
    assert stocked.read(stamps) == before


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


def test_what_was_read_before_and_is_not_read_any_more_has_ended(stocked, build):
    green = normalise_value("pale green", FINISH)
    older = StatedFact("shop:2", green, "extracted", "accepted", 0.9, "title:0-7", "reader@1")
    predicted = replace_fields(older, item="shop:3", origin="predicted", evidence="")
    FactWriter(stocked).write([older, predicted], run="old", now=NOW, parameters=PARAMETERS)
    assert [row["value"] for row in stocked.read(OF, id="shop:2")] == ["finish=pale-green"]

    build(source="shop").carry_out(stocked)

    assert stocked.read(OF, id="shop:2") == []
    assert ("finish=pale-green", "predicted") in [
        (row["value"], row["origin"]) for row in stocked.read(OF, id="shop:3")
    ]


def test_a_value_that_only_titles_state_is_as_new_to_the_second_run(stocked, build):
    stock(stocked, item(5, "Lamp 45 cm, pale green"), item(6, "Shade 45 cm"))
    build(source="shop").carry_out(stocked)

    again = build(source="shop").carry_out(stocked)

    assert (again.facts["written"], again.facts["unchanged"]) == (0, 6)
    assert again.before == again.after


def test_a_brand_that_a_title_names_no_longer_has_ended(stocked, build):
    brand = (
        "MATCH (p:Product {id: 'shop:1'}) "
        "RETURN p.brand_id AS id, COUNT { (p)-[:MADE_BY]->() } AS n"
    )
    build(source="shop", accept=0.5).carry_out(stocked)
    assert stocked.read(brand) == [{"id": "acme", "n": 1}]
    stock(stocked, item(1, "Lamp 30cm in pale green"))

    build(source="shop", accept=0.5).carry_out(stocked)

    assert stocked.read(brand) == [{"id": None, "n": 0}]


@pytest.mark.parametrize(("model", "stays"), [("rules", False), ("matching@3", True)])
def test_models_that_titles_were_read_to_name_end_and_those_of_matching_items_stay(
    stocked, build, model, stays
):
    stock(stocked, Item("model", "acme-glow-6", "Acme Glow 6", "maker", "m", brand=ACME))
    link = EntityLink("shop:2", "INSTANCE_OF", "acme-glow-6", 0.8, "", model)
    write_links(stocked, [link], run="older", now=NOW)

    build(source="shop").carry_out(stocked)

    [row] = stocked.read("MATCH (p:Product {id: 'shop:2'}) RETURN p.model_id AS model")
    assert row == {"model": "acme-glow-6" if stays else None}


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


@pytest.mark.parametrize(
    ("taken", "status"),
    [
        (("accepted", "rejected", "accepted"), "accepted"),
        (("rejected", "accepted"), "accepted"),
        (("corrected", "rejected"), "rejected"),
    ],
)
def test_a_later_run_respects_the_last_decision_of_a_person(stocked, build, taken, status):
    build(source="shop", accept=1.0).carry_out(stocked)
    id = proposal_id("product", "shop:1", "height=30cm")
    for decision in taken:
        right = normalise_value("35 cm", HEIGHT) if decision == "corrected" else None
        decide(stocked, id, decision, right, "ann", datetime.now(UTC), again=True)

    build(source="shop").carry_out(stocked)

    heights = [one for one in stocked.read(OF, id="shop:1") if one["value"].startswith("height")]
    assert [(one["value"], one["origin"], one["status"]) for one in heights] == [
        ("height=30cm", "reviewed", status)
    ]


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


def test_a_catalog_is_never_overwritten(stocked, build):
    stock(stocked, item(4, "Lamp 30 cm", ("60 cm", HEIGHT)))

    build(source="shop", only_text=False).carry_out(stocked)

    accepted = [row for row in stocked.read(OF, id="shop:4") if row["status"] == "accepted"]
    assert [(row["value"], row["origin"]) for row in accepted] == [("height=60cm", "catalog")]


@pytest.mark.parametrize("only_text", [True, False])
@pytest.mark.parametrize(
    ("cell", "left"),
    [
        (
            "60 cm",
            [("height=30cm", "extracted", "proposed"), ("height=60cm", "catalog", "accepted")],
        ),
        ("30 cm", [("height=30cm", "catalog", "accepted")]),
    ],
    ids=["contradicted", "stated"],
)
@pytest.mark.parametrize("accept", [0.5, 1.0], ids=["counted", "waited"])
def test_what_was_read_gives_way_to_the_catalog_that_comes_after_it(
    stocked, build, only_text, cell, left, accept
):
    build(source="shop", accept=accept).carry_out(stocked)
    stock(stocked, item(1, "Acme lamp 30cm in pale green", (cell, HEIGHT)))
    again = build(source="shop", only_text=only_text, accept=accept)

    again.carry_out(stocked)

    found = [(row["value"], row["origin"], row["status"]) for row in stocked.read(OF, id="shop:1")]
    assert [one for one in found if one[0].startswith("height")] == left
    assert ("finish=pale-green", "extracted", "accepted" if accept < 1 else "proposed") in found
    third = again.carry_out(stocked)
    assert (third.facts["written"], third.facts["ended"]) == (0, 0)
    assert third.before == third.after


def test_what_only_a_catalog_describes_is_not_read(stocked, build):
    stock(stocked, item(4, "Lamp 30 cm in pale green", ("60 cm", HEIGHT)))

    report = build(source="shop").carry_out(stocked)

    assert report.items == 3
    assert [row["origin"] for row in stocked.read(OF, id="shop:4")] == ["catalog"]


class Killed(Exception):
    pass


def test_a_run_that_was_killed_goes_on_behind_the_last_page(stocked, build, monkeypatch):
    monkeypatch.setattr("app.services.building.PAGE_ITEMS", 1)
    whole = build(source="shop")
    pages = []

    def die(progress):
        pages.append(progress.rows_read)
        if len(pages) == 2:
            raise Killed

    with pytest.raises(Killed):
        replace(whole, report=die).carry_out(stocked)
    report = replace(whole, report=lambda progress: pages.append(progress.rows_read)).carry_out(
        stocked
    )

    assert pages == [1, 2, 3]
    assert (report.items, report.facts["written"]) == (3, 3)
    assert not (whole.folder / "place.json").exists()


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
