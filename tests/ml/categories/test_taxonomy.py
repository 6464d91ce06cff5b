"""The answer is the deepest category that is sure enough."""

import pytest

from graph.records import Named
from ml.categories.taxonomy import placed


def path(*names):
    return tuple(Named(name.lower(), name) for name in names)


PATHS = {
    "lamps": path("Home", "Light", "Lamps"),
    "torches": path("Home", "Light", "Torches"),
    "sofas": path("Home", "Sofas"),
}


@pytest.mark.parametrize(
    ("shares", "sure", "name", "confidence"),
    [
        ((0.8, 0.1, 0.1), 0.5, "Lamps", 0.8),
        ((0.45, 0.45, 0.1), 0.5, "Light", 0.9),
        ((0.4, 0.2, 0.4), 0.7, "Home", 1.0),
        ((0.8, 0.1, 0.1), 0.0, "Lamps", 0.8),
    ],
)
def test_less_sure_answers_stand_higher(shares, sure, name, confidence):
    found = placed(list(zip(PATHS, shares, strict=True)), PATHS, sure=sure)

    assert found.path[-1].name == name
    assert found.confidence == pytest.approx(confidence)


def test_nothing_at_the_top_is_sure():
    ranked = [("lamps", 0.4), ("tents", 0.35), ("desks", 0.25)]

    assert placed(ranked, {"lamps": path("Home", "Lamps")}, sure=0.5) is None
    assert placed([], {}, sure=0.5) is None


def test_a_category_that_the_tree_lacks_stands_at_the_top():
    assert placed([("tents", 1.0)], {}, sure=0.5).path == (Named("tents", "tents"),)
