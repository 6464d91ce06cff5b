"""Rows of files that are one product: by rules, with reasons, and what is wrong with a file."""

import numpy as np
import pytest

from app.services.matching import LoadedMatcher, matched
from app.services.matching_files import match_files
from graph.errors import ImportFailed
from ml.matching.matcher import Matcher
from ml.matching.records import PairScore


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
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("sku,title\n,Lamp\n1\n")

    with pytest.raises(ImportFailed, match=r"line 2.*has no id"):
        match_files(nothing, None, None, id_column="sku")
    with pytest.raises(ImportFailed, match="no column 'skus'; did you mean 'sku'"):
        match_files(shops[0], None, None, id_column="skus")
    with pytest.raises(ImportFailed, match="cannot be read"):
        match_files(tmp_path / "none.csv", None, None)


def test_rows_that_cannot_be_taken_are_told_and_the_others_matched(shops, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text(shops[1].read_text() + "B1,Another,1\nB3,Lamp\n,Desk,2\n")

    found = match_files(shops[0], bad, None, id_column="sku")

    assert [(pair.a, pair.b) for pair in found.pairs] == [("A1", "B1")]
    assert (found.rows, [(one.line, one.code) for one in found.rejected]) == (
        4,
        [(4, "duplicate_id"), (5, "wrong_width"), (6, "item_invalid")],
    )


def test_two_shops_that_number_their_rows_alike_are_told_apart(tmp_path):
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text("sku,title\n1,Acme kettle KX-4000 steel\n2,Bolt toaster T-200 red\n")
    right.write_text("sku,title\n2,Acme kettle KX-4000 steel\n1,Bolt toaster T-200 red\n")

    found = match_files(left, right, None, id_column="sku")

    assert {(pair.a, pair.b) for pair in found.pairs} == {("1", "2"), ("2", "1")}
    assert set(found.groups) == {("left.csv:1", "right.csv:2"), ("left.csv:2", "right.csv:1")}


def test_two_files_of_one_name_are_told_apart(tmp_path):
    north, south = tmp_path / "north" / "shop.csv", tmp_path / "south" / "shop.csv"
    for path in (north, south):
        path.parent.mkdir()
        path.write_text("title\nAcme kettle KX-4000 steel\n")

    [group] = match_files(north, south, None).groups

    assert group == (f"{north}:2", f"{south}:2")


def test_thousands_of_equal_offers_are_one_group(tmp_path):
    path = tmp_path / "same.csv"
    path.write_text("title\n" + "Acme kettle KX-4000 steel\n" * 1_200)

    found = match_files(path, None, None)

    assert [len(group) for group in found.groups] == [1_200]
    assert found.compared < 12 * 1_200


class Leaning:
    """Says more where the left item is called so."""

    threshold = 0.5

    def probabilities(self, pairs):
        return np.array([0.9 if left["title"].startswith("Acme") else 0.3 for left, _ in pairs])

    means = Matcher.means

    def score(self, pairs):
        return [PairScore(score, ()) for score in self.probabilities(pairs)]


def test_a_pair_has_one_score_whichever_file_comes_first(tmp_path):
    acme, other = tmp_path / "acme.csv", tmp_path / "other.csv"
    acme.write_text("title\nAcme kettle KX-4000\n")
    other.write_text("title\nKettle KX-4000 by Acme\n")
    loaded = LoadedMatcher("matching@1", Leaning())

    [one] = match_files(acme, other, loaded).pairs
    [back] = match_files(other, acme, loaded).pairs

    rest = matched(loaded, {"title": "Acme kettle KX-4000"}, {"title": "Kettle KX-4000 by Acme"})
    assert one.score == back.score == rest.score == pytest.approx(0.6)


def test_a_column_id_that_tells_rows_apart_is_their_id_and_nothing_to_compare(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("ID,title\n10,Acme Lamp 5\n11,Acme Lamp 5\n")
    repeated = tmp_path / "repeated.csv"
    repeated.write_text("ID,title\n10,Acme Lamp 5\n10,Acme Lamp 5\n")

    assert match_files(path, None, None).groups == (("10", "11"),)
    assert match_files(repeated, None, None).groups == (("repeated.csv:2", "repeated.csv:3"),)
