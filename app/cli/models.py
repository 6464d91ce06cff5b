"""`catalograph models`: list, show, compare, promote, export, import and remove them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from msgspec import structs

from app.cli.output import Json, err, out, print_fields, print_json, print_table, shown
from app.services.training_runs import MODEL_NAME
from app.settings import load_settings

if TYPE_CHECKING:
    from app.services.models import Comparison, Models, VersionView
    from ml.artefact import Measure

cli = typer.Typer(
    help="Trained models: list, show, compare, promote, carry elsewhere.", no_args_is_help=True
)

Reference = Annotated[
    str, typer.Argument(metavar="NAME/VERSION", help="Such as products/3 or products/champion.")
]


@cli.command()
def ls(
    name: Annotated[str | None, typer.Argument(help="Only the versions of this one.")] = None,
    json: Json = False,
) -> None:
    """List every version, the newest of each name last."""
    versions, damaged = _models().versions(name)
    if json:
        print_json({"versions": versions, "damaged": damaged})
        return
    columns = ("model", "alias", "kind", "created (UTC)", "metrics", "MB")
    print_table("Models", columns, [_line(view) for view in versions])
    for one in damaged:
        err.print(one.reason, style="red", highlight=False, soft_wrap=True)


@cli.command()
def show(reference: Reference, json: Json = False) -> None:
    """Say all that is known of one version."""
    view = _models().version(*_parts(reference))
    if json:
        print_json(view)
        return
    fields: dict[str, object] = {
        name: getattr(view, name) for name in view.__struct_fields__ if name != "metrics"
    }
    metrics = {name: _measured(measure) for name, measure in view.metrics.items()}
    print_fields(f"{view.name}/{view.version}", metrics | fields)


@cli.command()
def compare(
    references: Annotated[
        list[str], typer.Argument(metavar="NAME/VERSION...", help="Two or more.")
    ],
    json: Json = False,
) -> None:
    """Put the metrics of several versions side by side, and what they were trained with."""
    from app.services.models import compare as compared

    models = _models()
    comparison = compared([models.version(*_parts(one)) for one in references])
    if json:
        print_json(comparison)
    else:
        _print(comparison)


@cli.command()
def promote(
    reference: Reference,
    alias: Annotated[
        Literal["candidate", "champion"], typer.Option(help="The champion is what serves.")
    ] = "champion",
    json: Json = False,
) -> None:
    """Let an alias point to a version; running servers take the champion over by themselves."""
    from app.services.readers import USED_BY, user_of

    done = _models().promote(*_parts(reference), alias)
    done = structs.replace(done, used_by=user_of(done.name, done.alias))
    if json:
        print_json(done)
    else:
        before = f"; it was {done.previous}" if done.previous else ""
        out.print(f"The {alias} of {done.name} is {done.version}{before}.", highlight=False)
        if done.used_by:
            out.print(f"It serves {done.used_by}.", highlight=False)
        elif alias == "candidate":
            out.print("Candidates only wait; the champion is what serves.", highlight=False)
        else:
            out.print(
                f"Nothing asks a model called {done.name}: it is only kept. What serves is called "
                f"{', '.join(USED_BY)}.",
                highlight=False,
                soft_wrap=True,
            )
        if (done.name, alias) == (MODEL_NAME, "champion"):
            out.print("`catalograph embed` writes its vectors into the graph.", highlight=False)


@cli.command()
def demote(
    name: Annotated[str, typer.Argument(help="Of the model, such as extraction.")],
    alias: Annotated[
        Literal["candidate", "champion"], typer.Option(help="The champion is what serves.")
    ] = "champion",
    json: Json = False,
) -> None:
    """Let an alias point to nothing: without a champion, what answers is what did before any."""
    version = _models().registry.demote(name, alias)
    if json:
        print_json({"name": name, "alias": alias, "previous": version})
    else:
        out.print(f"No version of {name} is the {alias}; it was {version}.", highlight=False)


@cli.command()
def export(
    reference: Reference,
    file: Annotated[Path, typer.Argument(help="The bundle to write, such as products-3.tar.")],
    json: Json = False,
) -> None:
    """Write one version into a file, for another installation."""
    artefact = _models().registry.export(*_parts(reference), file)
    if json:
        print_json({"artefact": artefact.reference, "file": file, "bytes": file.stat().st_size})
    else:
        out.print(f"{artefact.reference}: {file}", highlight=False, soft_wrap=True)


@cli.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A bundle.", exists=True, dir_okay=False)],
    json: Json = False,
) -> None:
    """Register what a bundle holds; nothing is promoted."""
    done = _models().registry.import_(file)
    if json:
        print_json({"artefact": done.artefact.reference, "new": done.new})
    else:
        note = "" if done.new else " was here already"
        out.print(f"{done.artefact.reference}{note}", highlight=False, soft_wrap=True)


@cli.command()
def rm(reference: Reference, json: Json = False) -> None:
    """Remove a version that no alias points to; its number is not given again."""
    _models().registry.remove(*_parts(reference))
    if json:
        print_json({"removed": reference})
    else:
        out.print(f"{reference} is removed.", highlight=False)


def _models() -> Models:
    from app.services.models import Models, registry_of

    return Models(registry_of(load_settings()))


def _parts(reference: str) -> tuple[str, str]:
    name, separator, version = reference.partition("/")
    if not (name and separator and version):
        raise typer.BadParameter(
            f"{reference!r} names no version; write it as products/3 or products/champion",
            param_hint="NAME/VERSION",
        )
    return name, version


def _line(view: VersionView) -> tuple[object, ...]:
    metrics = ", ".join(f"{name} {measure.value:.3g}" for name, measure in view.metrics.items())
    return (
        f"{view.name}/{view.version}",
        ", ".join(view.aliases),
        view.kind,
        f"{view.created_at:%Y-%m-%d %H:%M}",
        metrics,
        f"{view.bytes / 1e6:.1f}",
    )


def _measured(measure: Measure | None) -> str:
    if measure is None:
        return ""
    if measure.low is None or measure.high is None:
        return f"{measure.value:.4g}"
    return f"{measure.value:.4g} [{measure.low:.4g}, {measure.high:.4g}]"


def _print(comparison: Comparison) -> None:
    metrics = [
        (name, *(_beside_first(one, row[0]) for one in row))
        for name, row in comparison.metrics.items()
    ]
    print_table("Metrics", ("", *comparison.artefacts), metrics)
    if comparison.baselines:
        rows = [(name, *row) for name, row in comparison.baselines.items()]
        print_table("Baselines", ("", *comparison.artefacts), rows)
    differences = [(path, *map(shown, row)) for path, row in comparison.differences.items()]
    print_table("Differences", ("", *comparison.artefacts), differences)
    if "data_fingerprint" in comparison.differences:
        err.print("They were trained on different data.", highlight=False)


def _beside_first(measure: Measure | None, first: Measure | None) -> str:
    text = _measured(measure)
    if measure is None or first is None or measure is first:
        return text
    return f"{text} ({measure.value - first.value:+.4g})"
