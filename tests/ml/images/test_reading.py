"""Files to small pictures: every kind of file, good, odd and bad."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from ml.errors import ImageUnusable
from ml.images.reading import MAX_BYTES, read_picture
from tests.ml.images.pictures import drawn, halves

SIDE = 32
NEAR = 12  # of 255: what JPEG may change


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "picture"
        path.write_bytes(content)
        return read_picture(path, SIDE, "the address")

    return read


def encoded(picture, format="PNG", **options):
    file = io.BytesIO()
    picture.save(file, format, **options)
    return file.getvalue()


def colour_in_the_middle(picture):
    return np.asarray(picture)[SIDE // 2, SIDE // 2].astype(int)


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP"])
def test_every_format_of_shops_is_read(read, format):
    picture = read(encoded(drawn("red"), format))

    assert picture.mode == "RGB"
    assert picture.size == (SIDE, SIDE)
    np.testing.assert_allclose(colour_in_the_middle(picture), (255, 0, 0), atol=NEAR)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_mode_of_pixels_is_read(read, mode):
    if mode == "I;16":
        grey = np.asarray(drawn("black").convert("L"), dtype=np.uint16) * 257
        content = encoded(Image.fromarray(grey))
    else:
        content = encoded(drawn("black", mode=mode), "JPEG" if mode == "CMYK" else "PNG")

    picture = read(content)

    assert picture.mode == "RGB"
    np.testing.assert_allclose(colour_in_the_middle(picture), (0, 0, 0), atol=NEAR)
    np.testing.assert_allclose(np.asarray(picture)[1, 1], (255, 255, 255), atol=NEAR)


def test_16_bits_of_grey_keep_their_brightness(read):
    grey = Image.fromarray(np.full((8, 8), 0x8000, dtype=np.uint16))

    assert colour_in_the_middle(read(encoded(grey))) == pytest.approx([128] * 3, abs=1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(read, mode):
    if mode == "P":
        content = encoded(Image.new("P", (8, 8), 0), transparency=0)
    else:
        content = encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)).convert(mode))

    assert colour_in_the_middle(read(content)).tolist() == [255, 255, 255]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_as_its_camera_was_held(read, format):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter to the right
    upright = np.asarray(read(encoded(halves().transpose(Image.Transpose.ROTATE_270))))

    turned = np.asarray(read(encoded(halves(), format, exif=exif)))

    np.testing.assert_allclose(turned.astype(int), upright.astype(int), atol=40)
    assert turned[2].mean() < 50 < 200 < turned[-3].mean()


def test_the_first_frame_is_the_picture(read):
    frames = encoded(drawn("red"), "GIF", save_all=True, append_images=[drawn("blue")])

    np.testing.assert_allclose(colour_in_the_middle(read(frames)), (255, 0, 0), atol=NEAR)


def bomb(width, height):
    """A PNG that says it is that large; of its pixels there is nothing."""

    def chunk(name, content):
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"")
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height", "reason"),
    [
        (8_000, 8_000, "8000 x 8000 pixels, over 50000000"),
        (10_000, 10_000, "exceeds limit"),  # Pillow warns, and a warning is an error here
        (60_000, 60_000, "decompression bomb"),
    ],
)
def test_a_picture_that_would_fill_the_memory_is_not_unpacked(read, width, height, reason):
    with pytest.raises(ImageUnusable, match=reason):
        read(bomb(width, height))


def test_a_file_that_is_too_large_is_not_opened(tmp_path):
    path = tmp_path / "large.png"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)

    with pytest.raises(ImageUnusable, match=f"has {MAX_BYTES + 1} bytes"):
        read_picture(path, SIDE, "large.png")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>not found</html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 8 8\n",
        encoded(Image.new("RGB", (8, 8)), "TIFF"),
    ],
    ids=["empty", "a page", "svg", "a program", "another format"],
)
def test_what_is_no_picture_is_unusable(read, content):
    with pytest.raises(ImageUnusable, match="'the address' cannot be read: cannot identify"):
        read(content)


def test_a_file_that_may_not_be_read_is_unusable(tmp_path):
    with pytest.raises(ImageUnusable, match="cannot be read"):
        read_picture(tmp_path, SIDE, "a folder")


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP"])
def test_half_a_file_is_unusable(read, format):
    whole = encoded(Image.effect_noise((64, 64), 80).convert("RGB"), format)

    with pytest.raises(ImageUnusable):
        read(whole[: len(whole) // 2])


@pytest.mark.parametrize("box", [b"iloc", b"pitm", b"av1C"])
def test_an_avif_that_names_no_picture_is_unusable(read, box):
    whole = encoded(drawn("red"), "AVIF")

    with pytest.raises(ImageUnusable, match="cannot be read"):
        read(whole.replace(box, b"lost"))


EXIF = Image.Exif()
EXIF[0x0112] = 6
WHOLE = {
    format: encoded(drawn("red", size=(24, 16)), format, exif=EXIF)
    for format in ("JPEG", "PNG", "WEBP", "AVIF")
} | {format: encoded(drawn("red", size=(24, 16)), format) for format in ("GIF", "BMP")}


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    format=st.sampled_from(sorted(WHOLE)),
    length=st.integers(0, 2_000),
    changes=st.lists(st.tuples(st.integers(0, 2_000), st.binary(min_size=1, max_size=4))),
)
def test_a_damaged_file_is_a_picture_or_unusable(read, format, length, changes):
    content = bytearray(WHOLE[format][: length or None])
    for at, bytes in changes:
        content[at : at + len(bytes)] = bytes

    try:
        picture = read(content)
    except ImageUnusable:
        return
    assert (picture.mode, picture.size) == ("RGB", (SIDE, SIDE))
