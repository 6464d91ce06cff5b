"""Matching on three files of pairs, beside its baselines: the report of `evaluate matching`."""

# P pairs

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.errors import PairsInvalid
from ml.evaluation.held_out import Floats, HeldOut, Places, mark
from ml.evaluation.overlap import tell_known
from ml.evaluation.report import Measured, Report, sha256_of
from ml.matching.baselines import OneSimilarity
from ml.matching.calibration import calibration_error
from ml.matching.folds import stratified_folds
from ml.matching.matcher import Matcher, MatchingConfig
from ml.matching.measures import Counts, by_pair, pair_measures, shares
from ml.matching.pair_file import read_pairs
from ml.matching.records import LabelledPair, identity
from ml.matching.trees import TreesConfig

Notify = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class MatchingEvaluation:
    """What may be chosen.

    Attributes:
        known_links: the training pairs are known links while the test is scored.
        folds: of the cross-validation over train and valid; 0: none. At least 3 otherwise: one to
            score, one to choose the threshold by, the rest to learn from.
    """

    known_links: bool = False
    folds: int = 5
    seed: int = 0
    threads: int = 1


def evaluate_matching(
    train: Path, valid: Path, test: Path, config: MatchingEvaluation, *, notify: Notify
) -> Report:
    """Learn from `train`, choose the threshold on `valid`, only then read `test` and score it once.

    Raises:
        PairsInvalid: a file cannot be read, a line is broken, or a label is missing.
    """
    start = time.monotonic()
    if not test.is_file():  # now, not after the training
        raise PairsInvalid(path=test, reason="is no file")
    train_pairs, valid_pairs = _read(train, valid, notify)
    settings = MatchingConfig(
        known_links=config.known_links,
        trees=TreesConfig(seed=config.seed, threads=config.threads),
    )
    matcher = Matcher.train(train_pairs, valid_pairs, settings)
    notify(f"trained on {len(train_pairs):,} pairs; the threshold is {matcher.threshold:.3f}")
    similarity = OneSimilarity.fit(train_pairs)
    metrics = _cross_validated(train_pairs + valid_pairs, settings, config, notify)
    metrics = {f"cv_{name}": measured for name, measured in metrics.items()}
    test_pairs = read_pairs(test, to_judge_by=True)
    known = tell_known(test, _items(test_pairs), _items(train_pairs + valid_pairs), notify)
    scoring = time.monotonic()
    score_P = matcher.probabilities([(pair.left, pair.right) for pair in test_pairs])
    scoring = time.monotonic() - scoring
    same_P = labels(test_pairs)
    return Report(
        task="matching",
        metrics={
            **pair_measures(score_P >= matcher.threshold, same_P, config.seed),
            **metrics,
        },
        baselines=_baselines(_floor(similarity, test_pairs), same_P),
        seconds=time.monotonic() - start,
        config={
            **asdict(config),
            "trees": asdict(settings.trees),
            "threshold": matcher.threshold,
            "one_similarity": similarity.name,
            "ece": calibration_error(score_P, same_P),
            "ms_per_pair": 1_000 * scoring / len(test_pairs),
            "pairs": {"train": len(train_pairs), "valid": len(valid_pairs), "test": len(same_P)},
            "test_pairs_known": known,
        },
        data={str(path): sha256_of(path) for path in (train, valid, test)},
    )


def train_and_judge(
    train: Path, valid: Path, settings: MatchingConfig, *, notify: Notify
) -> tuple[Matcher, dict[str, Measured], dict[str, dict[str, float]], HeldOut]:
    """A matcher to be kept, with metrics and answers cross-validated over both files.

    Raises:
        PairsInvalid: a file cannot be read, a line is broken, or a label is missing.
    """
    train_pairs, valid_pairs = _read(train, valid, notify)
    config = MatchingEvaluation(seed=settings.trees.seed)
    pairs = train_pairs + valid_pairs
    decided_P, same_P = _crosswise(pairs, settings, config, notify), labels(pairs)
    floor = _floor(OneSimilarity.fit(train_pairs), pairs)
    return (
        Matcher.train(train_pairs, valid_pairs, settings),
        pair_measures(decided_P, same_P, config.seed),
        _baselines(floor, same_P),
        _held_out(pairs, decided_P, floor),
    )


def _held_out(
    pairs: Sequence[LabelledPair],
    decided_P: NDArray[np.bool_],
    floor: Mapping[str, NDArray[np.bool_]],
) -> HeldOut:
    same_P = labels(pairs)
    marks = [mark(*items) for items in _items(pairs)]

    def ask(files: Mapping[str, bytes], place_A: Places) -> Floats:
        asked = [pairs[place] for place in place_A.tolist()]
        return by_pair(_decided(Matcher.from_files(files), asked), same_P[place_A])

    return HeldOut(
        texts=marks,
        examples=[mark(one, pair.same) for one, pair in zip(marks, pairs, strict=True)],
        groups=marks,
        answers_S2=by_pair(decided_P, same_P),
        baselines={name: by_pair(found_P, same_P) for name, found_P in floor.items()},
        learnt=marks,
        ask=ask,
    )


def _read(
    train: Path, valid: Path, notify: Notify
) -> tuple[list[LabelledPair], list[LabelledPair]]:
    train_pairs, valid_pairs = read_pairs(train), read_pairs(valid)
    pairs = train_pairs + valid_pairs
    labelled = set(zip(_items(pairs), (pair.same for pair in pairs), strict=True))
    if contradicting := len(labelled) - len({items for items, _ in labelled}):
        notify(f"{contradicting:,} pairs are labelled both as the same and as not")
    return train_pairs, valid_pairs


def _floor(
    similarity: OneSimilarity, pairs: Sequence[LabelledPair]
) -> dict[str, NDArray[np.bool_]]:
    """What the baselines decide."""
    return {
        "one_similarity": similarity.is_same(pairs),
        "untrained": _decided(Matcher.untrained(), pairs),
    }


def _baselines(
    floor: Mapping[str, NDArray[np.bool_]], same_P: NDArray[np.bool_]
) -> dict[str, dict[str, float]]:
    return {name: shares(Counts.of(found_P, same_P)) for name, found_P in floor.items()}


def _items(pairs: Sequence[LabelledPair]) -> list[tuple[str, str]]:
    return [(identity(pair.left), identity(pair.right)) for pair in pairs]


def labels(pairs: Sequence[LabelledPair]) -> NDArray[np.bool_]:
    return np.array([pair.same for pair in pairs])


def _decided(matcher: Matcher, pairs: Sequence[LabelledPair]) -> NDArray[np.bool_]:
    score_P = matcher.probabilities([(pair.left, pair.right) for pair in pairs])
    decided_P: NDArray[np.bool_] = score_P >= matcher.threshold
    return decided_P


def _cross_validated(
    pairs: Sequence[LabelledPair],
    settings: MatchingConfig,
    config: MatchingEvaluation,
    notify: Notify,
) -> dict[str, Measured]:
    if not config.folds:
        return {}
    decided_P = _crosswise(pairs, settings, config, notify)
    return pair_measures(decided_P, labels(pairs), config.seed)


def _crosswise(
    pairs: Sequence[LabelledPair],
    settings: MatchingConfig,
    config: MatchingEvaluation,
    notify: Notify,
) -> NDArray[np.bool_]:
    """Decisions about pairs that neither trees nor threshold have seen: one fold scored, the next
    one for the threshold."""
    same_P, decided_P = labels(pairs), np.zeros(len(pairs), dtype=np.bool_)
    fold_P = stratified_folds(same_P, config.folds, config.seed)
    for fold in range(config.folds):
        scored = np.flatnonzero(fold_P == fold).tolist()
        valid_fold = (fold + 1) % config.folds
        valid = [pairs[n] for n in np.flatnonzero(fold_P == valid_fold).tolist()]
        within = np.flatnonzero((fold_P != fold) & (fold_P != valid_fold)).tolist()
        matcher = Matcher.train([pairs[n] for n in within], valid, settings)
        decided_P[scored] = _decided(matcher, [pairs[n] for n in scored])
        notify(f"fold {fold + 1} of {config.folds}")
    return decided_P
