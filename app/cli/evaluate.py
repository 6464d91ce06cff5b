"""`catalograph evaluate`: how good learning is, measured on files alone."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Literal

import typer

from app.cli import evaluate_entities, evaluate_matching, evaluate_questions, evaluate_search
from app.cli.evaluate_categories import categories
from app.cli.evaluate_linking import linking
from app.cli.evaluate_recommendation import recommendation
from app.cli.output import Json, note
from app.cli.report_table import print_report
from app.cli.tuning import Checkpoint, Epochs, From, Network, Tune, start_of

cli = typer.Typer(
    help="Measure on files alone, beside the baselines; no database, no server.",
    no_args_is_help=True,
)


cli.command()(linking)
cli.command()(recommendation)
cli.command()(categories)


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
    report = evaluate_links(train, valid, test, config, notify=note)
    print_report(report, json=json)


@cli.command()
def extraction(
    train: Annotated[
        list[Path],
        typer.Option(
            help="Labelled texts to learn from, JSON lines: `input`, `category`, `target_scores`. "
            "Say it again for every further file."
        ),
    ],
    test: Annotated[
        Path | None, typer.Option(help="Labelled texts to score, once; read after the training.")
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            min=2, max=20, help="In the place of --test: cross-validate on the training texts."
        ),
    ] = None,
    triples: Annotated[
        Path | None,
        typer.Option(help="Text, attribute and value, separated by the byte 0x01, of other texts."),
    ] = None,
    network: Network = "auto",
    tune: Tune = "all",
    from_: From = None,
    checkpoint: Checkpoint = None,
    epochs: Epochs = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    json: Json = False,
) -> None:
    """Values of attributes out of texts: F1, unseen values, calibration, milliseconds."""
    if (test is None) == (folds is None):  # before learning is loaded, which takes seconds
        raise typer.BadParameter("give either --test or --folds", param_hint="--test")
    from app.cli.evaluate_extraction import extraction_report

    report = extraction_report(
        train,
        test,
        triples,
        folds,
        network=network,
        epochs=epochs,
        seed=seed,
        tune=tune,
        start=start_of(from_, checkpoint),
        notify=note,
    )
    print_report(report, json=json)


@cli.command()
def matching(
    train: evaluate_matching.Train,
    valid: evaluate_matching.Valid,
    test: evaluate_matching.Test,
    known_links: evaluate_matching.KnownLinks = False,
    folds: evaluate_matching.Folds = 5,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    json: Json = False,
) -> None:
    """Say which pairs of items are the same product: F1, precision and recall."""
    report = evaluate_matching.report_on(
        train, valid, test, known_links=known_links, folds=folds, seed=seed
    )
    print_report(report, json=json)


@cli.command()
def entities(
    train: evaluate_entities.Train,
    valid: evaluate_entities.Valid,
    test: evaluate_entities.Test,
    gazetteer: evaluate_entities.Gazetteer = None,
    no_gazetteers: evaluate_entities.NoGazetteers = False,
    fast: evaluate_entities.Fast = False,
    seed: evaluate_entities.Seed = 0,
    json: Json = False,
) -> None:
    """Find named entities in titles: exact-match precision, recall and F1."""
    report = evaluate_entities.report_on_entities(
        train,
        valid,
        test,
        gazetteer=gazetteer or [],
        no_gazetteers=no_gazetteers,
        fast=fast,
        seed=seed,
        notify=note,
    )
    print_report(report, json=json)


@cli.command()
def questions(
    catalog: evaluate_questions.Catalog,
    mapping: evaluate_questions.Mapping,
    questions: evaluate_questions.Questions,
    more: evaluate_questions.More = None,
    part: evaluate_questions.Part = None,
    wrong: evaluate_questions.Wrong = False,
    json: Json = False,
) -> None:
    """Answer questions over the dumps: the share that is right, and of refusals where due."""
    report = evaluate_questions.report_on_questions(
        [*catalog, *(more or ())], mapping, questions, part=part, wrong=wrong
    )
    print_report(report, json=json)


@cli.command()
def search(
    train: evaluate_search.Train,
    test: evaluate_search.Test,
    encoder: evaluate_search.Encoder = "none",
    neo4j: evaluate_search.WithNeo4j = False,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1)] = 0,
    json: Json = False,
) -> None:
    """Find the offers of a product by its name: NDCG@10, and how far above BM25."""
    report = evaluate_search.report_on_search(train, test, encoder=encoder, neo4j=neo4j, seed=seed)
    print_report(report, json=json)
