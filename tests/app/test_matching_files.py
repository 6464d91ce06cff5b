"""Rows of files that are one product: by rules, with reasons, and what is wrong with a file."""

import pytest

from app.services.matching_files import match_files
from graph.errors import ImportFailed


@pytest.fixture
def shops(tmp_path):
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text(
        "sku,title,price\nA1,Acme kettle KX-4000 1.7 l steel,30\nA2,Bolt toaster T-200,25\n"
    )
    right.write_text(
        "sku,title,price\nB1,ACME KX4000 steel kettle 1.7l,31\nB2,Nord desk lamp 40W,20\n"
    )
    return left, right


def test_rows_of_two_files_are_matched(shops):
    found = match_files(*shops, None, id_column="sku")

    assert [(pair.a, pair.b) for pair in found.pairs] == [("A1", "B1")]
    assert found.pairs[0].reasons
    assert found.groups == (("A1", "B1"),)
    assert (found.rows, found.model) == (4, "rules")


def test_rows_of_one_file_are_matched_among_themselves(shops, tmp_path):
    both = tmp_path / "both.csv"
    rows = [row.split(",", 1)[1] for path in shops for row in path.read_text().splitlines()]
    both.write_text("\n".join([*rows[:3], *rows[4:]]) + "\n")

    found = match_files(both, None, None)

    assert found.groups == (("both.csv:2", "both.csv:4"),)


def test_a_file_without_rows_matches_nothing(shops, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("sku,title\n")

    assert match_files(shops[0], empty, None).pairs == ()
    assert match_files(empty, None, None).groups == ()


def test_what_is_wrong_with_a_file_is_told_with_its_line(shops, tmp_path):
    twice = tmp_path / "twice.csv"
    twice.write_text("sku,title\n1,Lamp\n1,Desk\n")

    with pytest.raises(ImportFailed, match=r"line 3.*'1' of line 2 again"):
        match_files(twice, None, None, id_column="sku")
    with pytest.raises(ImportFailed, match="no 'nothing'"):
        match_files(shops[0], None, None, id_column="nothing")
    with pytest.raises(ImportFailed, match="cannot be read"):
        match_files(tmp_path / "none.csv", None, None)
