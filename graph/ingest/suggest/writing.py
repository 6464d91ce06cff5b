"""A mapping as TOML, with the reasons for its lines as comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from graph.ingest.mapping_file import FieldSpec, FileSpec, MappingFile, ParameterSpec

# `pattern` reads better without doubled backslashes.
_LITERAL = re.compile(r"[^'\x00-\x08\x0a-\x1f\x7f]*\\[^'\x00-\x08\x0a-\x1f\x7f]*")


def write(
    mapping: MappingFile, *, head: Iterable[str], reasons: Mapping[str, str], tail: Iterable[str]
) -> str:
    """TOML that `parse_mapping` reads back as `mapping`.

    `reasons` go above their lines: by `id`, `fields.NAME`, `parameters.ID`, `file`.
    """
    lines = [*comment(*head), "", f"version = {mapping.version}", f'target = "{mapping.target}"']
    if mapping.changes:
        lines.append("changes = true")
    if mapping.missing_columns != "refuse":
        lines.append(f'missing_columns = "{mapping.missing_columns}"')
    if mapping.id is not None:
        lines += _reason(reasons, "id")
        lines.append(f"id = {_inline(_said(mapping.id))}")
    if file := _said(mapping.file):
        lines += ["", *_reason(reasons, "file"), "[file]", *_pairs(file)]
    lines += ["", "[fields]"]
    for name in mapping.fields.__struct_fields__:
        spec: FieldSpec | None = getattr(mapping.fields, name)
        if spec is not None:
            lines += _reason(reasons, f"fields.{name}")
            lines.append(f"{name} = {_inline(_said(spec))}")
    for parameter in mapping.parameters:
        lines += ["", *_reason(reasons, f"parameters.{parameter.id}"), "[[parameters]]"]
        lines += _pairs(_said(parameter))
    if rest := list(tail):
        lines += ["", *comment(*rest)]
    return "\n".join(lines) + "\n"


def comment(*sentences: str) -> list[str]:
    """One line each; what would end the comment early, such as a line break, goes."""
    return [f"# {_plain(sentence)}".rstrip() for sentence in sentences]


def _reason(reasons: Mapping[str, str], place: str) -> list[str]:
    return comment(reasons[place]) if place in reasons else []


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() and not "\ud800" <= c <= "\udfff" else " " for c in text)


def _said(spec: FileSpec | FieldSpec | ParameterSpec) -> dict[str, object]:
    """What of a table is not as it would be without saying it."""
    required = {"id", "name"} if isinstance(spec, ParameterSpec) else set()
    said: dict[str, object] = {}
    for info in msgspec.structs.fields(spec):
        value = getattr(spec, info.encode_name)
        if info.name in required or (value != info.default and value not in (None, ())):
            said[info.encode_name] = value
    return {name: said[name] for name in ("id", "name", *said) if name in said}


def _pairs(said: Mapping[str, object]) -> list[str]:
    return [f"{key} = {_value(value)}" for key, value in said.items()]


def _inline(said: Mapping[str, object]) -> str:
    return "{ " + ", ".join(_pairs(said)) + " }"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, tuple | list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, FieldSpec):
        return _inline(_said(value))
    return _string(str(value))


def _string(text: str) -> str:
    if _LITERAL.fullmatch(text):
        return f"'{text}'"
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped too.
    return msgspec.json.encode(text).decode().replace("\x7f", "\\u007f")
