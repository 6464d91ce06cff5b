"""What is uploaded lies whole where it belongs, or nowhere; and what a path may name."""

import os
import socket
from io import FileIO
from pathlib import Path

import anyio
import pytest

from app.errors import BodyEmpty, MappingUnknown, NoSpace, PathNotAllowed, PathUnreadable
from app.services.mappings import checked_mapping, mapping_names, read_mapping
from app.services.server_files import find_file
from app.services.uploads import PIECE_BYTES, Uploads
from graph.errors import MappingInvalid
from tests.app.parts import MAPPING
from tests.full_disk import Disk

anyio_test = pytest.mark.anyio


def files_under(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@anyio_test
async def test_an_upload_becomes_the_file_it_is_kept_as(tmp_path):
    async with Uploads(tmp_path).spool("job-1") as spool:
        await spool.write(b"a" * 10)
        await spool.write(b"b" * (PIECE_BYTES * 2))
        await spool.finish()
        before = files_under(tmp_path)
        spool.keep(tmp_path / "jobs" / "job-1" / "dump.csv")

    assert before == ["uploads/job-1.part"]
    assert files_under(tmp_path) == ["jobs/job-1/dump.csv"]
    kept = (tmp_path / "jobs/job-1/dump.csv").read_bytes()
    assert kept == b"a" * 10 + b"b" * (PIECE_BYTES * 2)
    assert spool.size == len(kept)


@anyio_test
async def test_nothing_is_left_of_an_upload_that_is_not_kept(tmp_path):
    async with Uploads(tmp_path).spool("job-1") as spool:
        await spool.write(b"a" * (PIECE_BYTES + 1))
        await spool.finish()

    assert files_under(tmp_path) == []


@anyio_test
async def test_nothing_is_left_of_an_upload_that_is_cancelled(tmp_path):
    async def upload():
        async with Uploads(tmp_path).spool("job-1") as spool:
            while True:
                await spool.write(b"a" * PIECE_BYTES)

    with anyio.move_on_after(0.1):
        await upload()

    assert files_under(tmp_path) == []


@anyio_test
async def test_an_empty_upload_is_refused(tmp_path):
    async with Uploads(tmp_path).spool("job-1") as spool:
        with pytest.raises(BodyEmpty):
            await spool.finish()


@anyio_test
async def test_two_uploads_at_once_do_not_mix(tmp_path):
    uploads = Uploads(tmp_path)

    async def upload(name):
        async with uploads.spool(name) as spool:
            for _ in range(20):
                await spool.write(name.encode() * 100_000)
                await anyio.sleep(0)
            await spool.finish()
            spool.keep(tmp_path / "jobs" / name / "dump.csv")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(upload, "a")
        tasks.start_soon(upload, "b")

    for name in ("a", "b"):
        kept = (tmp_path / "jobs" / name / "dump.csv").read_bytes()
        assert kept == name.encode() * 2_000_000


class PieceWatcher(FileIO):
    """A file that knows the largest piece it was given."""

    largest = 0

    def write(self, piece):
        PieceWatcher.largest = max(PieceWatcher.largest, len(piece))
        return super().write(piece)


@anyio_test
async def test_a_large_upload_is_written_in_small_pieces(tmp_path):
    uploads = Uploads(tmp_path, create=lambda path: PieceWatcher(path, "x"))

    async with uploads.spool("job-1") as spool:
        for _ in range(1_000):
            await spool.write(bytes(65_536))
        await spool.finish()

    assert PieceWatcher.largest <= PIECE_BYTES + 65_536


@anyio_test
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
async def test_a_full_disk_is_named_and_leaves_nothing(tmp_path):
    def on_a_full_disk(path):
        path.touch()
        return FileIO("/dev/full", "w")

    async with Uploads(tmp_path, create=on_a_full_disk).spool("job-1") as spool:
        with pytest.raises(NoSpace):
            await spool.write(bytes(PIECE_BYTES))

    assert files_under(tmp_path) == []


@anyio_test
async def test_an_upload_leaves_an_embedded_neo4j_the_space_that_it_needs(tmp_path, monkeypatch):
    disk = Disk(monkeypatch)
    uploads = Uploads(tmp_path, data=tmp_path)
    async with uploads.spool("job-1") as spool:
        await spool.write(bytes(PIECE_BYTES))
        disk.free_mib = 127
        with pytest.raises(NoSpace):
            await spool.write(bytes(PIECE_BYTES))

    with pytest.raises(NoSpace):
        await uploads.spool("job-2").__aenter__()

    assert files_under(tmp_path) == []


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "dumps"
    (root / "acme").mkdir(parents=True)
    (root / "acme" / "today.csv").write_text("sku\n1\n")
    (tmp_path / "outside.csv").write_text("secret\n")
    return root


def test_a_file_under_a_root_is_found_as_it_is(root):
    found = find_file(f"{root}/acme/today.csv", [root])

    assert found.path == root / "acme" / "today.csv"
    assert found.size == 6
    assert found.modified_ns == found.path.stat().st_mtime_ns


def test_a_root_may_be_a_link_itself(root, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(root)

    by_link = find_file(f"{link}/acme/today.csv", [link])
    by_target = find_file(f"{root}/acme/today.csv", [link])

    assert by_link.path == by_target.path == root / "acme" / "today.csv"


def test_a_link_that_stays_inside_is_followed(root):
    (root / "latest.csv").symlink_to(root / "acme" / "today.csv")

    assert find_file(f"{root}/latest.csv", [root]).path == root / "acme" / "today.csv"


@pytest.mark.parametrize(
    "path",
    [
        "{outside}",
        "{outside}.missing",
        "{root}/../outside.csv",
        "{root}/acme/../acme/today.csv",
        "{root}-other/x.csv",
        "{root}/out.csv",
        "{root}/out-missing.csv",
        "{root}/folder/outside.csv",
        "{root}/folder/missing.csv",
        "acme/today.csv",
        "",
        "/",
        "/etc/passwd",
        "{root}/acme/today.csv\0",
    ],
)
def test_what_lies_outside_is_refused_in_the_same_words(root, tmp_path, path):
    (root / "out.csv").symlink_to(tmp_path / "outside.csv")
    (root / "out-missing.csv").symlink_to(tmp_path / "nothing.csv")
    (root / "folder").symlink_to(tmp_path)

    with pytest.raises(PathNotAllowed) as refused:
        find_file(path.format(root=root, outside=tmp_path / "outside.csv"), [root])

    assert str(refused.value) == str(PathNotAllowed())


def test_without_roots_no_path_is_allowed(root):
    with pytest.raises(PathNotAllowed):
        find_file(f"{root}/acme/today.csv", [])


@pytest.mark.parametrize("name", ["fifo", "socket", "acme", "missing.csv", "loop", "empty.csv"])
def test_what_is_no_readable_file_is_refused_and_never_opened(root, name, monkeypatch):
    os.mkfifo(root / "fifo")  # whoever opens it waits for a writer
    (root / "loop").symlink_to(root / "loop")
    (root / "empty.csv").touch()
    monkeypatch.chdir(root)  # a socket's path has to be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("socket")

        with pytest.raises(PathUnreadable) as refused:
            find_file(f"{root}/{name}", [root])

    assert name in str(refused.value)


def test_mappings_are_found_by_name(tmp_path):
    (tmp_path / "phones.toml").write_text(MAPPING)
    (tmp_path / "not a name.toml").write_text(MAPPING)

    assert read_mapping(tmp_path, "phones") == MAPPING
    assert mapping_names(tmp_path) == ["phones"]


@pytest.mark.parametrize("name", ["../phones", "", "x" * 65, "phones.toml", "lamps"])
def test_an_unknown_mapping_names_those_there_are(tmp_path, name):
    (tmp_path / "phones.toml").write_text(MAPPING)
    (tmp_path / "tablets.toml").write_text(MAPPING)

    with pytest.raises(MappingUnknown, match="there are phones, tablets"):
        read_mapping(tmp_path, name)


@pytest.mark.parametrize(
    "content",
    [
        b"\xff",
        b"version = 2",
        b"[" * 100_000,
        b"x = " + b"[" * 100_000,
        b"x = " + b"9" * 10_000,
        b"\x00",
        b"",
        MAPPING.encode() + b'[fields.brand]\ncolumn = "b"\npattern = "a{99999999999}"\n',
        MAPPING.encode() + b'[fields.brand]\ncolumn = "b"\npattern = "' + b"(" * 10_000 + b'"\n',
    ],
)
def test_a_mapping_that_is_none_says_so(content):
    with pytest.raises(MappingInvalid) as refused:
        checked_mapping(content, "mapping of the form")

    assert str(refused.value).startswith("mapping of the form: ")
