"""Stable ids out of names: the same thing written differently gets the same id."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2s

from graph.text.excerpt import excerpt, refused
from graph.text.numbers import format_number

_CACHED_CHARS = 128  # longer texts rarely repeat and would fill the cache
_VALUE_SLUG_CHARS = 80  # an id stays readable in a URL and in a log line
_SKU_CHARS = 200

_ASCII_OTHER = re.compile(r"[^a-z0-9]+")
_DASHES = re.compile(r"-{2,}")
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]*")
# NFKC would glue these to the word: `Snapdragon™` must not become `snapdragontm`.
_MARKS_OF_TRADE = str.maketrans("™℠®©", "    ")
_VARIATION_SELECTORS = range(0xFE00, 0xFE10)


class _SlugAlphabet(dict[int, str]):
    """For `str.translate`: what each character of a folded text becomes in a slug."""

    def __missing__(self, code_point: int) -> str:
        kept = _slug_character(chr(code_point))
        if code_point < 0x10000:  # bounds the table at one plane
            self[code_point] = kept
        return kept


def _slug_character(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "LN":
        return character
    if ord(character) in _VARIATION_SELECTORS or category in ("Cf", "Me"):
        return ""  # invisible: a soft hyphen or zero-width space does not divide a word
    if category in ("Mn", "Mc"):
        return character  # vowels of Thai and the Indian scripts
    return "-plus-" if character == "+" else "-"


_SLUG_ALPHABET = _SlugAlphabet()


def slug(text: str) -> str:
    """Letters and digits of every script in lower case, joined by single `-`; never empty.

    Texts that differ in case, width, or in which signs and spaces stand between their words give
    the same slug. `+` counts as the word `plus`, so that `S9+` is `S9 Plus` and not `S9`.
    A text without letters and digits gets a short hash.
    """
    return _slug(text) if len(text) <= _CACHED_CHARS else _slug.__wrapped__(text)


@lru_cache(maxsize=16_384)
def _slug(text: str) -> str:
    if text.isascii():
        found = _ASCII_OTHER.sub("-", text.lower().replace("+", "-plus-")).strip("-")
    else:
        # Twice: what stood on both sides of a dropped character may combine.
        found = _letters_and_digits(_letters_and_digits(text.translate(_MARKS_OF_TRADE)))
    return found or "x" + _digest("".join(_folded(text).split()))


def _letters_and_digits(text: str) -> str:
    return _DASHES.sub("-", _folded(text).translate(_SLUG_ALPHABET)).strip("-")


def _folded(text: str) -> str:
    """Compatibility form without case; repeated, because each step can undo the other."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    while folded != text:
        text, folded = folded, unicodedata.normalize("NFKC", folded.casefold())
    return folded


def _digest(text: str) -> str:
    return blake2s(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _named(what: str, name: str) -> str:
    if not name or name.isspace():
        raise refused(name, f"a {what} needs a name; this one is empty")
    return slug(name)


def brand_id(name: str) -> str:
    return _named("brand", name)


def parameter_id(name: str) -> str:
    return _named("parameter", name)


def category_ids(path: Sequence[str]) -> list[str]:
    """The ids along a path from the root: `["Home", "Lamps"]` -> `["home", "home/lamps"]`."""
    ids: list[str] = []
    for name in path:
        step = _named("category", name)
        ids.append(f"{ids[-1]}/{step}" if ids else step)
    return ids


def model_id(brand: str | None, name: str) -> str:
    """`samsung-galaxy-s9`, whether or not the name repeats the brand."""
    own = _named("model", name)
    maker = slug(brand) if brand and not brand.isspace() else ""
    if not maker or own == maker or own.startswith(maker + "-"):
        return own
    return f"{maker}-{own}"


def distinct_id(id: str, name: str) -> str:
    """For a name that differs from another of the same `id` in its signs alone."""
    return f"{id}-{_digest(name)}"


def value_id(
    parameter: str, text: str | None = None, number: float | None = None, unit: str | None = None
) -> str:
    """`display=6.1in`, `chipset=snapdragon-410`; `parameter` is the parameter's id.

    A number decides alone, `text` is then only how it is shown. A long text is cut and told apart
    by a hash.
    """
    if number is not None:
        return f"{parameter}={format_number(number)}{unit or ''}"
    if text is None:
        raise refused("", f"a value of {parameter} needs a text or a number; it has neither")
    own = slug(text)
    if len(own) > _VALUE_SLUG_CHARS:
        own = f"{own[:_VALUE_SLUG_CHARS].rstrip('-')}-{_digest(own)}"
    return f"{parameter}={own}"


def content_sku(texts: Sequence[str]) -> str:
    """A SKU for a row that has none: the same texts at the same places give the same one."""
    joined = "\x1f".join(texts)
    return blake2s(joined.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def item_id(source: str, sku: str) -> str:
    """`source:sku`. The sku keeps its case and signs: to a shop, `a-1` and `A1` are two items."""
    if not _SOURCE.fullmatch(source):
        raise refused(
            source,
            f"{excerpt(source)} is not a source name; it takes small letters, digits and . _ -, "
            "and starts with a letter or digit, such as shop.example",
        )
    sku = sku.strip()
    if not sku:
        raise refused(sku, "the sku is empty; every item needs one that is unique in its source")
    if len(sku) > _SKU_CHARS:
        raise refused(sku, f"the sku has {len(sku)} characters; at most {_SKU_CHARS} are allowed")
    if not sku.isprintable():
        place, code = next((i, ord(c)) for i, c in enumerate(sku) if not c.isprintable())
        raise refused(
            sku, f"character {place + 1} of the sku, U+{code:04X}, is invisible; remove it"
        )
    return f"{source}:{sku}"
