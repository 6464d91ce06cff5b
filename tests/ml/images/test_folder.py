"""Which file an address means, and that none leads out of the folder."""

import os

import pytest

from ml.errors import ImageFolderMissing, ImageUnusable
from ml.images.folder import ImageFolder


@pytest.fixture
def folder(tmp_path):
    inside = tmp_path / "pictures"
    (inside / "small").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"not yours")
    (inside / "a.png").write_bytes(b"a")
    (inside / "a b.png").write_bytes(b"a b")
    (inside / "small" / "c.png").write_bytes(b"c")
    return inside


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("a.png", "a.png"),
        ("a b.png", "a b.png"),
        ("./small/c.png", "small/c.png"),
        ("small/../a.png", "a.png"),
        ("https://shop.example/x/y/a.png?width=80#top", "a.png"),
        ("http://shop.example/a%20b.png", "a b.png"),
        ("//shop.example/x/a.png", "a.png"),
        ("file://{folder}/small/c.png", "small/c.png"),
        ("file://localhost{folder}/a%20b.png", "a b.png"),
        ("{folder}/a.png", "a.png"),
    ],
)
def test_an_address_means_a_file_of_the_folder(folder, address, file):
    found = ImageFolder(folder).find(address.format(folder=folder))

    assert found == folder / file


@pytest.mark.parametrize(
    "address",
    [
        "none.png",
        "small",
        "",
        "https://shop.example/",
        "https://shop.example/small/c.png",  # only the last part counts, and there is no such file
        "data:image/png;base64,AAAA",
        "ftp://shop.example/a.png",
        "file://elsewhere/a.png",
    ],
)
def test_what_no_file_has_is_no_picture(folder, address):
    assert ImageFolder(folder).find(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "../secret.png",
        "small/../../secret.png",
        "{parent}/secret.png",
        "file://{parent}/secret.png",
        "file://{folder}/../secret.png",
        "file://{folder}/%2e%2e/secret.png",
        "https://shop.example/..%2Fsecret.png",
        "/etc/passwd",
    ],
)
def test_an_address_that_leads_out_of_the_folder_is_refused(folder, address):
    address = address.format(folder=folder, parent=folder.parent)

    with pytest.raises(ImageUnusable, match="leads out of the folder") as refused:
        ImageFolder(folder).find(address)

    assert refused.value.address == address


def test_a_link_that_leads_out_of_the_folder_is_refused(folder):
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "inside.png").symlink_to(folder / "a.png")

    with pytest.raises(ImageUnusable, match="leads out"):
        ImageFolder(folder).find("link.png")
    assert ImageFolder(folder).find("inside.png") == folder / "a.png"


@pytest.mark.parametrize("address", ["a\0.png", "a" * 5_000, "http://[x/a.png"])
def test_what_is_no_address_is_unusable(folder, address):
    with pytest.raises(ImageUnusable, match="is no address"):
        ImageFolder(folder).find(address)


def test_links_in_a_circle_are_no_picture(folder):
    (folder / "one.png").symlink_to(folder / "two.png")
    (folder / "two.png").symlink_to(folder / "one.png")

    with pytest.raises(ImageUnusable, match="is no address"):
        ImageFolder(folder).find("one.png")


def test_a_pipe_is_no_picture_and_holds_nobody_up(folder):
    os.mkfifo(folder / "pipe.png")

    assert ImageFolder(folder).find("pipe.png") is None


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ImageFolderMissing, match="CATALOGRAPH_IMAGES"):
        ImageFolder(tmp_path / "none")
