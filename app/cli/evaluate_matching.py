"""`catalograph evaluate matching`: are two items the same product, from files of labelled pairs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import note

if TYPE_CHECKING:
    from ml.evaluation.report import Report

Train = Annotated[
    Path,
    typer.Option(
        help="Pairs to learn from: `COL name VAL text COL ...`, a second record, and 0 or 1, "
        "divided by tabs (DeepMatcher's layout)."
    ),
]
Valid = Annotated[Path, typer.Option(help="Pairs that choose the threshold, and nothing else.")]
Test = Annotated[Path, typer.Option(help="Pairs to score, once; read after the training.")]
KnownLinks = Annotated[
    bool,
    typer.Option(
        "--known-links",
        help="Score with the training pairs as links that are already known; another protocol.",
    ),
]
Folds = Annotated[
    int,
    typer.Option(
        min=0, max=20, help="Of the cross-validation on train and valid; 0: none; else 3 or more."
    ),
]


def report_on(
    train: Path, valid: Path, test: Path, *, known_links: bool, folds: int, seed: int
) -> Report:
    """Runs the evaluation, telling its progress on standard error."""
    if folds in (1, 2):
        raise typer.BadParameter(
            "one fold is scored, one chooses, one teaches: take 3 or more", param_hint="--folds"
        )
    from ml.matching.evaluation import MatchingEvaluation, evaluate_matching

    config = MatchingEvaluation(known_links=known_links, folds=folds, seed=seed)
    return evaluate_matching(train, valid, test, config, notify=note)
