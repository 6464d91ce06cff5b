"""Words for an order in queries: `cheapest`, `cheap`, `newest`."""

import pytest

from app.services.search_text import read_query
from app.services.search_words import SearchWords
from graph.repositories.names import NamedItems
from tests.app.services.test_understanding import GROUNDER, NAMES, WORDS


@pytest.mark.parametrize(
    ("query", "sort", "text"),
    [
        ("cheapest lantern", "price", "lantern"),
        ("the newest lantern under 300", "newest", "lantern"),
        ("most expensive red lantern", "-price", "red lantern"),
        ("最便宜的灯笼", "price", "灯笼"),
        ("最新款灯笼", "newest", "灯笼"),
        ("la lantern la moins chère", "price", "la lantern"),
        ("die günstigste lantern", "price", "lantern"),
        ("lantern moins cher que 300 euros", None, "lantern"),
        ("lantern günstiger als 300 Euro", None, "lantern"),
        ("cheap lantern", "price", "lantern"),
        ("a not too expensive lantern", "price", "a lantern"),
        ("lantern pas chère", "price", "lantern"),
        ("günstige lantern", "price", "lantern"),
        ("便宜点的灯笼", "price", "灯笼"),
        ("lantern, not cheap", None, "lantern, not cheap"),
        ("不便宜的灯笼", None, "不便宜的灯笼"),
        ("lantern not the cheapest", None, "lantern not the cheapest"),
        ("cheapestlamp new-latest", None, "cheapestlamp new-latest"),
    ],
)
def test_words_for_an_order_are_read_as_one(query, sort, text):
    asked = read_query(query, words=WORDS, understood=True)

    assert (asked.sort, asked.text) == (sort, text)


def test_an_order_in_a_name_of_the_graph_is_a_name():
    names = [*NAMES, NamedItems("model", "newest", "The Newest Lantern", (), 3)]
    words = SearchWords.of(GROUNDER, names)

    assert read_query("newest lantern", words=words, understood=True).sort is None
    assert read_query("cheapest lantern", words=words, understood=True).sort == "price"
