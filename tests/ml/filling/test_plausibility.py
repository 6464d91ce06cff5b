"""What similar items have says how plausible a fact is, also of items that nobody knew."""

import pytest

from graph.records import ItemText
from ml.errors import GraphTooSmall
from ml.filling.plausibility import Plausibility, PlausibilityConfig, Question
from tests.ml.lamps import POWER, SOCKET, fact, families, models

CONFIG = PlausibilityConfig(neighbours=10, epochs=2, training_items=40)


@pytest.fixture(scope="module")
def similar():
    return Plausibility.fit(models(), families(), CONFIG)


def asked(similar, title, cell, *known, parameter=POWER, family=None):
    item = ItemText("product", title, facts=known)
    [answer] = similar.of([Question(item, fact(parameter, cell), family)])
    return answer


def test_what_items_alike_have_is_plausible_and_what_they_lack_is_not(similar):
    right = asked(similar, "Acme Glow 99", "5 W")
    wrong = asked(similar, "Acme Glow 99", "60 W")

    assert (right.agreeing, right.alike, right.rank) == (10, 10, 1)
    assert right.probability > 0.8 > 0.2 > wrong.probability
    assert (wrong.best, wrong.agreeing) == ("5W", 0)


def test_a_known_fact_speaks_where_the_title_does_not(similar):
    tiny, wide = fact(SOCKET, "tiny"), fact(SOCKET, "wide")

    by_tiny = asked(similar, "lamp", "5 W", tiny)
    by_wide = asked(similar, "lamp", "5 W", wide)

    assert by_tiny.probability > 0.8 > 0.3 > by_wide.probability


def test_an_item_does_not_answer_for_itself(similar):
    known = asked(similar, "Acme Glow 3", "60 W", fact(POWER, "60 W"))

    assert known.probability < 0.2


def test_a_family_that_is_barred_has_no_say():
    alone = Plausibility.fit(models(), [item.title for item in models()], CONFIG)

    everybody = asked(alone, "Acme Glow 3", "5 W")
    others = asked(alone, "Acme Glow 3", "5 W", family="Glow 3")

    assert (everybody.agreeing, others.agreeing) == (10, 10)
    barred = Plausibility.fit(models(), ["all"] * len(models()), CONFIG)
    nobody = asked(barred, "Acme Glow 3", "5 W", family="all")
    assert (nobody.alike, nobody.probability) == (0, pytest.approx(nobody.prior))


@pytest.mark.parametrize(
    ("parameter", "cell"), [(SOCKET, "crooked"), (POWER, "7 W")], ids=["new name", "new number"]
)
def test_of_values_that_no_item_has_nothing_is_said(similar, parameter, cell):
    assert asked(similar, "Acme Glow 3", cell, parameter=parameter) is None


def test_no_question_no_answer(similar):
    assert similar.of([]) == []


def test_items_without_facts_teach_nothing():
    with pytest.raises(GraphTooSmall):
        Plausibility.fit([ItemText("model", "Glow 1", id="glow-1")], ["glow"], CONFIG)
