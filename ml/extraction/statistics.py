"""Counts of what training texts say, from which any part of them can be left out."""

# K keys of a family, X looked up, F folds, S smaller folds inside

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ml.extraction.cleaning import IntArray
from ml.extraction.known_values import KnownValues
from ml.extraction.labels import Labels
from ml.extraction.slots import Slots
from ml.extraction.tokens import pattern_of
from ml.extraction.vocabulary import Vocabulary, word_class

FloatArray = npt.NDArray[np.float32]

GRAMS = 2**14  # buckets of three letters
_GRAM = 3

# slot, parameter and category say whose; texts count once
FAMILIES = (
    "slot",  # (slot, 0): labelled texts
    "silent",  # (slot, 0): of these, without a value
    "length",  # (slot, tokens of the value)
    "value",  # (slot, value)
    "value_there",  # (slot, value): labelled texts in which the value stands
    "value_parameter",  # (parameter, value)
    "value_category",  # (category, value)
    "pattern",  # (slot, pattern)
    "word_in",  # (slot, word): in the value
    "word_first",
    "word_last",
    "word_before",  # in front of the value
    "word_after",
    "word_there",  # (slot, word): labelled texts in which the word stands
    "word_parameter",  # (parameter, word): in a value
    "word_parameter_there",
    "word_category",  # (category, word): in any value
    "word_category_there",
    "cut",  # (word, next word): a value ends or begins between them
    "joined",  # (word, next word): both in one value
    "gram",  # (slot, three letters): in words of the value
    "gram_there",  # (slot, three letters): in words of labelled texts
)
# of texts that somebody else labelled, about no category
WEAK_FAMILIES = (
    "weak_value",  # (parameter, value)
    "weak_any",  # (0, value)
)


class Counts(Protocol):
    """How often training, or a part of it, met something."""

    def of(self, family: str, whose_X: IntArray, what_X: IntArray, text_X: IntArray) -> FloatArray:
        """Of each pair of ids; 0 where one of them is a stranger. `text_X`: who asks."""


@dataclass(slots=True)
class Events:
    """What every training text says: pairs of ids by family, and the text's number."""

    whose: list[int]
    what: list[int]
    text: list[int]


def events_of(
    labels: Sequence[Labels], vocabulary: Vocabulary, slots: Slots, known: KnownValues
) -> dict[str, Events]:
    found = {family: Events([], [], []) for family in FAMILIES}
    of_slot = values_of_slots(labels, vocabulary, slots)
    categories = {category: n for n, category in enumerate(slots.of_category)}
    for number, label in enumerate(labels):
        _note_text(found, number, label, vocabulary, slots, categories[label.category])
        there = {hit.value for hit in known.hits(label.text)}
        for parameter in (*label.spans, *label.silent):
            slot = slots.slot(label.category, parameter)
            _add(found["value_there"], slot, there & of_slot[slot], number)
    return found


def weak_events(
    triples: Sequence[tuple[str, str]], vocabulary: Vocabulary, slots: Slots
) -> dict[str, Events]:
    """Of pairs of parameter and value, each from another text."""
    found = {family: Events([], [], []) for family in WEAK_FAMILIES}
    for number, (parameter, value) in enumerate(triples):
        known, whose = vocabulary.values.get(value), slots.parameter(parameter)
        if known is not None:
            _add(found["weak_any"], 0, {known}, number)
        if known is not None and whose >= 0:
            _add(found["weak_value"], whose, {known}, number)
    return found


def values_of_slots(
    labels: Sequence[Labels], vocabulary: Vocabulary, slots: Slots
) -> list[set[int]]:
    found: list[set[int]] = [set() for _ in slots.slots]
    for label in labels:
        for parameter, ((start, end), *_) in label.spans.items():
            value = vocabulary.values[label.text.low[start:end]]
            found[slots.slot(label.category, parameter)].add(value)
    return found


def _add(events: Events, whose: int, what: set[int], text: int) -> None:
    events.whose.extend([whose] * len(what))
    events.what.extend(what)
    events.text.extend([text] * len(what))


def _note_text(
    found: dict[str, Events],
    number: int,
    label: Labels,
    vocabulary: Vocabulary,
    slots: Slots,
    category: int,
) -> None:
    words = [vocabulary.word(word) for word in label.text.words]
    grams = [set(grams_of(word)) for word in label.text.words]
    there, grams_there = set(words), set().union(*grams)
    _add(found["word_category_there"], category, there, number)
    in_any: set[int] = set()
    cuts: set[int] = set()
    joints: set[int] = set()
    for parameter in (*label.spans, *label.silent):
        slot, everywhere = slots.slot(label.category, parameter), slots.parameter(parameter)
        _add(found["slot"], slot, {0}, number)
        _add(found["word_there"], slot, there, number)
        _add(found["word_parameter_there"], everywhere, there, number)
        _add(found["gram_there"], slot, grams_there, number)
        if parameter in label.silent:
            _add(found["silent"], slot, {0}, number)
            continue
        start, end = label.spans[parameter][0]
        first, last = label.text.covering(start, end)
        inside = set(words[first : last + 1])
        in_any |= inside
        value = vocabulary.values[label.text.low[start:end]]
        _add(found["length"], slot, {min(last - first + 1, 12)}, number)
        _add(found["value"], slot, {value}, number)
        _add(found["value_parameter"], everywhere, {value}, number)
        _add(found["value_category"], category, {value}, number)
        pattern = vocabulary.patterns[pattern_of(label.value(parameter))]
        _add(found["pattern"], slot, {pattern}, number)
        _add(found["word_in"], slot, inside, number)
        _add(found["word_parameter"], everywhere, inside, number)
        _add(found["word_first"], slot, {words[first]}, number)
        _add(found["word_last"], slot, {words[last]}, number)
        _add(found["word_before"], slot, {words[first - 1] if first else -2}, number)
        after = words[last + 1] if last + 1 < len(words) else -2
        _add(found["word_after"], slot, {after}, number)
        _add(found["gram"], slot, set().union(*grams[first : last + 1]), number)
        cuts |= {first, last + 1}
        joints |= set(range(first + 1, last + 1))
    _add(found["word_category"], category, in_any, number)
    edges = [-2, *words, -2]
    for family, places in (("cut", cuts), ("joined", joints)):
        for place in places:
            _add(found[family], edges[place], {edges[place + 1]}, number)


def grams_of(word: str) -> list[int]:
    """Buckets of the three-letter pieces of `<word>`, by a hash that is the same everywhere."""
    word = f"<{word_class(word)[:24]}>"
    return [
        zlib.crc32(word[at : at + _GRAM].encode()) % GRAMS
        for at in range(max(1, len(word) - _GRAM + 1))
    ]


def key_of(whose_X: IntArray, what_X: IntArray) -> IntArray:
    """One number for a pair; edges of a text (-2) are something, strangers (-1) are nothing."""
    key_X = ((whose_X + 2) << 32) | (what_X + 2)
    return np.where((whose_X == -1) | (what_X == -1), -1, key_X)


@dataclass(frozen=True, slots=True)
class WholeCounts:
    """Counts of all training texts: what serving goes by."""

    keys: dict[str, IntArray]
    counts: dict[str, FloatArray]

    @classmethod
    def of_events(cls, events: dict[str, Events]) -> WholeCounts:
        keys, counts = {}, {}
        for family, found in events.items():
            key_X = key_of(np.array(found.whose, np.int64), np.array(found.what, np.int64))
            key_K, count_K = np.unique(key_X, return_counts=True)
            keys[family], counts[family] = key_K, count_K.astype(np.float32)
        return cls(keys, counts)

    def of(self, family: str, whose_X: IntArray, what_X: IntArray, text_X: IntArray) -> FloatArray:
        if not len(self.keys[family]):
            return np.zeros(len(whose_X), np.float32)
        place_X, found_X = place_of(self.keys[family], key_of(whose_X, what_X))
        return np.where(found_X, self.counts[family][place_X], np.float32(0))


@dataclass(frozen=True, slots=True)
class FoldCounts:
    """Counts that leave out who asks: the texts of its own small fold, and a whole fold.

    Leaving out the asking text alone would tell what it says: the count of its own value would be
    one lower just where it is the answer.

    Attributes:
        cubes: by family, counts [F,S,K].
        fold_N, small_N: of every text.
        weak: of other texts; nothing of them is left out.
        held: the fold that is left out of everything; -1: none.
    """

    keys: dict[str, IntArray]
    cubes: dict[str, FloatArray]
    fold_N: IntArray
    small_N: IntArray
    weak: WholeCounts
    held: int = -1

    @classmethod
    def of_events(
        cls, events: dict[str, Events], fold_N: IntArray, small_N: IntArray, weak: WholeCounts
    ) -> FoldCounts:
        F, S = int(fold_N.max()) + 1, int(small_N.max()) + 1
        keys, cubes = {}, {}
        for family, found in events.items():
            key_X = key_of(np.array(found.whose, np.int64), np.array(found.what, np.int64))
            key_K, place_X = np.unique(key_X, return_inverse=True)
            text_X = np.array(found.text, np.int64)
            part_X = fold_N[text_X] * S + small_N[text_X]
            flat = np.bincount(part_X * len(key_K) + place_X, minlength=F * S * len(key_K))
            keys[family] = key_K
            cubes[family] = flat.reshape(F, S, len(key_K)).astype(np.float32)
        return cls(keys, cubes, fold_N, small_N, weak)

    def holding(self, fold: int) -> FoldCounts:
        return replace(self, held=fold)

    def of(self, family: str, whose_X: IntArray, what_X: IntArray, text_X: IntArray) -> FloatArray:
        if family in WEAK_FAMILIES:
            return self.weak.of(family, whose_X, what_X, text_X)
        cube_FSK = self.cubes[family]
        if not cube_FSK.shape[2]:
            return np.zeros(len(whose_X), np.float32)
        if self.held >= 0:
            cube_FSK = np.delete(cube_FSK, self.held, axis=0)
        place_X, found_X = place_of(self.keys[family], key_of(whose_X, what_X))
        left_SK = cube_FSK.sum(axis=(0, 1)) - cube_FSK.sum(axis=0)
        all_K = cube_FSK.sum(axis=(0, 1))
        is_held_X = self.fold_N[text_X] == self.held
        count_X = np.where(is_held_X, all_K[place_X], left_SK[self.small_N[text_X], place_X])
        return np.where(found_X, count_X, np.float32(0))


def place_of(key_K: IntArray, key_X: IntArray) -> tuple[IntArray, npt.NDArray[np.bool_]]:
    """Where each key stands in the sorted ones, and whether it does."""
    if not len(key_K):
        return np.zeros(len(key_X), np.int64), np.zeros(len(key_X), bool)
    place_X = np.minimum(np.searchsorted(key_K, key_X), len(key_K) - 1)
    return place_X, key_K[place_X] == key_X
