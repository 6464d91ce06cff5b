"""Whether brand, price, colour, edition and the remaining fields of two items agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from ml.matching.prepared import PreparedItem, PreparedText

_COLOURS = (
    "black white silver grey gray blue red green pink purple orange yellow brown gold beige "
    "bronze titanium charcoal violet 黑 白 银 灰 蓝 红 绿 粉 紫 橙 黄 棕 金"
)
# Words that make another product of the same name, in any category.
_EDITIONS = (
    "pro plus lite mini max ultra premium deluxe standard basic professional home student academic "
    "upgrade upsell update full retail oem refurbished renewed used kit bundle pack case cover "
    "replacement compatible for with without wireless wired left right men women kids single dual "
    "twin double triple large small medium xl xs set edition license licence users user mac "
    "windows version 2nd 3rd extended pre travel limited"
)
COLOURS, EDITIONS = frozenset(_COLOURS.split()), frozenset(_EDITIONS.split())
ONE_SIDED, NEITHER = -1.0, -2.0

BRAND_NAMES = (
    "brands known",
    "brands alike",
    "brands equal",
    "left brand in the right text",
    "right brand in the left text",
    "first words alike",
)
PRICE_NAMES = (
    "prices known",
    "ratio of prices",
    "distance of prices",
    "prices equal",
    "left price",
    "left price told in the right text",
    "right price told in the left text",
    "text prices in common",
)
WORD_NAMES = (
    "colours in common",
    "colours contradict",
    "edition words in common",
    "edition words of the left alone",
    "edition words of the right alone",
)
FIELD_NAMES = ("known", "alike", "equal", "words in common")


def compare_brands(left: PreparedItem, right: PreparedItem) -> Sequence[float]:
    ours, theirs = left.brand, right.brand
    both = bool(ours and theirs)
    first = (left.name.words[:1], right.name.words[:1])
    return [
        float(bool(ours)) + 2 * bool(theirs),
        JaroWinkler.similarity(ours, theirs) if both else ONE_SIDED,
        float(ours == theirs) if both else ONE_SIDED,
        float(ours in right.whole.squashed) if ours else ONE_SIDED,
        float(theirs in left.whole.squashed) if theirs else ONE_SIDED,
        JaroWinkler.similarity(first[0][0], first[1][0]) if all(first) else ONE_SIDED,
    ]


def compare_prices(left: PreparedItem, right: PreparedItem) -> Sequence[float]:
    ours, theirs = left.price, right.price
    ratio, distance = ONE_SIDED, ONE_SIDED
    if ours and theirs:
        ratio = min(ours, theirs) / max(ours, theirs)
        distance = math.log(ours / theirs)
    return [
        float(ours is not None) + 2 * (theirs is not None),
        ratio,
        distance,
        float(ratio == 1.0),
        ours if ours is not None else ONE_SIDED,
        float(ours in right.stray_prices),
        float(theirs in left.stray_prices),
        len(left.stray_prices & right.stray_prices),
    ]


def compare_variants(left: PreparedText, right: PreparedText) -> Sequence[float]:
    colours = left.word_set & COLOURS, right.word_set & COLOURS
    editions = left.word_set & EDITIONS, right.word_set & EDITIONS
    common = len(editions[0] & editions[1])
    return [
        len(colours[0] & colours[1]),
        float(all(colours) and not colours[0] & colours[1]),
        common,
        len(editions[0]) - common,
        len(editions[1]) - common,
    ]


def compare_field(name: str, left: PreparedItem, right: PreparedItem) -> Sequence[float]:
    """Any field that both may have: one number per name in FIELD_NAMES."""
    ours, theirs = left.fields.get(name, ""), right.fields.get(name, "")
    known = float(bool(ours)) + 2 * bool(theirs)
    if known < 3:
        missing = ONE_SIDED if known else NEITHER
        return [known, missing, missing, missing]
    words = set(ours.split()), set(theirs.split())
    common = len(words[0] & words[1])
    return [
        known,
        fuzz.ratio(ours[:200], theirs[:200]),
        float(ours == theirs),
        common / len(words[0] | words[1]),
    ]


def common_fields(items: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """Names of fields that at least one in twenty items fills, in a stable order."""
    names = dict.fromkeys(name for item in items for name in item)
    filled = {name: sum(bool(item.get(name)) for item in items) for name in names}
    return tuple(name for name, count in filled.items() if count * 20 >= len(items))
