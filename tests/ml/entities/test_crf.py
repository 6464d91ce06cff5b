"""The chain against every label sequence, counted out one by one."""

from itertools import pairwise, product

import pytest
import torch

from ml.entities.crf import LinearChainCrf
from ml.entities.labels import Labels

LABELS = Labels(("MAKER", "WARE"))
LENGTHS = (3, 1, 2)  # two types have 9 labels: 729 sequences of three characters


@pytest.fixture
def crf():
    torch.manual_seed(3)
    chain = LinearChainCrf(LABELS)
    for parameter in chain.parameters():
        torch.nn.init.normal_(parameter)
    return chain


@pytest.fixture
def batch():
    generator = torch.Generator().manual_seed(5)
    emission_BLK = torch.randn(len(LENGTHS), max(LENGTHS), len(LABELS), generator=generator)
    return emission_BLK, torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS)[:, None]


def legal_sequences(length):
    """By decoding and encoding again: what is not legal does not come back."""
    for labels in product(range(len(LABELS)), repeat=length):
        spans = [(LABELS.types[kind], start, end) for kind, start, end in LABELS.decode(labels)]
        try:
            again = LABELS.encode(length, spans)
        except IndexError:
            continue
        if again == list(labels):
            yield list(labels)


def scores(crf, emission_LK):
    """Score by sequence, of one title."""
    found = {}
    for labels in legal_sequences(len(emission_LK)):
        score = crf.start_K[labels[0]] + crf.end_K[labels[-1]]
        score = score + sum(emission_LK[at, label] for at, label in enumerate(labels))
        steps = [crf.transition_KK[step] for step in pairwise(labels)]
        found[tuple(labels)] = score + sum(steps)
    return found


def probabilities(crf, emission_LK):
    found = scores(crf, emission_LK)
    return dict(zip(found, torch.stack([*found.values()]).softmax(dim=0), strict=True))


@torch.no_grad()
def test_every_legal_sequence_has_the_probability_that_counting_gives(crf, batch):
    emission_BLK, mask_BL = batch

    for row, length in enumerate(LENGTHS):
        expected = probabilities(crf, emission_BLK[row, :length])
        label_NL = torch.zeros(len(expected), max(LENGTHS), dtype=torch.int64)
        label_NL[:, :length] = torch.tensor([*expected])
        rows = [row] * len(expected)
        nll_N = crf(emission_BLK[rows], label_NL, mask_BL[rows])
        torch.testing.assert_close(nll_N, -torch.stack([*expected.values()]).log())


@torch.no_grad()
def test_the_best_sequence_is_the_most_probable_of_all(crf, batch):
    emission_BLK, mask_BL = batch

    best = crf.best(emission_BLK, mask_BL)

    for row, length in enumerate(LENGTHS):
        all_of_them = scores(crf, emission_BLK[row, :length])
        assert tuple(best[row]) == max(all_of_them, key=all_of_them.__getitem__)


@torch.no_grad()
def test_an_entity_of_many_characters_has_the_probability_of_its_only_labels(crf):
    emission_1LK = torch.randn(1, 7, len(LABELS), generator=torch.Generator().manual_seed(2))
    labels = torch.tensor([[0, *LABELS.encode(5, [("WARE", 0, 5)]), 0]])
    everywhere = torch.ones(1, 7, dtype=torch.bool)
    emission_1LK[0, :, 0] += 20.0 * torch.tensor([1, 0, 0, 0, 0, 0, 1])  # outside, surely

    span_1TLM = crf.span_probabilities(emission_1LK, everywhere, longest=7)

    expected = (-crf(emission_1LK, labels, everywhere)).exp().squeeze()
    torch.testing.assert_close(span_1TLM[0, 1, 1, 4], expected, atol=1e-6, rtol=1e-3)


@torch.no_grad()
def test_probabilities_of_spans_sum_the_sequences_that_hold_them(crf, batch):
    emission_BLK, mask_BL = batch

    span_BTLM = crf.span_probabilities(emission_BLK, mask_BL, longest=6)

    for row, length in enumerate(LENGTHS):
        expected_TLM = torch.zeros(len(LABELS.types), max(LENGTHS), 6)
        for labels, probability in probabilities(crf, emission_BLK[row, :length]).items():
            for kind, start, end in LABELS.decode(labels):
                expected_TLM[kind, start, end - start - 1] += probability
        torch.testing.assert_close(span_BTLM[row], expected_TLM, atol=1e-5, rtol=1e-4)


def test_the_gradient_of_every_parameter_and_emission_is_a_number(crf, batch):
    emission_BLK, mask_BL = batch
    emission_BLK = (emission_BLK * 50).requires_grad_()
    label_BL = torch.zeros(mask_BL.shape, dtype=torch.int64)

    crf(emission_BLK, label_BL, mask_BL).sum().backward()

    for tensor in (emission_BLK, *crf.parameters()):
        assert tensor.grad.isfinite().all()
        assert tensor.grad.abs().sum() > 0
