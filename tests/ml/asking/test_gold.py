"""What counts as a right answer, and which files of questions are read."""

import pytest

from ml.asking.gold import is_right, read_questions
from ml.errors import QuestionsInvalid


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (["Aurora 5", "Glow"], ["Acme Glow", "Acme Aurora 5"]),
        ([1200], [1200.0]),
        ([1200], [1203.0]),
        (["1200"], [1200.0]),
        ([True], ["yes"]),
        (["Yes"], ["yes"]),
    ],
)
def test_the_same_in_other_words_is_right(expected, answer):
    assert is_right(expected, answer, ["Acme"])


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        (["Glow"], ["Glow 2"]),
        (["Glow"], ["Glow", "Aurora"]),
        (["Glow", "Aurora"], ["Glow", "Glow"]),
        ([1200], [1300.0]),
        ([True], ["no"]),
        (["Glow"], []),
    ],
)
def test_too_much_too_little_or_something_else_is_wrong(expected, answer):
    assert not is_right(expected, answer, ["Acme"])


def test_questions_are_read_and_a_bad_line_is_named(tmp_path):
    file = tmp_path / "questions.jsonl"
    file.write_text(
        '{"question": "How heavy?", "language": "en", "expected": [5, "Glow"]}\n\n'
        '{"question": "Why?", "language": "en", "expected": "refuse", "session": "s"}\n'
    )

    first, second = read_questions(file)

    assert (first.expected, first.in_scope, second.in_scope) == ((5, "Glow"), True, False)
    file.write_text('{"question": "How?", "language": "fr", "expected": []}\n')
    with pytest.raises(QuestionsInvalid, match="line 1") as caught:
        read_questions(file)
    assert caught.value.line == 1


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"[]", b"{}"])
def test_what_is_no_file_of_questions_is_refused(tmp_path, content):
    file = tmp_path / "questions.jsonl"
    file.write_bytes(content)

    with pytest.raises(QuestionsInvalid):
        read_questions(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(QuestionsInvalid, match=r"none\.jsonl"):
        read_questions(tmp_path / "none.jsonl")
