"""Facts that items lack, filled in by what similar items have: the use case behind `fill`.

Pages along the ids, models before products, which have what their models have. A page that is
written twice writes nothing; what an earlier run has filled in and this one does not say again, or
what somebody states by now, has ended.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import FillerMissing
from app.services.builds import of_source
from app.services.fills import FillSpec, check_fill
from app.services.gap_naming import GapNaming, NamedPage
from app.services.places import KeptPlace, PagesProgress
from app.services.readers import FILLING, LoadedFiller
from graph.filters import Filter, OneOf, Term
from graph.records import ItemKind, Record
from graph.repositories.facts import FactWriter
from graph.repositories.gaps import ItemWithGaps, count_items, end_filled, walk_gaps
from graph.repositories.lexicon import known_categories
from graph.repositories.selection import KINDS
from graph.repositories.vocabulary import known_parameters
from ml.purpose.kinds import Sold

if TYPE_CHECKING:
    from graph.client import Database
    from ml.grounding.grounder import Grounder

_ORDER: tuple[ItemKind, ...] = tuple(reversed(KINDS))


class FillReport(Record, frozen=True):
    """What a run came to.

    Attributes:
        facts: by what became of them: `accepted` and `proposed` as the filler says, of which
            written, unchanged, outranked, rejected by a person; `ended`: of earlier runs; left out
            are values of parameters that the item's own text speaks of (`in_text`) and whatever
            accessories lack, which `made_for` counts.
        parameters: how many were accepted or proposed of each.
        thresholds: by parameter, the confidence from which on its facts are accepted; of parameters
            that have none nothing is sure enough.
        model: NAME@VERSION; None: it only took back.
    """

    items: int
    facts: dict[str, int]
    parameters: dict[str, int]
    thresholds: dict[str, float]
    model: str | None
    dry_run: bool


class _Place(Record, frozen=True):
    kind: ItemKind
    after: str
    total: int
    items: int
    facts: dict[str, int]
    parameters: dict[str, int]


@dataclass(frozen=True, kw_only=True)
class GapFilling:
    """One run in its surroundings.

    Attributes:
        id: of the run; it stands on every fact that the run writes.
        loaded: gives the filler that was promoted, if one was.
        grounder: reads what products say in their texts; asked for where something is filled in.
        folder: of this run alone; a run that goes on is given the same.
        report: hears how far it is, and may raise to stop it.
    """

    id: str
    spec: FillSpec
    loaded: Callable[[], LoadedFiller | None]
    grounder: Callable[[Database], Grounder]
    folder: Path
    clock: Callable[[], datetime]
    report: Callable[[PagesProgress], None]

    def carry_out(self, database: Database) -> FillReport:
        """Every page that is not written yet.

        Raises:
            FillerMissing: nothing was learnt that gaps could be filled by.
            ArtefactCorrupted: the champion is not what was registered.
            DatabaseError: Neo4j failed; the run can go on later.
        """
        check_fill(self.spec)  # it may have been queued on another machine
        naming = None if self.spec.remove else self._naming(database)
        kept = KeptPlace(self.folder, _Place)
        filter = self._asked_about()
        place = kept.read() or _start(database, filter)
        for kind in _ORDER[_ORDER.index(place.kind) :]:
            after = place.after if kind == place.kind else ""
            for page in walk_gaps(database, filter, kind, filler=FILLING, after=after):
                named = naming.named(page) if naming else NamedPage()
                counts = self._write(database, kind, page, named)
                place = _behind(place, kind, page, named, counts)
                if not self.spec.dry_run:
                    kept.keep(place)
                said = place.facts.get("accepted", 0) + place.facts.get("proposed", 0)
                self.report(PagesProgress(place.items, place.total, said))
        kept.forget()
        return FillReport(
            place.items,
            place.facts,
            dict(Counter(place.parameters).most_common()),
            dict(naming.thresholds) if naming else {},
            naming.loaded.name if naming else None,
            self.spec.dry_run,
        )

    def _asked_about(self) -> Filter:
        """What nobody lists any more gets nothing, but may be listed again with what it got."""
        filter = of_source(self.spec.source)
        listed_or_not = Term("closed", OneOf(("no", "yes")))
        return Filter((*filter.terms, listed_or_not)) if self.spec.remove else filter

    def _naming(self, database: Database) -> GapNaming:
        if (loaded := self.loaded()) is None:
            raise FillerMissing()
        categories = known_categories(database)
        return GapNaming(
            loaded,
            known_parameters(database),
            Sold.of({one.id: (one.name, *one.names) for one in categories}, ()),
            loaded.filler.thresholds(self.spec.precision),
            math.inf if self.spec.propose is None else self.spec.propose,
            cache(partial(self.grounder, database)),
        )

    def _write(
        self,
        database: Database,
        kind: ItemKind,
        page: Sequence[ItemWithGaps],
        named: NamedPage,
    ) -> dict[str, int]:
        """How many facts became what."""
        if self.spec.dry_run:
            return {}
        now, said = self.clock(), {(fact.item, fact.value.id) for fact in named.stated}
        unsaid = [
            (str(one.item.id), [value for value in one.filled if (one.item.id, value) not in said])
            for one in page
        ]
        ended = end_filled(database, kind, unsaid, run=self.id, now=now)
        done = FactWriter(database).write(
            named.stated, run=self.id, now=now, parameters=named.parameters
        )
        return {
            "ended": ended,
            "written": done.written,
            "unchanged": done.unchanged,
            "outranked": done.outranked,
            "rejected": done.rejected,
        }


def _start(database: Database, filter: Filter) -> _Place:
    total = sum(count_items(database, filter, kind) for kind in _ORDER)
    return _Place(_ORDER[0], "", total, 0, {}, {})


def _behind(
    place: _Place,
    kind: ItemKind,
    page: Sequence[ItemWithGaps],
    named: NamedPage,
    counts: Mapping[str, int],
) -> _Place:
    """The place behind a page, with all that has been counted."""
    facts, parameters = Counter(place.facts), Counter(place.parameters)
    facts.update(counts)
    facts.update(one.status for one in named.stated)
    facts.update(in_text=named.in_text, made_for=named.made_for)
    parameters.update(one.value.parameter for one in named.stated)
    return _Place(
        kind,
        str(page[-1].item.id),
        place.total,
        place.items + len(page),
        dict(facts),
        dict(parameters),
    )
