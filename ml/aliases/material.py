"""Texts of known items, as the phrases that may be names and the things these may name."""

# P phrases in items

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.records import ItemText
from ml.aliases.phrases import TAKEN, Phrase, phrases
from ml.aliases.records import Entity, Role
from ml.data.splits import families
from ml.extraction.cleaning import clean
from ml.grounding.lexicon import Names
from ml.grounding.tokens import Token, key, tokens

Ints = NDArray[np.int64]

# Their names are known word by word: `Nova` says nothing of the colour of an `Acme Nova 7`.
_KNOWN_BY_WORD = ("brand", "category", "model")


class Statement(NamedTuple):
    """An item that has an entity; an item with two values of a parameter has two."""

    item: int
    entity: int
    named: bool  # the item's text has a name of it


@dataclass(frozen=True, slots=True)
class Material:
    """Texts and what their items are; positions are those of `entities` and `roles`.

    Attributes:
        texts: one of each, by item.
        families: of look-alikes, by item.
        contexts: by item, what else it is, which may be why a phrase goes with an entity.
        phrases: those in enough texts.
        position: where they stand among these.
        phrase_P, item_P, role_P: a phrase in an item, and the role it may be a name in.
        stated: by role.
        taken: by name as words, the entities that have it.
    """

    entities: Sequence[Entity]
    roles: Sequence[Role]
    texts: Sequence[str]
    families: Sequence[str]
    contexts: Sequence[Mapping[str, str]]
    phrases: Sequence[Phrase]
    position: Mapping[Phrase, int] = field(repr=False)
    phrase_P: Ints
    item_P: Ints
    role_P: Ints
    stated: Sequence[Sequence[Statement]]
    taken: Mapping[Phrase, Set[int]] = field(repr=False)


class _Known:
    """The entities, found in texts by all their names."""

    def __init__(self, entities: Sequence[Entity]) -> None:
        self.entities = entities
        self.roles = list(dict.fromkeys(entity.role for entity in entities))
        self.role_of = {role: at for at, role in enumerate(self.roles)}
        self.position = {(entity.role, entity.id): at for at, entity in enumerate(entities)}
        self.names: Names[int] = Names()
        self.taken: dict[Phrase, set[int]] = defaultdict(set)
        brands = {key(name) for one in entities if one.role.kind == "brand" for name in _names(one)}
        for at, entity in enumerate(entities):
            for words in {key(name) for name in _names(entity)}:
                self._add(words, at)
                if entity.role.kind == "model" and (short := _without_brand(words, brands)):
                    self._add(short, at)

    def _add(self, words: Phrase, entity: int) -> None:
        self.names.add(" ".join(words), entity)
        self.taken[words].add(entity)

    def of(self, item: ItemText) -> frozenset[int]:
        """What a catalog or a person says of an item itself: its model may be sold in others."""
        own = [(Role("value", fact.parameter), fact.value) for fact in item.facts]
        for role, named in (
            (Role("brand"), item.brand),
            (Role("category"), item.category),
            (Role("model"), item.model),
        ):
            own += [(role, named.id)] if named else []
        return frozenset(self.position[one] for one in own if one in self.position)

    def role_at(self, entity: int) -> int:
        return self.role_of[self.entities[entity].role]

    def words_of(self, entity: int) -> set[str]:
        return {word for name in _names(self.entities[entity]) for word in key(name)}


def _names(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *entity.names)


def _without_brand(name: Phrase, brands: Set[Phrase]) -> Phrase:
    """`Acme Nova 7` is called `Nova 7` as well, which nobody has to learn."""
    lengths = (length for length in range(1, len(name)) if name[:length] in brands)
    return name[next(lengths, len(name)) :]


def gathered(items: Iterable[ItemText], entities: Sequence[Entity], fewest: int) -> Material:
    """Args: fewest: texts that a phrase has to be in."""
    known = _Known(entities)
    distinct: dict[tuple[str, frozenset[int]], ItemText] = {}
    for item in items:
        if of := known.of(item):
            distinct.setdefault((" ".join(key(item.title)), of), item)
    read = [_Text(clean(item.title).text, of, known) for (_, of), item in distinct.items()]
    counts = Counter(phrase for text in read for phrase in {one for one, _ in text.phrases()})
    kept = {
        phrase: at
        for at, (phrase, n) in enumerate(one for one in counts.items() if one[1] >= fewest)
    }
    columns = array("q"), array("q"), array("q")
    for at, text in enumerate(read):
        for phrase, role in text.phrases():
            if phrase in kept:
                for column, number in zip(columns, (kept[phrase], at, role), strict=True):
                    column.append(number)
    phrase_P, item_P, role_P = (np.array(column, dtype=np.int64) for column in columns)
    of_items = [of for _, of in distinct]
    brands = [_only(of, known, Role("brand")) for of in of_items]
    models = [_only(of, known, Role("model")) for of in of_items]
    looks = families(brands, [item.title for item in distinct.values()])
    return Material(
        entities=entities,
        roles=known.roles,
        texts=[text.text for text in read],
        families=[model or look for model, look in zip(models, looks, strict=True)],
        contexts=[
            _contexts(item, of, known) for item, of in zip(distinct.values(), of_items, strict=True)
        ],
        phrases=list(kept),
        position=kept,
        phrase_P=phrase_P,
        item_P=item_P,
        role_P=role_P,
        stated=_stated(read, known),
        taken=known.taken,
    )


class _Text:
    """One text of an item, and what is known in it."""

    def __init__(self, text: str, of: frozenset[int], known: _Known) -> None:
        self.text = text
        self.of = of
        words = tokens(text)
        found = list(known.names.found(text, words))
        self.named = frozenset(entity for _, _, entity in found if entity in of)
        self._whole = dict(_whole_names(words, found, of, known))
        self._told = {**_told(words, of, known), **dict.fromkeys(self._whole, TAKEN)}

    def phrases(self) -> Set[tuple[Phrase, int]]:
        return phrases(self.text, tokens(self.text), self._told, self._whole)


def _whole_names(
    words: Sequence[Token],
    found: Sequence[tuple[int, int, int]],
    of: frozenset[int],
    known: _Known,
) -> Iterator[tuple[int, int]]:
    """Words of names of what the item is, with their role."""
    for start, end, entity in found:
        if entity in of:
            for at, word in enumerate(words):
                if start <= word.start and word.end <= end:
                    yield at, known.role_at(entity)


def _told(words: Sequence[Token], of: frozenset[int], known: _Known) -> dict[int, int]:
    """Single words out of names of what the item is, with their role, `TAKEN` where of several."""
    by_word: dict[str, set[int]] = defaultdict(set)
    for entity in of:
        if known.entities[entity].role.kind in _KNOWN_BY_WORD:
            for word in known.words_of(entity):
                by_word[word].add(known.role_at(entity))
    return {
        at: TAKEN if len(roles) > 1 else next(iter(roles))
        for at, word in enumerate(words)
        if (roles := by_word.get(word.key))
    }


def _stated(read: Sequence[_Text], known: _Known) -> list[list[Statement]]:
    stated: list[list[Statement]] = [[] for _ in known.roles]
    for item, text in enumerate(read):
        for entity in sorted(text.of):
            stated[known.role_at(entity)].append(Statement(item, entity, entity in text.named))
    return stated


def _only(of: frozenset[int], known: _Known, role: Role) -> str | None:
    return next((known.entities[one].id for one in of if known.entities[one].role == role), None)


def _contexts(item: ItemText, of: frozenset[int], known: _Known) -> Mapping[str, str]:
    found = {what: _only(of, known, Role(what)) for what in ("brand", "category", "model")}
    source = item.id.partition(":")[0] if item.id else None
    return {what: id for what, id in {**found, "source": source}.items() if id}
