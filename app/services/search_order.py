"""The order of what a search has found: by several scores merged, or as clicks have taught."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import mean
from typing import TYPE_CHECKING

from ml.search.forms import plain_form
from ml.search.statistics import K1, B, Frequencies
from ml.search.words import KEPT, part_numbers, prepared

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
    titles = [hit.summary.title for hit in hits]
    merged = _merged(Telling.of(query, titles), hits, similarities)
    if left or stating:
        open_words = Telling.of(left, titles)
        merged = [
            (hit, score + (hit.summary.id in stating or open_words.share(hit.summary.title)))
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


def says_all(title: str, query: str) -> bool:
    """Whether a title has every word of a query, spaced as it likes; never of no words.

    Of a noun either number will do, and of a word any spelling.
    """
    words = prepared(query).words
    return bool(words) and all(_says(title, word) for word in words)


@dataclass(frozen=True, slots=True)
class Telling:
    """How much each word of a query tells apart the titles that it found: BM25 over these.

    Of `unlocked s8 phone` the second word says most, although it is the shortest: hardly any of
    the others has it. A maker's number tells more than its pieces, which others have as well.

    Attributes:
        rarity: of each word; 0 or more.
        said: the words that each title has.
        mean_length: of the titles, in words.
    """

    rarity: Mapping[str, float]
    said: Mapping[str, Sequence[str]]
    mean_length: float

    @classmethod
    def of(cls, query: str, titles: Sequence[str]) -> Telling:
        words = tuple(dict.fromkeys((*prepared(query).words, *part_numbers(query))))
        said = {title: [word for word in words if _says(title, word)] for title in titles}
        lengths = [len(prepared(title).words) for title in titles]
        mean_length = mean(lengths) if any(lengths) else 1.0
        counts = Counter(word for title in titles for word in said[title])
        found = Frequencies(len(titles), mean_length, counts)
        return cls({word: found.rarity(word) for word in words}, said, mean_length)

    def share(self, title: str) -> float:
        """Of what its words tell, that of those in the title; 0..1."""
        total = sum(self.rarity.values())
        return sum(self.rarity[word] for word in self.said[title]) / total if total else 0.0

    def score(self, title: str) -> float:
        """BM25 of the title, 0 or more."""
        words = prepared(title).words
        length = K1 * (1 - B + B * len(words) / self.mean_length)
        times = {word: max(1, words.count(word)) for word in self.said[title]}
        return sum(self.rarity[word] * n * (K1 + 1) / (n + length) for word, n in times.items())


def _says(title: str, word: str) -> bool:
    """In either number, in any spelling, and spaced as the title likes."""
    return plain_form(word) in _plain_forms(title) or (
        len(word) > 2 and word in prepared(title).joined
    )


@lru_cache(maxsize=KEPT)
def _plain_forms(title: str) -> frozenset[str]:
    return frozenset(map(plain_form, prepared(title).word_set))


def _merged(
    words: Telling, hits: Sequence[Hit], similarities: Mapping[str, float]
) -> list[tuple[Hit, float]]:
    """Reciprocal rank fusion of the index's order, of what the words tell, and of vectors.

    Source: Cormack, Clarke, Büttcher, "Reciprocal Rank Fusion outperforms Condorcet", 2009.
    """
    by_index = {hit.summary.id: hit.score for hit in hits if hit.score > 0}
    by_words = {hit.summary.id: words.score(hit.summary.title) for hit in hits}
    by_share = {hit.summary.id: words.share(hit.summary.title) for hit in hits}
    scores = dict.fromkeys((hit.summary.id for hit in hits), 0.0)
    for scorer in (by_index, by_words, by_share, similarities):
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
