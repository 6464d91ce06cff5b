"""How far words of titles speak of names, and words of names are said: learnt from offers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ml.linking.catalogue import Catalogue, Entry, name_words

PRIOR_OFFERS = 3.0  # what is known without a word's own offers counts as so many
SAID = 0.8  # of the words of a name, before any offer is seen


@dataclass(frozen=True, slots=True)
class WordTrust:
    """Counts of offers whose model is known.

    Attributes:
        titles: offers by a word of their title.
        naming: those of them whose model has the word in a name.
        names: offers by a word of their model's names.
        said: those of them whose title has the word.
    """

    titles: Counter[str] = field(default_factory=Counter)
    naming: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)

    @classmethod
    def learn(cls, offers: Iterable[tuple[frozenset[str], Entry]]) -> WordTrust:
        """Of each offer the words of its title, and its model."""
        trust = cls()
        for words, entry in offers:
            named = name_words(entry)
            both = words & named
            trust.titles.update(words)
            trust.naming.update(both)
            trust.names.update(named)
            trust.names.update(map(_kind, named))
            trust.said.update(both)
            trust.said.update(map(_kind, both))
        return trust

    @classmethod
    def sum(cls, parts: Iterable[WordTrust]) -> WordTrust:
        total = cls()
        for part in parts:
            total.titles.update(part.titles)
            total.naming.update(part.naming)
            total.names.update(part.names)
            total.said.update(part.said)
        return total

    def without(self, other: WordTrust) -> WordTrust:
        """As if the offers of `other` had not been seen."""
        return WordTrust(
            self.titles - other.titles,
            self.naming - other.naming,
            self.names - other.names,
            self.said - other.said,
        )

    def names_with(self, word: str, catalogue: Catalogue) -> float:
        """Of the offers with a word, the share whose model has it in a name."""
        prior = PRIOR_OFFERS * catalogue.name_share(word)
        return (self.naming.get(word, 0) + prior) / (self.titles.get(word, 0) + PRIOR_OFFERS)

    def said_of(self, word: str) -> float:
        """Of the offers of models with a word in a name, the share whose title says it."""
        kind = _kind(word)
        usual = (self.said.get(kind, 0) + SAID) / (self.names.get(kind, 0) + 1.0)
        prior = PRIOR_OFFERS * usual
        return (self.said.get(word, 0) + prior) / (self.names.get(word, 0) + PRIOR_OFFERS)


def _kind(word: str) -> str:
    """Stands for all words like this one, where it is new itself."""
    if word.isalpha():
        return " word"
    return " number" if word.isdigit() else " mixed"
