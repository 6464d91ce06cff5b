"""`catalograph jobs`: list, show, watch, cancel and retry them."""

from __future__ import annotations

import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import structs

from app.cli.output import (
    FAILED,
    WITH_REJECTS,
    Json,
    bytes_progress,
    duration,
    err,
    out,
    print_fields,
    print_json,
    print_table,
    queued,
    steps_progress,
    training_note,
    unsure_cells,
)
from app.errors import ImportWithoutJob, JobNotFound
from app.jobs.records import ENDED, Job, JobState
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.services.job_view import JobView
    from app.services.jobs import Jobs
    from graph.repositories.imports import ImportRun

cli = typer.Typer(help="Jobs: list, show, watch, cancel, retry.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="Its id, or enough of the beginning.")]

WATCH_EVERY_S = 0.5  # as often as workers report


@cli.command()
def ls(
    state: Annotated[JobState | None, typer.Option(help="Only those in this state.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only those of this kind.")] = None,
    source: Annotated[str | None, typer.Option(help="Only those of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Most jobs.")] = 20,
    json: Json = False,
) -> None:
    """List jobs, the newest first."""
    with _jobs() as jobs:
        page = jobs.page(state=state, kind=kind, source=source, limit=limit)
    found = [_shown(job) for job in page]
    if json:
        print_json(found)
        return
    columns = ("id", "state", "source", "file", "rows", "rejected")
    print_table("Jobs", columns, [_line(job) for job in found])


@cli.command()
def show(id: Id, json: Json = False) -> None:
    """Say all that is known of one job, or of an import that a command carried out itself."""
    settings = load_settings()
    try:
        with _jobs(settings) as jobs:
            job = _shown(jobs.get(jobs.full_id(id)))
    except JobNotFound as error:
        _print_run(settings, id, error, json=json)
    else:
        print_job(job, json=json)


@cli.command()
def watch(id: Id, json: Json = False) -> None:
    """Follow a job until it ends; Ctrl-C leaves it running."""
    settings = load_settings()
    with _jobs(settings) as jobs:
        full_id = _id_of_job(settings, jobs, id)
        try:
            err.print(f"Following {full_id}; Ctrl-C leaves it running.", highlight=False)
            job = _followed(jobs, full_id)
        except KeyboardInterrupt:
            err.print(f"{full_id} goes on; `catalograph jobs watch` follows it again.")
            raise
    print_job(job, json=json)
    raise SystemExit(_exit_code(job))


@cli.command()
def cancel(id: Id, json: Json = False) -> None:
    """End a job; what it has written stays."""
    settings = load_settings()
    with _jobs(settings) as jobs:
        job = _shown(jobs.cancel(_id_of_job(settings, jobs, id)))
    if json:
        print_json(job)
    elif job.state == "cancelled":
        out.print(f"{job.id} is cancelled.", soft_wrap=True)
    else:
        out.print(f"{job.id} ends with the batch at hand.", soft_wrap=True)


@cli.command()
def retry(
    id: Id,
    rejects: Annotated[
        Path | None,
        typer.Option(help="Its rejects after you have mended them.", exists=True, dir_okay=False),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help="Another mapping file.", exists=True, dir_okay=False),
    ] = None,
    json: Json = False,
) -> None:
    """Load the rejects of a job again, or the whole file of one that failed."""
    from app.services.mappings import checked_mapping

    settings = load_settings()
    replaced = None
    if mapping is not None:
        replaced = checked_mapping(mapping.read_bytes(), str(mapping)), str(mapping)
    with _jobs(settings) as jobs:
        full_id = _id_of_job(settings, jobs, id)
        corrected = _copied(rejects, settings) if rejects else None
        try:
            job = _shown(jobs.retry(full_id, corrected=corrected, mapping=replaced))
        finally:
            if corrected is not None:
                corrected.unlink(missing_ok=True)
    if json:
        print_json(job)
    else:
        queued(job.id, as_json=False)


@cli.command()
def rejects(
    id: Id,
    output: Annotated[Path | None, typer.Option(help="File to write; default: print.")] = None,
) -> None:
    """Print the rows that were not loaded, as NDJSON."""
    full_id, file = _rejects(load_settings(), id)
    if output is not None:
        if file is None:
            output.write_bytes(b"")
        else:
            shutil.copyfile(file, output)
        err.print(f"Rejects of {full_id}: {output}", highlight=False, soft_wrap=True)
    elif file is not None:
        with file.open("rb") as lines:
            shutil.copyfileobj(lines, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    if file is None:
        err.print(f"{full_id} has rejected nothing.", highlight=False)


@contextmanager
def _jobs(settings: Settings | None = None) -> Iterator[Jobs]:
    from app.services.jobs import Jobs

    with Jobs(settings or load_settings()) as jobs:
        yield jobs


def _id_of_job(settings: Settings, jobs: Jobs, id: str) -> str:
    """Raises ImportWithoutJob where a command has carried it out itself."""
    try:
        return jobs.full_id(id)
    except JobNotFound as error:
        raise ImportWithoutJob(id=_run(settings, id, error).id) from None


def _rejects(settings: Settings, id: str) -> tuple[str, Path | None]:
    from app.services.terminal_imports import rejects_of

    with _jobs(settings) as jobs:
        try:
            full_id = jobs.full_id(id)
        except JobNotFound as error:
            run = _run(settings, id, error)
            file = rejects_of(settings, run.id)
            return run.id, file if file.is_file() else None
        return full_id, jobs.rejects(full_id)


def _shown(job: Job) -> JobView:
    from app.services.job_view import view

    return view(job, datetime.now(UTC))


def _followed(jobs: Jobs, id: str) -> JobView:
    """The job at its end; on a terminal with a bar until then."""
    learns = jobs.get(id).kind != "import"
    with steps_progress() if learns else bytes_progress("job") as bar:
        task = bar.add_task(id, total=None, note="")
        while True:
            job = _shown(jobs.get(id))
            done, total = _amounts(job)
            bar.update(
                task,
                description=job.phase or job.file or job.id,
                completed=done,
                total=total,
                note=_note(job),
            )
            if job.state in ENDED:
                return job
            time.sleep(WATCH_EVERY_S)


def _amounts(job: JobView) -> tuple[int, int | None]:
    if job.learning is not None:
        return job.learning.done, job.learning.total
    return job.bytes.read, job.bytes.total


def _note(job: JobView) -> str:
    if job.waiting_for is not None:
        return f"waits for {'space on ' if job.waiting_for == 'disk' else ''}the {job.waiting_for}"
    if job.state != "running":
        return job.state
    if job.learning is not None:
        learning = job.learning
        return learning.note or training_note(
            learning.loss, learning.metrics, learning.per_s, job.seconds_left
        )
    parts = [f"{job.rows.read:,} rows"]
    if job.rows_per_s is not None:
        parts.append(f"{job.rows_per_s:,.0f}/s")
    if job.seconds_left is not None:
        parts.append(f"{duration(job.seconds_left)} left")
    if job.rows.rejected:
        parts.append(f"{job.rows.rejected:,} rejected")
    return ", ".join(parts)


def _line(job: JobView) -> tuple[object, ...]:
    running = job.state == "running" and job.percent is not None
    state = f"{job.percent:g} %" if running else job.state
    return job.id, state, job.source, job.file, job.rows.read, job.rows.rejected


def print_job(job: JobView, *, json: bool) -> None:
    if json:
        print_json(job)
        return
    rows = ", ".join(
        f"{getattr(job.rows, name):,} {name}"
        for name in job.rows.__struct_fields__
        if getattr(job.rows, name)
    )
    left = None if job.seconds_left is None else duration(job.seconds_left)
    fields = {
        "state": job.state,
        "source": job.source,
        "file": job.file,
        "mapping": job.mapping,
        "mode": f"{job.mode}, dry run" if job.dry_run else job.mode,
        "created": job.created_at,
        "started": job.started_at,
        "finished": job.finished_at,
        "rows": rows or None,
        **_learnt(job),
        "percent": job.percent,
        "rows per second": job.rows_per_s,
        "time left": left,
        "waits for": job.waiting_for,
        "rejected because of": job.reject_codes or None,
        "nothing closed": job.closing_skipped,
        "cells skipped": job.cells_skipped or None,
        "unsure cells": unsure_cells(job.decimals_unsure) if job.decimals_unsure else None,
        "error": f"{job.error.code}: {job.error.message}" if job.error else None,
        "retry of": job.retry_of,
        "attempts": job.attempts,
    }
    print_fields(job.id, {name: value for name, value in fields.items() if value is not None})


def _print_run(settings: Settings, id: str, no_job: JobNotFound, *, json: bool) -> None:
    """What the graph knows of an import at a terminal. Raises JobNotFound."""
    from app.services.terminal_imports import rejects_of

    run = _run(settings, id, no_job)
    rejects = rejects_of(settings, run.id)
    kept = str(rejects) if rejects.is_file() else None
    if json:
        print_json({"job": False, **structs.asdict(run), "rejects_file": kept})
        return
    fields = {name.replace("_", " "): value for name, value in structs.asdict(run).items()}
    fields |= {"rejects": kept, "finished at": run.finished_at or "not: interrupted, or going on"}
    shown = {name: value for name, value in fields.items() if name != "id" and value is not None}
    print_fields(f"{run.id}, an import without a job", shown)


def _run(settings: Settings, id: str, no_job: JobNotFound) -> ImportRun:
    """Raises `no_job` where the graph knows no such import either, or cannot be asked."""
    from app.services.terminal_imports import import_run
    from graph.errors import DatabaseError

    try:
        run = import_run(settings, id)
    except DatabaseError:
        raise no_job from None
    if run is None:
        raise no_job
    return run


def _learnt(job: JobView) -> dict[str, object]:
    if job.learning is None:
        return {}
    learning = job.learning
    return {
        "learns": learning.model,
        "recipe": learning.recipe,
        "phase": job.phase,
        "done": f"{learning.done:,} of {learning.total:,}" if learning.total else None,
        "steps per second": learning.per_s,
        "loss": learning.loss,
        "metrics": learning.metrics or None,
        "artefact": learning.artefact,
        "left out": learning.skipped or None,
        "does not serve": learning.kept_back,
        "note": learning.note,
    }


def _exit_code(job: JobView) -> int:
    if job.state != "succeeded":
        return FAILED
    return WITH_REJECTS if job.rows.rejected else 0


def _copied(rejects: Path, settings: Settings) -> Path:
    """The job takes its file along, and this one belongs to whoever has mended it."""
    settings.uploads_path.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = settings.uploads_path / f"{secrets.token_hex(8)}.part"
    shutil.copyfile(rejects, copy)
    return copy
