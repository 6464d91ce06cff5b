"""Facts that lamps lack are named by lamps of their maker, where those are known to be right."""

from dataclasses import replace as with_fields

import numpy as np
import pytest
import torch
from msgspec.structs import replace

from graph.records import ItemText, Named, Parameter
from ml.errors import ArtefactCorrupted, GraphTooSmall
from ml.filling.candidates import FEATURES
from ml.filling.gaps import Judged
from ml.filling.gaps_files import COUNTED, STATED, from_files, to_files
from ml.filling.gaps_learning import GapsConfig, learn_to_fill
from ml.filling.plausibility import PlausibilityConfig
from ml.filling.trees import TreesConfig
from tests.ml.lamps import POWER, SOCKET, SPARE, fact, models

CONFIG = GapsConfig(
    similar=PlausibilityConfig(neighbours=10, epochs=2, training_items=40),
    trees=TreesConfig(trees=40, least_rows=5),
)
LAMPS, DESK = Named("lamps", "Lamps"), Named("lamps/desk", "Desk lamps")
CANS = Named("cans", "Cans")
DIMS, SHADE = Parameter("dims", "Dimmable", "boolean"), Parameter("shade", "Shade", "text")
TINT = "tint"  # of every third lamp, whoever makes it


def lamps(times=12):
    """Many of each maker; a third of them say their tint, and it is any."""
    found = []
    for turn in range(times):
        for at, one in enumerate(models()):
            tint = fact(SOCKET, ("pale", "deep")[(at // 3 + turn // 3) % 2])
            more = (
                (replace(tint, parameter=TINT, value=f"tint={tint.text}"),)
                if (at + turn) % 3 == 0
                else ()
            )
            id = f"{one.id}-{turn}"
            found.append(replace(one, id=id, category=LAMPS, facts=(*one.facts, *more)))
    return found


def families(items):
    return [str(item.id) for item in items]


@pytest.fixture(scope="module")
def learnt():
    items = lamps()
    return learn_to_fill(items, families(items), CONFIG)


def lamp(*facts, brand="Acme", category=LAMPS, title="Glow 99"):
    maker = Named(brand.lower(), brand) if brand else None
    return ItemText("product", title, brand=maker, category=category, facts=facts)


def named(learnt, item, settled=(), least=0.5):
    [found] = learnt.filler.fill([item], [settled], least)
    return {one.value.value: one.confidence for one in found}


def test_a_lamp_gets_what_the_lamps_of_its_maker_have(learnt):
    found = named(learnt, lamp())

    assert set(found) == {"power=5W", "spare=40W", "socket=tiny"}
    assert min(found.values()) > 0.9


def test_what_it_states_or_waits_for_is_not_asked(learnt):
    assert set(named(learnt, lamp(fact(POWER, "5 W")))) == {"spare=40W", "socket=tiny"}
    assert set(named(learnt, lamp(), settled=("power", "socket"))) == {"spare=40W"}
    of_model = replace(lamp(), facts=(), inherited=(fact(SPARE, "9 W"),))
    assert "spare=40W" not in named(learnt, of_model)


def test_what_half_of_the_neighbours_lack_is_not_said(learnt):
    assert not any(value.startswith("tint") for value in named(learnt, lamp(), least=0.0))


@pytest.mark.parametrize(("no", "is_said"), [(0, False), (9, False), (60, True)])
def test_what_only_those_state_who_have_it_is_not_said_of_others(no, is_said):
    says = [*["no"] * no, *[None, *["yes"] * 5] * 120]  # silence stands for `no`
    items = [
        replace(one, facts=(*one.facts, fact(DIMS, cell))) if cell else one
        for one, cell in zip(lamps(), says, strict=False)
    ]
    cans = [lamp(fact(DIMS, "no"), category=CANS) for _ in range(9)]
    learnt = learn_to_fill([*items, *cans], [*families(items), *"abcdefghi"], CONFIG)

    assert ("dims=yes" in named(learnt, lamp(), least=0.0)) is is_said


@pytest.mark.parametrize(("have_both", "said"), [(1, 1), (20, 2)])
def test_of_several_values_the_surest_is_said_unless_items_have_several(have_both, said):
    shades = [fact(SHADE, cell) for cell in ("pale", "deep")]
    items = [
        replace(
            one,
            facts=(*one.facts, *(shades if at % 60 < have_both else shades[at * 7 % 11 % 2 :][:1])),
        )
        for at, one in enumerate(lamps())
    ]
    learnt = learn_to_fill(items, families(items), CONFIG)

    assert sum(value.startswith("shade=") for value in named(learnt, lamp(), least=0.0)) == said


def test_only_items_of_its_own_kind_are_heard(learnt):
    assert set(named(learnt, lamp(category=DESK))) == {"power=5W", "spare=40W", "socket=tiny"}
    assert named(learnt, lamp(category=CANS), least=0.0) == {}
    assert named(learnt, lamp(category=None), least=0.0) == {}


def test_an_item_is_not_its_own_look_alike():
    odd = lamp(fact(SOCKET, "odd"), brand="Zed", title="One of a kind")
    items = [*lamps(), replace(odd, id="zed-one")]
    filler = learn_to_fill(items, families(items), CONFIG).filler
    asked_QP = np.ones((2, len(filler.parameters)), dtype=bool)

    found = filler.asking.candidates(
        [replace(odd, facts=()), replace(items[-1], facts=())], asked_QP
    )

    title = FEATURES.index("nearest_title")
    stranger, itself = (found.x_RF[found.item_R == at] for at in (0, 1))
    assert stranger[0, title] > 0.99 > itself[0, title]


def test_most_of_what_is_hidden_is_filled_in_and_right(learnt):
    assert learnt.metrics["filled"].low > 0.5
    assert learnt.metrics["precision"].value > 0.97
    assert learnt.baselines["most_frequent"]["filled"] == 0.0
    assert set(learnt.filler.thresholds(0.98)) == {"power", "spare", "socket"}


def test_what_chance_decides_is_sure_at_no_threshold():
    items = [
        replace(one, facts=(fact(SOCKET, ("tiny", "wide")[at * 7 % 11 % 2]),), brand=None)
        for at, one in enumerate(lamps())
    ]
    learnt = learn_to_fill(items, families(items), CONFIG)

    assert learnt.filler.thresholds(0.98) == {}
    assert learnt.metrics["filled"].value == 0.0


def test_a_parameter_has_to_be_right_often_enough_by_itself():
    """Of 400 colours all are right, of 40 sizes at the same confidence nine in ten."""
    right = torch.ones(440, dtype=torch.bool)
    right[400:404] = False
    sizes = torch.tensor([0.95] * 400 + [0.95] * 36 + [0.99] * 4, dtype=torch.float64)
    judged = Judged(sizes, right, torch.tensor([0] * 400 + [1] * 40))

    assert judged.thresholds(0.95) == {0: 0.95}
    assert judged.thresholds(0.8) == {0: 0.95, 1: 0.95}


def test_a_few_right_values_of_a_parameter_are_no_rule():
    right = torch.ones(304, dtype=torch.bool)
    confidence = torch.full((304,), 0.99, dtype=torch.float64)
    judged = Judged(confidence, right, torch.tensor([0] * 300 + [1] * 4))

    assert judged.thresholds(0.98) == {0: 0.99}


def test_the_same_seed_learns_the_same(learnt):
    items = lamps()
    again = learn_to_fill(items, families(items), CONFIG)

    assert again.metrics == learnt.metrics
    assert named(again, lamp()) == named(learnt, lamp())


def test_it_is_read_back_as_it_was_written(learnt):
    filler = from_files("filling@1", to_files(learnt.filler))

    read = with_fields(learnt, filler=filler)
    assert named(read, lamp()) == named(learnt, lamp())
    assert filler.thresholds(0.98) == learnt.filler.thresholds(0.98)


@pytest.mark.parametrize("file", [STATED, COUNTED])
@pytest.mark.parametrize("content", [None, b"nonsense", b"{}"], ids=["missing", "torn", "empty"])
def test_a_damaged_file_is_named(learnt, file, content):
    files = to_files(learnt.filler)
    del files[file]
    if content is not None:
        files[file] = content

    with pytest.raises(ArtefactCorrupted, match=file):
        from_files("filling@1", files)


def test_a_few_items_teach_nothing():
    items = lamps(times=1)[:10]

    with pytest.raises(GraphTooSmall, match="similar items"):
        learn_to_fill(items, families(items), CONFIG)
    with pytest.raises(GraphTooSmall, match="no fact"):
        learn_to_fill([lamp()], ["a"], CONFIG)


def test_no_item_no_answer(learnt):
    assert learnt.filler.fill([], [], 0.5) == []
