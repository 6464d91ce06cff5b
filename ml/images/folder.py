"""Addresses of pictures to files of one folder; nothing is ever fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import url2pathname

from ml.errors import ImageFolderMissing, ImageUnusable

_ON_THE_WEB = ("http", "https")
_HERE = ("", "localhost")


@dataclass(frozen=True, slots=True)
class UnusableImages:
    """Pictures of one reading whose items count as without picture.

    Attributes:
        count: how many addresses.
        first: the first of them, with what is wrong with it.
    """

    count: int
    first: ImageUnusable


def _silent(unusable: UnusableImages) -> None:
    return


class ImageFolder:
    """The one folder that pictures are read from.

    Args:
        path: the folder.
        warn: hears, once for each reading, of pictures that are there and cannot be used.

    Raises:
        ImageFolderMissing: `path` is no folder.
    """

    def __init__(self, path: Path, warn: Callable[[UnusableImages], None] = _silent) -> None:
        if not path.is_dir():
            raise ImageFolderMissing(path=path)
        self.warn = warn
        self._path = path.resolve()

    def find(self, address: str) -> Path | None:
        """The file that an item's `image_url` means; None where there is none of that name.

        A path is one below the folder. Of a `file:` URL the path is taken as it is; of an address
        on the web the last part, because that is what a downloader leaves behind.

        Raises:
            ImageUnusable: the address leads out of the folder, also by a link, or is none.
        """
        try:
            named = _path_of(address)
            if named is None:
                return None
            path = (self._path / named).resolve()
            is_below = path.is_relative_to(self._path)
            is_there = is_below and path.is_file()
        except (OSError, RuntimeError, ValueError) as error:  # NUL, too long, links in a circle
            raise ImageUnusable(address=address, reason=f"is no address: {error}") from error
        if not is_below:
            raise ImageUnusable(address=address, reason="leads out of the folder of pictures")
        return path if is_there else None


def _path_of(address: str) -> str | None:
    """None for kinds of addresses that no file of a folder can have, such as `data:`."""
    url: SplitResult = urlsplit(address)
    if url.scheme in _ON_THE_WEB or (not url.scheme and url.netloc):
        return unquote(url.path.rpartition("/")[2])
    if url.scheme == "file":
        return url2pathname(url.path) if url.netloc in _HERE else None
    return None if url.scheme else address
