"""The second look: what the first took the rest of a text for."""

import json

import numpy as np
import pytest

from ml.extraction.candidates import Candidates
from ml.extraction.extractor import Extractor
from ml.extraction.network_inputs import Question
from ml.extraction.records import LabelledText
from ml.extraction.second_look import Left
from ml.extraction.sheet import Sheet
from ml.extraction.slots import Slots
from ml.extraction.tokens import tokenise
from ml.extraction.vocabulary import Vocabulary
from tests.ml.extraction.conftest import QUICK, silent
from tests.ml.extraction.made_up import texts

ASKED = (["Lumora Desk Lamp, Moss Green, 40W", "Vetra Oxford, 41 EU"], ["lamps", "shoes"])
PLACES = {"Red": (0, 3, 0, 0), "Lamp": (4, 8, 1, 1), "Red Lamp": (0, 8, 0, 1)}
ROWS = [(0, "Red"), (0, "Red Lamp"), (0, "Lamp"), (1, "Red"), (1, "Lamp")]


@pytest.fixture
def sheet():
    """`Red Lamp`, of which question 0 asks the color and 1 the kind."""
    slots = Slots.of([("lamps", "Color"), ("lamps", "Kind")])
    question = Question(tokenise("Red Lamp"), "lamps", ("Color", "Kind"))
    return Sheet.of([question], Vocabulary({}, {}, {}), slots)


@pytest.fixture
def candidates():
    places = np.array([PLACES[string] for _, string in ROWS]).T
    numbers = np.array([list(PLACES).index(string) for _, string in ROWS])
    unknown = np.full(len(ROWS), -1)
    return Candidates(
        np.array([question for question, _ in ROWS]),
        *places,
        value_R=unknown,
        pattern_R=unknown,
        string_R=numbers,
        is_proposed_R=np.ones(len(ROWS), bool),
        strings=tuple(PLACES),
    )


def test_a_candidate_is_told_what_its_words_are_for_other_parameters(sheet, candidates):
    first_R = np.array([0.5, 0.3, 0.0, 0.1, 0.8], np.float32)  # Red, Red Lamp, Lamp; Red, Lamp

    left = Left.of(sheet, candidates, first_R)

    assert left.is_left_R.tolist() == [True, True, False, True, True]
    told = left.features
    assert told["look_margin"] == pytest.approx([0, -0.2, -0.7, 0])
    assert told["look_other"] == pytest.approx([0.1, 0.45, 0.8, 0.3])
    assert told["look_own"] == pytest.approx([0.8, 0.55, 0.1, 0.8])
    assert told["look_before"] == pytest.approx([-1, -1, -1, 0.8])
    assert told["look_after"] == pytest.approx([0.8, -1, 0.3, -1])
    assert told["look_same"] == pytest.approx([0.1, 0, 0.5, 0])
    assert told["look_silence"] == pytest.approx([0.2, 0.2, 0.1, 0.1])
    assert left.odds_L == pytest.approx(np.log([2.5, 1.5, 1, 8]), abs=1e-5)


def test_where_nothing_is_left_in_nothing_is_told(sheet, candidates):
    left = Left.of(sheet, candidates, np.zeros(len(candidates), np.float32))

    assert left.widened(np.ones((len(candidates), 2), np.float32)).shape == (0, 10)


def test_what_else_is_asked_changes_no_answer(extractor):
    every = {x.parameter: x for x in extractor.extract(*ASKED)[0]}

    for parameter, answer in every.items():
        alone = extractor.extract(*ASKED, [[parameter], []])

        assert alone == [[answer], []]


def test_extractors_of_before_look_once(extractor):
    files = extractor.to_files()
    del files["second-ranker.txt"]
    written = json.loads(files["extractor.json"])
    del written["has_second"]

    older = Extractor.from_files({**files, "extractor.json": json.dumps(written).encode()})

    assert [x.value for x in older.extract(*ASKED)[0]] == [
        "Lumora",
        "Desk Lamp",
        "Moss Green",
        "40W",
    ]
    assert older.to_files().keys() == files.keys()


@pytest.mark.parametrize("silent_ones", [0, 400])
def test_of_texts_that_hardly_say_a_value_there_is_an_extractor(silent_ones):
    few = texts(3)
    dull = [LabelledText(f"lamp number {n}", "lamps", {"Color": None}) for n in range(silent_ones)]

    extractor = Extractor.train([*few, *dull], QUICK, notify=silent)

    assert len(extractor.extract(*ASKED)) == 2
