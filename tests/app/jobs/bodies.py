"""Bodies of jobs for tests: real functions, told by the job's `spec` what to do."""

from __future__ import annotations

import os
import time
from pathlib import Path

from graph.errors import DatabaseUnavailable, DiskFull, ImportFailed

ERRORS = {
    "value": ValueError("it is wrong"),
    "exit": SystemExit(3),
    "package": ModuleNotFoundError("No module named 'torch'", name="torch"),
    "refused": ImportFailed(file="x.csv", place="line 3", reason="it is torn"),
}

MISSING = {
    "needs": DatabaseUnavailable(uri="bolt://nowhere", reason="refused"),
    "space": DiskFull(folder="/data", free_mib=1, needed_mib=128),
}


def body(context):
    """Each `do` of the spec, in order; each part is written to the file `log` as it is done."""
    spec = context.job.spec
    log = Path(spec["log"])
    for number, act in enumerate(spec["do"]):
        part = f"{context.job.id} {number}"
        if part in done(log):
            continue
        perform(act, context)
        append(log, part)
        rows = number + 1
        progress = {"rows_read": rows, "bytes_read": rows, "bytes_total": len(spec["do"])}
        context.report(progress, done=rows)
    return {"rows_read": len(spec["do"]), "rejected": spec.get("rejected", 0)}


def perform(act, context):
    match act.split():
        case ["ok"]:
            pass
        case ["sleep", seconds]:
            time.sleep(float(seconds))
        case ["die"]:
            os._exit(9)
        case ["raise", kind]:
            raise ERRORS[kind]
        case [("needs" | "space") as what, name]:
            if not (Path(context.job.spec["log"]).parent / name).exists():
                raise MISSING[what]
        case ["spin"]:
            while True:
                context.report({"rows_read": 1}, done=1)
                time.sleep(0.01)
        case _:
            raise AssertionError(act)


def done(log):
    return set(log.read_text().splitlines()) if log.exists() else set()


def append(log, line):
    """One write to a file opened for appending is whole, whoever else writes."""
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, f"{line}\n".encode())
    finally:
        os.close(handle)
