"""Texts of the graph by any part of them: `Oak 20` finds `Solid Oak 20 varnished`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.records import ValueView
from ml.asking.keys import is_number, stems, version_like
from ml.grounding.wordings import Wordings

_LONGEST = 8  # words
_RARE = 3  # items that must state a value of which a lone word is but a part
_ASIDE = 6  # words of a text, of which one alone says nothing
_OWNING = ("'s", "’s")
_WHOLE = 0.5  # from this share of the items on, those that state the whole text are meant


@dataclass(frozen=True, slots=True)
class ValueSense:
    """Values of one parameter that a phrase may mean.

    `exact`: it is the whole text of the first of `ids`; the others say so in more words.
    """

    parameter: str
    ids: tuple[str, ...]
    items: int
    exact: bool


class ValueTexts:
    """The values of text parameters; made once, asked from several threads."""

    def __init__(self, values: Iterable[ValueView], makers: str | None = None) -> None:
        """`makers`: the parameter that has brands, of which a longer name is another one."""
        self._values = list(values)
        often = sorted(self._values, key=lambda value: -value.items)
        self._wordings = Wordings(
            (value.parameter, value.id, value.text) for value in often if value.parameter != makers
        )
        self._place_of = {value.id: place for place, value in enumerate(self._values)}
        self._keys = [
            tuple(dict.fromkeys(filter(None, map(stems, (value.text, *value.names)))))
            for value in self._values
        ]
        self._whole: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._owning = {
            stems(text)
            for value in self._values
            for text in (value.text, *value.names)
            if text.endswith(_OWNING)
        }
        self._places: dict[str, set[int]] = defaultdict(set)
        self.by_parameter: dict[str, list[int]] = defaultdict(list)
        for place, keys in enumerate(self._keys):
            for key in keys:
                self._whole[key].add(place)
            self.by_parameter[self._values[place].parameter].append(place)
            for word in {word for key in keys for word in key}:
                self._places[word].add(place)
                for end in (at for at, sign in enumerate(word) if sign == "." and is_number(word)):
                    self._places[word[:end]].add(place)

    def __contains__(self, word: str) -> bool:
        return word in self._places

    def is_whole(self, words: tuple[str, ...]) -> bool:
        """Whether a text is exactly this."""
        return words in self._whole

    @property
    def words(self) -> Iterable[str]:
        return self._places

    def having(self, word: str, *, most: int) -> list[int]:
        """The places of texts that have a word; of many the most often stated."""
        return sorted(self._places.get(word, ()))[:most]

    def at(self, place: int) -> tuple[ValueView, tuple[tuple[str, ...], ...]]:
        """A value, and the ways in which it is written."""
        return self._values[place], self._keys[place]

    def items_saying(self, words: Sequence[str]) -> int:
        """How many items state texts that have all of some words."""
        return self._items(set.intersection(*(self._places.get(word, set()) for word in words)))

    def frequent(self, items: int) -> Iterable[str]:
        """Words of letters that this many items say at least."""
        for word, places in self._places.items():
            if word.isalpha() and word.isascii() and self._items(places) >= items:
                yield word

    def found(self, words: Sequence[str], first: int) -> list[tuple[int, list[ValueSense]]]:
        """For each phrase that begins there, where it ends and what it may mean."""
        found = []
        places: set[int] | None = None
        for last in range(first, min(first + _LONGEST, len(words))):
            having = self._places.get(words[last])
            if not having:
                break
            places = set(having) if places is None else places & having
            phrase = tuple(words[first : last + 1])
            places = {place for place in places if self._holds(place, phrase)}
            if not places:
                break
            if senses := self._senses(places | self._without_s(phrase), phrase):
                found.append((last, senses))
        return found

    def _without_s(self, phrase: tuple[str, ...]) -> set[int]:
        """Where one text is `Men's` and another `Men`, either of them means both."""
        return self._whole.get(phrase[:-1], set()) if phrase in self._owning else set()

    def of_parameter(self, parameter: str, phrase: tuple[str, ...]) -> ValueSense | None:
        """What a phrase, be it a bare number, means as a value of this parameter."""
        places = {
            place for place in self.by_parameter.get(parameter, ()) if self._holds(place, phrase)
        }
        senses = self._senses(places, phrase, rare=1)
        return senses[0] if senses else None

    def no_of(self, parameter: str) -> tuple[str, ...]:
        """The values by which a text parameter says no."""
        return tuple(
            self._values[place].id
            for place in self.by_parameter.get(parameter, ())
            if self._keys[place] and self._keys[place][0] in (("no",), ("none",), ("无",))
        )

    def text_of(self, id: str, parameter: str) -> str:
        return next(
            (
                self._values[place].text
                for place in self.by_parameter.get(parameter, ())
                if self._values[place].id == id
            ),
            id,
        )

    def _holds(self, place: int, phrase: tuple[str, ...]) -> bool:
        return any(_within(phrase, key) for key in self._keys[place])

    def _senses(
        self, places: Iterable[int], phrase: tuple[str, ...], rare: int = _RARE
    ) -> list[ValueSense]:
        """By parameter, the most often stated first."""
        by_parameter: dict[str, list[int]] = defaultdict(list)
        for place in places:
            by_parameter[self._values[place].parameter].append(place)
        senses = []
        for parameter, found in by_parameter.items():
            whole = [place for place in found if self._is_text(place, phrase)]
            exact = bool(whole) and self._items(whole) >= _WHOLE * self._items(found)
            chosen = whole if exact else self._spelled_alike(parameter, found, phrase)
            aside = not whole and len(phrase) == 1
            if aside and (self._items(chosen) < rare or self._is_aside(chosen)):
                continue
            if not whole and len(phrase[-1]) == 1 and phrase[-1].isalpha() and phrase[-1].isascii():
                # Not the beginning of a word: `Bolt E` of `Bolt E27`.
                apart = re.compile(rf"(?<![^\W\d_]){phrase[-1]}\b", re.I)
                chosen = [at for at in chosen if apart.search(self._values[at].text)]
                if len(phrase) == 1 or not chosen:
                    continue
            ids = self._in_more_words(chosen) if exact else self._ids(chosen)
            senses.append(ValueSense(parameter, ids, self._items(chosen), exact))
        return sorted(senses, key=lambda sense: (-sense.items, sense.parameter))

    def _is_text(self, place: int, phrase: tuple[str, ...]) -> bool:
        """Whether a phrase is a whole text, but for the `'s` that one of them may end in."""
        keys, owning = self._keys[place], (*phrase, "s")
        return (
            phrase in keys
            or (owning in keys and owning in self._owning)
            or (phrase[:-1] in keys and phrase in self._owning)
        )

    def or_with(
        self, found: Sequence[ValueSense], phrase: tuple[str, ...], kind: tuple[str, ...]
    ) -> list[ValueSense]:
        """What a phrase means before a kind of things, where some texts say that kind as well.

        `Organic` teas state `Organic` or `Organic Tea`. Empty: no text is the phrase.
        """
        senses = []
        for sense in found:
            both = {*self._whole.get(phrase, ()), *self._whole.get((*phrase, *kind), ())}
            own = [at for at in both if self._values[at].parameter == sense.parameter]
            if any(phrase in self._keys[at] for at in own):
                ids = self._in_more_words(own)
                senses.append(ValueSense(sense.parameter, ids, self._items(own), exact=True))
        return senses

    def _spelled_alike(
        self, parameter: str, found: list[int], phrase: tuple[str, ...]
    ) -> list[int]:
        """What has a phrase as a part, and of one word in another spelling: grey and gray."""
        if len(phrase) > 1 or not (phrase[0].isalpha() and phrase[0].isascii()):
            return found
        alike = (self._place_of[id] for id in self._wordings.saying(parameter, phrase))
        return list(dict.fromkeys((*found, *alike)))

    def _in_more_words(self, places: Sequence[int]) -> tuple[str, ...]:
        """Values, and those that say one of them in more words: who asks for black, matte black.

        Not of those with a number: who asks for a Volt 8 does not mean a Volt 8+.
        """
        lettered = (at for at in places if not any(map(str.isdigit, self._values[at].text)))
        more = (one for at in lettered for one in self._wordings.of(self._values[at].id))
        return tuple(dict.fromkeys((*self._ids(places), *more)))

    def _ids(self, places: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted(self._values[place].id for place in places))

    def _is_aside(self, places: Sequence[int]) -> bool:
        """Whether the texts are so long that one of their words names none of them."""
        words = sorted(len(self._keys[place][0]) for place in places if self._keys[place])
        return bool(words) and words[len(words) // 2] > _ASIDE

    def _items(self, places: Iterable[int]) -> int:
        return sum(self._values[place].items for place in places)


def _within(phrase: tuple[str, ...], key: tuple[str, ...]) -> bool:
    size = len(phrase)
    return any(
        all(map(version_like, phrase, key[start : start + size]))
        and not (start and key[start - 1] == "non")
        for start in range(len(key) - size + 1)
    )
