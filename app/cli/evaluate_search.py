"""`catalograph evaluate search`: which offers a product's name finds, and in what order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.output import note

if TYPE_CHECKING:
    from ml.evaluation.report import Report

Train = Annotated[
    Path,
    typer.Option(
        help="Offers to learn from: CSV with product_title and cluster_label, or title and model. "
        "Split them by product before, never by row."
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
WithNeo4j = Annotated[
    bool,
    typer.Option(
        "--neo4j", help="Also ask a Neo4j, started for this, by its full-text index alone."
    ),
]


def report_on_search(
    train: Path,
    test: Path,
    *,
    encoder: Literal["none", "scratch", "english"],
    neo4j: bool,
    seed: int,
) -> Report:
    """Runs the evaluation, telling its progress on standard error."""
    from app.services.search_evaluation import full_text
    from ml.search.evaluation import NEO4J, SearchTrial, evaluate_search

    trial = SearchTrial(encoder=encoder, seed=seed)
    if not neo4j:
        return evaluate_search(train, test, trial, notify=note)
    with full_text(note) as order:
        return evaluate_search(train, test, trial, notify=note, others={NEO4J: order})
