"""GET /v1/suggest: what somebody types, completed."""

import pytest

pytestmark = pytest.mark.anyio


@pytest.fixture
async def stocked(client):
    for sku in range(4):
        body = {"title": f"Lantern {sku}", "brand": "Acme"}
        assert (await client.put(f"/v1/products/shop:{sku}", json=body)).status_code == 201
    return client


async def test_names_are_completed_with_counts(stocked):
    answer = await stocked.get("/v1/suggest", params={"q": "ac"})

    assert answer.json()["items"] == [
        {
            "text": "Acme",
            "query": "Acme",
            "kind": "brand",
            "id": "acme",
            "parameter": None,
            "items": 4,
            "highlight": [0, 2],
        }
    ]


@pytest.mark.parametrize("params", [{}, {"q": "x" * 60_000}, {"q": "a", "limit": 51}])
async def test_a_completion_of_nonsense_is_refused(client, params):
    assert (await client.get("/v1/suggest", params=params)).status_code == 422
