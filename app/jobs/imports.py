"""The body of an import job: a file into the graph, as its spec says."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from app.jobs.execution import Body, JobContext
from app.services.importing import ImportSpec, run_import
from app.settings import Settings
from app.wiring import open_for_job
from graph.ingest.pipeline import ImportProgress


def import_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        def report(progress: ImportProgress) -> None:
            context.report(msgspec.to_builtins(progress), done=progress.rows_read)

        # Opened by each attempt: an embedded server may be somewhere else after a restart.
        with open_for_job(settings) as database:
            done = run_import(
                database,
                msgspec.convert(context.job.spec, ImportSpec),
                run=context.job.id,
                folder=context.folder,
                clock=partial(datetime.now, UTC),
                report=report,
            )
        outcome: dict[str, Any] = msgspec.to_builtins(done)
        return outcome

    return body
