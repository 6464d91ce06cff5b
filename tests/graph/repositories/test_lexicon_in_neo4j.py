"""What texts are read with, out of a real Neo4j."""

import pytest
from msgspec.structs import replace

from app.services.asking_lexicon import load_lexicon
from app.services.knowledge import GraphKnowledge, load_grounder
from app.services.readers import linker_over
from app.services.stated import StatedInCategories
from graph.records import Item, StatedIn
from graph.repositories import lexicon as queries
from graph.repositories.categories import category_paths
from graph.repositories.exporting import watermark
from graph.repositories.items import ItemWriter
from ml.grounding.grounder import Wanted
from ml.grounding.records import TextToRead
from tests.conftest import empty
from tests.graph.repositories.conftest import store
from tests.graph.repositories.stock import ACME, ITEMS, ONE

pytestmark = pytest.mark.neo4j


@pytest.fixture(scope="module")
def stocked(shared_database):
    database, token = shared_database
    empty(database, token)
    store(database)
    return database


def test_values_come_with_how_many_items_state_them(stocked):
    values = {value.id: value for value in queries.known_values(stocked)}

    counted = stocked.read(
        "MATCH (v:Value)<-[:HAS_PARAMETER]-() RETURN v.id AS id, count(*) AS items"
    )
    assert {row["id"]: row["items"] for row in counted} == {
        id: value.items for id, value in values.items()
    }
    assert values["ram=8GB"].number == 8.0


def test_models_come_with_their_brand_and_facts(stocked):
    models = {model.id: model for model in queries.known_models(stocked)}

    one = models[ONE.id]
    assert one.brand.id == ACME.id
    assert one.category.name == "Smart"
    assert {fact.value for fact in one.facts} == {"display=6.1in", "nfc=yes", "ram=8GB"}
    assert {fact.name for fact in one.facts} == {"Display", "RAM", "NFC"}


def test_what_many_models_have_is_kept_once(database):
    store(database)
    one = next(item for item in ITEMS if item.id == ONE.id)
    twin = replace(one, id="acme-one-twin", title="Acme One Twin", names=("Acme One Twin",))
    store(database, [twin])

    models = {model.id: model for model in queries.known_models(database)}

    assert models[twin.id].facts == models[ONE.id].facts != ()
    for fact, same in zip(models[twin.id].facts, models[ONE.id].facts, strict=True):
        assert fact is same


def test_what_was_read_from_a_text_does_not_confirm_itself(database):
    store(database)
    before = {item.title: item.facts for item in queries.judged_items(database, limit=100)}
    database.write(
        "MATCH (n:Product {id: 'north:1'})-[r:HAS_PARAMETER|MADE_BY|BELONGS_TO]->() "
        "SET r.origin = 'extracted'"
    )

    after = {item.title: item for item in queries.judged_items(database, limit=100)}

    assert before["Acme One 8GB black"]
    one = after["Acme One 8GB black"]
    assert (one.facts, one.brand, one.category) == ((), None, None)


def test_what_texts_were_read_to_say_is_found_and_confirms_nothing(database):
    store(database)
    database.write(
        "MATCH ()-[r:HAS_PARAMETER]->(:Value {parameter: 'colour'}) "
        "SET r.origin = 'extracted', r.source = null"
    )

    lexicon = load_grounder(database).lexicon

    smart = "electronics/phones/smart"
    assert "colour" not in lexicon.habits.stated[smart]
    assert lexicon.found.stated[smart]["colour"] == (1, 0)


def test_what_is_known_of_items_and_what_is_not_come_apart_and_of_all_sources(database):
    titled = [
        Item("product", f"{source}:{n}", f"thing {n}", source, f"{n * 7919 % 997:03d}{source}")
        for source in ("east", "west")
        for n in range(40)
    ]
    store(database, [*ITEMS, *titled])
    database.write(
        "MATCH (n:Product {id: 'west:0'}), (v:Value {id: 'ram=8GB'}) "
        "CREATE (n)-[:HAS_PARAMETER {origin: 'extracted', status: 'accepted'}]->(v)"
    )

    judged = {one.title for one in queries.judged_items(database, limit=100)}
    bare = [one.title for one in queries.bare_items(database, limit=100)]
    part = queries.bare_items(database, limit=20)

    assert "Acme One 8GB black" in judged
    assert judged.isdisjoint(bare)
    assert bare.count("thing 0") == 2
    assert part == queries.bare_items(database, limit=20)
    assert 3 < len({one.title for one in part}) < 20


def test_a_value_that_only_texts_state_has_a_name_and_counts_nowhere(database):
    store(database)
    stated = {value.id: value.items for value in queries.stated_values(database)}
    database.write(
        "MATCH ()-[r:HAS_PARAMETER]->(:Value {id: 'colour=black'}) SET r.origin = 'extracted'"
    )

    read = {value.id: value.items for value in queries.stated_values(database)}

    assert stated["colour=black"] > 0
    assert read == {**stated, "colour=black": 0}


@pytest.mark.parametrize("status", ["proposed", "rejected", None])
def test_a_value_counts_only_as_often_as_it_is_accepted(database, status):
    store(database)
    database.write(
        "MATCH (:Product {id: 'north:1'})-[r:HAS_PARAMETER]->(v:Value) SET r.status = $status",
        status=status,
    )

    counted = database.read(
        "MATCH (v:Value)<-[r:HAS_PARAMETER]-() "
        "RETURN v.id AS id, sum(CASE r.status WHEN 'accepted' THEN 1 ELSE 0 END) AS items"
    )

    assert {value.id: value.items for value in queries.stated_values(database)} == {
        row["id"]: row["items"] for row in counted
    }


def test_what_is_stated_in_categories_is_counted_again_only_where_something_has_changed(database):
    store(database)
    stated = StatedInCategories(database)
    first = stated()

    assert stated() is first
    database.write("MATCH (v:Value {parameter: 'nfc'}) SET v.updated_at = datetime()")
    database.write("MATCH ()-[r:HAS_PARAMETER]->(:Value {parameter: 'nfc'}) DELETE r")
    assert {row.parameter for row in stated()} < {row.parameter for row in first}


def test_texts_and_questions_are_read_with_what_was_counted_once(database):
    store(database)
    stated = StatedInCategories(database)
    first = stated()
    database.write("MATCH ()-[r:HAS_PARAMETER]->(:Value {id: 'nfc=yes'}) DELETE r")  # unnoticed

    grounder, lexicon = load_grounder(database, stated=stated), load_lexicon(database, stated)

    smart = "electronics/phones/smart"
    assert stated() is first
    assert "nfc" in grounder.lexicon.found.stated[smart]
    assert "nfc" not in grounder.lexicon.habits.stated[smart]
    assert "nfc" in lexicon.stated_in[smart]


def test_what_is_stated_in_categories_is_counted_by_who_says_it(database):
    store(database)
    database.write(
        "MATCH (n:Product {id: 'north:1'})-[r:HAS_PARAMETER]->(v:Value {parameter: 'colour'}) "
        "MERGE (n)-[s:HAS_PARAMETER {origin: 'reviewed'}]->(v) SET s.status = 'rejected'"
    )
    database.write(
        "MATCH (n:Product {id: 'north:1'}), (v:Value {id: 'display=6.1in'}) "
        "MERGE (n)-[s:HAS_PARAMETER {origin: 'extracted'}]->(v) "
        "SET s.status = 'accepted', s.source = 'north'"
    )

    said = set(queries.stated_in_categories(database, category_paths(database)))

    smart = "electronics/phones/smart"
    assert StatedIn(smart, "specs", "nfc", 1) in said
    assert StatedIn(smart, "", "colour", 0, refused=1) in said
    assert {(one.source, one.parameter) for one in said if one.category == smart} == {
        *(("specs", fact) for fact in ("display", "nfc", "ram")),
        *(("north", fact) for fact in ("colour", "ram")),
        ("", "colour"),
    }


def test_what_has_no_source_and_is_of_no_person_is_no_decision_of_one(database):
    """One slip of a dump among thousands of its items is no habit; a person's decision is."""
    store(database)
    database.write(
        "MATCH ()-[r:HAS_PARAMETER {origin: 'catalog', source: 'north'}]->() SET r.source = null"
    )
    database.write(
        "MATCH (n:Product {id: 'north:1'}), (v:Value {id: 'display=6.1in'}) "
        "MERGE (n)-[s:HAS_PARAMETER {origin: 'extracted'}]->(v) SET s.status = 'accepted'"
    )

    categories = category_paths(database)
    said = queries.stated_in_categories(database, categories, ("catalog", "reviewed", "extracted"))

    assert {one.source for one in said} == {"specs", "south", "catalog", "extracted"}


def test_a_text_is_read_with_what_the_graph_knows(stocked):
    grounder = load_grounder(stocked)
    text = TextToRead({"title": "ACME Inc. thing, 8GB RAM, black"})

    [facts] = grounder.ground([text], Wanted())

    found = {fact.parameter: fact.links.value or fact.links.entity for fact in facts}
    assert found == {"brand": "acme", "ram": "ram=8GB", "colour": "colour=black"}


def test_an_empty_graph_reads_nothing(database):
    assert load_grounder(database).ground([TextToRead({"title": "8GB black"})]) == [()]


def test_it_is_loaded_again_only_where_something_has_changed(database):
    store(database)
    load = GraphKnowledge(database, linker_over=linker_over(lambda: None))
    first = load()

    assert load(first) is first
    database.write(
        "MATCH (v:Value {id: 'ram=8GB'}) SET v.names = ['8 gigs'], v.updated_at = datetime()"
    )
    assert load(first) is not first


STOCK = """
UNWIND range(1, $items) AS number
CREATE (:Product {id: 'north:' + number, updated_at: datetime() - duration({hours: 1})})
"""
TOUCHED = """
MATCH (n:Product) WITH n ORDER BY n.id LIMIT $items
SET n.updated_at = datetime() - duration({minutes: $minutes})
"""


def minutes_ago(database, minutes):
    query = "RETURN toString(datetime() - duration({minutes: $minutes})) AS at"
    return database.read(query, minutes=minutes)[0]["at"]


@pytest.mark.parametrize(
    ("items", "minutes", "changed"),
    [(0, 1, False), (3, 1, False), (4, 1, True), (1, 11, True), (0, 11, False)],
)
def test_items_that_bring_no_new_name_matter_where_they_are_many_or_all_was_read_a_while_ago(
    database, items, minutes, changed
):
    database.write(STOCK, items=300)
    database.write(TOUCHED, items=items, minutes=minutes)

    assert queries.has_changed(database, minutes_ago(database, minutes + 1)) is changed


def test_items_that_are_gone_matter_as_well(database):
    store(database)
    since = watermark(database)
    assert not queries.has_changed(database, since)

    ItemWriter(database).delete("product", "north:1")

    assert queries.has_changed(database, since)


def test_what_reads_or_links_is_exchanged_without_a_restart(database):
    store(database)
    parts = {"reader": None, "linking": None}
    load = GraphKnowledge(
        database,
        linker_over=linker_over(lambda: None),
        linking=lambda: parts["linking"],
        reader=lambda: parts["reader"],
    )
    first = load()

    parts["reader"] = object()
    second = load(first)
    assert (second.reader, second.lexicon) == (parts["reader"], first.lexicon)
    parts["linking"] = object()
    assert load(second).lexicon is not first.lexicon


def test_a_title_that_names_a_model_is_linked_and_read_with_what_that_has(stocked):
    grounder = load_grounder(stocked, linker_over=linker_over(lambda: None))

    [facts] = grounder.ground([TextToRead({"title": "Acme One 8GB"})], Wanted(implied=True))

    found = {fact.parameter: fact for fact in facts}
    assert found["model"].links.entity == ONE.id
    assert found["model"].reasons
    assert found["ram"].links.value == "ram=8GB"
    assert (found["display"].origin, found["display"].path) == (
        "predicted",
        ("INSTANCE_OF", ONE.id, "HAS_PARAMETER", "display=6.1in"),
    )


def test_an_accessory_of_a_model_is_none(stocked):
    grounder = load_grounder(stocked, linker_over=linker_over(lambda: None))

    [facts] = grounder.ground([TextToRead({"title": "case for Acme One"})], Wanted(implied=True))

    assert [(one.relation, one.links.entity) for one in facts] == [("MADE_FOR", ONE.id)]
