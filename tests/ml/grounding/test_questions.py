"""Names of what is so or not, as columns put them."""

import pytest

from ml.grounding.questions import without_question


@pytest.mark.parametrize(
    ("name", "about"),
    [
        ("是否有机", "有机"),
        ("是否含酒精", "酒精"),
        ("是否支持定时", "定时"),
        ("定时功能", "定时"),
        ("功能", "功能"),
        ("Is organic", "organic"),
        ("Has timer", "timer"),
        ("with lid", "lid"),
        ("Hasp", "Hasp"),
        ("NFC", "NFC"),
    ],
)
def test_a_question_is_about_what_it_asks_for(name, about):
    assert without_question(name) == about
