"""Results in order, by rules."""

from app.services.search_order import in_order
from graph.records import ItemSummary
from graph.repositories.search import Hit


def hit(id, title, score):
    summary = ItemSummary("product", id, title, None, None, None, None, None, "shop", None)
    return Hit(summary, None, None, score)


HITS = (
    hit("loud", "Zenor lantern 64 GB, 64GB memory", 3.3),
    hit("right", "Moray lantern", 1.2),
    hit("other", "Zenor radio 64GB", 2.0),
    hit("stated", "Zenor lamp", 0.0),
)


def test_words_that_no_filter_stands_for_decide_before_what_all_hits_pass():
    plain = in_order("moray 64 gb", HITS, {}, None)
    order = in_order("moray 64 gb", HITS, {}, None, left="moray", stating={"stated"})

    assert plain[0][0].summary.id == "loud"
    assert [one.summary.id for one, _ in order] == ["right", "stated", "loud", "other"]
    scores = [score for _, score in order]
    assert scores == sorted(scores, reverse=True)


def test_the_word_that_tells_titles_apart_decides_however_short_it_is():
    hits = [
        *(hit(f"other {n}", f"Unlocked moray lantern a{n}", 2.0) for n in range(4)),
        hit("right", "Moray lantern s8", 1.0),
    ]

    for left in ("", "unlocked moray s8"):
        assert in_order("unlocked moray s8", hits, {}, None, left=left)[0][0].summary.id == "right"


def test_a_part_number_tells_more_than_its_pieces_however_it_is_spaced():
    hits = [
        *(hit(f"other {n}", f"Moray wfc kettle 3 c 26 l{n}", 2.0) for n in range(4)),
        hit("right", "Moray kettle WFC3C26UK", 1.0),
    ]

    assert in_order("moray wfc 3c26", hits, {}, None)[0][0].summary.id == "right"
