"""Brands under their many names."""

from __future__ import annotations

import pytest

from graph.errors import ValueInvalid
from graph.ingest.linking import BrandNames
from graph.records import Named

ACME = Named(id="acme", name="Acme", names=("Acme", "爱克米"))


@pytest.mark.parametrize("name", ["acme", "ACME", " Acme ", "爱克米"])
def test_a_brand_is_found_under_every_name_it_goes_by(name):
    brand = BrandNames([ACME]).named(name)

    assert (brand.id, brand.name) == ("acme", "Acme")


def test_a_brand_that_nobody_knows_is_a_new_one():
    assert BrandNames([ACME]).named("Emca") == Named(id="emca", name="Emca", names=("Emca",))


def test_a_name_of_two_brands_decides_nothing():
    brands = BrandNames([ACME, Named(id="other", name="Other", names=("爱克米",))])

    assert brands.named("爱克米").id == "爱克米"


@pytest.mark.parametrize("order", [1, -1])
def test_a_brands_own_name_is_stronger_than_anothers_alias(order):
    other = Named(id="other", name="Other", names=("acme",))
    brands = BrandNames([ACME, other][::order])

    assert brands.named("Acme").id == "acme"


def test_a_blank_brand_is_refused():
    with pytest.raises(ValueInvalid):
        BrandNames().named("  ")
