"""The order of what a search has found: by several scores merged, or as clicks have taught."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ml.grounding.plurals import singular
from ml.search.words import KEPT, prepared

if TYPE_CHECKING:
    from graph.repositories.search import Hit
    from ml.artefact import Artefact
    from ml.search.ranker import SearchRanker

RULES = "rules"
RERANKED = 60  # candidates that the trained order looks at; the rest stays behind them
_RANK = 60  # of reciprocal ranks: how little the first places of one list decide alone


@dataclass(frozen=True, slots=True)
class LoadedRanker:
    """A promoted ranker, and which one it is."""

    name: str
    ranker: SearchRanker


def loaded_ranker(artefact: Artefact) -> LoadedRanker:
    """Raises ArtefactCorrupted: it is not what was registered."""
    from ml.search.ranker import SearchRanker

    name = f"{artefact.name}@{artefact.version}"
    return LoadedRanker(name, SearchRanker.from_files(artefact.contents()))


def in_order(
    query: str,
    hits: Sequence[Hit],
    similarities: Mapping[str, float],
    loaded: LoadedRanker | None,
    *,
    left: str = "",
    stating: Collection[str] = (),
) -> list[tuple[Hit, float]]:
    """The hits, the best first, each with a score that says no more than that.

    Args:
        similarities: of vectors, by id, for those that they found.
        left: words of the query that no filter stands for. They come first: what all hits pass
            tells nothing of them, however often a title repeats it.
        stating: ids of those that have these words, whatever their titles say.
    """
    merged = _merged(query, hits, similarities)
    if left or stating:
        merged = [
            (hit, score + (hit.summary.id in stating or covered(left, hit.summary.title)))
            for hit, score in merged
        ]
        merged.sort(key=lambda pair: -pair[1])
    if loaded is None:
        return merged
    from ml.search.pool import Pool

    head, tail = merged[:RERANKED], merged[RERANKED:]
    pool = Pool.of([hit.summary.title for hit, _ in head], loaded.ranker.statistics)
    ranked = loaded.ranker.rank(query, [pool])
    seen = set(ranked.places)
    first = [
        (head[place][0], score) for place, score in zip(ranked.places, ranked.scores, strict=True)
    ]
    lowest = first[-1][1] if first else 0.0
    rest = [pair for place, pair in enumerate(head) if place not in seen] + tail
    return first + [(hit, lowest - 1 - n) for n, (hit, _) in enumerate(rest)]


def covered(query: str, title: str) -> float:
    """Share of the query's letters in words that the title has, spaced as it likes; 0..1.

    Of a noun either number will do.
    """
    there, nouns = prepared(title), _in_singular(title)
    words = set(prepared(query).words)
    total = sum(map(len, words))
    found = sum(
        len(word)
        for word in words
        if singular(word) in nouns or (len(word) > 2 and word in there.joined)
    )
    return found / total if total else 0.0


@lru_cache(maxsize=KEPT)
def _in_singular(title: str) -> frozenset[str]:
    return frozenset(map(singular, prepared(title).word_set))


def _merged(
    query: str, hits: Sequence[Hit], similarities: Mapping[str, float]
) -> list[tuple[Hit, float]]:
    """Reciprocal rank fusion of the index's order, of the words covered, and of vectors.

    Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet", 2009.
    """
    by_index = {hit.summary.id: hit.score for hit in hits if hit.score > 0}
    by_words = {hit.summary.id: covered(query, hit.summary.title) for hit in hits}
    scores = dict.fromkeys((hit.summary.id for hit in hits), 0.0)
    for scorer in (by_index, by_words, similarities):
        for id, rank in _ranks(scorer).items():
            if id in scores:
                scores[id] += 1 / (_RANK + rank)
    pairs = [(hit, scores[hit.summary.id]) for hit in hits]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].summary.id))


def _ranks(scores: Mapping[str, float]) -> dict[str, int]:
    """Equal scores share a rank; the best is 1."""
    order = sorted(set(scores.values()), reverse=True)
    rank_of = {score: rank for rank, score in enumerate(order, start=1)}
    return {id: rank_of[score] for id, score in scores.items() if score > 0}
