"""Extraction on files of labelled texts, beside the dictionary: the report of the command."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Generator

from ml.errors import LabelsInvalid
from ml.evaluation.held_out import Floats, HeldOut, Places, mark
from ml.evaluation.report import Measured, Report, sha256_of
from ml.extraction.backbone import used_network
from ml.extraction.cleaning import clean
from ml.extraction.dictionary import Dictionary
from ml.extraction.extractor import Extractor
from ml.extraction.judgement import Judgement
from ml.extraction.knowledge import Triples
from ml.extraction.reading import GoldText, read_gold, read_labelled, read_triples
from ml.extraction.records import Extraction, LabelledText, Notify
from ml.extraction.scoring import Answer, Answers, Known, Scores
from ml.extraction.stacking import ExtractionConfig, Stacked, Stacking

if TYPE_CHECKING:
    from ml.extraction.starts import Start

BATCH = 32
TIMED_TEXTS = 512  # more make the milliseconds no surer


@dataclass(frozen=True, slots=True)
class EvaluationConfig:
    """What may be chosen.

    Attributes:
        cross_validate: score every training text by models that never saw it; no test file then.
    """

    extraction: ExtractionConfig = field(default_factory=ExtractionConfig)
    cross_validate: bool = False


def evaluate_extraction(
    train: Sequence[Path],
    test: Path | None,
    config: EvaluationConfig,
    *,
    notify: Notify,
    triples: Path | None = None,
    start: Start | None = None,
) -> Report:
    """Train on `train`; score the texts of `test`, read only then, or those of `train` crosswise.

    Args:
        start: what the network begins with; None: what `config` says.

    Raises:
        RecipeInvalid: settings that contradict each other.
        LabelsInvalid: a file cannot be read, or train and test share no attribute.
        GraphTooSmall: too few texts say a value.
    """
    began = time.monotonic()
    if test is not None and not test.is_file():  # now, not after the training
        raise LabelsInvalid(path=test, reason="is no file")
    texts = read_labelled(train, notify)
    weak = [] if triples is None else read_triples(triples)
    outside = _outside(weak, texts)
    stacked = Stacking(texts, config.extraction, notify, outside, start).run()
    extractor = Extractor.of(stacked)
    if test is None:
        judged = _crosswise(stacked, _gold_of(train, texts), texts)
    else:
        judged = _on_test(test, extractor, texts, weak, notify)
    return Report(
        task="extraction",
        metrics={
            **judged.scores.measured(config.extraction.seed),
            "ms_per_title": _milliseconds(extractor, judged.gold, config.extraction.seed),
        },
        baselines={"dictionary": judged.dictionary.measures()},
        seconds=time.monotonic() - began,
        config={
            **_described(config, stacked, judged, texts, len(outside)),
            "network_used": start.name if start else used_network(config.extraction.network),
        },
        data={str(p): sha256_of(p) for p in (*train, triples, test) if p is not None},
    )


def train_and_judge(
    texts: Sequence[LabelledText],
    config: ExtractionConfig,
    *,
    notify: Notify,
    start: Start | None = None,
) -> tuple[Extractor, Mapping[str, Measured], Mapping[str, Mapping[str, float]], HeldOut]:
    """An extractor to be kept, with metrics, baselines and answers: every text judged crosswise.

    Raises:
        RecipeInvalid: settings that contradict each other.
        GraphTooSmall: too few texts say a value.
    """
    stacked = Stacking(texts, config, notify, (), start).run()
    judged = _crosswise(stacked, [_gold_text(text) for text in texts], texts)
    baselines = {"dictionary": judged.dictionary.measures()}
    metrics = judged.scores.measured(config.seed)
    return Extractor.of(stacked), metrics, baselines, _held_out(judged, texts)


def _held_out(judged: _Judged, texts: Sequence[LabelledText]) -> HeldOut:
    marks = [mark(text.text) for text in texts]

    def ask(files: Mapping[str, bytes], place_A: Places) -> Floats:
        gold = [judged.gold[place] for place in place_A.tolist()]
        answers = _answered(Extractor.from_files(files), gold)
        return Scores.of(gold, answers, [frozenset()] * len(gold)).by_text(len(gold))

    return HeldOut(
        texts=marks,
        examples=[mark(one.text, one.category, sorted(one.values.items())) for one in texts],
        groups=marks,
        answers_S2=judged.scores.by_text(len(texts)),
        baselines={"dictionary": judged.dictionary.by_text(len(texts))},
        learnt=marks,
        ask=ask,
    )


def _answered(extractor: Extractor, gold: Sequence[GoldText]) -> list[Answers]:
    found = extractor.extract([text.text for text in gold], [text.category for text in gold])
    return [_answers(of_text, extractor.thresholds) for of_text in found]


def _gold_text(text: LabelledText) -> GoldText:
    accepted = {
        name: frozenset(() if value is None else (value,)) for name, value in text.values.items()
    }
    return GoldText(text.text, text.category, accepted)


@dataclass(frozen=True, slots=True)
class _Judged:
    gold: Sequence[GoldText]
    scores: Scores
    dictionary: Scores
    dropped: int


def _on_test(
    path: Path,
    extractor: Extractor,
    texts: Sequence[LabelledText],
    triples: Sequence[tuple[str, str, str]],
    notify: Notify,
) -> _Judged:
    """The test file's only reader; what the triples say of its own texts is forgotten first."""
    every = read_gold(path)
    trained = {_plain(text.text) for text in texts}
    gold = [text for text in every if _plain(text.text) not in trained]
    if len(gold) < len(every):
        notify(f"{len(every) - len(gold):,} texts of {path} are in the training files: not scored")
    names = {name for text in texts for name in text.values}
    if not any(name in names for text in gold for name in text.accepted):
        reason = "no text that training has not got asks for an attribute that training has"
        raise LabelsInvalid(path=path, reason=reason)
    if triples:
        extractor = extractor.with_triples(_outside(triples, (*texts, *gold)))
    answers = _answered(extractor, gold)
    known = [_known(texts)] * len(gold)
    return _Judged(
        gold,
        Scores.of(gold, answers, known),
        Scores.of(gold, _looked_up(Dictionary(texts), gold), known),
        len(every) - len(gold),
    )


def _crosswise(
    stacked: Stacked, gold: Sequence[GoldText], texts: Sequence[LabelledText]
) -> _Judged:
    """Confidence and thresholds, too, come from the other folds."""
    judgement, folds = Judgement.of(stacked.judged), stacked.judged.folds.fold_N
    answers: list[dict[str, Answer]] = [{} for _ in gold]
    looked_up: list[Answers] = [{} for _ in gold]
    known: list[Known] = [frozenset()] * len(gold)
    for fold in range(int(folds.max()) + 1):
        calibration, thresholds = judgement.fitted(judgement.fold_X != fold)
        others = [text for text, of in zip(texts, folds, strict=True) if of != fold]
        seen, dictionary = _known(others), Dictionary(others)
        for n in (folds == fold).nonzero()[0].tolist():
            known[n] = seen
            looked_up[n] = _looked_up(dictionary, [gold[n]])[0]
        confidence_Q = calibration.confidence(stacked.judged.score_Q)
        for q, n in enumerate(stacked.judged.text_Q.tolist()):
            value, parameter = stacked.judged.answers_Q[q], stacked.judged.parameters_Q[q]
            if folds[n] == fold and value:
                confidence = float(confidence_Q[q])
                is_given = confidence >= thresholds[parameter]
                answers[n][parameter] = Answer(value, confidence, is_given)
    return _Judged(gold, Scores.of(gold, answers, known), Scores.of(gold, looked_up, known), 0)


def _gold_of(paths: Iterable[Path], texts: Sequence[LabelledText]) -> list[GoldText]:
    """What counts as right in each training text: all that any of its lines accepts."""
    accepted: dict[tuple[str, str], dict[str, frozenset[str]]] = {}
    for path in paths:
        for gold in read_gold(path):
            of_text = accepted.setdefault((gold.text, gold.category), {})
            for name, values in gold.accepted.items():
                of_text[name] = of_text.get(name, frozenset()) | values
    return [GoldText(t.text, t.category, accepted[t.text, t.category]) for t in texts]


def _answers(found: Sequence[Extraction], thresholds: Mapping[str, float]) -> Answers:
    return {
        x.parameter: Answer(x.value, x.confidence, x.confidence >= thresholds[x.parameter])
        for x in found
    }


def _looked_up(dictionary: Dictionary, gold: Sequence[GoldText]) -> list[Answers]:
    return [
        {
            name: Answer(value, 1.0, True)
            for name, value in dictionary.extract(text.text, text.category).items()
        }
        for text in gold
    ]


def _known(texts: Iterable[LabelledText]) -> Known:
    return frozenset(
        (text.category, name, value)
        for text in texts
        for name, value in text.values.items()
        if value is not None
    )


def _outside(
    triples: Sequence[tuple[str, str, str]], texts: Iterable[LabelledText | GoldText]
) -> Triples:
    """Triples of other texts than these."""
    trained = {_plain(text.text) for text in texts}
    return [(name, value) for text, name, value in triples if _plain(text) not in trained]


def _plain(text: str) -> str:
    return "".join(c for c in clean(text).text.lower() if c.isalnum())


def _milliseconds(extractor: Extractor, gold: Sequence[GoldText], seed: int) -> Measured:
    """Of a text in batches of 32, all parameters of its category; each batch is one example."""
    times = []
    for at in range(0, min(len(gold), TIMED_TEXTS), BATCH):
        batch = gold[at : at + BATCH]
        start = time.perf_counter()
        extractor.extract([text.text for text in batch], [text.category for text in batch])
        times.append(1_000 * (time.perf_counter() - start) / len(batch))
    return Measured.mean_of(torch.tensor(times), Generator().manual_seed(seed))


def _described(
    config: EvaluationConfig,
    stacked: Stacked,
    judged: _Judged,
    texts: Sequence[LabelledText],
    triples: int,
) -> dict[str, object]:
    return {
        **asdict(config.extraction),
        "cross_validated": config.cross_validate,
        "product_format": str(stacked.dtype).removeprefix("torch."),
        "threads": torch.get_num_threads(),
        "training_texts": len(texts),
        "texts_scored": len(judged.gold),
        "test_texts_dropped": judged.dropped,
        "triples_used": triples,
    }
