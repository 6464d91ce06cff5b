"""Facts that models state, in a real Neo4j: never over what stands higher, and never twice."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from graph.errors import DraftInvalid, QueryTooLarge
from graph.filters import bind, parse
from graph.records import Coverage, EncoderModel, FactCounts
from graph.repositories.conflicts import Conflicts
from graph.repositories.facts import FactWriter
from graph.repositories.history import History
from graph.repositories.products import Products
from graph.repositories.vectors import HOME, Vectors
from tests.graph.repositories.stated import (
    CHAIR,
    LAMP,
    PARAMETERS,
    WEDNESDAY,
    load,
    properties,
    proposed,
    said,
    stamps,
    state,
    stated,
)

pytestmark = pytest.mark.neo4j


def test_a_fact_is_stored_with_its_evidence_model_and_run(database):
    load(database)

    counts = state(database, stated("colour", "red", evidence="title:11-14"))

    assert counts == FactCounts(written=1)
    fact = properties(database, "colour=red")
    assert {name: fact[name] for name in fact if name != "valid_from"} == {
        "origin": "extracted",
        "status": "accepted",
        "confidence": 0.9,
        "evidence": "title:11-14",
        "quote": "red",
        "model": "reader@1",
        "run": "read-1",
    }
    (row,) = database.read(
        "MATCH (v:Value:Entity {id: 'colour=red'})-[:VALUE_OF]->(p:Parameter) RETURN p.name AS name"
    )
    assert row == {"name": "Colour"}


def test_the_same_facts_again_write_nothing(database):
    load(database)
    facts = [stated("colour", "red", confidence=0.912345), proposed("material", "brass")]
    state(database, *facts)
    before = stamps(database)

    counts = state(database, *facts, run="read-2", now=WEDNESDAY)

    assert counts == FactCounts(unchanged=2)
    assert stamps(database) == before
    assert properties(database, "colour=red")["run"] == "read-1"


def test_a_change_of_facts_is_noticed_by_exports_and_by_vectors(database):
    load(database)
    vectors, encoder = Vectors(database), EncoderModel("words", "1", 2)
    vectors.occupy(HOME, encoder)
    embed = [(one, (1.0, 0.0)) for one in vectors.stale_among([LAMP], HOME, encoder)]
    vectors.write(HOME, encoder, embed)
    before, stale_before = stamps(database), vectors.count_stale(HOME, encoder)

    state(database, stated("colour", "red"), proposed("material", "tin"))

    assert stamps(database)[LAMP] > before[LAMP]
    assert stale_before == 0
    (stale,) = vectors.stale_among([LAMP], HOME, encoder)
    # What waits for review is no part of what an encoder reads.
    assert [fact.value for fact in stale.text.facts] == ["colour=red"]


def test_what_a_catalog_says_otherwise_makes_a_fact_a_proposal(database):
    load(database, facts={"ram": "8GB"})

    counts = state(database, stated("ram", "16GB"))

    assert counts == FactCounts(outranked=1)
    assert said(database) == [
        ("ram=16GB", "extracted", "proposed"),
        ("ram=8GB", "catalog", "accepted"),
    ]
    assert state(database, stated("ram", "16GB"), run="read-2") == FactCounts(outranked=1)


def test_what_a_catalog_says_already_is_not_said_again(database):
    load(database, facts={"ram": "8GB"})

    counts = state(database, stated("ram", "8GB"))

    assert counts == FactCounts(outranked=1)
    assert said(database) == [("ram=8GB", "catalog", "accepted")]


def test_what_the_model_of_a_product_is_known_to_have_is_not_contradicted(database):
    load(database, "spec", "Lamp 3", kind="model", facts={"ram": "8GB"})
    load(database, model="Lamp 3")

    counts = state(
        database, stated("ram", "16GB"), stated("colour", "red"), stated("ram", "8GB", item=CHAIR)
    )

    assert counts == FactCounts(written=1, outranked=1, unknown=(CHAIR,))
    assert ("ram=16GB", "extracted", "proposed") in said(database)


def test_a_prediction_stands_below_what_was_read(database):
    load(database)
    state(database, stated("colour", "red"))

    counts = state(
        database,
        stated("colour", "blue", origin="predicted"),
        stated("material", "brass", origin="predicted"),
    )

    assert counts == FactCounts(written=1, outranked=1)
    assert said(database) == [
        ("colour=blue", "predicted", "proposed"),
        ("colour=red", "extracted", "accepted"),
        ("material=brass", "predicted", "accepted"),
    ]


def test_another_version_of_a_model_replaces_what_the_one_before_said_of_a_parameter(database):
    load(database)
    state(database, stated("colour", "red"), stated("material", "brass"))

    counts = state(database, stated("colour", "blue", model="reader@2"), run="read-2")

    assert counts == FactCounts(written=1, ended=1)
    assert said(database) == [
        ("colour=blue", "extracted", "accepted"),
        ("material=brass", "extracted", "accepted"),
    ]
    assert said(database, "HAD_PARAMETER") == [("colour=red", "extracted", "accepted")]


def test_what_is_not_read_again_in_a_whole_text_has_ended_whoever_read_it(database):
    load(database)
    load(database, "chair")
    state(database, stated("colour", "red"), stated("ram", "8GB", model="other@1"))
    state(database, stated("material", "tin", origin="predicted"), run="fill-1")
    state(database, stated("ram", "4GB", item=CHAIR))

    state(database, stated("colour", "red"), run="read-2", now=WEDNESDAY, read=[LAMP])

    assert said(database) == [
        ("colour=red", "extracted", "accepted"),
        ("material=tin", "predicted", "accepted"),
        ("ram=4GB", "extracted", "accepted"),
    ]
    assert said(database, "HAD_PARAMETER") == [("ram=8GB", "extracted", "accepted")]
    state(database, run="read-3", now=WEDNESDAY, read=[LAMP, CHAIR, "shop:nobody"])
    assert said(database) == [("material=tin", "predicted", "accepted")]


def test_another_model_changes_a_fact_only_by_being_more_confident(database):
    load(database)
    state(database, stated("colour", "red", confidence=0.8))

    less = state(database, proposed("colour", "red", 0.4, model="rules@1"))
    more = state(database, stated("colour", "red", confidence=0.95, model="rules@1"))

    assert (less, more) == (FactCounts(unchanged=1), FactCounts(written=1))
    fact = properties(database, "colour=red")
    assert (fact["confidence"], fact["model"], fact["status"]) == (0.95, "rules@1", "accepted")


def test_what_reads_a_whole_text_now_is_who_says_how_sure_it_is(database):
    load(database)
    state(database, stated("colour", "red"), stated("material", "brass"))
    now = (
        proposed("colour", "red", 0.4, model="rules"),
        stated("material", "brass", confidence=0.87, model="rules"),
    )

    counts = state(database, *now, run="read-2", now=WEDNESDAY, read=[LAMP])
    again = state(database, *now, run="read-3", now=WEDNESDAY, read=[LAMP])

    assert (counts, again) == (FactCounts(written=2), FactCounts(unchanged=2))
    fact = properties(database, "colour=red")
    assert (fact["confidence"], fact["model"], fact["status"]) == (0.4, "rules", "proposed")
    assert said(database, "HAD_PARAMETER") == [("colour=red", "extracted", "accepted")]
    assert properties(database, "material=brass")["model"] == "rules"


def test_a_proposal_that_becomes_sure_leaves_the_review_list(database):
    load(database)
    state(database, proposed("colour", "red"))
    waiting = properties(database, "colour=red")

    state(database, stated("colour", "red", model="reader@2"), run="read-2")

    assert waiting["teaches"] == 0.8
    assert not {"teaches", "proposal"} & set(properties(database, "colour=red"))


def test_two_writers_at_once_store_each_fact_once(database):
    for number in range(40):
        load(database, str(number))
    facts = [
        stated(parameter, cell, item=f"shop:{number}")
        for number in range(40)
        for parameter, cell in (("colour", "red"), ("ram", f"{number} GB"))
    ]
    start = threading.Barrier(2)

    def work(_):
        start.wait()
        return state(database, *facts)

    with ThreadPoolExecutor(2) as pool:
        counts = list(pool.map(work, range(2)))

    assert sorted((one.written, one.unchanged) for one in counts) == [(0, 80), (80, 0)]
    assert len(said(database)) == 80


def test_text_that_has_changed_since_it_was_read_is_no_evidence(database):
    load(database, title="Lamp")

    counts = state(
        database,
        stated("colour", "red", evidence="title:11-14"),
        stated("material", "brass", evidence="title:0-4", quote="Brass"),
        stated("ram", "8 GB", evidence="Memory"),
    )

    assert counts == FactCounts(written=1, stale=2)


def test_places_are_counted_in_characters_also_behind_an_emoji(database):
    load(database, title="🔥🔥 灯 red")

    state(database, stated("colour", "red", evidence="title:5-8", quote="red"))
    load(database, title="🔥 灯 red", now=WEDNESDAY)

    assert properties(database, "colour=red")["evidence"] == "title:4-7"


def test_an_import_that_takes_the_evidence_away_ends_the_fact(database):
    load(database)
    state(
        database,
        stated("colour", "red", evidence="title:11-14"),
        stated("material", "brass", evidence="title:0-5"),
        proposed("ram", "8 GB", evidence="title:6-10"),
    )

    load(database, title="Lantern of Brass, covered", now=WEDNESDAY)

    # A proposal that nobody looked at leaves no history.
    assert said(database) == [("material=brass", "extracted", "accepted")]
    assert said(database, "HAD_PARAMETER") == [("colour=red", "extracted", "accepted")]


def test_evidence_that_moves_within_a_title_stays(database):
    load(database)
    state(database, stated("colour", "red", evidence="title:11-14"))

    load(database, title="Covered lamp, red", now=WEDNESDAY)

    assert properties(database, "colour=red")["evidence"] == "title:14-17"


@pytest.mark.parametrize("title", ["Brass lamp red", "Brass lamp red and more"])
def test_an_import_of_the_same_source_does_not_end_what_was_read(database, title):
    load(database, facts={"ram": "8GB"})
    state(database, stated("colour", "red", evidence="title:11-14"), stated("material", "tin"))

    load(database, title=title, facts={"ram": "16GB"}, now=WEDNESDAY)

    assert [one for one in said(database) if one[1] == "extracted"] == [
        ("colour=red", "extracted", "accepted"),
        ("material=tin", "extracted", "accepted"),
    ]
    assert said(database, "HAD_PARAMETER") == [("ram=8GB", "catalog", "accepted")]


def test_what_a_run_said_can_be_taken_back(database):
    load(database, facts={"ram": "8GB"})
    state(database, stated("colour", "red"), proposed("material", "tin"))
    state(database, stated("material", "oak", model="rules@1"), run="read-2")

    retracted = FactWriter(database).retract(run="read-1", model=None)

    assert retracted == 2
    assert said(database) == [
        ("material=oak", "extracted", "accepted"),
        ("ram=8GB", "catalog", "accepted"),
    ]
    assert said(database, "HAD_PARAMETER") == [("colour=red", "extracted", "accepted")]


def test_what_a_version_of_a_model_said_can_be_taken_back(database):
    load(database)
    state(database, stated("colour", "red"), stated("material", "tin"))
    state(database, stated("colour", "red", model="reader@2", confidence=0.95), run="read-2")

    # What the new version says again is its own by now: the old one's leftovers go.
    assert FactWriter(database).retract(run=None, model="reader@1") == 1
    assert said(database) == [("colour=red", "extracted", "accepted")]


def test_coverage_tells_what_is_known_before_and_after(database):
    load(database, facts={"ram": "8GB"})
    load(database, "chair", "Oak chair")
    load(database, "other", "Other", source="elsewhere")
    before = FactWriter(database).coverage("shop")
    state(database, stated("material", "oak", item=CHAIR), proposed("colour", "brown", item=CHAIR))

    after = FactWriter(database).coverage("shop")
    everything = FactWriter(database).coverage(None)

    catalog = {"catalog": {"accepted": 1}}
    assert before == Coverage(items=2, items_with_facts=1, facts=catalog, items_of_text=1)
    assert (after.items, after.items_with_facts, after.items_of_text) == (2, 2, 1)
    assert after.facts["extracted"] == {"accepted": 1, "proposed": 1}
    assert everything.items == 3


@pytest.mark.anyio
async def test_history_tells_when_what_was_read_began_and_ended(database, async_database):
    load(database)
    state(database, stated("colour", "red", evidence="title:11-14"))
    load(database, title="Brass lamp", now=WEDNESDAY)

    page = await History(async_database).page(LAMP, parameter="colour", limit=9, after=None)

    assert [(one.kind, one.at[:10], one.run, one.fact.origin) for one in page.events] == [
        ("fact_ended", "2026-01-07", "import", "extracted"),
        ("fact_began", "2026-01-06", "read-1", "extracted"),
    ]


@pytest.mark.anyio
async def test_history_tells_when_what_counted_began_to_wait(database, async_database):
    load(database)
    state(database, stated("colour", "red"))
    state(database, proposed("colour", "red", model="reader@2"), run="read-2", now=WEDNESDAY)

    page = await History(async_database).page(LAMP, parameter="colour", limit=9, after=None)

    assert [(one.kind, one.at[:10], one.run, one.fact.status) for one in page.events] == [
        ("fact_began", "2026-01-07", "read-2", "proposed"),
        ("fact_ended", "2026-01-07", "read-2", "accepted"),
        ("fact_began", "2026-01-06", "read-1", "accepted"),
    ]


@pytest.mark.anyio
async def test_a_catalog_that_comes_later_wins_and_the_contradiction_is_listed(
    database, async_database
):
    load(database)
    state(database, stated("ram", "16GB"))

    load(database, facts={"ram": "8GB"}, now=WEDNESDAY)

    view = await Products(async_database).get(LAMP)
    assert {fact.value: fact.preferred for fact in view.facts} == {
        "ram=16GB": False,
        "ram=8GB": True,
    }
    (conflict,) = (
        await Conflicts(async_database).page(
            parameter=None, source=None, kind=None, limit=9, after=None
        )
    ).conflicts
    assert [one.origin for one in conflict.statements] == ["catalog", "extracted"]


@pytest.mark.anyio
async def test_a_specification_that_comes_later_contests_what_was_read_of_a_model(
    database, async_database
):
    load(database, model="Lamp 3")
    state(database, stated("ram", "16GB", item="lamp-3"))

    load(database, "spec", "Lamp 3", kind="model", facts={"ram": "8GB"}, now=WEDNESDAY)

    page = await Conflicts(async_database).page(
        parameter=None, source=None, kind="model", limit=9, after=None
    )
    assert [one.parameter for one in page.conflicts] == ["ram"]


@pytest.mark.anyio
async def test_a_filter_finds_what_counts_and_a_proposal_hides_nothing(database, async_database):
    load(database, "spec", "Lamp 3", kind="model", facts={"ram": "8GB"})
    load(database, model="Lamp 3")
    state(database, stated("ram", "16GB"), stated("colour", "red"))

    async def found(expression):
        bound = bind(parse(expression), PARAMETERS)
        page = await Products(async_database).page(bound, kind="product", limit=9, after=None)
        return [one.id for one in page.items]

    assert await found("ram:8GB") == [LAMP]
    assert await found("ram:16GB") == []
    assert await found("colour:red") == [LAMP]


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        (stated("ram", "8GB", origin="catalog"), "origin"),
        (stated("ram", "8GB", origin="reviewed"), "origin"),
        (stated("ram", "8GB", status="rejected"), "status"),
        (stated("ram", "8GB", confidence=1.5), "confidence"),
        (stated("ram", "8GB", confidence=float("nan")), "confidence"),
    ],
)
def test_a_fact_that_no_model_can_state_is_refused(database, fact, field):
    with pytest.raises(DraftInvalid) as refused:
        state(database, fact)

    assert refused.value.field == field


def test_a_fact_of_a_parameter_that_nobody_declared_is_refused(database):
    with pytest.raises(DraftInvalid, match="ram"):
        FactWriter(database).write([stated("ram", "8GB")], run="r", now=WEDNESDAY, parameters={})


def test_taking_back_without_saying_what_is_refused(database):
    with pytest.raises(DraftInvalid, match="run or a model"):
        FactWriter(database).retract(run=None, model=None)


def test_a_batch_that_is_too_large_for_the_server_goes_in_halves(database):
    class Small:
        """A database that has no room for more than two items."""

        def transact(self, work):
            def counted(tx):
                known = work(tx)
                if len(known) > 2:
                    raise QueryTooLarge(reason="too large")
                return known

            return database.transact(counted)

    for number in range(5):
        load(database, str(number))

    counts = state(Small(), *(stated("colour", "red", item=f"shop:{n}") for n in range(5)))

    assert counts == FactCounts(written=5)
    assert len(said(database)) == 5
