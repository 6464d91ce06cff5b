"""Spans as BIEOS labels and back."""

import pytest

from ml.entities.labels import Labels
from ml.entities.records import LabelledTitle
from ml.errors import SpansInvalid

LABELS = Labels(("MAKER", "WARE"))


def test_spans_become_labels_and_come_back():
    spans = [("MAKER", 0, 1), ("WARE", 1, 3), ("WARE", 3, 7), ("MAKER", 8, 11)]

    labels = LABELS.encode(12, spans)

    found = [(LABELS.types[kind], start, end) for kind, start, end in LABELS.decode(labels)]
    assert found == spans


def test_types_are_those_of_the_titles_whatever_they_are_called():
    titles = [LabelledTitle("ab", (("颜色", 0, 1),)), LabelledTitle("cd", (("COLOUR", 0, 2),))]

    assert Labels.of(titles).types == ("COLOUR", "颜色")


@pytest.mark.parametrize(
    "spans",
    [(("WARE", 0, 9),), (("WARE", 1, 1),), (("WARE", 0, 2), ("MAKER", 1, 3)), (("WARE", -1, 2),)],
    ids=["outside", "empty", "overlapping", "before the text"],
)
def test_entities_that_no_text_can_have_are_refused(spans):
    with pytest.raises(SpansInvalid, match="of its text of 4 characters"):
        LabelledTitle("海灯水壶", spans)
