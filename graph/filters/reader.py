"""The filter grammar: an expression such as `display>=6.5in -has:nfc` read into terms.

    filter = [term {space term}]                      all terms must hold
    term   = ["-"] field (":" | "=") value {"," value}  any of the values
           | ["-"] field "!=" value {"," value}       none of the values
           | ["-"] field ":" [number] ".." [number]
           | ["-"] field (">=" | ">" | "<=" | "<") number
           | ["-"] "has:" field                       the parameter is stated at all
    number = digits ["." digits] [unit]

A field or value is a run without spaces, or anything in double quotes (`\\"` is a quote in it).
Fields are those of RESERVED; every other name is a parameter, by its id or any of its names.
A brand or category, too, is meant by its id or any of its names, a category also by its path
(`category:"Home > Lamps"`) and with all that is below it; `category:lamps` are all called so.
What no source lists any more passes only `closed:yes`; any other filter assumes `closed:no`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from graph.errors import FilterInvalid, ValueInvalid
from graph.filters.terms import (
    BARE_FIELD,
    BARE_VALUE,
    HAS,
    RESERVED,
    Condition,
    Filter,
    Has,
    OneOf,
    Quantity,
    Range,
    Term,
    plain,
)
from graph.text.excerpt import excerpt
from graph.text.units import convert, may_be_unit, unknown_unit

EXPRESSION_CHARS = 2_000  # of what a user writes; fits a URL
MAX_TERMS = 32  # every term is one more clause in a query

_UNIT_WORDS = 3  # `gram per square meter` needs quotes, `fl oz` and `square meters` do not
_PRICES = "write price:100..300 or price<99.5"
_KINDS = {"product": "product", "model": "model"}
_TRUTH = {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}

_OPERATOR = re.compile(r"\s*(>=|<=|!=|==?|[≥≤≠<>:])\s*")
_SAME_OPERATOR = {"≥": ">=", "≤": "<=", "≠": "!=", "=": ":", "==": ":"}
_EQUALITY = (":", "!=")
_UNIT_WORD = re.compile(rf"\s+({BARE_FIELD.pattern})")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", re.ASCII)
_NOT_IN_PRICE = re.compile(r"(?![eE][-+]?\d)[^-+.\d]", re.ASCII)
_ENDS_IN_NUMBER = re.compile(rf"(?:.*\.\.)?{_NUMBER.pattern}", re.ASCII)


def parse(expression: str) -> Filter:
    """Read an expression; an empty one lets everything pass.

    Raises FilterInvalid that points at the character.
    """
    if len(expression) > EXPRESSION_CHARS:
        raise FilterInvalid(
            expression=expression[:EXPRESSION_CHARS],
            position=EXPRESSION_CHARS,
            reason=f"the filter has {len(expression)} characters; at most {EXPRESSION_CHARS} "
            "are allowed",
        )
    reader = _Reader(expression)
    terms: list[Term] = []
    while reader.skip_spaces():
        if len(terms) == MAX_TERMS:
            reader.refuse(reader.position, f"at most {MAX_TERMS} terms are allowed")
        terms.append(reader.term())
    return Filter(tuple(terms), expression)


class _Reader:
    """A position in an expression; `text` is the expression in plain signs."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.text = plain(expression)
        self.position = 0

    def refuse(self, position: int, reason: str) -> NoReturn:
        raise FilterInvalid(expression=self.expression, position=position, reason=reason)

    def skip_spaces(self) -> bool:
        """Whether anything is left behind the spaces."""
        self.position = len(self.text) - len(self.text[self.position :].lstrip())
        return self.position < len(self.text)

    def term(self) -> Term:
        start = self.position
        negated = self.text[start] == "-"
        self.position += negated
        quoted = self._next() == '"'
        name = self._field()
        operator = self._operator(name)
        negated ^= operator == "!="
        if not quoted and name.casefold() == HAS:
            return Term(self._has(operator), Has(), negated, start)
        name = _reserved_or_parameter(name)
        condition = self._condition(name, operator)
        self._end_of_term(operator)
        return Term(name, condition, negated, start)

    def _next(self) -> str:
        return self.text[self.position : self.position + 1]

    def _field(self) -> str:
        start = self.position
        if self._next() == '"':
            return self._quoted()
        match = BARE_FIELD.match(self.text, start)
        if match is None or match[0].startswith("-"):
            self.refuse(start, "expected the name of a field, such as brand:samsung")
        self.position = match.end()
        return self.expression[start : self.position]

    def _quoted(self) -> str:
        start = self.position
        taken: list[str] = []
        position = start + 1
        while position < len(self.text) and self.text[position] != '"':
            position += self.text[position] == "\\"
            taken.append(self.expression[position : position + 1])
            position += 1
        if position >= len(self.text):
            self.refuse(start, 'this quote is never closed; write brand:"sony ericsson"')
        if not taken:
            self.refuse(start, "expected something between the quotes")
        self.position = position + 1
        return "".join(taken)

    def _operator(self, name: str) -> str:
        match = _OPERATOR.match(self.text, self.position)
        if match is None:
            self.refuse(
                self.position,
                f"expected one of : = != < <= > >= after {excerpt(name)}, such as brand:samsung; "
                'a value with spaces needs quotes, such as brand:"sony ericsson"',
            )
        self.position = match.end()
        return _SAME_OPERATOR.get(match[1], match[1])

    def _has(self, operator: str) -> str:
        if operator not in _EQUALITY:
            self.refuse(self.position, "has takes the name of a parameter, such as has:nfc")
        name = _reserved_or_parameter(self._value(operator))
        if self._next() == ",":
            self.refuse(self.position, "has takes one parameter, such as has:nfc has:gps")
        self._end_of_term(operator)
        return name

    def _condition(self, name: str, operator: str) -> Condition:
        if name == "price":
            return self._price(operator)
        if name in RESERVED:
            return self._reserved(name, operator)
        start, quoted = self.position, self._next() == '"'
        first = self._value(operator, unit_may_follow=True)
        if operator not in _EQUALITY:
            return _comparison(operator, self._quantity(first, start + quoted))
        if ".." in first and not quoted:
            return self._range(first, start)
        return self._one_of(first, unit_may_follow=True)

    def _one_of(self, first: str, *, unit_may_follow: bool) -> OneOf:
        values = [first]
        while self._next() == ",":
            self.position += 1
            values.append(self._value(",", unit_may_follow=unit_may_follow))
        return OneOf(tuple(values))

    def _price(self, operator: str) -> Range:
        start = self.position + (self._next() == '"')
        written = self._value(operator)
        if found := _NOT_IN_PRICE.search(plain(written)):
            self.refuse(start + found.start(), f"a price is a bare number; {_PRICES}")
        if self._next() == ",":
            self.refuse(self.position, f"price takes one number without commas; {_PRICES}")
        if operator not in _EQUALITY:
            return _comparison(operator, self._quantity(written, start))
        if ".." in written:
            return self._range(written, start)
        exactly = self._quantity(written, start)
        return Range(exactly, exactly)

    def _reserved(self, name: str, operator: str) -> OneOf:
        start = self.position
        if operator not in _EQUALITY:
            self.refuse(start, f"{name} holds no number; write {name}:value")
        found = self._one_of(self._value(operator), unit_may_follow=False)
        if name == "in_stock":
            return self._one_choice(found, _TRUTH, start, "in_stock:yes or in_stock:no")
        if name == "closed":
            return self._one_choice(found, _TRUTH, start, "closed:yes or closed:no")
        if name == "kind":
            return self._one_choice(found, _KINDS, start, "kind:product or kind:model")
        return found

    def _one_choice(
        self, written: OneOf, choices: Mapping[str, str], at: int, expected: str
    ) -> OneOf:
        found = [choices.get(plain(value).casefold()) for value in written.values]
        if len(found) != 1 or found[0] is None:
            self.refuse(at, f"expected {expected}")
        return OneOf((found[0],))

    def _value(self, operator: str, *, unit_may_follow: bool = False) -> str:
        """One value as written, with the unit behind a space where it may have one."""
        start = self.position
        if self._next() == '"':
            return self._quoted()
        match = BARE_VALUE.match(self.text, start)
        if match is None:
            example = "brand:samsung" if operator in (*_EQUALITY, ",") else "display>=6.5in"
            self.refuse(start, f"expected a value directly after {operator!r}, such as {example}")
        self.position = match.end()
        written = self.expression[start : self.position]
        if unit_may_follow and _ENDS_IN_NUMBER.fullmatch(match[0]):
            return f"{written} {self._spaced_unit()}".rstrip()
        return written

    def _spaced_unit(self) -> str:
        """The unit in `6.5 inch`; a word that an operator follows is the next field instead."""
        words: list[re.Match[str]] = []
        position = self.position
        while len(words) < _UNIT_WORDS and (word := _UNIT_WORD.match(self.text, position)):
            words.append(word)
            position = word.end()
        for count in range(len(words), 0, -1):
            unit = " ".join(word[1] for word in words[:count])
            end = words[count - 1].end()
            if may_be_unit(unit) and not _OPERATOR.match(self.text, end):
                self.position = end
                return unit
        return ""

    def _quantity(self, written: str, at: int) -> Quantity:
        shown = plain(written)
        match = _NUMBER.match(shown)
        if match is None:
            self.refuse(at, f"expected a number, such as 6.5in or 300, not {excerpt(written)}")
        number = float(match[0]) + 0.0  # -0.0 becomes 0.0
        if not math.isfinite(number):
            self.refuse(at, f"{excerpt(written)} is too large for a number")
        unit = " ".join(shown[match.end() :].split())
        if unit and not may_be_unit(unit):
            self.refuse(at + match.end(), unknown_unit(unit).reason)
        return Quantity(number, unit or None)

    def _range(self, written: str, at: int) -> Range:
        before, _, after = written.partition("..")
        low = self._quantity(before, at) if before else None
        high = self._quantity(after, at + len(before) + 2) if after else None
        if low and high:  # `5..6in` means both in inches
            low = replace(low, unit=low.unit or high.unit)
            high = replace(high, unit=high.unit or low.unit)
            self._check_order(low, high, at)
        elif not low and not high:
            self.refuse(at, "expected a number before or after '..', such as price:100..300")
        return Range(low, high)

    def _check_order(self, low: Quantity, high: Quantity, at: int) -> None:
        try:
            top = _number_in(high, low.unit)
        except ValueInvalid as error:
            self.refuse(at, error.reason)
        if low.number > top:
            self.refuse(at, f"nothing lies in {low}..{high}; write the smaller number first")

    def _end_of_term(self, operator: str) -> None:
        follows = self._next()
        if follows == "," and operator in _EQUALITY:
            self.refuse(self.position, "a range stands alone, such as price:100..300")
        if follows == ",":
            reason = f"{operator} takes one number, with a point as decimal sign, such as 6.5in"
            self.refuse(self.position, reason)
        if follows and not follows.isspace():
            self.refuse(self.position, "expected a space or the end of the filter")


def _number_in(quantity: Quantity, unit: str | None) -> float:
    if unit is None or quantity.unit is None or unit == quantity.unit:
        return quantity.number
    return convert(quantity.number, quantity.unit, unit)


def _reserved_or_parameter(name: str) -> str:
    key = re.sub(r"[\s-]", "_", plain(name).casefold())
    return key if key in RESERVED else name


def _comparison(operator: str, end: Quantity) -> Range:
    inclusive = operator.endswith("=")
    if operator.startswith(">"):
        return Range(low=end, low_inclusive=inclusive)
    return Range(high=end, high_inclusive=inclusive)
