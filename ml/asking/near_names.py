"""Names of the graph that are written nearly like a few words of a question."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from graph.text import with_brand
from ml.asking.keys import is_number, stems
from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import EntityKind
from ml.grounding.tokens import is_han
from ml.search.spelling import can_be_wrong
from ml.search.words import folded
from ml.text.everyday import english_words

_WORDS_MAX, _HAN_MAX = 8, 16  # of what is looked up, with Chinese characters; more are no name
_LIKE = 0.75  # how much of the words a name must have
_EDITS = ((9, 3), (6, 2), (4, 1))  # letters from which on so many may be wrong
_OTHER_NUMBER, _DIGITS = 0.3, 0.2  # worth of another number, `S11` for `S10`, and of its digits
_BEGINNING, _BEGINNING_CHARS = 0.8, 3  # worth of a word that is the beginning of one
_OWN_WORDS = 0.2  # how much the words of the name count that were not written
_HAVING = 20_000  # names that have one of the words, the best known
_LOOKED_AT = 500  # of those, with most of the words
_NEAR_WORDS = 20  # for each word
_HAN_LONGEST = 8  # characters
_NAME = 0.9  # how surely words mean it of which they are the name, and no part of it
_KINDS = frozenset({"model", "brand", "category", "parameter"})


@dataclass(frozen=True, slots=True)
class NearName:
    """A name of something; `likeness` in 0..1."""

    kind: EntityKind
    id: str
    name: str
    likeness: float


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: EntityKind
    id: str
    name: str
    ways: tuple[tuple[str, ...], ...]  # in which it is written


class NearNames:
    """Made once for a lexicon, at the first question for which it is needed."""

    def __init__(self, lexicon: AskingLexicon) -> None:
        self._texts = lexicon.texts
        self._entries = list(_entries(lexicon))
        self._having: dict[str, list[int]] = defaultdict(list)
        for place, entry in enumerate(self._entries):
            for word in {word for way in entry.ways for word in way}:
                self._having[word].append(place)

    @cached_property
    def _by_letter(self) -> Mapping[str, list[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for word in (*self._having, *self._texts.words):
            if word.isalpha() and not is_han(word):
                found[word[0]].add(word)
        return {letter: sorted(words) for letter, words in found.items()}

    def found(self, text: str, *, most: int, kinds: Sequence[EntityKind] = ()) -> list[NearName]:
        """The nearest, of one of `kinds` if any are named; nothing that is written just so."""
        words = stems(text)
        if not words or len(words) > (_HAN_MAX if any(map(is_han, words)) else _WORDS_MAX):
            return []
        near = {word: self._near(word) for word in set(words)}
        scored: dict[tuple[EntityKind, str], tuple[float, int, str]] = {}
        for place, entry in enumerate(self._likely(near)):
            if (kinds and entry.kind not in kinds) or words in entry.ways:
                continue
            likeness = max((_likeness(words, way, near) for way in entry.ways), default=-1.0)
            key = (entry.kind, entry.id)
            if likeness > 0 and (key not in scored or scored[key][0] < likeness):
                scored[key] = (likeness, place, entry.name)
        best = sorted(scored.items(), key=lambda one: (-one[1][0], one[1][1]))[:most]
        return [
            NearName(kind, id, name, round(likeness, 3)) for (kind, id), (likeness, _, name) in best
        ]

    def _near(self, word: str) -> dict[str, float]:
        """Known words by how like this one they are, itself if it is known."""
        near = {word: 1.0} if word in self._having or word in self._texts else {}
        if len(word) < _BEGINNING_CHARS or not word.isalpha() or is_han(word) or _is_everyday(word):
            return near
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        same_letter = self._by_letter.get(word[0], [])
        for other, distance, _ in process.extract(
            word, same_letter, scorer=OSA.distance, score_cutoff=edits(word), limit=_NEAR_WORDS
        ):
            near.setdefault(other, 1.0 - distance / max(len(word), len(other)))
        longer = (one for one in same_letter if one.startswith(word) and one not in near)
        for other, _ in zip(longer, range(_NEAR_WORDS), strict=False):
            near[other] = _BEGINNING
        return near

    def _likely(self, near: Mapping[str, Mapping[str, float]]) -> Iterator[_Entry]:
        """What has most of the words, or of those like them: names first, then texts."""
        told = [list(others) for word, others in near.items() if _tells(word) or len(near) > 1]
        named = ([self._having.get(one, ()) for one in others] for others in told)
        yield from (self._entries[place] for place in _most_often(named))
        texts = ([self._texts.having(one, most=_HAVING) for one in others] for others in told)
        for place in _most_often(texts):
            value, ways = self._texts.at(place)
            yield _Entry("value", value.id, value.text, ways)


def _most_often(places: Iterable[Iterable[Sequence[int]]]) -> list[int]:
    """For each word the places that have it, or one like it: those of most words, in order."""
    words: Counter[int] = Counter()
    for of_word in places:
        words.update({place for having in of_word for place in having[:_HAVING]})
    # Of equally many the first: most is known of it.
    return sorted(heapq.nsmallest(_LOOKED_AT, words, key=lambda one: (-words[one], one)))


def _entries(lexicon: AskingLexicon) -> Iterator[_Entry]:
    """Names as the lexicon has them, those first that most is known of."""
    named: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for words, senses in lexicon.senses.items():
        for sense in senses:
            if sense.sure >= _NAME and sense.kind in _KINDS:
                named[sense.kind, sense.id].append(words)
    for one in lexicon.brands.values():
        yield _Entry("brand", one.id, one.name, tuple(named["brand", one.id]))
    for one in lexicon.categories.values():
        yield _Entry("category", one.id, one.name, tuple(named["category", one.id]))
    for parameter in lexicon.parameters.values():
        ways = tuple(named["parameter", parameter.id])
        yield _Entry("parameter", parameter.id, parameter.name, ways)
    for model in sorted(lexicon.models.values(), key=lambda one: (-one.weight, one.id)):
        name = with_brand(model.name, model.brand)
        yield _Entry("model", model.id, name, tuple(named["model", model.id]))


def edits(word: str) -> int:
    """How many letters of a word may be wrong; codes and Chinese have no spelling.

    An everyday word is meant as it is: who asks for chairs wants no chai.
    """
    if not word.isalpha() or is_han(word) or _is_everyday(word):
        return 0
    return next((most for length, most in _EDITS if len(word) >= length), 0)


def _is_everyday(word: str) -> bool:
    return can_be_wrong(word) and folded(word) in english_words()


def _likeness(
    words: Sequence[str], way: Sequence[str], near: Mapping[str, Mapping[str, float]]
) -> float:
    """How much of the words a name has, less a little for what else is in it; -1: too little."""
    if all(map(is_han, words)):
        return _likeness_of_han("".join(words), "".join(way))
    return _weighed(words, way, near)


def _weighed(
    words: Sequence[str], way: Sequence[str], near: Mapping[str, Mapping[str, float]]
) -> float:
    covered, left = _covered(words, way, near)
    if covered < _LIKE:
        return -1.0
    written = 1.0 - sum(map(len, left)) / sum(map(len, way))
    return (1 - _OWN_WORDS) * covered + _OWN_WORDS * written


def _covered(
    words: Sequence[str], way: Sequence[str], near: Mapping[str, Mapping[str, float]]
) -> tuple[float, list[str]]:
    """How much of the words a name has, each of its own once, and what of it is left over."""
    had, left = 0.0, list(way)
    for word in sorted(words, key=len, reverse=True):
        if not left:
            break
        worth, place = max((_worth(word, one, near[word]), -at) for at, one in enumerate(left))
        had += len(word) * worth
        if worth:
            del left[-place]
    return had / max(sum(map(len, words)), 1), left


def likeness_of_part(words: Sequence[str], title: Sequence[str]) -> float:
    """How much of the words a title has, less for what else it has; 0: too little."""
    from rapidfuzz.distance import OSA

    near = {
        word: {
            one: 1.0 - distance / max(len(word), len(one))
            for one in title
            if one[0] == word[0]
            and not is_number(one)
            and (distance := OSA.distance(word, one)) <= edits(word)
        }
        for word in words
    }
    return max(_weighed(words, title, near), 0.0) if any(map(_tells, words)) else 0.0


def _tells(word: str) -> bool:
    return not is_number(word) and (len(word) > 1 or is_han(word))


def _worth(word: str, other: str, near: Mapping[str, float]) -> float:
    if word == other:
        return 1.0
    if is_number(word) and is_number(other):
        from rapidfuzz.distance import OSA

        alike = OSA.normalized_similarity(word, other) + (len(word) == len(other))
        return _OTHER_NUMBER + _DIGITS * alike
    return near.get(other, 0.0)


def _likeness_of_han(words: str, name: str) -> float:
    """Characters of a name of which one is another, or of a long one two."""
    from rapidfuzz.distance import OSA

    if len(words) < 2 or abs(len(words) - len(name)) > 1 or len(name) > _HAN_LONGEST:
        return -1.0
    distance = OSA.distance(words, name)
    if distance > (1 if len(words) < 5 else 2) or distance >= min(len(words), len(name)):
        return -1.0
    return 1.0 - distance / (2 * max(len(words), len(name)))
