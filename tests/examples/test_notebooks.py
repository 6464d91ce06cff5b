"""The notebooks of docs/notebooks run as they stand, over the example catalog in a real Neo4j."""

import re
from pathlib import Path

import pytest

from tests.examples import notebooks

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(autouse=True)
def beside(monkeypatch):
    """The folder of the notebooks as the current one, where Jupyter opens them."""
    monkeypatch.chdir(FOLDER)


def test_the_first_look_shows_a_table_for_every_query(catalog):
    ran = notebooks.run(FOLDER / "first_look.ipynb")

    tables = [shown for shown in ran.shown if isinstance(shown, str)]
    assert len(tables) == 10
    # Which offers belong to which model is read out of titles, and here nobody has read them.
    assert [len(re.findall("<tr>", one)) > 1 for one in tables] == [True] * 9 + [False]
    assert ran.names["model"] == "samsung-galaxy-a54-5g"


def test_a_model_of_the_readers_own_learns_from_the_graph(catalog):
    ran = notebooks.run(FOLDER / "graph_to_heterodata.ipynb")

    assert ran.names["accuracy"] > ran.names["baseline"] + 0.2


def test_labels_of_the_readers_own_are_evaluated(capsys):
    ran = notebooks.run(FOLDER / "evaluate_on_your_labels.ipynb")

    report = ran.names["report"]
    assert report.metrics["micro_f1"].value > report.baselines["dictionary"]["micro_f1"]
    assert "unseen_recall" in capsys.readouterr().out


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_a_notebook_is_kept_without_what_a_run_leaves_in_it(path):
    notebook = notebooks.read(path)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]

    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert [cell["outputs"] for cell in code] == [[]] * len(code)
    assert {cell["execution_count"] for cell in code} == {None}
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    assert not re.search(r"/(?:home|root|tmp|Users)/", path.read_text(encoding="utf-8"))


def test_the_page_of_the_notebooks_names_each_of_them():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")

    assert {path.name for path in NOTEBOOKS} == set(re.findall(r"\((\w+\.ipynb)\)", page))
