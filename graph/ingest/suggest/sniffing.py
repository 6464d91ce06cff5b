"""The first bytes of a file to its format, encoding and delimiter, where its name does not tell."""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections import Counter
from pathlib import Path

import pyarrow

from graph.errors import ImportFailed
from graph.ingest.mapping_file import FileSpec
from graph.ingest.readers import Format
from graph.ingest.suggest.proposal import Decision, percent

HEAD_BYTES = 1 << 20
LINES = 200  # that must agree about a delimiter
DELIMITERS = ",;\t|^"
AGREEING = 0.8  # of the lines are as wide as the header
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_COMPRESSED = (".gz", ".zst", ".zstd")
_BY_NAME: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".parquet": "parquet",
    ".txt": "lines",
}
_HEADER_CHARACTERS, _HEADER_WORDS = 40, 5  # a name of a column has fewer


def sniff(path: Path) -> tuple[FileSpec, list[Decision]]:
    """How `path` is written; only what the importer would not find by itself is set.

    Raises:
        ImportFailed: the file cannot be read, or is empty.
    """
    head = _head(path)
    if not head.strip():
        raise ImportFailed(file=str(path), place="line 1", reason="the file is empty")
    if head.startswith(b"PAR1"):
        return FileSpec(), []
    encoding, why = _encoding(head)
    text = _text(head, encoding)
    decisions = [] if why is None else [Decision("", "file", f"encoding {encoding}", why)]
    by_name = _format_by_name(path)
    found, delimiter, reason = _format(text, by_name)
    default = "\t" if ".tsv" in path.suffixes else ","
    if found != by_name:
        decisions.append(Decision("", "file", f"format {found}", reason))
    if delimiter is not None and delimiter != default:
        decisions.append(Decision("", "file", f"delimiter {delimiter!r}", reason))
    spec = FileSpec(
        format=None if found == by_name else found,
        encoding=encoding,
        delimiter=None if delimiter == default else delimiter,
    )
    return spec, decisions


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as raw:
            magic = raw.read(4)
            raw.seek(0)
            for prefix, compression in _COMPRESSIONS.items():
                if magic.startswith(prefix):
                    file = pyarrow.PythonFile(raw, mode="r")
                    with pyarrow.CompressedInputStream(file, compression) as stream:
                        return bytes(stream.read(HEAD_BYTES))
            return raw.read(HEAD_BYTES)
    except pyarrow.ArrowException as error:
        reason = f"the file is cut off or damaged ({error}); get it again"
        raise ImportFailed(file=str(path), place="line 1", reason=reason) from error
    except OSError as error:
        reason = f"cannot be read: {error.strerror or error}"
        raise ImportFailed(file=str(path), place="open", reason=reason) from error


def _encoding(head: bytes) -> tuple[str, str | None]:
    """The encoding, and why it is not UTF-8 if it is not."""
    if head.startswith(_MARKS):
        return "utf-8", None  # the reader sees the mark itself
    read = codecs.getincrementaldecoder("utf-8")("replace").decode(head)
    broken = read.count("\ufffd")
    intact = sum(not character.isascii() for character in read) - broken
    if broken == 0 or intact > 3 * broken:  # a few broken cells in a file of UTF-8
        return "utf-8", None
    chinese = _decoded(head, "gb18030")
    if chinese is not None:
        foreign = [character for character in chinese if not character.isascii()]
        common = sum("\u4e00" <= character <= "\u9fff" for character in foreign)
        # Of a western text, what follows an accent is a letter: it would be half of a sign.
        halves = sum(character.encode("gb18030")[-1] < 0x80 for character in foreign)
        if common >= 0.7 * len(foreign) and len(foreign) >= max(2, 2 * halves):
            why = f"is not UTF-8; as gb18030, {percent(common / len(foreign))} of it are Chinese"
            return "gb18030", why
    western = "cp1252" if _decoded(head, "cp1252") is not None else "latin-1"
    return western, f"is not UTF-8 ({broken:,} places), and reads as {western}"


def _decoded(head: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        return None


def _text(head: bytes, encoding: str) -> str:
    if head.startswith(_MARKS):
        encoding = "utf-16"
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    return text.removeprefix("\ufeff")


def _format_by_name(path: Path) -> Format | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    named = [suffix for suffix in suffixes if suffix not in _COMPRESSED and suffix in _BY_NAME]
    return _BY_NAME[named[-1]] if named else None


def _format(text: str, by_name: Format | None) -> tuple[Format, str | None, str]:
    start = text.lstrip()[:1]
    if start == "[" and by_name in (None, "json", "ndjson"):
        return "json", None, "begins with ["
    if start == "{" and (by_name in (None, "json", "ndjson") or _is_object(text)):
        return "ndjson", None, "begins with {: an object on each line"
    delimiter, width, share = _delimiter(text)
    agree = f"{percent(share)} of the first lines have {width} cells"
    if by_name == "csv" and not (width == 1 and _is_title(text)):
        return "csv", delimiter, agree
    if delimiter is not None and width > 1 and not _is_prose(text, delimiter):
        return "csv", delimiter, agree
    return "lines", None, "has no delimiter and no header: a text on each line"


def _is_prose(text: str, delimiter: str) -> bool:
    """Titles with a comma in each agree by chance: a space follows it, or line 1 has no names."""
    spaced = text.count(f"{delimiter} ")
    names = text.lstrip().splitlines()[0].split(delimiter)
    return spaced > 0.5 * text.count(delimiter) or any(map(_is_sentence, names))


def _is_sentence(name: str) -> bool:
    return len(name) > _HEADER_CHARACTERS or len(name.split()) >= _HEADER_WORDS


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text.lstrip().splitlines()[0]), dict)
    except (ValueError, RecursionError):
        return False


def _delimiter(text: str) -> tuple[str | None, int, float]:
    """The delimiter that most lines agree about, the width of the header, and their share."""
    found = [(*_agreement(text, delimiter), delimiter) for delimiter in DELIMITERS]
    wide = [each for each in found if each[0] > 1 and each[1] >= AGREEING]
    if wide:
        # A comma inside of titles agrees by chance; more cells at nearly the same share do not.
        width, share, delimiter = max(wide, key=lambda each: (round(each[1], 1), each[0]))
        return delimiter, width, share
    narrow = [each for each in found if each[0] == 1]
    if not narrow:
        return ",", found[0][0], found[0][1]
    width, share, delimiter = max(narrow, key=lambda each: each[1])
    return delimiter, width, share


def _agreement(text: str, delimiter: str) -> tuple[int, float]:
    widths = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            if cells:
                widths.append(len(cells))
            if len(widths) > LINES:
                break
    except csv.Error:
        pass  # what was read until then decides
    if len(widths) > 1 and len(widths) <= LINES and not text.endswith("\n"):
        widths.pop()  # the head may end in the middle of a line
    if not widths:
        return 0, 0.0
    rest = Counter(widths[1:])
    return widths[0], rest[widths[0]] / max(1, len(widths) - 1) if rest else 1.0


def _is_title(text: str) -> bool:
    """Whether line 1 of a file with one column is a text itself, and no name for texts."""
    first = text.lstrip().splitlines()[0].strip('" ')
    return len(first) > _HEADER_CHARACTERS and len(first.split()) >= _HEADER_WORDS
