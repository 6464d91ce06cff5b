"""A reference catalogue as it is compared with titles."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from ml.grounding.plurals import number_forms
from ml.linking.records import CatalogModel
from ml.linking.words import quantity_of, shape_of, stems_of, words_of

Words = tuple[str, ...]

VALUE_WORDS = 3  # a longer value is a description, and its words are no words of a value
# A word in so many more values than names says nothing about the name: `black`, `sim`.
MUCH_MORE = 5
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_MEASURE = re.compile(r"[^\W\d_]+$")


@dataclass(frozen=True, slots=True)
class Entry:
    """One model, ready to be compared.

    Attributes:
        names: without the brand's words; the shown one first.
        stated: words of its values that consist of words, and its numbers as they are written.
        quantities: sizes by dimension.
        stems: of the model numbers among its names and values.
        shapes: what these look like.
        extensions: words that names which begin with this one go on with.
        year: the latest of its values that is one.
    """

    model: CatalogModel
    brand: Words
    names: tuple[Words, ...]
    stated: frozenset[str]
    quantities: Mapping[str, tuple[float, ...]]
    stems: frozenset[str]
    shapes: frozenset[tuple[str, int]]
    extensions: frozenset[str]
    year: int | None


class Catalogue:
    """The models, and what their names and values say about words.

    Attributes:
        names_with: in how many models' names a word stands.
        values_with: in how many models' values a word stands.
        with_stem: positions of the models that have a model number.
        variants: how many names become another model's name with a word behind them: `plus`, `2`.
        brands: the brands' names as words.
        latest: the last year of any value.
    """

    def __init__(self, models: Sequence[CatalogModel]) -> None:
        brands = {model.brand: words_of(model.brand) for model in models if model.brand}
        names = [_names(model, brands.get(model.brand or "", ())) for model in models]
        self._named = {(brand, name) for brand, all_names in names for name in all_names}
        extensions = _extensions(self._named)
        self.variants = _variants(self._named)
        self.entries = [_entry(*found, extensions) for found in zip(models, names, strict=True)]
        self.brands = frozenset(filter(None, brands.values()))
        self.squashed_brands = {"".join(brand): brand for brand in self.brands}
        self.names_with = Counter(word for entry in self.entries for word in name_words(entry))
        self.values_with = Counter(word for entry in self.entries for word in entry.stated)
        self._of_kind = Counter(word for model in models for word in _kinds(model))
        self._of_brand: dict[Words, set[int]] = defaultdict(set)
        self._in_brand: dict[tuple[Words, str], set[int]] = defaultdict(set)
        for position, entry in enumerate(self.entries):
            self._of_brand[entry.brand].add(position)
            for word in name_words(entry):
                self._in_brand[entry.brand, word].add(position)
        total = len(self.entries)
        self._rarity = {w: math.log(1 + total / (n + 0.5)) for w, n in self.names_with.items()}
        self._rarest = math.log(1 + total / 0.5)
        self._rarity_in_brand = {
            (brand, word): math.log((len(self._of_brand[brand]) + 1) / (len(found) + 0.5))
            for (brand, word), found in self._in_brand.items()
        }
        self.with_stem: dict[str, list[int]] = defaultdict(list)
        for position, entry in enumerate(self.entries):
            for stem in entry.stems:
                self.with_stem[stem].append(position)
        self.latest = max((entry.year or 0 for entry in self.entries), default=0)

    def is_longer(self, entry: Entry) -> bool:
        """Whether its name begins with that of another model of its brand."""
        name = entry.names[0]
        return any((entry.brand, name[:length]) in self._named for length in range(1, len(name)))

    def rarity(self, word: str) -> float:
        return self._rarity.get(word, self._rarest)

    def rarity_in_brand(self, brand: Words, word: str) -> float:
        """How much a word tells among the models of one brand; below 1 for its lines."""
        return self._rarity_in_brand[brand, word]

    def names_of_brand(self, brand: Words, word: str) -> int:
        return len(self._in_brand.get((brand, word), ()))

    def with_all(self, brand: Words, words: Sequence[str]) -> int:
        """How many models of a brand have all the words in their names."""
        if not words:
            return len(self._of_brand[brand])
        found = sorted((self._in_brand[brand, word] for word in words), key=len)
        return len(found[0].intersection(*found[1:]))

    def name_share(self, word: str) -> float:
        """Of all models that a word says something of, the share that it names."""
        names = self.names_with.get(word, 0)
        others = self.values_with.get(word, 0) + self._of_kind.get(word, 0)
        return names / (names + others + 1.0)

    def is_of_values(self, word: str) -> bool:
        """Whether a word stands in far more values than names, whatever it means here."""
        return self.values_with.get(word, 0) > MUCH_MORE * self.names_with.get(word, 0)

    def brands_in(self, words: Sequence[str]) -> frozenset[Words]:
        """The brands whose whole name stands in `words`, or as one word: `one plus`, `oneplus`."""
        grams = (tuple(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1))
        found = (self.squashed_brands.get("".join(gram)) for gram in grams)
        return frozenset(brand for brand in found if brand)


def name_words(entry: Entry) -> set[str]:
    return {word for name in entry.names for word in name}


def _names(model: CatalogModel, brand: Words) -> tuple[Words, tuple[Words, ...]]:
    names = [_without(words_of(name), brand) for name in (model.name, *model.names)]
    found = tuple(dict.fromkeys(filter(None, names)))
    return brand, found or ((model.id,),)  # a name of signs alone: no title will say the id


def _without(name: Words, brand: Words) -> Words:
    if brand and name[: len(brand)] == brand and len(name) > len(brand):
        return name[len(brand) :]
    return name


def _extensions(names: Set[tuple[Words, Words]]) -> Mapping[object, set[str]]:
    """By brand and name: what longer names of the brand go on with."""
    found: dict[object, set[str]] = defaultdict(set)
    for brand, name in names:
        for length in range(1, len(name)):
            if (brand, name[:length]) in names:
                found[brand, name[:length]].update(name[length:])
    return found


def _variants(names: Set[tuple[Words, Words]]) -> Counter[str]:
    """Words by how many names of a brand they turn into another one that begins the same."""
    return Counter(
        name[length]
        for brand, name in names
        for length in range(1, len(name))
        if (brand, name[:length]) in names
    )


def _entry(
    model: CatalogModel,
    named: tuple[Words, tuple[Words, ...]],
    extensions: Mapping[object, set[str]],
) -> Entry:
    brand, names = named
    stated: set[str] = set()
    quantities: dict[str, set[float]] = defaultdict(set)
    stems = {stem for name in names for stem in stems_of(name)}
    for words in _values(model):
        stems |= stems_of(words)
        if len(words) == 1 or all(map(str.isalpha, words)):
            stated.update(words)
        for dimension, size, number in filter(None, map(_size, words)):
            quantities[dimension].add(size)
            stated.add(number)
    return Entry(
        model=model,
        brand=brand,
        names=names,
        stated=frozenset(stated),
        quantities={dimension: tuple(sizes) for dimension, sizes in quantities.items()},
        stems=frozenset(stems),
        shapes=frozenset(map(shape_of, stems)),
        extensions=frozenset().union(*(extensions.get((brand, name), ()) for name in names)),
        year=max((int(word) for word in stated if _YEAR.fullmatch(word)), default=None),
    )


def _kinds(model: CatalogModel) -> set[str]:
    """Words for what it is, in the singular and the plural: `mobile phone` names no model."""
    words = [word for name in model.category for word in words_of(name)]
    return {form for word in words for form in (word, *number_forms(word))}


def _size(word: str) -> tuple[str, float, str] | None:
    found = quantity_of(word)
    return (*found, _MEASURE.sub("", word)) if found else None


def _values(model: CatalogModel) -> Iterator[Words]:
    """Those short enough to be more than a description."""
    for values in model.facts.values():
        for value in values:
            words = value_words(value)
            if 0 < len(words) <= VALUE_WORDS:
                yield words


@lru_cache(maxsize=65_536)  # a catalogue says few things of many models
def value_words(value: str) -> Words:
    """The words of a value without what follows a comma or stands in parentheses."""
    return words_of(value.partition("(")[0].partition(",")[0])
