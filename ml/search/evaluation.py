"""How well queries find their products among offers nobody has trained on."""

# Q queries, D texts

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from ml.errors import OffersInvalid
from ml.evaluation.gains import ndcg
from ml.evaluation.report import Measured, Report, sha256_of
from ml.search.encoding import Encoder, EncoderName, cross_fitted
from ml.search.judgements import Judged, read_judged
from ml.search.matrices import Bm25, Scores
from ml.search.pool import Pool, top
from ml.search.ranker import Part, SearchConfig, SearchRanker
from ml.search.statistics import plain_frequencies
from ml.search.words import plain_words

Notify = Callable[[str], None]
Score = Callable[[str], Scores]
Order = Callable[[Judged], Sequence[Sequence[int]]]
Values = NDArray[np.float64]

METRIC = "ndcg@10"
BM25, NEO4J, VECTORS = "bm25", "neo4j", "vectors"
_PAIRED = (BM25, NEO4J, VECTORS)  # baselines whose difference is measured query by query
JUDGED_SHARE = 0.2  # of the families, when there is no file to judge by
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SearchTrial:
    """What may be chosen.

    Attributes:
        encoder: `none`, or which network gives scores to the ranker.
    """

    encoder: EncoderName = "none"
    seed: int = 0
    ranking: SearchConfig = field(default_factory=SearchConfig)

    @property
    def seeded(self) -> SearchConfig:
        return replace(self.ranking, seed=self.seed)


def evaluate_search(
    train: Path,
    test: Path,
    trial: SearchTrial,
    *,
    notify: Notify,
    others: Mapping[str, Order] | None = None,
) -> Report:
    """Learn from the offers of `train`, only then read `test` and ask for its products once.

    Names of the products are the queries, titles what is searched, and the offers of `test` are
    searched alone: those of `train` would compete for no place, and flatter what learnt from them.

    Args:
        others: further baselines by name, each asked once, for the best places of every query.

    Raises:
        OffersInvalid: a file cannot be read, or names fewer than two products.
    """
    start = time.monotonic()
    if not test.is_file():  # now, not after the training
        raise OffersInvalid(path=test, reason="is no file")
    known = read_judged(train)
    encoders: Sequence[Encoder] = ()
    parts = [Part(known)]
    if trial.encoder != "none":
        encoders, parts = cross_fitted(known, trial.encoder, trial.seed, notify)
    ranker = SearchRanker.train(parts, trial.seeded)
    notify(f"learnt from {len(known.queries):,} queries over {len(known.texts):,} offers")
    judged = read_judged(test)
    found = judge(ranker, judged, encoders, others)
    return Report(
        task="search",
        metrics=measured(found, trial.seed),
        baselines=baselines(found),
        seconds=time.monotonic() - start,
        config={
            **asdict(trial),
            "queries": {"train": len(known.queries), "test": len(judged.queries)},
            "offers": {"train": len(known.texts), "test": len(judged.texts)},
            "families_also_trained": len(set(known.families) & set(judged.families)),
            "ms_per_query": found.ms_per_query,
        },
        data={str(path): sha256_of(path) for path in (train, test)},
    )


def train_and_judge(
    known: Judged, trial: SearchTrial, *, notify: Notify
) -> tuple[SearchRanker, JudgedSearch]:
    """A ranker of all judgements, and what one without a fifth of their families is worth on it."""
    held, rest = known.halves(JUDGED_SHARE, trial.seed)
    found = judge(SearchRanker.train([Part(rest)], trial.seeded), held)
    notify(f"judged by {len(found.values):,} queries that it had not seen")
    return SearchRanker.train([Part(known)], trial.seeded), found


@dataclass(frozen=True, slots=True)
class JudgedSearch:
    """NDCG@10 of every query, by the ranker and by each baseline."""

    values: Values
    baselines: Mapping[str, Values]
    ms_per_query: float


def judge(
    ranker: SearchRanker,
    judged: Judged,
    encoders: Sequence[Encoder] = (),
    others: Mapping[str, Order] | None = None,
) -> JudgedSearch:
    """Ask all queries over the pool of their own offers; with several encoders by their mean."""
    own = ranker.over(judged.texts)
    scored = [encoder(judged.queries, judged.texts) for encoder in encoders]
    pools = [Pool.of(judged.texts, own.statistics, one) for one in scored or [{}]]
    orders: dict[str, Sequence[Sequence[int]]] = {
        name: [top(score(query), _SHOWN) for query in judged.queries]
        for name, score in _baseline_scorers(pools).items()
    }
    orders |= {name: order(judged) for name, order in (others or {}).items()}
    start = time.perf_counter()
    mine = [own.rank(query, pools).places for query in judged.queries]
    ms = 1_000 * (time.perf_counter() - start) / max(1, len(judged.queries))
    return JudgedSearch(
        values=_worth(mine, judged),
        baselines={name: _worth(order, judged) for name, order in orders.items()},
        ms_per_query=ms,
    )


def measured(found: JudgedSearch, seed: int) -> dict[str, Measured]:
    """NDCG@10, and by how much it is above some baselines of the same query: paired intervals."""

    def mean(value_Q: Values) -> Measured:
        return Measured.mean_of(torch.from_numpy(value_Q), torch.Generator().manual_seed(seed))

    over = {
        f"{METRIC}_over_{name}": mean(found.values - found.baselines[name])
        for name in _PAIRED
        if name in found.baselines
    }
    return {METRIC: mean(found.values), **over}


def baselines(found: JudgedSearch) -> dict[str, dict[str, float]]:
    return {name: {METRIC: float(value_Q.mean())} for name, value_Q in found.baselines.items()}


def _baseline_scorers(pools: Sequence[Pool]) -> dict[str, Score]:
    pool = pools[0]
    plain = Bm25(pool.texts, plain_words, plain_frequencies(pool.texts))
    scorers: dict[str, Score] = {
        BM25: pool.bm25.scores,
        "bm25_plain": plain.scores,
        "characters": pool.grams.scores,
        "joined_characters": pool.joined.scores,
    }
    if pool.encoded:
        scorers[VECTORS] = lambda query: np.mean([one.encoded[query] for one in pools], axis=0)
    return scorers


def _worth(orders: Sequence[Sequence[int]], judged: Judged) -> Values:
    return np.array(
        [
            ndcg([gains.get(place, 0) for place in order[:_SHOWN]], gains.values())
            for order, gains in zip(orders, judged.gains, strict=True)
        ]
    )
