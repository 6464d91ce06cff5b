"""Words with a typing error, as the known words that were meant."""

from __future__ import annotations

from collections.abc import Sequence

from ml.asking.keys import HAN_NUMERALS, is_number
from ml.asking.lexicon import AskingLexicon
from ml.grounding.tokens import Token, is_han
from ml.search.spelling import english_spelling
from ml.text.everyday import everyday_words, is_common

_TYPED_CHARS = 5  # shorter words have too many neighbours to be mended
_SWAPPED_CHARS = 4  # unless only two letters have changed places
_LONG_CHARS = 8  # such words may have two errors
_HAN_SHORTEST, _HAN_LONGEST = 3, 6  # characters of a name that is mended


def mended(place: int, words: Sequence[Token], lexicon: AskingLexicon) -> dict[int, str]:
    """Known words in the place of one with a typing error; none where there is none, or several."""
    word = words[place].key
    if is_han(word):  # a number is meant as it is: 保修半年
        return {} if word in HAN_NUMERALS else _mended_han(place, words, lexicon)
    if _is_code(place, words):
        return {}
    if len(word) < _SWAPPED_CHARS or not word.isascii() or not word.isalpha():
        return {}
    if word in everyday_words():
        return {}  # who asks for skirts wants no shirts
    from rapidfuzz.distance import OSA

    letter, signs = word[0], sorted(word)
    near: dict[str, tuple[int, bool]] = {}
    names = frozenset(lexicon.words.get(letter, ()))
    for other in (*names, *lexicon.text_words.get(letter, ())):
        swapped = signs == sorted(other)
        # A name that the graph lacks is rather another one than a word of some text.
        is_stranger = len(other) == len(word) and other not in names
        most = _errors(len(word) - (is_stranger and not swapped), swapped=swapped)
        if abs(len(other) - len(word)) <= most:
            distance = OSA.distance(word, other, score_cutoff=most)
            if distance <= most:
                near[other] = (distance, not swapped)
    least = min(near.values(), default=None)
    closest = [other for other in near if near[other] == least]
    if len(closest) != 1:
        return {}
    said = english_spelling().nearest(word)
    is_said = said is not None and said.errors < near[closest[0]] and is_common(said.words[0])
    return {} if is_said else {place: closest[0]}


def _is_code(place: int, words: Sequence[Token]) -> bool:
    """Whether digits are glued to a word: what is nearly a code is another one."""
    before, behind = words[max(place - 1, 0) : place], words[place + 1 : place + 2]
    return any(
        is_number(one.key) and words[place].start <= one.end and one.start <= words[place].end
        for one in (*before, *behind)
    )


def _errors(length: int, *, swapped: bool) -> int:
    """How many typing errors a word of this length may have; `swapped`: only letters' places."""
    if length < _TYPED_CHARS:
        return 1 if swapped else 0
    return 1 if length < _LONG_CHARS else 2


def _frames(phrase: Sequence[str], blank: int, lexicon: AskingLexicon) -> bool:
    """Whether what is left beside the blank is a function word: 多少 with another noun behind."""
    rest = (tuple(phrase[:blank]), tuple(phrase[blank + 1 :]))
    return any(
        sense.kind == "function"
        for words in rest
        if len(words) > 1
        for sense in lexicon.senses.get(words, ())
    )


def _mended_han(place: int, words: Sequence[Token], lexicon: AskingLexicon) -> dict[int, str]:
    """`后置摄象头`: a name of several characters, of which one is another."""
    for size in range(_HAN_LONGEST, _HAN_SHORTEST - 1, -1):
        for first in range(max(place - size + 1, 0), min(place, len(words) - size) + 1):
            for wrong in (place, *range(first, first + size)):  # 处里器: 里 is a word too
                phrase = [word.key for word in words[first : first + size]]
                phrase[wrong - first] = "*"
                found = lexicon.blanked.get(tuple(phrase))
                named = wrong == first and tuple(phrase[1:]) in lexicon.senses  # 塞班系统
                if found and not named and not _frames(phrase, wrong - first, lexicon):
                    return {wrong: found}
    return {}
