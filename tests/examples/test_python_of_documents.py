"""What the documents show in Python runs as it stands, one block after the other."""

import re
from pathlib import Path

import pytest

from tests.ml.graphs import catalog

DOCS = Path(__file__).parents[2] / "docs"


def blocks(name, heading):
    """The Python of one section."""
    section = (DOCS / name).read_text(encoding="utf-8").split(f"\n## {heading}\n")[1]
    return re.findall(r"```python\n(.*?)```", section.split("\n## ")[0], re.DOTALL)


@pytest.fixture
def names(tmp_path, monkeypatch):
    """With the snapshot `graph` in the current folder, as `catalograph export graph` leaves it."""
    catalog(24).write(tmp_path / "graph")
    monkeypatch.chdir(tmp_path)
    return {"Path": Path}


def run(code, names):
    exec(compile(code, "document", "exec"), names)


def test_features_of_a_snapshot_in_batches(names):
    (code,) = blocks("export.md", "Features")

    run(code, names)

    batch = next(iter(names["batches"]))
    assert batch["Product"].batch_size == 12
    assert batch["Value"].number.shape[1] == 2
    assert set(names["data"]["Product"]) >= {"grams", "gram_weights", "number"}


def test_an_encoder_of_ones_own_is_trained_beside_ours(names):
    ours, own = blocks("learning.md", "In Python")

    run(ours.replace('"training.steps": 50', '"training.steps": 4'), names)
    run(own, names)

    assert names["trained"].metrics.keys() == {"masked_parameter/accuracy"}
    assert names["trained"].metrics.keys() <= names["done"].trained.metrics.keys()
