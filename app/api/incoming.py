"""The body of an upload as a stream: what kind it is, and its pieces as they come."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import anyio
from starlette.requests import ClientDisconnect, Request

from app.errors import (
    BodyIncomplete,
    BodyTooLarge,
    BodyUnexpected,
    FormatUnknown,
    MediaTypeUnsupported,
    UploadStalled,
)

if TYPE_CHECKING:
    from graph.ingest.readers import Format

FORM = "multipart/form-data"
NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl")
# A suffix that fits the content, by which readers tell it.
SUFFIXES: dict[str, str] = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    **dict.fromkeys(NDJSON, ".ndjson"),
    "application/json": ".json",
    "application/vnd.apache.parquet": ".parquet",
}
# Types that say nothing of the format: `?format=` has to.
OPAQUE = (
    "application/octet-stream",
    "application/gzip",
    "application/x-gzip",
    "application/zstd",
    "text/plain",
)
_FORMATS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".txt": "lines",
}
_PACKED = (".gz", ".zst", ".zstd")
# Packed content is told by its first bytes, whatever the headers say.
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "zstd"})


async def pieces(request: Request, *, max_bytes: int, idle_s: float) -> AsyncGenerator[bytes, None]:
    """The body as it comes, none of it kept.

    Raises:
        BodyTooLarge: as soon as that is known.
        UploadStalled: nothing came for `idle_s`.
        BodyIncomplete: less came than was announced.
        ClientDisconnect: the client went away.
    """
    declared = declared_bytes(request)
    if declared is not None and declared > max_bytes:
        raise BodyTooLarge(max_bytes=max_bytes)
    read = 0
    more = True
    while more:
        piece, more = await _next_piece(request, idle_s)
        read += len(piece)
        if read > max_bytes:
            raise BodyTooLarge(max_bytes=max_bytes)
        if piece:
            yield piece
    if declared is not None and read < declared:
        raise BodyIncomplete(reason=f"{declared} bytes were announced and {read} came")


async def _next_piece(request: Request, idle_s: float) -> tuple[bytes, bool]:
    try:
        with anyio.fail_after(idle_s):
            message = await request.receive()
    except TimeoutError:
        raise UploadStalled(idle_s=idle_s) from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


def declared_bytes(request: Request) -> int | None:
    """What Content-Length says; None where the end is found by reading."""
    declared = request.headers.get("content-length", "")
    return int(declared[:20]) if declared.isascii() and declared.isdigit() else None


def has_body(request: Request) -> bool:
    """Whether one is announced; it may still turn out to be empty."""
    return bool(declared_bytes(request)) or "transfer-encoding" in request.headers


async def require_no_body(request: Request, *, idle_s: float) -> None:
    """Raises `BodyUnexpected` at the first byte of one."""
    if has_body(request):
        async for _ in pieces(request, max_bytes=1 << 20, idle_s=idle_s):
            raise BodyUnexpected


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def require_known_encoding(request: Request, *, packed: bool = True) -> None:
    """Raises `MediaTypeUnsupported`; a form has to come as it is: we look into it."""
    encoding = request.headers.get("content-encoding", "").strip().lower()
    if encoding not in (_ENCODINGS if packed else ("", "identity")):
        raise MediaTypeUnsupported(
            header="Content-Encoding",
            value=encoding[:100],
            remedy="send gzip, zstd or plain; a form only plain, with a packed file in it",
        )


def require_ndjson(request: Request) -> None:
    """Raises `MediaTypeUnsupported`."""
    sent = media_type(request)
    if sent not in NDJSON:
        raise MediaTypeUnsupported(
            header="Content-Type", value=sent[:100], remedy=f"send rejects as {NDJSON[0]}"
        )


def suffix_of_body(request: Request, format: Format | None) -> str:
    """The suffix that a raw body gets.

    Raises:
        MediaTypeUnsupported: the type is none of a dump, or says nothing without `format`.
    """
    sent = media_type(request)
    known = SUFFIXES.get(sent)
    if known is None and not (format and sent in ("", *OPAQUE)):
        raise MediaTypeUnsupported(
            header="Content-Type",
            value=sent[:100],
            remedy=f"send one of {', '.join(SUFFIXES)} or {FORM}, "
            f"or {OPAQUE[0]} with `?format=csv`, `ndjson`, `json`, `parquet` or `lines`",
        )
    return _agreed(known, format)


def suffix_of_file(name: str, content_type: str, format: Format | None) -> str:
    """The suffix that a file of a form gets: by its name, else by its type.

    Raises:
        FormatUnknown: neither tells, and there is no `format`.
    """
    by_name = [
        suffix.lower()
        for suffix in PurePosixPath(name).suffixes
        if suffix.lower() in _FORMATS and suffix.lower() not in _PACKED
    ]
    known = by_name[-1] if by_name else SUFFIXES.get(content_type)
    if known is None and format is None:
        raise FormatUnknown(name=name)
    return _agreed(known, format)


def _agreed(known: str | None, format: Format | None) -> str:
    """`format` counts, but `.tsv` is more exact than `csv`."""
    if known is not None and format in (None, _FORMATS[known]):
        return known
    return ".txt" if format == "lines" else f".{format}"
