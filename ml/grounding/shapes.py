"""Values of a parameter of texts that differ in their numbers alone: `64 oz`, and so `75 oz`."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from graph.errors import ValueInvalid
from graph.records import Parameter, Value, ValueView
from graph.text import normalise_value
from graph.text.numbers import parse_number
from ml.grounding.spread import Spread
from ml.grounding.tokens import Token, tokens

LEAST = 5  # values of one shape: fewer are alike by chance
NUMBER = "#"
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")

_Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    """How values of a parameter are written.

    Attributes:
        example: a value that is written as most items write it.
        spread: of the numbers in all of them.
    """

    parameter: Parameter
    example: str
    spread: Spread

    def value(self, words: Sequence[Token]) -> Value | None:
        """What these words state, written as the example; None: their numbers are far from all."""
        said = [word.key for word in words if _is_number(word)]
        numbers = _numbers(said)
        if numbers is None or not all(map(self.spread.may_hold, numbers)):
            return None
        written, place = "", 0
        places = filter(_is_number, tokens(self.example))
        for token, number in zip(places, said, strict=True):
            written += self.example[place : token.start] + number
            place = token.end
        return normalise_value(written + self.example[place:], self.parameter)


def shapes_of(values: Iterable[ValueView], parameters: Iterable[Parameter]) -> Iterator[Shape]:
    """Those in which the values of texts are written."""
    texts = {parameter.id: parameter for parameter in parameters if parameter.kind == "text"}
    alike: dict[tuple[str, ...], list[tuple[_Numbers, ValueView]]] = defaultdict(list)
    for value in values:
        if value.parameter in texts and any(map(str.isdigit, value.text)):
            words = tokens(value.text)
            numbers = _numbers([word.key for word in words if _is_number(word)])
            if numbers and len(numbers) < len(words):
                shape = [NUMBER if _is_number(word) else word.key for word in words]
                alike[value.parameter, *shape].append((numbers, value))
    for known in alike.values():
        every = {numbers for numbers, _ in known}
        if len(every) >= LEAST:
            spread = Spread(min(map(min, every)), max(map(max, every)))
            values = [value for _, value in known]
            yield Shape(texts[values[0].parameter], _usual(values), spread)


def _usual(values: Sequence[ValueView]) -> str:
    """One that is written as most items write them."""
    written: Counter[str] = Counter()
    example: dict[str, str] = {}
    for value in values:
        style = _DIGITS.sub(NUMBER, value.text)
        written[style] += value.items
        example[style] = min(example.get(style, value.text), value.text)
    return example[min(written, key=lambda style: (-written[style], style))]


def numberless(words: Iterable[Token]) -> list[Token]:
    """The words with one sign in the place of each number."""
    return [Token(NUMBER, w.start, w.end) if _is_number(w) else w for w in words]


def without_numbers(text: str) -> list[Token]:
    return numberless(tokens(text))


def _is_number(word: Token) -> bool:
    return word.key[0].isdigit()


def _numbers(said: Iterable[str]) -> _Numbers | None:
    try:
        return tuple([parse_number(one) for one in said])
    except ValueInvalid:
        return None
