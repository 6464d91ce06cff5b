"""Whether two items are the same product, stored or not, with what speaks for and against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from app.errors import ItemNotFound
from graph.records import ItemView, Record
from graph.repositories.pairing import said_fields

if TYPE_CHECKING:
    from app.services.threads import Threads
    from ml.artefact import Artefact
    from ml.matching.matcher import Matcher
    from ml.matching.records import Fields

RULES = "rules"
NO_MATCHER = (
    "no matching model serves yet: pairs are compared by rules, whose scores are an "
    "order and no probabilities"
)


class MatchReason(Record, frozen=True):
    """What speaks for one product (above 0) or against it, in log-odds."""

    name: str
    contribution: float


class Match(Record, frozen=True):
    """How likely two items are the same product, in 0..1; `same` from `threshold` on.

    `notice` says why rules alone compared them.
    """

    same: bool
    score: float
    threshold: float
    reasons: tuple[MatchReason, ...]
    model: str
    notice: str | None


@dataclass(frozen=True, slots=True)
class LoadedMatcher:
    """A promoted matcher, and which one it is."""

    name: str
    matcher: Matcher


class Matching:
    """Compares pairs with the matcher that is promoted, or by rules."""

    def __init__(
        self,
        find: Callable[[str], Awaitable[ItemView | None]],
        matcher: Callable[[], LoadedMatcher | None],
        threads: Threads,
    ) -> None:
        self._find = find
        self._matcher = matcher
        self._threads = threads

    async def fields(self, id: str) -> Fields:
        """A stored item as the fields that it is compared by.

        Raises:
            ItemNotFound: there is none.
        """
        item = await self._find(id)
        if item is None:
            raise ItemNotFound(id=id)
        return fields_of(item)

    async def match(self, a: Fields, b: Fields) -> Match:
        """The mean of both orders: a matcher may have learnt that left and right differ."""
        return await self._threads.run(partial(matched, self._matcher(), a, b))


def matched(loaded: LoadedMatcher | None, a: Fields, b: Fields) -> Match:
    """The same, in the thread of whoever calls."""
    from ml.matching.matcher import Matcher

    matcher = loaded.matcher if loaded else Matcher.untrained()
    score = float(matcher.means([(a, b)])[0])
    [found] = matcher.score([(a, b)])
    return Match(
        same=score >= matcher.threshold,
        score=score,
        threshold=matcher.threshold,
        reasons=tuple(MatchReason(one.name, one.contribution) for one in found.reasons),
        model=loaded.name if loaded else RULES,
        notice=None if loaded else NO_MATCHER,
    )


def fields_of(item: ItemView) -> dict[str, str]:
    """What a stored item says, by field, as `catalograph match` over the graph compares it.

    Not its model, which matching is there to find.
    """
    return said_fields(
        title=item.title,
        description=item.description,
        gtin=item.gtin,
        mpn=item.mpn,
        price=item.price,
        brand=item.brand.name if item.brand else None,
        category=item.category[-1].name if item.category else None,
        facts=[(fact.name, fact.text) for fact in item.facts if fact.status == "accepted"],
    )


def loaded_matcher(artefact: Artefact) -> LoadedMatcher:
    """Raises MatcherInvalid or ArtefactCorrupted: it is not what was registered."""
    from ml.matching.matcher import Matcher

    return LoadedMatcher(
        f"{artefact.name}@{artefact.version}", Matcher.from_files(artefact.contents())
    )
