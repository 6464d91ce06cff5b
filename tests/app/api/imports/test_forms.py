"""POST /v1/imports with a form: a file and its mapping."""

import os
from pathlib import Path

import pytest

from tests.app.api.imports.sending import (
    ASKED,
    CSV,
    FILE,
    kept,
    nothing_happened,
    post,
    post_form,
    spec_of,
)
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import over_both
from tests.app.parts import MAPPING, make_mapping, memory_wiring, serving_wiring

pytestmark = pytest.mark.anyio


@over_both
async def test_a_form_brings_a_file_and_its_mapping(client, wiring):
    answer = await post_form(client, FILE, ("mapping", (None, MAPPING)), params={"source": "acme"})

    spec = spec_of(wiring, answer)
    assert answer.json()["file"] == "today.csv"
    assert (spec.mapping, spec.mapping_name) == (MAPPING, "mapping of the form")
    assert Path(spec.path).read_bytes() == CSV


async def test_a_form_may_name_its_mapping(client, wiring):
    answer = await post_form(client, FILE)

    assert spec_of(wiring, answer).mapping_name == "phones"


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        ("today.csv", ".csv"),
        ("today.TSV", ".tsv"),
        ("today.csv.gz", ".csv"),
        ("acme.2025.ndjson.zst", ".ndjson"),
        ("today.jsonl", ".jsonl"),
        ("today.json", ".json"),
        ("today.parquet", ".parquet"),
        ("titles.txt", ".txt"),
        ("titles.txt.gz", ".txt"),
        ("x" * 150 + ".csv", ".csv"),
    ],
)
async def test_the_name_of_a_file_gives_its_format(client, wiring, name, suffix):
    answer = await post_form(client, ("file", (name, CSV)))

    assert answer.json()["file"] == name
    assert spec_of(wiring, answer).path.endswith(f"/dump{suffix}")


@pytest.mark.parametrize("name", ["today", "today.xlsx", "today.gz", ".csv"])
async def test_a_file_whose_name_says_nothing_needs_a_format(client, wiring, name):
    part = ("file", (name, CSV, "application/octet-stream"))

    refused = await post_form(client, part)
    taken = await post_form(client, part, params={**ASKED, "format": "csv"})

    problem(refused, 422, "format_unknown")
    assert spec_of(wiring, taken).path.endswith("/dump.csv")


async def test_lines_of_titles_are_a_format(client, wiring):
    part = ("file", ("today", b"Acme Lantern 6\n", "application/octet-stream"))

    taken = await post_form(client, part, params={**ASKED, "format": "lines"})

    assert spec_of(wiring, taken).path.endswith("/dump.txt")


async def test_the_type_of_a_file_helps_where_its_name_does_not(client, wiring):
    answer = await post_form(client, ("file", ("today", CSV, "text/tab-separated-values")))

    assert spec_of(wiring, answer).path.endswith("/dump.tsv")


@pytest.mark.parametrize(
    "name", ["../../today.csv", "C:\\dumps\\today.csv", "/etc/today.csv", " today.csv"]
)
async def test_the_name_of_a_file_is_a_name_and_no_path(client, wiring, name):
    answer = await post_form(client, ("file", (name, CSV)))

    assert answer.json()["file"] == "today.csv"
    assert len(kept(wiring)) == 1


@pytest.mark.parametrize(
    ("parts", "params", "reason"),
    [
        ([FILE, FILE], ASKED, "is there twice"),
        ([("mapping", (None, MAPPING))], {"source": "acme"}, "is missing"),
        ([FILE, ("mapping", (None, MAPPING))], ASKED, "names one already"),
        ([FILE, ("source", (None, "acme"))], ASKED, "send it in the query"),
        ([("mapping", (None, MAPPING))] * 2 + [FILE], {"source": "acme"}, "is there twice"),
        ([("mapping", (None, "#" * 1_000_001)), FILE], {"source": "acme"}, "is larger than"),
    ],
)
async def test_a_form_with_other_parts_is_refused(tmp_path, parts, params, reason):
    wiring = memory_wiring(tmp_path)
    make_mapping(wiring, "phones")

    async with serving_wiring(wiring) as client:
        answer = await post_form(client, *parts, params=params)

    found = problem(answer, 422, "form_invalid")
    assert reason in found.detail
    assert found.errors[0].place == "body"
    assert nothing_happened(wiring)


@pytest.mark.parametrize("first", [True, False])
async def test_a_broken_mapping_of_a_form_says_where(client, wiring, first):
    broken = ("mapping", (None, MAPPING.replace("target", "traget")))

    parts = (broken, FILE) if first else (FILE, broken)
    answer = await post_form(client, *parts, params={"source": "acme"})

    assert "did you mean 'target'" in problem(answer, 422, "mapping_invalid").detail
    assert nothing_happened(wiring)


async def test_a_form_without_any_mapping_is_refused(client, wiring):
    answer = await post_form(client, FILE, params={"source": "acme"})

    problem(answer, 422, "mapping_missing")
    assert nothing_happened(wiring)


async def test_a_form_with_an_empty_file_is_refused(client, wiring):
    problem(await post_form(client, ("file", ("x.csv", b""))), 422, "body_empty")
    assert nothing_happened(wiring)


PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n'


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("multipart/form-data", PART, 400, "form_malformed"),
        ("multipart/form-data; boundary=" + "x" * 300, PART, 400, "form_malformed"),
        ("multipart/form-data; boundary=x", b"sku,title\n", 400, "form_malformed"),
        ("multipart/form-data; boundary=x", PART + b"\r\n" + CSV, 400, "body_incomplete"),
        ("multipart/form-data; boundary=x", b"", 400, "body_incomplete"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", 422, "form_invalid"),
        (
            "multipart/form-data; boundary=x",
            PART + b"Content-Transfer-Encoding: base64\r\n\r\nc2t1\r\n--x--\r\n",
            422,
            "form_invalid",
        ),
        ("multipart/form-data; boundary=x", PART + b"A: b\r\n" * 20, 400, "form_malformed"),
        ("multipart/form-data; boundary=x", PART + b"A" * 9_999, 400, "form_malformed"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nx\r\n--x--\r\n", 422, "form_invalid"),
    ],
)
async def test_a_form_that_is_none_is_refused(client, wiring, content_type, body, status, code):
    answer = await post(client, body, headers={"Content-Type": content_type})

    problem(answer, status, code)
    assert nothing_happened(wiring)


async def test_a_form_is_understood_however_it_is_cut_into_pieces(client, wiring):
    content = os.urandom(500) + b"\r\n--x\r\n--y" + os.urandom(500)
    form = PART.replace(b"--x", b"--xyz") + b"\r\n" + content + b"\r\n--xyz--\r\n"

    async def body():
        for byte in form:
            yield bytes([byte])

    headers = {"Content-Type": "multipart/form-data; boundary=xyz"}
    answer = await post(client, body(), headers=headers)

    assert Path(spec_of(wiring, answer).path).read_bytes() == content
