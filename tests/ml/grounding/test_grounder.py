"""What of the readings of a title counts as said of its item."""

from dataclasses import replace

import pytest

from graph.records import FactText, Named, Parameter, ValueView
from graph.text import normalise_value
from ml.grounding.grounder import Grounder, KnownModel
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


def glow(*colours):
    """The model Glow in these colours."""
    values = [normalise_value(cell, COLOUR) for cell in colours]
    facts = [FactText("colour", "Colour", v.id, v.text, None, None) for v in values]
    return KnownModel("glow", "Glow", tuple(facts))


@pytest.mark.parametrize(
    ("colours", "said"),
    [
        (("matte black", "white"), "matte black"),
        (("matte black", "jet black"), "black"),
        (("black", "jet black"), "black"),
        (("white", "red"), "black"),
    ],
)
def test_what_a_model_has_once_in_more_words_is_what_a_title_means(grounder, colours, said):
    [facts] = replace(grounder, models={"glow": glow(*colours)}).ground(
        [TextToRead({"title": "Glow lamp, black"}, model="glow")]
    )

    [fact] = [one for one in facts if one.parameter == "colour"]
    assert fact.normalized.text == said
    assert fact.value == "black"
    assert fact.links.value == normalise_value(said, COLOUR).id


def test_a_model_that_says_so_in_more_words_speaks_for_a_reading(grounder):
    def confidence(*colours):
        known = replace(grounder, models={"glow": glow(*colours)})
        [facts] = known.ground([TextToRead({"title": "Glow lamp, black"}, model="glow")])
        return next(fact.confidence for fact in facts if fact.parameter == "colour")

    assert confidence("matte black") == confidence("black") > confidence() > confidence("white")
