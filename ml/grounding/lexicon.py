"""What the graph has names for, ready to be looked up in texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from graph.records import Named, Parameter, ValueView
from graph.text import slug
from ml.grounding.habits import Habits
from ml.grounding.plurals import in_singular, number_forms
from ml.grounding.questions import without_question
from ml.grounding.shapes import Shape, shapes_of, without_numbers
from ml.grounding.spread import Spread
from ml.grounding.tokens import Token, key, stands_alone, tokens
from ml.purpose.kinds import Sold

LONGEST_NAME = 8  # words; longer names are descriptions, which no title repeats

T = TypeVar("T")


class Names(Generic[T]):
    """Things by every name they go by; a name may be that of several.

    Attributes:
        words: of a text, as names and texts are compared by.
    """

    def __init__(self, words: Callable[[str], list[Token]] = tokens) -> None:
        self.words = words
        self._things: dict[tuple[str, ...], list[T]] = {}
        self._beginnings: set[tuple[str, ...]] = set()

    def add(self, name: str, thing: T) -> None:
        words = tuple([word.key for word in self.words(name)])
        if not _is_telling(words) or len(words) > LONGEST_NAME:
            return
        known = self._things.setdefault(words, [])
        if thing not in known:
            known.append(thing)
        self._beginnings.update(words[:length] for length in range(1, len(words)))

    def found(self, text: str, words: Sequence[Token]) -> Iterator[tuple[int, int, T]]:
        """Every name in a text of these words, with its start and end; they may overlap."""
        for first, token in enumerate(words):
            so_far: tuple[str, ...] = ()
            for last in range(first, min(first + LONGEST_NAME, len(words))):
                so_far = (*so_far, words[last].key)
                start, end = token.start, words[last].end
                if so_far in self._things and stands_alone(text, start, end):
                    for thing in self._things[so_far]:
                        yield start, end, thing
                if so_far not in self._beginnings:
                    break


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A thing that a part of a text names."""

    thing: T
    start: int
    end: int


def named_in(
    text: str, names: Names[T], *, fits: Callable[[Found[T]], bool] = lambda _: True
) -> Found[T] | None:
    """The one that is named at most length, of several the first; None where two share a name.

    `fits`: whether a place of the text may name what is called so.
    """
    every = (Found(thing, start, end) for start, end, thing in names.found(text, names.words(text)))
    found = list(filter(fits, every))
    if not found:
        return None
    best = min(found, key=lambda one: (one.start - one.end, one.start))
    rivals = [one for one in found if (one.start, one.end) == (best.start, best.end)]
    return best if len(rivals) == 1 else None


def all_named_in(text: str, names: Names[Named]) -> list[Found[Named]]:
    """Whatever is named anywhere in it by one name of its own; none inside a longer name."""
    things: dict[tuple[int, int], list[Named]] = {}
    for start, end, thing in names.found(text, names.words(text)):
        things.setdefault((start, end), []).append(thing)
    found: list[Found[Named]] = []
    for (start, end), named in sorted(things.items(), key=lambda one: (one[0][0], -one[0][1])):
        if (not found or end > found[-1].end) and len(named) == 1:
            found.append(Found(named[0], start, end))
    return found


def _is_telling(words: tuple[str, ...]) -> bool:
    """A lone letter, digit or Chinese character is in many words and names nothing."""
    return bool(words) and not (len(words) == 1 and (len(words[0]) == 1 or _is_number(words[0])))


def _is_number(word: str) -> bool:
    return word[0].isdigit()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The vocabulary of a graph, made once and asked from several threads.

    Attributes:
        items: by the id of a value, how many items state it; 0 where it was only read in
            texts: such a value counts nowhere.
        of_texts: whether such values are known by their names, as to who asks for them; a text that
            is read by what was read in texts would say something else the next time.
        stated: by parameter, how often its values are stated.
        distinct: by parameter, how many values it has.
        terse: values of texts whose name is a lone letter or number, such as the size `M`, by
            their parameter and that; they are meant right behind its name alone.
        shapes: in which values of texts are written that differ in their numbers alone.
        category_names: of all categories.
        things: categories by their names in the singular as well as in the plural.
        sold: what is sold in them; of what titles show nothing, until that was learnt.
        habits: which parameters their items have; nothing is known of that until it was learnt.
        found: the same by all that counts as a fact, also what texts were read to say: reading does
            not confirm itself, but search finds it.
    """

    parameters: Mapping[str, Parameter]
    items: Mapping[str, int]
    stated: Mapping[str, int]
    distinct: Mapping[str, int]
    spreads: Mapping[str, Spread]
    values: Names[ValueView] = field(repr=False)
    cues: Names[Parameter] = field(repr=False)
    brands: Names[Named] = field(repr=False)
    categories: Names[Named] = field(repr=False)
    terse: Mapping[tuple[str, str], ValueView] = field(default_factory=dict, repr=False)
    shapes: Names[Shape] = field(default_factory=Names, repr=False)
    category_names: tuple[str, ...] = field(default=(), repr=False)
    things: Names[Named] = field(default_factory=Names, repr=False)
    sold: Sold = field(default=Sold.of({}, ()), repr=False)
    habits: Habits = field(default=Habits(), repr=False)
    found: Habits = field(default=Habits(), repr=False)
    of_texts: bool = False

    @classmethod
    def of(
        cls,
        parameters: Iterable[Parameter],
        values: Iterable[ValueView],
        *,
        brands: Sequence[Named] = (),
        categories: Sequence[Named] = (),
    ) -> Lexicon:
        by_id = {parameter.id: parameter for parameter in parameters}
        there = [value for value in values if value.parameter in by_id]
        known = [value for value in there if value.items]
        called = tuple(name for one in categories for name in (one.name, *one.names))
        stated, distinct = dict.fromkeys(by_id, 0), dict.fromkeys(by_id, 0)
        for value in known:
            stated[value.parameter] += value.items
            distinct[value.parameter] += 1
        shapes: Names[Shape] = Names(without_numbers)
        for shape in shapes_of(known, by_id.values()):
            shapes.add(shape.example, shape)
        return cls(
            parameters=by_id,
            items={value.id: value.items for value in there},
            stated=stated,
            distinct=distinct,
            spreads=_spreads(known),
            values=_names_of_values(there, by_id, shapes),
            cues=_cues(by_id.values()),
            brands=_names(brands, (Named(one.id, one.name) for one in brands)),
            categories=_names(categories, (Named(one.id, one.name) for one in categories)),
            terse=_terse(there, by_id),
            shapes=shapes,
            category_names=called,
            things=_names(
                categories, (Named(one.id, one.name) for one in categories), words=in_singular
            ),
            sold=Sold.of({one.id: (one.name, *one.names) for one in categories}, ()),
        )

    def prior(self, parameter: str) -> float:
        """How often a fact of this graph is one of this parameter."""
        total = sum(self.stated.values()) + len(self.stated)
        return (self.stated.get(parameter, 0) + 1) / max(total, 1)

    def share(self, parameter: str, value: str) -> float:
        """How often an item that states this parameter states this value; never zero."""
        stated, distinct = self.stated.get(parameter, 0), self.distinct.get(parameter, 0)
        return (self.items.get(value, 0) + 0.5) / (stated + 0.5 * (distinct + 1))


def by_any_name(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """Parameters by the slug of each of their names, and of their id."""
    return {
        slug(name): parameter
        for parameter in parameters
        for name in (*parameter.names, parameter.name, parameter.id)
    }


def _spreads(values: Iterable[ValueView]) -> dict[str, Spread]:
    numbers: dict[str, list[float]] = {}
    for value in values:
        if value.number is not None:
            numbers.setdefault(value.parameter, []).append(value.number)
    return {parameter: Spread(min(known), max(known)) for parameter, known in numbers.items()}


def _names_of_values(
    values: Iterable[ValueView], parameters: Mapping[str, Parameter], shapes: Names[Shape]
) -> Names[ValueView]:
    names: Names[ValueView] = Names()
    for value in values:
        if parameters[value.parameter].kind == "text":
            for name in (value.text, *value.names):
                # What was read by its shape is read by it again: it is as sure the next time.
                if value.items or not has_shape(name, value.parameter, shapes):
                    names.add(name, value)
    return names


def _terse(
    values: Iterable[ValueView], parameters: Mapping[str, Parameter]
) -> dict[tuple[str, str], ValueView]:
    found: dict[tuple[str, str], ValueView] = {}
    for value in values:
        if parameters[value.parameter].kind == "text":
            for name in (value.text, *value.names):
                words = key(name)
                if len(words) == 1 and not _is_telling(words):
                    found.setdefault((value.parameter, words[0]), value)
    return found


def has_shape(text: str, parameter: str, shapes: Names[Shape]) -> bool:
    """Whether other values of the parameter differ from this one in their numbers alone."""
    words = shapes.words(text)
    return any(
        (start, end) == (words[0].start, words[-1].end) and shape.parameter.id == parameter
        for start, end, shape in shapes.found(text, words)
    )


def _cues(parameters: Iterable[Parameter]) -> Names[Parameter]:
    """Parameters by their names, in the singular and the plural: `6 core`, `4 cores`.

    Not those of yes and no: what has `speakers` is no speaker.
    """
    names: Names[Parameter] = Names()
    for parameter in parameters:
        for name in (parameter.name, *parameter.names):
            names.add(name, parameter)
            if parameter.kind == "boolean":
                names.add(without_question(name), parameter)
            else:
                before, space, last = name.rpartition(" ")
                for other in number_forms(last.lower()):
                    names.add(f"{before}{space}{other}", parameter)
    return names


def _names(
    named: Iterable[Named | Parameter],
    things: Iterable[T],
    words: Callable[[str], list[Token]] = tokens,
) -> Names[T]:
    names: Names[T] = Names(words)
    for one, thing in zip(named, things, strict=True):
        for name in (one.name, *one.names):
            names.add(name, thing)
    return names
