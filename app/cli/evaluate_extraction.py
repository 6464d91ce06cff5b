"""What `catalograph evaluate extraction` does with its options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ml.evaluation.report import Report
from ml.extraction.evaluation import EvaluationConfig, evaluate_extraction
from ml.extraction.stacking import ExtractionConfig

if TYPE_CHECKING:
    from app.services.training_runs import Tuned
    from ml.extraction.starts import Start


def extraction_report(
    train: Sequence[Path],
    test: Path | None,
    triples: Path | None,
    folds: int | None,
    *,
    network: Literal["auto", "scratch", "none"],
    epochs: int | None,
    seed: int,
    tune: Tuned,
    start: Start | None,
    notify: Callable[[str], None],
) -> Report:
    """`folds`: cross-validate in so many; None: score `test`."""
    extraction = ExtractionConfig(network=network, seed=seed).tuning(tune)
    extraction = replace(
        extraction,
        folds=folds or extraction.folds,
        recipe=replace(extraction.recipe, epochs=epochs),
    )
    config = EvaluationConfig(extraction, cross_validate=folds is not None)
    return evaluate_extraction(train, test, config, notify=notify, triples=triples, start=start)
