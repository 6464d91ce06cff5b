"""Linking of real offers to a real dump; skipped where the development data is not."""

import os
from pathlib import Path

import pytest

from app.services.reference_models import dump_files, read_models
from ml.linking.evaluation import LinkingTrial, evaluate_linking
from ml.linking.scoring import LinkingConfig
from tests.progress import silent

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("CATALOGRAPH_DATA", ROOT.parent / "shared" / "data"))

pytestmark = [
    pytest.mark.long,
    pytest.mark.data,
    pytest.mark.skipif(
        not DATA.is_dir(), reason="no development data; set CATALOGRAPH_DATA to its folder"
    ),
]


def test_phones_never_trained_on_are_linked_and_absent_ones_are_not():
    dump = dump_files([DATA / "gsmarena_2019"])
    models = read_models(dump, ROOT / "examples" / "mappings" / "gsmarena.toml")
    offers = DATA / "pricerunner" / "offers.csv.gz"
    trial = LinkingTrial(
        categories=("Mobile Phones",), splits=1, seed=3, linking=LinkingConfig(bag=1, folds=3)
    )

    report = evaluate_linking(models, dump, offers, None, trial, notify=silent)

    (run,) = report.config["runs"]
    assert report.metrics["f1"].value > 0.85
    assert report.metrics["f1"].value > 0.1 + report.baselines["rules"]["f1"]
    assert run["recall_of_candidates"] > 0.96
    assert run["offers_with_model"] > 300
