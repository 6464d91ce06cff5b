"""POST /v1/imports with a path: a file of the server, where it lies."""

import os

import pytest

from tests.app.api.imports.sending import ASKED, CSV, kept, nothing_happened, post, spec_of
from tests.app.api.test_problems import problem
from tests.app.fake_jobs import over_both

pytestmark = pytest.mark.anyio


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
