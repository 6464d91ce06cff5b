"""What waits for review, and what becomes of decisions: fake and real alike."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from graph.errors import DraftInvalid, ProposalStale, ProposalUnknown
from graph.export import Whole, export_snapshot
from graph.records import FactCounts
from graph.repositories.conflicts import Conflicts
from graph.repositories.exporting import watermark
from graph.repositories.facts import FactWriter
from graph.repositories.lexicon import has_changed
from graph.repositories.products import Products
from graph.repositories.proposal_ids import proposal_id
from graph.repositories.review import Review, decide, decisions
from graph.repositories.review_queries import PROPOSALS
from tests.graph.repositories.conftest import plan
from tests.graph.repositories.reviewed import FAKE_AND_REAL, fill, review_over
from tests.graph.repositories.stated import (
    CHAIR,
    LAMP,
    TUESDAY,
    WEDNESDAY,
    load,
    properties,
    proposed,
    said,
    stamps,
    state,
    stated,
    value,
)

pytestmark = pytest.mark.anyio
THURSDAY = datetime(2026, 1, 8, 12, 30, tzinfo=UTC)
RED = proposal_id("product", LAMP, "colour=red")
STOCK = (
    ("lamp", "Brass lamp red", "shop", {"ram": "8GB"}),
    ("chair", "Oak chair", "shop", {}),
    ("desk", "Oak desk brown", "barn", {}),
)
FACTS = (
    proposed("colour", "red", 0.55, evidence="title:11-14"),
    proposed("ram", "16 GB", 0.9),
    proposed("material", "oak", 0.5, item=CHAIR),
    proposed("colour", "brown", 0.7, item="barn:desk", origin="predicted"),
    stated("material", "oak", item="barn:desk"),
)
EVERYTHING = [
    (CHAIR, "material=oak"),
    (LAMP, "colour=red"),
    (LAMP, "ram=16GB"),
    ("barn:desk", "colour=brown"),
]


@pytest.fixture(params=FAKE_AND_REAL)
async def reviewed(request, anyio_backend):
    """`review` over the proposals of `FACTS`, `decide` about them, and `decisions`."""
    async with review_over(request, STOCK, FACTS) as review:
        yield review


def stock(database):
    fill(database, STOCK, FACTS)


async def pages(review, limit, **asked):
    seen, after = [], None
    while True:
        page = await review.proposals(limit=limit, after=after, **asked)
        seen += [(one.item, one.value) for one in page.facts]
        after = page.next
        if after is None:
            return seen


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_what_would_teach_most_comes_first_on_pages_of_any_size(reviewed, limit):
    assert await pages(reviewed, limit) == EVERYTHING


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"parameter": "colour"}, [(LAMP, "colour=red"), ("barn:desk", "colour=brown")]),
        ({"source": "barn"}, [("barn:desk", "colour=brown")]),
        ({"source": "shop", "parameter": "ram"}, [(LAMP, "ram=16GB")]),
        ({"source": "nobody"}, []),
        ({"parameter": "' OR 1=1 //"}, []),
    ],
)
@pytest.mark.parametrize("limit", [1, 50])
async def test_a_review_can_be_of_one_parameter_or_source(reviewed, asked, expected, limit):
    assert await pages(reviewed, limit, **asked) == expected


async def test_a_proposal_shows_its_evidence_and_what_else_is_said(reviewed):
    colour = await reviewed.one(RED)
    ram = await reviewed.one(proposal_id("product", LAMP, "ram=16GB"))

    assert (colour.title, colour.name, colour.text) == ("Brass lamp red", "Colour", "red")
    assert (colour.evidence, colour.quote, colour.model) == ("title:11-14", "red", "reader@1")
    assert (colour.run, colour.confidence, colour.others) == ("read-1", 0.55, ())
    (catalog,) = ram.others
    assert (catalog.value, catalog.origin, catalog.status) == ("ram=8GB", "catalog", "accepted")
    assert (catalog.source, catalog.inherited) == ("shop", False)


async def test_the_list_shows_what_one_shows(reviewed):
    page = await reviewed.proposals(limit=9, after=None)

    assert [await reviewed.one(one.id) for one in page.facts] == list(page.facts)


@pytest.mark.parametrize(
    "id",
    ["", "colour=red", "ÿ", "cHJvZHVjdA", proposal_id("product", "no:1", "colour=red")],
)
async def test_an_id_of_nothing_is_unknown(reviewed, id):
    assert await reviewed.one(id) is None
    with pytest.raises(ProposalUnknown):
        reviewed.decide(id, "accepted", None, "ann", THURSDAY)


@pytest.mark.parametrize("decision", ["accepted", "rejected", "corrected"])
async def test_a_decision_takes_the_proposal_off_the_list_and_can_be_repeated(reviewed, decision):
    right = value("colour", "Crimson") if decision == "corrected" else None

    first = reviewed.decide(RED, decision, right, "ann", THURSDAY)
    again = reviewed.decide(RED, decision, right, "bob", datetime(2026, 2, 1, tzinfo=UTC))

    assert again == first
    assert (first.value, first.decision, first.by) == ("colour=red", decision, "ann")
    assert first.corrected_to == (right.id if right else None)
    assert first.at == "2026-01-08T12:30:00Z"
    assert await pages(reviewed, 50) == [one for one in EVERYTHING if one[1] != "colour=red"]
    assert await reviewed.one(RED) is None


@pytest.mark.neo4j
@pytest.mark.parametrize("decision", ["accepted", "rejected"])
def test_what_texts_are_read_with_has_changed_after_a_decision(database, decision):
    stock(database)
    since = watermark(database)
    assert not has_changed(database, since)

    decide(database, RED, decision, None, "ann", THURSDAY)

    assert has_changed(database, since)


async def test_another_decision_about_the_same_is_refused(reviewed):
    reviewed.decide(RED, "rejected", None, "ann", THURSDAY)

    with pytest.raises(ProposalStale, match="rejected already, by ann"):
        reviewed.decide(RED, "accepted", None, "bob", THURSDAY)


async def test_what_is_not_proposed_cannot_be_decided(reviewed):
    id = proposal_id("product", LAMP, "colour=green")

    with pytest.raises(ProposalStale, match="no longer proposed"):
        reviewed.decide(id, "accepted", None, "ann", THURSDAY)


@pytest.mark.parametrize(
    ("decision", "right"),
    [
        ("accepted", value("colour", "Crimson")),
        ("rejected", value("colour", "Crimson")),
        ("corrected", None),
        ("corrected", value("material", "Tin")),
    ],
)
async def test_a_value_that_does_not_belong_to_the_decision_is_refused(reviewed, decision, right):
    with pytest.raises(DraftInvalid) as refused:
        reviewed.decide(RED, decision, right, "ann", THURSDAY)

    assert refused.value.field == "value"
    assert await reviewed.one(RED) is not None


async def test_a_correction_to_what_was_proposed_accepts_it(reviewed):
    done = reviewed.decide(RED, "corrected", value("colour", "RED"), "ann", THURSDAY)

    assert (done.decision, done.corrected_to) == ("accepted", None)


@pytest.mark.neo4j
class TestInNeo4j:
    """What only the graph can show."""

    def test_an_accepted_proposal_is_a_reviewed_fact(self, database):
        stock(database)
        before = stamps(database)

        decide(database, RED, "accepted", None, "ann", THURSDAY)

        assert ("colour=red", "reviewed", "accepted") in said(database)
        assert ("colour=red", "extracted", "proposed") not in said(database)
        fact = properties(database, "colour=red", "reviewed")
        assert (fact["model"], fact["run"], fact["quote"]) == ("reader@1", "review:ann", "red")
        assert (fact["confidence"], fact["proposed_with"]) == (1.0, 0.55)
        assert stamps(database)[LAMP] > before[LAMP]

    def test_what_was_rejected_is_not_proposed_again(self, database):
        stock(database)
        decide(database, RED, "rejected", None, "ann", THURSDAY)

        counts = state(database, replace(FACTS[0], model="reader@2"), run="read-2")

        assert counts == FactCounts(rejected=1)
        assert [one for one in said(database) if one[0] == "colour=red"] == [
            ("colour=red", "reviewed", "rejected")
        ]

    def test_a_corrected_proposal_leaves_the_right_value(self, database):
        stock(database)

        decide(database, RED, "corrected", value("colour", "Crimson"), "ann", THURSDAY)

        assert [one for one in said(database) if one[0] in ("colour=red", "colour=crimson")] == [
            ("colour=crimson", "reviewed", "accepted"),
            ("colour=red", "reviewed", "rejected"),
        ]

    def test_decisions_are_labels_to_learn_from(self, database):
        stock(database)
        oak = proposal_id("product", CHAIR, "material=oak")
        decide(database, oak, "accepted", None, "ann", WEDNESDAY)
        decide(database, RED, "corrected", value("colour", "Crimson"), "bob", THURSDAY)

        labels = list(decisions(database))

        assert [(one.item.title, one.value.id, one.decision, one.by) for one in labels] == [
            ("Oak chair", "material=oak", "accepted", "ann"),
            ("Brass lamp red", "colour=crimson", "corrected", "bob"),
            ("Brass lamp red", "colour=red", "rejected", "bob"),
        ]
        assert (labels[2].evidence, labels[2].confidence) == ("title:11-14", 0.55)
        assert [one.by for one in decisions(database, after=WEDNESDAY)] == ["bob", "bob"]

    def test_a_decision_outlives_its_evidence_and_its_model(self, database):
        stock(database)
        decide(database, RED, "accepted", None, "ann", THURSDAY)

        load(database, title="Lamp of brass", facts={"ram": "8GB"}, now=THURSDAY)
        FactWriter(database).retract(run=None, model="reader@1")

        assert ("colour=red", "reviewed", "accepted") in said(database)
        assert "evidence" not in properties(database, "colour=red", "reviewed")

    def test_a_proposal_whose_evidence_is_gone_is_stale(self, database):
        stock(database)
        load(database, title="Lamp of brass", facts={"ram": "8GB"}, now=WEDNESDAY)

        with pytest.raises(ProposalStale):
            decide(database, RED, "accepted", None, "ann", THURSDAY)

    def test_a_proposal_about_what_was_deleted_is_told_as_such(self, database):
        stock(database)
        database.write("MATCH (n:Product {id: $id}) DETACH DELETE n", id=LAMP)

        with pytest.raises(ProposalUnknown, match=f"is about '{LAMP}', which the graph does not"):
            decide(database, RED, "accepted", None, "ann", THURSDAY)

    def test_of_two_decisions_at_once_one_is_taken(self, database):
        stock(database)
        start = threading.Barrier(2)

        def work(decision):
            start.wait()
            try:
                return decide(database, RED, decision, None, decision, THURSDAY)
            except ProposalStale:
                return None

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(work, ("accepted", "rejected")))

        (taken,) = [one for one in done if one]
        assert [one for one in said(database) if one[0] == "colour=red"] == [
            ("colour=red", "reviewed", taken.decision)
        ]

    def test_exports_leave_out_what_was_rejected(self, database):
        stock(database)
        for item, wrong in ((LAMP, "colour=red"), ("barn:desk", "colour=brown")):
            id = proposal_id("product", item, wrong)
            decide(database, id, "rejected", None, "ann", THURSDAY)

        snapshot = export_snapshot(database, Whole(), now=THURSDAY)

        facts = snapshot.edges["Product", "HAS_PARAMETER", "Value"]
        status = facts.column("status").to_pylist()
        assert sorted(status) == ["accepted", "accepted", "proposed", "proposed"]

    async def test_what_a_person_accepts_stands_above_a_catalog_and_is_listed_as_a_conflict(
        self, database, async_database
    ):
        stock(database)
        id = proposal_id("product", LAMP, "ram=16GB")

        decide(database, id, "accepted", None, "ann", THURSDAY)

        page = await Conflicts(async_database).page(
            parameter=None, source=None, kind=None, limit=9, after=None
        )
        (conflict,) = page.conflicts
        assert [(one.value, one.origin, one.preferred) for one in conflict.statements] == [
            ("ram=16GB", "reviewed", True),
            ("ram=8GB", "catalog", False),
        ]

    async def test_what_was_rejected_is_no_neighbour(self, database, async_database):
        stock(database)
        decide(database, RED, "rejected", None, "ann", THURSDAY)

        near = await Products(async_database).neighbourhood(LAMP, depth=1, limit=50)

        assert "colour=red" not in {node.id for node in near.nodes}

    async def test_pages_go_on_past_proposals_that_nobody_asked_for(self, database, async_database):
        stock(database)

        seen = await pages(Review(async_database, window_facts=1), 1, source="barn")

        assert seen == [("barn:desk", "colour=brown")]

    async def test_decisions_between_two_pages_hide_nothing_and_show_nothing_twice(
        self, database, async_database
    ):
        stock(database)
        review = Review(async_database)
        first = await review.proposals(limit=2, after=None)
        for one in first.facts:
            decide(database, one.id, "rejected", None, "ann", THURSDAY)

        rest = await review.proposals(limit=9, after=first.next)

        assert [(one.item, one.value) for one in rest.facts] == EVERYTHING[2:]

    async def test_what_no_source_lists_any_more_is_not_asked_about(self, database, async_database):
        stock(database)
        database.write("MATCH (n:Product {id: $id}) SET n.closed_at = datetime()", id=LAMP)

        assert LAMP not in {item for item, _ in await pages(Review(async_database), 9)}
        with pytest.raises(ProposalStale, match=f"no source lists {LAMP} any more"):
            decide(database, RED, "accepted", None, "ann", THURSDAY)

    async def test_parameters_and_items_take_turns(self, database, async_database):
        for number in range(4):
            load(database, f"s{number}", f"Thing {number}")
        colours = [proposed("colour", "red", 0.5, item=f"shop:s{n}") for n in range(3)]
        state(
            database,
            *colours,
            proposed("material", "tin", 0.7, item="shop:s3"),
            now=TUESDAY,
        )

        seen = await pages(Review(async_database), 9)

        assert [fact for _, fact in seen] == [
            "colour=red",
            "material=tin",
            "colour=red",
            "colour=red",
        ]

    def test_the_list_is_read_from_its_index_in_its_order(self, database):
        asked = {"teaches": 1.0, "proposal": "", "limit": 9, "window": 9, "parameter": None}

        operators = plan(database.connection, PROPOSALS, {**asked, "source": None})

        assert any("RelationshipIndexSeek" in name for name in operators), operators
        assert not operators & {"AllNodesScan", "NodeByLabelScan", "Top"}
