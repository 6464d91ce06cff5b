"""Texts that nobody wrote: values of a labelled text give way to others of their parameter."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ml.extraction.lessons import Lesson, Span
from ml.extraction.tokens import LONGEST_SPAN, TokenText, tokenise


@dataclass(frozen=True, slots=True)
class Swaps:
    """Attributes: `values`, by category and parameter, that training has, each once.

    Source: Dai and Adel, "An Analysis of Simple Data Augmentation for Named Entity Recognition",
    COLING 2020, mention replacement. Ours draws rare values as often as others.
    """

    values: Mapping[tuple[str, str], Sequence[str]]

    @classmethod
    def of(cls, lessons: Sequence[Lesson]) -> Swaps:
        found: dict[tuple[str, str], dict[str, None]] = {}
        for lesson in lessons:
            text = lesson.question.text
            for parameter, places in lesson.spans.items():
                of_slot = found.setdefault((lesson.question.category, parameter), {})
                for start, end in (_characters(text, place) for place in places):
                    of_slot[text.clean.text[start:end]] = None
        return cls({slot: tuple(values) for slot, values in found.items()})

    def swapped(self, lesson: Lesson, share: float, rng: random.Random) -> Lesson:
        """The lesson with about that share of its values replaced.

        A value that stands twice, or whose words say something of another parameter, stays. So
        does everything where the new text would be cut into other words.
        """
        category, old = lesson.question.category, lesson.question.text
        chosen = {
            _characters(old, places[0]): rng.choice(self.values[category, parameter])
            for parameter, places in lesson.spans.items()
            if rng.random() < share and len(places) == 1 and _is_alone(places[0], lesson)
        }
        if not chosen:
            return lesson
        new = tokenise(_written(old.clean.text, chosen))
        growth = [(start, len(value) - (end - start)) for (start, end), value in chosen.items()]
        spans: dict[str, tuple[Span, ...]] = {}
        for parameter, places in lesson.spans.items():
            moved = [_moved(_characters(old, place), new, growth) for place in places]
            spans[parameter] = tuple(place for place in moved if place is not None)
            if None in moved:
                return lesson
        return replace(lesson, question=replace(lesson.question, text=new), spans=spans)


def _characters(text: TokenText, place: Span) -> tuple[int, int]:
    first, more = place
    return int(text.starts_T[first]), int(text.ends_T[first + more])


def _is_alone(place: Span, lesson: Lesson) -> bool:
    first, last = place[0], place[0] + place[1]
    touching = sum(
        start <= last and first <= start + more
        for places in lesson.spans.values()
        for start, more in places
    )
    return touching == 1


def _written(text: str, chosen: Mapping[tuple[int, int], str]) -> str:
    for (start, end), value in sorted(chosen.items(), reverse=True):
        text = text[:start] + value + text[end:]
    return text


def _moved(
    characters: tuple[int, int], new: TokenText, growth: Sequence[tuple[int, int]]
) -> Span | None:
    """Where the characters stand now; None: not at the borders of tokens."""
    start, end = (at + sum(longer for begin, longer in growth if begin < at) for at in characters)
    first, last = new.covering(start, end)
    if first > last or last - first >= LONGEST_SPAN:
        return None
    is_whole = new.starts_T[first] == start and new.ends_T[last] == end
    return (first, last - first) if is_whole else None
