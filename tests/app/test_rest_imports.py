"""A dump over REST into a real Neo4j: upload, load, rejects, correction, retry."""

import json
from dataclasses import replace

import msgspec
import pytest

from app.keys import Scope
from app.main import create_app
from app.services.importing import ImportSpec, run_import
from app.services.intake import Intake
from app.settings import Settings
from app.wiring import assemble
from graph.client import AsyncDatabase
from tests.app.fake_jobs import StoredJobs
from tests.app.parts import NOW, make_mapping, serving

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

MAPPING = """version = 1
target = "product"
id = { column = "sku" }

[fields]
title = { column = "title" }
price = { column = "price" }
currency = { value = "EUR" }
"""
ROWS = [
    {"sku": "1", "title": "Acme Lantern 6", "price": 249},
    {"sku": "2", "title": "Acme Lantern 7", "price": "cheap"},
    {"sku": "3", "title": "Acme Lantern 8", "price": 349},
]
CSV = b"sku,title,price\n" + b"".join(
    f"{row['sku']},{row['title']},{row['price']}\n".encode() for row in ROWS
)
NDJSON = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)
ARRAY = json.dumps(ROWS).encode()


@pytest.fixture
async def service(database, tmp_path):
    """The wiring, and a client with a key for everything."""
    settings = Settings(home=tmp_path, access_log=False)
    async with AsyncDatabase(database.connection) as reading:
        jobs = StoredJobs(settings)
        intake = Intake(jobs, settings, clock=lambda: NOW)
        wiring = replace(assemble(settings, reading, database), jobs=jobs, intake=intake)
        make_mapping(wiring, "lamps", MAPPING)
        _, token = wiring.keys.create("test", Scope.ADMIN, now=NOW)
        with jobs:
            async with serving(create_app(wiring=wiring), headers={"X-API-Key": token}) as client:
                yield wiring, client


def work(wiring, database, id):
    """What a worker does with an import."""
    job = wiring.jobs.get(id)
    return run_import(
        database,
        msgspec.convert(job.spec, ImportSpec),
        run=id,
        folder=wiring.jobs.folder(id),
        clock=lambda: NOW,
        report=lambda progress: None,
    )


@pytest.mark.parametrize(
    ("content_type", "content"),
    [("text/csv", CSV), ("application/x-ndjson", NDJSON), ("application/json", ARRAY)],
)
async def test_neo4j_gets_a_dump_and_then_its_mended_rejects(
    service, database, content_type, content
):
    wiring, client = service
    asked = {"source": "acme", "mapping": "lamps"}

    first = await client.post(
        "/v1/imports", params=asked, content=content, headers={"Content-Type": content_type}
    )
    loaded = work(wiring, database, first.json()["id"])
    wiring.jobs.change(first.json()["id"], state="succeeded")
    rejects = await client.get(first.json()["links"]["rejects"])
    mended = rejects.content.replace(b'"cheap"', b'"299"')
    again = await client.post(
        f"{first.headers['Location']}/retry",
        content=mended,
        headers={"Content-Type": "application/x-ndjson"},
    )
    retried = work(wiring, database, again.json()["id"])
    listed = await client.get("/v1/products", params={"filter": "source:acme"})

    assert (loaded.created, loaded.rejected) == (2, 1)
    (reject,) = [json.loads(line) for line in rejects.text.splitlines()]
    assert (reject["field"], reject["value"], reject["code"]) == ("price", "cheap", "value_invalid")
    assert reject["row"]["sku"] == "2"
    assert reject["line"] in (2, 3)
    assert "message" in reject
    assert str(wiring.settings.home) not in rejects.text
    assert (retried.created, retried.rejected) == (1, 0)
    assert [item["price"] for item in listed.json()["items"]] == [249.0, 299.0, 349.0]


async def test_neo4j_gets_a_form_with_a_mapping_of_its_own(service, database):
    wiring, client = service

    answer = await client.post(
        "/v1/imports",
        params={"source": "acme"},
        files=[("file", ("today.csv", CSV)), ("mapping", (None, MAPPING))],
    )
    report = work(wiring, database, answer.json()["id"])

    assert (report.created, report.file) == (2, "today.csv")
