"""The loop closed, and what each of its directions brings.

    python -m benchmarks.loop read --catalog DUMPS... --mapping MAPPING.toml --offers OFFERS.csv \\
        --category "Mobile Phones" [--test]

`read`: titles of real offers, whose models are in a reference catalogue that is the gold. Families
of models are held out: neither the values' names and counts, nor the items that are asked for what
is plausible, nor the trust in readings come from them. Compared are reading each place by itself,
consistent reading, reading weighed once more from the text alone, and by what similar items have.

`learn`: the other direction. A catalogue that has half of the offers' families and as many other
models, and titles of offers that nothing else is known of: what rules read in them becomes facts of
products. Encoders are pretrained without these facts, with the accepted ones, with all, and with
what would be true, and embed offers of the held-out families by their title and half of their true
facts. Votes of the ten nearest models of the catalogue name the other half.

All is chosen on the families that are not held out, in five folds; the held-out ones are scored
with `--test`, once.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.services.reference_models import as_catalog_model, dump_files
from benchmarks.columns_of_items import read_items
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import load_mapping_file
from graph.records import FactText, Item, ItemText, Named, Parameter, ValueView
from ml.data.splits import Shares, families, split_by_group
from ml.evaluation.report import Measured
from ml.filling.plausibility import Plausibility, PlausibilityConfig
from ml.grounding.judging import (
    Judged,
    JudgedText,
    best_of_places,
    crossed,
    judge,
    paired,
    skill,
)
from ml.grounding.lexicon import Lexicon
from ml.grounding.reading import Reading, read
from ml.grounding.reranking import OF_TEXT, Reranker
from ml.grounding.trust import Trust, facts_of
from ml.linking.gold import Gold
from ml.linking.offers import read_offers

READING, TEXT, SIMILAR = "reading", "weighed by text alone", "weighed with similar items"
ACCEPT = 0.85  # what `build-graph` takes at once
PRECISION = 0.95  # for a threshold that is chosen on the families that are not held out
STEPS = 150  # of the encoders: their loss has levelled out on a thousand items
NEAREST = 10  # models that vote on a hidden fact
TEST = 0.4  # of the families with offers

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Material:
    """A graph without the held-out families, and titles of both sides."""

    parameters: Mapping[str, Parameter]
    graph: Sequence[ItemText]
    families: Sequence[str]
    dev: Sequence[JudgedText]
    test: Sequence[JudgedText]


def material(options: argparse.Namespace) -> Material:
    items = read_items(dump_files(options.catalog), options.mapping, "benchmark")
    parameters = RowMapping(load_mapping_file(options.mapping)).parameters
    brands = [item.brand.id if item.brand else None for item in items]
    groups = families(brands, [item.title for item in items])
    family_of = {item.id: group for item, group in zip(items, groups, strict=True)}
    text_of = {item.id: item_text(item) for item in items}
    gold = Gold([as_catalog_model(item, parameters) for item in items])
    judged = gold.judge(read_offers(options.offers, options.category))
    offers = {one.title: one.model for one in judged}
    known = [
        JudgedText(
            ItemText("product", title, model=Named(model, model), facts=text_of[model].facts),
            family_of[model],
        )
        for title, model in offers.items()
        if model is not None
    ]
    asked = sorted({one.family for one in known})
    split = split_by_group(asked, Shares(valid=0.0, test=TEST), seed=options.seed)
    held_out = {asked[at] for at in split.test.tolist()}
    graph = [item for item in items if family_of[item.id] not in held_out]
    return Material(
        parameters=parameters,
        graph=[text_of[item.id] for item in graph],
        families=[family_of[item.id] for item in graph],
        dev=[one for one in known if one.family not in held_out],
        test=[one for one in known if one.family in held_out],
    )


def item_text(item: Item) -> ItemText:
    facts = {fact.value.id: fact.value for fact in item.facts}.values()
    return ItemText(
        "model",
        item.title,
        id=item.id,
        names=item.names,
        brand=Named(item.brand.id, item.brand.name) if item.brand else None,
        facts=tuple(
            FactText(one.parameter, one.parameter, one.id, one.text, one.number, one.unit)
            for one in facts
        ),
    )


def lexicon_of(parameters: Mapping[str, Parameter], items: Sequence[ItemText]) -> Lexicon:
    counts = Counter(fact.value for item in items for fact in item.facts)
    values = {fact.value: fact for item in items for fact in item.facts}
    return Lexicon.of(
        parameters.values(),
        [
            ValueView(one.value, one.parameter, one.text, one.number, one.unit, (), counts[id])
            for id, one in values.items()
        ],
    )


def place_by_place(
    texts: Sequence[JudgedText], lexicon: Lexicon, keys: Mapping[tuple[int, str], int], rows: int
) -> tuple[Floats, int, int]:
    """The share of each candidate that reading every place by itself finds as well, [R].

    And what it finds beside them that can be judged: how much is right, and how much is wrong.
    """
    share_R = np.zeros(rows)
    beside = Counter[bool]()
    for at, text in enumerate(texts):
        facts = facts_of(text.item)
        for reading in read(text.item.title, lexicon, consistent=False):
            row = keys.get((at, reading.value.id))
            if row is not None:
                share_R[row] = max(share_R[row], reading.share)
            elif reading.parameter in facts:
                beside[reading.value.id in facts[reading.parameter]] += 1
    return share_R, beside[True], beside[False]


def measures(judged: Judged, confidence_R: Floats, threshold: float) -> dict[str, object]:
    """Of facts that would be accepted; recall among the right ones that any reading proposes."""
    best_R = best_of_places(judged, confidence_R)
    right_R = judged.right_R

    def at(bar: float) -> dict[str, object]:
        taken_R = best_R & (confidence_R >= bar)
        return {
            "precision": paired(judged, lambda rows: share(right_R[rows], taken_R[rows])),
            "recall": paired(judged, lambda rows: share(taken_R[rows], right_R[rows])),
        }

    return {
        "skill": skill(judged, confidence_R),
        f"accepted at {ACCEPT}": at(ACCEPT),
        f"at the other families' threshold for {PRECISION}": {"threshold": threshold}
        | at(threshold),
    }


def share(part_R: NDArray[np.bool_], of_R: NDArray[np.bool_]) -> float:
    return float((part_R & of_R).sum() / max(of_R.sum(), 1))


def threshold_for(judged: Judged, confidence_R: Floats) -> float:
    """The lowest confidence from which on the wanted precision holds; 1 where it never does."""
    rows = np.flatnonzero(best_of_places(judged, confidence_R))
    rows = rows[np.argsort(-confidence_R[rows])]
    held = np.cumsum(judged.right_R[rows]) / np.arange(1, len(rows) + 1) >= PRECISION
    return float(confidence_R[rows[np.flatnonzero(held)[-1]]]) if held.any() else 1.0


def gain(judged: Judged, better_R: Floats, worse_R: Floats, bar: float) -> dict[str, object]:
    """Paired differences: of squared error (less is better), and of right and wrong at a bar."""
    right_R = judged.right_R
    error_R = (better_R - right_R) ** 2 - (worse_R - right_R) ** 2
    takes = [best_of_places(judged, one) & (one >= bar) for one in (better_R, worse_R)]
    extra_R = takes[0].astype(float) - takes[1]
    return {
        "squared_error": paired(judged, lambda rows: float(error_R[rows].mean())),
        "right_accepted": paired(judged, lambda rows: float((extra_R * right_R)[rows].sum())),
        "wrong_accepted": paired(judged, lambda rows: float((extra_R * ~right_R)[rows].sum())),
    }


def run_read(options: argparse.Namespace) -> dict[str, object]:
    began = time.monotonic()
    of = material(options)
    say(began, f"{len(of.graph)} models, {len(of.dev)} titles, {len(of.test)} held out")
    lexicon = lexicon_of(of.parameters, of.graph)
    similar = Plausibility.fit(of.graph, of.families, PlausibilityConfig(seed=options.seed))
    say(began, "similar items can be asked")
    dev = judge(of.dev, lexicon, similar)
    systems = {
        READING: dev.read_R,
        TEXT: crossed(dev, of_text_alone=True),
        SIMILAR: crossed(dev),
    }
    bars = {name: threshold_for(dev, one) for name, one in systems.items()}
    found = {"not held out, crossed": part(of.dev, lexicon, dev, systems, bars)}
    say(began, "judged what is not held out")
    if options.test:
        trust = Trust.learnt([one.item for one in of.dev], lexicon)
        test = judge(of.test, lexicon, similar, trust)
        text_alone = Reranker.fit(dev.x_RF[:, :OF_TEXT], dev.right_R)
        systems = {
            READING: test.read_R,
            TEXT: text_alone.confidence(test.x_RF[:, :OF_TEXT]),
            SIMILAR: Reranker.fit(dev.x_RF, dev.right_R).confidence(test.x_RF),
        }
        found["held out"] = part(of.test, lexicon, test, systems, bars)
    return found | {"seconds": round(time.monotonic() - began)}


def part(
    texts: Sequence[JudgedText],
    lexicon: Lexicon,
    judged: Judged,
    systems: Mapping[str, Floats],
    bars: Mapping[str, float],
) -> dict[str, object]:
    """Everything that is said of one part."""
    keys = {
        (int(text), one.reading.value.id): row
        for row, (text, one) in enumerate(zip(judged.text_R, judged.candidates, strict=True))
    }
    alone_R, more_right, more_wrong = place_by_place(texts, lexicon, keys, len(judged.right_R))
    right_R, chosen_R = judged.right_R, judged.chosen_R
    return {
        "titles": len(texts),
        "families": len(np.unique(judged.family_R)),
        "candidates": len(right_R),
        "right": int(right_R.sum()),
        "chosen": {
            "each place by itself": {
                "right": int((right_R & (alone_R > 0)).sum()) + more_right,
                "wrong": int((~right_R & (alone_R > 0)).sum()) + more_wrong,
            },
            "consistent reading": {
                "right": int((right_R & chosen_R).sum()),
                "wrong": int((~right_R & chosen_R).sum()),
            },
        },
        "systems": {name: measures(judged, one, bars[name]) for name, one in systems.items()},
        f"{SIMILAR}, less {READING}": gain(judged, systems[SIMILAR], systems[READING], ACCEPT),
        f"{SIMILAR}, less {TEXT}": gain(judged, systems[SIMILAR], systems[TEXT], ACCEPT),
    }


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
        known = facts_of(text.item)
        right += [f.value in known[f.parameter] for f in product.facts if f.parameter in known]
    count = sum(len(product.facts) for product in products)
    return {"facts": count, "right": float(np.mean(right)) if right else 1.0}


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer as it is embedded, and what is to be named, by parameter."""

    shown: ItemText
    hidden: Mapping[str, frozenset[str]]


def hidden_half(item: ItemText, at: int, seed: int) -> Asked:
    parameters = sorted(facts_of(item))
    order = np.random.default_rng((seed, at)).permutation(len(parameters))
    hidden = {parameters[place] for place in order[: len(parameters) // 2]}
    shown = tuple(fact for fact in item.facts if fact.parameter not in hidden)
    known = facts_of(item)
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
    known = [facts_of(item) for item in catalogue]
    return np.array(
        [
            share_named(one, [known[at] for at in near])
            for one, near in zip(asked, near_MK.tolist(), strict=True)
        ]
    )


def share_named(asked: Asked, near: Sequence[Mapping[str, Set[str]]]) -> float:
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


def say(began: float, text: str) -> None:
    print(f"{time.monotonic() - began:5.0f} s  {text}", file=sys.stderr, flush=True)


RUNS: Mapping[str, Callable[[argparse.Namespace], dict[str, object]]] = {
    "read": run_read,
    "learn": run_learn,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("direction", choices=list(RUNS))
    parser.add_argument("--catalog", nargs="+", type=Path, required=True)
    parser.add_argument("--mapping", type=Path, required=True)
    parser.add_argument("--offers", type=Path, required=True)
    parser.add_argument("--category", nargs="*", default=[])
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1], help="of the encoders")
    parser.add_argument("--test", action="store_true", help="score the held-out families, once")
    options = parser.parse_args()
    found = RUNS[options.direction](options)
    print(msgspec.json.format(msgspec.json.encode(found, enc_hook=float), indent=2).decode())


if __name__ == "__main__":
    main()
