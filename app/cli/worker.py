"""`catalograph worker`: a process that runs jobs until it is told to stop."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType
from typing import Annotated

import typer

from app.cli.output import FAILED
from app.settings import load_settings

PARENT_POLL_S = 1.0
THREAD_GRACE_S = 1.0  # for threads that have nothing left to do but end


def worker(
    concurrency: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="Imports at the same time in each worker; who starts last decides for all.",
        ),
    ] = None,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="Stop when the parent has ended.")
    ] = False,
) -> None:
    """Run jobs until Ctrl-C or SIGTERM; the batch at hand is finished, and others go on with it."""
    from app.jobs.building import build_body, fill_body
    from app.jobs.imports import import_body
    from app.jobs.learning import embed_body, finetune_body, pretrain_body
    from app.jobs.worker import run_worker
    from app.observability import configure_logging

    settings = load_settings(**({"import_concurrency": concurrency} if concurrency else {}))
    configure_logging(settings)
    stop = threading.Event()
    _stop_by_signal(stop)
    if with_parent:
        threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
    bodies = {
        "import": import_body(settings),
        "pretrain": pretrain_body(settings),
        "finetune": finetune_body(settings),
        "embed": embed_body(settings),
        "build": build_body(settings),
        "fill": fill_body(settings),
    }
    idle = run_worker(settings, stop=stop, bodies=bodies)
    _end_threads(idle=idle)


def _stop_by_signal(stop: threading.Event) -> None:
    def handle(number: int, _: FrameType | None) -> None:
        if stop.is_set():  # asked for a second time: at once
            os._exit(128 + number)
        stop.set()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)


def _watch_parent(stop: threading.Event) -> None:
    parent = os.getppid()
    while not stop.wait(PARENT_POLL_S):
        if os.getppid() != parent:
            stop.set()


def _end_threads(*, idle: bool) -> None:
    """Python waits for its threads at the end, and one of them may wait for a database for ever."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(THREAD_GRACE_S if idle else 0.0)
            if thread.is_alive():
                sys.stderr.flush()
                os._exit(0 if idle else FAILED)
