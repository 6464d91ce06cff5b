"""A bundle carries an artefact to another installation, and nothing else comes in with it."""

import io
import tarfile

import msgspec
import pytest

from ml.artefact import MANIFEST, WEIGHTS, sealed
from ml.bundle import open_bundle
from ml.errors import ArtefactCorrupted, ArtefactNotFound, BundleInvalid
from ml.registry import Registry
from tests.artefacts import draft


@pytest.fixture
def here(tmp_path):
    return Registry(tmp_path / "here")


@pytest.fixture
def there(tmp_path):
    return Registry(tmp_path / "there")


@pytest.fixture
def bundle(here, tmp_path):
    """Of version 2 of two."""
    here.register("lamps", draft(tmp_path))
    here.register("lamps", draft(tmp_path, seed=8, parent="lamps/1"))
    here.export("lamps", "2", tmp_path / "lamps.tar")
    return tmp_path / "lamps.tar"


def members(bundle):
    with tarfile.open(bundle) as archive:
        return [(one, archive.extractfile(one).read()) for one in archive.getmembers()]


def pack(path, packed, format=tarfile.GNU_FORMAT):
    with tarfile.open(path, "w", format=format) as archive:
        for header, content in packed:
            archive.addfile(header, io.BytesIO(content))
    return path


def header(name, size=0, **fields):
    made = tarfile.TarInfo(name)
    made.size = size
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def test_an_artefact_arrives_with_all_that_is_known_of_it(here, there, bundle):
    arrived, new = there.import_(bundle)

    sent = here.get("lamps", "2")
    assert new
    assert arrived.reference == "lamps/2"
    assert arrived.manifest == msgspec.structs.replace(sent.manifest, origin="lamps/2")
    assert arrived.file(WEIGHTS).read_bytes() == sent.file(WEIGHTS).read_bytes()
    assert there.get("lamps", "2").manifest == arrived.manifest


def test_the_same_content_arrives_once(there, bundle):
    there.import_(bundle)

    again, new = there.import_(bundle)

    assert not new
    assert again.version == "2"
    assert there.versions("lamps") == ("2",)


def test_where_its_number_is_taken_it_gets_the_next_and_says_which_it_had(there, bundle, tmp_path):
    for _ in range(3):
        there.register("lamps", draft(tmp_path, seed=9))

    arrived, _ = there.import_(bundle)

    assert (arrived.version, arrived.manifest.origin) == ("4", "lamps/2")
    assert not there.import_(bundle).new
    assert there.versions("lamps") == ("1", "2", "3", "4")


def test_what_was_spoilt_since_is_brought_back_as_a_new_version(there, bundle):
    spoilt, _ = there.import_(bundle)
    (spoilt.folder / WEIGHTS).write_bytes(b"spoilt")

    arrived, new = there.import_(bundle)

    assert new
    assert arrived.version == "3"
    arrived.verify()


def test_the_next_one_that_is_registered_comes_after_an_imported_one(there, bundle, tmp_path):
    there.import_(bundle)

    assert there.register("lamps", draft(tmp_path)).version == "3"


def test_the_same_artefact_makes_the_same_bundle(here, bundle, tmp_path):
    here.export("lamps", "2", tmp_path / "again.tar")

    assert (tmp_path / "again.tar").read_bytes() == bundle.read_bytes()


def test_an_alias_can_be_exported_and_nothing_is_overwritten(here, bundle, tmp_path):
    here.promote("lamps", "1")

    here.export("lamps", "champion", tmp_path / "champion.tar")

    with open_bundle(tmp_path / "champion.tar") as opened:
        assert opened.manifest.version == "1"
    with pytest.raises(FileExistsError):
        here.export("lamps", "champion", bundle)


def test_a_spoilt_artefact_is_not_exported(here, bundle, tmp_path):
    (here.folder / "lamps" / "1" / WEIGHTS).write_bytes(b"spoilt")

    with pytest.raises(ArtefactCorrupted):
        here.export("lamps", "1", tmp_path / "spoilt.tar")
    with pytest.raises(ArtefactNotFound):
        here.export("lamps", "9", tmp_path / "spoilt.tar")

    assert not list(tmp_path.glob("*spoilt*"))


def test_every_cut_of_a_bundle_is_refused(there, bundle):
    whole = bundle.read_bytes()
    end = len(whole.rstrip(b"\0"))

    for size in (0, 1, 511, 512, 700, end // 2, end - 1):
        bundle.write_bytes(whole[:size])
        with pytest.raises(BundleInvalid):
            there.import_(bundle)

    assert there.names() == ()


def test_a_spoilt_bundle_of_what_is_here_is_refused_as_well(there, bundle):
    there.import_(bundle)
    whole = bundle.read_bytes()
    with tarfile.open(bundle) as archive:
        place = archive.getmember(WEIGHTS).offset_data
    for spoilt in (
        whole[: place + 1],
        whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :],
    ):
        bundle.write_bytes(spoilt)
        with pytest.raises(BundleInvalid):
            there.import_(bundle)

    assert there.versions("lamps") == ("2",)


def test_every_spoilt_byte_of_its_content_is_noticed(there, bundle):
    whole = bundle.read_bytes()
    with tarfile.open(bundle) as archive:
        places = [
            one.offset_data + at for one in archive for at in (0, one.size // 2, one.size - 1)
        ]

    for place in places:
        bundle.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(BundleInvalid):
            there.import_(bundle)

    assert there.names() == ()
    assert not list(there.folder.glob("*/.new-*"))


@pytest.mark.parametrize(
    "stranger",
    [
        header("../escape.json", 2),
        header("/tmp/escape.json", 2),
        header("folder/escape.json", 2),
        header("vocabulary.json", 2),
        header(MANIFEST, 2),
        header("code.pkl", 2),
        header("link.json", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        header("link.json", type=tarfile.LNKTYPE, linkname=WEIGHTS),
        header("folder", type=tarfile.DIRTYPE),
        header("pipe.json", type=tarfile.FIFOTYPE),
        header("device.json", type=tarfile.CHRTYPE),
        header("x" * 300 + ".json", 2),
    ],
    ids=lambda one: f"{one.name[:20]} {one.type.decode()}",
)
def test_nothing_comes_in_that_is_not_in_the_manifest(there, bundle, tmp_path, stranger):
    pack(bundle, [*members(bundle), (stranger, b"{}")])

    with pytest.raises(BundleInvalid):
        there.import_(bundle)

    assert there.names() == ()
    assert not list(tmp_path.rglob("escape.json"))


def test_a_sparse_file_that_would_grow_is_refused(there, bundle):
    manifest, *files = members(bundle)
    sparse = header("vocabulary.json", 512, type=tarfile.GNUTYPE_SPARSE)
    pack(bundle, [manifest, *files[:-2], (sparse, bytes(512))])

    with pytest.raises(BundleInvalid, match="plain file"):
        there.import_(bundle)


def test_a_file_that_claims_to_be_huge_takes_no_room(there, bundle):
    manifest, *files = members(bundle)
    for member, _ in files:
        member.size = 2**50
    with bundle.open("wb") as out:
        for member, content in [manifest, *files]:
            out.write(member.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512))

    with pytest.raises(BundleInvalid, match="another"):
        there.import_(bundle)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "../lamps"}, "name"),
        ({"version": "../1"}, "version"),
        ({"schema_version": 2}, "schema version 2"),
        ({"width": -1}, "width"),
        ({"files": {}}, "there is none"),
    ],
)
def test_a_manifest_that_breaks_the_rules_is_refused_even_with_its_digest_right(
    here, there, bundle, change, said
):
    (first, _), *files = members(bundle)
    changed = sealed(msgspec.structs.replace(here.get("lamps", "2").manifest, **change))
    content = msgspec.json.encode(changed)
    first.size = len(content)
    pack(bundle, [(first, content), *files])

    with pytest.raises(BundleInvalid, match=said):
        there.import_(bundle)

    assert there.names() == ()


def test_a_manifest_that_is_nested_without_end_is_refused(there, bundle):
    (first, _), *files = members(bundle)
    content = b'{"schema_version": 1, "config": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    first.size = len(content)
    pack(bundle, [(first, content), *files])

    with pytest.raises(BundleInvalid, match="recursion"):
        there.import_(bundle)


def test_a_number_too_large_to_go_on_from_is_not_taken_over(here, there, bundle):
    (first, _), *files = members(bundle)
    manifest = msgspec.structs.replace(here.get("lamps", "2").manifest, version="9" * 18)
    content = msgspec.json.encode(manifest)
    first.size = len(content)

    arrived, _ = there.import_(pack(bundle, [(first, content), *files]))

    assert arrived.version == "1"


def test_a_compressed_bundle_is_refused_with_a_remedy(there, bundle):
    packed = members(bundle)
    with tarfile.open(bundle, "w:gz") as archive:
        for member, content in packed:
            archive.addfile(member, io.BytesIO(content))

    with pytest.raises(BundleInvalid, match="catalograph models export"):
        there.import_(bundle)
