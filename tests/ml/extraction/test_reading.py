"""Files of labelled texts: what is wrong is named with file, line and reason."""

import gzip
import json

import pytest

from ml.errors import LabelsInvalid
from ml.extraction.reading import read_gold, read_labelled, read_triples
from tests.ml.extraction.conftest import silent
from tests.ml.extraction.made_up import line, texts


def row(text, **values):
    scores = {name: {value: 1} for name, value in values.items()}
    return json.dumps({"input": text, "category": "lamps", "target_scores": scores})


def written(tmp_path, *lines):
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_labels_are_read_with_what_the_text_does_not_say(tmp_path):
    (text,) = read_labelled([written(tmp_path, row("Red lamp", Color="Red", Size="n/a"))], silent)

    assert (text.text, text.category) == ("Red lamp", "lamps")
    assert text.values == {"Color": "Red", "Size": None}


def test_of_several_gold_values_any_counts(tmp_path):
    scores = {"Color": {"Blue": 1, "Red": 1}}
    path = written(tmp_path, json.dumps({"input": "Red or Blue", "target_scores": scores}))

    (gold,) = read_gold(path)

    assert gold.accepted["Color"] == {"Red", "Blue"}
    assert gold.labelled().values["Color"] == "Red"


def test_a_value_with_a_score_of_0_is_no_right_one(tmp_path):
    scores = {"Color": {"Blue": 0, "Red": 1}}
    path = written(tmp_path, json.dumps({"input": "Red or Blue", "target_scores": scores}))

    assert read_gold(path)[0].accepted["Color"] == {"Red"}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{broken", "is no JSON"),
        ("[1, 2]", "has no text `input`"),
        ('{"title": "lamp"}', "has no text `input`"),
        ('{"input": "lamp"}', "has no object `target_scores`"),
        ('{"input": "lamp", "target_scores": {"Color": "Red"}}', "'Color' has no object of values"),
        ('{"input": "lamp", "target_scores": {"Color": {}}}', "'Color' has no object of values"),
        ('{"input": "a", "target_scores": {"Color": {"a": 0}}}', "'Color' gives no value a 1"),
        ('{"input": "a", "target_scores": {"Color": {"a": "1"}}}', "'Color' gives 'a' no number"),
    ],
)
def test_a_line_that_is_no_labelled_text_is_named(tmp_path, bad, reason):
    path = written(tmp_path, line(texts(1)[0]), "", bad)

    with pytest.raises(LabelsInvalid) as caught:
        read_gold(path)

    assert caught.value.line == 3
    assert reason in caught.value.reason
    assert "labels.jsonl, line 3" in str(caught.value)


def test_a_file_that_is_empty_missing_or_of_another_encoding_is_refused(tmp_path):
    with pytest.raises(LabelsInvalid, match="holds no labelled text"):
        read_gold(written(tmp_path, ""))
    with pytest.raises(LabelsInvalid, match="No such file"):
        read_gold(tmp_path / "gone.jsonl")
    (tmp_path / "latin.jsonl").write_bytes(b"\n\xe9")
    with pytest.raises(LabelsInvalid, match="line 2: is not UTF-8"):
        read_gold(tmp_path / "latin.jsonl")


def test_values_that_the_text_does_not_say_are_told_once_with_their_number(tmp_path):
    said = []
    path = written(tmp_path, row("Red lamp", Color="Blue"), row("Black lamp", Color="White"))

    read_labelled([path], said.append)

    (told,) = said
    assert told.startswith("2 labels name a value that their text does not say, as Color 'Blue'")


def test_of_labels_that_contradict_each_other_the_majority_counts(tmp_path):
    said = []
    path = written(tmp_path, *(row("Red or Blue", Color=c) for c in ("Blue", "Red", "Red")))

    (text,) = read_labelled([path], said.append)

    assert text.values == {"Color": "Red"}
    assert said == [
        "1 labels contradict others of the same text and attribute; "
        "what most of them say counts, of as many none"
    ]


def test_of_labels_of_which_as_many_say_another_nothing_is_learnt(tmp_path):
    colors = {"Red or Blue": ("Blue", "Red"), "Black lamp": ("Black", "n/a"), "tan": ("tan", "tan")}
    path = written(tmp_path, *(row(text, Color=one) for text, two in colors.items() for one in two))

    texts = read_labelled([path], silent)

    assert [(text.text, text.values) for text in texts] == [("tan", {"Color": "tan"})]


def test_triples_are_read_plain_and_packed(tmp_path):
    content = "Men&#39;s lamp\x01Color\x01Deep Red\nlamp\x01Size\x01NULL\n"
    plain, packed = tmp_path / "t.txt", tmp_path / "t.txt.gz"
    plain.write_text(content, encoding="utf-8")
    packed.write_bytes(gzip.compress(content.encode()))

    assert read_triples(plain) == [("Men's lamp", "Color", "deep red")]
    assert read_triples(packed) == read_triples(plain)


def test_a_triple_of_two_columns_is_named(tmp_path):
    (tmp_path / "t.txt").write_text("a\x01b\x01c\na\x01b\n", encoding="utf-8")

    with pytest.raises(LabelsInvalid, match=r"t.txt, line 2: has 2 columns"):
        read_triples(tmp_path / "t.txt")


def test_json_that_is_nested_too_deeply_is_named(tmp_path):
    scores = '{"c":' * 100_000 + "1" + "}" * 100_000

    with pytest.raises(LabelsInvalid, match=r"labels.jsonl, line 1: is nested too deeply"):
        read_gold(written(tmp_path, f'{{"input": "a", "target_scores": {scores}}}'))


def test_a_damaged_archive_is_named(tmp_path):
    packed = tmp_path / "t.txt.gz"
    packed.write_bytes(gzip.compress(b"x")[:10] + b"\xff" * 20)

    with pytest.raises(LabelsInvalid, match=r"t.txt.gz"):
        read_triples(packed)
