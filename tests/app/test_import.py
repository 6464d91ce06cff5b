"""Importing the application is quick and free, and what layers must not load stays unloaded."""

import subprocess
import sys

import pytest

SLOW = ("torch", "neo4j", "fastapi", "pydantic")


def test_importing_the_application_loads_nothing_heavy():
    script = f"import sys, app.main; print([name for name in {SLOW!r} if name in sys.modules])"

    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)

    assert printed.stdout.decode().strip() == "[]"


@pytest.mark.parametrize(
    "make",
    [
        "import graph.client, graph.server, graph.ingest.pipeline",
        "import app.wiring",
        "from app.main import create_app; create_app()",
    ],
)
def test_making_an_application_loads_no_torch(make, tmp_path):
    script = f"import sys; {make}; print('torch' in sys.modules)"

    printed = subprocess.run(
        [sys.executable, "-c", script],
        env={"CATALOGRAPH_HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        check=True,
    )

    assert printed.stdout.decode().strip() == "False"


def test_making_an_application_opens_no_connection_and_writes_no_file(tmp_path):
    script = "from app.main import create_app; create_app()"

    subprocess.run(
        [sys.executable, "-c", script],
        env={"CATALOGRAPH_HOME": str(tmp_path / "home"), "PATH": ""},
        capture_output=True,
        check=True,
    )

    assert list(tmp_path.iterdir()) == []
