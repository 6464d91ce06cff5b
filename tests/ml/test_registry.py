"""Artefacts are registered whole or not at all, and are read as they were registered."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ml.artefact import MANIFEST, WEIGHTS, Artefact, Measure
from ml.errors import (
    ArtefactCorrupted,
    ArtefactInUse,
    ArtefactInvalid,
    ArtefactNotFound,
    RegistryUnavailable,
)
from ml.registry import Registry
from tests.artefacts import draft, weights_file

# Registers in another process: the folder, the name, a file of its own, how often.
REGISTER = """
import resource, sys
from pathlib import Path
from ml.registry import Registry
from tests.artefacts import draft
folder, name, extra, times, most = sys.argv[1:]
if most != "0":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
work = Path(extra).parent
for _ in range(int(times)):
    try:
        given = draft(work, files={"extra.txt": Path(extra)})
        print(Registry(Path(folder)).register(name, given).version)
    except Exception as error:  # which one it is, is what the test compares
        print(type(error).__name__, error.reason)
"""


@pytest.fixture
def registry(tmp_path):
    return Registry(tmp_path / "models")


def registering(registry, extra, times=1, most_bytes=0):
    arguments = [registry.folder, "lamps", extra, times, most_bytes]
    return subprocess.Popen(
        [sys.executable, "-c", REGISTER, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def spoil(path):
    """One bit of a file, as a bad disk would."""
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def test_what_was_registered_is_read_again_from_another_place(registry, tmp_path):
    given = draft(tmp_path, parent="words/3")

    made = registry.register("lamps", given)

    found = Registry(registry.folder).get("lamps", "1")
    assert found.manifest == made.manifest
    assert found.reference == "lamps/1"
    assert found.manifest.config == given.config
    assert found.manifest.metrics == {"recall@10": Measure(0.9, 0.88, 0.92)}
    assert found.manifest.parent == "words/3"
    assert found.file("vocabulary.json").read_bytes() == b'["lamp"]'
    assert set(found.manifest.files) == {WEIGHTS, "vocabulary.json"}
    assert {one.name for one in found.folder.iterdir()} == {*found.manifest.files, MANIFEST}


def test_tensors_come_back_equal_also_those_that_are_tied_or_transposed(registry, tmp_path):
    torch = pytest.importorskip("torch")
    tied = torch.arange(6.0).reshape(2, 3)
    given = {"in": tied, "out": tied, "turned": tied.T, "half": tied.to(torch.bfloat16)}

    found = registry.register("lamps", draft(tmp_path, weights=given)).tensors()

    assert set(found) == set(given)
    assert all(torch.equal(found[name], tensor) for name, tensor in given.items())
    assert found["half"].dtype == torch.bfloat16


def test_reading_the_registry_loads_no_torch():
    script = "import sys, ml.registry; print({'torch', 'safetensors', 'numpy'} & set(sys.modules))"

    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert printed.stdout.decode().strip() == "set()"


def test_versions_only_grow_also_after_a_removal(registry, tmp_path):
    for _ in range(2):
        registry.register("lamps", draft(tmp_path))
    registry.remove("lamps", "2")

    made = registry.register("lamps", draft(tmp_path))

    assert made.version == "3"
    assert registry.versions("lamps") == ("1", "3")
    assert not registry.folder.joinpath("lamps", "2").exists()


def test_ten_comes_after_nine(registry, tmp_path):
    for _ in range(11):
        registry.register("lamps", draft(tmp_path))

    assert registry.versions("lamps")[-3:] == ("9", "10", "11")


def test_processes_that_register_at_once_each_get_a_version_of_their_own(registry, tmp_path):
    extras = [weights_file(tmp_path / str(one), "extra.txt") for one in made_folders(tmp_path, 3)]

    processes = [registering(registry, extra, times=5) for extra in extras]
    printed = [process.communicate(timeout=60)[0].split() for process in processes]

    versions = sorted(int(one) for lines in printed for one in lines)
    assert versions == list(range(1, 16))
    assert registry.versions("lamps") == tuple(map(str, versions))


def made_folders(parent, count):
    for one in range(count):
        (parent / str(one)).mkdir()
        yield one


def test_threads_that_register_at_once_each_get_a_version_of_their_own(registry, tmp_path):
    given = draft(tmp_path)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: registry.register("lamps", given).version, range(8)))

    assert sorted(made) == [str(one) for one in range(1, 9)]


@pytest.fixture
def stuck(registry, tmp_path):
    """A process in the middle of registering: one of its files is a pipe that nobody fills."""
    os.mkfifo(tmp_path / "extra.txt")
    process = registering(registry, tmp_path / "extra.txt")
    while not list((registry.folder / "lamps").glob(".new-*/extra.txt")):
        assert process.poll() is None
        time.sleep(0.01)
    with process:
        yield process
        process.kill()


def test_a_process_that_is_killed_leaves_nothing_that_stays(registry, tmp_path, stuck):
    stuck.kill()
    stuck.wait()

    assert registry.names() == ()
    assert registry.list() == ()
    assert registry.register("lamps", draft(tmp_path)).version == "1"
    assert list((registry.folder / "lamps").glob(".new-*")) == []


def test_a_run_that_is_cancelled_leaves_nothing(registry, stuck):
    stuck.send_signal(signal.SIGINT)
    stuck.wait(60)

    assert registry.names() == ()
    assert list((registry.folder / "lamps").glob(".new-*")) == []


def test_one_that_is_being_written_is_left_alone_by_the_others(registry, tmp_path, stuck):
    registry.register("lamps", draft(tmp_path))
    (tmp_path / "extra.txt").write_bytes(b"late")

    assert stuck.communicate(timeout=60)[0].strip() == "2"
    assert registry.get("lamps", "2").file("extra.txt").read_bytes() == b"late"


def test_a_file_that_does_not_fit_leaves_nothing_behind(registry, tmp_path):
    (tmp_path / "extra.txt").write_bytes(bytes(100_000))

    printed = registering(registry, tmp_path / "extra.txt", most_bytes=50_000).communicate()[0]

    assert printed.startswith("RegistryUnavailable [Errno 27]")
    assert registry.names() == ()
    assert [one.name for one in (registry.folder / "lamps").iterdir() if one.is_dir()] == []


@pytest.mark.parametrize("file", [WEIGHTS, "vocabulary.json"])
def test_a_spoilt_file_is_noticed_when_it_is_used(registry, tmp_path, file):
    made = registry.register("lamps", draft(tmp_path))
    spoil(made.folder / file)

    with pytest.raises(ArtefactCorrupted) as raised:
        registry.get("lamps", "1").file(file)

    error = raised.value
    assert (error.reference, error.file) == ("lamps/1", file)
    assert error.expected == made.manifest.files[file].sha256
    assert error.found != error.expected
    assert error.remedy in str(error)


def test_a_missing_file_is_noticed_when_it_is_used(registry, tmp_path):
    made = registry.register("lamps", draft(tmp_path))
    (made.folder / WEIGHTS).unlink()

    with pytest.raises(ArtefactCorrupted, match="unreadable"):
        registry.get("lamps", "1").file(WEIGHTS)


def test_a_file_that_is_not_of_the_artefact_is_not_given_out(registry, tmp_path):
    made = registry.register("lamps", draft(tmp_path))
    (made.folder / "stranger.json").write_text("{}")

    with pytest.raises(ArtefactCorrupted, match=r"stranger\.json"):
        made.file("stranger.json")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace('"seed": 7', '"seed": 8'), "digest"),
        (lambda text: text.replace('"value": 0.9', '"value": 0.99'), "digest"),
        (lambda text: text.replace('"version": "1"', '"version": "2"'), "lamps/2"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": 2'), "version 2"),
        (lambda text: text.replace('"vocabulary.json"', '"../../escape.json"'), "digest"),
        (lambda text: text[:40], "none"),
        (lambda text: "[]", "none"),
    ],
)
def test_a_manifest_that_was_changed_is_refused(registry, tmp_path, change, said):
    path = registry.register("lamps", draft(tmp_path)).folder / MANIFEST
    text = path.read_text()
    path.write_text(change(text))
    assert path.read_text() != text

    with pytest.raises(ArtefactCorrupted, match=said):
        registry.get("lamps", "1")


def test_a_damaged_artefact_is_listed_as_damaged_beside_the_others(registry, tmp_path):
    for _ in range(2):
        made = registry.register("lamps", draft(tmp_path))
    (made.folder / MANIFEST).write_text("{")

    first, second = registry.list("lamps")

    assert isinstance(first, Artefact)
    assert isinstance(second, ArtefactCorrupted)
    assert second.reference == "lamps/2"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"metrics": {"mrr": Measure(float("nan"))}}, "mrr|metrics"),
        ({"width": -1}, "width"),
        ({"kind": "Graph Encoder"}, "kind"),
        ({"config": {"device": object()}}, "object"),
        ({"files": {"model.pkl": b""}}, "may hold code"),
        ({"files": {"../escape.json": b""}}, "no name"),
        ({"files": {MANIFEST: b"{}"}}, "no name"),
        ({"files": {".hidden.json": b"{}"}}, "no name"),
    ],
)
def test_what_cannot_be_an_artefact_is_refused_with_the_reason(registry, tmp_path, fields, said):
    with pytest.raises(ArtefactInvalid, match=said):
        registry.register("lamps", draft(tmp_path, **fields))

    assert registry.names() == ()


@pytest.mark.parametrize("name", ["", "..", "a/b", "Lamps", ".new-1", "x" * 65, "é", "a\n"])
def test_a_name_that_is_no_folder_of_ours_is_refused(registry, tmp_path, name):
    with pytest.raises(ArtefactInvalid):
        registry.register(name, draft(tmp_path))
    with pytest.raises(ArtefactNotFound):
        registry.get(name, "1")


def test_an_alias_points_to_one_version_and_says_which_it_pointed_to(registry, tmp_path):
    for _ in range(2):
        registry.register("lamps", draft(tmp_path))

    assert registry.promote("lamps", "1") is None
    assert registry.promote("lamps", "2", "candidate") is None
    assert registry.get("lamps", "champion").version == "1"
    assert registry.promote("lamps", "candidate") == "1"
    assert registry.aliases("lamps") == {"champion": "2", "candidate": "2"}


def test_the_stamp_changes_with_every_promotion(registry, tmp_path):
    registry.register("lamps", draft(tmp_path))
    stamps = [registry.stamp("lamps")]

    for _ in range(3):
        registry.promote("lamps", "1")
        stamps.append(registry.stamp("lamps"))

    assert stamps[0] is None
    assert len(set(stamps)) == len(stamps)


def test_a_spoilt_artefact_is_not_promoted(registry, tmp_path):
    spoil(registry.register("lamps", draft(tmp_path)).folder / WEIGHTS)

    with pytest.raises(ArtefactCorrupted):
        registry.promote("lamps", "1")

    assert registry.aliases("lamps") == {}


def test_what_is_not_there_is_told_with_what_is(registry, tmp_path):
    registry.register("lamps", draft(tmp_path))
    registry.promote("lamps", "1", "candidate")

    with pytest.raises(ArtefactNotFound, match="there are 1, candidate"):
        registry.get("lamps", "champion")
    with pytest.raises(ArtefactNotFound, match="there are lamps"):
        registry.promote("desks", "1")


def test_what_an_alias_points_to_is_not_removed(registry, tmp_path):
    registry.register("lamps", draft(tmp_path))
    registry.promote("lamps", "1")

    with pytest.raises(ArtefactInUse, match="champion"):
        registry.remove("lamps", "1")

    assert registry.versions("lamps") == ("1",)


def test_an_alias_that_is_taken_away_points_to_nothing_and_the_version_stays(registry, tmp_path):
    registry.register("lamps", draft(tmp_path))
    registry.promote("lamps", "1")
    registry.promote("lamps", "1", "candidate")
    stamp = registry.stamp("lamps")

    assert registry.demote("lamps") == "1"

    assert registry.aliases("lamps") == {"candidate": "1"}
    assert registry.versions("lamps") == ("1",)
    assert registry.stamp("lamps") != stamp
    with pytest.raises(ArtefactNotFound, match="there are 1, candidate"):
        registry.demote("lamps")
    with pytest.raises(ArtefactNotFound, match="there are lamps"):
        registry.demote("desks")


@pytest.mark.parametrize("name", ["desks", "..", "a/../../b"])
def test_removing_what_is_not_there_makes_nothing(registry, tmp_path, name):
    registry.register("lamps", draft(tmp_path))
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(ArtefactNotFound):
        registry.remove(name, "1")

    assert sorted(tmp_path.rglob("*")) == before


def test_damaged_aliases_are_told_with_a_remedy(registry, tmp_path):
    registry.register("lamps", draft(tmp_path))
    (registry.folder / "lamps" / "aliases.json").write_text("{")

    with pytest.raises(ArtefactCorrupted, match="promote again"):
        registry.get("lamps", "champion")


def test_a_folder_that_is_none_is_told_as_such(tmp_path):
    (tmp_path / "models").write_text("a file")

    with pytest.raises(RegistryUnavailable, match="models"):
        Registry(tmp_path / "models").names()
