"""`catalograph pretrain` and `embed`: learn from the graph, and give its items vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import typer

from app.cli.output import (
    INTERRUPTED,
    Json,
    fail,
    out,
    print_fields,
    print_json,
    print_table,
    steps_progress,
    training_note,
)
from app.cli.session import Background, leave_to_worker, open_database
from app.services.training_runs import (
    PRETRAIN,
    PROCESSES_MAX,
    EmbedSpec,
    PretrainSpec,
    check_spec,
)
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.services.pretraining import PretrainProgress, PretrainReport
    from graph.client import Database


def pretrain(
    recipe: Annotated[str, typer.Option(help="What is learnt; `--recipes` lists them.")] = "quick",
    filter: Annotated[
        str | None, typer.Option(help='Learn from these items only, as "brand:acme price>100".')
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="SETTING=VALUE", help="Change the recipe: `training.steps=2000`."
        ),
    ] = None,
    name: Annotated[str, typer.Option(help="Name the artefact is registered under.")] = "products",
    promote: Annotated[
        Literal["always", "if_first", "never"],
        typer.Option(help="When the new model serves at once."),
    ] = "always",
    processes: Annotated[
        int, typer.Option(min=1, max=PROCESSES_MAX, help="Train in so many, on one machine.")
    ] = 1,
    tensorboard: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", file_okay=False, resolve_path=True, help="Write for TensorBoard as well."
        ),
    ] = None,
    background: Background = False,
    recipes: Annotated[bool, typer.Option("--recipes", help="List the recipes.")] = False,
    json: Json = False,
) -> None:
    """Export the graph, train on it, register the model, and write its vectors back."""
    if recipes:
        _list_recipes(json=json)
        return
    spec = PretrainSpec(
        recipe=recipe,
        overrides=_settings_of(set_ or []),
        filter=filter,
        name=name,
        promote=promote,
        processes=processes,
        tensorboard=str(tensorboard) if tensorboard else None,
    )
    check_spec(spec)
    settings = load_settings()
    if background:
        leave_to_worker(settings, spec, json=json)
        return
    try:
        with open_database(settings) as database:
            report = trained_here(database, settings, spec)
    except KeyboardInterrupt as stopped:
        fail(
            f"interrupted; {stopped or 'nothing was registered'}",
            code="interrupted",
            exit_code=INTERRUPTED,
            as_json=json,
        )
    if json:
        print_json(report)
        return
    print_report(report)


def embed(json: Json = False) -> None:
    """Write the vectors of the champion, where they are missing or out of date."""
    from app.services.models import registry_of
    from app.services.pretraining import run_embedding

    settings = load_settings()
    with open_database(settings) as database, _bar() as progress:
        report = run_embedding(
            database, EmbedSpec(), registry_of(settings), progress, settings.images
        )
    if json:
        print_json(report)
        return
    out.print(f"{report.embedded:,} vectors of {report.artefact} written.", highlight=False)


def trained_here(database: Database, settings: Settings, spec: PretrainSpec) -> PretrainReport:
    """A run in this process, with a bar on a terminal.

    Raises KeyboardInterrupt with what is registered nevertheless, if anything is.
    """
    from app.services.importing import new_run_id
    from app.services.models import registry_of
    from app.services.pretraining import PretrainRun, clear

    now = partial(datetime.now, UTC)
    id = new_run_id(now(), PRETRAIN)
    with _bar() as report:
        run = PretrainRun(
            id=id,
            spec=spec,
            registry=registry_of(settings),
            folder=settings.job_folder(id),
            code_version=version("catalograph"),
            clock=now,
            report=report,
            device=settings.device,
            images=settings.images,
        )
        try:
            return run.carry_out(database)
        except KeyboardInterrupt:
            if (made := run.registered()) is None:
                raise
            raise KeyboardInterrupt(
                f"{made.reference} is registered and not promoted; `catalograph models promote` "
                "and `catalograph embed` let it serve, `catalograph models rm` removes it"
            ) from None
        finally:
            clear(run.folder)  # nobody goes on with it


def print_report(report: PretrainReport) -> None:
    baselines = {
        metric: f"{value:.3f} ({method})"
        for method, own in report.baselines.items()
        for metric, value in own.items()
    }
    rows = [
        (metric, f"{value:.3f}", baselines.get(metric, ""))
        for metric, value in sorted(report.metrics.items())
    ]
    print_table("On items that were held out", ("metric", "value", "without learning"), rows)
    fields: dict[str, object] = {
        "artefact": report.artefact,
        "steps": report.steps,
        "serves": "yes" if report.promoted else "no; `catalograph models promote` makes it",
        "vectors written": report.embedded,
    }
    fields |= {f"left out: {task}": reason for task, reason in report.skipped.items()}
    print_fields("Learnt", fields)


@contextmanager
def _bar() -> Iterator[Callable[[PretrainProgress], None]]:
    with steps_progress() as bar:
        task = bar.add_task("starting", total=None, note="")

        def report(progress: PretrainProgress) -> None:
            bar.update(
                task,
                description=progress.phase,
                completed=progress.done,
                total=progress.total,
                note=training_note(progress.loss, progress.metrics, progress.rate, progress.left_s),
            )

        yield report


def _settings_of(pairs: list[str]) -> dict[str, Any]:
    """`training.steps=2000` to a setting; a value that is no JSON is a text."""
    settings = {}
    for pair in pairs:
        path, separator, value = pair.partition("=")
        if not separator:
            raise typer.BadParameter(f"{pair!r} has no =", param_hint="--set")
        try:
            settings[path] = msgspec.json.decode(value)
        except (msgspec.DecodeError, RecursionError):  # it is plain text
            settings[path] = value
    return settings


def _list_recipes(*, json: bool) -> None:
    from ml.training.recipes import RECIPES

    if json:
        print_json({name: msgspec.to_builtins(recipe) for name, recipe in RECIPES.items()})
        return
    rows = [
        (name, ", ".join(recipe.tasks), recipe.training.steps, recipe.description)
        for name, recipe in RECIPES.items()
    ]
    print_table("Recipes", ("name", "tasks", "steps", "for"), rows)
