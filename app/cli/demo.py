"""`catalograph demo`: the example catalog in a running service, from nothing, in one command."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import app
from app.cli.demo_tour import show_scores, tour
from app.cli.output import bytes_progress, err, out
from app.cli.pretrain import print_report
from app.cli.serving import address, api_server, listening, migrate
from app.cli.session import open_database, running_server
from app.cli.worker_process import worker_beside
from app.errors import AddressInUse, ExamplesMissing
from app.settings import Settings, load_settings

if TYPE_CHECKING:
    import socket

    from app.services.pretraining import PretrainReport
    from graph.client import Database
    from graph.server import EmbeddedServer

EXAMPLES = Path(app.__file__).parents[1] / "examples"
SHOPS = "shops"  # whose offers have nothing but titles and prices
DUMPS = (
    ("reference", "phones.csv", "phones.toml"),
    (SHOPS, "offers.csv", "offer-titles.toml"),
)


def demo(
    exit_: Annotated[bool, typer.Option("--exit", help="Stop after the summary.")] = False,
    examples: Annotated[Path, typer.Option(help="Folder of the example catalog.")] = EXAMPLES,
) -> None:
    """Start everything with the example catalog, ask it, learn from it, serve until Ctrl-C."""
    started = time.monotonic()
    if not (examples / "phones" / "phones.csv").exists():
        raise ExamplesMissing(folder=examples)
    settings = load_settings(dev=True, host="127.0.0.1", log_level="warning", access_log=False)
    with any_port(settings) as listener, running_server(settings) as (found, neo4j):
        migrate(found)
        with open_database(found) as database:
            imported = import_examples(database, examples)
            read_titles(database, found, examples)
            learnt = learn(database, found)
            with served(found, listener) as stopped:
                if learnt is not None:
                    print_report(learnt)
                tour(address(listener), database)
                _say_ready(imported, started)
                if exit_:
                    out.print("  `.venv/bin/catalograph up --dev` serves it.", highlight=False)
                else:
                    _say_where(address(listener), found)
                    with worker_beside(found):
                        out.print("\nServing until Ctrl-C.")
                        _wait(stopped, neo4j)
    if neo4j is not None and neo4j.failure is not None:
        raise neo4j.failure


def _wait(stopped: threading.Event, neo4j: EmbeddedServer | None) -> None:
    with suppress(KeyboardInterrupt):
        while not stopped.wait(0.5) and not (neo4j and neo4j.failure):
            pass


@contextmanager
def any_port(settings: Settings) -> Iterator[socket.socket]:
    """The usual port, or a free one: a demo beside somebody's service should still run."""
    try:
        with listening(settings) as listener:
            yield listener
    except AddressInUse:
        with listening(load_settings(dev=True, host="127.0.0.1", port=0)) as listener:
            yield listener


def import_examples(database: Database, examples: Path) -> int:
    """How many items were written; none on the second run."""
    from app.services.importing import import_files, new_run_id

    written = 0
    with bytes_progress("import") as bar:
        for source, dump, mapping in DUMPS:
            run = new_run_id(datetime.now(UTC))
            file = examples / "phones" / dump
            task = bar.add_task(f"Importing {dump}", total=file.stat().st_size, note="")
            reports = import_files(
                database,
                [file],
                mapping_file=examples / "mappings" / mapping,
                source=source,
                run=run,
                clock=lambda: datetime.now(UTC),
                rejects_file=Path(load_settings().home) / "rejects" / f"{run}.{source}.ndjson",
                progress=lambda _, so_far, task=task: bar.update(  # type: ignore[misc]
                    task, completed=so_far.bytes_read, note=f"{so_far.rows_read:,} rows"
                ),
            )
            written += sum(report.created + report.updated for report in reports)
            if rejected := sum(report.rejected for report in reports):
                err.print(f"{dump}: {rejected} rows rejected, see {reports[0].rejects_file}")
    return written


def read_titles(database: Database, settings: Settings, examples: Path) -> None:
    """Facts out of the offers' titles, and how right they are."""
    from app.cli.build import built_here, print_build
    from app.services.builds import BuildSpec
    from app.services.gold import score_against_gold

    print_build(built_here(database, settings, BuildSpec(source=SHOPS)))
    scores = score_against_gold(database, examples / "phones" / "offers_gold.jsonl", SHOPS)
    show_scores("Against what the titles state (offers_gold.jsonl)", scores)


def learn(database: Database, settings: Settings) -> PretrainReport | None:
    """What a first training run came to; None where a model serves, or nothing can learn."""
    if find_spec("torch_geometric") is None:
        err.print('Not learnt: `pip install "catalograph[learn]"` brings what that takes.')
        return None
    from app.cli.pretrain import trained_here
    from app.services.models import registry_of
    from app.services.training_runs import MODEL_NAME, PretrainSpec

    if "champion" in registry_of(settings).aliases(MODEL_NAME):
        return None
    return trained_here(database, settings, PretrainSpec(recipe="quick"))


@contextmanager
def served(settings: Settings, listener: socket.socket) -> Iterator[threading.Event]:
    """The API in a thread of this process; the event is set when it has stopped."""
    server = api_server(settings)
    stopped = threading.Event()

    def run() -> None:
        try:
            server.run(sockets=[listener])
        finally:
            stopped.set()

    thread = threading.Thread(target=run, name="api")
    thread.start()
    try:
        while not server.started and not stopped.wait(0.02):
            pass
        yield stopped
    finally:
        server.should_exit = True
        thread.join()


def _say_ready(imported: int, started: float) -> None:
    what = f"{imported:,} items imported" if imported else "nothing had to be imported"
    out.print(f"\nReady after {time.monotonic() - started:.0f} s; {what}.", highlight=False)


def _say_where(api: str, settings: Settings) -> None:
    for name, where in (
        ("API", api),
        ("documentation", f"{api}/docs"),
        ("Neo4j (Bolt)", str(settings.neo4j_uri)),
    ):
        out.print(f"  {name:<14} {where}", highlight=False, soft_wrap=True)
    for what, command in (
        ("ask", "ask 'Which 5G phones weigh less than 160 g?'"),
        ("search", "search 'iphone 256gb in stock'"),
        ("query", "query 'MATCH (b:Brand) RETURN b.name'"),
    ):
        out.print(f"  {what:<14} .venv/bin/catalograph {command}", highlight=False, soft_wrap=True)
