"""What is known of an item, which what a text says is held against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graph.records import FactText, ItemText, Value
from ml.grounding.wordings import are_among, words_of


@dataclass(frozen=True, slots=True)
class Stated:
    """`facts`: by parameter and by the id of the value."""

    facts: Mapping[str, Mapping[str, FactText]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Iterable[FactText]) -> Stated:
        known: dict[str, dict[str, FactText]] = defaultdict(dict)
        for fact in facts:
            known[fact.parameter][fact.value] = fact
        return cls(dict(known))

    @classmethod
    def by(cls, item: ItemText) -> Stated:
        """With what its model states where it says nothing itself."""
        return cls.of((*item.facts, *item.inherited))

    def has(self, value: Value) -> bool:
        """Whether this very value is among them."""
        return value.id in self.facts.get(value.parameter, {})

    def agrees(self, value: Value) -> bool | None:
        """Whether it is one of them, or said by one in more words: what is matte black is black.

        None: nothing is known of its parameter.
        """
        if value.parameter not in self.facts:
            return None
        return self.has(value) or bool(self._in_more_words(value))

    def meant_by(self, value: Value) -> FactText | None:
        """The only one that says the same in more words; None where the value itself is known."""
        meant = [] if self.has(value) else self._in_more_words(value)
        return meant[0] if len(meant) == 1 else None

    def _in_more_words(self, value: Value) -> list[FactText]:
        if value.number is not None:
            return []
        words = words_of(value.text)
        facts = self.facts.get(value.parameter, {}).values()
        return [fact for fact in facts if are_among(words, words_of(fact.text))]
