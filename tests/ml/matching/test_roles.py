"""Which field is what, found out from the values."""

import pytest

from ml.matching.roles import find_roles
from tests.ml.matching.made_up import pairs


@pytest.fixture
def items():
    return [item for pair in pairs(120) for item in (pair.left, pair.right)]


def test_usual_names_are_found(items):
    roles = find_roles(items)

    assert (roles.name, roles.brand, roles.price) == (("title",), ("brand",), ("price",))


def test_names_of_fields_do_not_matter(items):
    renamed = {"title": "f1", "brand": "f2", "price": "f3"}
    strange = [{renamed[name]: text for name, text in item.items()} for item in items]

    roles = find_roles(strange)

    assert (roles.name, roles.brand, roles.price) == (("f1",), ("f2",), ("f3",))


def test_two_shops_may_call_the_name_differently():
    made = pairs(120)
    items = [{"name": pair.left["title"]} for pair in made]
    items += [{"title": pair.right["title"]} for pair in made]

    assert set(find_roles(items).name) == {"name", "title"}


def test_a_number_of_its_own_is_a_model_number_and_no_price(items):
    coded = [{**item, "mpn": f"KX-{n:04}"} for n, item in enumerate(items)]

    assert find_roles(coded).code == ("mpn",)
    assert find_roles(coded).price == ("price",)


@pytest.mark.parametrize("items", [[], [{}], [{"title": ""}, {"title": " "}]])
def test_items_without_a_text_have_no_roles(items):
    roles = find_roles(items)

    assert (roles.name, roles.brand, roles.price, roles.code) == ((), (), (), ())
