"""Every place of a text that may state a value: names, quantities, numbers, yes and no."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from graph.errors import ValueInvalid
from graph.records import Parameter, Value
from graph.text import find_quantities, find_unit, normalise_value
from graph.text.numbers import DecimalSign
from graph.text.unit_table import Unit
from ml.grounding.lexicon import Lexicon
from ml.grounding.ranges import FoundQuantity, Ranges, goes_on, range_before
from ml.grounding.shapes import numberless
from ml.grounding.tokens import NOT, Token, key, stands_alone, tokens

How = Literal["name", "shape", "quantity", "letter", "number", "flag"]

# `4+64GB` and `6/128 GB` name the unit once, for both.
_BARE_BEFORE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)?)\s?[+/]\s?$")
_HYPHENED = re.compile(r"(?<![\w.,-])(\d+(?:[.,]\d+)?)-([^\W\d_]{2,})")  # 6.5-inch
_TWO_WAYS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}(?![\d.,])")  # 30.000: thirty, or thirty thousand
_UNIT_BEHIND = re.compile(r"[\d.,\s]+")
# `40 W`. A lone letter behind a space is as often a part of a name (`Class A 12 W`, `802.11 a/b`):
# it is read only of a dimension that some parameter is in, and trusted as a kind of its own.
_LETTERED = re.compile(r"(?<![.,\d])(\d+(?:[.,]\d+)?)\s([AVWLglmvw])(?![+'’&]|-\d|[/.][^\W\d_])")
_CODE_BEFORE = re.compile(r"(?:(?<![A-Za-z0-9])[A-WYZ][\s-]|[A-Za-z]-)$")  # `2 X 40 W` is no code
_DENIED = re.compile(
    rf"(?:\b(?:{'|'.join(NOT)}|w/o)[\s-]*(?:\ban?\s)?"
    r"|不支持|没有|不带)$",
    re.I,
)
_NO = re.compile(rf"{_DENIED.pattern}|[无無非]$", re.I)  # of names it is not: 南非 is a country
_CELL = re.compile(r"\s*[:=]\s*([^\s|,;<]+)|\s*\|\s*([^\s|,;<]+)\s*(?=\||$)")  # `NFC: no`
_NOT_BEHIND = re.compile(r"\s*[:=]?\s*(?:is\s)?(?:not|nicht)\b", re.I)
_NUMBER_BEFORE = re.compile(r"(?<![\w.,])(\d+(?:[.,]\d+)*)(?:\s?[x×])?[\s-]*$", re.I)  # 12x zoom
_NUMBER_BEHIND = re.compile(r"\s*([:=])?[\s(]*(\d+(?:[.,]\d+)*)(?:\s?[x×])?(?![^\W_]|[.,]\d)", re.I)
_UNIT_IN_NAME = re.compile(  # `Height (cm): 42`
    r"\s*[(\[]\s*([^()\[\]\d]{1,12}?)\s*[)\]]\s*[:=|\t]?\s*([+-]?\d+(?:[.,]\d+)*)(?!\w)"
)
# `3G` by itself is a network of the third generation, of a phone as of a router or a watch; a size
# is written so beside a larger one (`4G+64G`), or beside its name.
_GENERATION = re.compile(r"[2-5]g(?!\s?[+/]\s?(?:\d{2}|\dT))", re.I)
_LARGER_BEFORE = re.compile(r"(?:\d{2,}\s?(?:GB?)?|\d\s?TB?)\s?[+/]\s?$", re.I)
_SEVERAL = re.compile(r"\d\s?[-–—~～+/x×]$", re.I)
_MORE_BEHIND = re.compile(r"[-–/x×+.,']\w|\s[-–/]\s?\d")  # size 38-40, M/L
_BEFORE_CHARS = 24  # what is looked at before a place: a text of a megabyte has many places
CUE_WORDS = 2  # a parameter's name speaks of what stands at most so many words off

Measured = tuple[Parameter, Unit]  # a parameter of numbers, and its unit


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of a text that may state a value.

    Attributes:
        value: normalised as the graph does it, known to it or not.
        how: what gave it away.
        cued: the parameter's name stands beside it.
        own_unit: it is written in the unit of the parameter.
        denied: a word before it says that it is not so.
    """

    parameter: str
    value: Value
    start: int
    end: int
    how: How
    cued: bool = False
    own_unit: bool = False
    denied: bool = False


@dataclass(frozen=True, slots=True)
class _Cue:
    parameter: Parameter
    first: int  # of its words
    last: int
    start: int
    end: int


def mentions(text: str, lexicon: Lexicon) -> list[Mention]:
    """All of them, many in contradiction to one another, in the order of the text."""
    words = tokens(text)
    cues = _Cues(text, words, lexicon)
    measured = _measured(lexicon.parameters)
    quantities = find_quantities(text)
    ranges = Ranges.of(text, quantities)
    written = _written_quantities(text, quantities)
    found = {
        (one.parameter, one.value.id, one.start, one.end): one
        for one in (
            *_named(text, words, lexicon, cues, ranges),
            *_quantities(text, written, lexicon, measured, cues, ranges),
            *_lettered(text, measured, cues),
            *_terse(text, words, lexicon, cues),
            *_numbers(text, lexicon, cues),
            *_under_a_unit(text, cues),
            *_flags(text, cues),
        )
    }
    return sorted(found.values(), key=lambda one: (one.start, one.end, one.parameter, one.value.id))


class _Cues:
    """The names of parameters in a text, asked by place."""

    def __init__(self, text: str, words: Sequence[Token], lexicon: Lexicon) -> None:
        self._starts = [token.start for token in words]
        self._ends = [token.end for token in words]
        self._beside: set[tuple[str, int]] = set()  # a parameter and a word near its name
        self.all: list[_Cue] = []
        for start, end, parameter in lexicon.cues.found(text, words):
            first, last = self._first(start), self._last(end)
            self.all.append(_Cue(parameter, first, last, start, end))
            for step in range(1, CUE_WORDS + 1):
                self._beside |= {(parameter.id, first - step), (parameter.id, last + step)}

    def speak_of(self, parameter: str, start: int, end: int) -> bool:
        """Whether the parameter's name stands within a few words of this part."""
        nearest = ((parameter, self._first(start)), (parameter, self._last(end)))
        return not self._beside.isdisjoint(nearest)

    def _first(self, start: int) -> int:
        return bisect_right(self._ends, start)

    def _last(self, end: int) -> int:
        return bisect_left(self._starts, end) - 1


def _named(
    text: str,
    words: Sequence[Token],
    lexicon: Lexicon,
    cues: _Cues,
    ranges: Ranges,
) -> Iterator[Mention]:
    longest: dict[str, tuple[int, int, How]] = {}
    named = _names(text, words, lexicon, ranges)
    for start, end, value, how in sorted(named, key=lambda one: (one[0], -one[1], one[3])):
        around = longest.get(value.parameter, (0, 0, how))
        if end <= around[1] and (start, end, how) != around:
            continue  # `Women's` does not say `Women` as well
        longest[value.parameter] = start, end, how
        cued = cues.speak_of(value.parameter, start, end)
        denied = _before(_DENIED, text, start) is not None
        yield Mention(value.parameter, value, start, end, how, cued, denied=denied)


def _names(
    text: str, words: Sequence[Token], lexicon: Lexicon, ranges: Ranges
) -> Iterator[tuple[int, int, Value, How]]:
    """Of values that are known, and of such as differ from known ones in their numbers alone."""
    for start, end, known in lexicon.values.found(text, words):
        if known.items or lexicon.of_texts:
            yield start, end, Value(known.id, known.parameter, known.text), "name"
    starts = [word.start for word in words]
    for start, end, shape in lexicon.shapes.found(text, numberless(words)):
        if _is_part(text, start, end, ranges):
            continue
        within = words[bisect_left(starts, start) : bisect_left(starts, end)]
        if value := shape.value(within):
            yield start, end, value, "shape"


def _is_part(text: str, start: int, end: int, ranges: Ranges) -> bool:
    """Whether it is one of several numbers: `2 oz` of `1/2 oz`, `160mm` of `120/140/160mm`."""
    return bool(_before(_SEVERAL, text, start)) or ranges.have_end(start, end)


def _quantities(
    text: str,
    quantities: Iterable[tuple[int, int, str, str]],
    lexicon: Lexicon,
    measured: Sequence[Measured],
    cues: _Cues,
    ranges: Ranges,
) -> Iterator[Mention]:
    for start, end, written, unit in quantities:
        if ranges.have_end(start, end):
            continue
        generation = _is_generation(text, start, end)
        for parameter, own_unit in measured:
            cued = cues.speak_of(parameter.id, start, end)
            if generation and own_unit.dimension == "information" and not cued:
                continue
            for value in _meanings(written, parameter, lexicon):
                own = unit == parameter.unit
                yield Mention(parameter.id, value, start, end, "quantity", cued, own)


def _lettered(text: str, measured: Sequence[Measured], cues: _Cues) -> Iterator[Mention]:
    """Quantities whose unit is one letter behind a space."""
    for match in _LETTERED.finditer(text):
        unit = find_unit(match[2])
        alone = stands_alone(text, *match.span())
        if unit is None or not alone or _before(_CODE_BEFORE, text, match.start()):
            continue
        if range_before(text, match.start(), unit) is not None:
            continue
        for parameter, own in measured:
            if own.dimension != unit.dimension:  # 8 g is no storage of 8 GB here
                continue
            value = _normalised(f"{match[1]} {unit.symbol}", parameter)
            if value is not None:
                start, end = match.span()
                cued = cues.speak_of(parameter.id, start, end)
                yield Mention(parameter.id, value, start, end, "letter", cued, own is unit)


def _measured(parameters: Mapping[str, Parameter]) -> list[Measured]:
    return [
        (one, unit)
        for one in parameters.values()
        if one.kind == "number" and one.unit and (unit := find_unit(one.unit))
    ]


def _written_quantities(
    text: str, found: Iterable[FoundQuantity]
) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, the quantity in full (its unit may be that of the next one), and the unit."""
    for match in _HYPHENED.finditer(text):
        unit = find_unit(match[2])
        if unit is not None:
            yield match.start(), match.end(), f"{match[1]} {unit.symbol}", unit.symbol
    for start, end, _, symbol in found:
        yield start, end, text[start:end], symbol
        before = _before(_BARE_BEFORE, text, start)
        behind = _UNIT_BEHIND.match(text, start)
        if before and behind:
            first = max(start - _BEFORE_CHARS, 0) + before.start(1)
            written = f"{before[1]}{text[behind.end() : end]}"
            yield first, first + len(before[1]), written, symbol


def _terse(text: str, words: Sequence[Token], lexicon: Lexicon, cues: _Cues) -> Iterator[Mention]:
    """Values of a lone letter or number, right behind the name of their parameter: `size M`."""
    for cue in cues.all:
        word = words[cue.last + 1] if cue.last + 1 < len(words) else None
        known = lexicon.terse.get((cue.parameter.id, word.key)) if word else None
        if word is None or known is None or text[cue.end : word.start].strip(" :：=") != "":
            continue
        whole = stands_alone(text, word.start, word.end) and not _MORE_BEHIND.match(text, word.end)
        if whole and (known.items or lexicon.of_texts):
            value = Value(known.id, known.parameter, known.text)
            yield Mention(known.parameter, value, word.start, word.end, "name", cued=True)


def _numbers(text: str, lexicon: Lexicon, cues: _Cues) -> Iterator[Mention]:
    """Numbers without a unit, right beside the name of a parameter that has none either."""
    for cue in cues.all:
        if cue.parameter.kind != "number" or cue.parameter.unit:
            continue
        if (place := _number_of(cue, text)) is None:
            continue
        for value in _meanings(text[slice(*place)], cue.parameter, lexicon):
            yield Mention(cue.parameter.id, value, *place, "number", cued=True)


def _number_of(cue: _Cue, text: str) -> tuple[int, int] | None:
    """`4 cores 8 threads` has 4 cores; `cores: 8` has 8."""
    behind = _NUMBER_BEHIND.match(text, cue.end)
    before = _before(_NUMBER_BEFORE, text, cue.start)
    if before and not (behind and behind[1]):
        first = max(cue.start - _BEFORE_CHARS, 0)
        start, end = first + before.start(1), first + before.end(1)
        return None if range_before(text, start, None) is not None else (start, end)
    if behind is None or goes_on(text, behind.end(2)):
        return None
    # `quad core 64 bit` has no 64 cores.
    return behind.span(2) if behind[1] or _is_as_named(cue, text) else None


def _is_as_named(cue: _Cue, text: str) -> bool:
    """Whether the parameter is called so, and not in the other number."""
    said = key(text[cue.start : cue.end])
    return said in map(key, (cue.parameter.name, *cue.parameter.names))


def _under_a_unit(text: str, cues: _Cues) -> Iterator[Mention]:
    """Numbers whose unit stands in brackets behind the name of the parameter."""
    for cue in cues.all:
        match = _UNIT_IN_NAME.match(text, cue.end) if cue.parameter.unit else None
        if match is None or find_unit(match[1]) is None:
            continue
        value = _normalised(f"{match[2]} {match[1]}", cue.parameter)
        if value is not None:
            yield Mention(cue.parameter.id, value, *match.span(2), "quantity", cued=True)


def _flags(text: str, cues: _Cues) -> Iterator[Mention]:
    for cue in cues.all:
        if cue.parameter.kind == "boolean":
            value, end = _answer(text, cue)
            yield Mention(cue.parameter.id, value, cue.start, end, "flag")


def _answer(text: str, cue: _Cue) -> tuple[Value, int]:
    """What is said of a parameter that is named, and where that ends.

    What stands behind the name counts first: GPS is there in `NFC: no GPS: yes`.
    """
    cell = _CELL.match(text, cue.end)
    if cell and (said := _normalised(cell[1] or cell[2], cue.parameter)):
        return said, cell.end(cell.lastindex or 0)
    denied = _NOT_BEHIND.match(text, cue.end) or _before(_NO, text, cue.start)
    return normalise_value("no" if denied else "yes", cue.parameter), cue.end


def _is_generation(text: str, start: int, end: int) -> bool:
    alone = _GENERATION.match(text, start)
    return bool(alone and alone.end() == end and not _before(_LARGER_BEFORE, text, start))


def _before(pattern: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    return pattern.search(text[max(start - _BEFORE_CHARS, 0) : start])


def _meanings(written: str, parameter: Parameter, lexicon: Lexicon) -> list[Value]:
    """One, or of `30.000 mAh` those that lie among the numbers that the parameter is known with."""
    usual = _normalised(written, parameter)
    if usual is None or not _TWO_WAYS.match(written):
        return [] if usual is None else [usual]
    spread = lexicon.spreads.get(parameter.id)
    both = [usual, _normalised(written, parameter, decimal=",")]
    fitting = [
        one
        for one in both
        if one and one.number is not None and spread and spread.may_hold(one.number)
    ]
    return fitting or [usual]


def _normalised(
    written: str, parameter: Parameter, *, decimal: DecimalSign = "auto"
) -> Value | None:
    try:
        return normalise_value(written, parameter, decimal=decimal)
    except ValueInvalid:
        return None
