"""All that linking learns, and its files: JSON and LightGBM's text, never pickle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from ml import boosting
from ml.errors import ArtefactCorrupted, ArtefactInvalid
from ml.linking.deciding import Calibration
from ml.linking.features import NAMES
from ml.linking.scoring import BoostedScorer, LinkingConfig, RuleScorer, Scorer
from ml.linking.trust import WordTrust

RULE_THRESHOLD = 0.5
SETTINGS = "linker.json"
TREES = "trees-{}.txt"


@dataclass(frozen=True, slots=True)
class Learnt:
    """What does not depend on the catalogue.

    Attributes:
        threshold: score of the best candidate from which on it is given.
        candidates: of a title, that are compared in full.
    """

    trust: WordTrust
    scorer: Scorer
    calibration: Calibration
    threshold: float
    candidates: int

    @classmethod
    def rules(cls) -> Learnt:
        """Before anything is learnt."""
        candidates = LinkingConfig().candidates
        return cls(WordTrust(), RuleScorer(), Calibration(), RULE_THRESHOLD, candidates)

    def to_files(self) -> dict[str, bytes]:
        if not isinstance(self.scorer, BoostedScorer):
            raise ArtefactInvalid(
                name="linker", reason="it was not trained; the rules need no file"
            )
        texts = self.scorer.to_texts()
        settings = _Settings(
            features=NAMES,
            trees=len(texts),
            threshold=self.threshold,
            candidates=self.candidates,
            calibration=self.calibration,
            titles=_in_order(self.trust.titles),
            naming=_in_order(self.trust.naming),
            names=_in_order(self.trust.names),
            said=_in_order(self.trust.said),
        )
        files = {TREES.format(place): text.encode() for place, text in enumerate(texts)}
        return {SETTINGS: msgspec.json.encode(settings), **files}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Learnt:
        settings = _read_settings(files)
        texts = [_text(files, TREES.format(place)) for place in range(settings.trees)]
        try:
            scorer = BoostedScorer.from_texts(texts)
        except boosting.LightGBMError as error:
            raise _corrupted(TREES.format(0), "LightGBM's text", str(error)) from error
        return cls(
            trust=WordTrust(
                titles=Counter(settings.titles),
                naming=Counter(settings.naming),
                names=Counter(settings.names),
                said=Counter(settings.said),
            ),
            scorer=scorer,
            calibration=settings.calibration,
            threshold=settings.threshold,
            candidates=settings.candidates,
        )


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    features: tuple[str, ...]
    trees: int
    threshold: float
    candidates: int
    calibration: Calibration
    titles: dict[str, int]
    naming: dict[str, int]
    names: dict[str, int]
    said: dict[str, int]


def _in_order(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _read_settings(files: Mapping[str, bytes]) -> _Settings:
    try:
        settings = msgspec.json.decode(_text(files, SETTINGS), type=_Settings)
    except msgspec.DecodeError as error:
        raise _corrupted(SETTINGS, "the settings of a linker", str(error)) from error
    if settings.features != NAMES:
        raise _corrupted(SETTINGS, "of this version's comparisons", "of another version's")
    return settings


def _text(files: Mapping[str, bytes], name: str) -> str:
    if name not in files:
        raise _corrupted(name, "there", "missing")
    try:
        return files[name].decode()
    except UnicodeDecodeError as error:
        raise _corrupted(name, "UTF-8", str(error)) from error


def _corrupted(file: str, expected: str, found: str) -> ArtefactCorrupted:
    return ArtefactCorrupted(reference="linker", file=file, expected=expected, found=found)
