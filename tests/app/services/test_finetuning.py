"""Readers of texts are learnt from labels, kept with their metrics, and serve if better."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import pytest

from app.services.finetuning import (
    finetune_extraction,
    finetune_matching,
    reviewed_texts,
)
from app.services.finetuning_jobs import finetune
from app.services.readers import champion_of, trained_reader
from app.services.starts import start_from
from app.services.training_runs import FinetuneSpec
from graph.records import ExtractionItem, FactLabel, Named, Parameter, Value
from graph.text import normalise_value
from ml.errors import ArtefactNotFound, LabelsInvalid, RecipeInvalid
from ml.evaluation.held_out import Kept
from ml.evaluation.report import Measured
from ml.extraction.evaluation import train_and_judge
from ml.extraction.network_training import NetworkRecipe
from ml.grounding.grounder import Grounder
from ml.grounding.lexicon import Lexicon
from ml.grounding.records import TextToRead
from ml.grounding.trust import Trust
from ml.item_predictor import draft_of
from ml.pretraining import pretrain
from tests.artefacts import draft
from tests.ml.extraction.conftest import QUICK
from tests.ml.extraction.made_up import texts, write
from tests.ml.graphs import catalog
from tests.ml.test_pretraining import CPU, small
from tests.progress import silent

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
COLOR = Parameter("color", "Color", "text")
POWER = Parameter("power", "Power", "number", "W")
PARAMETERS = {one.id: one for one in (COLOR, POWER)}


@pytest.fixture
def labels(tmp_path):
    return write(tmp_path / "labels.jsonl", texts(90))


def test_what_was_learnt_is_kept_with_its_metrics_and_reads_texts(shelf, labels):
    done = finetune_extraction([labels], QUICK, shelf, notify=silent)

    assert (done.artefact, done.promoted, done.before) == ("extraction/1", True, {})
    assert done.metrics["micro_f1"].value > done.baselines["dictionary"]["micro_f1"] * 0.8
    reader = trained_reader(champion_of(shelf.registry, "extraction"))
    grounder = Grounder(Lexicon.of(PARAMETERS.values(), []), Trust(), reader=reader)
    text = "Vetra Desk Lamp, Copper, 55W"
    item = TextToRead({"title": text}, category=Named("lamps", "lamps"))
    [facts] = grounder.ground([item])
    found = {fact.parameter: fact for fact in facts}
    assert found["power"].normalized.number == 55.0
    assert found["color"].value == "Copper"
    assert found["color"].model == "extraction@1"
    assert text[found["power"].start : found["power"].end] == "55W"


@pytest.mark.parametrize(
    ("f1", "kept_back"),
    [(0.0, "its f1 is 0.000, that of no answer 0.000"), (0.1, None)],
)
def test_where_nothing_serves_one_that_was_never_right_does_not_either(shelf, f1, kept_back):
    done = shelf.keep(
        "matching",
        {"matcher.json": b"{}"},
        config={},
        examples=3,
        metrics={"f1": Measured(f1, f1, f1)},
        baselines={},
        judged_by="f1",
        seed=0,
        fingerprint="0" * 64,
    )

    assert (done.promoted, done.kept_back) == (kept_back is None, kept_back)


@pytest.mark.parametrize(
    ("f1", "high", "lookup", "serves"),
    [(0.5, 0.6, 0.7, False), (0.5, 0.75, 0.7, True), (0.8, 0.9, 0.7, True), (0.5, 0.6, None, True)],
)
def test_where_nothing_serves_one_that_looking_up_clearly_beats_does_not_either(
    shelf, f1, high, lookup, serves
):
    done = shelf.keep(
        "matching",
        {"matcher.json": b"{}"},
        config={},
        examples=3,
        metrics={"f1": Measured(f1, f1 - 0.1, high)},
        baselines={"majority": {"f1": 0.1}, "lookup": {} if lookup is None else {"f1": lookup}},
        judged_by="f1",
        seed=0,
        fingerprint="0" * 64,
    )

    assert done.promoted is serves


@pytest.mark.parametrize(
    ("low", "lookup", "kept_back"),
    [
        (0.377, 0.578, "its f1 is 0.561, that of lookup 0.578"),
        (
            0.377,
            0.377,
            "its f1 is 0.561 (0.377 at least), that of lookup 0.377: learn from more examples",
        ),
        (0.377, 0.376, None),
    ],
)
def test_where_nothing_serves_one_that_beats_looking_up_by_chance_does_not_either(
    shelf, low, lookup, kept_back
):
    def keep():
        return shelf.keep(
            "matching",
            {"matcher.json": b"{}"},
            config={},
            examples=6,
            metrics={"f1": Measured(0.561, low, 0.721)},
            baselines={"better": {"f1": 0.6}, "lookup": {"f1": lookup}},
            judged_by="f1",
            seed=0,
            fingerprint="0" * 64,
        )

    assert keep().kept_back == kept_back
    shelf.registry.promote("matching", "1")
    assert keep().kept_back == "its f1 is 0.561, that of what serves 0.561 on other examples"


@pytest.mark.parametrize("number", [4, 5])
def test_a_first_extractor_of_a_few_easy_texts_is_kept_and_does_not_serve(shelf, tmp_path, number):
    easy = [one for one in texts(60) if one.category == "lamps"][:number]

    done = finetune_extraction([write(tmp_path / "few.jsonl", easy)], QUICK, shelf, notify=silent)

    assert not done.promoted
    assert re.search("that of dictionary .* learn from more examples", done.kept_back)


def test_a_worse_one_is_kept_and_does_not_serve(shelf, labels, tmp_path):
    finetune_extraction([labels], QUICK, shelf, notify=silent)
    few = write(tmp_path / "few.jsonl", texts(12, seed=3))

    worse = finetune_extraction([few], QUICK, shelf, notify=silent)

    assert worse.artefact == "extraction/2"
    assert worse.before["micro_f1"].value > worse.metrics["micro_f1"].value
    assert not worse.promoted
    assert re.match(
        r"its micro_f1 is 0.\d+, that of what serves 0.\d+ on the same 12 examples",
        worse.kept_back,
    )
    assert shelf.registry.aliases("extraction") == {"champion": "1"}
    always = replace(shelf, promote="always")
    assert finetune_extraction([few], QUICK, always, notify=silent).promoted


def test_what_serves_answers_the_new_texts_of_a_later_version(shelf, labels, tmp_path):
    finetune_extraction([labels], QUICK, shelf, notify=silent)
    more = write(tmp_path / "more.jsonl", texts(30, seed=3))

    done = finetune_extraction([labels, more], QUICK, shelf, notify=silent)

    serving = shelf.registry.get("extraction", "1").contents()
    gold = [*texts(90), *texts(30, seed=3)]
    _, _, _, held = train_and_judge(gold, QUICK, notify=silent)
    kept = msgspec.json.decode(serving["held_out.json"], type=Kept)
    beside = held.beside(kept, serving)
    assert len(beside.groups) == len(gold)
    assert 0.5 < beside.theirs < 1
    assert done.promoted is (beside.mine >= beside.theirs)


def test_what_was_learnt_of_doubtful_facts_alone_does_not_serve(shelf):
    done = finetune_extraction([], QUICK, shelf, reviewed=texts(90), notify=silent)

    assert not done.promoted
    assert "nothing but what was doubtful" in done.kept_back


def test_a_file_that_cannot_be_read_leaves_nothing_behind(shelf, tmp_path):
    with pytest.raises(LabelsInvalid):
        finetune_extraction([tmp_path / "none.jsonl"], QUICK, shelf, notify=silent)

    assert shelf.registry.names() == ()


def test_a_matcher_is_kept_and_compares(shelf, tmp_path):
    from app.services.matching import loaded_matcher, matched
    from tests.ml.matching.made_up import pairs

    def record(fields):
        return " ".join(f"COL {name} VAL {text}" for name, text in fields.items())

    def written(name, seed, number):
        lines = [f"{record(p.left)}\t{record(p.right)}\t{int(p.same)}" for p in pairs(number, seed)]
        (tmp_path / name).write_text("\n".join(lines) + "\n")
        return tmp_path / name

    train, valid = written("train.txt", 1, 300), written("valid.txt", 2, 120)

    said = []

    done = finetune_matching(train, valid, shelf, seed=0, notify=said.append)

    assert (done.artefact, done.promoted) == ("matching/1", True)
    assert not any("flatter" in text for text in said)
    assert done.metrics["f1"].value > 0.5
    loaded = loaded_matcher(champion_of(shelf.registry, "matching"))
    pair = next(one for one in pairs(50, 3) if one.same)
    assert matched(loaded, pair.left, pair.right).model == "matching@1"
    assert not finetune_matching(train, valid, shelf, seed=0, notify=silent).promoted
    more = written("more.txt", 3, 100)
    later = finetune_matching(more, valid, shelf, seed=0, notify=silent)
    assert "on the same 220 examples" in (later.kept_back or "on the same 220 examples")


def decided(title, value, decision, evidence):
    item = ExtractionItem("product", "a:1", title, None, None, None, None, None, ())
    return FactLabel(item, value, decision, evidence, "rules", 0.5, "ann", "2025-03-01T09:30:00Z")


def test_decisions_are_labels(monkeypatch):
    green: Value = normalise_value("pale green", COLOR)
    tall: Value = normalise_value("55 W", POWER)
    labels = [
        decided("Lamp PALE Green 55W", green, "accepted", "title:5-15"),
        decided("Lamp PALE Green 55W", tall, "rejected", "title:16-19"),
        decided("Lamp in pale green", green, "corrected", None),
        decided("Lamp in a box", green, "corrected", None),
        decided("Lamp 40-55 watts", normalise_value("40 W", POWER), "rejected", "title:5-7"),
        decided("Lamp 40-55 watts", tall, "corrected", None),
        decided("Lamp of fifty-five", tall, "corrected", None),
        decided("Lamp of fifty-five", normalise_value("5 W", POWER), "rejected", "title:8-13"),
    ]
    monkeypatch.setattr("app.services.finetuning.decisions", lambda database: iter(labels))

    found = {one.text: one.values for one in reviewed_texts(None, PARAMETERS)}

    assert found == {
        "Lamp PALE Green 55W": {"Color": "PALE Green", "Power": None},
        "Lamp in pale green": {"Color": "pale green"},
        "Lamp 40-55 watts": {"Power": "55 watts"},
    }


@pytest.fixture(scope="module")
def pretrained():
    return pretrain(catalog(24), small(**{"training.steps": 2}), runtime=CPU)


def test_an_extractor_begins_with_a_registered_encoder_and_says_so(shelf, labels, pretrained):
    encoder = draft_of(
        pretrained,
        metrics={},
        baselines={},
        data_fingerprint="5f2c",
        created_at=NOW,
        code_version="0.1.0",
    )
    shelf.registry.register("products", encoder)
    config = replace(QUICK, network="auto", together=1, recipe=NetworkRecipe(epochs=1))
    start = start_from(shelf.registry, "products/1")

    done = finetune_extraction(
        [labels], config.tuning("adapters"), shelf, start=start, notify=silent
    )

    manifest = shelf.registry.get("extraction", "1").manifest
    assert (done.artefact, manifest.parent) == ("extraction/1", "products/1")


@pytest.mark.parametrize(
    ("start", "error", "reason"),
    [
        ("products/1", ArtefactNotFound, "there is no model 'products'"),
        ("matching/1", RecipeInvalid, "matching/1 is of the kind matching; name an item-encoder"),
        ("matching", RecipeInvalid, "names no version; write it as products/3"),
    ],
)
def test_what_cannot_be_begun_with_leaves_nothing_behind(
    shelf, labels, tmp_path, start, error, reason
):
    shelf.registry.register("matching", draft(tmp_path, kind="matching"))
    spec = FinetuneSpec(name="extraction", path=str(labels), start=start)

    with pytest.raises(error, match=reason):
        finetune(spec, None, shelf, notify=silent)

    assert shelf.registry.names() == ("matching",)
