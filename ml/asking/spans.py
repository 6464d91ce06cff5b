"""A question as spans that each mean something, chosen so that they explain the most of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from graph.errors import ValueInvalid
from graph.text import currencies_of, find_quantities, find_unit, parse_number
from graph.text.numbers import fold_width
from ml.asking.keys import HAN_NUMERALS, han_number, is_number, stemmed
from ml.asking.kind_texts import before_kinds
from ml.asking.lexicon import AskingLexicon
from ml.asking.mending import mended
from ml.asking.senses import Sense
from ml.asking.synonyms import translated
from ml.asking.values import ValueSense
from ml.asking.words_en import NUMBERS
from ml.grounding.tokens import Token, is_han, stands_alone

# What a kind of span is worth for each word that it explains; a Chinese character is half a word.
_WORTH = {
    "model": 1.35,
    "series": 1.3,
    "brand": 1.25,
    "parameter": 1.2,
    "category": 1.2,
    "function": 1.1,
    "adjective": 1.15,
    "numeral": 1.0,
}
_WHOLE_VALUE, _PART_OF_SEVERAL, _PART_OF_VALUE = 1.15, 1.1, 1.0
_SURE_ENOUGH = 0.85  # the end of a model's name is worth nearly as much as all of it
_STANDARD = 1.35  # rather than a quantity: `5g`
_COMMA = re.compile(r"(?<!\d),|,(?!\d)|(?<=\s)\+(?=\s)")
_MYRIADS = {"万": 10_000, "亿": 100_000_000}
_IGNORED = 0.9
_QUANTITY, _NUMBER = 1.3, 0.9
_HAN_WIDTH = 0.6
_WORDS_TOO = frozenset({"°F"})  # `of`
_LONE_UNIT = 0.5  # a unit that nothing announces
_LONGER = 0.45  # for each further word: one long name rather than two short ones
_PREPOSITIONS = frozenset({"in", "a", "d", "t", "m"})  # behind a space, no units
_YEARS = range(1900, 2100)
_TELLS_APART = frozenset("第哪那每这同某近")
_BEFORE_NAMES = frozenset({"for", "by", "of", "from"})  # of a text they say no more than it does


@dataclass(frozen=True, slots=True)
class Span:
    """Some words of a question.

    Attributes:
        first, last: words; start, end: characters.
        senses: what it names; empty: it is a number, or nothing that is known.
        values: what texts of the graph it may be.
        number: with its unit, if one is written.
        function: what a function word does.
        read: what it was read as, where it has a typing error.
    """

    first: int
    last: int
    start: int
    end: int
    text: str
    senses: tuple[Sense, ...] = ()
    values: tuple[ValueSense, ...] = ()
    number: float | None = None
    unit: str | None = None
    worth: float = 0.0
    read: str | None = None

    @property
    def function(self) -> str | None:
        return self.senses[0].id if self.is_kind("function") else None

    @property
    def mended(self) -> bool:
        return self.read is not None

    @property
    def unknown(self) -> bool:
        return not self.senses and not self.values and self.number is None

    def is_kind(self, kind: str) -> bool:
        return bool(self.senses) and self.senses[0].kind == kind

    def does(self, *functions: str) -> bool:
        """Whether it may be one of these function words."""
        return any(one.kind == "function" and one.id in functions for one in self.senses)

    def of_kind(self, kind: str) -> tuple[Sense, ...]:
        return tuple(one for one in self.senses if one.kind == kind)


def spans(text: str, lexicon: AskingLexicon) -> list[Span]:
    """The spans of a question in its order; every word is in one of them."""
    text = text.replace("，", " ")
    folded = _COMMA.sub(" ", fold_width(text))  # no part of the number beside it
    words = [part for word in stemmed(folded) for part in _unglued(word, lexicon)]
    found = _chosen(folded, words, lexicon)
    wrong: dict[int, str] = {}
    for span in found:
        if span.unknown:
            wrong |= mended(span.first, words, lexicon)
    if not wrong:
        return _shortened(found, words, lexicon)
    words = [
        Token(wrong.get(place, word.key), word.start, word.end) for place, word in enumerate(words)
    ]
    found = [
        replace(span, read=_read(span, folded, words, wrong))
        for span in _chosen(folded, words, lexicon)
    ]
    return _shortened(found, words, lexicon)


def _read(span: Span, text: str, words: Sequence[Token], wrong: Mapping[int, str]) -> str | None:
    """What a span was read as, where a word in it is wrong."""
    if not any(place in wrong for place in range(span.first, span.last + 1)):
        return None
    parts, end = [], span.start
    for place in range(span.first, span.last + 1):
        word = words[place]
        parts += [text[end : word.start], wrong.get(place, text[word.start : word.end])]
        end = word.end
    return "".join(parts)


def _shortened(found: Sequence[Span], words: Sequence[Token], lexicon: AskingLexicon) -> list[Span]:
    """`Aurora 3 and 5`: the second of two names without the words that it shares with the first."""
    spans_ = list(found)
    for place in range(1, len(spans_)):
        span, before = spans_[place], place - 1
        while before > 0 and spans_[before].does("and", "or", "compare", "ignore", "than"):
            before -= 1
        joined = before < place - 1 or not words[span.first - 1].end < span.start
        bare = span.unknown or (span.number is not None and span.unit is None)
        if not (bare and joined and spans_[before].is_kind("model")):
            continue
        ends = place + 1 == len(spans_) or not spans_[place + 1].is_kind("category")
        name = [word.key for word in words[spans_[before].first : spans_[before].last + 1]]
        own = [word.key for word in words[span.first : span.last + 1]]
        for length in range(len(name) - 1, 0, -1):
            senses = lexicon.senses.get((*name[:length], *own), ())
            models = tuple(one for one in senses if one.kind == "model")
            if models and ends:
                spans_[place] = replace(span, senses=models, number=None)
                break
    return spans_


def _unglued(word: Token, lexicon: AskingLexicon) -> tuple[Token, ...]:
    """`aurorapro` as the two words of a name that it is."""
    parts = lexicon.glued.get(word.key)
    if parts is None:
        return (word,)
    middle = word.start + len(parts[0])
    return Token(parts[0], word.start, middle), Token(parts[1], middle, word.end)


def _chosen(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> list[Span]:
    """The best way through the words; ties go to fewer spans."""
    ending: list[list[Span]] = [[] for _ in words]
    for span in _candidates(text, words, lexicon):
        ending[span.last].append(span)
    best: list[tuple[float, Span | None]] = [(0.0, None)]
    for place, word in enumerate(words):
        unknown = Span(place, place, word.start, word.end, text[word.start : word.end])
        options = [(best[place][0], unknown)]
        options += [(best[span.first][0] + span.worth, span) for span in ending[place]]
        best.append(max(options, key=lambda option: (option[0], -option[1].first)))
    chosen: list[Span] = []
    place = len(words)
    while place:
        last = best[place][1]
        assert last is not None
        chosen.append(last)
        place = last.first
    return chosen[::-1]


def _candidates(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> Iterator[Span]:
    keys = [word.key for word in words]
    for first in range(len(words)):
        merged: dict[int, tuple[list[Sense], list[ValueSense], float]] = {}
        for last, senses in lexicon.found(keys, first):
            worth = max(_worth(sense) for sense in senses)
            by_worth = sorted(senses, key=lambda sense: -_worth(sense))
            merged[last] = (by_worth, [], worth)
        by_last = dict(_values(keys, first, lexicon))
        for last, found in before_kinds(keys, first, lexicon, by_last).items():
            values = _named_values(keys[first : last + 1], found, lexicon)
            if not values:
                continue
            kept, _, worth = merged.get(last, ([], [], 0.0))
            own = _worth_of_values(values, keys[first : last + 1])
            merged[last] = (kept, values, max(worth, own))
        for last, (senses_, values, worth) in merged.items():
            start, end = words[first].start, words[last].end
            senses_ = _meant_here(senses_, text, words[first : last + 1])
            if not senses_ and not values:
                continue
            if senses_ and senses_[0].kind == "model":
                parted = first < last and words[last - 1].end < words[last].start
                article = parted and words[last].key == "a"  # `is the Aurora 5 a lamp`
                if article or _is_phrase(text, words, first, lexicon):
                    continue
            if stands_alone(text, start, end) or _is_apostrophe(text, end):
                weighed = worth * _width(keys[first : last + 1]) + _LONGER * (last - first)
                yield Span(
                    first, last, start, end, text[start:end], tuple(senses_), tuple(values),
                    worth=weighed,
                )  # fmt: skip
    yield from _numbers(text, words, lexicon)
    yield from _units(text, words, lexicon)


def _named_values(
    keys: Sequence[str], values: list[ValueSense], lexicon: AskingLexicon
) -> list[ValueSense]:
    """Those that a phrase may mean: `on the` is part of many texts and names none of them."""
    if all(_is_function(key, lexicon) for key in keys):
        return []
    if near := [one for one in values if one.parameter in lexicon.near]:
        values = near
    elif lexicon.near and is_number(keys[0]):
        return []  # `phones under 100 g`, where it is a text of foods
    elif lexicon.near and len(keys) == 1:
        values = [one for one in values if one.exact]  # one word of what is said of other things
    if keys[0] in _BEFORE_NAMES and lexicon.texts.is_whole(tuple(keys[1:])):
        return []
    if len(keys) > 1 and (_is_article(keys[0], lexicon) or _is_said_alone(keys, lexicon)):
        return [one for one in values if one.exact]  # `a lamp` is no part of `X2a Lamp`
    return values


def _meant_here(senses: list[Sense], text: str, words: Sequence[Token]) -> list[Sense]:
    """The senses that fit how the words are written."""
    shown = text[words[0].start : words[-1].end]
    if shown.endswith("s") and not shown.lower().endswith(words[-1].key):
        senses = [one for one in senses if not _is_plural_of(one, len(words))]
    if shown.lower() == "s" and text[max(words[0].start - 1, 0)] not in "'’":
        # Without an apostrophe an s is part of a name: `Bolt S`.
        senses = [one for one in senses if one.kind != "function"]
    return senses


def _is_plural_of(sense: Sense, words: int) -> bool:
    """`Bolt lamps` are not the one model that is called `Bolt Lamp`."""
    return sense.kind == "model" and not sense.name.lower().endswith("s") and words > 1


def _worth_of_values(values: Sequence[ValueSense], keys: Sequence[str]) -> float:
    if is_number(keys[0]):
        return _STANDARD
    if any(value.exact for value in values):
        return _WHOLE_VALUE
    # `Coat B70` of a text rather than a word of it beside a model that is called `B70`.
    lettered = any(len(key) > 1 and key.isascii() and key.isalpha() for key in keys)
    return _PART_OF_SEVERAL if lettered and len(keys) > 2 else _PART_OF_VALUE


_UNIT = Sense("function", "unit", "", 0.9)
_ASKS_UNIT = frozenset({"多", "少", "几", "many", "in", "是", "much"})


def _units(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> Iterator[Span]:
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
                width = _width([word.key for word in words[first : last + 1]])
                worth = (1.0 if asks else _LONE_UNIT) * width + _LONGER * (last - first)
                shown = text[start:end]
                yield Span(first, last, start, end, shown, (_UNIT,), unit=unit.symbol, worth=worth)


def _is_function(word: str, lexicon: AskingLexicon) -> bool:
    return any(one.kind == "function" for one in lexicon.senses.get((word,), ()))


def _is_article(word: str, lexicon: AskingLexicon) -> bool:
    """Whether a word of one Latin letter does nothing in a question: `a`."""
    return word.isascii() and len(word) == 1 and _is_function(word, lexicon)


def _is_said_alone(keys: Sequence[str], lexicon: AskingLexicon) -> bool:
    """Whether only a function word stands beside a name: `for men` is no part of `Caps for Men`."""
    behind, before = tuple(keys[1:]), tuple(keys[:-1])
    if _is_function(keys[0], lexicon) and lexicon.texts.is_whole(behind):
        return True
    named = any(one.kind == "category" for one in lexicon.senses.get(before, ()))
    return named and _is_function(keys[-1], lexicon)


def _is_phrase(text: str, words: Sequence[Token], first: int, lexicon: AskingLexicon) -> bool:
    """`a 20` is an article and a number; `A20` may be a model."""
    lone = len(words[first].key) == 1 and words[first].key.isalpha() and words[first].key.isascii()
    return (
        lone
        and text[words[first].end : words[first].end + 1] == " "
        and any(one.kind == "function" for one in lexicon.senses.get((words[first].key,), ()))
    )


def _is_apostrophe(text: str, end: int) -> bool:
    return text[end : end + 1] in ("'", "’")


def _worth(sense: Sense) -> float:
    if sense.kind == "function" and sense.id == "ignore":
        return _IGNORED
    sure = max(sense.sure, _SURE_ENOUGH) if sense.kind == "model" else sense.sure
    return _WORTH[sense.kind] * sure


def _width(keys: Sequence[str]) -> float:
    return sum(_HAN_WIDTH if is_han(key) else 1.0 for key in keys)


def _values(
    keys: Sequence[str], first: int, lexicon: AskingLexicon
) -> Iterator[tuple[int, list[ValueSense]]]:
    """Values by their own words and by words of the same meaning."""
    found: dict[int, list[ValueSense]] = {}
    whole_alone = _ends_of_whole_alone(keys, first)
    for last, all_ in lexicon.texts.found(keys, first):
        if senses := [one for one in all_ if one.exact or last not in whole_alone]:
            found[last] = senses
    if is_number(keys[first]):  # `5G`, `1080 x 2340`
        fewest = first + (1 if _is_standard(keys[first : first + 2]) else 2)
        found = {last: senses for last, senses in found.items() if last >= fewest}
    for last in range(first, min(first + 8, len(keys))):
        for other in translated(tuple(keys[first : last + 1])):
            for end, senses in lexicon.texts.found([*other, *keys[last + 1 :]], 0):
                if end >= len(other) - 1:
                    place = last + end - len(other) + 1
                    known = {sense.parameter for sense in found.get(place, ())}
                    more = [sense for sense in senses if sense.parameter not in known]
                    found.setdefault(place, []).extend(more)
    for last, senses in found.items():
        if senses:
            yield last, senses


def _ends_of_whole_alone(keys: Sequence[str], first: int) -> Sequence[int]:
    """Where phrases end that mean whole texts alone: numbers, and characters as 海 of 上海.

    Of the latter those that are words, 黑 of 曜石黑, may be a part.
    """
    if is_number(keys[first]):
        return range(first, len(keys))
    lone = is_han(keys[first]) and not translated((keys[first],))
    return (first,) if lone else ()


def _is_standard(words: Sequence[str]) -> bool:
    """`5G` and `4K`, where a text of the graph is called so."""
    return len(words) == 2 and len(words[1]) == 1 and words[1].isascii() and words[1].isalpha()


def _numbers(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> Iterator[Span]:
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
            width = _width([word.key for word in words[first : last + 1]])
            letter = (
                text[end - 1].isupper() and not text[end - 2].isalpha()
            )  # 4G: GB, or a standard
            worth = (_NUMBER if letter else _QUANTITY) * width + _LONGER * (last - first)
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
            shown, worth = text[word.start : behind.end], _QUANTITY + _HAN_WIDTH
            number *= _MYRIADS[behind.key]
            yield Span(place, place + 1, word.start, behind.end, shown, (), (), number, unit, worth)
            if behind.key == "亿" and [one.key for one in words[place + 3 : place + 4]] == ["万"]:
                number += 10_000 * (_number(words[place + 2].key) or 0.0)  # 1亿800万
                last = place + (5 if text[words[place + 3].end :].startswith("像素") else 3)
                width = _width([one.key for one in words[place : last + 1]])
                shown, worth = text[word.start : words[last].end], width * _QUANTITY + 3 * _LONGER
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
            start, end, worth = word.start, behind.end, _QUANTITY * 2 + _LONGER
            unit = written.symbol
            yield Span(place, place + 1, start, end, text[start:end], (), (), number, unit, worth)


def _is_preposition(text: str, word: Token, lexicon: AskingLexicon) -> bool:
    """`5 in black`; `1.5 m` is a length where something is told in m."""
    units = {one.unit for one in lexicon.parameters.values()}
    return word.key in _PREPOSITIONS and (
        word.key == "in" or text[word.start : word.end] not in units
    )


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
                worth = _QUANTITY * _HAN_WIDTH * width + _LONGER * (width - 1)
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
            end, width = words[last].end, _HAN_WIDTH * (last - first + 1)
            worth = _QUANTITY * width + _LONGER * (last - first)
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
