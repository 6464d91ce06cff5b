"""From settings to what a command works with: a running server, an open database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import queued
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    from app.services.job_kinds import JobSpec
    from graph.client import Database
    from graph.embedded.jars import Progress
    from graph.server import EmbeddedServer

Background = Annotated[bool, typer.Option("--background", help="Leave it to a worker, as a job.")]


@contextmanager
def open_database(settings: Settings | None = None) -> Iterator[Database]:
    """The database that the environment names."""
    from app.connections import open_for_job

    with open_for_job(settings or load_settings()) as database:
        yield database


def leave_to_worker(settings: Settings, spec: JobSpec, *, json: bool) -> None:
    """Makes a job of what a command would do itself, and says which."""
    from app.services.jobs import Jobs

    with Jobs(settings) as jobs:
        job, _ = jobs.submit(spec)
    queued(job.id, as_json=json)


@contextmanager
def running_server(settings: Settings) -> Iterator[tuple[Settings, EmbeddedServer | None]]:
    """Neo4j for as long as the block: the configured one, or the embedded one, started if need be.

    An embedded server that somebody else started is left running at the end.
    """
    if settings.neo4j_uri is not None:
        yield settings, None
        return
    from app.connections import with_endpoint
    from graph.server import EmbeddedServer

    with starting() as progress:
        server = EmbeddedServer(settings.home, progress=progress)
        try:
            endpoint = server.start()
        except BaseException:
            server.stop()
            raise
    try:
        yield with_endpoint(settings, endpoint), server
    finally:
        server.stop()


class starting:  # noqa: N801 - reads as the statement it is: `with starting() as progress`
    """Shows how far a server is: the jars with bytes and time left, then a spinner."""

    def __enter__(self) -> starting:
        from app.cli.output import bytes_progress

        self._context = bytes_progress("Neo4j")
        self._bar = self._context.__enter__()
        self._task = self._bar.add_task("Starting Neo4j", total=None, note="")
        self._announced = False
        return self

    def __exit__(self, *failure: object) -> None:
        self._context.__exit__(None, None, None)

    def __call__(self, progress: Progress) -> None:
        from app.cli.output import err

        if progress.step == "start":
            self._bar.update(self._task, description="Starting Neo4j", total=None, note="")
            return
        if not self._announced and progress.files_total:
            self._announced = True
            megabytes = progress.bytes_total / 1e6
            err.print(f"Downloading Neo4j once ({progress.files_total} jars, {megabytes:.0f} MB)")
        self._bar.update(
            self._task,
            description="Downloading Neo4j",
            completed=progress.bytes_done,
            total=progress.bytes_total or None,
            note=f"{progress.files_done}/{progress.files_total} jars",
        )
