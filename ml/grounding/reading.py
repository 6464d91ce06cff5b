"""What a text states, chosen among all that it may state: each place one value, or nothing."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import product

from graph.records import Value
from ml.extraction.cleaning import clean
from ml.grounding.lexicon import Lexicon
from ml.grounding.mentions import How, Mention, mentions
from ml.grounding.stated import Stated

# Odds, as natural logarithms. They order what contradicts itself; how far each reading can be
# trusted is learnt from the graph (`ml.grounding.trust`).
_NOTHING = math.log(2e-5)  # that a place states nothing, against a fact of usual frequency
_CUED = 3.0
_OWN_UNIT = 1.0
_EACH_WORD = 2.0  # of a name: the longer, the less by accident
_SAID_BY_MODEL = 3.0
_OTHER_THAN_MODEL = -3.0
_AGAIN = -4.0  # a second value of the same parameter
_UNUSUAL = 1e-3  # that an item has what none of its kind has: a text may say so all the same
_RIVAL = 0.003  # share from which on a reading is worth weighing against the likeliest
_CHOICES = 4  # of one place that are weighed together
_COMBINATIONS = 4_000
READ_CHARS = 20_000  # of a text: no title and hardly a description has more; a second of work


@dataclass(frozen=True, slots=True)
class Reading:
    """A value that a text states.

    Attributes:
        share: of all ways to read the text, weighed by how likely they are, those with this value.
        known: whether a catalog or a person states this value of an item.
        expected: whether the model that the text is of says so too; None where nothing is known.
        usual: how likely items of its category have the parameter at all, in 0..1; its name beside
            the value makes up for much of it.
        instead: other parameters that the same words could speak of.
        chosen: the likeliest of its place; False for its rivals, where they are wanted.
        denied: the text says that it is not so.
    """

    parameter: str
    value: Value
    start: int
    end: int
    share: float
    how: How
    cued: bool
    known: bool
    expected: bool | None
    usual: float
    instead: tuple[str, ...]
    chosen: bool = True
    denied: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before a text is read."""

    lexicon: Lexicon
    expected: Stated
    category: str | None

    def likely(self, mention: Mention) -> float:
        likely = self.lexicon.habits.likely(self.category, mention.parameter)
        return math.sqrt(likely) if mention.cued else likely

    def usual(self, mention: Mention) -> float:
        worth = self.lexicon.habits.worth(self.category, mention.parameter)
        return math.sqrt(worth) if mention.cued else worth


def read(
    text: str,
    lexicon: Lexicon,
    *,
    asked: Sequence[str] | None = None,
    expected: Stated | None = None,
    category: str | None = None,
    rivals: bool = False,
    consistent: bool = True,
) -> list[Reading]:
    """The values that a text states, in its order; two that are chosen never share a place.

    Args:
        text: as it was written; places count in it. Only its first `READ_CHARS` are read.
        asked: only these parameters, but weighed against all: `8GB RAM` is no storage.
        expected: what the model has that the text is known to be of.
        category: id of the one that the item is in; None: not known.
        rivals: also what else the words of a place may state, or that nothing outweighed.
        consistent: numbers far from all known ones are none, and places are read together; False
            is for measuring what that brings.
    """
    known = _Known(lexicon, expected or Stated(), category)
    plain = clean(text, READ_CHARS)
    found_in = mentions(plain.text, lexicon)
    places = _places([one for one in found_in if not consistent or _may_be(one, lexicon)])
    found: list[Reading] = []
    for group in _together(places) if consistent else [[place] for place in places]:
        options = [_weighed(place, known) for place in group]
        for place, shares in zip(options, _shares(options), strict=True):
            best = max(range(len(shares)), key=shares.__getitem__)
            others = {other.parameter for other, _ in place}
            for at, ((mention, _), share) in enumerate(zip(place, shares, strict=False)):
                # The last share, which has no mention, is that of nothing.
                if at == best or (rivals and share >= _RIVAL):
                    span = plain.original_span(mention.start, mention.end)
                    reading = _reading(mention, span, share, others, known)
                    found.append(reading if at == best else replace(reading, chosen=False))
    wanted = None if asked is None else set(asked)
    kept = [one for one in found if wanted is None or one.parameter in wanted]
    return sorted(kept, key=lambda one: one.start)


def _may_be(mention: Mention, lexicon: Lexicon) -> bool:
    """8 GB is no battery by its unit; 8 mAh is none by its number, nor 2 of `2 years` a year."""
    spread = lexicon.spreads.get(mention.parameter)
    number = mention.value.number
    named = mention.cued and mention.how != "number"  # with its unit besides: that says enough
    return spread is None or number is None or named or spread.may_hold(number)


def _places(found: Sequence[Mention]) -> list[list[Mention]]:
    """Mentions in groups that overlap; found are sorted by their start."""
    places: list[list[Mention]] = []
    end = -1
    for mention in found:
        if mention.start >= end:
            places.append([])
        places[-1].append(mention)
        end = max(end, mention.end)
    return places


def _together(places: Sequence[list[Mention]]) -> Iterator[list[list[Mention]]]:
    """Places that could speak of the same parameter, which are to be read together."""
    groups: list[tuple[set[str], list[list[Mention]]]] = []  # few: no more than parameters
    for place in places:
        parameters = {mention.parameter for mention in place}
        own: tuple[set[str], list[list[Mention]]] = (parameters, [])
        apart = []
        for group in groups:
            if group[0].isdisjoint(parameters):
                apart.append(group)
                continue
            own[0].update(group[0])
            # The larger takes in the smaller one: a long text has thousands of places.
            larger, smaller = sorted((own[1], group[1]), key=len, reverse=True)
            larger.extend(smaller)
            own = (own[0], larger)
        own[1].append(place)
        groups = [*apart, own]
    for _, members in groups:
        yield members


def _weighed(place: Sequence[Mention], known: _Known) -> list[tuple[Mention, float]]:
    """The likeliest mentions of a place with their log-odds."""
    odds = [(mention, _log_odds(mention, known)) for mention in place]
    return sorted(odds, key=lambda one: -one[1])[:_CHOICES]


def _log_odds(mention: Mention, known: _Known) -> float:
    odds = math.log(known.lexicon.prior(mention.parameter))
    odds += math.log(known.lexicon.share(mention.parameter, mention.value.id))
    odds += math.log(max(known.likely(mention), _UNUSUAL))
    if mention.cued:
        odds += _CUED
    if mention.own_unit:
        odds += _OWN_UNIT
    if mention.how in ("name", "shape", "flag"):  # that of a value, or of a parameter
        odds += _EACH_WORD * (_words(mention) + (mention.how != "shape"))
    if (agrees := known.expected.agrees(mention.value)) is not None:
        odds += _SAID_BY_MODEL if agrees else _OTHER_THAN_MODEL
    return odds


def _words(mention: Mention) -> int:
    return (mention.end - mention.start) // 4  # Chinese or English: about so many


def _shares(options: Sequence[Sequence[tuple[Mention, float]]]) -> list[list[float]]:
    """For each place the share of every option, and at the end that of nothing.

    Every combination is weighed, as long as there are not too many; otherwise each place by itself.
    """
    sizes = [len(place) + 1 for place in options]
    if math.prod(sizes) > _COMBINATIONS:
        return [_shares([place])[0] for place in options]
    totals = [[0.0] * size for size in sizes]
    for choice in product(*map(range, sizes)):
        weight = _weight(options, choice)
        for place, chosen in enumerate(choice):
            totals[place][chosen] += weight
    return [[share / sum(place) for share in place] for place in totals]


def _weight(options: Sequence[Sequence[tuple[Mention, float]]], choice: Sequence[int]) -> float:
    odds = 0.0
    stated: dict[str, set[str]] = defaultdict(set)
    for place, chosen in zip(options, choice, strict=True):
        if chosen == len(place):
            odds += _NOTHING
            continue
        mention, own = place[chosen]
        odds += own
        before = stated[mention.parameter]
        if before and mention.value.id not in before:
            odds += _AGAIN
        before.add(mention.value.id)
    return math.exp(odds)


def _reading(
    mention: Mention,
    span: tuple[int, int],
    share: float,
    others: Set[str],
    known: _Known,
) -> Reading:
    """`others`: parameters that the same words could speak of, its own among them."""
    return Reading(
        parameter=mention.parameter,
        value=mention.value,
        start=span[0],
        end=span[1],
        share=share,
        how=mention.how,
        cued=mention.cued,
        known=known.lexicon.items.get(mention.value.id, 0) > 0,
        expected=known.expected.agrees(mention.value),
        usual=known.usual(mention),
        instead=tuple(sorted(others - {mention.parameter})),
        denied=mention.denied,
    )
