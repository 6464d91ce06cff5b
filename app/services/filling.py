"""Facts that items lack, filled in by what similar items have: the use case behind `fill`.

Pages along the ids, models before products, which have what their models have. A page that is
written twice writes nothing; what an earlier run has filled in and this one does not say again, or
what somebody states by now, has ended.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import FillerMissing
from app.services.builds import of_source
from app.services.fills import FillSpec, check_fill
from app.services.places import KeptPlace
from app.services.readers import FILLING, LoadedFiller
from graph.filters import Filter, OneOf, Term
from graph.records import ItemKind, Parameter, Record, StatedFact, Status, Value
from graph.repositories.facts import FactWriter
from graph.repositories.gaps import ItemWithGaps, count_items, end_filled, walk_gaps
from graph.repositories.lexicon import known_categories
from graph.repositories.selection import KINDS
from graph.repositories.vocabulary import known_parameters
from ml.purpose.kinds import Sold

if TYPE_CHECKING:
    from graph.client import Database
    from ml.filling.gaps import Filled

_ORDER: tuple[ItemKind, ...] = tuple(reversed(KINDS))


class FillProgress(Record, frozen=True):
    """How far a run is, in items."""

    rows_read: int
    total: int
    facts: int  # accepted or proposed, new or not


class FillReport(Record, frozen=True):
    """What a run came to.

    Attributes:
        facts: by what became of them: `accepted` and `proposed` as the filler says, of which
            written, unchanged, outranked, rejected by a person; `ended`: of earlier runs;
            `made_for` counts accessories, which are passed over.
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


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What every page is written with."""

    database: Database
    writer: FactWriter
    parameters: dict[str, Parameter]
    sold: Sold
    loaded: LoadedFiller | None
    thresholds: dict[str, float]
    propose: float

    @property
    def least(self) -> float:
        """What is less sure nobody hears of."""
        return min(self.propose, *self.thresholds.values(), math.inf)

    def status(self, filled: Filled) -> Status | None:
        """None: it is not sure enough, or of a parameter that this graph does not have."""
        parameter = filled.value.parameter
        if parameter not in self.parameters:
            return None
        if filled.confidence >= self.thresholds.get(parameter, math.inf):
            return "accepted"
        return "proposed" if filled.confidence >= self.propose else None


@dataclass(frozen=True, kw_only=True)
class GapFilling:
    """One run in its surroundings.

    Attributes:
        id: of the run; it stands on every fact that the run writes.
        loaded: gives the filler that was promoted, if one was.
        folder: of this run alone; a run that goes on is given the same.
        report: hears how far it is, and may raise to stop it.
    """

    id: str
    spec: FillSpec
    loaded: Callable[[], LoadedFiller | None]
    folder: Path
    clock: Callable[[], datetime]
    report: Callable[[FillProgress], None]

    def carry_out(self, database: Database) -> FillReport:
        """Every page that is not written yet.

        Raises:
            FillerMissing: nothing was learnt that gaps could be filled by.
            ArtefactCorrupted: the champion is not what was registered.
            DatabaseError: Neo4j failed; the run can go on later.
        """
        check_fill(self.spec)  # it may have been queued on another machine
        around = self._surroundings(database)
        kept = KeptPlace(self.folder, _Place)
        filter = self._asked_about()
        total = sum(count_items(database, filter, kind) for kind in _ORDER)
        place = kept.read() or _Place(_ORDER[0], "", total, 0, {}, {})
        for kind in _ORDER[_ORDER.index(place.kind) :]:
            after = place.after if kind == place.kind else ""
            for page in walk_gaps(database, filter, kind, filler=FILLING, after=after):
                place = self._filled(around, kind, page, place)
                if not self.spec.dry_run:
                    kept.keep(place)
                said = place.facts.get("accepted", 0) + place.facts.get("proposed", 0)
                self.report(FillProgress(place.items, place.total, said))
        kept.forget()
        return FillReport(
            place.items,
            place.facts,
            dict(Counter(place.parameters).most_common()),
            around.thresholds,
            around.loaded.name if around.loaded else None,
            self.spec.dry_run,
        )

    def _asked_about(self) -> Filter:
        """What nobody lists any more gets nothing, but may be listed again with what it got."""
        filter = of_source(self.spec.source)
        listed_or_not = Term("closed", OneOf(("no", "yes")))
        return Filter((*filter.terms, listed_or_not)) if self.spec.remove else filter

    def _surroundings(self, database: Database) -> _Surroundings:
        loaded = None if self.spec.remove else self.loaded()
        if loaded is None and not self.spec.remove:
            raise FillerMissing()
        return _Surroundings(
            database,
            FactWriter(database),
            known_parameters(database),
            Sold.of({one.id: (one.name, *one.names) for one in known_categories(database)}, ()),
            loaded,
            loaded.filler.thresholds(self.spec.precision) if loaded else {},
            math.inf if self.spec.propose is None else self.spec.propose,
        )

    def _filled(
        self, around: _Surroundings, kind: ItemKind, page: Sequence[ItemWithGaps], place: _Place
    ) -> _Place:
        counts, parameters = Counter(place.facts), Counter(place.parameters)
        offered = [one for one in page if not _is_accessory(one, around.sold)]
        stated = self._stated(around, offered)
        counts.update(one.status for one in stated)
        counts["made_for"] += len(page) - len(offered)
        parameters.update(one.value.parameter for one in stated)
        if not self.spec.dry_run:
            counts.update(self._written(around, kind, page, stated))
        return _Place(
            kind,
            str(page[-1].item.id),
            place.total,
            place.items + len(page),
            dict(counts),
            dict(parameters),
        )

    def _stated(self, around: _Surroundings, page: Sequence[ItemWithGaps]) -> list[StatedFact]:
        if around.loaded is None or not page:
            return []
        found = around.loaded.filler.fill(
            [one.item for one in page], [one.waiting for one in page], around.least
        )
        return [
            _fact(str(one.item.id), value, status, around.loaded.name)
            for one, values in zip(page, found, strict=True)
            for value in values
            if (status := around.status(value)) is not None
        ]

    def _written(
        self,
        around: _Surroundings,
        kind: ItemKind,
        page: Sequence[ItemWithGaps],
        stated: Sequence[StatedFact],
    ) -> dict[str, int]:
        now = self.clock()
        said = {(fact.item, fact.value.id) for fact in stated}
        unsaid = [
            (str(one.item.id), [value for value in one.filled if (one.item.id, value) not in said])
            for one in page
        ]
        ended = end_filled(around.database, kind, unsaid, run=self.id, now=now)
        done = around.writer.write(stated, run=self.id, now=now, parameters=around.parameters)
        return {
            "ended": ended,
            "written": done.written,
            "unchanged": done.unchanged,
            "outranked": done.outranked,
            "rejected": done.rejected,
        }


def _is_accessory(one: ItemWithGaps, sold: Sold) -> bool:
    """A case in a category of phones is like no phone, whatever its title names."""
    item = one.item
    category = item.category.id if item.category else ""
    return item.kind == "product" and sold.accessory(item.title, category) is not None


def _fact(item: str, filled: Filled, status: Status, model: str) -> StatedFact:
    value = filled.value
    return StatedFact(
        item=item,
        value=Value(value.value, value.parameter, value.text, value.number, value.unit),
        origin="predicted",
        status=status,
        confidence=filled.confidence,
        evidence="",
        model=model,
    )
