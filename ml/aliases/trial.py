"""Phrases against the entities of one role: which of them stand for which."""

# I items, P phrases in items

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Literal, assert_never

import numpy as np

from ml.aliases.chance import surprise, wilson_low
from ml.aliases.material import Ints, Material
from ml.aliases.phrases import FREE, Phrase, free_but, spelled
from ml.aliases.records import LearntName
from ml.grounding.tokens import is_han, tokens

_CONTEXT_PRIOR = 4.0  # items of usual kind that each context begins with

Reason = Literal[
    "not sure", "name of another", "few families", "seldom", "beside the name", "explained"
]


@dataclass(frozen=True, slots=True)
class AliasConfig:
    """What it takes to be a name.

    Attributes:
        min_support: distinct texts that have it in place of a known name.
        min_families: models, or groups of look-alikes, that they are of; a model has one.
        sure: of the texts with it, the least share whose item has the entity, by the lower end of
            the 95 % interval.
        least_share: the same as it was counted: of a common phrase that bound alone proves little.
        least_rate: the least share of the texts of a brand or category without a known name that
            have it: these have few names, while a value has many.
        in_place: how much more often it stands where no other name of the entity does.
        chance: how many wrong names are to be expected of all that is tried, at most, if texts
            followed from what else is known of their items.
    """

    min_support: int = 4
    min_families: int = 2
    sure: float = 0.5
    least_share: float = 0.8
    least_rate: float = 0.2
    in_place: float = 3.0
    chance: float = 1.0


@dataclass(frozen=True, slots=True)
class _Pair:
    """A phrase and an entity that it may be a name of."""

    phrase: int
    entity: int
    texts: int  # of the entity, with the phrase and no name that was known before


@dataclass(frozen=True, slots=True)
class _Found:
    """Items with a phrase in their text.

    Attributes:
        in_place: of the entity, without another name of it.
        beside: of the entity, with another name of it.
        others: of other entities.
    """

    in_place: Set[int]
    beside: Set[int]
    others: Set[int]

    @property
    def share(self) -> float:
        return len(self.in_place) / (len(self.in_place) + len(self.others))

    @property
    def low(self) -> float:
        return wilson_low(len(self.in_place), len(self.in_place) + len(self.others))


class Trial:
    """One role of all.

    Args:
        dropped: where reasons are counted, for phrases that are as frequent as a name has to be.
    """

    def __init__(
        self, material: Material, role: int, config: AliasConfig, dropped: Counter[str]
    ) -> None:
        self._material = material
        self._role = role
        self._kind = material.roles[role].kind
        self._config = config
        self._dropped = dropped
        self._has: dict[int, set[int]] = defaultdict(set)  # by item
        self._of: dict[int, set[int]] = defaultdict(set)  # by entity
        self._called: dict[int, set[int]] = defaultdict(set)  # likewise, with a name in their text
        for one in material.stated[role]:
            self._has[one.item].add(one.entity)
            self._of[one.entity].add(one.item)
            if one.named:
                self._called[one.entity].add(one.item)
        self._by_context = self._counted()
        self._phrase_P, self._item_P = self._places()
        phrases = np.arange(len(material.phrases) + 1)
        self._starts = np.searchsorted(self._phrase_P, phrases)
        self._tests = len(np.unique(self._phrase_P)) * len(self._of)

    def names(self) -> Iterator[tuple[Phrase, LearntName]]:
        """The most frequent phrases first: what these explain teaches nothing more."""
        for pair in sorted(self._pairs(), key=self._order):
            found = self._found(pair)
            if len(found.in_place) < self._config.min_support:
                continue
            if self._has_common_edge(pair):
                continue  # without it the phrase is another one, as frequent
            if reason := self._refused(pair, found):
                self._dropped[reason] += 1
                continue
            self._called[pair.entity] |= found.in_place
            yield self._material.phrases[pair.phrase], self._learnt(pair, found)

    def _places(self) -> tuple[Ints, Ints]:
        """Phrases that may be names in this role and items that state it; sorted by phrase."""
        role_P = self._material.role_P
        for_others_P = (role_P <= free_but(0)) & (role_P != free_but(self._role))
        for_this_P = (role_P == FREE) | (role_P == self._role) | for_others_P
        stating_I = np.zeros(len(self._material.texts), dtype=np.bool_)
        stating_I[list(self._has)] = True
        keep_P = stating_I[self._material.item_P] & for_this_P
        places = np.stack([self._material.phrase_P[keep_P], self._material.item_P[keep_P]])
        phrase_P, item_P = np.unique(places, axis=1)
        return phrase_P, item_P

    def _items(self, phrase: int) -> set[int]:
        return set(self._item_P[self._starts[phrase] : self._starts[phrase + 1]].tolist())

    def _pairs(self) -> list[_Pair]:
        counts: Counter[tuple[int, int]] = Counter()
        for phrase, item in zip(self._phrase_P.tolist(), self._item_P.tolist(), strict=True):
            for entity in self._has[item]:
                if item not in self._called[entity]:
                    counts[phrase, entity] += 1
        fewest = self._config.min_support
        return [_Pair(*pair, texts) for pair, texts in counts.items() if texts >= fewest]

    def _order(self, pair: _Pair) -> tuple[int, int, Phrase, int]:
        """Of two that stand together always the longer one first."""
        phrase = self._material.phrases[pair.phrase]
        return -pair.texts, -sum(map(len, phrase)), phrase, pair.entity

    def _found(self, pair: _Pair) -> _Found:
        items = self._items(pair.phrase)
        having = items & self._of[pair.entity]
        beside = having & self._called[pair.entity]
        return _Found(having - beside, beside, items - having)

    def _has_common_edge(self, pair: _Pair) -> bool:
        """Whether it is a name with a word of other texts on it: `lamp ebony`, `phone 12345`."""
        phrase = self._material.phrases[pair.phrase]
        return any(
            self._is_common(edge, pair.entity) and self._can_do_without(rest)
            for at in range(1, len(phrase))
            for edge, rest in ((phrase[:at], phrase[at:]), (phrase[at:], phrase[:at]))
        )

    def _is_common(self, edge: Phrase, entity: int) -> bool:
        known = self._material.position.get(edge)
        items = self._items(known) if known is not None else set()
        return len(items & self._of[entity]) < self._config.least_share * len(items)

    def _can_do_without(self, rest: Phrase) -> bool:
        """A lone Chinese character is too little; of models a number is what tells them apart."""
        if rest in self._material.position:
            return True
        return self._kind != "model" and not any(map(is_han, rest))

    def _refused(self, pair: _Pair, found: _Found) -> Reason | None:
        config, material = self._config, self._material
        if found.share < config.least_share or found.low < config.sure:
            return "not sure"
        if material.taken.get(material.phrases[pair.phrase], set()) - {pair.entity}:
            return "name of another"
        if self._kind != "model" and len(self._families(found)) < config.min_families:
            return "few families"
        called = self._called[pair.entity]
        rate = len(found.in_place) / len(self._of[pair.entity] - called)
        if self._kind in ("brand", "category") and rate < config.least_rate:
            return "seldom"
        if found.beside and rate < config.in_place * len(found.beside) / len(called):
            return "beside the name"
        return "explained" if self._is_explained(pair.entity, found) else None

    def _families(self, found: _Found) -> set[str]:
        return {self._material.families[item] for item in found.in_place}

    def _is_explained(self, entity: int, found: _Found) -> bool:
        """Whether it may be luck, given what else the items are."""
        judged = found.in_place | found.others
        expected = sum(self._expected(item, entity) for item in judged) / len(judged)
        tries = self._tests * len(self._material.roles)
        unlikely = math.log(tries / self._config.chance)
        return surprise(len(found.in_place), len(judged), expected) < unlikely

    def _expected(self, item: int, entity: int) -> float:
        """How likely the item has the entity, by what other items say that are like it."""
        everywhere = self._by_context["", ""]
        prior = everywhere[entity] / everywhere[None]
        has = int(entity in self._has[item])
        chances = [prior]
        for context in self._contexts(item):
            counts = self._by_context[context]
            others, having = counts[None] - 1, counts[entity] - has
            chances.append((having + _CONTEXT_PRIOR * prior) / (others + _CONTEXT_PRIOR))
        return max(chances)

    def _contexts(self, item: int) -> Iterator[tuple[str, str]]:
        known = self._material.contexts[item]
        return ((what, known[what]) for what in self._reasons() if what in known)

    def _reasons(self) -> Sequence[str]:
        """What an entity may go along with; that a brand follows from the model is no reason."""
        match self._kind:
            case "brand":
                return ("category", "source")
            case "category":
                return ("brand", "source")
            case "model":
                return ("brand", "category", "source")
            case "value":
                return ("brand", "category", "model", "source")
            case _:
                assert_never(self._kind)

    def _counted(self) -> dict[tuple[str, str], Counter[int | None]]:
        """By context, how many items have each entity; under None, how many state the role."""
        counts: dict[tuple[str, str], Counter[int | None]] = defaultdict(Counter)
        for item, entities in self._has.items():
            for context in (("", ""), *self._contexts(item)):
                counts[context].update((None, *entities))
        return counts

    def _learnt(self, pair: _Pair, found: _Found) -> LearntName:
        material = self._material
        entity, phrase = material.entities[pair.entity], material.phrases[pair.phrase]
        spellings: Counter[str] = Counter()
        examples: dict[str, str] = {}
        for item in sorted(found.in_place):
            text = material.texts[item]
            written = spelled(text, tokens(text), phrase)
            spellings[written] += 1
            examples.setdefault(written, text)
        name = max(spellings, key=lambda one: (spellings[one], one))
        return LearntName(
            kind=entity.role.kind,
            parameter=entity.role.parameter,
            entity=entity.id,
            entity_name=entity.name,
            name=name,
            support=len(found.in_place),
            families=len(self._families(found)),
            confidence=found.low,
            example=examples[name],
        )
