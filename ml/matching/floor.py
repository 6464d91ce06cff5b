"""Whether two items are the same by rules alone, for want of labelled pairs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from ml.matching.code_features import compare_codes
from ml.matching.offer_features import COLOURS
from ml.matching.prepared import PreparedItem, PreparedText, prepare
from ml.matching.records import Fields, PairScore, Reason
from ml.matching.roles import Roles, find_roles

THRESHOLD = 0.5
UNTRAINED = "rules alone, nothing was learnt from labels"

# Log-odds, by hand; the products of a catalogue whose names are four fifths alike are as often the
# same as not.
_NAMES_EVEN, _NAMES_SLOPE = 0.8, 10.0
_CODE_FOUND, _CODES_DIFFER = 3.0, -2.5
_NUMBERS_DIFFER, _SIZES_DIFFER = -0.7, -1.0
_COLOURS_DIFFER, _BRANDS_DIFFER, _PRICES_FAR = -1.5, -2.0, -1.0
_FAR_PRICE = 0.5  # the cheaper one of the dearer one


@dataclass(frozen=True, slots=True)
class Floor:
    """The scorer that needs no training; each pair is judged by itself."""

    def score(self, pairs: Sequence[tuple[Fields, Fields]]) -> list[PairScore]:
        return [_score(left, right) for left, right in pairs]


def _score(left: Fields, right: Fields) -> PairScore:
    roles = _roles(left, right)
    reasons = _reasons(prepare(left, roles), prepare(right, roles))
    log_odds = sum(reason.contribution for reason in reasons)
    told = sorted(
        (reason for reason in reasons if reason.contribution),
        key=lambda reason: -abs(reason.contribution),
    )
    return PairScore(1 / (1 + math.exp(-log_odds)), (*told, Reason(UNTRAINED, 0.0)))


def _roles(left: Fields, right: Fields) -> Roles:
    """Of the two alone: of other items the score must not depend."""
    found = find_roles([left]), find_roles([right])
    return Roles(*(tuple(dict.fromkeys(a + b)) for a, b in zip(*map(_parts, found), strict=True)))


def _parts(roles: Roles) -> tuple[tuple[str, ...], ...]:
    return roles.name, roles.brand, roles.price, roles.code


def _reasons(left: PreparedItem, right: PreparedItem) -> list[Reason]:
    if not (left.whole.words and right.whole.words):
        return [Reason("an item without a word", -5.0)]
    return [
        Reason("names alike", _NAMES_SLOPE * (_alike(left.name, right.name) - _NAMES_EVEN)),
        Reason("model numbers", _codes(left, right)),
        Reason("sizes and numbers", _numbers(left, right)),
        Reason("colours", _colours(left.name, right.name)),
        Reason("brand", _brands(left, right)),
        Reason("price", _prices(left, right)),
    ]


def _alike(left: PreparedText, right: PreparedText) -> float:
    """In 0..1: half the order of letters, half the words that the shorter has in common."""
    common = len(left.word_set & right.word_set)
    shorter = max(1, min(len(left.word_set), len(right.word_set)))
    return 0.5 * fuzz.token_sort_ratio(left.text, right.text) / 100 + 0.5 * common / shorter


def _codes(left: PreparedItem, right: PreparedItem) -> float:
    if left.code and right.code:
        return _CODE_FOUND if left.code == right.code else _CODES_DIFFER
    found = dict(zip(_CODE_KEYS, compare_codes(left.whole, right.whole), strict=True))
    if found["left found"] or found["right found"]:
        return _CODE_FOUND
    return _CODES_DIFFER if found["none agrees"] else 0.0


_CODE_KEYS = (
    *("left", "right", "common", "left found", "right found", "longest", "near", "start"),
    *("none agrees", "left alone", "right alone"),
)


def _numbers(left: PreparedItem, right: PreparedItem) -> float:
    only_left = left.name.numbers - right.whole.word_set
    only_right = right.name.numbers - left.whole.word_set
    dimensions = left.name.sizes.keys() & right.name.sizes.keys()
    sizes = sum(not left.name.sizes[one] & right.name.sizes[one] for one in dimensions)
    return _NUMBERS_DIFFER * min(len(only_left), len(only_right)) + _SIZES_DIFFER * sizes


def _colours(left: PreparedText, right: PreparedText) -> float:
    ours, theirs = left.word_set & COLOURS, right.word_set & COLOURS
    return _COLOURS_DIFFER if ours and theirs and not ours & theirs else 0.0


def _brands(left: PreparedItem, right: PreparedItem) -> float:
    ours, theirs = left.brand, right.brand
    if not (ours and theirs) or ours in right.whole.squashed or theirs in left.whole.squashed:
        return 0.0
    return _BRANDS_DIFFER if JaroWinkler.similarity(ours, theirs) < 0.8 else 0.0


def _prices(left: PreparedItem, right: PreparedItem) -> float:
    if not (left.price and right.price):
        return 0.0
    ratio = min(left.price, right.price) / max(left.price, right.price)
    return _PRICES_FAR if ratio < _FAR_PRICE else 0.0
