"""The body of a job that fills gaps."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from app.connections import open_for_job
from app.jobs.execution import Body, JobContext
from app.services.filling import FillProgress, GapFilling
from app.services.fills import FillSpec
from app.services.readers import filler_of, grounder_of
from app.settings import Settings


def fill_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        def report(progress: FillProgress) -> None:
            context.report(msgspec.to_builtins(progress), done=progress.rows_read)

        run = GapFilling(
            id=context.job.id,
            spec=msgspec.convert(context.job.spec, FillSpec),
            loaded=partial(filler_of, settings),
            grounder=partial(grounder_of, settings),
            folder=context.folder,
            clock=partial(datetime.now, UTC),
            report=report,
        )
        with open_for_job(settings, context.database_is_away) as database:
            outcome: dict[str, Any] = msgspec.to_builtins(run.carry_out(database))
        return outcome

    return body
