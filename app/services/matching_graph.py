"""Which products of the graph are the same one, and of which model that makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from app.errors import ThresholdMissing
from app.services.matching import RULES, LoadedMatcher
from app.services.matching_files import Contradicted, contradicted
from app.services.sources import require_source
from graph.filters import Filter, OneOf, Term
from graph.records import Record
from graph.repositories.entity_links import EntityLink, write_links
from graph.repositories.extraction_items import walk
from graph.repositories.pairing import Saying, count, near, sayings
from ml.grounding.tokens import key

if TYPE_CHECKING:
    from graph.client import Database
    from ml.matching.matcher import Matcher

CANDIDATES = 10  # of each product in words, and as many in vectors
BATCH_ITEMS = 200  # 4,000 pairs, each in both orders: seconds
BY_RULES = f"matching by {RULES}"  # on a link, whose other makers are rules as well
WORDS = 60  # of a title; the index takes a thousand

Pair = tuple[str, str]


class Conflict(Record, frozen=True):
    """Products that compare as the same, of which catalogs name more than one model."""

    items: tuple[str, ...]
    models: tuple[str, ...]


class GraphMatched(Record, frozen=True):
    """What was found among the products of the graph.

    Attributes:
        groups: ids of products that are the same; only those of two and more.
        links: by the id of a product without a model, the one that its group is of.
        written: so many of these links are new in the graph.
        conflicts: groups of two models and more, which give no links.
    """

    items: int
    compared: int
    groups: tuple[tuple[str, ...], ...]
    contradictions: tuple[Contradicted, ...]
    links: Mapping[str, str]
    written: int
    conflicts: tuple[Conflict, ...]
    model: str
    threshold: float


@dataclass
class _Scored:
    """Pairs with their scores, and what their products say without the texts."""

    items: int = 0
    scores: dict[Pair, float] = field(default_factory=dict)
    known: dict[str, Saying] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class GraphMatching:
    """One run.

    Attributes:
        source: whose products are compared with all others; None: all products.
        threshold: in 0..1; None: that of the matcher.
        write: links are written, not only reported.
    """

    id: str
    loaded: LoadedMatcher | None
    source: str | None = None
    threshold: float | None = None
    candidates: int = CANDIDATES
    write: bool = False
    clock: Callable[[], datetime]

    def carry_out(
        self, database: Database, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> GraphMatched:
        """Compare, group, and write; `progress` hears of products compared, and of all.

        Raises:
            SourceUnknown: no product is of the source.
            ThresholdMissing: links by rules, whose scores are no probabilities.
            DatabaseError: Neo4j failed.
        """
        from ml.matching.clusters import clusters
        from ml.matching.matcher import Matcher

        require_source(database, self.source)
        if self.write and self.loaded is None and self.threshold is None:
            raise ThresholdMissing()
        matcher = self.loaded.matcher if self.loaded else Matcher.untrained()
        threshold = matcher.threshold if self.threshold is None else self.threshold
        scored = self._scored(database, matcher, progress)
        found = clusters([(a, b, score) for (a, b), score in scored.scores.items()], threshold)
        groups = tuple(group for group in found.groups if len(group) > 1)
        links, conflicts = _links(groups, scored.known)
        name = self.loaded.name if self.loaded else RULES
        return GraphMatched(
            items=scored.items,
            compared=len(scored.scores),
            groups=groups,
            contradictions=contradicted(found),
            links=links,
            written=self._write(database, links, groups, scored.scores) if self.write else 0,
            conflicts=tuple(conflicts),
            model=name,
            threshold=threshold,
        )

    def _scored(
        self, database: Database, matcher: Matcher, progress: Callable[[int, int], None]
    ) -> _Scored:
        """Every pair once, by the mean of both orders: a matcher may tell left from right."""
        scored = _Scored()
        total = count(database, self.source)
        for titles in self._batches(database):
            pairs, said = self._pairs(database, titles, scored.scores)
            means = matcher.means([(said[a].fields, said[b].fields) for a, b in pairs])
            scored.scores |= zip(pairs, means.tolist(), strict=True)
            scored.known |= {id: Saying(id, {}, one.model, one.linked) for id, one in said.items()}
            scored.items += len(titles)
            progress(scored.items, total)
        return scored

    def _filter(self) -> Filter:
        return Filter((Term("source", OneOf((self.source,))),)) if self.source else Filter()

    def _batches(self, database: Database) -> Iterator[dict[str, str]]:
        """Titles by the ids of their products."""
        for page in walk(database, self._filter(), only_text=False):
            for start in range(0, len(page), BATCH_ITEMS):
                yield {item.id: item.title for item in page[start : start + BATCH_ITEMS]}

    def _pairs(
        self, database: Database, titles: Mapping[str, str], known: Mapping[Pair, float]
    ) -> tuple[list[Pair], dict[str, Saying]]:
        """Pairs that were not compared yet, and what their products say."""
        words = {id: " ".join(key(title)[:WORDS]) for id, title in titles.items()}
        found = near(database, words, limit=self.candidates)
        pairs = {
            (min(id, other), max(id, other)) for id, others in found.items() for other in others
        }
        said = sayings(database, sorted({id for pair in pairs for id in pair} | set(titles)))
        return sorted(
            pair for pair in pairs if pair not in known and all(id in said for id in pair)
        ), said

    def _write(
        self,
        database: Database,
        links: Mapping[str, str],
        groups: Sequence[tuple[str, ...]],
        scores: Mapping[Pair, float],
    ) -> int:
        name = self.loaded.name if self.loaded else BY_RULES
        group_of = {id: group for group in groups for id in group}
        rows = [
            EntityLink(item, "INSTANCE_OF", model, _surest(item, group_of[item], scores), "", name)
            for item, model in links.items()
        ]
        return write_links(database, rows, run=self.id, now=self.clock())["INSTANCE_OF"]


def _links(
    groups: Sequence[tuple[str, ...]], known: Mapping[str, Saying]
) -> tuple[dict[str, str], list[Conflict]]:
    """What a group's one model is, for those of its products of which nothing says any."""
    links: dict[str, str] = {}
    conflicts = []
    for group in groups:
        models = {id: known[id].model for id in group}
        named = sorted({model for model in models.values() if model})
        if len(named) > 1:
            conflicts.append(Conflict(group, tuple(named)))
        elif named:
            links |= {id: named[0] for id in group if not known[id].linked}
    return links, conflicts


def _surest(item: str, group: Sequence[str], scores: Mapping[Pair, float]) -> float:
    pairs = ((min(item, other), max(item, other)) for other in group if other != item)
    return max(scores[pair] for pair in pairs if pair in scores)
