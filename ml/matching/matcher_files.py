"""A matcher as files, JSON and LightGBM's text, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from ml import boosting
from ml.errors import MatcherInvalid
from ml.matching.calibration import Calibration
from ml.matching.comparison import Comparison
from ml.matching.features import PairFeatures
from ml.matching.floor import Floor
from ml.matching.known_items import KnownItems
from ml.matching.known_links import KnownLinks
from ml.matching.prepared import Preparing
from ml.matching.rarity import Rarity
from ml.matching.rivals import Rivals
from ml.matching.roles import Roles
from ml.matching.telling_words import TellingWords
from ml.matching.trained import TrainedScorer
from ml.matching.trees import TreeBag

_Kind = TypeVar("_Kind", bound=msgspec.Struct)

FORMAT = 1
SETTINGS, ITEMS, TREES = "matcher.json", "matcher_items.json", "matcher_trees_{}.txt"

_Links = tuple[Mapping[str, Sequence[tuple[int, bool]]], Mapping[str, Sequence[tuple[int, bool]]]]


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`learnt` is None for a matcher that was not trained."""

    format: int
    threshold: float
    learnt: _Learnt | None


class _Learnt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    roles: Roles
    rarity: Rarity
    fields: tuple[str, ...]
    words: TellingWords
    calibration: Calibration
    columns: tuple[str, ...]
    bags: int
    rivals: bool


class _Items(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Known items of both sides; `links` is None where they are not to be looked at."""

    lefts: tuple[Mapping[str, str], ...]
    rights: tuple[Mapping[str, str], ...]
    links: _Links | None


def write(scorer: TrainedScorer | Floor, threshold: float) -> dict[str, bytes]:
    if isinstance(scorer, Floor):
        return {SETTINGS: _json(_Settings(FORMAT, threshold, None))}
    comparison, trees = scorer.comparison, scorer.trees.to_texts()
    learnt = _Learnt(
        roles=comparison.roles,
        rarity=comparison.features.rarity,
        fields=comparison.features.fields,
        words=comparison.words,
        calibration=scorer.calibration,
        columns=tuple(column.name for column in comparison.columns),
        bags=len(trees),
        rivals=comparison.rivals is not None,
    )
    left, right = comparison.known.sides
    links = None if comparison.links is None else comparison.links.links
    return {
        SETTINGS: _json(_Settings(FORMAT, threshold, learnt)),
        ITEMS: _json(_Items(left.fields, right.fields, links)),
        **{TREES.format(n): text.encode() for n, text in enumerate(trees)},
    }


def read(files: Mapping[str, bytes]) -> tuple[TrainedScorer | Floor, float]:
    """Raises MatcherInvalid."""
    settings = _decoded(files, SETTINGS, _Settings)
    if settings.format != FORMAT:
        reason = f"has format {settings.format}, and this version reads {FORMAT}"
        raise MatcherInvalid(file=SETTINGS, reason=reason)
    if settings.learnt is None:
        return Floor(), settings.threshold
    comparison = _comparison(settings.learnt, _decoded(files, ITEMS, _Items))
    if settings.learnt.columns != tuple(column.name for column in comparison.columns):
        reason = "was learnt from other features than this version has"
        raise MatcherInvalid(file=SETTINGS, reason=reason)
    trees = _trees(files, settings.learnt.bags)
    return TrainedScorer(comparison, trees, settings.learnt.calibration), settings.threshold


def _comparison(learnt: _Learnt, items: _Items) -> Comparison:
    known = KnownItems.of(items.lefts, items.rights, Preparing(learnt.roles))
    return Comparison(
        roles=learnt.roles,
        features=PairFeatures(learnt.rarity, learnt.fields),
        words=learnt.words,
        known=known,
        rivals=Rivals(known) if learnt.rivals else None,
        links=None if items.links is None else KnownLinks(known, items.links),
    )


def _trees(files: Mapping[str, bytes], bags: int) -> TreeBag:
    texts = []
    for name in map(TREES.format, range(bags)):
        try:
            texts.append(_bytes(files, name).decode())
            TreeBag.from_texts(texts[-1:])
        except (UnicodeDecodeError, boosting.LightGBMError) as error:
            raise MatcherInvalid(file=name, reason=f"holds no trees: {error}") from error
    return TreeBag.from_texts(texts)


def _bytes(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise MatcherInvalid(file=name, reason="is missing")
    return files[name]


def _json(struct: msgspec.Struct) -> bytes:
    return msgspec.json.encode(struct)


def _decoded(files: Mapping[str, bytes], name: str, kind: type[_Kind]) -> _Kind:
    try:
        return msgspec.json.decode(_bytes(files, name), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MatcherInvalid(file=name, reason=f"cannot be read: {error}") from error
