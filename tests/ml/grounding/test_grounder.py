"""What of the readings of a title counts as said of its item."""

import pytest

from graph.records import Named, Parameter, ValueView
from graph.text import normalise_value
from ml.grounding.grounder import Grounder
from ml.grounding.lexicon import Lexicon
from ml.grounding.records import TextToRead
from ml.grounding.trust import Trust

COLOUR = Parameter("colour", "Colour", "text")
ACME_GOLD = Named("acme-gold", "Acme Gold")


@pytest.fixture(scope="module")
def grounder():
    values = [normalise_value(cell, COLOUR) for cell in ("gold", "black")]
    views = [ValueView(v.id, v.parameter, v.text, None, None, items=9) for v in values]
    return Grounder(Lexicon.of([COLOUR], views, brands=[ACME_GOLD]), Trust())


def colours(grounder, title, **known):
    [facts] = grounder.ground([TextToRead({"title": title}, **known)])
    return [fact.normalized.text for fact in facts if fact.parameter == "colour"]


@pytest.mark.parametrize("known", [{}, {"brand": ACME_GOLD}])
def test_a_word_of_the_makers_name_is_no_value(grounder, known):
    assert colours(grounder, "Acme Gold lamp, black", **known) == ["black"]
    assert colours(grounder, "Acme Gold lamp, gold", **known) == ["gold"]


def test_what_is_denied_is_not_said(grounder):
    assert colours(grounder, "lamp without gold, black") == ["black"]
