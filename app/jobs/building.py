"""The bodies of jobs that write facts of stored items: read from texts, or filled in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from app.connections import open_for_job
from app.jobs.execution import Body, JobContext
from app.services.building import GraphBuild
from app.services.builds import BuildSpec
from app.services.filling import GapFilling
from app.services.fills import FillSpec
from app.services.places import PagesProgress
from app.services.readers import categorizer_of, filler_of, grounder_of
from app.settings import Settings


def build_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        run = GraphBuild(
            id=context.job.id,
            spec=msgspec.convert(context.job.spec, BuildSpec),
            grounder=partial(grounder_of, settings),
            folder=context.folder,
            clock=partial(datetime.now, UTC),
            report=_reporter(context),
            categorizer=partial(categorizer_of, settings),
        )
        return _carried_out(run, context, settings)

    return body


def fill_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        run = GapFilling(
            id=context.job.id,
            spec=msgspec.convert(context.job.spec, FillSpec),
            loaded=partial(filler_of, settings),
            grounder=partial(grounder_of, settings),
            folder=context.folder,
            clock=partial(datetime.now, UTC),
            report=_reporter(context),
        )
        return _carried_out(run, context, settings)

    return body


def _reporter(context: JobContext) -> Callable[[PagesProgress], None]:
    def report(progress: PagesProgress) -> None:
        context.report(msgspec.to_builtins(progress), done=progress.rows_read)

    return report


def _carried_out(
    run: GraphBuild | GapFilling, context: JobContext, settings: Settings
) -> dict[str, Any]:
    with open_for_job(settings, context.database_is_away) as database:
        outcome: dict[str, Any] = msgspec.to_builtins(run.carry_out(database))
    return outcome
