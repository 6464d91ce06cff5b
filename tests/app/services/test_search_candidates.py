"""How often a search asks the index."""

import pytest

from app.services.search_candidates import Candidates
from app.services.search_text import Asked
from app.services.threads import Threads
from graph.filters import Filter, OneOf, Term
from graph.records import Fact, Item, Parameter
from graph.text import normalise_value
from graph.text.lucene import Words
from tests.fake_searches import FakeSearch
from tests.fakes import FakeGraph

pytestmark = pytest.mark.anyio

PARAMETERS = {"colour": Parameter("colour", "Colour", "text")}
RED = Fact(normalise_value("red", PARAMETERS["colour"]), evidence="colour")
ITEMS = (
    *(
        Item("product", f"shop:{n}", f"Lamp {n} red", "shop", f"{n}", facts=(RED,))
        for n in range(30)
    ),
    Item("product", "shop:kettle", "Red kettle", "shop", "kettle"),
)


class CountingSearch(FakeSearch):
    """`filters`: those that words were looked for with."""

    def __init__(self, graph):
        super().__init__(graph)
        self.filters = []

    async def by_words(self, words, *, kind, filter, pool, rows):
        self.filters.append(filter)
        return await super().by_words(words, kind=kind, filter=filter, pool=pool, rows=rows)


async def test_what_was_looked_for_to_see_what_is_hidden_is_not_looked_for_again():
    search = CountingSearch(FakeGraph(ITEMS, PARAMETERS))
    candidates = Candidates(search, None, predictor=lambda: None, threads=Threads(1))
    understood = Filter((Term("colour", OneOf((RED.value.id,))),))
    asked = Asked("red kettle", "red kettle", Words(("red", "kettle")), understood, rest="kettle")

    found = await candidates.found(asked, Filter(), "product")

    assert "shop:kettle" in {hit.summary.id for hit in found.hits}
    assert found.left_out == {"colour"}
    assert search.filters == [understood, Filter()]
