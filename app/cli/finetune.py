"""`catalograph finetune`: readers of texts, learnt from labels and kept in the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from app.cli.output import Json, note, out, print_json, print_table
from app.cli.session import Background, leave_to_worker, open_database
from app.cli.tuning import Checkpoint, Epochs, From, Network, Tune, start_of
from app.services.training_runs import FinetuneSpec, IfBetter
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.services.finetuning import Finetuned, Shelf
    from graph.client import Database

cli = typer.Typer(
    help="Learn from labels: to find values in texts, or which items are one product.",
    no_args_is_help=True,
)

Promote = Annotated[
    IfBetter,
    typer.Option(help="When the new model serves at once: if_better than what serves, say."),
]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1)]
EPOCHS = 15  # of the networks of a recommender, as in a job


@cli.command()
def extraction(
    train: Annotated[
        list[Path] | None,
        typer.Option(
            help="Labelled texts, JSON lines: `input`, `category`, `target_scores`; repeatable."
        ),
    ] = None,
    reviewed: Annotated[
        bool, typer.Option(help="Also learn from what persons decided about proposed facts.")
    ] = False,
    network: Network = "auto",
    tune: Tune = "all",
    from_: From = None,
    checkpoint: Checkpoint = None,
    epochs: Epochs = None,
    promote: Promote = "if_better",
    seed: Seed = 0,
    background: Background = False,
    json: Json = False,
) -> None:
    """Learn to find values in texts; `/v1/extract` and `build-graph` use it once promoted."""
    from dataclasses import replace

    from app.services.finetuning import finetune_extraction, reviewed_texts
    from graph.repositories.vocabulary import known_parameters
    from ml.extraction.stacking import ExtractionConfig

    if not train and not reviewed:
        raise typer.BadParameter("give a file of labels, or --reviewed", param_hint="--train")
    settings = load_settings()
    if background:
        chosen = None if network == "auto" else network
        _refuse_in_background(network=chosen, checkpoint=checkpoint, epochs=epochs)
        spec = FinetuneSpec(
            name="extraction", known=reviewed, promote=promote, seed=seed, tune=tune, start=from_
        )
        _leave_to_worker(settings, spec, train, json=json)
        return
    start = start_of(from_, checkpoint)
    decided = []
    if reviewed:
        with open_database(settings) as database:
            decided = reviewed_texts(database, known_parameters(database))
        note(f"{len(decided):,} titles that persons decided about")
    config = ExtractionConfig(network=network, seed=seed).tuning(tune)
    config = replace(config, recipe=replace(config.recipe, epochs=epochs))
    shelf = _shelf(settings, promote)
    found = finetune_extraction(
        train or [], config, shelf, reviewed=decided, start=start, notify=note
    )
    report(found, json=json)


@cli.command()
def matching(
    train: Annotated[Path, typer.Option(help="Labelled pairs to learn from.")],
    valid: Annotated[
        Path | None,
        typer.Option(help="Pairs to choose the threshold by; default: a fifth of the others."),
    ] = None,
    promote: Promote = "if_better",
    seed: Seed = 0,
    background: Background = False,
    json: Json = False,
) -> None:
    """Learn which pairs of items are one product; `/v1/match` uses it once promoted."""
    from app.services.finetuning import finetune_matching

    settings = load_settings()
    if background:
        _refuse_in_background(valid=valid)
        spec = FinetuneSpec(name="matching", promote=promote, seed=seed)
        _leave_to_worker(settings, spec, [train], json=json)
        return
    shelf = _shelf(settings, promote)
    report(finetune_matching(train, valid, shelf, seed=seed, notify=note), json=json)


@cli.command()
def linking(
    train: Annotated[
        list[Path] | None,
        typer.Option(
            help="Offers: CSV with a title and the model that it names, as product_title and "
            "cluster_label, or title and model; repeatable."
        ),
    ] = None,
    known: Annotated[
        bool,
        typer.Option(
            "--known", help="Also learn from products whose model a catalog or a person says."
        ),
    ] = False,
    promote: Promote = "if_better",
    seed: Seed = 0,
    background: Background = False,
    json: Json = False,
) -> None:
    """Learn which model of the graph a title names; `build-graph` uses it once promoted."""
    from app.services.finetuning import finetune_linking

    spec = FinetuneSpec(name="linking", known=known, promote=promote, seed=seed)
    _from_graph(finetune_linking, spec, train, background=background, json=json)


@cli.command()
def recommendation(
    sequences: Annotated[
        Path | None,
        typer.Option(
            help="A shopper and then ids of products, in the order of time, in each line; "
            "default: the graph's events."
        ),
    ] = None,
    known: Annotated[
        bool, typer.Option("--known", help="Learn from the graph's events beside the file, too.")
    ] = False,
    epochs: Annotated[
        int,
        typer.Option(min=1, max=1_000, help="Of each network; more where shoppers are few."),
    ] = EPOCHS,
    promote: Promote = "if_better",
    seed: Seed = 0,
    background: Background = False,
    json: Json = False,
) -> None:
    """Learn what shoppers take next; `/v1/recommend` uses it once promoted."""
    from app.services.finetuning_recommendation import finetune_recommendation, read_behaviour
    from ml.recommendation.evaluation import RecommendationTrial, config_of

    settings = load_settings()
    events = known or sequences is None
    if background:
        _refuse_in_background(epochs=None if epochs == EPOCHS else epochs)
        spec = FinetuneSpec(name="recommendation", known=events, promote=promote, seed=seed)
        _leave_to_worker(settings, spec, [sequences] if sequences else [], json=json)
        return
    with open_database(settings) as database:
        data = read_behaviour(database, sequences, events=events)
    note(f"{len(data.shoppers):,} shoppers, {len(data.items):,} products")
    shelf = _shelf(settings, promote)
    config = config_of(RecommendationTrial(epochs=epochs, seed=seed))
    report(finetune_recommendation(data, shelf, config, notify=note), json=json)


@cli.command()
def categories(
    train: Annotated[
        list[Path] | None,
        typer.Option(
            help="Offers: CSV with product_title and category_label, or title and category; "
            "repeatable."
        ),
    ] = None,
    known: Annotated[
        bool,
        typer.Option(
            "--known", help="Also learn from items whose category a catalog or a person says."
        ),
    ] = False,
    promote: Promote = "if_better",
    seed: Seed = 0,
    background: Background = False,
    json: Json = False,
) -> None:
    """Learn of which category titles are; `/v1/categorize` uses it once promoted."""
    from app.services.finetuning import finetune_categories

    spec = FinetuneSpec(name="categories", known=known, promote=promote, seed=seed)
    _from_graph(finetune_categories, spec, train, background=background, json=json)


@cli.command()
def search(
    train: Annotated[
        list[Path] | None,
        typer.Option(
            help="Offers of known products: CSV with product_title and cluster_label, or title "
            "and model; repeatable."
        ),
    ] = None,
    known: Annotated[
        bool,
        typer.Option(
            "--known",
            help="Also learn from products whose model a catalog or a person says, and from what "
            "shoppers chose after a search.",
        ),
    ] = False,
    promote: Promote = "if_better",
    seed: Seed = 0,
    background: Background = False,
    json: Json = False,
) -> None:
    """Learn the order of search results; `/v1/search` uses it once promoted."""
    from app.services.finetuning_search import finetune_search, known_judgements

    if not train and not known:
        raise typer.BadParameter("give a file of offers, or --known", param_hint="--train")
    settings = load_settings()
    if background:
        spec = FinetuneSpec(name="search", known=known, promote=promote, seed=seed)
        _leave_to_worker(settings, spec, train, json=json)
        return
    judged = None
    if known:
        with open_database(settings) as database:
            judged = known_judgements(database, note)
    shelf = _shelf(settings, promote)
    report(finetune_search(train or [], shelf, known=judged, seed=seed, notify=note), json=json)


@cli.command()
def plausibility(
    promote: Promote = "if_better",
    seed: Seed = 0,
    background: Background = False,
    json: Json = False,
) -> None:
    """Learn from the graph which readings to believe; it serves only if that beats rules alone."""
    from app.services.finetuning_plausibility import finetune_plausibility
    from app.services.readers import linker_of

    settings = load_settings()
    if background:
        spec = FinetuneSpec(name="plausibility", promote=promote, seed=seed)
        leave_to_worker(settings, spec, json=json)
        return
    shelf = _shelf(settings, promote)
    with open_database(settings) as database:
        found = finetune_plausibility(
            database,
            shelf,
            linker_over=linker_of(shelf.registry),
            seed=seed,
            notify=note,
        )
    report(found, json=json)


@cli.command()
def filling(
    promote: Promote = "if_better",
    seed: Seed = 0,
    background: Background = False,
    json: Json = False,
) -> None:
    """Learn from the graph what items have that similar ones have; `fill` uses it once promoted."""
    from app.services.finetuning_filling import finetune_filling

    settings = load_settings()
    if background:
        spec = FinetuneSpec(name="filling", promote=promote, seed=seed)
        leave_to_worker(settings, spec, json=json)
        return
    shelf = _shelf(settings, promote)
    with open_database(settings) as database:
        report(finetune_filling(database, shelf, seed=seed, notify=note), json=json)


class _Learning(Protocol):
    """Learns from files of offers, and from what the graph knows."""

    def __call__(
        self,
        train: Sequence[Path],
        database: Database,
        shelf: Shelf,
        *,
        known: bool,
        seed: int,
        notify: Callable[[str], None],
    ) -> Finetuned: ...


def _from_graph(
    learn: _Learning,
    spec: FinetuneSpec,
    train: list[Path] | None,
    *,
    background: bool,
    json: bool,
) -> None:
    if not train and not spec.known:
        raise typer.BadParameter("give a file of offers, or --known", param_hint="--train")
    settings = load_settings()
    if background:
        _leave_to_worker(settings, spec, train, json=json)
        return
    with open_database(settings) as database:
        shelf = _shelf(settings, spec.promote)
        found = learn(train or [], database, shelf, known=spec.known, seed=spec.seed, notify=note)
    report(found, json=json)


def _leave_to_worker(
    settings: Settings, spec: FinetuneSpec, files: Sequence[Path] | None, *, json: bool
) -> None:
    """A job of it; its file stays where it is."""
    from msgspec.structs import replace

    from app.services.models import registry_of
    from app.services.starts import pinned

    if spec.start is not None:
        spec = replace(spec, start=pinned(registry_of(settings), spec.start))
    for file in files or ():
        if spec.path is not None:
            raise typer.BadParameter("takes one FILE together with --background")
        try:
            file.open("rb").close()
        except OSError as error:
            raise typer.BadParameter(f"{file} cannot be read: {error.strerror}") from error
        spec = replace(spec, path=str(file.absolute()), file=str(file))
    leave_to_worker(settings, spec, json=json)


def _refuse_in_background(**options: object) -> None:
    """Options that a job does not have, where one of them is given."""
    for name, value in options.items():
        if value is not None:
            reason = "cannot be chosen together with --background"
            raise typer.BadParameter(reason, param_hint=f"--{name}")


def _shelf(settings: Settings, promote: IfBetter) -> Shelf:
    from app.services.finetuning import Shelf
    from app.services.models import registry_of

    now = partial(datetime.now, UTC)
    return Shelf(registry_of(settings), version("catalograph"), now, promote)


def report(found: Finetuned, *, json: bool) -> None:
    """What changed, beside what served before."""
    if json:
        print_json(found)
        return
    rows = [
        (
            name,
            f"{one.value:.3f}",
            f"{one.low:.3f}-{one.high:.3f}" if one.low is not None else "",
            f"{found.before[name].value:.3f}" if name in found.before else "",
            *(
                f"{values[name]:.3f}" if name in values else ""
                for values in found.baselines.values()
            ),
        )
        for name, one in found.metrics.items()
    ]
    columns = ("", "now", "95 % interval", "served before", *found.baselines)
    print_table(f"{found.artefact}, from {found.examples:,} examples", columns, rows)
    serves = (
        "It serves from now on."
        if found.promoted
        else f"It does not serve: {found.kept_back}. "
        f"`catalograph models promote {found.artefact}` lets it."
    )
    out.print(serves, highlight=False)
