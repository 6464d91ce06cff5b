"""What a build finds of an earlier one, of persons and of catalogs, in a real Neo4j."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace as replace_fields

from graph.records import Item, StatedFact
from graph.repositories.entity_links import EntityLink, write_links
from graph.repositories.facts import FactWriter
from graph.repositories.proposal_ids import proposal_id
from graph.repositories.review import decide
from graph.text import normalise_value
from tests.app.services.building.shop import (
    ACME,
    FINISH,
    HEIGHT,
    NOW,
    OF,
    PARAMETERS,
    item,
    stock,
)

pytestmark = pytest.mark.neo4j


def test_a_second_run_writes_nothing(stocked, build):
    build(source="shop").carry_out(stocked)
    stamps = "MATCH (p:Product) RETURN p.id AS id, p.updated_at AS at ORDER BY id"
    before = stocked.read(stamps)

    again = build(source="shop").carry_out(stocked)

    assert (again.facts["written"], again.facts["unchanged"]) == (0, 3)
    assert stocked.read(stamps) == before


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
