"""An installation without what networks take: rules and counts answer, the rest says what lacks."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from graph.repositories.items import ItemWriter
from ml.errors import PackageMissing
from tests.fakes import NOW, RUN
from tests.lamps import MODELS, PARAMETERS

ROOT = Path(__file__).parents[2]
SERVED = """
import asyncio, json, sys
import httpx
from app.main import create_app
from app.settings import load_settings

async def main():
    app = create_app(load_settings())
    transport = httpx.ASGITransport(app=app)
    client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60)
    async with app.router.lifespan_context(app), client:
        while (await client.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.2)
        for method, path, body in json.loads(sys.argv[1]):
            answer = await client.request(method, path, json=body)
            print(json.dumps({"path": path, "status": answer.status_code, "body": answer.json()}))

asyncio.run(main())
"""
LAMP = {"title": "Acme Aurora 3"}
ANSWERED = [
    ("GET", "/v1/search?q=acme+black", None),
    ("GET", "/v1/suggest?q=au", None),
    ("GET", "/v1/products/acme-aurora-3/similar", None),
    ("POST", "/v1/ask", {"question": "Which lamp is the lightest?"}),
    ("POST", "/v1/extract", {"texts": ["Acme Aurora 3, 800 lm"]}),
    ("POST", "/v1/categorize", {"texts": ["Acme Aurora 3"]}),
    ("POST", "/v1/match", {"a": {"fields": LAMP}, "b": {"fields": LAMP}}),
    ("POST", "/v1/recommend", {"limit": 3}),
    ("POST", "/v1/query", {"cypher": "RETURN 1 AS one"}),
]


@pytest.fixture
def without(database, tmp_path):
    """The environment of a process that finds none of these packages, over a graph of lamps."""
    ItemWriter(database).write(list(MODELS), parameters=PARAMETERS, run=RUN, now=NOW)
    hidden = dict.fromkeys(sorted(PackageMissing.PACKAGES))
    folder = tmp_path / "hidden"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(f"import sys\nsys.modules.update({hidden})\n")
    connection = database.connection
    return {
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "CATALOGRAPH_DEV": "true",
        "CATALOGRAPH_HOME": str(tmp_path / "home"),
        "NEO4J_URI": connection.uri,
        "NEO4J_USERNAME": connection.username,
        "NEO4J_PASSWORD": connection.password,
    }


def served(environment, requests):
    done = subprocess.run(
        [sys.executable, "-c", SERVED, json.dumps(requests)],
        env={**os.environ, **environment}, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"path"')]


@pytest.mark.long
def test_what_needs_no_network_is_answered(without):
    answers = served(without, ANSWERED)

    assert [answer["path"] for answer in answers if answer["status"] != 200] == []
    assert len(answers) == len(ANSWERED)


def test_a_training_run_is_refused_with_what_is_missing(without):
    (answer,) = served(without, [("POST", "/v1/training-runs", {"recipe": "quick"})])

    assert (answer["status"], answer["body"]["code"]) == (501, "package_missing")
    assert "catalograph[learn]" in answer["body"]["detail"]


@pytest.mark.parametrize("command", ["pretrain", "finetune plausibility"])
def test_a_command_says_what_is_missing(run, without, command):
    done = run(*command.split(), "--json", **without)

    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "package_missing"


def test_the_packages_are_those_of_the_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = {re.match(r"[\w-]+", one)[0] for one in project["optional-dependencies"]["learn"]}
    distributions = importlib.metadata.packages_distributions()

    assert {distributions[package][0].lower() for package in PackageMissing.PACKAGES} == extra


def test_another_missing_module_is_a_defect():
    assert PackageMissing.of(ModuleNotFoundError("no", name="torch.nn")) is not None
    assert PackageMissing.of(ModuleNotFoundError("no", name="grpah")) is None
