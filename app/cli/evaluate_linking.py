"""`catalograph evaluate linking`: which model of a dump an offer's title names."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, note
from app.cli.report_table import print_report


def linking(
    catalog: Annotated[
        list[Path],
        typer.Option(help="Dumps of the reference catalogue: files, or folders of them."),
    ],
    mapping: Annotated[
        Path, typer.Option(help="How a row of the dumps is a model; see `mapping suggest`.")
    ],
    train: Annotated[
        Path,
        typer.Option(
            help="Offers to learn from: CSV with product_title and cluster_label, or title and "
            "model; for --category with category_label, or category."
        ),
    ],
    more: Annotated[
        list[Path] | None, typer.Argument(help="More dumps: `--catalog dumps/*.csv` works.")
    ] = None,
    test: Annotated[
        Path | None,
        typer.Option(help="Offers to score, once; read after the training. Without: see --splits."),
    ] = None,
    category: Annotated[
        list[str] | None, typer.Option(help="Of the offers; again for several. Default: all.")
    ] = None,
    absent: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=0.9,
            help="Share of the models with offers to take out of the catalogue; their offers "
            "must get no link.",
        ),
    ] = 0.25,
    splits: Annotated[
        int,
        typer.Option(
            min=0, max=100, help="Without --test: split the offers so often, 60/40 by model."
        ),
    ] = 4,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    json: Json = False,
) -> None:
    """Link offers to models: precision, recall and F1, beside two baselines and the rules."""
    from app.services.reference_models import dump_files, read_models

    if math.isnan(absent):  # passes both ends of a range
        raise typer.BadParameter(f"{absent} is no number to go by", param_hint="--absent")
    dump = dump_files([*catalog, *(more or ())])
    models = read_models(dump, mapping)
    # Not before: it takes seconds to load, and a bad dump is told at once.
    from ml.linking.evaluation import LinkingTrial, evaluate_linking

    trial = LinkingTrial(
        categories=tuple(category or ()), absent=absent, splits=0 if test else splits, seed=seed
    )
    report = evaluate_linking(models, dump, train, test, trial, notify=note)
    print_report(report, json=json)
