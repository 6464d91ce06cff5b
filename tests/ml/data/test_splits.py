"""Parts that share nothing they are judged on."""

import pytest
import torch

from ml.data.splits import Shares, Split, check_split, families, split_by_group
from ml.errors import SplitLeaks

GROUPS = [f"g{n // 3}" for n in range(3_000)]


def test_a_group_is_in_one_part():
    split = split_by_group(GROUPS, Shares(valid=0.1, test=0.2))

    check_split(split, GROUPS)
    assert 480 < len(split.test) < 720
    assert 200 < len(split.valid) < 400


def test_what_was_held_out_stays_so_when_the_catalog_grows():
    before = split_by_group(GROUPS[:1_500])
    after = split_by_group(GROUPS)

    assert torch.equal(after.test[after.test < 1_500], before.test)


def test_another_seed_holds_out_others():
    assert not torch.equal(split_by_group(GROUPS, seed=1).test, split_by_group(GROUPS).test)


def test_a_group_in_two_parts_is_a_leak():
    split = Split(torch.tensor([0]), torch.tensor([1]), torch.tensor([2]))

    with pytest.raises(SplitLeaks, match="a group"):
        check_split(split, ["a", "b", "a"])


def test_an_item_in_no_part_is_a_leak():
    split = Split(torch.tensor([0]), torch.tensor([1]), torch.tensor([], dtype=torch.long))

    with pytest.raises(SplitLeaks, match="an item"):
        check_split(split, ["a", "b", "c"])


def test_shares_leave_something_to_train_on():
    with pytest.raises(ValueError, match="nothing to train on"):
        Shares(valid=0.5, test=0.5)


def test_variants_of_a_thing_are_one_family():
    found = families(["acme", "acme", "bolt", "acme"], ["Nova 7", "Nova 7 Pro", "Nova 7", "Rest"])

    assert found[0] == found[1]
    assert len(set(found)) == 3
