"""Files of titles with a label for every character, and what is wrong with a bad one."""

import os
from pathlib import Path

import pytest

from ml.entities.bieos import read_bieos
from ml.errors import TitlesInvalid
from tests.ml.entities.made_up import as_bieos, titles


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "titles.bieos"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def test_what_was_written_is_read_again(write):
    rows = titles(20)

    found = read_bieos(write(as_bieos(rows)))

    assert list(found.titles) == rows
    assert found.unclosed == ()


def test_a_character_may_be_a_space_or_a_tab_and_lines_may_end_as_on_windows(write):
    found = read_bieos(write("\ufeff茶\tS-WARE\r\n \tO\r\n\t\tO\r\n\r\n\r\n杯\tO"))

    assert [title.text for title in found.titles] == ["茶 \t", "杯"]
    assert found.titles[0].entities == (("WARE", 0, 1),)


def test_a_line_of_spaces_alone_ends_a_title_too(write):
    found = read_bieos(write("茶\tS-WARE\n  \n杯\tO\n \n"))

    assert [title.text for title in found.titles] == ["茶", "杯"]


def test_an_entity_that_never_ends_is_closed_and_its_line_told(write):
    text = "水\tB-WARE\n茶\tB-WARE\n壶\tE-WARE\n\n灯\tB-WARE\n泡\tI-WARE\n"

    found = read_bieos(write(text))

    assert found.titles[0].entities == (("WARE", 0, 1), ("WARE", 1, 3))
    assert found.titles[1].entities == (("WARE", 0, 2),)
    assert found.unclosed == (1, 6)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("水\tO\n壶\tI-WARE\n", 2, "I-WARE follows no open entity; expected B-WARE or S-WARE"),
        ("水\tB-WARE\n壶\tE-MAKER\n", 2, "E-MAKER follows an open WARE; expected B-MAKER"),
        ("水\tB-WARE\n\n壶\tE-WARE\n", 3, "E-WARE follows no open entity"),
        ("水\tB-WARE\n壶\tL-WARE\n", 2, "the label 'L-WARE' is none of BIEOS"),
        ("水\tB\n", 1, "the label 'B' is none of BIEOS"),
        ("水壶\tO\n", 1, "'水壶\\tO' is not one character, a tab and a label"),
        ("水 O\n", 1, "is not one character, a tab and a label"),
        ("水\tO\n".encode() + b"\xff\tO\n", 2, "is not UTF-8"),
        ("水\tO\n".encode("utf-16"), 1, "is not UTF-8"),
        ("\n\n", None, "holds no title"),
        ("", None, "holds no title"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(write, text, line, reason):
    path = write(text)

    with pytest.raises(TitlesInvalid) as caught:
        read_bieos(path)

    assert (caught.value.path, caught.value.line) == (path, line)
    assert reason in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(TitlesInvalid, match=r"none\.bieos: cannot be read: No such file"):
        read_bieos(tmp_path / "none.bieos")


DATA = Path(os.environ.get("CATALOGRAPH_DATA", Path(__file__).parents[4] / "shared" / "data"))


@pytest.mark.data
@pytest.mark.skipif(
    not DATA.is_dir(), reason="no development data; set CATALOGRAPH_DATA to its folder"
)
def test_the_layout_as_it_is_found_in_the_wild_is_read():
    found = read_bieos(DATA / "chinese" / "taobao_ner" / "train.txt.bieos")

    assert len(found.titles) == 3_989
    assert len(found.unclosed) == 1
    assert {kind for title in found.titles for kind, _, _ in title.entities} == {"HC", "HP"}
