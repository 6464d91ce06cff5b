"""POST /v1/imports: a dump becomes a job, whole, or nothing of it is kept."""

import gzip
from pathlib import Path

import pytest

from app.api.job_models import Job
from app.errors import JobsUnavailable
from app.keys import Scope
from app.main import create_app
from tests.app.api.imports.sending import ASKED, CSV, HEADERS, kept, nothing_happened, post, spec_of
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import over_both
from tests.app.parts import MAPPING, make_mapping, memory_wiring, serving, serving_wiring

pytestmark = pytest.mark.anyio


@over_both
async def test_a_dump_becomes_a_job_that_is_answered_as_it_is_shown(client, wiring):
    answer = await post(client)
    shown = await client.get(answer.headers["Location"])

    assert answer.status_code == 202, answer.text
    job = Job.model_validate_json(answer.content)
    assert answer.headers["Location"] == f"/v1/jobs/{job.id}"
    assert answer.json() == shown.json()
    assert (job.kind, job.state, job.source, job.mapping) == ("import", "queued", "acme", "phones")
    assert "Idempotent-Replayed" not in answer.headers


@over_both
async def test_the_body_lies_in_the_folder_of_the_job_byte_by_byte(client, wiring):
    answer = await post(client)

    spec = spec_of(wiring, answer)
    folder = wiring.jobs.folder(answer.json()["id"])
    assert spec.path == str(folder / "dump.csv")
    assert (folder / "dump.csv").read_bytes() == CSV
    assert kept(wiring) == [folder / "dump.csv"]
    state = (folder / "dump.csv").stat()
    assert (spec.size, spec.modified_ns, spec.owned) == (len(CSV), state.st_mtime_ns, True)
    assert (spec.mapping, spec.mapping_name, spec.file) == (MAPPING, "phones", "upload.csv")


@pytest.mark.parametrize(
    ("content_type", "suffix"),
    [
        ("text/csv", ".csv"),
        ("text/csv; charset=utf-8", ".csv"),
        ("TEXT/CSV", ".csv"),
        ("text/tab-separated-values", ".tsv"),
        ("application/x-ndjson", ".ndjson"),
        ("application/ndjson", ".ndjson"),
        ("application/jsonl", ".ndjson"),
        ("application/json", ".json"),
        ("application/vnd.apache.parquet", ".parquet"),
    ],
)
async def test_the_content_type_gives_the_suffix_that_readers_know(
    client, wiring, content_type, suffix
):
    answer = await post(client, headers={"Content-Type": content_type})

    spec = spec_of(wiring, answer)
    assert spec.path.endswith(f"/dump{suffix}")
    assert spec.format is None


@pytest.mark.parametrize(
    "content_type", ["application/octet-stream", "application/gzip", "text/plain", ""]
)
async def test_content_of_no_known_type_needs_a_format(client, wiring, content_type):
    headers = {"Content-Type": content_type}

    refused = await post(client, headers=headers)
    taken = await post(client, headers=headers, params={**ASKED, "format": "ndjson"})

    problem(refused, 415, "media_type_unsupported")
    assert spec_of(wiring, taken).path.endswith("/dump.ndjson")
    assert spec_of(wiring, taken).format == "ndjson"


async def test_a_plain_text_may_be_titles(client, wiring):
    headers = {"Content-Type": "text/plain"}

    answer = await post(
        client, b"Acme Lantern 6\n", headers=headers, params={**ASKED, "format": "lines"}
    )

    assert spec_of(wiring, answer).path.endswith("/dump.txt")
    assert spec_of(wiring, answer).format == "lines"


@pytest.mark.parametrize("encoding", ["gzip", "zstd", "identity", "GZIP"])
async def test_a_packed_body_is_kept_as_it_is(client, wiring, encoding):
    packed = gzip.compress(CSV)

    answer = await post(client, packed, headers={**HEADERS, "Content-Encoding": encoding})

    assert Path(spec_of(wiring, answer).path).read_bytes() == packed


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {**HEADERS, "Content-Encoding": "br"},
        {**HEADERS, "Content-Encoding": "gzip, gzip"},
        {"Content-Type": "multipart/form-data; boundary=x", "Content-Encoding": "gzip"},
    ],
)
async def test_another_type_or_encoding_is_refused(client, wiring, headers):
    problem(await post(client, headers=headers), 415, "media_type_unsupported")
    assert nothing_happened(wiring)


@over_both
async def test_what_is_asked_for_stands_in_the_job(client, wiring):
    asked = {"mode": "replace", "on_error": "abort", "dry_run": "true"}

    answer = await post(client, params={**ASKED, **asked})

    shown, spec = answer.json(), spec_of(wiring, answer)
    assert (shown["mode"], shown["on_error"], shown["dry_run"]) == ("replace", "abort", True)
    assert (spec.mode, spec.on_error, spec.dry_run) == ("replace", "abort", True)


@over_both
@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"mapping": "phones"}, "request_invalid"),
        ({**ASKED, "source": ""}, "request_invalid"),
        ({**ASKED, "source": "a:b"}, "value_invalid"),
        ({**ASKED, "source": "Ärger"}, "value_invalid"),
        ({**ASKED, "mode": "delete"}, "request_invalid"),
        ({**ASKED, "on_error": "ask"}, "request_invalid"),
        ({**ASKED, "dry_run": "perhaps"}, "request_invalid"),
        ({**ASKED, "format": "xml"}, "request_invalid"),
        ({**ASKED, "mapping": "tablets"}, "mapping_unknown"),
        ({**ASKED, "mapping": "../phones"}, "mapping_unknown"),
        ({**ASKED, "mapping": ""}, "mapping_unknown"),
        ({"source": "acme"}, "mapping_missing"),
        ({**ASKED, "webhook": "http://10.0.0.1/"}, "webhook_not_allowed"),
    ],
)
async def test_what_cannot_be_asked_for_is_refused_before_the_body_is_read(
    client, wiring, params, code
):
    read = []

    async def body():
        read.append(1)
        yield CSV

    problem(await post(client, body(), params=params), 422, code)
    assert read == []
    assert nothing_happened(wiring)


async def test_an_unknown_mapping_names_those_there_are(client):
    answer = await post(client, params={**ASKED, "mapping": "phone"})

    assert "there are phones" in answer.json()["detail"]


async def test_a_broken_mapping_says_where_before_the_body_is_read(client, wiring):
    make_mapping(wiring, "broken", MAPPING.replace("column", "colum"))

    answer = await post(client, params={**ASKED, "mapping": "broken"})

    found = problem(answer, 422, "mapping_invalid")
    assert "line 3" in found.detail
    assert "did you mean 'column'" in found.detail
    assert nothing_happened(wiring)


async def test_changes_that_would_close_all_others_are_refused(client, wiring):
    prices = MAPPING.replace("version = 1", "version = 1\nchanges = true").replace("title", "price")
    make_mapping(wiring, "prices", prices)
    asked = {**ASKED, "mapping": "prices"}

    answer = await post(client, params={**asked, "mode": "replace"})

    assert "use merge" in problem(answer, 422, "mapping_invalid").detail
    assert nothing_happened(wiring)
    assert (await post(client, params=asked)).status_code == 202


async def test_an_empty_body_is_refused(client, wiring):
    problem(await post(client, b""), 422, "body_empty")
    assert nothing_happened(wiring)


async def test_a_body_that_says_it_is_too_large_is_refused_unread(client, wiring):
    found = problem(await post(client, b"x" * 100_001), 413, "body_too_large")

    assert "100000" in found.detail
    assert nothing_happened(wiring)


async def test_a_body_that_turns_out_to_be_too_large_leaves_nothing(client, wiring):
    async def body():
        for _ in range(200):
            yield b"x" * 1_000

    problem(await post(client, body()), 413, "body_too_large")
    assert nothing_happened(wiring)


async def test_uploads_may_be_larger_than_other_bodies(tmp_path):
    wiring = memory_wiring(tmp_path, max_body_bytes=1_024)
    make_mapping(wiring, "phones")

    async with serving_wiring(wiring) as client:
        answer = await post(client, CSV + b"x" * 100_000)
        other = await client.post("/v1/products", content=b"x" * 1_025)

    assert answer.status_code == 202
    assert other.status_code == 413


async def test_a_key_for_reading_starts_no_import(wiring):
    async with serving_wiring(wiring, Scope.READ) as reader:
        problem(await post(reader), 403, "scope_missing")

    assert nothing_happened(wiring)


async def test_a_stranger_cannot_make_us_keep_a_body(wiring):
    read = []

    async def body():
        read.append(1)
        yield CSV

    async with serving(create_app(wiring=wiring)) as stranger:
        problem(await post(stranger, body()), 401, "key_missing")

    assert read == []
    assert nothing_happened(wiring)


async def test_without_the_database_of_jobs_nothing_is_kept(tmp_path):
    wiring = memory_wiring(tmp_path)
    make_mapping(wiring, "phones")
    wiring.jobs.error = JobsUnavailable(place="postgresql://secret-host/jobs", reason="refused")

    async with serving_wiring(wiring) as client:
        answer = await post(client)

    problem(answer, 503, "jobs_unavailable")
    assert "secret-host" not in answer.text
    assert kept(wiring) == []
