"""Names that titles use, learnt into a real Neo4j and taken back."""

import json

import pytest
import typer
from msgspec.structs import replace

from app.cli import names
from app.services.knowledge import GraphKnowledge
from app.services.naming import forget, learn, listed
from app.services.readers import linker_over
from graph.records import Fact, Item, Named
from graph.repositories.vocabulary import known_brands
from graph.text.values import normalise_value
from ml.aliases.trial import AliasConfig
from ml.errors import GraphTooSmall
from ml.grounding.records import TextToRead
from tests.conftest import empty
from tests.graph.repositories.conftest import store
from tests.graph.repositories.stock import PARAMETERS

pytestmark = pytest.mark.neo4j

HALDEN = Named("halden", "Halden", ("Halden",))
LUMORA = Named("lumora", "Lumora", ("Lumora",))
LAMPS = Named("lamps", "Lamps", ("Lamps",))
BEST = AliasConfig()


def lamp(number, title, colour, brand, source="north"):
    return Item(
        "product",
        f"{source}:{number}",
        title,
        source,
        f"h{number}",
        brand=brand,
        categories=(LAMPS,),
        facts=(Fact(normalise_value(colour, PARAMETERS["colour"]), evidence="Colour"),),
    )


def shop():
    """Two makers and two colours, each by its own name and, in every other title, by another."""
    colours = (("black", ("black", "炭黑色")), ("white", ("white", "Pearl")))
    makers = ((HALDEN, ("Halden", "哈登")), (LUMORA, ("Lumora", "LMR")))
    for number in range(96):
        (colour, written), (brand, called) = colours[number // 2 % 2], makers[number // 4 % 2]
        says = f"{called[number // 8 % 2]} lamp {written[number % 2]}"
        yield lamp(number, f"{says} {chr(97 + number % 26)} x{number}", colour, brand)


LEARNT = {
    ("brand", "halden", "哈登"),
    ("brand", "lumora", "LMR"),
    ("value", "colour=black", "炭黑色"),
    ("value", "colour=white", "Pearl"),
}


@pytest.fixture(scope="module")
def stocked(shared_database):
    """The shop, to be read only and forgotten from; tests run in the order of a shop's days."""
    database, token = shared_database
    empty(database, token)
    store(database, shop())
    return database


@pytest.fixture
def settings(stocked, tmp_path, monkeypatch):
    found = stocked.connection
    monkeypatch.setenv("NEO4J_URI", found.uri)
    monkeypatch.setenv("NEO4J_USERNAME", found.username)
    monkeypatch.setenv("NEO4J_PASSWORD", found.password)
    monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path / "home"))


def known(database):
    return {(one.kind, one.entity, one.name) for one in listed(database)}


def names_in(database, id):
    query = "MATCH (n:Entity {id: $id}) RETURN n.names AS names, n.learnt_names AS learnt"
    return database.read(query, id=id)[0]


def test_a_dry_run_shows_names_and_writes_none(stocked):
    report = learn(stocked, BEST, write=False)

    assert {(one.kind, one.entity, one.name) for one in report.names} == LEARNT
    assert (report.added, report.withdrawn, report.written) == (4, 0, False)
    assert known(stocked) == set()


def test_learnt_names_are_read_in_texts_and_a_second_run_writes_nothing(stocked):
    knowledge = GraphKnowledge(stocked, linker_over=linker_over(lambda: None))
    before = knowledge()

    first, second = (learn(stocked, BEST, write=True) for _ in range(2))
    after = knowledge(before)

    text = TextToRead({"title": "哈登 台灯 炭黑色"})
    assert (first.added, second.added, second.withdrawn) == (4, 0, 0)
    assert known(stocked) == LEARNT
    assert before.ground([text]) == [()]
    assert {fact.normalized.text for fact in after.ground([text])[0]} == {"Halden", "black"}
    assert {"哈登"} < {name for brand in known_brands(stocked) for name in brand.names}


def test_an_import_leaves_them_and_makes_those_its_own_that_it_states(stocked):
    learn(stocked, BEST, write=True)
    calling = Named("halden", "Halden", ("Halden", "哈登", "Halden Works"))

    store(stocked, [lamp(200, "Halden lamp", "black", calling)])

    assert names_in(stocked, "halden") == {
        "names": ["Halden", "哈登", "Halden Works"],
        "learnt": [],
    }
    assert names_in(stocked, "lumora") == {"names": ["Lumora", "LMR"], "learnt": ["LMR"]}
    assert learn(stocked, BEST, write=True).added == 0


def test_one_that_is_taken_back_stays_away(settings, stocked, capsys):
    learn(stocked, BEST, write=True)

    names.forget("pearl", json=True)

    assert json.loads(capsys.readouterr().out) == {"forgotten": 1}
    assert names_in(stocked, "colour=white") == {"names": ["white"], "learnt": []}
    again = learn(stocked, BEST, write=True)
    assert (again.added, again.dropped["taken back before"]) == (0, 1)
    with pytest.raises(typer.BadParameter, match="no learnt name"):
        names.forget("pearl")
    with pytest.raises(typer.BadParameter, match="or --all"):
        names.forget(None)


def test_the_command_shows_what_it_learns_lists_and_forgets(settings, stocked, capsys):
    names.learn()
    names.ls(json=True)
    printed, _, listing = capsys.readouterr().out.strip().rpartition("\n")

    assert "LMR" in printed
    assert "names out of" in printed
    assert {one["name"] for one in json.loads(listing)} == {"LMR", "炭黑色"}
    names.forget(None, all_=True, json=True)
    assert json.loads(capsys.readouterr().out) == {"forgotten": 2}
    assert known(stocked) == set()


def test_a_model_keeps_its_learnt_names_when_its_row_changes(database):
    model = Item("model", "halden-orbit", "Orbit", "specs", "m1", names=("Orbit",), brand=HALDEN)
    store(database, [model])
    database.write(
        "MATCH (n:Model {id: 'halden-orbit'}) "
        "SET n.names = n.names + ['OB', 'Orbit Lamp'], n.learnt_names = ['OB', 'Orbit Lamp']"
    )

    store(database, [replace(model, content_hash="m2", names=("Orbit", "Orbit Lamp"))])

    assert names_in(database, "halden-orbit") == {
        "names": ["Orbit", "Orbit Lamp", "OB"],
        "learnt": ["OB"],
    }


def test_what_texts_were_read_to_say_teaches_nothing(database):
    store(database, shop())
    database.write("MATCH (:Product)-[r]->() SET r.origin = 'extracted'")

    with pytest.raises(GraphTooSmall, match="by a catalog"):
        learn(database, BEST, write=True)


def test_nothing_speaks_for_a_name_any_longer_and_it_goes(database):
    store(database, shop())
    learn(database, BEST, write=True)
    database.write("MATCH (n:Product) WHERE n.title CONTAINS 'LMR' DETACH DELETE n")

    report = learn(database, BEST, write=True)

    assert report.withdrawn == 1
    assert names_in(database, "lumora") == {"names": ["Lumora"], "learnt": []}
    assert forget(database, None) == 3
