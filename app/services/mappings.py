"""Mappings by name: the files of one folder, which whoever runs the service fills."""

from __future__ import annotations

import re
from pathlib import Path

from app.errors import MappingUnknown
from graph.errors import MappingInvalid
from graph.ingest.mapping_file import parse_mapping

# A key of thousands of parts takes the parser time by the square of them.
LINE_MAX_CHARACTERS = 4_000
NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_mapping(folder: Path, name: str) -> str:
    """The text of the mapping `name`, which is valid.

    Raises:
        MappingUnknown: there is none of that name; names those there are.
        MappingInvalid: the place in it, and the reason.
    """
    path = folder / f"{name}.toml"
    if not NAME.fullmatch(name) or not path.is_file():
        raise MappingUnknown(name=name, known=mapping_names(folder))
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = f"cannot be read: {error.strerror}"
        raise MappingInvalid(path=name, place="file", reason=reason) from error
    return checked_mapping(content, name)


def checked_mapping(content: bytes, name: str) -> str:
    """The text of a mapping that came from somewhere else.

    Raises:
        MappingInvalid: the place in it, and the reason.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"is not UTF-8: byte {error.start}"
        raise MappingInvalid(path=name, place="file", reason=reason) from error
    for number, line in enumerate(text.splitlines(), 1):
        if len(line) > LINE_MAX_CHARACTERS:
            reason = f"is over {LINE_MAX_CHARACTERS:,} characters long; break the line"
            raise MappingInvalid(path=name, place=f"line {number}", reason=reason)
    try:
        parse_mapping(text, path=name)
    except (ValueError, RecursionError, OverflowError) as error:
        # Out of the parsers of TOML and of patterns: brackets or numbers without end.
        raise MappingInvalid(path=name, place="file", reason=f"is too much: {error}") from error
    return text


def mapping_names(folder: Path) -> list[str]:
    """Those that can be asked for, in the order of the alphabet."""
    if not folder.is_dir():
        return []
    return sorted(path.stem for path in folder.glob("*.toml") if NAME.fullmatch(path.stem))
