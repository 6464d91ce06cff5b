"""What a graph sells, as its categories and the titles in them tell."""

import pytest

from ml.purpose.kinds import Sold, heads_of, is_called, sells_accessories, sells_nothing_else


def test_the_last_words_of_categories_are_what_is_sold():
    names = [
        "Mobile lanterns",
        "Kettles & pots",
        "Washing machines and dryers",
        "Phone cases",
        "TVs",
        "CPUs",
    ]

    assert heads_of(names) == {"lantern", "kettle", "pot", "machine", "dryer", "tv", "cpu"}


@pytest.mark.parametrize(
    ("name", "some", "only"),
    [
        ("Lantern cases", True, True),
        ("Covers & bags", True, True),
        ("Lanterns & accessories", True, False),
        ("Ersatzteile", True, True),
        ("手机壳", True, True),
        ("Lanterns", False, False),
        ("", False, False),
    ],
)
def test_a_category_may_be_one_of_accessories(name, some, only):
    assert (sells_accessories([name]), sells_nothing_else([name])) == (some, only)


def test_a_category_whose_titles_are_of_accessories_sells_them():
    titles = [
        *((f"Acme glow {n} case", "extras") for n in range(3)),
        *((f"Acme glow {n}", "lanterns") for n in range(60)),
        ("Acme glow 1 case", "lanterns"),  # a slip
    ]

    sold = Sold.of({"extras": ("Extras",), "lanterns": ("Lanterns",)}, titles)

    assert sold.shown == {"extras"}
    assert sold.accessory("Acme glow 9 case", "extras") is None
    assert sold.accessory("Acme glow 9 case", "lanterns").thing == "case"


def test_a_name_has_a_word_alone_or_at_the_end_of_a_phrase():
    assert is_called(["Thick Cases"], "case")
    assert is_called(["Orvik Water Filter"], "filter")
    assert not is_called(["Showcase"], "case")
