"""A cell as the one normalised value of its parameter."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import assert_never

from graph.records import Parameter, ParameterKind, Value
from graph.text.excerpt import excerpt, refused
from graph.text.ids import value_id
from graph.text.numbers import DecimalSign, format_number, parse_number
from graph.text.quantities import parse_quantity
from graph.text.units import unit_of

_CACHED_CHARS = 128
_VALUE_CHARS = 1_000  # a description is not a value

# Zero-width joiners stay: Persian, Indian scripts and emoji are spelled with them.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKS_OF_TRADE = re.compile("[™℠®©]")
_PARENTHESES = re.compile(r"(?:\s*[(\[][^()\[\]]*[)\]])+\s*$")

_YES = re.compile(
    "yes|y|true|t|1|on|有|是|支持|具备|可|可以|能|含|oui|ja|sì|sí|si|sim|да|はい|예|✓|✔|√|available|supported"
    "|(?:https?://schema.org/)?(?:in[ _-]?stock|limited[ _-]?availability)|有货|现货"
    "|(?:sofort )?(?:auf lager|lieferbar|verfügbar|vorrätig)|en stock|disponible|disponibile"
)
_NO = re.compile(
    "no|n|false|f|0|off|none|无|無|否|不支持|没有|不可|不可以|不能|不含|non|nein|não|nao|нет|いいえ|아니요|✗|✘|×"
    "|not supported|not available|(?:currently )?unavailable|缺货|无货|售罄"
    "|(?:https?://schema.org/)?(?:out[ _-]?of[ _-]?stock|sold[ _-]?out|pre[ _-]?order"
    "|back[ _-]?order|discontinued)|ausverkauft|vergriffen"
    "|(?:(?:derzeit|zur ?zeit|momentan) )?nicht (?:auf lager|lieferbar|verfügbar|vorrätig)"
    "|épuisé|(?:en )?rupture(?: de stock)?|indisponible|agotado|sin stock|no disponible"
    "|esaurito|non disponibile"
)


def clean_text(raw: str) -> str:
    """A title or description on one line, with its own characters.

    HTML entities are decoded, whitespace becomes single spaces, control and invisible formatting
    characters go. Full-width letters stay as they are. Raises ValueInvalid for lone surrogates.
    """
    text = _without_entities(raw) if "&" in raw else raw
    if not text.isprintable():  # plain spaces are printable, all that follows is not
        if found := _SURROGATE.search(text):
            raise refused(
                raw,
                f"not UTF-8: U+{ord(found[0]):04X} at character {found.start() + 1} is half a "
                "character; write the file as UTF-8",
            )
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split())


def _without_entities(raw: str) -> str:
    try:
        return html.unescape(raw)
    except ValueError:  # int() of more digits than Python converts
        raise refused(raw, "a character reference (&#...;) has thousands of digits") from None


def normalise_value(
    raw: str, parameter: Parameter, *, decimal: DecimalSign = "auto", decimals: int | None = None
) -> Value:
    """The value that a cell states for a parameter.

    Equal values have equal ids: text without regard to case and width, numbers in the parameter's
    unit. The text of a value keeps the case of the cell. Raises ValueInvalid with the reason.
    """
    normalise = _normalise if len(raw) <= _CACHED_CHARS else _normalise.__wrapped__
    rounded_to = parameter.decimals if decimals is None else decimals
    return normalise(raw, parameter.id, parameter.kind, parameter.unit, decimal, rounded_to)


@lru_cache(maxsize=16_384)
def _normalise(
    raw: str,
    parameter: str,
    kind: ParameterKind,
    unit: str | None,
    decimal: DecimalSign,
    decimals: int | None,
) -> Value:
    cell = _cell(raw)
    match kind:
        case "text":
            cell = _compatible(cell)
            return Value(id=value_id(parameter, cell), parameter=parameter, text=cell)
        case "number":
            return _number(cell, parameter, unit, decimal, decimals)
        case "boolean":
            return _boolean(cell, parameter)
        case _:
            assert_never(kind)


def _cell(raw: str) -> str:
    if len(raw) > _VALUE_CHARS:
        raise refused(
            raw, f"a value cannot have {len(raw)} characters; at most {_VALUE_CHARS} are allowed"
        )
    cell = clean_text(raw)
    if not cell:
        raise refused(raw, "the cell is empty; write a value, or leave it out")
    return cell


def _compatible(cell: str) -> str:
    """NFKC. Not for numbers, where it would read `10²` as 102."""
    if cell.isascii():
        return cell
    folded = unicodedata.normalize("NFKC", _MARKS_OF_TRADE.sub(" ", cell))
    return " ".join(folded.split()) or cell


def _number(
    cell: str, parameter: str, unit: str | None, decimal: DecimalSign, decimals: int | None
) -> Value:
    if unit is None:
        number = parse_number(cell, decimal=decimal)
        number = number if decimals is None else round(number, decimals) + 0.0
        text = format_number(number)
    else:
        unit = unit_of(unit).symbol
        number = parse_quantity(cell, unit=unit, decimal=decimal, decimals=decimals)
        text = f"{format_number(number)} {unit}"
    identity = value_id(parameter, None, number, unit)
    return Value(id=identity, parameter=parameter, text=text, number=number, unit=unit)


def _boolean(cell: str, parameter: str) -> Value:
    word = _PARENTHESES.sub("", _compatible(cell)).strip(" .!").casefold()
    if _YES.fullmatch(word):
        text = "yes"
    elif _NO.fullmatch(word):
        text = "no"
    else:
        raise refused(cell, f"{excerpt(cell)} is neither yes nor no; write yes or no")
    return Value(id=value_id(parameter, text), parameter=parameter, text=text)
