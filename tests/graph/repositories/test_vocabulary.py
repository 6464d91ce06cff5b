"""Brands, categories and parameters; fake and real alike."""

import pytest

from app.services.browsing import not_there
from graph.records import NamedView, ParameterView
from tests.graph.repositories.stock import PARAMETERS

pytestmark = pytest.mark.anyio


async def test_brands_are_counted_over_products_and_models(reads):
    brands = await reads.vocabulary.brands(limit=10, after=None)

    assert brands == [
        NamedView("acme", "Acme", ("Acme", "ACME Inc."), 3),
        NamedView("bolt", "Bolt", ("Bolt",), 1),
    ]


async def test_a_category_counts_the_items_below_it(reads):
    categories = await reads.vocabulary.categories(limit=10, after=None)

    assert [(category.id, category.items) for category in categories] == [
        ("electronics", 3),
        ("electronics/phones", 3),
        ("electronics/phones/smart", 2),
        ("tools", 1),
    ]
    assert categories[1].names == ("Phones", "手机")


async def test_a_parameter_shows_the_range_of_its_numbers(reads):
    parameters = {one.id: one for one in await reads.vocabulary.parameters(limit=10, after=None)}

    assert parameters["ram"] == ParameterView(
        "ram", "RAM", "number", "GB", ("RAM",), items=3, values=2, minimum=8.0, maximum=12.0
    )
    assert parameters["colour"] == ParameterView(
        "colour", "Colour", "text", None, ("Colour",), items=2, values=1
    )


@pytest.mark.parametrize("what", ["brands", "categories", "parameters"])
async def test_the_vocabulary_comes_in_pages_by_id(reads, what):
    read = getattr(reads.vocabulary, what)
    whole = await read(limit=10, after=None)

    first = await read(limit=1, after=None)
    rest = await read(limit=10, after=first[0].id)

    assert first + rest == whole
    assert [one.id for one in whole] == sorted(one.id for one in whole)
    assert await read(limit=10, after="zzz") == []


async def test_filters_know_the_parameters_that_items_use(reads):
    assert await reads.vocabulary.parameters_for_filters() == PARAMETERS


async def test_models_are_known_by_their_ids(reads):
    known = await reads.vocabulary.known_models(["acme-one", "nobody"])

    assert [(model.id, model.name) for model in known] == [("acme-one", "Acme One")]


async def test_sources_are_those_of_products(reads):
    sources = {source.id for source in await reads.vocabulary.known_sources()}

    assert {"north", "south"} <= sources


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"parameter": "colour", "source": "NORTH"}, None),
        ({"parameter": "RAM"}, "nothing is called 'RAM' as `parameter`; did you mean ram?"),
        ({"parameter": "zzzz"}, "nothing is called 'zzzz' as `parameter`"),
        ({"source": "norht"}, "nothing is called 'norht' as `source`; did you mean north?"),
    ],
)
async def test_what_a_list_is_narrowed_to_is_told_where_the_graph_lacks_it(reads, asked, says):
    assert await not_there(reads.vocabulary, **asked) == says
