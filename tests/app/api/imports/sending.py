"""Dumps on their way in, and what was kept of them."""

import msgspec

from app.services.importing import ImportSpec

CSV = b"sku,title\n1,Acme Lantern 6\n"
HEADERS = {"Content-Type": "text/csv"}
ASKED = {"source": "acme", "mapping": "phones"}
FILE = ("file", ("today.csv", CSV))


def spec_of(wiring, answer):
    return msgspec.convert(wiring.jobs.get(answer.json()["id"]).spec, ImportSpec)


def kept(wiring):
    """Files of uploads and jobs, whether whole or not."""
    folders = [wiring.settings.home / name for name in ("uploads", "jobs")]
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def nothing_happened(wiring):
    return kept(wiring) == [] and wiring.jobs.count() == 0


async def post(client, content=CSV, params=ASKED, headers=HEADERS, **more):
    return await client.post("/v1/imports", content=content, params=params, headers=headers, **more)


async def post_form(client, *parts, params=ASKED):
    """`parts` as httpx has them; the form is built by hand where it could not be sent otherwise."""
    return await client.post("/v1/imports", files=list(parts), params=params)
