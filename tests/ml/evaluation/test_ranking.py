"""Filtered ranks: ties, filter, and scores that are no numbers."""

import pytest
import torch

from ml.evaluation.ranking import filtered_ranks, rank_measures

FIRST = torch.tensor([0])


def rank_of(scores, answer, known=()):
    answers = torch.tensor(sorted({answer, *known}))
    filtered = (torch.zeros_like(answers), answers)
    return filtered_ranks(torch.tensor([scores]), FIRST, torch.tensor([answer]), filtered).item()


def test_the_best_score_ranks_first_and_the_worst_last():
    assert rank_of([0.5, 3.0, 1.0], answer=1) == 1
    assert rank_of([0.5, 3.0, 1.0], answer=0) == 3


def test_ties_stand_at_their_mean_rank():
    assert rank_of([1.0, 1.0, 1.0, 1.0, 1.0], answer=2) == 3
    assert rank_of([1.0, 1.0, 2.0], answer=0) == 2.5


def test_other_true_answers_do_not_stand_in_the_way():
    assert rank_of([0.1, 0.9, 0.8, 0.2], answer=3, known=(1, 2)) == 1


def test_every_answer_of_a_query_has_its_own_rank():
    scores_BN = torch.tensor([[0.9, 0.8, 0.7, 0.6], [0.0, 0.1, 0.2, 0.3]])
    row_P, answer_P = torch.tensor([0, 0, 1]), torch.tensor([1, 3, 0])

    rank_P = filtered_ranks(scores_BN, row_P, answer_P, (row_P, answer_P))

    assert rank_P.tolist() == [2, 3, 4]


@pytest.mark.parametrize("broken", [float("nan"), float("inf"), float("-inf")])
def test_a_score_that_is_no_number_never_ranks_first(broken):
    with pytest.raises(ValueError, match="finite"):
        rank_of([0.5, broken, 1.0], answer=1)


def test_measures_of_a_rank():
    measures = rank_measures(torch.tensor([1.0, 2.5, 10.0, 11.0], dtype=torch.float64))

    assert measures["mrr"].tolist() == pytest.approx([1, 0.4, 0.1, 1 / 11])
    assert measures["hits@1"].tolist() == [1, 0, 0, 0]
    assert measures["hits@3"].tolist() == [1, 1, 0, 0]
    assert measures["hits@10"].tolist() == [1, 1, 1, 0]
