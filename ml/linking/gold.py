"""Which model of a catalogue the label of a cluster of offers names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ml.linking.catalogue import MUCH_MORE, VALUE_WORDS, Words, value_words
from ml.linking.offers import Offer
from ml.linking.records import CatalogModel
from ml.linking.words import quantity_of, words_of


@dataclass(frozen=True, slots=True)
class Judged:
    """An offer that can be judged: `model` is what it names, None where it must get none.

    Attributes:
        group: the model, or the label: what may not be on both sides of a split.
    """

    title: str
    model: str | None
    group: str


class Gold:
    """Labels of clusters to models.

    A label names a model where it is its id, or one of its names, with or without its brand, letter
    by letter but for case, spaces and signs, and of no other model. Where it is not yet, its sizes
    (numbers with a unit) are taken off, and then from its end one value after the other: words that
    are a whole short value of the catalogue, or the name of a parameter, more than five times as
    often as they stand in names of its models. That takes off `64GB`, `Black`, `Dual SIM` and
    leaves `Plus` and `Mini`; it comes from the catalogue alone.
    """

    def __init__(self, models: Sequence[CatalogModel]) -> None:
        self._ids = frozenset(model.id for model in models)
        self._models: dict[str, set[str]] = defaultdict(set)
        named: Counter[str] = Counter()
        stated: Counter[Words] = Counter()
        self._words: set[str] = set()
        for model in models:
            for name in (model.name, *model.names):
                for said in (name, f"{model.brand or ''} {name}"):
                    self._models["".join(words_of(said))].add(model.id)
            names = {word for name in (model.name, *model.names) for word in words_of(name)}
            named.update(names)
            self._words |= names | set(words_of(model.brand or ""))
            stated.update(set(_values(model)))
        self._values = {
            words
            for words, count in stated.items()
            if all(map(str.isalpha, words)) and count > MUCH_MORE * min(named[w] for w in words)
        }

    def model_of(self, label: str) -> str | None:
        """The id of the one model that a label names."""
        if label in self._ids:
            return label
        for words in self._shorter(words_of(label)):
            found = self._models.get("".join(words), set())
            if len(found) == 1:
                return next(iter(found))
        return None

    def _shorter(self, words: Words) -> Iterator[Words]:
        yield words
        words = tuple(word for word in words if quantity_of(word) is None)
        yield words
        while shorter := self._without_value(words):
            words = shorter
            yield words

    def _without_value(self, words: Words) -> Words:
        for length in range(VALUE_WORDS, 0, -1):
            if words[-length:] in self._values:
                return words[:-length]
        return ()

    def is_strange(self, label: str) -> bool:
        """Whether the maker is none of the catalogue: its first word stands in no brand or name."""
        words = words_of(label)
        return bool(words) and words[0] not in self._words

    def judge(self, offers: Sequence[Offer]) -> list[Judged]:
        """Offers of models, and of makers that the catalogue lacks; the others are left out.

        What is left out may well be in the catalogue under another name, so nobody knows what
        would be right.
        """
        judged: list[Judged] = []
        for offer in offers:
            model = self.model_of(offer.label)
            if model is not None or self.is_strange(offer.label):
                judged.append(Judged(offer.title, model, model or f"label {offer.label}"))
        return judged


def _values(model: CatalogModel) -> Iterator[Words]:
    for parameter, values in model.facts.items():
        for text in (parameter, *values):
            words = value_words(text)
            if 0 < len(words) <= VALUE_WORDS:
                yield words
