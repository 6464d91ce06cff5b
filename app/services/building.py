"""Texts of stored products to facts of the graph: the use case behind `build-graph` and its job.

Pages along the ids of the products: read, extracted, written, and the place kept, so that a run
that was killed goes on behind the last page. Writing a page twice writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, assert_never

from app.services.building_categories import category_links
from app.services.builds import BuildSpec, check_build, of_source
from app.services.places import KeptPlace, PagesProgress
from app.services.sources import require_source
from graph.records import Coverage, ExtractionItem, Record, StatedFact
from graph.repositories.entity_links import EntityLink, LinkType, end_links, write_links
from graph.repositories.extraction_items import PAGE_ITEMS, walk
from graph.repositories.facts import FactWriter
from graph.text import normalise_value
from ml.grounding.grounder import RULES
from ml.grounding.records import ExtractedFact, TextToRead, fields_of

if TYPE_CHECKING:
    from app.services.categorizing import LoadedCategorizer
    from graph.client import Database
    from ml.grounding.grounder import Grounder


class BuildReport(Record, frozen=True):
    """What a run came to.

    Attributes:
        facts: `accepted` and `proposed` as they were read, and by what became of them: written,
            unchanged, outranked by a catalog, rejected by a person, stale, or too unsure; `ended`
            counts what earlier runs read and this one does not, `made_for` accessories, which are
            no instances of the model that they name.
        links: new ones, by their type.
        model: what read the texts, and what weighed that.
        categories: the model that predicted categories; None: none is promoted.
    """

    items: int
    items_with_facts: int
    facts: dict[str, int]
    links: dict[str, int]
    before: Coverage
    after: Coverage
    model: str
    categories: str | None = None


class _Place(Record, frozen=True):
    """Where a run is: what it goes on behind, and what it has counted so far."""

    after: str
    items: int
    with_facts: int
    facts: dict[str, int]
    links: dict[str, int]
    before: Coverage


@dataclass(frozen=True, kw_only=True)
class GraphBuild:
    """One run in its surroundings.

    Attributes:
        categorizer: gives the model of categories that serves, if one does.
        id: of the run; it stands on every fact that the run writes.
        folder: of this run alone; a run that goes on is given the same.
        report: hears how far it is, and may raise to stop it.
    """

    id: str
    spec: BuildSpec
    grounder: Callable[[Database], Grounder]
    folder: Path
    clock: Callable[[], datetime]
    report: Callable[[PagesProgress], None]
    categorizer: Callable[[], LoadedCategorizer | None] = lambda: None

    def carry_out(self, database: Database) -> BuildReport:
        """Every page that is not written yet.

        Raises:
            SourceUnknown: no product is of the source.
            DatabaseError: Neo4j failed; the run can go on later.
            ArtefactCorrupted: a champion is not what was registered.
        """
        check_build(self.spec)  # it may have been queued on another machine
        require_source(database, self.spec.source)
        writer = FactWriter(database)
        kept = KeptPlace(self.folder, _Place)
        place = kept.read() or _start(writer, self.spec)
        grounder, categorizer = self.grounder(database), self.categorizer()
        filter = of_source(self.spec.source)
        pages = walk(
            database,
            filter,
            only_text=self.spec.only_text,
            after=place.after,
            page_items=PAGE_ITEMS,
        )
        for page in pages:
            place = self._built(database, writer, grounder, categorizer, page, place)
            kept.keep(place)
            written = place.facts.get("written", 0)
            self.report(PagesProgress(place.items, self._total(place.before), written))
        kept.forget()
        return BuildReport(
            place.items,
            place.with_facts,
            place.facts,
            place.links,
            place.before,
            writer.coverage(self.spec.source),
            grounder.read_by,
            categorizer.name if categorizer else None,
        )

    def _built(
        self,
        database: Database,
        writer: FactWriter,
        grounder: Grounder,
        categorizer: LoadedCategorizer | None,
        page: list[ExtractionItem],
        place: _Place,
    ) -> _Place:
        categories = list(category_links(categorizer, page, sure=self.spec.accept))
        predicted = {link.item: link.target for link in categories}
        found = grounder.ground([_to_read(item, predicted.get(item.id)) for item in page])
        stated, links, counts, made_for = [], categories, Counter(place.facts), 0
        for item, facts in zip(page, found, strict=True):
            for fact in facts:
                if fact.relation == "MADE_FOR":
                    made_for += fact.links.entity is not None
                elif fact.confidence < self._needed(fact.relation):
                    counts["unsure"] += 1
                elif fact.relation == "HAS_PARAMETER":
                    stated.append(self._stated(item, fact, grounder))
                elif fact.links.entity:
                    links.append(_link(item, fact, fact.relation, fact.links.entity))
        read = [item.id for item in page]
        # Links first: what a model's catalog states outranks what an item's text does.
        end_links(database, read, links, reader=RULES)
        linked = write_links(database, links, run=self.id, now=self.clock())
        done = writer.write(
            stated,
            run=self.id,
            now=self.clock(),
            parameters=grounder.lexicon.parameters,
            read=read,
        )
        counts.update(one.status for one in stated)
        counts.update(
            written=done.written,
            unchanged=done.unchanged,
            outranked=done.outranked,
            rejected=done.rejected,
            stale=done.stale,
            ended=done.ended,
            made_for=made_for,
        )
        return _Place(
            page[-1].id,
            place.items + len(page),
            place.with_facts + sum(map(bool, found)),
            dict(counts),
            dict(Counter(place.links) + Counter(linked)),
            place.before,
        )

    def _total(self, before: Coverage) -> int:
        return before.items_of_text if self.spec.only_text else before.items

    def _needed(self, relation: Literal["HAS_PARAMETER"] | LinkType) -> float:
        match relation:
            case "HAS_PARAMETER":
                return self.spec.propose
            case "INSTANCE_OF":
                return self.spec.link
            case "MADE_BY" | "BELONGS_TO":
                return self.spec.accept
            case _:
                assert_never(relation)

    def _stated(self, item: ExtractionItem, fact: ExtractedFact, grounder: Grounder) -> StatedFact:
        parameter = grounder.lexicon.parameters[fact.parameter]
        return StatedFact(
            item=item.id,
            value=normalise_value(fact.normalized.text, parameter),
            origin=fact.origin,
            status="accepted" if fact.confidence >= self.spec.accept else "proposed",
            confidence=fact.confidence,
            evidence=_evidence(fact),
            model=fact.model,
            quote=fact.value,
        )


def _start(writer: FactWriter, spec: BuildSpec) -> _Place:
    return _Place("", 0, 0, {}, {}, writer.coverage(spec.source))


def _to_read(item: ExtractionItem, predicted: str | None) -> TextToRead:
    fields = fields_of(item.title, item.description)
    return TextToRead(
        fields, brand=item.brand, category=item.category, model=item.model, predicted=predicted
    )


def _link(item: ExtractionItem, fact: ExtractedFact, type: LinkType, target: str) -> EntityLink:
    return EntityLink(item.id, type, target, fact.confidence, _evidence(fact), fact.model)


def _evidence(fact: ExtractedFact) -> str:
    return "" if fact.start is None else f"{fact.field}:{fact.start}-{fact.end}"
