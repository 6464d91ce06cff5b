"""Words as they were meant: typing errors, accents, spellings, spaces in part numbers."""

import pytest

from tests.app.api.search.shop import added, found, ids

pytestmark = pytest.mark.anyio


async def test_a_misspelt_word_is_read_as_a_name(stocked):
    page = await found(stocked, "acmee 128gb", sort="price")

    assert page["understood"]["corrected"] == "acme 128gb"
    assert set(ids(page)) == {"1", "2", "6"}


async def test_a_word_with_accents_that_a_title_has_is_not_misspelt(stocked):
    await added(stocked, "7", {"title": "Würfelset rot", "brand": "Würfelsee"})

    page = await found(stocked, "Würfelset")

    assert (ids(page), page["understood"]["corrected"]) == (["7"], None)


@pytest.mark.parametrize("typed", ["muehlrad", "Mühlrat", "Muhlrad"])
async def test_a_name_with_accents_is_read_as_it_is_spelled(stocked, typed):
    await added(stocked, "7", {"title": "Windmill lantern", "brand": "Mühlrad"})

    page = await found(stocked, typed)

    assert ids(page) == ["7"]
    assert page["understood"]["corrected"] == "mühlrad"
    assert page["understood"]["filters"] == "brand:mühlrad"


async def test_an_everyday_word_is_no_misspelt_name_and_is_told_where_nothing_has_it(stocked):
    page = await found(stocked, "boat lantern")

    assert page["understood"]["corrected"] is None
    assert page["understood"]["did_you_mean"] == "bolt lantern"
    assert "'boat'" in page["notice"]
    assert "did you mean 'bolt lantern'?" in page["notice"]


async def test_a_misspelt_word_is_read_as_one_of_a_text_where_that_is_nearest(stocked):
    await added(stocked, "7", {"title": "Bolts for a lathe", "brand": "Lahti"})
    await added(stocked, "8", {"title": "A lamp", "brand": "Lahti"})

    page = await found(stocked, "lahte")

    assert page["understood"]["corrected"] == "lathe"
    assert ids(page) == ["7"]


async def test_a_misspelt_word_of_the_grammar_asks_for_what_it_would(stocked):
    page = await found(stocked, "lantern undr 150")

    assert page["understood"]["corrected"] == "lantern under 150"
    assert page["understood"]["filters"] == "price<=150"
    assert ids(page) == ["4"]


@pytest.mark.parametrize("q", ["grey shirt", "gray shirt", "gray shirts"])
async def test_a_title_is_found_by_another_spelling_of_its_words(stocked, q):
    await added(stocked, "7", {"title": "Gray shirt"})
    await added(stocked, "8", {"title": "Shirt, dark grey"})
    await added(stocked, "9", {"title": "White cup"})

    page = await found(stocked, q)

    assert set(ids(page)[:2]) == {"7", "8"}
    assert all(one["why"]["missing"] == [] for one in page["items"][:2])
    assert [one["highlights"]["title"] for one in page["items"][:2]] != [[], []]
    assert "in its text" not in (page["notice"] or "")


async def test_what_no_text_has_and_is_like_no_name_is_meant_as_it_is(stocked):
    page = await found(stocked, "umbrella")

    assert page["understood"]["did_you_mean"] is None
    assert page["items"] == []


async def test_accents_may_be_left_out_or_written(stocked):
    body = {"title": "Siebträger Bolt", "brand": "Bolt", "category": "Siebträger"}
    await added(stocked, "7", body)

    for query in ("Siebträger", "siebtrager", "SIEBTRÄGER bolt"):
        assert ids(await found(stocked, query))[0] == "7"


async def test_a_unit_is_no_misspelt_word(stocked):
    body = {"title": "Bolt lite"}
    await added(stocked, "7", body)

    assert (await found(stocked, "2 liter"))["understood"]["corrected"] is None


async def test_a_part_number_is_found_however_it_is_spaced_and_by_its_beginning(stocked):
    await added(stocked, "7", {"title": "Zenor kettle WFC3C26UK"})

    for query in ("wfc 3c26", "WFC-3C26", "wfc3c26uk", "WFC3C26GB"):
        assert ids(await found(stocked, query))[:1] == ["7"]
