"""Whether a title names a model because it offers it, or because something is made for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ml.grounding.lexicon import Lexicon
from ml.grounding.naming import place_of
from ml.grounding.tokens import key, tokens
from ml.purpose.kinds import is_called, sells_nothing_else
from ml.purpose.phrases import words_of
from ml.purpose.reading import Relation, is_head, read_purpose, relations_of

if TYPE_CHECKING:
    from graph.records import Named


@dataclass(frozen=True, slots=True)
class MadeFor:
    """What a title offers is made for something that it names.

    Attributes:
        start, end: of the words that say for what, in characters; equal: no words are known to.
        reasons: for people, the strongest first.
    """

    start: int
    end: int
    reasons: tuple[str, ...]

    def speaks_of(self, start: int | None, end: int | None) -> bool:
        """Whether words of the title are among those, and so say nothing of what is offered."""
        return start is not None and end is not None and start < self.end and self.start < end

    def own_words(self, title: str) -> str:
        """The title without them; every other word keeps its place."""
        return f"{title[: self.start]}{' ' * (self.end - self.start)}{title[self.end :]}"


class Linked(Protocol):
    """A model that a title was linked to."""

    @property
    def name(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def category(self) -> Named | None: ...


def made_for(title: str, model: Linked | None, lexicon: Lexicon) -> MadeFor | None:
    """None: the title offers what it names; so does one whose model is itself an accessory.

    Args:
        model: that the title was linked to, if any was.
    """
    place = _place(title, model, lexicon)
    purpose = read_purpose(title, lexicon.sold.heads, place)
    if purpose is not None and not (model and _is_one(model, purpose.thing, lexicon)):
        offered = f"{title[purpose.start : purpose.end]!r} is what it offers"
        if purpose.relation is None:
            start, end = place or (0, 0)
            return MadeFor(start, end, (f"{offered}, and not the model that it names",))
        start, end = purpose.object_start, purpose.object_end
        if place is not None and place[0] >= start:
            end = _with_sizes(title, place[1])
        return MadeFor(start, end, (f"{offered}, and {purpose.relation!r} says what that is for",))
    if model is None or place is None:
        return None
    for relation in relations_of(title):
        if relation.start < place[0] and _leads_to(title, relation, place[0], model, lexicon):
            reason = f"{relation.word!r} stands before the name of the model"
            return MadeFor(relation.object_start, _with_sizes(title, place[1]), (reason,))
    return None


def _with_sizes(title: str, end: int) -> int:
    """The end of what stands behind a name and is of it: `case for Glow 6 128GB`."""
    for word in words_of(title):
        if word.start >= end:
            if word.listed or not word.quantity:
                break
            end = word.end
    return end


def _is_one(model: Linked, thing: str, lexicon: Lexicon) -> bool:
    """Whether the model is itself called so, or of a category that sells such things.

    What that is called must be of nothing else: in `Phones & accessories` there are phones.

    Where nobody says of which category it is, a category of that name is enough.
    """
    if is_called((model.name, *model.names), thing):
        return True
    if model.category is None:
        return is_called(lexicon.category_names, thing)
    if model.category.id in lexicon.sold.shown:
        return True
    return sells_nothing_else((model.category.name, *model.category.names))


def _place(title: str, model: Linked | None, lexicon: Lexicon) -> tuple[int, int] | None:
    """Where the title names the model, with the brand right before it."""
    names = (model.name, *model.names) if model else ()
    found = next((place for name in names if (place := place_of(title, name))), None)
    if found is None:
        return None
    start = found[0]
    for first, end, _ in lexicon.brands.found(title, tokens(title)):
        if first < start and not title[end:start].strip():
            start = first
    return start, found[1]


def _leads_to(title: str, relation: Relation, start: int, model: Linked, lexicon: Lexicon) -> bool:
    """Whether nothing but names stands between `for` and the model, and nothing sold before it."""
    if any(is_head(word.key, lexicon.sold.heads) for word in words_of(title[: relation.start])):
        return False
    between = title[relation.object_start : start]
    known = set(key(model.name))
    left = [w for w in words_of(between) if w.role != "filler" and not w.is_code]
    return all(set(key(word.key)) <= known for word in left)
