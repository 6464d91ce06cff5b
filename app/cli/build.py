"""`catalograph build-graph`: facts out of the texts of stored products."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import Json, out, pages_progress, print_fields, print_json
from app.cli.session import Background, leave_to_worker, open_database
from app.services.builds import ACCEPT, BUILD, LINK, PROPOSE, BuildSpec, check_build
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.services.building import BuildReport
    from graph.client import Database
    from graph.records import Coverage


def build_graph(
    source: Annotated[
        str | None, typer.Option(help="Only products of this source; default: of all.")
    ] = None,
    only_text: Annotated[
        bool,
        typer.Option(
            "--only-text/--all",
            help="Only products of which no catalog states a fact or something was read before, "
            "or all.",
        ),
    ] = True,
    accept: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Facts this sure count at once.")
    ] = ACCEPT,
    propose: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Facts this sure wait for a review.")
    ] = PROPOSE,
    link: Annotated[
        float,
        typer.Option(min=0.0, max=1.0, help="Link to a model that a title names this surely."),
    ] = LINK,
    background: Background = False,
    json: Json = False,
) -> None:
    """Read the texts of products, and write what they state; catalogs are never overwritten."""
    settings = load_settings()
    spec = BuildSpec(source=source, only_text=only_text, accept=accept, propose=propose, link=link)
    check_build(spec)
    if background:
        leave_to_worker(settings, spec, json=json)
        return
    with open_database(settings) as database:
        report = built_here(database, settings, spec)
    if json:
        print_json(report)
    else:
        print_build(report)


def built_here(database: Database, settings: Settings, spec: BuildSpec) -> BuildReport:
    """A run in this process, with a bar on a terminal."""
    from app.services.building import GraphBuild
    from app.services.importing import new_run_id
    from app.services.readers import categorizer_of, grounder_of

    now = partial(datetime.now, UTC)
    id = new_run_id(now(), BUILD)
    with pages_progress("Reading texts") as report:
        run = GraphBuild(
            id=id,
            spec=spec,
            grounder=partial(grounder_of, settings),
            folder=settings.job_folder(id),
            clock=now,
            report=report,
            categorizer=partial(categorizer_of, settings),
        )
        return run.carry_out(database)


def print_build(report: BuildReport) -> None:
    fields: dict[str, object] = {
        "products read": report.items,
        "in which something was found": report.items_with_facts,
        **{f"facts {name}": count for name, count in sorted(report.facts.items()) if count},
        **{f"{name} linked": count for name, count in sorted(report.links.items()) if count},
        "products with facts, before": _share(report.before, report.before.items_with_facts),
        "products with facts, after": _share(report.after, report.after.items_with_facts),
        "products in a category, before": _share(report.before, report.before.items_with_category),
        "products in a category, after": _share(report.after, report.after.items_with_category),
        "read by": report.model,
        **({"categories by": report.categories} if report.categories else {}),
    }
    print_fields("Read from texts", fields)
    if report.facts.get("proposed"):
        out.print("`catalograph review ls` shows what waits for a person.", highlight=False)


def _share(coverage: Coverage, count: int) -> str:
    share = count / coverage.items if coverage.items else 0.0
    return f"{count:,} of {coverage.items:,} ({share:.0%})"
