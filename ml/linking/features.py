"""What is compared between a title and its candidates."""

# K candidates, F features

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.linking.blocking import Candidates
from ml.linking.catalogue import Catalogue, Entry, Words
from ml.linking.title import Title
from ml.linking.trust import WordTrust
from ml.linking.words import shape_of

SAME_SIZE = 0.02  # 14 cm is 5.5 in to every shop
SHORT = 3  # a word of so few letters inside another one is chance

# By name, whether more of it speaks for a link (1), against it (-1), or depends (0).
PAIR = {
    # of the name, what the title says
    "covered": 1,
    "covered_rarity_share": 1,
    "covered_in_brand_share": 1,
    "missing": -1,
    "missing_rarest": -1,
    "missing_in_brand": -1,
    "missing_said": -1,
    "rivals": -1,
    "whole": 1,
    "run_share": 1,
    "glued": -1,
    "start_share": 0,
    "name_words": 0,
    "name_chars": 0,
    "name_rarity": 0,
    "extensions": 0,
    # of the title, what is not of the name
    "left": -1,
    "left_most": -1,
    "left_of_brand": -1,
    "left_extends": -1,
    "behind": -1,
    "behind_extends": -1,
    "behind_of_brand": -1,
    "before_of_brand": -1,
    "left_numbers": -1,
    "left_variant": -1,
    "behind_variant": -1,
    # brand, sizes, model numbers, years
    "brand_agrees": 1,
    "brand_other": -1,
    "sizes_agree": 1,
    "sizes_differ": -1,
    "decimals_agree": 1,
    "decimals_differ": -1,
    "stated_rarity": 1,
    "number_agrees": 1,
    "number_differs": -1,
    "number_of_others": -1,
    "year_agrees": 1,
    "year_differs": -1,
    "age": -1,
}
LIST = {"word_ratio": 1, "gram_ratio": 1, "word_rank": -1, "gram_rank": -1}
# Less the best of the other candidates.
COMPARED = (
    *("covered_rarity_share", "covered_in_brand_share", "name_rarity", "left", "stated_rarity"),
    *("decimals_agree", "number_agrees", "word_ratio", "gram_ratio", "age", "rivals"),
)
AMONG = {"whole_longest": 1, "whole_others": 0, "inside_whole": -1, "sibling_evidence": -1}
DIRECTION = {
    **PAIR,
    **LIST,
    **{f"{name}_lead": {**PAIR, **LIST}[name] for name in COMPARED},
    **AMONG,
}
NAMES = tuple(DIRECTION)

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Featuriser:
    """Features of candidates, over one catalogue and with what was learnt of words."""

    catalogue: Catalogue
    trust: WordTrust

    def features(self, title: Title, candidates: Candidates) -> Matrix:
        """`feature_KF`, named by `NAMES`."""
        entries = [self.catalogue.entries[position] for position in candidates.position_K]
        weights = {word: self.trust.names_with(word, self.catalogue) for word in title.words}
        rows = [self._pair(title, entry, weights) for entry in entries]
        pair_KF = np.array(rows, dtype=np.float32).reshape(len(rows), len(PAIR))
        own_KF = np.concatenate([pair_KF, _ranks(candidates)], axis=1)
        return np.concatenate([own_KF, _among(own_KF, entries)], axis=1)

    def _pair(self, title: Title, entry: Entry, weights: dict[str, float]) -> list[float]:
        name = best_name(title, entry)
        squashed = "".join(name)
        start = title.find(squashed)
        return [
            *self._said(title, entry, name),
            *_place(title, name, squashed, start),
            len(name),
            len(squashed),
            sum(self.catalogue.rarity(word) for word in name),
            math.log1p(len(entry.extensions)),
            *self._left(title, entry, name, start, weights),
            *_brand(title, entry),
            *self._facts(title, entry, name),
        ]

    def _said(self, title: Title, entry: Entry, name: Words) -> list[float]:
        covered = [covers(title, word) for word in name]
        rarity = [self.catalogue.rarity(word) for word in name]
        in_brand = [self.catalogue.rarity_in_brand(entry.brand, word) for word in name]
        missing = [place for place, said in enumerate(covered) if not said]
        return [
            1 - len(missing) / max(1, len(name)),
            1 - sum(rarity[i] for i in missing) / (sum(rarity) or 1.0),
            1 - sum(in_brand[i] for i in missing) / (sum(in_brand) or 1.0),
            len(missing),
            max((rarity[i] for i in missing), default=0.0),
            sum(in_brand[i] for i in missing),
            sum(self.trust.said_of(name[i]) for i in missing),
            math.log1p(self._rivals(entry, [name[i] for i in range(len(name)) if covered[i]])),
        ]

    def _rivals(self, entry: Entry, said: list[str]) -> int:
        """Other models of the brand whose names have all that the title says of this one."""
        return self.catalogue.with_all(entry.brand, said) - 1

    def _left(
        self, title: Title, entry: Entry, name: Words, start: int, weights: dict[str, float]
    ) -> list[float]:
        """What the title says beyond the name, and how much of that sounds like another name."""
        own = _own_places(title, entry, name, start)
        left = [
            place
            for place, word in enumerate(title.words)
            if place not in own and not self._is_value(entry, word)
        ]
        words = [title.words[place] for place in left]
        sound = [weights[word] for word in words]
        of_brand = [
            min(weight, self.catalogue.names_of_brand(entry.brand, word))
            for word, weight in zip(words, sound, strict=True)
        ]
        last = max((place for place in own if title.words[place] in name), default=-2)
        first = min((place for place in own if title.words[place] in name), default=-2)
        # Also what could be a value: `2` behind a whole name is the next model, and no size.
        variant = [
            weights[word] * math.log1p(self.catalogue.variants.get(word, 0))
            if place not in own
            else 0.0
            for place, word in enumerate(title.words)
        ]
        behind = left.index(last + 1) if last + 1 in left else None
        before = left.index(first - 1) if first - 1 in left else None
        return [
            sum(sound),
            max(sound, default=0.0),
            sum(of_brand),
            sum(word in entry.extensions for word in words),
            0.0 if behind is None else sound[behind],
            0.0 if behind is None else float(words[behind] in entry.extensions),
            0.0 if behind is None else of_brand[behind],
            0.0 if before is None else of_brand[before],
            sum(word.isdigit() and known > 0 for word, known in zip(words, of_brand, strict=True)),
            max(variant, default=0.0),
            variant[last + 1] if 0 <= last + 1 < len(variant) else 0.0,
        ]

    def _is_value(self, entry: Entry, word: str) -> bool:
        return word in entry.stated and (not word.isalpha() or self.catalogue.is_of_values(word))

    def _facts(self, title: Title, entry: Entry, name: Words) -> list[float]:
        agree, differ = _sizes(title, entry)
        decimals = [word for word in title.decimals if word not in name]
        known = sum(word in entry.stated for word in decimals)
        years = [word for word in title.years if word not in name]
        same_year = sum(word in entry.stated for word in years)
        stated = {word for word in title.words if word in entry.stated and word not in name}
        numbers = title.stems & entry.stems
        total = len(self.catalogue.entries)
        return [
            agree,
            differ,
            known,
            len(decimals) - known,
            sum(math.log(total / self.catalogue.values_with[word]) for word in stated),
            len(numbers),
            _differing(title, entry),
            sum(stem in self.catalogue.with_stem for stem in title.stems - entry.stems),
            same_year,
            len(years) - same_year,
            (self.catalogue.latest - entry.year) if entry.year else -1.0,
        ]


def best_name(title: Title, entry: Entry) -> Words:
    """The one of its names that the title says most of."""
    if len(entry.names) == 1:
        return entry.names[0]
    return max(entry.names, key=lambda name: sum(covers(title, word) for word in name) / len(name))


def covers(title: Title, word: str) -> bool:
    return word in title.word_set or (len(word) > SHORT and word in title.squashed)


def _own_places(title: Title, entry: Entry, name: Words, start: int) -> set[int]:
    """Which words of the title are the name's or the brand's."""
    own = {*name, *entry.brand}
    places = {place for place, word in enumerate(title.words) if word in own}
    for place in range(len(title.words) - 1):
        if title.words[place] + title.words[place + 1] in own:
            places |= {place, place + 1}
    end = start + sum(map(len, name))
    if start in title.starts and end in title.starts:
        places.update(range(title.starts[start], title.starts[end]))
    return places


def _place(title: Title, name: Words, squashed: str, start: int) -> list[float]:
    """Whether the whole name stands in the title, with what is glued to it, and where."""
    end = start + len(squashed)
    whole = start >= 0
    glued = whole * ((start not in title.starts) + (end not in title.starts))
    run = len(name) if whole and not glued else _longest_run(title, name)
    return [
        float(whole),
        run / max(1, len(name)),
        float(glued),
        start / max(1, len(title.squashed)) if whole else -1.0,
    ]


def _longest_run(title: Title, name: Words) -> int:
    for length in range(len(name) - 1, 0, -1):
        for first in range(len(name) - length + 1):
            part = "".join(name[first : first + length])
            start = title.find(part)
            if start in title.starts and start + len(part) in title.starts:
                return length
    return 0


def _brand(title: Title, entry: Entry) -> list[float]:
    agrees = entry.brand in title.brands
    return [float(agrees), float(bool(title.brands) and not agrees)]


def _sizes(title: Title, entry: Entry) -> tuple[int, int]:
    agree = differ = 0
    for dimension, sizes in title.quantities.items():
        known = entry.quantities.get(dimension)
        if known is None:
            continue
        for size in sizes:
            near = any(abs(size - other) <= SAME_SIZE * abs(other) for other in known)
            agree += near
            differ += not near
    return agree, differ


def _differing(title: Title, entry: Entry) -> int:
    """Model numbers that look like one of its own and are none of them."""
    shapes = {shape_of(stem) for stem in title.stems & entry.stems}
    return sum(
        shape_of(stem) in entry.shapes and shape_of(stem) not in shapes
        for stem in title.stems - entry.stems
    )


def _ranks(candidates: Candidates) -> Matrix:
    scores = (candidates.word_K, candidates.gram_K)
    ratios = [score_K / max(1e-9, float(score_K.max(initial=0.0))) for score_K in scores]
    ranks = [np.argsort(np.argsort(-score_K, kind="stable")) for score_K in scores]
    return np.stack([*ratios, *ranks], axis=1).astype(np.float32)


_EVIDENCE = {
    "number_agrees": 1.0,
    "number_differs": -1.0,
    "decimals_agree": 1.0,
    "decimals_differ": -1.0,
    "sizes_agree": 0.5,
    "sizes_differ": -0.5,
    "year_agrees": 1.0,
    "year_differs": -1.0,
}
_OWN = {name: place for place, name in enumerate((*PAIR, *LIST))}


def _among(own_KF: Matrix, entries: Sequence[Entry]) -> Matrix:
    """How each candidate stands to the others."""
    columns = [_lead(own_KF[:, _OWN[name]], DIRECTION[name] >= 0) for name in COMPARED]
    whole_K = (own_KF[:, _OWN["whole"]] > 0) & (own_KF[:, _OWN["glued"]] == 0)
    chars_K = np.where(whole_K, own_KF[:, _OWN["name_chars"]], 0.0)
    columns += [_lead(chars_K, True), np.full(len(entries), whole_K.sum()) - whole_K]
    names = ["".join(entry.names[0]) for entry in entries]
    wholes = [name for name, whole in zip(names, whole_K, strict=True) if whole]
    columns.append(np.array([sum(own != o and own in o for o in wholes) for own in names]))
    columns.append(_sibling_evidence(own_KF, entries, names))
    return np.stack(columns, axis=1).astype(np.float32)


def _sibling_evidence(own_KF: Matrix, entries: Sequence[Entry], names: Sequence[str]) -> Matrix:
    """How much better the sizes and model numbers fit a model of a longer or shorter name."""
    places = [_OWN[name] for name in _EVIDENCE]
    evidence_K = own_KF[:, places] @ np.array(list(_EVIDENCE.values()), dtype=np.float32)
    best = [
        max(
            (
                evidence_K[other] - evidence_K[place]
                for other in range(len(names))
                if other != place
                and entries[other].brand == entries[place].brand
                and (names[other].startswith(own) or own.startswith(names[other]))
            ),
            default=0.0,
        )
        for place, own in enumerate(names)
    ]
    return np.maximum(0.0, np.array(best, dtype=np.float32))


def _lead(value_K: Matrix, more_is_better: bool) -> Matrix:
    """A value less the best of the others."""
    if len(value_K) < 2:
        return np.zeros_like(value_K)
    ordered_K = np.sort(value_K)
    best, second = (
        (ordered_K[-1], ordered_K[-2]) if more_is_better else (ordered_K[0], ordered_K[1])
    )
    lead_K: Matrix = value_K - np.where(value_K == best, second, best)
    return lead_K
