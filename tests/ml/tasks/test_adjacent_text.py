import pytest
import torch

from ml.errors import GraphTooSmall
from ml.tasks.adjacent_text import AdjacentText, AdjacentTextBatch
from tests.ml.tasks.text_cases import TITLES, text_encoder


@pytest.fixture
def encoder():
    torch.manual_seed(7)
    return text_encoder().eval()


def test_one_description_for_two_titles_is_no_mistake_of_either(encoder):
    task = AdjacentText(encoder, [("acme fan", "a fan"), ("acme lamp", "a lamp")])
    first = encoder.tokenizer.padded(["acme fan", "acme lamp"])
    second = encoder.tokenizer.padded(["a thing", "a thing"])

    told = task(encoder, AdjacentTextBatch(first, second, torch.tensor([0, 0])), torch.Generator())
    apart = task(encoder, AdjacentTextBatch(first, second, torch.tensor([0, 1])), torch.Generator())

    assert told.loss < apart.loss


def test_one_text_for_everything_cannot_be_told_apart(encoder):
    with pytest.raises(GraphTooSmall):
        AdjacentText(encoder, [(title, "in stock") for title in TITLES])


def test_without_validation_pairs_nothing_is_measured(encoder):
    task = AdjacentText(encoder, [("acme fan", "a fan"), ("acme lamp", "a lamp")])

    assert task.evaluate(encoder, torch.Generator()) == {}
