"""Numbers, quantities and units of a question, as spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.errors import ValueInvalid
from graph.text import currencies_of, find_quantities, find_unit, parse_number
from ml.asking.keys import HAN_NUMERALS, han_number, is_number
from ml.asking.lexicon import AskingLexicon
from ml.asking.senses import Sense
from ml.asking.span import HAN_WIDTH, LONGER, Span, width_of
from ml.asking.words_en import NUMBERS
from ml.grounding.tokens import Token, is_han, stands_alone

_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_QUANTITY, _NUMBER = 1.3, 0.9
_WORDS_TOO = frozenset({"°F"})  # `of`
_LONE_UNIT = 0.5  # a unit that nothing announces
_PREPOSITIONS = frozenset({"in", "a", "d", "t", "m"})  # behind a space, no units
_YEARS = range(1900, 2100)
_TELLS_APART = frozenset("第哪那每这同某近")
_UNIT = Sense("function", "unit", "", 0.9)
_ASKS_UNIT = frozenset({"多", "少", "几", "many", "in", "是", "much"})


def unit_spans(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> Iterator[Span]:
    """`多少毫安`, `how many grams`, `(mm)`: the unit that an answer is asked in.

    Where nothing is measured in such a unit, the word is a part of a name: `the Bolt Volt`.
    """
    dimensions = lexicon.dimensions - {"count", "angle"}
    for first in range(len(words)):
        asks = first > 0 and words[first - 1].key in _ASKS_UNIT
        for last in range(first, min(first + 4, len(words))):
            start, end = words[first].start, words[last].end
            unit = find_unit(text[start:end])
            if unit is None or unit.dimension not in dimensions or unit.symbol == "year":
                continue
            if asks or (end - start > 1 and unit.symbol not in _WORDS_TOO):
                width = width_of([word.key for word in words[first : last + 1]])
                worth = (1.0 if asks else _LONE_UNIT) * width + LONGER * (last - first)
                shown = text[start:end]
                yield Span(first, last, start, end, shown, (_UNIT,), unit=unit.symbol, worth=worth)


def number_spans(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> Iterator[Span]:
    starts = {word.start: place for place, word in enumerate(words)}
    ends = {word.end: place for place, word in enumerate(words)}
    for start, end, number, unit in find_quantities(text):
        first = starts.get(start + (number < 0))  # a sign is no word
        if first is not None and not (_is_month(text[start:end]) or _is_owner(text, start, end)):
            last = ends.get(end, _word_before(words, end))
            if _names_parameter(words[first : last + 1], lexicon):
                continue  # `3.5 mm` where a socket is called so
            if currencies_of(text[end - 1 : end + 1]):
                continue  # 50欧元 are no ohms
            if _is_counter(unit) and _names_parameter(words[first + 1 : last + 1], lexicon):
                continue  # `1,500 pieces` where that is what a puzzle has so many of
            width = width_of([word.key for word in words[first : last + 1]])
            letter = (
                text[end - 1].isupper() and not text[end - 2].isalpha()
            )  # 4G: GB, or a standard
            worth = (_NUMBER if letter else _QUANTITY) * width + LONGER * (last - first)
            if (unit == "year" and number in _YEARS) or _is_counter(unit):
                yield Span(first, last, start, end, text[start:end], number=number, worth=worth)
            else:
                yield Span(first, last, start, end, text[start:end], (), (), number, unit, worth)
    yield from _bare_numbers(text, words, lexicon)
    yield from _spelled_numbers(text, words, lexicon)


def _bare_numbers(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> Iterator[Span]:
    """Numbers by themselves, and with a unit behind a space that some parameter is in."""
    for place, word in enumerate(words):
        whole = stands_alone(text, word.start, word.end) or _before_unit(text, word)
        number = _number(word.key) if is_number(word.key) else NUMBERS.get(word.key)
        if not whole or number is None:
            continue
        shown = text[word.start : word.end]
        if is_number(word.key):
            yield Span(place, place, word.start, word.end, shown, number=number, worth=_NUMBER)
        behind = words[place + 1] if place + 1 < len(words) else None
        if behind is not None and behind.key in _MYRIADS:
            unit = "px" if "像素" in text else None  # which is often left out behind 万
            shown, worth = text[word.start : behind.end], _QUANTITY + HAN_WIDTH
            number *= _MYRIADS[behind.key]
            yield Span(place, place + 1, word.start, behind.end, shown, (), (), number, unit, worth)
            if behind.key == "亿" and [one.key for one in words[place + 3 : place + 4]] == ["万"]:
                number += 10_000 * (_number(words[place + 2].key) or 0.0)  # 1亿800万
                last = place + (5 if text[words[place + 3].end :].startswith("像素") else 3)
                width = width_of([one.key for one in words[place : last + 1]])
                shown, worth = text[word.start : words[last].end], width * _QUANTITY + 3 * LONGER
                yield Span(
                    place, last, word.start, words[last].end, shown, (), (), number, unit, worth
                )
            continue
        if behind is None or is_han(behind.key) or _is_preposition(text, behind, lexicon):
            continue
        if word.end == behind.start or text[word.end : behind.start].strip():
            continue  # what is glued is found with all other quantities
        written = find_unit(text[behind.start : behind.end])
        if written is not None and written.dimension in lexicon.dimensions:
            start, end, worth = word.start, behind.end, _QUANTITY * 2 + LONGER
            unit = written.symbol
            yield Span(place, place + 1, start, end, text[start:end], (), (), number, unit, worth)


def _is_preposition(text: str, word: Token, lexicon: AskingLexicon) -> bool:
    """`5 in black`; `1.5 m` is a length where something is told in m."""
    if word.key not in _PREPOSITIONS:
        return False
    written = text[word.start : word.end]
    told = any(one.unit == written for one in lexicon.parameters.values())
    return word.key == "in" or not told


def _spelled_numbers(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> Iterator[Span]:
    """`五千毫安` and `一百五十克`, with the unit behind, or 元."""
    first = 0
    while first < len(words):
        last = first
        while last < len(words) and words[last].key in HAN_NUMERALS:
            last += 1
        number = han_number([word.key for word in words[first:last]])
        if number is not None:
            yield from _in_unit_behind(text, words, first, last, number)
            if last - first > 1 and _is_money(words[last : last + 1], lexicon):
                start, end, width = words[first].start, words[last - 1].end, last - first
                worth = _QUANTITY * HAN_WIDTH * width + LONGER * (width - 1)
                yield Span(first, last - 1, start, end, text[start:end], number=number, worth=worth)
        first = max(last, first + 1)


def _is_money(behind: Sequence[Token], lexicon: AskingLexicon) -> bool:
    senses = lexicon.senses.get(tuple(word.key for word in behind), ())
    return any(one.kind == "function" and one.id == "money" for one in senses)


def _in_unit_behind(
    text: str, words: Sequence[Token], first: int, behind: int, number: float
) -> Iterator[Span]:
    start = words[first].start
    for last in range(behind, min(behind + 4, len(words))):
        unit = find_unit(text[words[behind].start : words[last].end])
        half = words[first].key == "半" and unit is not None and unit.dimension != "time"
        if unit is None or unit.dimension in ("count", "angle") or half:
            continue
        if _lasts(words, first):
            end, width = words[last].end, HAN_WIDTH * (last - first + 1)
            worth = _QUANTITY * width + LONGER * (last - first)
            yield Span(first, last, start, end, text[start:end], (), (), number, unit.symbol, worth)


def _lasts(words: Sequence[Token], first: int) -> bool:
    """两年 and 三个月 are how long something takes, but not those of 第二年 and 哪一年."""
    return first == 0 or words[first - 1].key not in _TELLS_APART


def _names_parameter(words: Sequence[Token], lexicon: AskingLexicon) -> bool:
    senses = lexicon.senses.get(tuple(word.key for word in words), ())
    return any(one.kind == "parameter" for one in senses)


def _is_owner(text: str, start: int, end: int) -> bool:
    """`The 3's weight` is of a 3, and no matter of seconds."""
    return text[start:end].lower().endswith(("'s", "’s"))


def _is_month(written: str) -> bool:
    """12月 is a month of a year and 12个月 how long something takes."""
    return written.endswith("月") and not written.endswith("个月")


def _number(written: str) -> float | None:
    try:
        return parse_number(written)
    except ValueInvalid:
        return None


def _before_unit(text: str, word: Token) -> bool:
    return word.end < len(text) and is_han(text[word.end])


def _is_counter(symbol: str) -> bool:
    unit = find_unit(symbol)
    return unit is not None and unit.dimension == "count"


def _word_before(words: Sequence[Token], end: int) -> int:
    return max(place for place, word in enumerate(words) if word.start < end)
