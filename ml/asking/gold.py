"""Files of questions with their answers, and whether an answer is right."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from graph.records import Record
from graph.text import slug
from ml.asking.plan import Language
from ml.data.text_file import text_of
from ml.errors import QuestionsInvalid

TOLERANCE = 0.005  # of a number: means are rounded here and there

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class GoldQuestion(Record, frozen=True):
    """A question; `expected` are names or numbers, in any order, or `refuse`.

    Questions of one `session` follow each other in the order of the file.
    """

    question: str
    language: Language
    expected: Literal["refuse"] | tuple[str | float | bool, ...]
    session: str | None = None
    part: str | None = None

    @property
    def in_scope(self) -> bool:
        return self.expected != "refuse"


def read_questions(path: Path) -> list[GoldQuestion]:
    """Raises QuestionsInvalid: names the line."""
    questions = []
    for number, line in enumerate(text_of(path, QuestionsInvalid).split("\n"), start=1):
        if line.strip():
            try:
                questions.append(msgspec.json.decode(line, type=GoldQuestion))
            except msgspec.DecodeError as error:
                raise QuestionsInvalid(path=path, line=number, reason=str(error)) from error
    if not questions:
        raise QuestionsInvalid(path=path, reason="it holds no question")
    return questions


def is_right(
    expected: Sequence[str | float | bool],
    answer: Sequence[str | float],
    brands: Sequence[str] = (),
) -> bool:
    """Whether both say the same, without regard to order, case and a brand before the name."""
    if len(expected) != len(answer):
        return False
    left = list(answer)
    for one in expected:
        match = next((other for other in left if _equal(one, other, brands)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _equal(expected: str | float | bool, given: str | float, brands: Sequence[str]) -> bool:
    if isinstance(expected, bool):
        return given == ("yes" if expected else "no")
    number, other = _number(expected), _number(given)
    if number is not None and other is not None:
        return math.isclose(number, other, rel_tol=TOLERANCE, abs_tol=1e-9)
    one, two = slug(str(expected)), slug(str(given))
    if one == two:
        return True
    return any(
        slug(f"{brand} {first}") == second
        for brand in brands
        for first, second in ((str(expected), two), (str(given), one))
        if brand and second.startswith(slug(brand))
    )


def _number(value: str | float) -> float | None:
    """A number, be it written with its unit behind it."""
    if not isinstance(value, str):
        return float(value)
    match = _NUMBER.fullmatch(value.strip())
    return float(match[0]) if match else None
