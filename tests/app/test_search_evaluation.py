"""Titles asked by the plain full-text index of a real Neo4j, as a baseline of `evaluate search`."""

import pytest

from app.services.search_evaluation import ordered
from ml.search.judgements import judged_by_names

pytestmark = pytest.mark.neo4j

OFFERS = (
    ("umber kettle boxed", "Umber Kettle"),
    ("whistle-2 by umber", "Umber Whistle-2"),
    ("ochre spout", "Ochre Spout"),
    ("红色 水壶", "水壶"),
    ("kettle", "?!"),
    ("umber kettle boxed", "umber kettle"),
)


def test_the_best_texts_come_first_and_equal_ones_in_their_order(database):
    judged = judged_by_names(OFFERS)

    places = dict(zip(judged.queries, ordered(database, judged), strict=True))

    assert places["Umber Kettle"][:2] == [0, 5]
    assert places["Umber Whistle-2"][0] == 1
    assert places["Ochre Spout"] == [2]
    assert places["水壶"] == [3]
    assert places["?!"] == []
