"""From texts to the graph: what facts that were read from titles teach the next encoder."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.loop_material import ACCEPT, Material, lexicon_of, material, say
from graph.records import FactText, ItemText
from ml.evaluation.report import Measured
from ml.grounding.judging import JudgedText
from ml.grounding.lexicon import Lexicon
from ml.grounding.reading import Reading, read
from ml.grounding.stated import Stated
from ml.grounding.trust import Trust

STEPS = 150  # of each encoder: two minutes on a busy machine
NEAREST = 10  # models that vote on a hidden fact


def run_learn(options: argparse.Namespace) -> dict[str, object]:
    began = time.monotonic()
    of = material(options)
    catalogue, titles = small_catalogue(of, options)
    lexicon = lexicon_of(of.parameters, catalogue)
    known = {item.id for item in catalogue}
    trust = Trust.learnt([one.item for one in of.dev if one.item.model.id in known], lexicon)  # type: ignore[union-attr]
    say(began, f"{len(catalogue)} models, {len(titles)} titles, {len(of.test)} asked")
    asked = [hidden_half(one.item, at, options.seed) for at, one in enumerate(of.test)]
    hits: dict[str, NDArray[np.float64]] = {}
    facts: dict[str, dict[str, float]] = {}
    for name, products in variants(titles, lexicon, trust).items():
        facts[name] = right_share(products, titles)
        found = [named(catalogue, products, asked, seed) for seed in options.seeds]
        hits[name] = np.mean(found, axis=0)
        say(began, f"{name}: {np.nanmean(hits[name]):.4f}")
    family_of = {one.family: at for at, one in enumerate(of.test)}
    families_T = np.array([family_of[one.family] for one in of.test])
    return {
        "models": len(catalogue),
        "titles": len(titles),
        "asked": len(asked),
        "seeds": options.seeds,
        "facts of titles": facts,
        "accuracy": {name: resampled(one, families_T) for name, one in hits.items()},
        "gain over none": {
            name: resampled(one - hits["none"], families_T)
            for name, one in hits.items()
            if name != "none"
        },
        "gain of all over accepted": resampled(hits["all"] - hits["accepted"], families_T),
        "seconds": round(time.monotonic() - began),
    }


def small_catalogue(
    of: Material, options: argparse.Namespace
) -> tuple[list[ItemText], list[JudgedText]]:
    chance = np.random.default_rng(options.seed)
    offered = sorted({one.family for one in of.dev})
    half = set(chance.permutation(offered)[: len(offered) // 2].tolist())
    own = [item for item, one in zip(of.graph, of.families, strict=True) if one in half]
    others = [
        item for item, one in zip(of.graph, of.families, strict=True) if one not in set(offered)
    ]
    drawn = chance.permutation(len(others))[: len(own)]
    return [*own, *(others[at] for at in drawn)], list(of.dev)


def variants(
    titles: Sequence[JudgedText], lexicon: Lexicon, trust: Trust
) -> dict[str, list[ItemText]]:
    """The same products, and which facts the graph has of them."""
    read_of = [
        [(one, trust.confidence(one)) for one in read(text.item.title, lexicon)] for text in titles
    ]

    def products(bar: float) -> list[ItemText]:
        return [
            ItemText(
                "product",
                text.item.title,
                facts=tuple(fact_of(one) for one, sure in found if sure >= bar),
            )
            for text, found in zip(titles, read_of, strict=True)
        ]

    true = [ItemText("product", text.item.title, facts=text.item.facts) for text in titles]
    return {"none": products(2.0), "accepted": products(ACCEPT), "all": products(0.3), "true": true}


def fact_of(reading: Reading) -> FactText:
    value = reading.value
    return FactText(reading.parameter, "", value.id, value.text, value.number, value.unit)


def right_share(products: Sequence[ItemText], titles: Sequence[JudgedText]) -> dict[str, float]:
    """How many facts the products have, and how many of those that can be judged are right."""
    right = []
    for product, text in zip(products, titles, strict=True):
        known = Stated.by(text.item).facts
        right += [f.value in known[f.parameter] for f in product.facts if f.parameter in known]
    count = sum(len(product.facts) for product in products)
    return {"facts": count, "right": float(np.mean(right)) if right else 1.0}


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer as it is embedded, and what is to be named, by parameter."""

    shown: ItemText
    hidden: Mapping[str, frozenset[str]]


def hidden_half(item: ItemText, at: int, seed: int) -> Asked:
    parameters = sorted(Stated.by(item).facts)
    order = np.random.default_rng((seed, at)).permutation(len(parameters))
    hidden = {parameters[place] for place in order[: len(parameters) // 2]}
    shown = tuple(fact for fact in item.facts if fact.parameter not in hidden)
    known = Stated.by(item).facts
    return Asked(
        ItemText("product", item.title, facts=shown), {p: frozenset(known[p]) for p in hidden}
    )


def named(
    catalogue: Sequence[ItemText],
    products: Sequence[ItemText],
    asked: Sequence[Asked],
    seed: int,
) -> NDArray[np.float64]:
    """Of every asked offer the share of its hidden facts that are named, nan where none is."""
    from ml.data.items import snapshot_of
    from ml.item_predictor import ItemPredictor
    from ml.pretraining import pretrain
    from ml.runtime import runtime
    from ml.training.recipes import recipe

    settings = recipe("quick", {"training.seed": seed, "training.steps": STEPS})
    done = pretrain(snapshot_of([*catalogue, *products]), settings, runtime=runtime("cpu"))
    tokenizer = done.encoder.text.tokenizer
    predictor = ItemPredictor("loop", "1", done.encoder, done.material.featurizer, tokenizer)
    vector_ND = predictor.embed(catalogue)
    near_MK = (-predictor.embed([one.shown for one in asked]) @ vector_ND.T).argsort(axis=1)
    known = [Stated.by(item).facts for item in catalogue]
    return np.array(
        [
            share_named(one, [known[at] for at in near])
            for one, near in zip(asked, near_MK.tolist(), strict=True)
        ]
    )


def share_named(asked: Asked, near: Sequence[Mapping[str, Iterable[str]]]) -> float:
    right = []
    for parameter, values in sorted(asked.hidden.items()):
        states = [one[parameter] for one in near if parameter in one][:NEAREST]
        votes = Counter(value for one in states for value in sorted(one))
        right.append(bool(votes) and votes.most_common(1)[0][0] in values)
    return float(np.mean(right)) if right else float("nan")


def resampled(value_T: NDArray[np.float64], family_T: NDArray[np.int64]) -> Measured:
    """The mean over offers, with the 95 % interval over families drawn again."""
    kept_T = ~np.isnan(value_T)
    value_T, family_T = value_T[kept_T], family_T[kept_T]
    rows_of = [np.flatnonzero(family_T == one) for one in np.unique(family_T)]
    chance = np.random.default_rng(0)
    means = []
    for _ in range(1_000):
        drawn = chance.integers(len(rows_of), size=len(rows_of))
        means.append(value_T[np.concatenate([rows_of[at] for at in drawn])].mean())
    low, high = np.quantile(means, (0.025, 0.975))
    return Measured(float(value_T.mean()), float(low), float(high))
