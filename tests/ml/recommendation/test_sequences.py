"""Files of sequences and of attributes, and the errors of those that cannot be read."""

import json

import numpy as np
import pytest

from ml.errors import SequencesInvalid
from ml.recommendation.counts import Counts
from ml.recommendation.sequences import Histories, ItemFacts, read_interactions
from tests.ml.recommendation import made_up


def written(folder, sequences, attributes="{}"):
    paths = folder / "sequences.txt", folder / "attributes.json"
    for path, content in zip(paths, (sequences, attributes), strict=True):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return paths


def test_both_files_are_read_in_the_order_of_time(tmp_path):
    data = read_interactions(*written(tmp_path, "ann b a\n\nbob a\n", '{"a": [1, "red"], "c": []}'))

    assert data.shoppers == ("ann", "bob")
    assert data.items == ("b", "a", "c")
    assert [data.histories[u].tolist() for u in range(2)] == [[0, 1], [1]]
    assert data.attributes == ("1", "red")


@pytest.mark.parametrize(
    ("sequences", "attributes", "reason"),
    [
        ("", "{}", "is empty"),
        ("ann a\nbob\n", "{}", "line 2: has no item"),
        ("ann a\nann b\n", "{}", "line 2: shopper 'ann' has had a line before"),
        ("ann " + "a" * 201, "{}", "line 1: 'aaaaaaaaaaaaaaaaaaaa'… is longer"),
        (b"ann \xff\n", "{}", "is not UTF-8"),
        ("ann a\n", "[]", "is no JSON object"),
        ("ann a\n", "{", "is no JSON ("),
        ("ann a\n", '{"a": "red"}', "item 'a' has 'red' in the place of a list"),
        ("ann a\n", '{"a": [null]}', "item 'a' has '[None]' in the place of a list"),
        ("ann a\n", '{"a": [true]}', "item 'a' has '[True]' in the place of a list"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(tmp_path, sequences, attributes, reason):
    with pytest.raises(SequencesInvalid, match="A file of sequences has") as caught:
        read_interactions(*written(tmp_path, sequences, attributes))

    assert reason in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(SequencesInvalid, match="No such file"):
        read_interactions(tmp_path / "none.txt", None)


def test_the_youngest_of_several_weighs():
    found = Histories.of([[3, 1, 3], [0]]).weighted(4, 0.5).toarray()

    assert found.tolist() == [[0, 0.5, 0, 1], [1, 0, 0, 0]]


def test_cosines_count_shoppers():
    histories = Histories.of([[0, 1], [0, 1, 1], [0, 2]])

    counts = Counts.of(histories, ItemFacts.of([[], [], []], 0))

    cosine = counts.cosine_NN.toarray()
    assert cosine[0, 1] == pytest.approx(2 / np.sqrt(3 * 2))
    assert cosine[0, 0] == 0
    assert counts.popularity_N.tolist() == [3, 3, 1]


def test_what_came_after_is_not_what_came_before():
    counts = Counts.of(Histories.of([[0, 1, 2]]), ItemFacts.of([[], [], []], 0))

    after = counts.after_NN.toarray()
    assert after[0, 1] == 1
    assert after[0, 2] == 0.5
    assert after[1, 0] == 0


def test_items_are_alike_that_share_what_is_rare(tmp_path):
    path, known = made_up.write(tmp_path)
    data = read_interactions(path, known)
    assert json.loads(known.read_text())
    counts = Counts.of(data.histories, data.facts)
    place = data.items.index(made_up.item(3, 1, 0))

    score = counts.scores("attribute_cosine", Histories.of([[place]]))[0]

    assert data.items[int(np.argsort(-score)[1])].startswith("i3b")
