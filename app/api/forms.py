"""Multipart forms with a dump in them, parsed as they come and never held."""

from __future__ import annotations

import re

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.errors import BodyIncomplete, FormInvalid, FormMalformed

# The largest by hand has 8 kB. Time to parse a hostile one grows with the square of its size.
MAPPING_MAX_BYTES = 128_000
_NAME_MAX_CHARS = 200
_HEADER_MAX_BYTES = 4_096
_HEADERS_MAX = 16
_NOT_CODED = frozenset({b"", b"7bit", b"8bit", b"binary"})
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]+")


class DumpForm:
    """Takes the body piece by piece and gives the file's bytes back; keeps the mapping.

    `file_name` and `file_type` are known from the first byte of the file on, `mapping` from the end
    of its part on.

    Raises:
        FormMalformed: the body is no form, whatever its header says.
        FormInvalid: a part that an import does not have, or has already.
    """

    def __init__(self, content_type: str) -> None:
        self.file_name: str | None = None
        self.file_type = ""
        self.mapping: bytes | None = None
        self._part = ""
        self._headers: dict[bytes, bytes] = {}
        self._header, self._value = bytearray(), bytearray()
        self._text, self._file = bytearray(), bytearray()
        self._ended = False
        self._parser = self._parser_of(content_type)

    def feed(self, piece: bytes) -> bytes:
        """The bytes of the file that are in `piece`."""
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise FormMalformed(reason=str(error)) from error
        found, self._file = bytes(self._file), bytearray()
        return found

    def finish(self) -> None:
        """Raises `BodyIncomplete` without a last boundary, `FormInvalid` without a file."""
        if not self._ended:
            raise BodyIncomplete(reason="the last boundary of the form is missing")
        if self.file_name is None:
            raise FormInvalid(part="file", reason="is missing")

    def _parser_of(self, content_type: str) -> MultipartParser:
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not boundary:
            raise FormMalformed(reason="Content-Type names no boundary")
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_field": self._add_to_header,
                    "on_header_value": self._add_to_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._add_to_part,
                    "on_part_end": self._end_part,
                    "on_end": self._end,
                },
                max_header_count=_HEADERS_MAX,
                max_header_size=_HEADER_MAX_BYTES,
            )
        except FormParserError as error:
            raise FormMalformed(reason=str(error)) from error

    def _begin_part(self) -> None:
        self._part, self._headers = "", {}

    def _add_to_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _add_to_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value).strip()
        self._header.clear()
        self._value.clear()

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._part = _shown(options.get(b"name", b""))[:_NAME_MAX_CHARS]
        if self._headers.get(b"content-transfer-encoding", b"").lower() not in _NOT_CODED:
            raise FormInvalid(part=self._part, reason="has to be sent as it is, in no encoding")
        match self._part:
            case "file" if self.file_name is None:
                self.file_name = _base_name(_shown(options.get(b"filename", b"")))
                self.file_type = _shown(self._headers.get(b"content-type", b"")).partition(";")[0]
            case "mapping" if self.mapping is None:
                pass
            case "file" | "mapping":
                raise FormInvalid(part=self._part, reason="is there twice")
            case _:
                raise FormInvalid(part=self._part, reason="is not known; send it in the query")

    def _add_to_part(self, data: bytes, start: int, end: int) -> None:
        if self._part == "file":
            self._file += data[start:end]
            return
        self._text += data[start:end]
        if len(self._text) > MAPPING_MAX_BYTES:
            raise FormInvalid(part="mapping", reason=f"is larger than {MAPPING_MAX_BYTES} bytes")

    def _end_part(self) -> None:
        if self._part == "mapping":
            self.mapping = bytes(self._text)

    def _end(self) -> None:
        self._ended = True


def _shown(sent: bytes) -> str:
    """What of a name can be shown and compared."""
    return _INVISIBLE.sub(" ", sent.decode("utf-8", "replace")).strip()


def _base_name(path: str) -> str:
    """Some clients send the whole path, of whatever system they run on."""
    return re.split(r"[/\\]", path)[-1][-_NAME_MAX_CHARS:] or "file"  # with what says its format
