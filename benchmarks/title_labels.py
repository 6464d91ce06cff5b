"""What masked language is worth where few titles carry a label: 1, 5 and 20 labels a class.

`uv run --with scikit-learn python -m benchmarks.title_labels` pretrains a text encoder on all of
PriceRunner's titles without labels, and then learns categories, and the products that offers are
of, from a few labels each. Four ways on the same labels: the pretrained encoder and one from
scratch, both tuned; logistic regression on the pretrained encoder's vectors as they are, and on
TF-IDF of words and character n-grams. It prints mean accuracies over the draws of labels and the
differences to the pretrained encoder, paired by draw, with 95 % intervals (Student's t).
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline, make_union
from torch import nn
from torch.nn import functional

from benchmarks.offers import Offers, data_folder, read_parts
from ml.runtime import runtime
from ml.tasks.masked_language import MaskedLanguage
from ml.text.encoder import TextEncoder
from ml.text.tokenizer import Tokenizer, TokenizerConfig
from ml.training.config import TaskWeight, TrainingConfig
from ml.training.loop import train
from ml.training.objective import Objective

LABELS = (1, 5, 20)
JUDGED = 1_000  # titles: an accuracy of 0.9 is then known to 2 points
TUNING_STEPS, TUNING_TITLES = 60, 32
T_975 = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 8: 2.36, 10: 2.26}  # by number of draws


@dataclass(frozen=True, slots=True)
class Draw:
    """Titles with labels to learn from, and others to be judged on."""

    titles: list[str]
    labels: list[str]
    judged: list[str]
    right: list[str]

    @classmethod
    def of(cls, titles: Sequence[str], labels: Sequence[str], per_class: int, seed: int) -> Draw:
        order = np.random.default_rng(seed).permutation(len(titles)).tolist()
        taken: Counter[str] = Counter()
        learnt: list[int] = []
        others: list[int] = []
        for row in order:
            taken[labels[row]] += 1
            (learnt if taken[labels[row]] <= per_class else others).append(row)
        others = others[:JUDGED]
        return cls(
            [titles[row] for row in learnt],
            [labels[row] for row in learnt],
            [titles[row] for row in others],
            [labels[row] for row in others],
        )

    def accuracy(self, predicted: Sequence[str]) -> float:
        return float(np.mean([p == r for p, r in zip(predicted, self.right, strict=True)]))


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    parts = read_parts(data_folder() / "pricerunner" / "offers.csv.gz")
    everything = [title for part in parts.values() for title in part.titles]
    torch.manual_seed(0)
    scratch = TextEncoder.from_scratch(
        Tokenizer.trained(everything, TokenizerConfig(vocabulary=6_000))
    )
    scratch.count(everything)
    pretrained = _pretrained(scratch, everything, options.masked_steps)
    ways: dict[str, Callable[[Draw, int], float]] = {
        "pretrained, tuned": lambda draw, seed: _tuned(pretrained, draw, seed),
        "from scratch": lambda draw, seed: _tuned(scratch, draw, seed),
        "pretrained, frozen": lambda draw, seed: _frozen(pretrained, draw),
        "TF-IDF": lambda draw, seed: _tfidf(draw),
    }
    report = {}
    for name, (titles, labels, numbers) in _questions(parts["held-out"]).items():
        for per_class in numbers:
            draws = [Draw.of(titles, labels, per_class, seed) for seed in range(options.draws)]
            found = {
                way: np.array([score(draw, seed) for seed, draw in enumerate(draws)])
                for way, score in ways.items()
            }
            report[f"{name}, {per_class} labels"] = _told(found)
            print(name, per_class, report[f"{name}, {per_class} labels"], file=sys.stderr)
    print(json.dumps({"accuracy": report, "options": vars(options)}, indent=1))


def _questions(offers: Offers) -> dict[str, tuple[list[str], list[str], tuple[int, ...]]]:
    """Titles and labels; of products those with enough offers to learn from and to judge."""
    things = [str(thing) for thing in offers.things]
    count = Counter(things)
    often = [row for row, thing in enumerate(things) if count[thing] >= 8]
    products = ([offers.titles[row] for row in often], [things[row] for row in often])
    return {
        "categories": (offers.titles, offers.categories, LABELS),
        "products": (*products, tuple(number for number in LABELS if number < 8)),
    }


def _pretrained(scratch: TextEncoder, titles: list[str], steps: int) -> TextEncoder:
    encoder = copy.deepcopy(scratch)
    config = TrainingConfig(
        steps=steps, learning_rate=2e-3, weight_decay=0.01, schedule="linear", warmup=0.06
    )
    task = MaskedLanguage(encoder, titles)
    train(Objective(encoder, [task]), config, {task.name: TaskWeight()}, runtime=runtime())
    return encoder


def _tuned(start: TextEncoder, draw: Draw, seed: int) -> float:
    """The whole encoder and a linear layer on its vectors, trained on the labels."""
    torch.manual_seed(seed)
    encoder = copy.deepcopy(start).train()
    classes = sorted(set(draw.labels))
    head = nn.Linear(encoder.width, len(classes))
    target_N = torch.tensor([classes.index(label) for label in draw.labels])
    tokens_NL = encoder.tokenizer.padded(draw.titles)
    optimiser = torch.optim.AdamW([*encoder.parameters(), *head.parameters()], lr=1e-3)
    for _ in range(TUNING_STEPS):
        rows = torch.randperm(len(target_N))[:TUNING_TITLES]
        x_ND = functional.normalize(encoder.vectors(tokens_NL[rows]), dim=-1)
        loss = functional.cross_entropy(head(10 * x_ND), target_N[rows])
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    with torch.inference_mode():
        logits_NC = head(10 * functional.normalize(encoder.encode(draw.judged), dim=-1))
    return draw.accuracy([classes[row] for row in logits_NC.argmax(1).tolist()])


def _frozen(encoder: TextEncoder, draw: Draw) -> float:
    x_ND, judged_ND = (
        functional.normalize(encoder.encode(titles), dim=-1).numpy()
        for titles in (draw.titles, draw.judged)
    )
    model = LogisticRegression(C=100.0, max_iter=1_000).fit(x_ND, draw.labels)
    return draw.accuracy(model.predict(judged_ND).tolist())


def _tfidf(draw: Draw) -> float:
    words = TfidfVectorizer(token_pattern=r"[a-z]+|\d+", sublinear_tf=True)
    characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    model = make_pipeline(
        make_union(words, characters), LogisticRegression(C=100.0, max_iter=1_000)
    )
    return draw.accuracy(model.fit(draw.titles, draw.labels).predict(draw.judged).tolist())


def _told(found: dict[str, np.ndarray]) -> dict[str, object]:
    best = found["pretrained, tuned"]
    told: dict[str, object] = {way: round(float(values.mean()), 4) for way, values in found.items()}
    for way, values in found.items():
        if values is not best:
            gain = best - values
            reach = T_975[len(gain)] * gain.std(ddof=1) / np.sqrt(len(gain))
            told[f"pretrained, tuned - {way}"] = [
                round(float(gain.mean() + side * reach), 4) for side in (-1, 0, 1)
            ]
    return told


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--masked-steps", type=int, default=2_000)
    parser.add_argument("--draws", type=int, choices=sorted(T_975), default=5)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
