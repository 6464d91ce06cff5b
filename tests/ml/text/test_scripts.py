"""Chinese in either script."""

import pytest

from ml.grounding.tokens import key
from ml.search.words import folded
from ml.text.scripts import in_either_script, in_simplified


@pytest.mark.parametrize(
    ("text", "simplified"),
    [
        ("無糖餅乾", "无糖饼干"),
        ("龍井綠茶", "龙井绿茶"),
        ("Acme 洗髮乳 500ml", "Acme 洗发乳 500ml"),
        ("already plain", "already plain"),
        ("简体字", "简体字"),
        ("café", "café"),
        ("", ""),
    ],
)
def test_traditional_characters_become_simplified_ones_in_their_places(text, simplified):
    assert in_simplified(text) == simplified


def test_names_and_queries_are_compared_without_regard_to_the_script():
    assert key("綠茶 Acme") == key("绿茶 acme")
    assert folded("綠茶") == folded("绿茶")


def test_a_few_characters_are_written_in_every_way():
    ways = in_either_script("面条")

    assert ways[0] == "面条"
    assert {"面條", "麵條"} <= set(ways)
    assert in_either_script("茶") == ("茶",)
