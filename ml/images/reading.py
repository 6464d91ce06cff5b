"""A file to a small upright picture, whatever the file may hold."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from ml.errors import ImageUnusable

# Other formats of Pillow run programs (EPS), or are no pictures of shops.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP")
MAX_BYTES = 64 * 2**20
MAX_PIXELS = 50_000_000  # of 4 bytes: 200 MB while it is read; larger than what cameras take
# What the decoders raise for damaged files; `Warning` where warnings are errors, as in our tests.
_DAMAGED = (
    *(OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError, ArithmeticError),
    *(struct.error, zlib.error, MemoryError, RuntimeError, Warning, Image.DecompressionBombError),
)


def read_picture(path: Path, side: int, address: str) -> Image.Image:
    """The picture in a file as RGB, `side` pixels wide and high whatever its shape was.

    It stands as its EXIF data say. What is transparent is white, as shops show it. Of several
    frames it is the first.

    Raises:
        ImageUnusable: the file is damaged, too large, or of another format; `address` is named.
    """
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise ImageUnusable(address=address, reason=f"has {size} bytes, over {MAX_BYTES}")
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:  # known before anything is unpacked
                reason = f"has {width} x {height} pixels, over {MAX_PIXELS}"
                raise ImageUnusable(address=address, reason=reason)
            image.draft(None, (2 * side, 2 * side))  # a JPEG unpacks at an eighth of its size
            ImageOps.exif_transpose(image, in_place=True)
            return _opaque(image).resize((side, side), Image.Resampling.BILINEAR)
    except _DAMAGED as error:
        reason = f"cannot be read: {error or type(error).__name__}"
        raise ImageUnusable(address=address, reason=reason) from error


def _opaque(image: Image.Image) -> Image.Image:
    """In RGB, on white."""
    if image.mode.startswith("I"):  # 16 bits of grey; `convert` would cut them off at 255
        grey = (np.asarray(image, dtype=np.float32) / 257).clip(0, 255).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
