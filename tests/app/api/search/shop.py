"""A shop, and how a storefront asks it."""

STOCK = (
    ("1", "Acme lantern 128GB red", "Acme", 250.0, True, "Red", 128),
    ("2", "Acme lantern 128GB blue", "Acme", 240.0, False, "Blue", 128),
    ("3", "Acme lantern 64GB red", "Acme", 199.0, True, "Red", 64),
    ("4", "Bolt lantern 128GB red", "Bolt", 99.0, True, "Red", 128),
    ("5", "艾克米 手机壳 红色", "Bolt", 10.0, True, "Red", 64),
    ("6", "Acme lantern 128GB red deluxe", "Acme", 900.0, True, "Red", 128),
)


async def added(client, sku, body):
    assert (await client.put(f"/v1/products/shop:{sku}", json=body)).status_code == 201


async def found(client, q, **params):
    answer = await client.get("/v1/search", params={"q": q, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()


def ids(page):
    return [one["item"]["id"].removeprefix("shop:") for one in page["items"]]
