"""The extractor as the service uses it."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ml.errors import ExtractorInvalid, GraphTooSmall
from ml.extraction.extractor import Extractor
from ml.extraction.network import SpanNetworkConfig
from ml.extraction.network_training import NetworkRecipe
from ml.extraction.records import LabelledText
from tests.ml.extraction.conftest import QUICK, silent
from tests.ml.extraction.made_up import texts

ODD = {
    "empty": "",
    "spaces": " \n\t ",
    "emoji": "😀🎉👍🏽",
    "markup": "<b>Lumora</b> &lt;script&gt; Desk Lamp",
    "right to left": "مصباح مكتب Lumora أحمر",
    "control characters": "Lumora\x00\x07 Desk\ud800 Lamp",
    "mixed scripts": "Lumora 台灯 红色 40W настольная",
    "one endless word": "x" * 5_000,
}


def said(extractor, text, category, **more):
    (found,) = extractor.extract([text], [category], **more)
    return {
        x.parameter: x.value for x in found if x.confidence >= extractor.thresholds[x.parameter]
    }


def test_values_are_found_with_their_places(extractor):
    text = "Lumora Desk Lamp, Moss Green, 40W"

    (found,) = extractor.extract([text], ["lamps"])

    assert said(extractor, text, "lamps") == {
        "Brand": "Lumora", "Kind": "Desk Lamp", "Color": "Moss Green", "Power": "40W"
    }  # fmt: skip
    for x in found:
        assert text[x.start : x.end] == x.value
        assert 0 <= x.confidence <= 1


def test_what_the_text_does_not_say_is_below_the_threshold(extractor):
    assert "Color" not in said(extractor, "Vetra Oxford, 41 EU", "shoes")


def test_places_point_into_the_text_as_it_was_sent(extractor):
    text = "Ｌｕｍｏｒａ Desk&nbsp;Lamp, Red, 40W"

    (found,) = extractor.extract([text], ["lamps"])

    values = {x.parameter: x.value for x in found}
    assert values["Brand"] == "Ｌｕｍｏｒａ"
    assert values["Kind"] == "Desk&nbsp;Lamp"


def test_only_what_is_asked_is_answered(extractor):
    text = "Lumora Desk Lamp, Red, 40W"

    (found,) = extractor.extract([text], ["lamps"], [["Color", "Color"]])

    assert [x.parameter for x in found] == ["Color"]


@pytest.mark.parametrize(
    ("category", "asked"), [("boats", None), ("lamps", [["Voltage"]]), ("", [["Color", "Rigging"]])]
)
def test_strangers_do_no_harm(extractor, category, asked):
    (found,) = extractor.extract(["Lumora Desk Lamp, Red, 40W"], [category], asked)

    assert all(0 <= x.confidence <= 1 for x in found)


def test_labels_without_a_category_teach_to_read_items_of_any():
    lamps = [replace(text, category="") for text in texts() if text.category == "lamps"]
    extractor = Extractor.train(lamps, QUICK, notify=silent)
    text = "Lumora Desk Lamp, Moss Green, 40W"

    assert said(extractor, text, "boats") == said(extractor, text, "")
    assert said(extractor, text, "boats")["Power"] == "40W"


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_odd_texts_are_answered_like_any_other(extractor, text):
    (found,) = extractor.extract([text], ["lamps"])

    assert all(text[x.start : x.end] == x.value for x in found)


def test_of_a_megabyte_the_beginning_is_read(extractor):
    text = "Lumora Desk Lamp, Red, 40W" + " and more" * 120_000

    (found,) = extractor.extract([text], ["lamps"])

    assert all(x.end <= 1_000 for x in found)


def test_no_texts_have_no_answers(extractor):
    assert extractor.extract([], []) == []


def test_an_answer_depends_on_its_text_alone(extractor):
    some = [text.text for text in texts(20, seed=5)]
    categories = [text.category for text in texts(20, seed=5)]

    together = extractor.extract(some, categories)

    alone = [extractor.extract([t], [c])[0] for t, c in zip(some, categories, strict=True)]
    assert [[x.value for x in of] for of in together] == [[x.value for x in of] for of in alone]


def test_threads_can_share_it(extractor):
    some = [(text.text, text.category) for text in texts(12, seed=9)]
    alone = [extractor.extract([t], [c]) for t, c in some]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda pair: extractor.extract([pair[0]], [pair[1]]), some))

    assert together == alone


def test_files_hold_all_of_it(extractor):
    files = extractor.to_files()
    again = Extractor.from_files(files)

    some = [text.text for text in texts(10, seed=4)]
    categories = [text.category for text in texts(10, seed=4)]
    assert again.extract(some, categories) == extractor.extract(some, categories)
    assert dict(again.thresholds) == dict(extractor.thresholds)
    assert {name.rpartition(".")[2] for name in files} == {"json", "safetensors", "txt"}


@pytest.mark.parametrize(
    "name", ["extractor.json", "counts.safetensors", "ranker.txt", "second-ranker.txt"]
)
def test_files_that_are_missing_or_damaged_are_refused(extractor, name):
    files = extractor.to_files()

    with pytest.raises(ExtractorInvalid, match=name):
        Extractor.from_files({other: files[other] for other in files if other != name})
    with pytest.raises(ExtractorInvalid, match="damaged"):
        Extractor.from_files({**files, name: b"\xff nothing"})


def test_with_a_network_it_is_stored_and_served_alike():
    config = replace(
        QUICK,
        network="scratch",
        folds=2,
        shape=SpanNetworkConfig(width=16, pair_width=8, scratch_width=32, scratch_layers=1),
        recipe=NetworkRecipe(epochs=1),
    )
    said = []
    extractor = Extractor.train(texts(40), config, notify=said.append)

    shares = [int(one) for note in said for one in re.findall(r"; (\d+)% of what networks", note)]
    assert len(shares) == 3 * 3, "three networks for each fold and for all texts"
    assert shares == sorted(shares)
    assert (shares[0] < 20, shares[-1]) == (True, 100)
    assert said[-1].endswith(", 0:00 left")
    again = Extractor.from_files(extractor.to_files())

    text = "Lumora Desk Lamp, Red, 40W"
    (found,), (same,) = (x.extract([text], ["lamps"]) for x in (extractor, again))
    assert [x.value for x in found] == [x.value for x in same]
    assert "Power" in {x.parameter for x in found}


def test_texts_that_say_nothing_teach_nothing():
    silent_texts = [LabelledText(f"lamp {n}", "lamps", {"Color": None}) for n in range(9)]

    with pytest.raises(GraphTooSmall, match="say a value"):
        Extractor.train(silent_texts, QUICK, notify=silent)
