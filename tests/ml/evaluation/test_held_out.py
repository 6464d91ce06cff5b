"""Who answers the same examples better, of luck or not; of every kind that keeps its answers."""

from dataclasses import replace

import numpy as np
import pytest

from ml.categories.categorizer import CategorizerConfig
from ml.categories.evaluation import train_and_judge as categories
from ml.evaluation.held_out import Beside, mark
from ml.linking.evaluation import LinkingTrial
from ml.linking.evaluation import train_and_judge as linking
from ml.linking.gold import Judged
from ml.matching.evaluation import train_and_judge as matching
from ml.matching.matcher import MatchingConfig
from ml.matching.trees import TreesConfig
from tests.ml.categories.made_up import titles
from tests.ml.linking.made_up import QUICK, catalogue, offers
from tests.ml.matching.made_up import as_text, pairs
from tests.progress import silent


def beside(mine, theirs, groups=None):
    def answers(right):
        return np.array([(float(one), 1.0) for one in right])

    texts = [str(place) for place in range(len(mine))] if groups is None else groups
    return Beside(answers(mine), answers(theirs), texts)


@pytest.mark.parametrize(
    ("won", "lost", "same", "chance"),
    [
        (0, 0, 3, 1.0),
        (1, 0, 0, 1 / 2),
        (5, 0, 20, 1 / 32),
        (6, 0, 0, 1 / 64),
        (7, 1, 5, 9 / 256),  # a sign test
        (0, 4, 0, 1.0),
    ],
)
def test_of_few_examples_the_chance_is_that_of_flipped_coins(won, lost, same, chance):
    mine, theirs = [1] * won + [0] * lost + [1] * same, [0] * won + [1] * lost + [1] * same

    assert beside(mine, theirs).chance() == pytest.approx(chance)


def test_of_many_examples_it_is_drawn():
    """32 of 40 coins on one side: 0.00009; 24 of 40: 0.134."""
    likely = beside([1] * 24 + [0] * 16, [0] * 24 + [1] * 16)
    unlikely = beside([1] * 32 + [0] * 8, [0] * 32 + [1] * 8)

    assert likely.chance() == pytest.approx(0.134, abs=0.02)
    assert likely.chance() == likely.chance()
    assert unlikely.chance() < 0.003


def test_examples_of_one_group_are_one():
    mine, theirs = [1] * 12, [0] * 12

    assert beside(mine, theirs).chance() < 0.001
    assert beside(mine, theirs, ["a"] * 6 + ["b"] * 6).chance() == pytest.approx(1 / 4)


def test_where_nothing_is_asked_nothing_is_known():
    nothing = Beside(np.zeros((0, 2)), np.zeros((0, 2)), [])

    assert (nothing.mine, nothing.theirs, nothing.chance()) == (0.0, 0.0, 1.0)


def test_what_is_never_answered_and_never_there_is_no_division_by_zero():
    silent_ones = Beside(np.zeros((4, 2)), np.array([(0.0, 1.0)] * 4), list("abcd"))

    assert silent_ones.chance() == 1.0


def of_categories(folder):
    return categories(titles(), CategorizerConfig(with_meaning=False), {}, notify=silent)


def of_matching(folder):
    files = []
    for seed, number in enumerate((120, 60)):
        files.append(folder / f"{seed}.txt")
        files[-1].write_text(as_text(pairs(number, seed)), encoding="utf-8")
    config = MatchingConfig(trees=TreesConfig(trees=20))
    return matching(*files, config, notify=silent)


def of_linking(folder):
    models = catalogue()
    known = [Judged(title, model, model or "none") for title, model in offers(models, each=1)]
    trial = LinkingTrial(splits=2, linking=QUICK)
    return linking(models, known, trial, notify=silent)


@pytest.mark.parametrize(
    ("train", "measure"),
    [(of_categories, "accuracy"), (of_matching, "f1"), (of_linking, "f1")],
)
def test_a_kept_model_answers_the_examples_that_another_was_judged_by(tmp_path, train, measure):
    model, metrics, baselines, held = train(tmp_path)
    everything = np.arange(len(held.texts))

    answers = held.ask(model.to_files(), everything)
    some = held.ask(model.to_files(), everything[3:7])

    assert set(held.texts) <= set(held.learnt)
    against_itself = replace(held, answers_S2=answers).beside(held.kept(), None)
    assert against_itself.theirs == pytest.approx(metrics[measure].value, abs=0.02)
    assert against_itself.mine > against_itself.theirs - 0.1  # it has learnt these
    assert (answers[3:7] == some).all()
    assert held.baselines.keys() == baselines.keys()
    for name in baselines:
        reached = held.beside_baseline(name).theirs
        assert reached == pytest.approx(baselines[name][measure], abs=0.02)


def test_a_mark_tells_texts_apart_and_parts_too():
    assert mark("ab", "c") != mark("a", "bc")
    assert mark("lamp") == mark("lamp")
