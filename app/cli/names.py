"""`catalograph names`: what titles call the things of the graph, learnt and taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import Json, err, out, print_json, print_table
from app.cli.session import open_database

if TYPE_CHECKING:
    from app.services.naming import NamesReport

cli = typer.Typer(
    help="Names of brands, categories, models and values that titles use: learn, list, take back.",
    no_args_is_help=True,
)


@cli.command()
def learn(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show them and write nothing.")
    ] = False,
    min_support: Annotated[
        int, typer.Option(min=2, max=1_000_000, help="Distinct titles that a name has to stand in.")
    ] = 4,
    json: Json = False,
) -> None:
    """Learn what titles call things, from products that a catalog or a person describes.

    Names that were learnt before and that nothing speaks for any longer are withdrawn.
    """
    from app.services.naming import learn as learn_names
    from ml.aliases.trial import AliasConfig

    config = AliasConfig(min_support=min_support)
    with open_database() as database, err.status("Reading titles"):
        report = learn_names(database, config, write=not dry_run)
    if json:
        print_json(report)
    else:
        _print(report)


@cli.command()
def ls(json: Json = False) -> None:
    """List the names that were learnt."""
    from app.services.naming import listed

    with open_database() as database:
        names = listed(database)
    if json:
        print_json(names)
        return
    rows = [
        (one.name, one.entity_name, _kind(one.kind, one.parameter), one.entity) for one in names
    ]
    print_table("", ("name", "means", "a", "id"), rows)


@cli.command()
def forget(
    name: Annotated[str | None, typer.Argument(help="One name; it is not learnt again.")] = None,
    of: Annotated[str | None, typer.Option(help="Only of this brand, … or value, by id.")] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every learnt name; what titles teach is learnt again.")
    ] = False,
    json: Json = False,
) -> None:
    """Take learnt names back; those of catalogs stay."""
    from app.services.naming import forget as take_back

    if (name is None) != all_:
        raise typer.BadParameter("give one name, or --all", param_hint="NAME")
    with open_database() as database:
        gone = take_back(database, name, of)
    if name is not None and not gone:
        raise typer.BadParameter(
            f"{name!r} is no learnt name{f' of {of!r}' if of else ''}; see `catalograph names ls`",
            param_hint="NAME",
        )
    if json:
        print_json({"forgotten": gone})
    else:
        out.print(f"{gone:,} learnt names forgotten.", highlight=False)


def _print(report: NamesReport) -> None:
    rows = [
        (
            one.name,
            one.entity_name,
            _kind(one.kind, one.parameter),
            one.support,
            f"{one.confidence:.2f}",
            one.example,
        )
        for one in report.names
    ]
    print_table("", ("name", "means", "a", "titles", "sure", "as in"), rows)
    done = "" if report.written else "would be "
    out.print(
        f"{len(report.names):,} names out of {report.texts:,} titles; "
        f"{report.added:,} {done}added, {report.withdrawn:,} {done}withdrawn.",
        highlight=False,
    )
    if report.dropped:
        reasons = ", ".join(
            f"{reason} {count:,}" for reason, count in sorted(report.dropped.items())
        )
        out.print(f"No names, though frequent: {reasons}.", highlight=False)


def _kind(kind: str, parameter: str | None) -> str:
    return parameter or kind
