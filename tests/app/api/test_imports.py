"""POST /v1/imports: a dump becomes a job, whole, or nothing of it is kept."""

import gzip
import os
from pathlib import Path

import httpx
import msgspec
import pytest

from app.api.job_models import Job
from app.errors import JobsUnavailable
from app.keys import Scope
from app.main import create_app
from app.services.importing import ImportSpec
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import StoredJobs
from tests.app.parts import MAPPING, NOW, make_mapping, memory_wiring, serving, serving_wiring

pytestmark = pytest.mark.anyio

CSV = b"sku,title\n1,Acme Lantern 6\n"
HEADERS = {"Content-Type": "text/csv"}
ASKED = {"source": "acme", "mapping": "phones"}


# What asks the jobs themselves has to go the same way over a real database.
over_both = pytest.mark.parametrize("wiring", ["memory", "SQLite"], indirect=True)


@pytest.fixture
def wiring(request, tmp_path):
    """With the mapping `phones`, and a folder of dumps."""
    (tmp_path / "dumps").mkdir()
    own = {"jobs_of": StoredJobs} if getattr(request, "param", "memory") == "SQLite" else {}
    wiring = memory_wiring(
        tmp_path / "home", import_roots=(tmp_path / "dumps",), max_upload_bytes=100_000, **own
    )
    make_mapping(wiring, "phones")
    yield wiring
    wiring.jobs.close()


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


@pytest.mark.parametrize("content_type", ["application/octet-stream", "application/gzip", ""])
async def test_content_of_no_known_type_needs_a_format(client, wiring, content_type):
    headers = {"Content-Type": content_type}

    refused = await post(client, headers=headers)
    taken = await post(client, headers=headers, params={**ASKED, "format": "ndjson"})

    problem(refused, 415, "media_type_unsupported")
    assert spec_of(wiring, taken).path.endswith("/dump.ndjson")
    assert spec_of(wiring, taken).format == "ndjson"


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


# Forms


FILE = ("file", ("today.csv", CSV))


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


# Paths


@pytest.fixture
def dumps(tmp_path):
    folder = tmp_path / "dumps"
    (folder / "today.csv").write_bytes(CSV)
    (tmp_path / "secret.csv").write_bytes(CSV)
    return folder


@over_both
async def test_a_file_of_the_server_is_imported_where_it_lies(client, wiring, dumps):
    (dumps / "latest.csv").symlink_to("today.csv")

    answer = await post(client, b"", params={**ASKED, "path": f"{dumps}/latest.csv"}, headers={})

    assert answer.status_code == 202, answer.text
    spec, state = spec_of(wiring, answer), (dumps / "today.csv").stat()
    assert spec.path == str(dumps / "today.csv")
    assert (spec.size, spec.modified_ns, spec.owned) == (len(CSV), state.st_mtime_ns, False)
    assert answer.json()["file"] == f"{dumps}/latest.csv"
    assert kept(wiring) == []


@pytest.mark.parametrize(
    "path",
    ["{dumps}/../secret.csv", "{dumps}/out", "{dumps}/gone", "/etc/passwd", "/nowhere", "x", ""],
)
async def test_a_path_outside_is_refused_in_the_same_words(client, wiring, dumps, path):
    (dumps / "out").symlink_to(dumps.parent / "secret.csv")
    (dumps / "gone").symlink_to(dumps.parent / "nothing.csv")

    answer = await post(client, b"", params={**ASKED, "path": path.format(dumps=dumps)})

    found = problem(answer, 422, "path_not_allowed")
    assert found.detail.startswith("this path is not under a folder")
    assert found.errors[0].pointer == "/path"
    assert nothing_happened(wiring)


@pytest.mark.parametrize("name", ["fifo", "missing.csv", ""])
async def test_a_path_of_no_file_is_refused(client, wiring, dumps, name):
    os.mkfifo(dumps / "fifo")

    answer = await post(client, b"", params={**ASKED, "path": f"{dumps}/{name}"})

    problem(answer, 422, "path_unreadable")
    assert nothing_happened(wiring)


async def test_a_path_and_a_body_contradict_each_other(client, wiring, dumps):
    answer = await post(client, params={**ASKED, "path": f"{dumps}/today.csv"})

    problem(answer, 422, "body_unexpected")
    assert nothing_happened(wiring)


# Idempotency-Key


KEYED = {**HEADERS, "Idempotency-Key": "acme-2025-03-01"}


@over_both
async def test_the_same_key_answers_the_first_job_without_reading_the_body(client, wiring):
    read = []

    async def body():
        read.append(1)
        yield CSV

    first = await post(client, headers=KEYED)
    again = await post(client, body(), headers=KEYED)

    assert again.status_code == 202
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert read == []
    assert wiring.jobs.count() == 1
    assert len(kept(wiring)) == 1


@over_both
@pytest.mark.parametrize(
    "other",
    [
        {"source": "bolt"},
        {"mode": "replace"},
        {"on_error": "abort"},
        {"dry_run": "true"},
        {"format": "csv"},
        {"mapping": "tablets"},
        {"path": "{dumps}/today.csv"},
    ],
)
async def test_the_same_key_with_other_parameters_is_refused(client, wiring, dumps, other):
    make_mapping(wiring, "tablets")
    first = await post(client, headers=KEYED)
    asked = {name: value.format(dumps=dumps) for name, value in other.items()}

    answer = await post(client, b"", params={**ASKED, **asked}, headers=KEYED)

    found = problem(answer, 422, "idempotency_key_reused")
    assert first.json()["id"] in found.detail
    assert repr(next(iter(other))) in found.detail


@over_both
async def test_a_key_made_with_a_form_or_a_path_is_known_again(client, wiring, dumps):
    async def twice(key, send):
        headers = {"Idempotency-Key": key}
        return [await send(headers) for _ in range(2)]

    forms = await twice(
        "form",
        lambda headers: client.post(
            "/v1/imports",
            files=[FILE, ("mapping", (None, MAPPING))],
            params={"source": "acme"},
            headers=headers,
        ),
    )
    asked = {**ASKED, "path": f"{dumps}/today.csv"}
    paths = await twice("path", lambda headers: post(client, b"", params=asked, headers=headers))

    for first, again in (forms, paths):
        assert first.json()["id"] == again.json()["id"]
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"


@over_both
async def test_a_key_belongs_to_one_caller(client, wiring):
    _, token = wiring.keys.create("other", Scope.WRITE, now=NOW)

    first = await post(client, headers=KEYED)
    other = await post(client, headers={**KEYED, "Authorization": f"Bearer {token}"})

    assert other.status_code == 202
    assert other.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "\x7f"])
async def test_a_key_that_is_none_is_refused(client, key):
    answer = await post(client, headers={**HEADERS, "Idempotency-Key": key})

    found = problem(answer, 422, "request_invalid")
    assert found.errors[0].place == "header"


@over_both
async def test_of_two_requests_with_one_key_the_slower_one_answers_the_faster_ones_job(
    client, wiring
):
    async def slow_body():
        nonlocal faster
        yield CSV
        faster = await post(client, headers=KEYED)

    faster = None
    slower = await post(client, slow_body(), headers=KEYED)

    assert isinstance(faster, httpx.Response)
    assert slower.json()["id"] == faster.json()["id"]
    assert slower.headers["Idempotent-Replayed"] == "true"
    assert len(kept(wiring)) == 1
