"""A training run in a worker of its own, as whoever watches it sees it: over SSE, at a terminal."""

import json
import os
import pty
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from app.keys import KeyFile, Scope
from app.main import create_app
from app.services.jobs import Jobs
from app.services.training_runs import PretrainSpec
from tests.app.jobs.parts import ROOT, end, settings_over
from tests.app.parts import listening
from tests.app.services.test_pretraining import TINY, stocked

__all__ = ["stocked"]  # a fixture

pytestmark = pytest.mark.neo4j

PATIENCE_S = 600  # a worker imports torch, and the machine may be busy
ENDLESS = {**TINY, "training.steps": 1_000_000}


@pytest.fixture
def settings(stocked, tmp_path):
    return settings_over(stocked, tmp_path, access_log=False, device="cpu")


@pytest.fixture
def environment(settings):
    return {
        **os.environ,
        "CATALOGRAPH_HOME": str(settings.home),
        "CATALOGRAPH_DEVICE": "cpu",
        "NEO4J_URI": settings.neo4j_uri,
        "NEO4J_USERNAME": settings.neo4j_username,
        "NEO4J_PASSWORD": settings.neo4j_password.get_secret_value(),
        "TERM": "xterm",
        "COLUMNS": "240",
    }


@contextmanager
def catalograph(environment, *arguments, **streams):
    command = [sys.executable, "-m", "app.cli.main", *arguments]
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, **streams
    )
    try:
        yield process
    finally:
        end(process)


def events(lines):
    """Name and job of each event of a stream."""
    name = None
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def seen_at_a_terminal(environment, id, wanted):
    """What `jobs watch` has drawn by the time that all of `wanted` is there."""
    leader, follower = pty.openpty()
    drawn = ""
    with catalograph(
        environment, "jobs", "watch", id, stdout=subprocess.DEVNULL, stderr=follower
    ) as process:
        os.close(follower)
        while not all(text in drawn for text in wanted):
            drawn += os.read(leader, 65536).decode(errors="replace")
        process.send_signal(signal.SIGINT)  # leaves the job running
        process.wait(PATIENCE_S)
    os.close(leader)
    return drawn


def test_steps_losses_rate_and_time_left_reach_sse_and_the_terminal(settings, environment):
    _, token = KeyFile(settings.keys_path).create("test", Scope.ADMIN, now=datetime.now(UTC))
    with Jobs(settings) as jobs:
        spec = PretrainSpec(recipe="quick", overrides=ENDLESS, promote="never")
        id = jobs.submit(spec)[0].id
        with (
            catalograph(environment, "worker"),
            listening(create_app(settings)) as (host, port),
            httpx.stream(
                "GET",
                f"http://{host}:{port}/v1/jobs/{id}/events",
                headers={"X-API-Key": token},
                timeout=PATIENCE_S,
            ) as answer,
        ):
            told = events(answer.iter_lines())
            _, job = next(
                (name, job)
                for name, job in told
                if name == "end" or job["seconds_left"] is not None
            )
            drawn = seen_at_a_terminal(
                environment, id, ("training", "masked_parameter ", "/s", " left")
            )
            jobs.cancel(id)
            *_, (last, ended) = told

    assert (job["state"], job["phase"]) == ("running", "training"), job["error"]
    learning = job["learning"]
    assert learning["total"] == ENDLESS["training.steps"]
    assert 0 < learning["done"] < learning["total"]
    assert learning["per_s"] > 0
    assert learning["loss"] > 0
    assert learning["metrics"]["masked_parameter/loss"] > 0
    assert "loss " in drawn
    assert (last, ended["state"]) == ("end", "cancelled")
    assert ended["learning"]["done"] >= learning["done"]
