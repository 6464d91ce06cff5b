"""A question as spans that each mean something, chosen so that they explain the most of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from graph.text.numbers import fold_width
from ml.asking.keys import is_number, stemmed
from ml.asking.kind_texts import before_kinds
from ml.asking.lexicon import AskingLexicon
from ml.asking.mending import mended
from ml.asking.quantities import number_spans, unit_spans
from ml.asking.senses import Sense
from ml.asking.span import LONGER, Span, width_of
from ml.asking.synonyms import translated
from ml.asking.values import ValueSense
from ml.grounding.tokens import Token, is_han, stands_alone

# What a kind of span is worth for each word that it explains; a Chinese character is half a word.
_WORTH = {
    "model": 1.35,
    "series": 1.3,
    "brand": 1.25,
    "parameter": 1.2,
    "category": 1.2,
    "function": 1.1,
    "adjective": 1.15,
    "numeral": 1.0,
}
_WHOLE_VALUE, _PART_OF_SEVERAL, _PART_OF_VALUE = 1.15, 1.1, 1.0
_SURE_ENOUGH = 0.85  # the end of a model's name is worth nearly as much as all of it
_STANDARD = 1.35  # rather than a quantity: `5g`
_COMMA = re.compile(r"(?<!\d),|,(?!\d)|(?<=\s)\+(?=\s)")
_IGNORED = 0.9
_BEFORE_NAMES = frozenset({"for", "by", "of", "from"})  # of a text they say no more than it does


def spans(text: str, lexicon: AskingLexicon) -> list[Span]:
    """The spans of a question in its order; every word is in one of them."""
    text = text.replace("，", " ")
    folded = _COMMA.sub(" ", fold_width(text))  # no part of the number beside it
    words = [part for word in stemmed(folded) for part in _unglued(word, lexicon)]
    found = _chosen(folded, words, lexicon)
    wrong: dict[int, str] = {}
    for span in found:
        if span.unknown:
            wrong |= mended(span.first, words, lexicon)
    if not wrong:
        return _shortened(found, words, lexicon)
    words = [
        Token(wrong.get(place, word.key), word.start, word.end) for place, word in enumerate(words)
    ]
    found = [
        replace(span, read=_read(span, folded, words, wrong))
        for span in _chosen(folded, words, lexicon)
    ]
    return _shortened(found, words, lexicon)


def _read(span: Span, text: str, words: Sequence[Token], wrong: Mapping[int, str]) -> str | None:
    """What a span was read as, where a word in it is wrong."""
    if not any(place in wrong for place in range(span.first, span.last + 1)):
        return None
    parts, end = [], span.start
    for place in range(span.first, span.last + 1):
        word = words[place]
        parts += [text[end : word.start], wrong.get(place, text[word.start : word.end])]
        end = word.end
    return "".join(parts)


def _shortened(found: Sequence[Span], words: Sequence[Token], lexicon: AskingLexicon) -> list[Span]:
    """`Aurora 3 and 5`: the second of two names without the words that it shares with the first."""
    spans_ = list(found)
    for place in range(1, len(spans_)):
        span, before = spans_[place], place - 1
        while before > 0 and spans_[before].does("and", "or", "compare", "ignore", "than"):
            before -= 1
        joined = before < place - 1 or not words[span.first - 1].end < span.start
        bare = span.unknown or (span.number is not None and span.unit is None)
        if not (bare and joined and spans_[before].is_kind("model")):
            continue
        ends = place + 1 == len(spans_) or not spans_[place + 1].is_kind("category")
        name = [word.key for word in words[spans_[before].first : spans_[before].last + 1]]
        own = [word.key for word in words[span.first : span.last + 1]]
        for length in range(len(name) - 1, 0, -1):
            senses = lexicon.senses.get((*name[:length], *own), ())
            models = tuple(one for one in senses if one.kind == "model")
            if models and ends:
                spans_[place] = replace(span, senses=models, number=None)
                break
    return spans_


def _unglued(word: Token, lexicon: AskingLexicon) -> tuple[Token, ...]:
    """`aurorapro` as the two words of a name that it is."""
    parts = lexicon.glued.get(word.key)
    if parts is None:
        return (word,)
    middle = word.start + len(parts[0])
    return Token(parts[0], word.start, middle), Token(parts[1], middle, word.end)


def _chosen(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> list[Span]:
    """The best way through the words; ties go to fewer spans."""
    ending: list[list[Span]] = [[] for _ in words]
    for span in _candidates(text, words, lexicon):
        ending[span.last].append(span)
    best: list[tuple[float, Span | None]] = [(0.0, None)]
    for place, word in enumerate(words):
        unknown = Span(place, place, word.start, word.end, text[word.start : word.end])
        options = [(best[place][0], unknown)]
        options += [(best[span.first][0] + span.worth, span) for span in ending[place]]
        best.append(max(options, key=lambda option: (option[0], -option[1].first)))
    chosen: list[Span] = []
    place = len(words)
    while place:
        last = best[place][1]
        assert last is not None
        chosen.append(last)
        place = last.first
    return chosen[::-1]


def _candidates(text: str, words: Sequence[Token], lexicon: AskingLexicon) -> Iterator[Span]:
    keys = [word.key for word in words]
    for first in range(len(words)):
        merged: dict[int, tuple[list[Sense], list[ValueSense], float]] = {}
        for last, senses in lexicon.found(keys, first):
            worth = max(_worth(sense) for sense in senses)
            by_worth = sorted(senses, key=lambda sense: -_worth(sense))
            merged[last] = (by_worth, [], worth)
        by_last = dict(_values(keys, first, lexicon))
        for last, found in before_kinds(keys, first, lexicon, by_last).items():
            values = _named_values(keys[first : last + 1], found, lexicon)
            if not values:
                continue
            kept, _, worth = merged.get(last, ([], [], 0.0))
            own = _worth_of_values(values, keys[first : last + 1])
            merged[last] = (kept, values, max(worth, own))
        for last, (senses_, values, worth) in merged.items():
            start, end = words[first].start, words[last].end
            senses_ = _meant_here(senses_, text, words[first : last + 1])
            if not senses_ and not values:
                continue
            if senses_ and senses_[0].kind == "model":
                parted = first < last and words[last - 1].end < words[last].start
                article = parted and words[last].key == "a"  # `is the Aurora 5 a lamp`
                if article or _is_phrase(text, words, first, lexicon):
                    continue
            if stands_alone(text, start, end) or _is_apostrophe(text, end):
                weighed = worth * width_of(keys[first : last + 1]) + LONGER * (last - first)
                yield Span(
                    first, last, start, end, text[start:end], tuple(senses_), tuple(values),
                    worth=weighed,
                )  # fmt: skip
    yield from number_spans(text, words, lexicon)
    yield from unit_spans(text, words, lexicon)


def _named_values(
    keys: Sequence[str], values: list[ValueSense], lexicon: AskingLexicon
) -> list[ValueSense]:
    """Those that a phrase may mean: `on the` is part of many texts and names none of them."""
    if all(_is_function(key, lexicon) for key in keys):
        return []
    if near := [one for one in values if one.parameter in lexicon.near]:
        values = near
    elif lexicon.near and is_number(keys[0]):
        return []  # `phones under 100 g`, where it is a text of foods
    elif lexicon.near and len(keys) == 1:
        values = [one for one in values if one.exact]  # one word of what is said of other things
    if keys[0] in _BEFORE_NAMES and lexicon.texts.is_whole(tuple(keys[1:])):
        return []
    if len(keys) > 1 and (_is_article(keys[0], lexicon) or _is_said_alone(keys, lexicon)):
        return [one for one in values if one.exact]  # `a lamp` is no part of `X2a Lamp`
    return values


def _meant_here(senses: list[Sense], text: str, words: Sequence[Token]) -> list[Sense]:
    """The senses that fit how the words are written."""
    shown = text[words[0].start : words[-1].end]
    if shown.endswith("s") and not shown.lower().endswith(words[-1].key):
        senses = [one for one in senses if not _is_plural_of(one, len(words))]
    if shown.lower() == "s" and text[max(words[0].start - 1, 0)] not in "'’":
        # Without an apostrophe an s is part of a name: `Bolt S`.
        senses = [one for one in senses if one.kind != "function"]
    return senses


def _is_plural_of(sense: Sense, words: int) -> bool:
    """`Bolt lamps` are not the one model that is called `Bolt Lamp`."""
    return sense.kind == "model" and not sense.name.lower().endswith("s") and words > 1


def _worth_of_values(values: Sequence[ValueSense], keys: Sequence[str]) -> float:
    if is_number(keys[0]):
        return _STANDARD
    if any(value.exact for value in values):
        return _WHOLE_VALUE
    # `Coat B70` of a text rather than a word of it beside a model that is called `B70`.
    lettered = any(len(key) > 1 and key.isascii() and key.isalpha() for key in keys)
    return _PART_OF_SEVERAL if lettered and len(keys) > 2 else _PART_OF_VALUE


def _is_function(word: str, lexicon: AskingLexicon) -> bool:
    return any(one.kind == "function" for one in lexicon.senses.get((word,), ()))


def _is_article(word: str, lexicon: AskingLexicon) -> bool:
    """Whether a word of one Latin letter does nothing in a question: `a`."""
    return word.isascii() and len(word) == 1 and _is_function(word, lexicon)


def _is_said_alone(keys: Sequence[str], lexicon: AskingLexicon) -> bool:
    """Whether only a function word stands beside a name: `for men` is no part of `Caps for Men`."""
    behind, before = tuple(keys[1:]), tuple(keys[:-1])
    if _is_function(keys[0], lexicon) and lexicon.texts.is_whole(behind):
        return True
    named = any(one.kind == "category" for one in lexicon.senses.get(before, ()))
    return named and _is_function(keys[-1], lexicon)


def _is_phrase(text: str, words: Sequence[Token], first: int, lexicon: AskingLexicon) -> bool:
    """`a 20` is an article and a number; `A20` may be a model."""
    lone = len(words[first].key) == 1 and words[first].key.isalpha() and words[first].key.isascii()
    return (
        lone
        and text[words[first].end : words[first].end + 1] == " "
        and any(one.kind == "function" for one in lexicon.senses.get((words[first].key,), ()))
    )


def _is_apostrophe(text: str, end: int) -> bool:
    return text[end : end + 1] in ("'", "’")


def _worth(sense: Sense) -> float:
    if sense.kind == "function" and sense.id == "ignore":
        return _IGNORED
    sure = max(sense.sure, _SURE_ENOUGH) if sense.kind == "model" else sense.sure
    return _WORTH[sense.kind] * sure


def _values(
    keys: Sequence[str], first: int, lexicon: AskingLexicon
) -> Iterator[tuple[int, list[ValueSense]]]:
    """Values by their own words and by words of the same meaning."""
    found: dict[int, list[ValueSense]] = {}
    whole_alone = _ends_of_whole_alone(keys, first)
    for last, all_ in lexicon.texts.found(keys, first):
        if senses := [one for one in all_ if one.exact or last not in whole_alone]:
            found[last] = senses
    if is_number(keys[first]):  # `5G`, `1080 x 2340`
        fewest = first + (1 if _is_standard(keys[first : first + 2]) else 2)
        found = {last: senses for last, senses in found.items() if last >= fewest}
    for last in range(first, min(first + 8, len(keys))):
        for other in translated(tuple(keys[first : last + 1])):
            for end, senses in lexicon.texts.found([*other, *keys[last + 1 :]], 0):
                if end >= len(other) - 1:
                    place = last + end - len(other) + 1
                    known = {sense.parameter for sense in found.get(place, ())}
                    more = [sense for sense in senses if sense.parameter not in known]
                    found.setdefault(place, []).extend(more)
    for last, senses in found.items():
        if senses:
            yield last, senses


def _ends_of_whole_alone(keys: Sequence[str], first: int) -> Sequence[int]:
    """Where phrases end that mean whole texts alone: numbers, and characters as 海 of 上海.

    Of the latter those that are words, 黑 of 曜石黑, may be a part.
    """
    if is_number(keys[first]):
        return range(first, len(keys))
    lone = is_han(keys[first]) and not translated((keys[first],))
    return (first,) if lone else ()


def _is_standard(words: Sequence[str]) -> bool:
    """`5G` and `4K`, where a text of the graph is called so."""
    return len(words) == 2 and len(words[1]) == 1 and words[1].isascii() and words[1].isalpha()
