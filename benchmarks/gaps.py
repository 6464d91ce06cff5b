"""How much of a dump could be filled in by itself, by what similar items have.

    python -m benchmarks.gaps FILES... --mapping MAPPING.toml [--seeds 0 1 2]

What `catalograph finetune filling` does with a graph of these items: half of the families (brand
and first word with a digit) teach whom to listen to, facts of the others are hidden and named by
items of all families but their own. Values are exact, a number as well as a name; of a parameter
with several values an item has each of them. Thresholds come from other families than those that
they are counted on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from app.services.finetuning_plausibility import families_of
from benchmarks.columns_of_items import read_items
from graph.records import Item, ItemText, Parameter
from graph.repositories.item_texts import text_of
from ml.filling.gaps_learning import GapsConfig, learn_to_fill


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--mapping", type=Path, required=True)
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--config", default="{}", help="JSON of GapsConfig")
    options = parser.parse_args()
    config = msgspec.json.decode(options.config, type=GapsConfig)
    texts = [one for one in _texts(read_items(options.files, options.mapping, "dump")) if one.facts]
    families = families_of(texts)
    print(f"{len(texts):,} items with facts in {len(set(families)):,} families")
    for seed in options.seeds:
        began = time.monotonic()
        learnt = learn_to_fill(texts, families, msgspec.structs.replace(config, seed=seed))
        found = {
            "seed": seed,
            "hidden": learnt.hidden,
            "metrics": msgspec.to_builtins(learnt.metrics),
            "baselines": learnt.baselines,
            "seconds": round(time.monotonic() - began, 1),
        }
        print(json.dumps(found, indent=2), flush=True)


def _texts(items: Sequence[Item]) -> list[ItemText]:
    ids = {fact.value.parameter for item in items for fact in item.facts}
    parameters = {id: Parameter(id, id, "text") for id in ids}
    return [
        msgspec.structs.replace(text_of(item, parameters), id=item.id)
        for item in sorted(items, key=lambda item: item.id)
    ]


if __name__ == "__main__":
    main()
