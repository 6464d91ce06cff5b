"""A whole bulk load against `neo4j-admin database import` alone on the files that it wrote.

`python -m benchmarks.bulk --rows 1000000` alternates the two and prints the seconds of each phase,
the ratio (alone / ours, reading included) of each round, and the peak memory of our processes
together, without that of Neo4j.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.catalog_rows import MAPPING, write_csv
from graph.server import admin_command

TARGET = {"ratio": 0.5, "peak_memory_mb": 400}
_SAMPLE_S = 0.25


class Memory:
    """The peak of a process and its Python children; shared pages count once."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.peak_bytes = 0
        self._process = process
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while self._process.poll() is None:
            try:
                self.peak_bytes = max(self.peak_bytes, self._together())
            except psutil.Error:  # one of them has just ended
                continue
            time.sleep(_SAMPLE_S)

    def _together(self) -> int:
        ours = psutil.Process(self._process.pid)
        return sum(
            process.memory_full_info().pss
            for process in (ours, *ours.children(recursive=True))
            if "java" not in process.name()
        )

    def join(self) -> float:
        self._thread.join()
        return round(self.peak_bytes / 1e6, 1)


def run_ours(folder: Path, dump: Path) -> dict[str, Any]:
    command = [
        *(sys.executable, "-m", "app.cli.main", "bulk-load", str(dump), "--source", "shop"),
        *("--mapping", str(dump.with_name("mapping.toml")), "--json"),
        *("--keep", str(folder / "files")),
    ]
    environment = {**os.environ, "CATALOGRAPH_HOME": str(folder / "home")}
    environment.pop("NEO4J_URI", None)
    started = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE) as process:
        memory = Memory(process)
        output, _ = process.communicate()
    seconds = time.perf_counter() - started
    report: dict[str, Any] = json.loads(output)
    assert process.returncode == 0, report
    return {**report, "wall_s": seconds, "peak_memory_mb": memory.join()}


def run_alone(folder: Path, report: dict[str, Any]) -> float:
    """The command that the report gives, by the official launcher, into a home of its own."""
    arguments = shlex.split(report["commands"][1])[1:]
    command = admin_command(folder / "alone", arguments)
    started = time.perf_counter()
    done = subprocess.run(command, cwd=report["folder"], capture_output=True, check=False)
    seconds = time.perf_counter() - started
    assert done.returncode == 0, done.stdout[-2_000:]
    return seconds


def measure(folder: Path, dump: Path) -> dict[str, Any]:
    report = run_ours(folder, dump)
    alone_s = run_alone(folder, report)
    phases = report["seconds"]
    loaded_s = phases["read"] + phases["import"]
    return {
        "alone_s": round(alone_s, 1),
        "ours_s": round(report["wall_s"], 1),
        "phases_s": phases,
        "rows_per_s": report["rows_per_s"],
        # Neither makes the other start a server and fill indexes: the first is like for like.
        "ratio": round(alone_s / loaded_s, 2),
        "ratio_with_server_and_indexes": round(alone_s / report["wall_s"], 2),
        "peak_memory_mb": report["peak_memory_mb"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        dump = write_csv(folder / "dump.csv", chosen.rows)
        (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
        rounds = []
        for number in range(chosen.rounds):
            with tempfile.TemporaryDirectory(dir=folder, prefix=f"round-{number}-") as inner:
                rounds.append(measure(Path(inner), dump))
    ratio = statistics.median(each["ratio"] for each in rounds)
    print(
        json.dumps({"rows": chosen.rows, "rounds": rounds, "ratio": ratio, **_met(ratio)}, indent=1)
    )


def _met(ratio: float) -> dict[str, object]:
    return {"target": TARGET["ratio"], "met": ratio >= TARGET["ratio"]}


if __name__ == "__main__":
    main()
