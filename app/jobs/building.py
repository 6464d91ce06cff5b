"""The body of a job that reads the texts of products into facts."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from app.connections import open_for_job
from app.jobs.execution import Body, JobContext
from app.services.building import BuildProgress, GraphBuild
from app.services.builds import BuildSpec
from app.services.readers import categorizer_of, grounder_of
from app.settings import Settings


def build_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        def report(progress: BuildProgress) -> None:
            context.report(msgspec.to_builtins(progress), done=progress.rows_read)

        run = GraphBuild(
            id=context.job.id,
            spec=msgspec.convert(context.job.spec, BuildSpec),
            grounder=partial(grounder_of, settings),
            folder=context.folder,
            clock=partial(datetime.now, UTC),
            report=report,
            categorizer=partial(categorizer_of, settings),
        )
        with open_for_job(settings, context.database_is_away) as database:
            outcome: dict[str, Any] = msgspec.to_builtins(run.carry_out(database))
        return outcome

    return body
