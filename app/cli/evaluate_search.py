"""`catalograph evaluate search`: which offers a product's name finds, and in what order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ml.evaluation.report import Report

Train = Annotated[
    Path,
    typer.Option(
        help="Offers to learn from: CSV with product_title, cluster_label, category_label. Split "
        "them by product before, never by row."
    ),
]
Test = Annotated[
    Path,
    typer.Option(help="Offers to search, once, by the names of their products; read at the end."),
]
Encoder = Annotated[
    Literal["none", "scratch", "english"],
    typer.Option(
        help="Also score by vectors, learnt from --train: `scratch`, a small network of ours; "
        "`english`, on the transformer of the package `english`."
    ),
]


def report_on_search(
    train: Path, test: Path, *, encoder: Literal["none", "scratch", "english"], seed: int
) -> Report:
    """Runs the evaluation, telling its progress on standard error."""
    from app.cli.output import err
    from ml.search.evaluation import SearchTrial, evaluate_search

    trial = SearchTrial(encoder=encoder, seed=seed)
    return evaluate_search(
        train,
        test,
        trial,
        notify=lambda text: err.print(text, highlight=False, markup=False, soft_wrap=True),
    )
