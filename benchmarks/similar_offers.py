"""Given a shop's offer, the other offers of the same thing: recall among the ten nearest.

`python -m benchmarks.similar_offers` trains a text encoder on the training part of PriceRunner's
offers (masked language on its titles, then similarity on its known clusters), chooses by the choice
part how much words count beside the encoder, and prints both. `--held-out` scores the held-out
offers as well, among held-out offers only; do that once. Nothing is fitted on them, not even the
tokenizer. `--masked-steps 0` shows what pretraining is worth.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from benchmarks.offers import Offers, data_folder, read_parts
from ml.evaluation.retrieval import recall_at
from ml.runtime import runtime
from ml.tasks.masked_language import MaskedLanguage
from ml.tasks.similarity import Similarity
from ml.text.encoder import TextEncoder, TextEncoderConfig
from ml.text.tokenizer import Tokenizer, TokenizerConfig
from ml.text.words import WordIndex, WordWeights
from ml.training.config import TaskWeight, TrainingConfig
from ml.training.loop import train
from ml.training.objective import Objective

SHARES_OF_WORDS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)  # tried on the choice part
RESAMPLES = 2_000


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    parts = read_parts(data_folder() / "pricerunner" / "offers.csv.gz")
    known, choice = parts["train"], parts["choice"]
    judged = _Judged(choice, WordWeights.fit(known.titles))
    found, seconds = _stages(judged, known, choice, options)
    share = max(SHARES_OF_WORDS, key=lambda s: judged.mixed(found["trained"], s).mean())
    report = {"choice": judged.report(found, share)}
    if options.held_out:
        both = known + choice
        judged = _Judged(parts["held-out"], WordWeights.fit(both.titles))
        passes = len(both.titles) / len(known.titles)
        found, more_seconds = _stages(judged, both, choice, _longer(options, passes))
        seconds += more_seconds
        report["held-out"] = judged.report(found, share)
    print(
        json.dumps(
            {
                "recall@10": report,
                "share of words": share,
                "training seconds": round(seconds),
                "options": vars(options),
            },
            indent=1,
        )
    )


def _stages(
    judged: _Judged, known: Offers, watched: Offers, options: argparse.Namespace
) -> tuple[dict[str, Tensor], float]:
    """The cosines of the judged offers after each stage of training on the known ones; seconds."""
    torch.manual_seed(options.seed)
    started = time.monotonic()
    encoder = _encoder(known, options)
    found = {"untrained": judged.cosines(encoder)}
    _train(encoder, _masked_language(encoder, known, watched), options.masked_steps, options)
    found["masked language alone"] = judged.cosines(encoder)
    _train(encoder, _similarity(encoder, known, watched), options.similarity_steps, options)
    found["trained"] = judged.cosines(encoder)
    return found, time.monotonic() - started


def _longer(options: argparse.Namespace, times: float) -> argparse.Namespace:
    """The same passes over a training part that is so many times as large."""
    steps = {
        name: round(times * getattr(options, name)) for name in ("masked_steps", "similarity_steps")
    }
    return argparse.Namespace(**{**vars(options), **steps})


class _Judged:
    """One part's offers, each asked with against all others of the part."""

    def __init__(self, offers: Offers, weights: WordWeights) -> None:
        self.titles = offers.titles
        self.things_N = torch.tensor(offers.things)
        index = WordIndex(self.titles, weights)
        self.words_NN = torch.from_numpy(np.stack([index.scores(title) for title in self.titles]))

    def cosines(self, encoder: TextEncoder) -> Tensor:
        x_ND = functional.normalize(encoder.encode(self.titles), dim=-1)
        return x_ND @ x_ND.T

    def mixed(self, cosines_NN: Tensor, share: float) -> Tensor:
        return self.recall(cosines_NN + share * self.words_NN)

    def recall(self, scores_NN: Tensor) -> Tensor:
        return recall_at(lambda rows: scores_NN[rows], self.things_N)[1]

    def report(self, found: Mapping[str, Tensor], share: float) -> dict[str, dict[str, float]]:
        recalls = {"words": self.recall(self.words_NN)}
        recalls |= {stage: self.recall(cosines_NN) for stage, cosines_NN in found.items()}
        recalls["trained, with words"] = self.mixed(found["trained"], share)
        told = {name: self._measured(recall_Q) for name, recall_Q in recalls.items()}
        told["trained - words"] = self._measured(recalls["trained"] - recalls["words"])
        return told

    def _measured(self, value_Q: Tensor) -> dict[str, float]:
        """Mean with its 95 % interval; offers of one thing are drawn together."""
        asked, _ = recall_at(lambda rows: self.words_NN[rows], self.things_N)
        _, thing_Q = torch.unique(self.things_N[asked], return_inverse=True)
        things = int(thing_Q.max()) + 1
        sums = np.bincount(thing_Q, weights=value_Q.double())
        counts = np.bincount(thing_Q)
        drawn = np.random.default_rng(0).integers(things, size=(RESAMPLES, things))
        means = sums[drawn].sum(1) / counts[drawn].sum(1)
        low, high = np.quantile(means, (0.025, 0.975))
        return {
            "value": round(value_Q.mean().item(), 4),
            "low": round(float(low), 4),
            "high": round(float(high), 4),
        }


def _encoder(known: Offers, options: argparse.Namespace) -> TextEncoder:
    tokenizer = Tokenizer.trained(known.titles, TokenizerConfig(vocabulary=6_000))
    shape = TextEncoderConfig(width=options.width, states=options.states, layers=options.layers)
    encoder = TextEncoder.from_scratch(tokenizer, shape)
    encoder.count(known.titles)
    return encoder


def _masked_language(encoder: TextEncoder, known: Offers, choice: Offers) -> MaskedLanguage:
    return MaskedLanguage(encoder, known.titles, choice.titles[:1_000])


def _similarity(encoder: TextEncoder, known: Offers, choice: Offers) -> Similarity:
    return Similarity(encoder, known.titles, known.things, choice.titles, choice.things)


def _train(
    encoder: TextEncoder,
    task: MaskedLanguage | Similarity,
    steps: int,
    options: argparse.Namespace,
) -> None:
    if not steps:
        return
    config = TrainingConfig(
        steps=steps,
        learning_rate=2e-3 if isinstance(task, MaskedLanguage) else 1e-3,
        weight_decay=0.01,
        schedule="linear",
        warmup=0.06,
        seed=options.seed,
    )
    trained = train(
        Objective(encoder, [task]), config, {task.name: TaskWeight()}, runtime=runtime()
    )
    print(f"{trained.seconds:.0f} s: {dict(trained.metrics)}", file=sys.stderr)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="score the held-out part as well")
    parser.add_argument("--masked-steps", type=int, default=300)
    parser.add_argument("--similarity-steps", type=int, default=200)
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--states", type=int, default=128)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
