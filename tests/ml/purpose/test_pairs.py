"""Two titles of which one offers what is made for the other."""

import pytest

from ml.purpose.pairs import made_for


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Glow S10 case", "Acme Glow S10 128GB black"),
        ("Orvik armour case for Acme Glow S10", "Acme Glow S10 128GB black"),
        ("water filter for Bolt E8", "Bolt E8 coffee machine"),
        ("小米8 手机壳", "小米8 128GB"),
    ],
)
def test_a_case_is_not_what_it_is_made_for_in_either_order(left, right):
    assert made_for(left, right)
    assert made_for(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Glow S10 case", "Glow S10 silicone case"),
        ("Orvik armour case for Glow S10", "Orvik armour for Glow S10"),
        ("Orvik armour case for Glow S10", "Orvik armour Glow S10"),
        ("Glow S10 with case", "Glow S10"),
        ("Glow S10 case", "Bolt E8 coffee machine"),
        ("", ""),
    ],
)
def test_an_accessory_may_be_written_without_the_word_for_it(left, right):
    assert made_for(left, right) is None
