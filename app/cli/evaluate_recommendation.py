"""`catalograph evaluate recommendation`: what each shopper took last, found by what came before."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import Json, note
from app.cli.report_table import print_report


def recommendation(
    sequences: Annotated[
        Path,
        typer.Option(
            help="A shopper and then the items taken, in the order of time, in each line."
        ),
    ],
    attributes: Annotated[
        Path | None, typer.Option(help='What is known of items, JSON: {"item": ["attribute"]}.')
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, max=1_000, help="Of each network.")] = 15,
    unseen: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=0.9,
            help="Share of the items to keep from a second training, to be found as brand-new "
            "ones; 0: no such training.",
        ),
    ] = 0.1,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    json: Json = False,
) -> None:
    """Leave one out: HR@10 and NDCG@10 among 99 others and among all, and for unseen items."""
    if math.isnan(unseen):  # passes both ends of a range
        raise typer.BadParameter(f"{unseen} is no number to go by", param_hint="--unseen")
    from ml.recommendation.evaluation import RecommendationTrial, evaluate_recommendation

    trial = RecommendationTrial(epochs=epochs, unseen=unseen, seed=seed)
    report = evaluate_recommendation(sequences, attributes, trial, notify=note)
    print_report(report, json=json)
