"""A shop to search in."""

import pytest

from tests.app.api.search.shop import STOCK


@pytest.fixture
async def stocked(client):
    for sku, title, brand, price, in_stock, colour, storage in STOCK:
        body = {
            "title": title,
            "brand": brand,
            "price": price,
            "in_stock": in_stock,
            "description": f"A {colour.lower()} thing.",
            "facts": [
                {"parameter": "Colour", "value": colour},
                {"parameter": "Storage", "value": storage, "unit": "GB"},
            ],
        }
        assert (await client.put(f"/v1/products/shop:{sku}", json=body)).status_code == 201
    return client
