"""Files of triples: both layouts, and what is wrong with a bad one."""

import pytest

from ml.errors import TriplesInvalid
from ml.links.triples import Vocabulary, read_triples


@pytest.fixture
def write(tmp_path):
    def write(text, name="train.txt"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def test_the_numbered_layout_has_the_tail_before_the_relation(write):
    found = read_triples(write("2\n0 1 7\n1 2 8\n"))

    assert (found.heads, found.relations, found.tails) == (("0", "1"), ("7", "8"), ("1", "2"))
    assert found.lines == (2, 3)


def test_text_columns_may_hold_spaces_and_blank_lines_are_passed_over(write):
    found = read_triples(write("desk lamp\tmade of\toak\r\n\n长椅\tmade of\tpine\u2028wood\n"))

    assert found.heads == ("desk lamp", "长椅")
    assert found.tails == ("oak", "pine\u2028wood")
    assert found.lines == (1, 3)


def test_ids_are_given_in_the_order_of_meeting_and_kept(write):
    vocabulary = Vocabulary()

    first = vocabulary.encode(read_triples(write("a\tr\tb\nb\tr\tc\n")))
    second = vocabulary.encode(read_triples(write("c\ts\td\n")))

    assert first.tolist() == [[0, 0, 1], [1, 0, 2]]
    assert second.tolist() == [[2, 1, 3]]


def test_names_that_training_does_not_have_are_found_with_their_line(write):
    vocabulary = Vocabulary()
    vocabulary.encode(read_triples(write("a\tr\tb\n")))

    strangers = vocabulary.strangers(read_triples(write("a\tr\tb\nx\tr\tb\nx\ts\ta\n")))

    assert strangers == [(2, "x"), (3, "s")]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", None, "holds no triple"),
        ("\n \n", None, "holds no triple"),
        ("0\n", None, "holds no triple"),
        ("3\n0 1 0\n", 1, "announces 3 triples, but 1 follow"),
        ("many\n0 1 0\n", 1, "'many' is no number of triples"),
        ("1\n0 1\n", 2, "has 2 columns"),
        ("1\n0 -1 0\n", 2, "'-1' is no id"),
        ("2\n0 1 0\n0 b 0\n", 3, "'b' is no id"),
        ("9" * 5_000 + "\n0 1 0\n", 1, "is no number of triples"),
        ("1\n0 " + "9" * 5_000 + " 0\n", 2, "is no id"),
        ("a\tr\tb\na r b\n", 2, "has 1 filled columns"),
        ("a\tr\tb\na\t\tb\n", 2, "has 2 filled columns"),
        (b"a\tr\tb\n\xff\tr\tb\n", 2, "is not UTF-8"),
    ],
)
def test_a_bad_file_is_named_with_line_and_reason(write, text, line, reason):
    path = write(text)

    with pytest.raises(TriplesInvalid, match=reason) as caught:
        read_triples(path)

    assert (caught.value.path, caught.value.line) == (path, line)


def test_ids_beyond_the_announced_ones_are_out_of_range(write):
    write("2\nlamp 0\ndesk 1\n", name="entity2id.txt")

    with pytest.raises(TriplesInvalid, match=r"line 3: id 2 is out of range.*announces 2 ids"):
        read_triples(write("2\n0 1 0\n1 2 0\n"))


def test_names_beside_the_triples_may_have_any_encoding(write):
    write("2\nLösung 0\nTür 1\n".encode("latin-1"), name="entity2id.txt")

    with pytest.raises(TriplesInvalid, match="id 2 is out of range"):
        read_triples(write("1\n0 2 0\n"))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TriplesInvalid, match=r"gone.txt: cannot be read: No such file"):
        read_triples(tmp_path / "gone.txt")
