"""The command line as a process of its own, and what asks the graph of a module in plain words."""

import os
import subprocess
import sys

import pytest

from app.services.asking_lexicon import load_lexicon
from tests.app.asked_graphs import asking_over


@pytest.fixture
def run(tmp_path):
    """Runs `catalograph …` with a home of its own; returns what it printed and its exit code."""

    def run(*arguments, stdin=None, **environment):
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("NEO4J_", "CATALOGRAPH_"))
        }
        return subprocess.run(
            [sys.executable, "-m", "app.cli.main", *map(str, arguments)],
            env={**kept, "CATALOGRAPH_HOME": str(tmp_path / "home"), **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def catalograph(run, database):
    """The same, with the Neo4j of this test run configured."""
    found = database.connection
    where = {
        "NEO4J_URI": found.uri,
        "NEO4J_USERNAME": found.username,
        "NEO4J_PASSWORD": found.password,
    }
    return lambda *arguments, **more: run(*arguments, **{**where, **more})


@pytest.fixture(scope="module")
def lexicon(shop):
    """What questions are read with; `shop` is the graph that a module fills."""
    return load_lexicon(shop)


@pytest.fixture
async def asking(shop, lexicon, anyio_backend):
    async with asking_over(shop, lexicon) as asking:
        yield asking
