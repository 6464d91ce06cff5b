"""`catalograph evaluate`: how good learning is, measured on files alone."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli.evaluate_linking import linking
from app.cli.output import Json, err, print_json
from app.cli.report_table import print_report

cli = typer.Typer(
    help="Measure on files alone, beside the baselines; no database, no server.",
    no_args_is_help=True,
)


cli.command()(linking)


@cli.command()
def links(
    train: Annotated[
        Path,
        typer.Option(
            help="Triples to learn from: OpenKE's layout (a count, then head, tail, relation as "
            "ids), or head, relation and tail separated by tabs."
        ),
    ],
    valid: Annotated[Path, typer.Option(help="Triples that say when to stop.")],
    test: Annotated[Path, typer.Option(help="Triples to score, once; read after the training.")],
    minutes: Annotated[
        float, typer.Option(min=0.01, help="Of training, at most; more take a larger recipe.")
    ] = 15.0,
    decoder: Annotated[
        Literal["distmult", "complex", "rotate"], typer.Option(help="How a pair is scored.")
    ] = "complex",
    rank: Annotated[
        int | None, typer.Option(min=1, max=4_000, help="Coordinates; default: the recipe's.")
    ] = None,
    unseen: Annotated[
        float,
        typer.Option(
            min=0.0,
            max=0.9,
            help="Share of the entities to hold out whole; scored are the triples about them.",
        ),
    ] = 0.0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    device: Annotated[
        Literal["auto", "cpu", "cuda"], typer.Option(help="auto: a GPU if there is one.")
    ] = "auto",
    json: Json = False,
) -> None:
    """Predict the missing ends of edges: filtered MRR and hits, in both directions."""
    from ml.links.evaluation import LinksConfig, evaluate_links

    for option, number in (("--minutes", minutes), ("--unseen", unseen)):
        if not math.isfinite(number):  # NaN passes both ends of a range
            raise typer.BadParameter(f"{number} is no number to go by", param_hint=option)
    config = LinksConfig(
        minutes=minutes, decoder=decoder, rank=rank, unseen=unseen, seed=seed, device=device
    )
    report = evaluate_links(train, valid, test, config, notify=_note)
    if json:
        print_json(report)
    else:
        print_report(report)


def _note(text: str) -> None:
    err.print(text, highlight=False, markup=False, soft_wrap=True)
