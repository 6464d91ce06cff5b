"""Text to what a network sees: ids of characters and pairs, words, matches of lists."""

# L characters, F features, T types

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import rjieba
from numpy.typing import NDArray

from ml.entities.inputs import MASKED, PADDING, UNKNOWN, EncodedTitle
from ml.entities.labels import BEGIN, END, INSIDE, SINGLE, Labels
from ml.entities.lexicon import Lexicon
from ml.entities.phrases import Phrases, substrings
from ml.entities.records import LabelledTitle
from ml.entities.spelling import plain
from ml.text.segmentation import is_chinese

_RESERVED = max(PADDING, UNKNOWN, MASKED) + 1
_BORDER = "\n"  # no title holds one: `plain` makes it a space
_LENGTHS = 6  # of a longest match: 1 .. 5 characters, 6 and more
_CLASSES = 5
NUMBERED = "#"  # `TYPE#2` is the second gazetteer of one type
_PAIR_TIMES = 2  # a pair that was met once teaches nothing


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Ids of what was met in training, counted from `_RESERVED`."""

    ids: Mapping[str, int]

    @classmethod
    def of(cls, counts: Mapping[str, int], at_least: int = 1) -> Vocabulary:
        return cls.in_order(sorted(name for name, count in counts.items() if count >= at_least))

    @classmethod
    def in_order(cls, names: Iterable[str]) -> Vocabulary:
        return cls({name: number for number, name in enumerate(names, _RESERVED)})

    def __len__(self) -> int:
        return _RESERVED + len(self.ids)

    def encode(self, names: Iterable[str]) -> NDArray[np.int64]:
        return np.array([self.ids.get(name, UNKNOWN) for name in names], np.int64)


@dataclass(frozen=True, slots=True)
class Featurizer:
    """Everything that turns a text into numbers, learnt from the training titles alone.

    Attributes:
        leaning: the type index that each gazetteer speaks of, None: of none that is labelled.
    """

    labels: Labels
    characters: Vocabulary
    pairs: Vocabulary
    tags: Vocabulary
    phrases: Phrases
    leaning: tuple[int | None, ...]
    lexicon: Lexicon

    @classmethod
    def learn(
        cls, titles: Sequence[LabelledTitle], gazetteers: Mapping[str, Sequence[str]]
    ) -> Featurizer:
        labels = Labels.of(titles)
        texts = [plain(title.text) for title in titles]
        phrases = Phrases.of(gazetteers)
        sources = [*texts, *phrases.holders]
        return cls(
            labels=labels,
            characters=Vocabulary.of(Counter("".join(sources))),
            pairs=Vocabulary.of(
                Counter(pair for text in sources for pair in _pairs(text)), _PAIR_TIMES
            ),
            tags=Vocabulary.of(Counter(tag for text in texts for _, tag in rjieba.tag(text))),
            phrases=phrases,
            leaning=_leaning(titles, phrases, labels),
            lexicon=Lexicon.of(titles, labels),
        )

    @property
    def width(self) -> int:
        lists = 4 * len(self.leaning)
        return lists + (_LENGTHS + 4) * len(self.labels.types) + 4 + _CLASSES

    def encode(
        self,
        text: str,
        spans: Sequence[tuple[str, int, int]] | None = None,
        lexicon: Lexicon | None = None,
    ) -> EncodedTitle:
        """`lexicon` takes the place of that of all training titles, to which `text` may belong."""
        text = plain(text)
        words = rjieba.tag(text)
        feature_LF = np.concatenate(
            (
                self._gazetteer_features(text),
                self._lexicon_features(text, lexicon or self.lexicon),
                _border_features(len(text), words),
                _class_features(text),
            ),
            axis=1,
        )
        tags = [tag for word, tag in words for _ in word]
        label_L = None if spans is None else np.array(self.labels.encode(len(text), spans))
        return EncodedTitle(
            character_L=self.characters.encode(text),
            pair_L=self.pairs.encode(_pairs(text)),
            tag_L=self.tags.encode(tags),
            feature_LF=feature_LF,
            label_L=label_L,
        )

    def _gazetteer_features(self, text: str) -> NDArray[np.float32]:
        """Which lists say begin, inside, end or single here; the longest match for each type."""
        match_LG4 = np.zeros((len(text), len(self.leaning), 4), np.float32)
        longest_LT = np.zeros((len(text), len(self.labels.types)), np.int64)
        for start, end, lists in self.phrases.matches(text):
            for number in lists:
                _mark(match_LG4[:, number], start, end, 1.0)
                kind = self.leaning[number]
                if kind is not None:
                    own_L = longest_LT[start:end, kind]
                    np.maximum(own_L, end - start, out=own_L)
        length_LTN = np.minimum(longest_LT, _LENGTHS)[:, :, None] == np.arange(1, _LENGTHS + 1)
        return np.concatenate(
            (
                match_LG4.reshape(len(text), 4 * len(self.leaning)),
                length_LTN.astype(np.float32).reshape(len(text), -1),
            ),
            axis=1,
        )

    def _lexicon_features(self, text: str, lexicon: Lexicon) -> NDArray[np.float32]:
        share_LT4 = np.zeros((len(text), len(self.labels.types), 4), np.float32)
        for start, end in substrings(len(text)):
            for kind, share in lexicon.shares.get(text[start:end], {}).items():
                _mark(share_LT4[:, kind], start, end, share)
        return share_LT4.reshape(len(text), -1)


def _pairs(text: str) -> list[str]:
    return [first + second for first, second in pairwise((_BORDER, *text, _BORDER))]


def _mark(value_L4: NDArray[np.float32], start: int, end: int, value: float) -> None:
    """The larger of what is there and `value`, at the parts of a span."""
    if end - start == 1:
        value_L4[start, SINGLE] = max(value_L4[start, SINGLE], value)
        return
    value_L4[start, BEGIN] = max(value_L4[start, BEGIN], value)
    value_L4[end - 1, END] = max(value_L4[end - 1, END], value)
    inside = value_L4[start + 1 : end - 1, INSIDE]
    np.maximum(inside, value, out=inside)


def _border_features(length: int, words: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
    border_L4 = np.zeros((length, 4), np.float32)
    start = 0
    for word, _ in words:
        _mark(border_L4, start, start + len(word), 1.0)
        start += len(word)
    return border_L4


def _class_features(text: str) -> NDArray[np.float32]:
    return np.array(
        [
            (
                is_chinese(sign),
                sign.isalpha() and not is_chinese(sign),
                sign.isdigit(),
                sign == " ",
                not sign.isalnum() and sign != " ",
            )
            for sign in text
        ],
        np.float32,
    ).reshape(len(text), _CLASSES)


def _leaning(
    titles: Sequence[LabelledTitle], phrases: Phrases, labels: Labels
) -> tuple[int | None, ...]:
    """For each list the type it is called by, or whose training strings it holds most of."""
    strings: list[set[str]] = [set() for _ in labels.types]
    for title in titles:
        text = plain(title.text)
        for kind, start, end in title.entities:
            strings[labels.types.index(kind)].add(text[start:end])
    found: list[int | None] = []
    for number, name in enumerate(phrases.names):
        called, _, _ = name.partition(NUMBERED)
        if called in labels.types:
            found.append(labels.types.index(called))
            continue
        share_T = [
            sum(number in phrases.holders.get(text, ()) for text in own) / max(len(own), 1)
            for own in strings
        ]
        best = max(range(len(share_T)), key=share_T.__getitem__, default=None)
        found.append(best if best is not None and share_T[best] > 0 else None)
    return tuple(found)
