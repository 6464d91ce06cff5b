"""Questions about a shop of many kinds of things."""

import pytest

from graph.records import Named, Parameter
from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import Condition, Plan
from tests.ml.asking.plans import plan_of

COUNTED = ("Office chairs", "Shelves", "Batteries", "Knives", "Lenses", "Movies", "Watches")
KINDS = [Named(name.lower(), name, (name,)) for name in COUNTED]


@pytest.fixture(scope="module")
def shop():
    return AskingLexicon.of(
        [Parameter("price", "Price", "number", None, ("Price", "价格"))],
        [],
        brands=[Named("acme", "Acme", ("Acme",)), Named("bolt", "Bolt", ("Bolt",))],
        categories=KINDS,
        offers=True,
    )


@pytest.mark.parametrize(
    ("one", "category"),
    [
        ("office chair", "office chairs"),
        ("shelf", "shelves"),
        ("battery", "batteries"),
        ("knife", "knives"),
        ("lens", "lenses"),
        ("movie", "movies"),
        ("watch", "watches"),
    ],
)
def test_a_category_is_meant_in_the_singular_as_in_the_plural(shop, one, category):
    of_it = Condition("category", values=(category,))

    for name in (one, category):
        cheapest = plan_of(f"the cheapest {name}", shop)
        counted = plan_of(f"How many {name} are there?", shop)

        assert cheapest == Plan("items", (of_it,), order_by="price", order="lowest", top=1)
        assert counted == Plan("count", (of_it,))
