"""Whether model numbers and sizes agree or contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from ml.matching.prepared import PreparedItem, PreparedText

CODES = 8  # of a text; a list of compatible models says nothing about this one

NAMES = (
    "model numbers of the left",
    "model numbers of the right",
    "model numbers in common",
    "left ones found in the right",
    "right ones found in the left",
    "longest one found",
    "nearest spelling",
    "longest common start",
    "none agrees",
    "left ones not found",
    "right ones not found",
)
SIZE_NAMES = (
    "numbers in common",
    "share of numbers in common",
    "numbers of the left alone",
    "numbers of the right alone",
    "numbers contradict",
    "sizes agree",
    "sizes contradict",
    "share of sizes that agree",
)


def compare_codes(left: PreparedText, right: PreparedText) -> Sequence[float]:
    """Looked up as a part of the other's squashed text, so that spaces and dashes do not matter."""
    ours, theirs = left.codes[:CODES], right.codes[:CODES]
    found_left = [code for code in ours if code in right.squashed]
    found_right = [code for code in theirs if code in left.squashed]
    near, start = 0.0, 0
    for code in ours:
        for other in theirs:
            near = max(near, Levenshtein.normalized_similarity(code, other))
            start = max(start, _common_start(code, other))
    return [
        len(ours),
        len(theirs),
        len(set(ours) & set(theirs)),
        len(found_left),
        len(found_right),
        max(map(len, found_left + found_right), default=0),
        near,
        start,
        float(bool(ours and theirs) and not (found_left or found_right)),
        len(ours) - len(found_left),
        len(theirs) - len(found_right),
    ]


def compare_sizes(left: PreparedText, right: PreparedText) -> Sequence[float]:
    """Bare numbers, and numbers with units by dimension."""
    common = left.numbers & right.numbers
    only_left, only_right = left.numbers - common, right.numbers - common
    either = len(left.numbers | right.numbers)
    agree = contradict = 0
    for dimension in left.sizes.keys() & right.sizes.keys():
        if left.sizes[dimension] & right.sizes[dimension]:
            agree += 1
        else:
            contradict += 1
    return [
        len(common),
        len(common) / either if either else -1.0,
        len(only_left),
        len(only_right),
        float(bool(only_left and only_right)),
        agree,
        contradict,
        agree / (agree + contradict) if agree + contradict else -1.0,
    ]


FIELD_CODE_NAMES = (
    "code fields",
    "code fields equal",
    "code fields near",
    "left code in the right text",
    "right code in the left text",
    "code within the other",
)


def compare_code_fields(left: PreparedItem, right: PreparedItem) -> Sequence[float]:
    """The model number that stands in a field of its own; 0 unknown, 1 found, -1 not found."""
    ours, theirs = left.code, right.code
    both = bool(ours and theirs)
    return [
        float(bool(ours)) + 2 * bool(theirs),
        float(both and ours == theirs),
        Levenshtein.normalized_similarity(ours, theirs) if both else -1.0,
        _found(ours, right.whole.squashed),
        _found(theirs, left.whole.squashed),
        float(both and (ours in theirs or theirs in ours)),
    ]


def _found(code: str, squashed: str) -> float:
    if len(code) < 3:
        return 0.0
    return 1.0 if code in squashed else -1.0


def _common_start(a: str, b: str) -> int:
    length = 0
    for x, y in zip(a, b, strict=False):
        if x != y:
            break
        length += 1
    return length
