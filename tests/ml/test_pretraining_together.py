"""Two processes that pretrain over one snapshot, and the one artefact of what they come to."""

import json
from datetime import UTC, datetime

from ml.evaluation.items import judge
from ml.item_predictor import draft_of
from ml.pretraining import pretrain
from ml.pretraining_together import Places, pretrain_together
from ml.registry import Registry
from ml.runtime import runtime
from tests.ml.test_pretraining import offers, small


def test_two_processes_end_with_one_artefact_that_is_registered_once(tmp_path):
    snapshot, recipe = offers(), small(**{"training.steps": 8})
    snapshot.write(tmp_path / "snapshot")
    places = Places(
        snapshot=tmp_path / "snapshot",
        checkpoint=tmp_path / "checkpoint",
        journal=tmp_path / "journal.jsonl",
    )
    steps, more = [], []

    pretrain_together(
        places, recipe, 2, device="cpu", report=lambda progress: steps.append(progress.step)
    )
    pretrained = pretrain(
        snapshot,
        recipe,
        runtime=runtime("cpu"),
        checkpoint=places.checkpoint,
        report=more.append,
    )
    metrics, baselines = judge(pretrained)
    draft = draft_of(
        pretrained,
        metrics=metrics,
        baselines=baselines,
        data_fingerprint=snapshot.manifest.fingerprint,
        created_at=datetime(2025, 3, 1, tzinfo=UTC),
        code_version="0.1.0",
        run="run-1",
    )
    registry = Registry(tmp_path / "models")
    registry.register("products", draft)

    assert steps == list(range(1, 9))
    assert more == []
    assert registry.versions("products") == ("1",)
    lines = [json.loads(line) for line in places.journal.read_text().splitlines()]
    assert [line["step"] for line in lines] == steps
    assert {"masked_parameter/loss", "similarity/loss", "masked_language/loss"} <= set(lines[0])
