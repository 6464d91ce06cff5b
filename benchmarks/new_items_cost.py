"""What new items cost the recommender that serves, on made-up items: seconds and memory.

    python -m benchmarks.new_items_cost [--items 100000] [--new 2000]

Three networks with weights as they begin, each item with six attributes of 20,000, the frequent
ones far more often; half of the items were had by somebody. `one_more`: another one on top.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import time
from collections.abc import Mapping

import numpy as np
import torch

from ml.recommendation.components import Components
from ml.recommendation.counts import Counts
from ml.recommendation.mixture import Mixture
from ml.recommendation.network import NetworkConfig, SequenceNetwork
from ml.recommendation.ranking import ItemRanking
from ml.recommendation.recommender import Recommender
from ml.recommendation.sequences import Histories, ItemFacts

ATTRIBUTES, OF_ITEM, NETWORKS, RANKED = 20_000, 6, 3, 30


def ranking_of(items: int, random: np.random.Generator) -> ItemRanking:
    facts = ItemFacts.of((places.tolist() for places in _attributes(items, random)), ATTRIBUTES)
    had = random.integers(items // 2, size=(items // 2, 8))
    histories = Histories.of(had)
    networks = [SequenceNetwork(facts, NetworkConfig()).eval() for _ in range(NETWORKS)]
    learnt = torch.from_numpy(np.bincount(histories.item_E, minlength=items) > 0)
    counts = Counts.of(histories, facts)
    components = Components(networks, counts, learnt.expand(NETWORKS, -1))
    mixture = Mixture(len(components.names), len(components.new_names)).eval()
    names = tuple(f"attribute {n}" for n in range(ATTRIBUTES))
    return ItemRanking(
        tuple(f"item {n}" for n in range(items)), names, Recommender(components, mixture)
    )


def _attributes(items: int, random: np.random.Generator) -> np.ndarray:
    """As words are: the hundredth is a hundredth as frequent as the first."""
    return np.minimum(ATTRIBUTES ** random.random((items, OF_ITEM)), ATTRIBUTES - 1).astype(int)


def _new(first: int, count: int, random: np.random.Generator) -> dict[str, list[str]]:
    rows = _attributes(count, random)
    return {f"new {first + n}": [f"attribute {at}" for at in row] for n, row in enumerate(rows)}


def _extended(ranking: ItemRanking, new: Mapping[str, list[str]]) -> tuple[float, ItemRanking]:
    began = time.perf_counter()
    extended = ranking.with_new_items(new)
    return time.perf_counter() - began, extended


def _rank_ms(ranking: ItemRanking, items: int, random: np.random.Generator) -> float:
    """Of one history of ten items, in the middle of many."""
    times = []
    for row in random.integers(items, size=(RANKED, 10)):
        began = time.perf_counter()
        ranking.rank([f"item {n}" for n in row], 500)
        times.append(1_000 * (time.perf_counter() - began))
    return round(statistics.median(times), 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=2_000)
    options = parser.parse_args()
    random = np.random.default_rng(0)
    torch.manual_seed(0)
    before = ranking_of(options.items, random)
    peak_before = _peak_mib()
    all_at_once_s, after = _extended(before, _new(0, options.new, random))
    one_more_s, _ = _extended(after, _new(options.new, 1, random))
    peak_after = _peak_mib()
    found = {
        "items": options.items,
        "new": options.new,
        "all_at_once_s": round(all_at_once_s, 2),
        "one_more_s": round(one_more_s, 3),
        "rank_ms": {
            name: _rank_ms(ranking, options.items, random)
            for name, ranking in (("before", before), ("after", after))
        },
        "peak_mib": {"before": peak_before, "after": peak_after},
    }
    print(json.dumps(found, indent=2))


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
