"""A decision that replaces another one, and the list of those that stand: fake and real alike."""

from datetime import UTC, datetime

import pytest

from graph.errors import ProposalStale
from graph.repositories.fact_queries import RETRACTED_ASIDE
from graph.repositories.facts import FactWriter
from graph.repositories.history import History
from graph.repositories.proposal_ids import proposal_id
from graph.repositories.review import Review, decide, decisions
from graph.repositories.review_queries import DECIDED
from tests.graph.repositories.conftest import plan
from tests.graph.repositories.reviewed import FAKE_AND_REAL, fill, review_over
from tests.graph.repositories.stated import (
    LAMP,
    load,
    properties,
    proposed,
    said,
    state,
    stated,
    value,
)

pytestmark = pytest.mark.anyio
DAYS = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in range(8, 16)]
STOCK = (("lamp", "Brass lamp red", "shop", {}), ("desk", "Oak desk", "barn", {}))
FACTS = (
    proposed("colour", "red", 0.55, evidence="title:11-14"),
    proposed("material", "oak", 0.5, item="barn:desk"),
)
RED = proposal_id("product", LAMP, "colour=red")
OAK = proposal_id("product", "barn:desk", "material=oak")
CRIMSON_ID = proposal_id("product", LAMP, "colour=crimson")
CRIMSON, SCARLET = value("colour", "Crimson"), value("colour", "Scarlet")
ACCEPT, REJECT, CORRECT = ("accepted", None), ("rejected", None), ("corrected", CRIMSON)
ELSEWHERE = ("corrected", SCARLET)


@pytest.fixture(params=FAKE_AND_REAL)
async def reviewed(request, anyio_backend):
    """`decide` about the proposals of `FACTS`, and what was `decided`."""
    async with review_over(request, STOCK, FACTS) as review:
        yield review


def stock(database):
    fill(database, STOCK, FACTS)


def take(database, *taken, id=RED):
    """The decisions one after the other, a day between them, by ann, bob, ann..."""
    for number, (day, (decision, right)) in enumerate(zip(DAYS, taken, strict=False)):
        by = "bob" if number % 2 else "ann"
        decide(database, id, decision, right, by, day, again=number > 0)


def colours(database):
    return [one for one in said(database) if one[0].startswith("colour=")]


@pytest.mark.parametrize("limit", [1, 9])
async def test_the_newest_decision_comes_first_on_pages_of_any_size(reviewed, limit):
    red = reviewed.decide(RED, *CORRECT, "ann", DAYS[0])
    oak = reviewed.decide(OAK, *REJECT, "bob", DAYS[1])

    seen, after = [], None
    while True:
        page = await reviewed.decided(limit=limit, after=after)
        seen += page.facts
        after = page.next
        if after is None:
            break

    assert seen == [oak, red]
    assert (red.title, red.corrected_to, red.by) == ("Brass lamp red", "colour=crimson", "ann")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"parameter": "colour"}, [RED]),
        ({"source": "barn"}, [OAK]),
        ({"source": "barn", "parameter": "colour"}, []),
    ],
)
async def test_decisions_can_be_of_one_parameter_or_source(reviewed, asked, expected):
    reviewed.decide(RED, *CORRECT, "ann", DAYS[0])
    reviewed.decide(OAK, *REJECT, "bob", DAYS[0])

    page = await reviewed.decided(limit=9, after=None, **asked)

    assert [one.id for one in page.facts] == expected


@pytest.mark.parametrize("first", [ACCEPT, REJECT, CORRECT])
@pytest.mark.parametrize("second", [ACCEPT, REJECT, CORRECT, ELSEWHERE])
async def test_another_decision_replaces_the_first_where_it_is_to_be_again(reviewed, first, second):
    before = reviewed.decide(RED, *first, "ann", DAYS[0])

    if first != second:
        with pytest.raises(ProposalStale, match="again"):
            reviewed.decide(RED, *second, "bob", DAYS[1])
    done = reviewed.decide(RED, *second, "bob", DAYS[1], again=True)

    page = await reviewed.decided(limit=9, after=None)
    assert list(page.facts) == [done]
    assert (done == before) == (first == second)
    assert (done.decision, done.corrected_to) == (second[0], second[1] and second[1].id)


@pytest.mark.neo4j
class TestInNeo4j:
    """What only the graph can show."""

    @pytest.mark.parametrize(
        "taken",
        [
            (ACCEPT, REJECT, ACCEPT),
            (REJECT, ACCEPT),
            (CORRECT, REJECT),
            (CORRECT, ACCEPT),
            (CORRECT, ELSEWHERE),
            (ACCEPT, CORRECT),
        ],
    )
    def test_the_last_decision_stands_as_if_it_were_the_only_one(self, database, taken):
        stock(database)
        decide(database, RED, *taken[-1], "ann", DAYS[0])
        facts, labels = colours(database), labelled(database)
        alone = {one[0]: properties(database, one[0], "reviewed") for one in facts}

        database.write("MATCH (n) WHERE n:Product OR n:Value DETACH DELETE n")
        stock(database)
        take(database, *taken)

        assert colours(database) == facts
        assert labelled(database) == labels
        for id, fact in alone.items():
            of_its_time = {"decided_at", "valid_from", "decided_by", "run"}
            found = properties(database, id, "reviewed")
            assert found.keys() == fact.keys()
            assert {k: found[k] for k in found.keys() - of_its_time} == {
                k: fact[k] for k in fact.keys() - of_its_time
            }

    @pytest.mark.parametrize(
        ("taken", "status"),
        [
            ((ACCEPT, REJECT, ACCEPT), "accepted"),
            ((REJECT, ACCEPT), "accepted"),
            ((CORRECT, REJECT), "rejected"),
        ],
    )
    def test_a_later_run_respects_the_last_decision(self, database, taken, status):
        stock(database)
        take(database, *taken)

        counts = state(database, FACTS[0], run="read-2", now=DAYS[5], read=[LAMP])

        assert colours(database) == [("colour=red", "reviewed", status)]
        assert counts.rejected == (status == "rejected")

    async def test_history_tells_what_counted_between(self, database, async_database):
        stock(database)
        take(database, CORRECT, ACCEPT, REJECT)

        page = await History(async_database).page(LAMP, parameter="colour", limit=9, after=None)

        assert [(one.kind, one.fact.value, one.at[:10], one.run) for one in page.events] == [
            ("fact_ended", "colour=red", "2026-01-10", "review:ann"),
            ("fact_rejected", "colour=red", "2026-01-10", "review:ann"),
            ("fact_began", "colour=red", "2026-01-09", "review:bob"),
            ("fact_ended", "colour=crimson", "2026-01-09", "review:bob"),
            ("fact_began", "colour=crimson", "2026-01-08", "review:ann"),
        ]

    async def test_history_tells_of_a_rejection_until_it_is_taken_back(
        self, database, async_database
    ):
        stock(database)
        kinds = {}
        for taken in ((REJECT,), (REJECT, ACCEPT)):
            take(database, *taken)
            page = await History(async_database).page(LAMP, parameter=None, limit=9, after=None)
            told = [(one.kind, one.run) for one in page.events if one.fact.value == "colour=red"]
            kinds[taken[-1]] = told

        assert kinds == {
            REJECT: [("fact_rejected", "review:ann")],
            ACCEPT: [("fact_began", "review:bob")],
        }

    async def test_history_keeps_a_rejection_that_a_later_correction_set_aside(
        self, database, async_database
    ):
        load(database)
        state(database, FACTS[0], proposed("colour", "crimson", 0.5))
        decide(database, CRIMSON_ID, *REJECT, "bob", DAYS[0])
        decide(database, RED, *CORRECT, "ann", DAYS[1])

        page = await History(async_database).page(LAMP, parameter="colour", limit=9, after=None)

        assert [(one.kind, one.fact.value, one.run) for one in page.events] == [
            ("fact_began", "colour=crimson", "review:ann"),
            ("fact_rejected", "colour=red", "review:ann"),
            ("fact_rejected", "colour=crimson", "review:bob"),
        ]

    @pytest.mark.parametrize("status", ["proposed", "accepted"])
    async def test_what_was_read_of_the_right_value_is_back_with_the_correction_taken_back(
        self, database, async_database, status
    ):
        load(database, title="Brass lamp red crimson")
        crimson = stated("colour", "crimson", status=status, evidence="title:15-22")
        state(database, FACTS[0], crimson)
        before = properties(database, "colour=crimson")

        decide(database, RED, *CORRECT, "ann", DAYS[0])
        past = await History(async_database).page(LAMP, parameter="colour", limit=9, after=None)
        decide(database, RED, *REJECT, "bob", DAYS[1], again=True)

        assert properties(database, "colour=crimson") == before
        assert {one.fact.status for one in past.events} == {"accepted", "rejected"}
        assert colours(database) == [
            ("colour=crimson", "extracted", status),
            ("colour=red", "reviewed", "rejected"),
        ]

    @pytest.mark.parametrize("asked", [{"run": "read-1"}, {"model": "reader@1"}])
    @pytest.mark.parametrize("status", ["proposed", "accepted"])
    async def test_what_was_retracted_is_not_back_with_the_correction_taken_back(
        self, database, async_database, asked, status
    ):
        load(database, title="Brass lamp red crimson")
        state(database, FACTS[0], stated("colour", "crimson", status=status))
        decide(database, RED, *CORRECT, "ann", DAYS[0])
        history = History(async_database)
        before = await history.page(LAMP, parameter="colour", limit=9, after=None)

        FactWriter(database).retract(**{"run": None, "model": None, **asked})
        after = await history.page(LAMP, parameter="colour", limit=9, after=None)
        decide(database, RED, *REJECT, "bob", DAYS[1], again=True)

        assert after == before
        assert colours(database) == [("colour=red", "reviewed", "rejected")]

    def test_what_others_read_is_back_though_something_was_retracted(self, database):
        load(database, title="Brass lamp red crimson")
        state(database, FACTS[0])
        state(database, stated("colour", "crimson", model="other@1"), run="read-2")
        decide(database, RED, *CORRECT, "ann", DAYS[0])

        FactWriter(database).retract(run="read-2", model="reader@1")
        FactWriter(database).retract(run=None, model="reader@1")
        decide(database, RED, *REJECT, "bob", DAYS[1], again=True)

        assert ("colour=crimson", "extracted", "accepted") in colours(database)

    def test_what_was_read_in_words_that_are_gone_is_not_put_back(self, database):
        load(database, title="Brass lamp red crimson")
        state(database, FACTS[0], proposed("colour", "crimson", evidence="title:15-22"))
        decide(database, RED, *CORRECT, "ann", DAYS[0])
        load(database, title="Brass lamp", now=DAYS[1])

        decide(database, RED, *ACCEPT, "bob", DAYS[2], again=True)

        assert colours(database) == [("colour=red", "reviewed", "accepted")]

    @pytest.mark.parametrize("own", [ACCEPT, REJECT])
    def test_a_decision_about_the_right_value_itself_outlives_the_correction(self, database, own):
        stock(database)
        state(database, FACTS[0], proposed("colour", "crimson"))
        decide(database, CRIMSON_ID, *own, "carl", DAYS[0])

        take(database, CORRECT, REJECT)

        assert colours(database) == [
            ("colour=crimson", "reviewed", own[0]),
            ("colour=red", "reviewed", "rejected"),
        ]
        assert properties(database, "colour=crimson", "reviewed")["decided_by"] == "carl"

    def test_a_value_that_two_corrections_name_is_there_until_both_are_taken_back(self, database):
        stock(database)
        state(database, FACTS[0], proposed("colour", "pink"))
        pink = proposal_id("product", LAMP, "colour=pink")
        decide(database, RED, *CORRECT, "ann", DAYS[0])
        decide(database, pink, *CORRECT, "ann", DAYS[1])

        decide(database, RED, *REJECT, "bob", DAYS[2], again=True)
        between = colours(database)
        decide(database, pink, *REJECT, "bob", DAYS[3], again=True)

        assert ("colour=crimson", "reviewed", "accepted") in between
        assert [id for id, *_ in colours(database)] == ["colour=pink", "colour=red"]

    async def test_pages_of_decisions_go_on_past_those_that_nobody_asked_for(
        self, database, async_database
    ):
        stock(database)
        decide(database, RED, *CORRECT, "ann", DAYS[0])
        decide(database, OAK, *ACCEPT, "ann", DAYS[1])
        review, seen, after = Review(async_database, window_facts=1), [], None

        while True:
            page = await review.decided(limit=1, after=after, source="shop")
            seen += [one.id for one in page.facts]
            after = page.next
            if after is None:
                break

        assert seen == [RED]

    def test_what_was_set_aside_is_found_by_the_decisions(self, database):
        query = RETRACTED_ASIDE.format(model="= $model", run="IS NOT NULL")

        operators = plan(
            database.connection, query, {"model": "reader@1", "limit": 9, "ended": "retract"}
        )

        assert any("RelationshipIndex" in name for name in operators), operators
        assert not operators & {"AllNodesScan", "NodeByLabelScan"}

    def test_the_list_of_decisions_is_read_from_its_index_in_its_order(self, database):
        asked = {"at": "2026-01-01T00:00:00Z", "proposal": "", "limit": 9, "window": 9}

        operators = plan(database.connection, DECIDED, {**asked, "parameter": None, "source": None})

        assert any("RelationshipIndexSeek" in name for name in operators), operators
        assert not operators & {"AllNodesScan", "NodeByLabelScan", "Top"}


def labelled(database):
    return sorted(
        (one.value.id, one.decision, one.evidence, one.confidence) for one in decisions(database)
    )
