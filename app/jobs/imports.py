"""The body of an import job: a file into the graph, as its spec says."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec
import structlog
from msgspec import structs

from app.connections import open_for_job
from app.errors import JobsUnavailable
from app.jobs.execution import Body, JobContext
from app.services.importing import ImportSpec, nothing_loaded, run_import
from app.services.job_files import file_of_job
from app.services.jobs import Jobs
from app.services.models import registry_of
from app.services.training_runs import MODEL_NAME, EmbedSpec
from app.settings import Settings
from graph.ingest.pipeline import ImportProgress

_log = structlog.get_logger("jobs")


def import_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        def report(progress: ImportProgress) -> None:
            context.report(msgspec.to_builtins(progress), done=progress.rows_read)

        spec = msgspec.convert(context.job.spec, ImportSpec)
        spec = structs.replace(spec, path=str(file_of_job(spec.path, context.folder.parent)))
        # Opened by each attempt: an embedded server may be somewhere else after a restart.
        with open_for_job(settings, context.database_is_away) as database:
            done = run_import(
                database,
                spec,
                run=context.job.id,
                folder=context.folder,
                clock=partial(datetime.now, UTC),
                report=report,
            )
        if error := nothing_loaded([done], rejects="The rejects of the job have"):
            raise error
        if (done.created or done.updated) and not spec.dry_run:
            _give_vectors(settings)
        outcome: dict[str, Any] = msgspec.to_builtins(done)
        return outcome

    return body


def _give_vectors(settings: Settings) -> None:
    """A job of its own for what was loaded, if a model serves; the import is done without it."""
    if "champion" not in registry_of(settings).aliases(MODEL_NAME):
        return
    try:
        with Jobs(settings) as jobs:
            jobs.submit(EmbedSpec())
    except JobsUnavailable as error:
        _log.warning("vectors not asked for", reason=error.reason)
