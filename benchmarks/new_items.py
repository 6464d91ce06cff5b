"""Items that come after the training: are they found, and what they say in a history.

    python -m benchmarks.new_items --sequences Beauty.txt --attributes Beauty_item2attributes.json

The questions are the `unseen_` ones of `catalograph evaluate recommendation`: a tenth of the items
is cut out of the training whole, and asked is what shoppers took last where that is one of them.
`added`: the training does not know that these items exist, nor attributes that they alone have;
they are added to what was learnt. `listed`: the training has them in its list of items, as the
evaluation does. `history`: for shoppers who had some of them before, what was taken last, whatever
it is, with them in the history and without. One network is trained for each of both.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import Tensor

from ml.evaluation.report import Measured, Report, sha256_of
from ml.recommendation.alike import Bools
from ml.recommendation.counts import Counts
from ml.recommendation.evaluation import (
    NEGATIVES_SEED,
    Questions,
    RecommendationTrial,
    Score,
    config_of,
    measures,
    ranks,
)
from ml.recommendation.recommender import RecommenderConfig, train_recommender
from ml.recommendation.sequences import (
    Histories,
    Interactions,
    Ints,
    ItemFacts,
    read_interactions,
)


@dataclass(frozen=True)
class Material:
    """Histories without their last items, with and without the items that are cut out."""

    data: Interactions
    cut: Bools  # [items]

    @classmethod
    def of(cls, data: Interactions, trial: RecommendationTrial) -> Material:
        random = np.random.default_rng(trial.seed)
        return cls(data, random.random(len(data.items)) < trial.unseen)

    @property
    def earlier(self) -> Histories:
        return self.data.histories.without_last(1)

    @property
    def known(self) -> Histories:
        return self.earlier.without_items(self.cut)

    def about_new(self) -> Questions:
        """Where the last item is one that was cut out."""
        histories = self.data.histories
        last = np.maximum(histories.start_U1[1:] - 1, 0)
        asked = (self.known.lengths >= 1) & self.cut[histories.item_E[last]]
        return self._questions(asked, self.known)

    def after_new(self, *, told: bool) -> Questions:
        """Where one that was cut out stands in the history, which is `told` of it or not."""
        asked = (self.known.lengths >= 1) & (self.known.lengths < self.earlier.lengths)
        return self._questions(asked, self.earlier if told else self.known)

    def _questions(self, asked_U: Bools, given: Histories) -> Questions:
        histories, items = self.data.histories, len(self.data.items)
        return Questions.of(histories, given, np.flatnonzero(asked_U), items, NEGATIVES_SEED)


def added_after_training(material: Material, config: RecommenderConfig) -> Score:
    """Trained without the cut items, which are added then with what it knows of them."""
    cut_N, facts = material.cut, material.data.facts
    first_N = np.argsort(cut_N, kind="stable")  # the items that stay, and then the others
    place_N = np.argsort(first_N)
    rows = [facts.attribute_F[facts.start_N1[n] : facts.start_N1[n + 1]].tolist() for n in first_N]
    kept = rows[: int((~cut_N).sum())]
    learnt = {attribute for row in kept for attribute in row}
    added = [[one for one in row if one in learnt] for row in rows[len(kept) :]]
    _say(f"{len(added)} items are added, {sum(not row for row in added)} of them without a word")
    recommender = train_recommender(
        _at(material.known, place_N), ItemFacts.of(kept, facts.attributes), config, notify=_say
    )
    began = time.monotonic()
    extended = recommender.with_new_items(ItemFacts.of(added, facts.attributes))
    _say(f"added in {time.monotonic() - began:.2f} s")
    back_N = torch.from_numpy(place_N)
    return lambda given: extended.scores(_at(given, place_N))[:, back_N]


def run(
    sequences: Path, attributes: Path, trial: RecommendationTrial, *, development: bool
) -> Report:
    began = time.monotonic()
    data = read_interactions(sequences, attributes)
    if development:
        data = replace(data, histories=data.histories.without_last(1))
    material = Material.of(data, trial)
    whole = config_of(trial)
    config = replace(whole, id_dropouts=(max(whole.id_dropouts),))
    about_new = material.about_new()
    told, untold = material.after_new(told=True), material.after_new(told=False)
    counts = Counts.of(material.known, material.data.facts)

    def by_attributes(given: Histories) -> Tensor:
        return torch.from_numpy(counts.scores("attribute_cosine", given))

    added = added_after_training(material, config)
    listed = train_recommender(material.known, material.data.facts, config, notify=_say).scores
    generator = torch.Generator().manual_seed(trial.seed)
    metrics = {
        f"{asked}{name}": Measured.mean_of(value, generator)
        for asked, questions in (("added_", about_new), ("history_told_", told))
        for name, value in measures(*ranks(added, questions)).items()
    }
    return Report(
        task="new items",
        metrics=metrics,
        baselines={
            "listed": _means(listed, about_new, "added_"),
            "attribute_cosine": _means(by_attributes, about_new, "added_")
            | _means(by_attributes, told, "history_told_"),
            "history_untold": _means(added, untold, "history_told_"),
        },
        seconds=time.monotonic() - began,
        config={
            **asdict(trial),
            "development": development,
            "recommender": asdict(config),
            "questions": {"added": len(about_new.target_U), "history": len(told.target_U)},
        },
        data={str(path): sha256_of(path) for path in (sequences, attributes)},
    )


def _means(score: Score, questions: Questions, prefix: str) -> dict[str, float]:
    found = measures(*ranks(score, questions))
    return {f"{prefix}{name}": value.double().mean().item() for name, value in found.items()}


def _at(histories: Histories, place_N: Ints) -> Histories:
    return Histories(place_N[histories.item_E], histories.start_U1)


def _say(text: str) -> None:
    print(f"{time.strftime('%X')} {text}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=Path, required=True)
    parser.add_argument("--attributes", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=RecommendationTrial().epochs)
    parser.add_argument("--unseen", type=float, default=RecommendationTrial().unseen)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--development", action="store_true", help="without the last items")
    asked = parser.parse_args()
    trial = RecommendationTrial(asked.epochs, asked.unseen, asked.seed)
    report = run(asked.sequences, asked.attributes, trial, development=asked.development)
    print(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())


if __name__ == "__main__":
    main()
