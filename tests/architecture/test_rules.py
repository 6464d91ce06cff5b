"""The rules of the code that a machine can hold: imports, types, style, file grammar."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("app", "graph", "ml")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
MAX_LINES = 500
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base_utils", "data2"}
# Written in pieces, so that this file does not match itself.
HOSTS = re.compile(
    r"https?://[^\s\"']*/(" + "|".join(("simple", "packages", "maven2", "py" + "pi")) + r")(/|\b)"
    "|index" + "-url|" + "registry" + r" *=\s*[\"']?http"
)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")  # an archive does not say which files are its own
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize(
    "command",
    [
        ["lint-imports"],
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
    ],
    ids=["import direction", "lint", "format", "types"],
)
def test_the_tools_have_nothing_to_say(command):
    tool = Path(sys.executable).with_name(command[0])

    done = subprocess.run(
        [tool, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_two_modules_import_each_other():
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)

    pairs = {
        tuple(sorted((module, other)))
        for module in graph.modules
        for other in graph.find_modules_directly_imported_by(module)
        if module in graph.find_modules_directly_imported_by(other)
    }

    assert pairs == set()


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_opens_with_one_sentence_and_has_one_subject(path):
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text)) or ""

    assert docstring.splitlines(), "says nothing about itself"
    assert docstring.splitlines()[0].endswith("."), docstring.splitlines()[0]
    assert len(text.splitlines()) <= MAX_LINES
    assert path.stem not in VAGUE


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_environment_and_driver_each_have_one_door(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    reads_environment = any(
        isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv")
        for node in ast.walk(tree)
    )

    if name_of(path) != "graph/client.py":
        assert "neo4j" not in imported(tree)
    if name_of(path) != "app/settings.py":
        assert not reads_environment


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine():
    machine = re.compile(r"(^|[^\w.])/(" + "|".join(("work", "root", "farm", "home")) + r")/\w")
    found = []
    for path in tracked():
        if path.suffix in (".svg", ".png", ".csv", ".jsonl"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [name_of(path) for pattern in (HOSTS, machine) if pattern.search(text)]

    assert found == []


def test_the_lock_pins_every_dependency_with_hashes():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    extras = project["optional-dependencies"]
    locked = (extras[name] for name in ("embedded", "learn", "english", "dev"))
    wanted = [*project["dependencies"], *chain.from_iterable(locked)]

    names = [re.split(r"[\[<>=; ]", line)[0].lower().replace("_", "-") for line in wanted]
    missing = [name for name in names if not re.search(rf"(?m)^{re.escape(name)}(\[|==)", lock)]

    assert missing == []
    pins = re.findall(r"(?m)^[a-z0-9].*", lock)
    assert all(pin.endswith("\\") for pin in pins), "a pin without a hash"
