"""The report as it is printed."""

import hashlib
import json

import msgspec
import numpy as np
import torch

from ml.evaluation.report import Measured, Report, sha256_of


def test_a_report_is_one_object_of_the_agreed_names(tmp_path):
    path = tmp_path / "test.txt"
    path.write_bytes(b"lamp\tlights\tdesk\n")
    found = Measured.mean_of(torch.tensor([0.0, 1.0]), torch.Generator().manual_seed(0))
    report = Report(
        task="links",
        metrics={"mrr": found},
        baselines={"popularity": {"mrr": 0.25}},
        seconds=1.5,
        config={"seed": 0},
        data={str(path): sha256_of(path)},
    )

    printed = json.loads(msgspec.json.encode(report))

    assert printed == {
        "task": "links",
        "metrics": {"mrr": {"value": 0.5, "low": 0.0, "high": 1.0}},
        "baselines": {"popularity": {"mrr": 0.25}},
        "seconds": 1.5,
        "config": {"seed": 0},
        "data": {str(path): hashlib.sha256(path.read_bytes()).hexdigest()},
    }


def test_a_value_lies_within_its_interval_also_where_resampling_makes_an_error_larger():
    above = Measured.of_resampled(0.001, np.linspace(0.002, 0.006, 101))

    assert (above.value, above.low) == (0.001, 0.001)
    assert 0.0058 < above.high < 0.006
