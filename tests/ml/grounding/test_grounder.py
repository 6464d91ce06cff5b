"""What of the readings of a title counts as said of its item."""

from dataclasses import replace

import pytest

from graph.records import FactText, Named, Parameter, ValueView
from graph.text import normalise_value
from ml.grounding.grounder import Grounder, KnownModel
from ml.grounding.lexicon import Lexicon
from ml.grounding.records import TextToRead
from ml.grounding.trust import Trust
from tests.ml.grounding.told import ToldReader

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


def found(grounder, title, **known):
    [facts] = grounder.ground([TextToRead({"title": title}, **known)])
    return {fact.normalized.text: fact for fact in facts if fact.parameter == "colour"}


@pytest.mark.parametrize(
    ("learnt", "model"), [(0.99, "extraction@1"), (0.4, "rules")], ids=["extractor", "rules"]
)
def test_what_rules_and_an_extractor_both_say_is_as_sure_as_the_surer_one(grounder, learnt, model):
    alone = found(grounder, "Lamp, black")["black"].confidence

    both = found(replace(grounder, reader=ToldReader(COLOUR, {"black": learnt})), "Lamp, black")

    assert list(both) == ["black"]
    assert (both["black"].confidence, both["black"].model) == (max(alone, learnt), model)
    assert both["black"].reasons[-1].endswith("read it so, too")


def test_what_one_of_them_alone_speaks_of_counts_as_it_would_without_the_other(grounder):
    alone = found(grounder, "Lamp, black")

    silent = found(replace(grounder, reader=ToldReader(COLOUR, {})), "Lamp, black")
    new = found(replace(grounder, reader=ToldReader(COLOUR, {"tan": 0.6})), "Lamp, tan")

    assert silent == alone
    assert new["tan"].confidence == 0.6


def test_of_two_that_contradict_each_other_the_surer_is_ahead_and_both_are_doubted(grounder):
    alone = found(grounder, "Lamp, black, tan")["black"].confidence

    facts = found(replace(grounder, reader=ToldReader(COLOUR, {"tan": 0.4})), "Lamp, black, tan")

    assert facts["black"].confidence == pytest.approx(alone * 0.8)
    assert facts["tan"].confidence == pytest.approx(0.4 * (1 - alone / 2))
    assert facts["tan"].reasons[-1] == "but rules read 'black'"


def test_what_an_extractor_reads_of_a_model_is_what_the_model_has_in_more_words(grounder):
    known = replace(
        grounder,
        models={"glow": glow("matte black", "white")},
        reader=ToldReader(COLOUR, {"black": 0.99}),
    )

    facts = found(known, "Glow lamp, black", model="glow")

    assert [(text, one.confidence) for text, one in facts.items()] == [("matte black", 0.99)]
