"""A shop learns a recommender, lists something new, and it is recommended: HTTP and Neo4j."""

from functools import partial

import anyio
import pytest

from app.keys import Scope
from app.main import create_app
from app.services.finetuning import Shelf
from app.services.finetuning_recommendation import finetune_recommendation, read_behaviour
from app.services.models import registry_of
from app.settings import Settings
from app.wiring import assemble
from graph.client import AsyncDatabase
from tests.app.parts import NOW, serving
from tests.ml.recommendation import made_up
from tests.ml.recommendation.conftest import QUICK
from tests.progress import silent

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

HISTORY = [f"shop:{made_up.item(kind, 1, 0)}" for kind in (2, 3)]
NEXT = {f"shop:{made_up.item(4, 1, number)}" for number in range(made_up.PER_PAIR)}


def product(id, kind, colour):
    return {
        "id": f"shop:{id}",
        "title": f"Thing {id}",
        "category": kind,
        "facts": [{"parameter": "Colour", "value": colour}],
    }


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path, access_log=False)


@pytest.fixture
async def shop(database, settings):
    """A service over a graph with products and events, and a promoted recommender."""
    async with AsyncDatabase(database.connection) as reading:
        wiring = assemble(settings, reading, database)
        _, token = wiring.keys.create("test", Scope.ADMIN, now=NOW)
        async with serving(create_app(wiring=wiring), headers={"X-API-Key": token}) as client:
            await stock(client)
            shelf = Shelf(registry_of(settings), "0.1.0", lambda: NOW)
            data = read_behaviour(database)
            learn = partial(finetune_recommendation, data, shelf, QUICK, notify=silent)
            assert (await anyio.to_thread.run_sync(learn)).promoted
            yield client


async def stock(client):
    items = [product(id, *described) for id, described in made_up.attributes().items()]
    answer = await client.post("/v1/products", json={"items": items})
    assert answer.json()["created"] == len(items), answer.text
    events = [
        {
            "shopper": shopper,
            "item": f"shop:{item}",
            "kind": "viewed",
            "at": f"2025-02-01T10:00:{second:02d}Z",
        }
        for shopper, items in made_up.sequences(120).items()
        for second, item in enumerate(items)
    ]
    answer = await client.post("/v1/events", json={"events": events})
    assert answer.json()["refused"] == [], answer.text


async def recommended(client, history):
    asked = {"history": history, "limit": 10}
    answer = await client.post("/v1/recommend", json=asked)
    assert answer.status_code == 200, answer.text
    return {one["item"]["id"]: one for one in answer.json()["items"]}


async def test_a_product_that_was_listed_after_the_training_is_recommended_by_the_model(shop):
    listed = product("new", "kind 4", "colour 1")
    assert (await shop.post("/v1/products", json={"items": [listed]})).json()["created"] == 1

    with anyio.fail_after(600):  # the model is loaded, and the product read, in the background
        while "shop:new" not in (found := await recommended(shop, HISTORY)):
            await anyio.sleep(0.1)

    assert set(found) > NEXT
    assert found["shop:new"]["method"] == "sequence"
    told = [reason["text"] for reason in found["shop:new"]["reasons"]]
    assert told[0] == "shares Colour with Thing i3b0"
    assert told[-1].startswith("new since 20")

    after = await recommended(shop, ["shop:new"])
    assert {one["method"] for one in after.values()} == {"sequence"}

    assert (await shop.delete("/v1/products/shop:new")).status_code == 204
    assert "shop:new" not in await recommended(shop, HISTORY)
