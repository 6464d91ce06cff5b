"""What of a pretrained transformer should learn from few labels: the span network alone, by mode.

`python -m benchmarks.tuning --train few.jsonl --test rest.jsonl` trains a network for each mode,
on the English transformer, and prints F1 with its interval and that of the difference to `all`.
`--titles FILE`: begin with an encoder of ours that learns masked language on its lines first.
No ranker and no counts behind it: `catalograph evaluate extraction --tune MODE` has those.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch

from ml.extraction.backbone import Backbone, english_folder, from_folder
from ml.extraction.labels import labels_of, says_all
from ml.extraction.lessons import Lesson
from ml.extraction.network import SpanNetwork, SpanNetworkConfig
from ml.extraction.network_inputs import Question
from ml.extraction.network_training import NetworkRecipe, train_network
from ml.extraction.proposals import by_network
from ml.extraction.reading import GoldText, read_gold, read_labelled
from ml.extraction.records import LabelledText
from ml.extraction.scoring import RESAMPLES, Answer, FloatArray, Scores
from ml.extraction.slots import Slots
from ml.extraction.starts import from_text_encoder
from ml.extraction.tokens import LONGEST_SPAN, tokenise
from ml.links.training import faster_dtype
from ml.runtime import runtime
from ml.tasks.masked_language import MaskedLanguage
from ml.text.encoder import TextEncoder, TextEncoderConfig
from ml.text.tokenizer import Tokenizer
from ml.text.tuning import Tuned, TuningConfig
from ml.training.config import TaskWeight, TrainingConfig
from ml.training.loop import train
from ml.training.objective import Objective

MODES: tuple[Tuned, ...] = ("all", "adapters", "last", "head")
THRESHOLD = 0.3  # best over three folds of one set of labels, all of the transformer learning


def slots_of(texts: Sequence[LabelledText]) -> Slots:
    """Those whose values stand in a text, or are known to be silent in one."""
    return Slots.of(
        (label.category, name)
        for label in map(labels_of, texts)
        for name in (*label.spans, *sorted(label.silent))
    )


def lessons_of(texts: Sequence[LabelledText], slots: Slots) -> list[Lesson]:
    """All that the labels say, and where they name everything, what they do not."""
    lessons, complete = [], says_all(texts)
    for label in map(labels_of, texts):
        asked = slots.asked(label.category)
        absent = {one for one in asked if one not in label.spans and one not in label.silent}
        spans = {name: label.token_spans(name) for name in label.spans}
        question = Question(label.text, label.category, asked)
        lessons.append(Lesson(question, spans, label.silent, frozenset(absent if complete else ())))
    return lessons


def scores_of(network: SpanNetwork, gold: Sequence[GoldText]) -> Scores:
    """Of every question the likeliest span, given where it is likelier than the threshold."""
    questions = [
        Question(tokenise(one.text), one.category, network.slots.asked(one.category))
        for one in gold
    ]
    answers = []
    found = by_network((network,), questions)
    for one, question, proposals in zip(gold, questions, found, strict=True):
        text, of_text = question.text, {}
        for name, span_TW in zip(question.parameters, proposals.span_ATW, strict=True):
            first, more = divmod(int(span_TW.argmax()), LONGEST_SPAN)
            start, end = text.clean.original_span(
                int(text.starts_T[first]), int(text.ends_T[first + more])
            )
            confidence = min(1.0, float(np.exp(span_TW.max())))
            value = one.text[start:end]
            of_text[name] = Answer(value, confidence, confidence >= THRESHOLD)
        answers.append(of_text)
    return Scores.of(gold, answers, [frozenset()] * len(gold))


def difference(ours: Scores, other: Scores) -> tuple[float, float, float]:
    """Of F1, and its 95 % interval: texts are drawn again, for both alike."""
    rng, texts = np.random.default_rng(0), int(ours.text_X.max()) + 1

    def between(weight_X: FloatArray) -> float:
        return ours.measures(weight_X)["micro_f1"] - other.measures(weight_X)["micro_f1"]

    drawn = []
    for _ in range(RESAMPLES):
        times_N = np.bincount(rng.integers(texts, size=texts), minlength=texts)
        drawn.append(between(times_N[ours.text_X].astype(float)))
    low, high = np.quantile(drawn, (0.025, 0.975))
    return between(np.ones(len(ours.text_X))), float(low), float(high)


def own_encoder(titles: Sequence[str], steps: int, seed: int) -> Backbone:
    """As `catalograph pretrain` has it, by masked language alone."""
    torch.manual_seed(seed)
    shape = TextEncoderConfig(buckets=0)
    encoder = TextEncoder.from_scratch(Tokenizer.trained(titles), shape)
    task = MaskedLanguage(encoder, titles)
    config = TrainingConfig(steps=steps, learning_rate=2e-3, seed=seed)
    train(
        Objective(encoder, [task]),
        config,
        {task.name: TaskWeight()},
        runtime=runtime("cpu", "bfloat16"),
    )
    return from_text_encoder(encoder)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--titles", type=Path)
    parser.add_argument("--steps", type=int, default=1_200, help="of masked language")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--rate", type=float, help="of the transformer")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    if asked.titles is None and english_folder() is None:
        parser.error("install catalograph[english], or give --titles")
    return asked


def start_of(asked: argparse.Namespace) -> Backbone:
    if asked.titles is not None:
        return own_encoder(asked.titles.read_text("utf-8").splitlines(), asked.steps, asked.seed)
    folder = english_folder()
    assert folder is not None
    return from_folder(folder)


def main() -> None:
    asked = arguments()
    start, texts = start_of(asked), read_labelled([asked.train], print)
    known = {text.text for text in texts}
    gold = [one for one in read_gold(asked.test) if one.text not in known]
    slots, dtype = slots_of(texts), faster_dtype(torch.device("cpu"), start.width)
    lessons = lessons_of(texts, slots)
    of_all: Scores | None = None
    for mode in asked.modes:
        torch.manual_seed(asked.seed)
        network = SpanNetwork(deepcopy(start), slots, SpanNetworkConfig())
        recipe = NetworkRecipe(
            tuning=TuningConfig(tuned=mode), epochs=asked.epochs, backbone_rate=asked.rate
        )
        heard: list[str] = []
        began = time.process_time()
        train_network(network, lessons, recipe, dtype=dtype, seed=asked.seed, notify=heard.append)
        seconds = time.process_time() - began
        scores = scores_of(network.to(dtype), gold)
        of_all = scores if mode == "all" else of_all
        f1 = scores.measured(asked.seed)["micro_f1"]
        line = {
            "mode": mode,
            "micro_f1": (f1.value, f1.low, f1.high),
            "to_all": None if of_all is None else difference(scores, of_all),
            "processor_s": seconds,
            "said": heard[0],
        }
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
