"""Similar items: enough of them, alike enough, of several brands, and how they were found."""

import numpy as np
import pytest

from app.errors import ItemNotFound
from app.services.browsing import Browsing
from app.services.similarity import (
    NO_ENCODER,
    NO_VECTORS,
    NOT_EMBEDDED,
    OTHER_ENCODER,
    SPARE,
    SWITCHED,
    Similarity,
    Wanted,
)
from app.services.threads import Threads
from graph.errors import DraftInvalid, FilterInvalid
from graph.ingest.items import DraftFact, ItemDraft, build_item
from graph.records import EncoderModel, ItemText, Parameter
from graph.repositories.vectors import BESIDE, Serving
from ml.errors import EncoderMismatch, EncoderMissing
from tests.fake_conflicts import FakeConflicts
from tests.fake_encoders import FakeSimilar, HashedWords
from tests.fake_history import FakeHistory
from tests.fake_products import FakeProducts
from tests.fake_vocabulary import FakeVocabulary
from tests.fakes import FakeGraph

pytestmark = pytest.mark.anyio

COLOUR = {"colour": Parameter(id="colour", name="Colour", kind="text", names=("Colour",))}
MANY = 60


def lamp(number, brand="Acme", colour="red"):
    draft = ItemDraft(
        source="shop",
        sku=f"{number:02}",
        title=f"Lamp {'bright ' * (MANY - number)}" if number else "Lamp",
        brand=brand,
        category="Home > Lights",
        facts=(DraftFact(parameter="colour", value=colour),),
    )
    return build_item(draft, COLOUR)


LAMPS = [
    lamp(number, "Bolt" if number % 10 == 0 else "Acme", "blue" if number > 50 else "red")
    for number in range(MANY)
]


class Shop:
    """A service over memory; `similar` is what it asks, `predictor` what is loaded."""

    def __init__(self, items, encoder):
        graph = FakeGraph(items, COLOUR)
        vocabulary = FakeVocabulary(graph)
        self.similar = FakeSimilar(graph, encoder)
        self.predictor = encoder
        browsing = Browsing(
            FakeProducts(graph),
            vocabulary,
            history=FakeHistory(graph),
            conflicts=FakeConflicts(graph),
            page_items_max=10,
        )
        self.service = Similarity(
            self.similar,
            browsing,
            parameters=vocabulary.parameters_for_filters,
            brands=vocabulary.known_brands,
            predictor=lambda: self.predictor,
            threads=Threads(1),
        )


@pytest.fixture
def shop():
    return Shop(LAMPS, HashedWords())


@pytest.fixture
def untrained():
    return Shop(LAMPS, None)


def ids(found):
    return [one.item.id for one in found.items]


async def test_the_answer_says_which_model_found_it(shop):
    found = await shop.service.to_stored("shop:07", Wanted(limit=3))

    assert (found.method, found.notice) == ("vectors", None)
    assert found.model == EncoderModel("words", "1", 16)
    assert len(found.items) == 3
    assert "shop:07" not in ids(found)
    assert shop.similar.asked == [(3 + SPARE, 3)]


async def test_reasons_are_what_both_have(shop):
    found = await shop.service.to_stored("shop:07", Wanted(limit=MANY))

    reasons = {one.item.id: one.reasons for one in found.items}

    assert reasons["shop:08"].same_brand
    assert not reasons["shop:10"].same_brand
    assert reasons["shop:08"].same_category
    assert not reasons["shop:08"].same_model
    (shared,) = reasons["shop:08"].facts
    assert (shared.parameter, shared.name, shared.value, shared.text) == (
        "colour",
        "Colour",
        "colour=red",
        "red",
    )
    assert reasons["shop:55"].facts == ()


async def test_the_search_widens_until_enough_pass(shop):
    found = await shop.service.to_stored("shop:01", Wanted(limit=4, filter="colour:blue"))

    assert len(found.items) == 4
    assert len(shop.similar.asked) > 1


async def test_the_search_ends_where_nothing_is_left(shop):
    found = await shop.service.to_stored("shop:00", Wanted(limit=50, filter="colour:blue"))

    assert sorted(ids(found)) == [f"shop:{number}" for number in range(51, MANY)]
    assert shop.similar.asked[-1][0] > MANY


async def test_nothing_below_the_threshold_is_shown_or_looked_for(shop):
    every = await shop.service.to_stored("shop:00", Wanted(limit=MANY))
    threshold = every.items[2].score
    shop.similar.asked.clear()

    found = await shop.service.to_stored("shop:00", Wanted(limit=MANY, threshold=threshold))

    assert ids(found) == ids(every)[:3]
    assert len(shop.similar.asked) == 1


async def test_of_one_brand_no_more_than_wanted_come(shop):
    wanted = Wanted(limit=5, diversify_by="brand", per_group=3)

    found = await shop.service.to_stored("shop:01", wanted)

    brands = [one.item.brand.id for one in found.items]
    assert sorted(brands) == ["acme", "acme", "acme", "bolt", "bolt"]
    scores = [one.score for one in found.items]
    assert scores == sorted(scores, reverse=True)


async def test_items_without_a_brand_are_no_brand():
    items = [lamp(number, brand=None) for number in range(5)]
    shop = Shop(items, HashedWords())

    found = await shop.service.to_stored(
        "shop:01", Wanted(limit=9, diversify_by="brand", per_group=1)
    )

    assert len(found.items) == 4


async def test_what_can_be_had_is_one_more_term(shop):
    found = await shop.service.to_stored("shop:00", Wanted(filter="brand:bolt", in_stock=True))

    assert found.items == ()


async def test_without_a_model_the_shared_facts_decide_and_the_answer_says_so(untrained):
    found = await untrained.service.to_stored("shop:55", Wanted(limit=3))

    assert (found.method, found.model, found.notice) == ("shared_facts", None, NO_VECTORS)
    assert all(one.reasons.facts for one in found.items)
    assert [one.reasons.facts[0].value for one in found.items] == ["colour=blue"] * 3


async def test_an_item_that_was_just_stored_is_embedded_at_once(shop, monkeypatch):
    stored = shop.similar.stored

    async def without_vector(id):
        found = await stored(id)
        return type(found)(found.text, found.serving, None)

    async def nothing_near(id, serving, **asked):
        return None

    expected = await shop.service.to_stored("shop:07", Wanted())
    monkeypatch.setattr(shop.similar, "stored", without_vector)
    monkeypatch.setattr(shop.similar, "nearest_to_stored", nothing_near)

    at_once = await shop.service.to_stored("shop:07", Wanted())
    shop.predictor = None
    without = await shop.service.to_stored("shop:07", Wanted())

    assert at_once == expected
    assert (without.method, without.notice) == ("shared_facts", NOT_EMBEDDED)


async def test_a_text_is_compared(shop):
    found = await shop.service.to_text(
        ItemText(kind="product", title="lamp bright"), Wanted(limit=2)
    )

    assert found.method == "vectors"
    assert len(found.items) == 2


async def test_a_text_alone_needs_a_model(untrained, shop):
    text = ItemText(kind="product", title="lamp")

    with pytest.raises(EncoderMissing):
        await untrained.service.to_text(text, Wanted())
    with pytest.raises(EncoderMissing):
        await untrained.service.embed([text])
    shop.predictor = None
    with pytest.raises(EncoderMissing):
        await shop.service.to_text(text, Wanted())


async def test_a_model_of_another_width_is_told_and_never_compared(shop):
    shop.predictor = HashedWords("2", width=8)
    text = ItemText(kind="product", title="lamp")

    with pytest.raises(EncoderMismatch, match=r"words@1 \(16 .*words@2 \(8 "):
        await shop.service.to_text(text, Wanted())

    stored = await shop.service.to_stored("shop:07", Wanted())
    assert stored.model == EncoderModel("words", "1", 16)


async def test_a_draft_with_facts_is_compared_by_them_where_no_model_can(shop, untrained):
    draft = ItemDraft(
        source="unsaved",
        sku="1",
        title="Lamp",
        facts=(DraftFact(parameter="Colour", value="Blue"),),
    )
    notices = []
    for one, predictor in ((untrained, None), (shop, None), (shop, HashedWords("2"))):
        one.predictor = predictor
        text = await one.service.text_of(draft)

        found = await one.service.to_text(text, Wanted(limit=3))

        assert found.method == "shared_facts"
        assert found.items[0].reasons.facts[0].value == "colour=blue"
        notices.append(found.notice)

    assert notices == [NO_VECTORS, NO_ENCODER, OTHER_ENCODER]


async def test_a_draft_that_means_nothing_names_its_field(shop):
    facts = (DraftFact(parameter=" ", value="x"),)

    with pytest.raises(DraftInvalid) as caught:
        await shop.service.text_of(ItemDraft(source="s", sku="1", title="x", facts=facts))

    assert caught.value.field == "facts/0/parameter"


async def test_a_text_without_a_direction_is_like_nothing(shop):
    found = await shop.service.to_text(ItemText(kind="product", title="!"), Wanted())

    assert (found.method, found.items) == ("shared_facts", ())


async def test_once_it_is_known_which_vectors_serve_one_trip_is_enough(shop):
    first = await shop.service.to_stored("shop:07", Wanted())
    trips_of_the_first = list(shop.similar.trips)

    again = await shop.service.to_stored("shop:07", Wanted())

    assert again == first
    assert trips_of_the_first == ["stored", "nearest"]
    assert shop.similar.trips[2:] == ["nearest_to_stored"]


async def test_what_the_one_trip_does_not_find_is_looked_for_step_by_step(shop):
    await shop.service.to_stored("shop:07", Wanted())

    with pytest.raises(ItemNotFound):
        await shop.service.to_stored("shop:99", Wanted())
    of_models = await shop.service.to_stored("shop:07", Wanted(filter="kind:model"))

    assert of_models.items == ()


async def test_vectors_that_are_switched_meanwhile_are_asked_again(shop):
    other = Serving(BESIDE, EncoderModel("words", "2", 16))
    expected = await shop.service.to_stored("shop:07", Wanted())
    shop.similar.serving_by_now = [other]

    found = await shop.service.to_stored("shop:07", Wanted())

    assert found == expected


async def test_a_switch_that_never_ends_is_not_waited_for(shop):
    shop.similar.serving_by_now = [None] * 9

    found = await shop.service.to_stored("shop:07", Wanted())

    assert (found.method, found.notice) == ("shared_facts", SWITCHED)


async def test_vectors_of_texts_come_in_their_order(shop):
    texts = [ItemText(kind="product", title=title) for title in ("lamp", "chair")]

    found = await shop.service.embed(texts)

    assert np.allclose(found.vectors, shop.predictor.embed(texts))
    assert found.model == EncoderModel("words", "1", 16)


async def test_what_is_not_there_is_like_nothing(shop):
    with pytest.raises(ItemNotFound):
        await shop.service.to_stored("shop:none", Wanted())


async def test_a_filter_points_at_the_character(shop):
    with pytest.raises(FilterInvalid) as caught:
        await shop.service.to_stored("shop:00", Wanted(filter="colour:red size"))

    assert caught.value.position == 15
