"""An item's fields, cleaned and cut into words, model numbers, sizes and prices, once per item."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graph.errors import ValueInvalid
from graph.text.numbers import parse_number
from graph.text.quantities import find_quantities
from graph.text.units import unit_of
from graph.text.values import clean_text
from ml.matching.records import Fields, identity
from ml.matching.roles import Roles

# What makes a product is said early; pairs of longer texts would cost milliseconds each.
NAME_CHARS, WHOLE_CHARS = 400, 2_000

_SURROGATES = re.compile("[\ud800-\udfff]")
# Numbers keep their decimal point; a script without spaces gives a word per character.
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"\d+\.\d+|[{_CJK}]|[^\W_{_CJK}]+")
_SIGNS = re.compile(r"[\W_]+")
_CODE_BREAKS = str.maketrans("", "", "-/._#")
_NUMBER_WITH_UNIT = re.compile(r"\d+(?:x\d+)*[a-z]{1,5}|\d+(?:st|nd|rd|th)|[a-z]?\d+x\d+[a-z]*")
_MONEY = re.compile(r"(?<![\w.])\d{1,6}\.\d\d?(?![\w.])")


@dataclass(frozen=True, slots=True)
class PreparedText:
    """One text.

    Attributes:
        words: in their order; `word_set` without their order.
        squashed: letters and digits alone, so that `kx-tg 1032` holds `kxtg1032`.
        codes: what looks like a model number, squashed.
        numbers: words that are numbers.
        sizes: numbers in base units by dimension, such as `length`.
    """

    text: str
    words: tuple[str, ...]
    word_set: frozenset[str]
    squashed: str
    codes: tuple[str, ...]
    numbers: frozenset[str]
    sizes: Mapping[str, frozenset[float]]

    @classmethod
    def of(cls, text: str) -> PreparedText:
        words = tuple(_WORD.findall(text))
        return cls(
            text=text,
            words=words,
            word_set=frozenset(words),
            squashed=_SIGNS.sub("", text),
            codes=_codes(text),
            numbers=frozenset(word for word in words if word[0].isdigit() and _is_number(word)),
            sizes=_sizes(text),
        )


@dataclass(frozen=True, slots=True)
class PreparedItem:
    """One item.

    Attributes:
        fields: cleaned, those that are filled.
        brand, code: squashed; "" where unknown.
        price: None where unknown.
        stray_prices: numbers in the texts that are written like money.
    """

    name: PreparedText
    whole: PreparedText
    fields: Mapping[str, str]
    brand: str
    code: str
    price: float | None
    stray_prices: frozenset[float]


def prepare(fields: Fields, roles: Roles) -> PreparedItem:
    """Cleans, cuts and reads; the name of an item without one is all that it says."""
    cleaned = {name: text for name in fields if (text := tidy(fields[name])[:WHOLE_CHARS])}
    texts = [text for name, text in cleaned.items() if name not in roles.price]
    whole = PreparedText.of(" ".join(texts)[:WHOLE_CHARS])
    name = _first(cleaned, roles.name)
    return PreparedItem(
        name=PreparedText.of(name[:NAME_CHARS]) if name else whole,
        whole=whole,
        fields=cleaned,
        brand=_SIGNS.sub("", _first(cleaned, roles.brand)),
        code=_SIGNS.sub("", _first(cleaned, roles.code)),
        price=number_in(_first(cleaned, roles.price)),
        stray_prices=frozenset(float(found) for found in _MONEY.findall(whole.text)),
    )


class Preparing:
    """Prepares many items, those that say the same only once."""

    def __init__(self, roles: Roles) -> None:
        self._roles = roles
        self._known: dict[str, PreparedItem] = {}

    def pairs(
        self, pairs: Sequence[tuple[Fields, Fields]]
    ) -> list[tuple[PreparedItem, PreparedItem]]:
        return [(self(left), self(right)) for left, right in pairs]

    def __call__(self, fields: Fields) -> PreparedItem:
        key = identity(fields)
        if key not in self._known:
            self._known[key] = prepare(fields, self._roles)
        return self._known[key]


@lru_cache(maxsize=16_384)
def tidy(raw: str) -> str:
    """Lower case, one width, one space; halves of broken characters go."""
    text = clean_text(_SURROGATES.sub("", raw[: 2 * WHOLE_CHARS]))
    return unicodedata.normalize("NFKC", text).casefold()


def number_in(text: str) -> float | None:
    """The number of a cell such as `$ 1,299.00`; None where there is none."""
    found = re.search(r"\d[\d.,]*", text)
    if found is None:
        return None
    try:
        return parse_number(found[0].rstrip(".,"))
    except ValueInvalid:
        return None


def _first(fields: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if name in fields), "")


def _is_number(word: str) -> bool:
    return word.replace(".", "", 1).isdecimal()


def _codes(text: str) -> tuple[str, ...]:
    found = []
    for chunk in text.split():
        code = chunk.strip("()[]{},;:'\"!?*").translate(_CODE_BREAKS)
        if len(code) >= 4 and code.isalnum() and _is_code(code) and code not in found:
            found.append(code)
    return tuple(found)


def _is_code(code: str) -> bool:
    digits = sum(map(str.isdecimal, code))
    if digits == len(code):
        return digits >= 5
    return digits > 0 and code.isascii() and not _NUMBER_WITH_UNIT.fullmatch(code)


def _sizes(text: str) -> Mapping[str, frozenset[float]]:
    found: dict[str, set[float]] = {}
    for _, _, number, symbol in find_quantities(text):
        unit = unit_of(symbol)
        base = float(f"{number * unit.factor + unit.offset:.3g}")
        found.setdefault(unit.dimension, set()).add(base)
    return {dimension: frozenset(numbers) for dimension, numbers in found.items()}
