"""Facts of unseen models, half of them hidden: what is named, what could be filled in.

    python -m benchmarks.hidden_facts FILES... --mapping MAPPING.toml [--by family]

The parts are whole models, or whole families (brand and first word with a digit). Everything is
fitted on the training part; mixture and threshold are chosen on the validation part, whose items
then vote beside those of the training part; the test part is scored once. Asked for are parameters
that a tenth of the training items state and that have one value an item; `--leave-out` takes away
those that are spelled lists, `--lists` asks for each value, `--bins` says into how many ranges
numbers are put, and so how hard the questions are.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import torch
from torch import Tensor

from benchmarks.columns_of_items import read_items, snapshot_of
from graph.records import Fact, Item, Value
from graph.schema import Label
from graph.snapshot import Snapshot
from ml.data.choices import ChoiceConfig, Choices
from ml.data.features import Featurizer
from ml.data.splits import Split, check_split, families, split_by_group
from ml.evaluation.hidden_facts import (
    confident,
    filled,
    hide_half,
    measure,
    threshold_for,
)
from ml.filling.filler import FactFiller, FillerConfig, fit_filler, prior_of
from ml.filling.gaps import MARGIN
from ml.filling.gaps_learning import PRECISION
from ml.filling.items import ItemFacts, facts_of

NEAREST = 30  # of the plain rule, to be compared with earlier measurements; 60: a tenth of a point
LEAST_STATED = 0.1  # of the training items
MOST_VALUES = 1.2  # of an item, on average
YES_OR_NO = 0.05  # a value of a list that this share of the items has is a question of its own


@dataclass(frozen=True, slots=True)
class Material:
    choices: Choices
    buckets: int
    train: ItemFacts
    valid: ItemFacts
    test: ItemFacts
    brands: dict[str, Tensor]  # number of each item's brand, by part


def asked(items: Sequence[Item], lists: Sequence[str], leave_out: Sequence[str]) -> list[Item]:
    """Items without some parameters, and with each frequent value of a list as yes or no."""
    stated = {list_: _frequent(items, list_) for list_ in lists}
    out = {*lists, *leave_out}
    return [
        msgspec.structs.replace(
            item,
            facts=(
                *(fact for fact in item.facts if fact.value.parameter not in out),
                *(fact for list_ in lists for fact in _yes_or_no(item, list_, stated[list_])),
            ),
        )
        for item in items
    ]


def _frequent(items: Sequence[Item], parameter: str) -> list[str]:
    counts: dict[str, int] = {}
    for item in items:
        for fact in item.facts:
            if fact.value.parameter == parameter:
                counts[fact.value.text] = counts.get(fact.value.text, 0) + 1
    return sorted(text for text, count in counts.items() if count >= YES_OR_NO * len(items))


def _yes_or_no(item: Item, parameter: str, texts: Sequence[str]) -> list[Fact]:
    own = {fact.value.text for fact in item.facts if fact.value.parameter == parameter}
    if not own:
        return []
    facts = []
    for text in texts:
        answer, about = "yes" if text in own else "no", f"{parameter}-{text.casefold()}"
        value = Value(id=f"{about}={answer}", parameter=about, text=answer)
        facts.append(Fact(value=value, evidence=parameter))
    return facts


def material(
    items: Sequence[Item], by: str, seed: int, config: ChoiceConfig | None = None
) -> Material:
    snapshot = snapshot_of(_worth_asking(items, by, seed))
    split, brands = _split(snapshot, by, seed)
    train = {Label.MODEL.value: split.train}
    featurizer = Featurizer.fit(snapshot, train)
    choices = Choices.fit(snapshot, train, config)
    facts = facts_of(
        featurizer.apply(snapshot),
        Label.MODEL,
        choices.of_values(snapshot),
        choices.parameter_of,
    )
    number = {brand: at for at, brand in enumerate(sorted(set(brands)))}
    brand_N = torch.tensor([number[brand] for brand in brands])
    parts = {"train": split.train, "valid": split.valid, "test": split.test}
    return Material(
        choices=choices,
        buckets=featurizer.fitted.config.grams.buckets,
        brands={part: brand_N[rows] for part, rows in parts.items()},
        **{part: facts[rows] for part, rows in parts.items()},
    )


def _split(snapshot: Snapshot, by: str, seed: int) -> tuple[Split, list[str]]:
    table = snapshot.nodes[Label.MODEL]
    brands = [brand or "" for brand in table["brand_id"].to_pylist()]
    titles = table["title"].to_pylist()
    groups = families(brands, titles) if by == "family" else table["id"].to_pylist()
    split = split_by_group(groups, seed=seed)
    check_split(split, groups)
    return split, brands


def _worth_asking(items: Sequence[Item], by: str, seed: int) -> list[Item]:
    """Without parameters that few training items state, or that are lists."""
    ordered = sorted(items, key=lambda item: item.id.encode())
    groups = [item.id for item in ordered]
    if by == "family":
        brands = [item.brand.id if item.brand else "" for item in ordered]
        groups = families(brands, [item.title for item in ordered])
    train = [ordered[at] for at in split_by_group(groups, seed=seed).train.tolist()]
    stating: dict[str, int] = {}
    values: dict[str, int] = {}
    for item in train:
        for parameter in {fact.value.parameter for fact in item.facts}:
            stating[parameter] = stating.get(parameter, 0) + 1
        for fact in item.facts:
            values[fact.value.parameter] = values.get(fact.value.parameter, 0) + 1
    kept = {
        parameter
        for parameter, count in stating.items()
        if count >= LEAST_STATED * len(train) and values[parameter] <= MOST_VALUES * count
    }
    return [
        msgspec.structs.replace(
            item, facts=tuple(fact for fact in item.facts if fact.value.parameter in kept)
        )
        for item in items
    ]


def baselines(of: Material) -> dict[str, Tensor]:
    """Scores of every choice for the test items that no learning goes into."""
    prior_C = prior_of(of.train, of.choices)
    known_NP = of.train.choice_NP >= 0
    row_E, parameter_E = known_NP.nonzero(as_tuple=True)
    brands = int(max(int(part.max()) for part in of.brands.values())) + 1
    counts_BC = torch.zeros(brands, len(of.choices))
    cell_E = of.brands["train"][row_E], of.train.choice_NP[row_E, parameter_E]
    counts_BC.index_put_(cell_E, torch.ones(len(row_E)), accumulate=True)
    return {
        "most_frequent": prior_C.expand(len(of.test), -1),
        "most_frequent_of_brand": counts_BC[of.brands["test"]] + 0.001 * prior_C,
    }


@torch.no_grad()
def scores(filler: FactFiller, items: ItemFacts) -> dict[str, Tensor]:
    """The mixture, and each predictor alone."""
    filler.eval()
    network, votes = filler.predictions(items)
    return {"filler": filler.mixture([network, votes]), "network": network, "votes": votes}


def plain_scores(of: Material, known: ItemFacts, config: FillerConfig) -> dict[str, Tensor]:
    """What has to be beaten: votes that learnt nothing, one linear layer, and their mean."""
    shape = msgspec.structs.replace(config.network, blocks=0)
    plain = msgspec.structs.replace(config, network=shape, votes_epochs=0, neighbours=NEAREST)
    filler = fit_filler(of.train, of.valid, of.choices, of.buckets, plain, _say)
    filler.hears(of.valid)
    made = scores(filler, known)
    nearest, linear = made["votes"], made["network"]
    mean = torch.logaddexp(nearest, linear)  # of the probabilities
    return {"nearest": nearest, "linear": linear, "nearest_and_linear": mean}


def run(of: Material, config: FillerConfig, seed: int) -> dict[str, object]:
    began = time.monotonic()
    filler = fit_filler(of.train, of.valid, of.choices, of.buckets, config, _say)
    seconds = time.monotonic() - began
    hidden = {part: hide_half(getattr(of, part), seed) for part in ("valid", "test")}
    valid = scores(filler, of.valid.without(hidden["valid"]))["filler"]
    sure = confident(valid, of.valid, hidden["valid"], of.choices)
    threshold = threshold_for(PRECISION, *sure, margin=MARGIN)
    filler.hears(of.valid)
    known = of.test.without(hidden["test"])
    made = scores(filler, known) | plain_scores(of, known, config) | baselines(of)
    judged = {
        name: msgspec.to_builtins(measure(score_NC, of.test, hidden["test"], of.choices))
        for name, score_NC in made.items()
    }
    test = confident(made["filler"], of.test, hidden["test"], of.choices)
    return {
        "seed": seed,
        "scores": judged,
        "filled": msgspec.to_builtins(filled(threshold, *test)),
        "train_seconds": round(seconds, 1),
    }


def _say(part: str, loss: float) -> None:
    print(f"{time.strftime('%X')} {part} {loss:.4f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--mapping", type=Path, required=True)
    parser.add_argument("--by", choices=("item", "family"), default="item")
    parser.add_argument("--lists", nargs="*", default=["network"])
    parser.add_argument(
        "--leave-out",
        nargs="*",
        default=["status", "cpu", "video", "speed", "bands-2g", "bands-3g", "variants"],
    )
    parser.add_argument("--bins", type=int, default=ChoiceConfig().bins)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--config", default="{}", help="JSON of FillerConfig")
    options = parser.parse_args()
    config = msgspec.json.decode(options.config, type=FillerConfig)
    items = asked(
        read_items(options.files, options.mapping, "benchmark"), options.lists, options.leave_out
    )
    for seed in options.seeds:
        of = material(items, options.by, seed, ChoiceConfig(bins=options.bins))
        facts = (of.train.choice_NP >= 0).sum().item()
        print(
            f"{len(of.train)}/{len(of.valid)}/{len(of.test)} items, {len(of.choices.parameters)} "
            f"parameters, {len(of.choices)} choices, {facts / len(of.train):.1f} facts an item"
        )
        result = run(of, msgspec.structs.replace(config, seed=seed), seed)
        print(json.dumps(result, indent=2), flush=True)


if __name__ == "__main__":
    main()
