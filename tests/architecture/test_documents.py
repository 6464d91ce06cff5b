"""What documents name is there: files, commands and their options, routes, settings."""

import re
import shlex
from itertools import takewhile
from pathlib import Path

import pytest
import typer

from app.cli.main import cli
from app.main import create_app
from app.settings import Settings
from tests.app.parts import memory_wiring

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")]
GUIDES += sorted((ROOT / "docs").glob("*.md"))
# What a decision or the lab speaks of may have gone since; what they link to is there.
RECORDS = [ROOT / "CHANGELOG.md", ROOT / "LAB.md", *sorted((ROOT / "docs").glob("*/*.md"))]
FOLDERS = "app|graph|ml|tests|benchmarks|docs|examples|migrations"
ELSEWHERE = {"CATALOGRAPH_DATA"}  # read by the tests alone


def name_of(path):
    return str(path.relative_to(ROOT))


over_guides = pytest.mark.parametrize("path", GUIDES, ids=name_of)


def codes(text):
    """Every line and span of code, each on one line."""
    blocks = re.findall(r"(?ms)^```[a-z]*\n(.*?)^```", text)
    rest = re.sub(r"(?ms)^```.*?^```", "", text)
    blocks += re.findall(r"(?m)^(?: {4}.+\n)+", rest)
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return lines + [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", rest)]


def calls(text, program):
    """The words behind `program` in every line of code that begins with it."""
    found = []
    for line in codes(text):
        match = re.match(rf"\s*{program} (.*)", line)
        if match:
            words = shlex.split(match[1], comments=True)
            found.append(list(takewhile(lambda word: word not in {"|", ">", "&&", ";"}, words)))
    return found


def wrong_with(words):
    """What the command line would not understand of a call; None: nothing."""
    command, rest = typer.main.get_command(cli), iter(words)
    while hasattr(command, "commands"):
        word = next(rest, "--help")
        if word.isupper() or word.startswith("-"):  # `catalograph evaluate TASK`: any of them
            return None
        if word not in command.commands:
            return f"no command {word!r}"
        command = command.commands[word]
    known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    given = {word.strip("[]").split("=")[0] for word in rest if re.match(r"\[?--[a-z]", word)}
    return f"no option {sorted(given - known)}" if given - known else None


@pytest.mark.parametrize("path", [*GUIDES, *RECORDS], ids=name_of)
def test_what_a_document_links_to_is_there(path):
    text = path.read_text(encoding="utf-8")

    links = [link for link in re.findall(r"\]\(([^)\s#]+)", text) if "://" not in link]

    assert [link for link in links if not (path.parent / link).exists()] == []


@over_guides
def test_a_path_that_a_guide_names_is_there(path):
    named = re.findall(
        rf"(?<![\w/.{{-])((?:{FOLDERS})/[\w/.-]*\w)", path.read_text(encoding="utf-8")
    )

    missing = [
        name for name in named if not (ROOT / name).exists() and not (ROOT / f"{name}.py").is_file()
    ]

    assert missing == []


@over_guides
def test_a_program_that_a_guide_shows_can_be_run(path):
    text = path.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    verbs = [words[0] for words in calls(text, r"(?:\w+=\w+ )*make")]
    modules = [
        name
        for code in codes(text)
        for name in re.findall(r"-m ((?:app|benchmarks|graph)\.[\w.]+)", code)
    ]

    assert [verb for verb in verbs if f"\n{verb}:" not in makefile] == []
    assert [one for one in modules if not (ROOT / f"{one.replace('.', '/')}.py").is_file()] == []


@over_guides
def test_the_command_line_understands_what_a_guide_shows(path):
    shown = calls(path.read_text(encoding="utf-8"), "catalograph")

    assert [(wrong, *words) for words in shown if (wrong := wrong_with(words))] == []


@over_guides
def test_a_variable_that_a_guide_names_is_a_setting(path):
    known = {f"CATALOGRAPH_{name}".upper() for name in Settings.model_fields}

    named = set(re.findall(r"\bCATALOGRAPH_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))

    assert named - known - ELSEWHERE == set()


@pytest.fixture(scope="module")
def routes(tmp_path_factory):
    """Of methods and paths, with a star for each parameter."""
    paths = create_app(wiring=memory_wiring(tmp_path_factory.mktemp("home"))).openapi()["paths"]
    return {
        f"{method.upper()} {re.sub('{.*?}', '*', path)}" for path in paths for method in paths[path]
    }


@over_guides
def test_a_route_that_a_guide_names_is_served(path, routes):
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"\b((?:GET|POST|PUT|PATCH|DELETE) /v1/[\w/{}-]+)", text)

    missing = [route for route in named if re.sub("{.*?}", "*", route) not in routes]

    assert missing == []
