"""`catalograph evaluate categories`: which category a title is of, and whether it is of none."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, note
from app.cli.report_table import print_report


def categories(
    train: Annotated[
        Path,
        typer.Option(
            help="Offers to learn from: CSV with product_title and category_label, or title and "
            "category; titles with one cluster_label, or model, are one product."
        ),
    ],
    test: Annotated[Path, typer.Option(help="Offers to score, once; read after the training.")],
    per_class: Annotated[
        int | None,
        typer.Option(min=1, help="Learn from so many titles of each category, drawn at random."),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=1, max=100, help="With --per-class: so often; the mean is told.")
    ] = 5,
    unknown: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CATEGORY",
            help="Leave it out of the training whole: its titles are of an unknown kind; "
            "repeatable.",
        ),
    ] = None,
    meaning: Annotated[
        bool,
        typer.Option(help="Where few are labelled, use the English transformer if installed."),
    ] = True,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    json: Json = False,
) -> None:
    """Say of what category titles are: accuracy, macro-F1, calibration, unknown kinds."""
    from ml.categories.categorizer import CategorizerConfig
    from ml.categories.evaluation import CategoriesTrial, evaluate_categories

    trial = CategoriesTrial(
        per_class=per_class,
        draws=draws if per_class else 1,
        unknown=tuple(unknown or ()),
        categorizer=CategorizerConfig(with_meaning=meaning, seed=seed),
    )
    report = evaluate_categories(train, test, trial, notify=note)
    print_report(report, json=json)
