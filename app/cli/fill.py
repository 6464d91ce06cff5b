"""`catalograph fill`: facts that items lack, by what similar items have."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import Json, out, pages_progress, print_fields, print_json, print_table
from app.cli.session import Background, leave_to_worker, open_database
from app.services.fills import FILL, PRECISION, FillSpec, check_fill
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.services.filling import FillReport
    from graph.client import Database

_MOST_PARAMETERS = 20


def fill(
    source: Annotated[
        str | None, typer.Option(help="Only items of this source; default: of all.")
    ] = None,
    precision: Annotated[
        float,
        typer.Option(help="At least this share of what counts at once is right, as was measured."),
    ] = PRECISION,
    propose: Annotated[
        float | None,
        typer.Option(help="Facts less sure, but this sure, wait for a review; default: none."),
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Only take back what earlier runs have filled in.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count what would be filled in; write nothing.")
    ] = False,
    background: Background = False,
    json: Json = False,
) -> None:
    """Fill in facts that items lack, by what similar items have; nothing is ever overwritten.

    `catalograph finetune filling` learns how, and says how many hidden facts it would fill in.
    """
    settings = load_settings()
    spec = FillSpec(
        source=source, precision=precision, propose=propose, remove=remove, dry_run=dry_run
    )
    check_fill(spec)
    if background:
        leave_to_worker(settings, spec, json=json)
        return
    with open_database(settings) as database:
        report = filled_here(database, settings, spec)
    if json:
        print_json(report)
    else:
        print_fill(report, spec)


def filled_here(database: Database, settings: Settings, spec: FillSpec) -> FillReport:
    """A run in this process, with a bar on a terminal."""
    from app.services.filling import GapFilling
    from app.services.importing import new_run_id
    from app.services.readers import filler_of, grounder_of

    now = partial(datetime.now, UTC)
    id = new_run_id(now(), FILL)
    with pages_progress("Filling gaps") as report:
        run = GapFilling(
            id=id,
            spec=spec,
            loaded=partial(filler_of, settings),
            grounder=partial(grounder_of, settings),
            folder=settings.job_folder(id),
            clock=now,
            report=report,
        )
        return run.carry_out(database)


def print_fill(report: FillReport, spec: FillSpec) -> None:
    fields: dict[str, object] = {
        "items": report.items,
        **{f"facts {name}": count for name, count in sorted(report.facts.items()) if count},
    }
    if report.model:
        fields["filled by"] = report.model
        fields["parameters sure enough"] = (
            f"{len(report.thresholds)}, for {spec.precision:.1%} right"
        )
    print_fields("Would be filled in" if report.dry_run else "Filled in", fields)
    if not report.items and spec.source:
        out.print(f"There are no items of the source {spec.source!r}.", highlight=False)
    if report.parameters:
        rows = [(name, f"{count:,}") for name, count in report.parameters.items()]
        print_table("By parameter", ("", "facts"), rows[:_MOST_PARAMETERS])
    if report.facts.get("proposed") and not report.dry_run:
        out.print("`catalograph review ls` shows what waits for a person.", highlight=False)
