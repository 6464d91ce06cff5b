"""Files of labelled pairs, whole and broken."""

import pytest

from ml.errors import PairsInvalid
from ml.matching.pair_file import divided, read_pairs
from tests.ml.matching.made_up import as_text, pairs

GOOD = "COL title VAL red kettle COL price VAL 12.0\tCOL title VAL kettle red COL price VAL \t1\n"
OTHER = "COL title VAL red kettle COL price VAL 12.0\tCOL title VAL lamp COL price VAL 3\t0\n"


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "pairs.txt"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_records_keep_their_fields_as_text_and_empty_ones_too(file):
    first, second = read_pairs(file(GOOD + OTHER))

    assert first.left == {"title": "red kettle", "price": "12.0"}
    assert first.right == {"title": "kettle red", "price": ""}
    assert (first.same, second.same) == (True, False)


def test_what_is_written_is_read_again(file):
    made = pairs(40)

    assert read_pairs(file(as_text(made))) == made


def test_empty_lines_and_windows_line_ends_are_no_matter(file):
    assert len(read_pairs(file("\n" + GOOD.replace("\n", "\r\n") + "\n" + OTHER))) == 2


def test_labels_may_be_written_as_decimals(file):
    path = file(GOOD.replace("\t1", "\t1.0") + OTHER.replace("\t0", "\t0.0"))

    assert [pair.same for pair in read_pairs(path)] == [True, False]


@pytest.mark.parametrize("text", [GOOD, OTHER])
def test_to_judge_by_one_label_alone_will_do(file, text):
    assert len(read_pairs(file(text), to_judge_by=True)) == 1


def test_a_byte_order_mark_is_no_part_of_the_first_record(file):
    path = file("\ufeff" + "".join(as_text(pairs(40))))

    with divided(path) as (most, rest):
        parts = [*read_pairs(most), *read_pairs(rest)]

    assert all(pair.left.keys() == pairs(1)[0].left.keys() for pair in parts)
    assert len(read_pairs(path)) == len(parts) == len(pairs(40))


def test_the_word_val_may_stand_in_a_text(file):
    read, _ = read_pairs(file(GOOD.replace("red kettle", "COLD VALVE val") + OTHER))

    assert read.left["title"] == "COLD VALVE val"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("COL a VAL b\tCOL a VAL c", "has 2 parts instead of two records and a label"),
        ("COL a VAL b\tCOL a VAL c\t2", "the label '2' is not 0 or 1"),
        ("COL a VAL b\tCOL a VAL c\t", "the label '' is not 0 or 1"),
        ("a,b\tc,d\t1", "the record 'a,b' does not start with `COL name VAL`"),
        ("\tCOL a VAL c\t1", "the record '' does not start with `COL name VAL`"),
        ("COL a VAL b COL a VAL x\tCOL a VAL c\t1", "a record has the same field twice"),
    ],
)
def test_a_broken_line_is_named_with_its_number_and_reason(file, line, reason):
    with pytest.raises(PairsInvalid) as caught:
        read_pairs(file(GOOD + OTHER + line + "\n"))

    assert (caught.value.line, caught.value.reason) == (3, reason)
    assert "pairs.txt, line 3" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no pairs"),
        (" \n\n", "has no pairs"),
        (GOOD, "has no pair with the label 0"),
        (OTHER, "has no pair with the label 1"),
    ],
)
def test_a_file_that_nothing_can_be_learnt_from_is_refused(file, text, reason):
    with pytest.raises(PairsInvalid) as caught:
        read_pairs(file(text))

    assert (caught.value.line, caught.value.reason) == (None, reason)


def test_a_file_of_another_layout_says_what_was_expected(file):
    with pytest.raises(PairsInvalid, match=r"line 1: has 1 parts.*`COL name VAL text"):
        read_pairs(file('{"left": {"title": "lamp"}, "right": {}, "label": 1}\n'))


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, r"\.txt: cannot be read"), (b"\xff\xfe\x00", r"\.txt, line 1: is not UTF-8")],
    ids=["missing", "not UTF-8"],
)
def test_a_file_that_cannot_be_read_is_named(file, tmp_path, content, reason):
    path = tmp_path / "gone.txt" if content is None else file(content)

    with pytest.raises(PairsInvalid, match=reason):
        read_pairs(path)


def test_a_file_is_divided_by_its_first_records(tmp_path):
    path = tmp_path / "pairs.txt"
    lines = [
        f"COL title VAL lamp {n // 4}\tCOL title VAL lamp {n % 7}\t{n % 2}" for n in range(200)
    ]
    path.write_text("\n".join(lines) + "\n")

    with divided(path) as (train, valid):
        parts = [part.read_text().splitlines() for part in (train, valid)]

    firsts = [{line.split("\t")[0] for line in part} for part in parts]
    assert sorted(parts[0] + parts[1]) == sorted(lines)
    assert firsts[0].isdisjoint(firsts[1])
    assert len(parts[1]) < len(parts[0])
    assert not train.exists()


def test_a_file_with_too_few_pairs_to_divide_is_refused(tmp_path):
    path = tmp_path / "pairs.txt"
    path.write_text("COL a VAL x\tCOL a VAL x\t1\nCOL a VAL y\tCOL a VAL z\t0\n")

    with pytest.raises(PairsInvalid, match="too few pairs"), divided(path):
        pass
