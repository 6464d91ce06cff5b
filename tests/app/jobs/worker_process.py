"""A worker with the bodies of the tests, as a process of its own; its argument is JSON."""

import json
import signal
import sys
import threading

from app.jobs.options import WorkerOptions
from app.jobs.worker import run_worker
from app.observability import configure_logging
from app.settings import Settings
from tests.app.jobs.bodies import body

FAST = {"heartbeat_s": 0.2, "dead_after_s": 5.0, "sweep_s": 0.2, "poll_s": 0.1, "attempts_max": 3}


def main():
    given = json.loads(sys.argv[1])
    settings = Settings(**given["settings"])
    configure_logging(settings)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    options = WorkerOptions(**{**FAST, **given["options"]})
    run_worker(settings, stop=stop, bodies={"import": body}, options=options)


if __name__ == "__main__":
    main()
