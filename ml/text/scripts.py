"""Chinese of the traditional script as the simplified one and back, character by character."""

from __future__ import annotations

import gzip
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import islice, product

import msgspec


def in_simplified(text: str) -> str:
    """`髮膜` as `发膜`; every character keeps its position, and all else is as it was."""
    return text if text.isascii() else text.translate(_simplified())


def in_either_script(text: str, *, most: int = 16) -> tuple[str, ...]:
    """Every way to write a few characters: 面条, 面條, 麵条, 麵條."""
    signs = [(sign, *_traditional().get(sign, ())) for sign in in_simplified(text)]
    return tuple(map("".join, islice(product(*signs), most)))


@cache
def _traditional() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for code, sign in _simplified().items():
        found[sign].append(chr(code))
    return {sign: tuple(sorted(others)) for sign, others in found.items()}


@cache
def _simplified() -> Mapping[int, str]:
    packed = (files("wordfreq") / "data" / "_chinese_mapping.msgpack.gz").read_bytes()
    return msgspec.msgpack.decode(gzip.decompress(packed), type=dict[int, str])
