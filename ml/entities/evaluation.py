"""Entities of three files of labelled titles, beside the baselines: `evaluate entities`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import torch
from torch import Generator

from ml.entities.baselines import in_gazetteers, in_training, longest_matches
from ml.entities.bieos import TitleFile, read_bieos
from ml.entities.config import TaggingConfig
from ml.entities.gazetteers import read_gazetteers
from ml.entities.records import Entity, LabelledTitle
from ml.entities.scoring import (
    Span,
    calibration_error,
    exact_counts,
    shares_of,
)
from ml.entities.spelling import plain
from ml.entities.tagger import EntityTagger
from ml.errors import TitlesInvalid
from ml.evaluation.intervals import ratio
from ml.evaluation.overlap import tell_known
from ml.evaluation.report import Measured, Report, sha256_of
from ml.links.training import Notify


@dataclass(frozen=True, slots=True)
class EntityFiles:
    """Attributes:
    gazetteers: by the gazetteer's own name.
    """

    train: Path
    valid: Path
    test: Path
    gazetteers: Mapping[str, Path]

    def all(self) -> list[Path]:
        return [self.train, self.valid, self.test, *self.gazetteers.values()]


def evaluate_entities(files: EntityFiles, config: TaggingConfig, *, notify: Notify) -> Report:
    """Train on `train`, believe by `valid`, and only then read `test` and score it once.

    Raises:
        TitlesInvalid: a file of titles cannot be read.
        GazetteerInvalid: a gazetteer cannot be read.
        GraphTooSmall: no training title has an entity.
    """
    start = time.monotonic()
    if not files.test.is_file():  # now, not after the training
        raise TitlesInvalid(path=files.test, reason="is no file")
    gazetteers = read_gazetteers(files.gazetteers)
    train, valid = _read(files.train, notify), _read(files.valid, notify)
    tagger = EntityTagger.train(train.titles, valid.titles, gazetteers, config, notify=notify)
    trained_s = time.monotonic() - start
    test = _read(files.test, notify)
    trained = (title.text for title in train.titles)
    known = tell_known(files.test, [title.text for title in test.titles], trained, notify)
    tagging = time.monotonic()
    found = tagger.tag([title.text for title in test.titles])
    ms_per_title = (time.monotonic() - tagging) * 1_000 / len(test.titles)
    featurizer = tagger.featurizer
    leaning = (None if t is None else featurizer.labels.types[t] for t in featurizer.leaning)
    return Report(
        task="entities",
        metrics=_metrics(train.titles, test.titles, found, config.seed),
        baselines=_baselines(tagger, test.titles),
        seconds=time.monotonic() - start,
        config={
            **asdict(config),
            "threads": torch.get_num_threads(),
            "types": featurizer.labels.types,
            "gazetteers": dict(zip(featurizer.phrases.names, leaning, strict=True)),
            "unclosed_entities": {str(part.path): part.unclosed for part in (train, valid, test)},
            "training_seconds": trained_s,
            "ms_per_title": ms_per_title,
            "test_titles_known": known,
        },
        data={str(path): sha256_of(path) for path in files.all()},
    )


def _read(path: Path, notify: Notify) -> TitleFile:
    found = read_bieos(path)
    if found.unclosed:
        notify(
            f"{path}: {len(found.unclosed):,} entities without an end, the first in line "
            f"{found.unclosed[0]}; each ends where the next label begins something else"
        )
    return found


def _metrics(
    train: Sequence[LabelledTitle],
    test: Sequence[LabelledTitle],
    found: Sequence[Sequence[Entity]],
    seed: int,
) -> dict[str, Measured]:
    generator = Generator().manual_seed(seed)
    spans = [[(entity.type, entity.start, entity.end) for entity in row] for row in found]
    seen = {_string(title, span) for title in train for span in title.entities}
    parts = {
        name: Measured.ratio_of(*pair, generator)
        for name, pair in shares_of(exact_counts(test, spans)).items()
    }
    for kind in sorted({kind for title in test for kind, _, _ in title.entities}):
        own = shares_of(exact_counts(test, spans, partial(_is_of, kind)))
        parts |= {
            f"{name}_{kind}": Measured.ratio_of(*pair, generator) for name, pair in own.items()
        }
    for name, is_seen in (("seen_recall", True), ("unseen_recall", False)):
        count_S3 = exact_counts(test, spans, partial(_is_met, seen, is_seen))
        parts[name] = Measured.ratio_of(*shares_of(count_S3)["recall"], generator)
    return {**parts, "ece": calibration_error(test, found, generator)}


def _is_of(kind: str, _: LabelledTitle, span: Span) -> bool:
    return span[0] == kind


def _is_met(seen: set[tuple[str, str]], is_seen: bool, title: LabelledTitle, span: Span) -> bool:
    return (_string(title, span) in seen) == is_seen


def _string(title: LabelledTitle, span: Span) -> tuple[str, str]:
    kind, start, end = span
    return kind, plain(title.text[start:end])


def _baselines(tagger: EntityTagger, test: Sequence[LabelledTitle]) -> dict[str, dict[str, float]]:
    lookups = {"training_lookup": in_training(tagger.featurizer)}
    if tagger.featurizer.phrases.names:
        lookups["gazetteer_lookup"] = in_gazetteers(tagger.featurizer)
    found = {}
    for name, lookup in lookups.items():
        count_S3 = exact_counts(test, [longest_matches(title.text, lookup) for title in test])
        found[name] = {measure: ratio(*pair) for measure, pair in shares_of(count_S3).items()}
    return found
