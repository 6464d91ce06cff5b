"""Facts that models state, into the graph and out of it: never over what stands higher."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from graph.client import Database, Row, Transaction
from graph.errors import DraftInvalid, QueryTooLarge
from graph.records import Coverage, FactCounts, ItemKind, Origin, Parameter, StatedFact, Status
from graph.repositories import fact_queries as queries
from graph.repositories import item_queries
from graph.repositories.ending import end_facts, touch
from graph.repositories.item_queries import LABELS
from graph.repositories.item_rows import value_row
from graph.repositories.items import merge_parameters
from graph.repositories.proposal_ids import proposal_id
from graph.repositories.quotes import Evidence, read_evidence
from graph.stating import (
    Settled,
    Standing,
    Turns,
    disagrees,
    model_name,
    settle_stated,
    teaches,
    worth,
)

BATCH_FACTS = 5_000  # larger: a transaction over 2 s
PAGE_ITEMS = 20_000
_DECIMALS = 4  # of a confidence: two runs of one model may differ in the last bits

FactKey = tuple[str, Origin]  # the id of the value, and who states it


@dataclass(slots=True)
class _Said:
    """What a run says of one item, and what is known of the item."""

    id: str
    facts: list[StatedFact]
    is_read: bool = False  # its texts were read as a whole: what they do not say is not there
    kind: ItemKind = "product"
    texts: Mapping[str, str | None] = field(default_factory=dict)
    beside: Mapping[str, list[Standing]] = field(default_factory=dict)  # by parameter
    settled: list[Settled] = field(default_factory=list)

    @property
    def request(self) -> Row:
        places = (read_evidence(fact.evidence) for fact in self.facts)
        return {
            "id": self.id,
            "parameters": list({fact.value.parameter for fact in self.facts}),
            "fields": list({place.field for place in places if place}),
            "read": self.is_read,
        }

    @property
    def stored(self) -> list[tuple[StatedFact, Status]]:
        pairs = zip(self.facts, self.settled, strict=True)
        return [(fact, one.status) for fact, one in pairs if one.status is not None]


class FactWriter:
    """Writes what models state of stored items; not to be shared between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(
        self,
        facts: Sequence[StatedFact],
        *,
        run: str,
        now: datetime,
        parameters: Mapping[str, Parameter],
        read: Collection[str] = (),
    ) -> FactCounts:
        """Store what may be stored, and say what became of each; repeating it changes nothing.

        All that a model says of one parameter of an item belongs into one call: what another run of
        it said there and it does not say again has ended. Batches are transactions, whole items
        each.

        Args:
            read: ids of items whose texts were read as a whole: whatever was read of them before
                is as sure as it is now, and has ended where it is not among the facts.

        Raises:
            DraftInvalid: a fact that no model can state, or whose parameter is another one by now.
        """
        for fact in facts:
            _refuse(fact, parameters)
        items = {id: _Said(id, [], is_read=True) for id in read}
        for fact in {(one.item, one.value.id, one.origin): one for one in facts}.values():
            items.setdefault(fact.item, _Said(fact.item, [])).facts.append(_rounded(fact))
        counts: Counter[str] = Counter()
        unknown: list[str] = []
        for batch in _batches(items.values()):
            known = self._write(batch, run, now, parameters)
            for said in known:
                counts.update(one.outcome for one in said.settled)
                counts.update(ended=len(_unsaid(said)))
            unknown += sorted({said.id for said in batch} - {said.id for said in known})
        return FactCounts(**counts, unknown=tuple(unknown))

    def retract(self, *, run: str | None, model: str | None) -> int:
        """End the facts of a run, of a model (NAME@VERSION), or of a run of a model.

        What a catalog or a person says stays; what a correction has set aside is not back with it
        taken back. Returns how many there were.
        """
        if run is None and model is None:
            raise DraftInvalid(field="run", value="", reason="name a run or a model to retract")
        of = {
            "model": "IS NOT NULL" if model is None else "= $model",
            "run": "IS NOT NULL" if run is None else "= $run",
        }
        query, aside = queries.RETRACTED.format(**of), queries.RETRACTED_ASIDE.format(**of)
        ended = f"retract:{run or model}"
        asked = {"run": run, "model": model, "limit": BATCH_FACTS, "ended": ended}

        def work(tx: Transaction) -> tuple[int, int]:
            rows = tx.run(query, asked)
            for kind in LABELS:
                end_facts(tx, kind, [row for row in rows if row["kind"] == kind], ended)
            (set_aside,) = tx.run(aside, asked)
            return sum(len(row["facts"]) for row in rows), set_aside["facts"]

        retracted = 0
        while any(counts := self._database.transact(work)):
            retracted += counts[0]
        return retracted

    def coverage(self, source: str | None) -> Coverage:
        """How much is known of the open products of a source, or of all."""
        query = queries.COVERAGE.format(
            and_source="" if source is None else "AND n.source = $source",
            # The source is constant, but without it the planner does not see its index's order.
            in_order="n.id" if source is None else "n.source, n.id",
            of_text=queries.OF_TEXT,
        )
        items = with_facts = with_category = of_text = 0
        facts: dict[Origin, dict[Status, int]] = {}
        after: str | None = ""
        while after is not None:
            (row,) = self._database.read(query, source=source, after=after, limit=PAGE_ITEMS)
            items += row["open"]
            with_facts += row["with_facts"]
            with_category += row["with_category"]
            of_text += row["of_text"]
            for origin, status, count in row["facts"]:
                by_status = facts.setdefault(origin, {})
                by_status[status] = by_status.get(status, 0) + count
            after = row["last"]
        return Coverage(
            items=items,
            items_with_facts=with_facts,
            facts=facts,
            items_with_category=with_category,
            items_of_text=of_text,
        )

    def _write(
        self, batch: list[_Said], run: str, now: datetime, parameters: Mapping[str, Parameter]
    ) -> list[_Said]:
        """The items of the batch that are stored, with what became of their facts."""
        try:
            return self._database.transact(lambda tx: _store(tx, batch, run, now, parameters))
        except QueryTooLarge:
            if len(batch) == 1:
                raise
            middle = len(batch) // 2
            return [
                said
                for half in (batch[:middle], batch[middle:])
                for said in self._write(half, run, now, parameters)
            ]


def _refuse(fact: StatedFact, parameters: Mapping[str, Parameter]) -> None:
    if fact.origin not in ("extracted", "predicted"):
        reason = f"a {fact.origin} fact is not a model's; import it, or decide about a proposal"
        raise DraftInvalid(field="origin", value=fact.origin, reason=reason)
    if fact.status == "rejected":
        reason = "only a person rejects; leave out what the model does not say"
        raise DraftInvalid(field="status", value=fact.status, reason=reason)
    if not (math.isfinite(fact.confidence) and 0 <= fact.confidence <= 1):
        reason = f"{fact.confidence} is no confidence; it lies between 0 and 1"
        raise DraftInvalid(field="confidence", value=str(fact.confidence), reason=reason)
    if fact.value.parameter not in parameters:
        reason = f"no parameter {fact.value.parameter!r} was declared"
        raise DraftInvalid(field="value", value=fact.value.id, reason=reason)


def _rounded(fact: StatedFact) -> StatedFact:
    confidence = round(fact.confidence, _DECIMALS)
    return fact if confidence == fact.confidence else replace(fact, confidence=confidence)


def _batches(items: Iterable[_Said]) -> Iterator[list[_Said]]:
    """Whole items in the order of their ids, which is the order of the locks."""
    batch: list[_Said] = []
    facts = 0
    for said in sorted(items, key=lambda said: said.id):
        if batch and facts + len(said.facts) > BATCH_FACTS:
            yield batch
            batch, facts = [], 0
        batch.append(said)
        facts += len(said.facts)
    if batch:
        yield batch


def _store(
    tx: Transaction,
    batch: list[_Said],
    run: str,
    now: datetime,
    parameters: Mapping[str, Parameter],
) -> list[_Said]:
    rows = [said.request for said in batch]
    tx.run(queries.LOCK, rows=[{"id": said.id} for said in batch])
    known = _with_standings(batch, tx.run(queries.STANDING, rows=rows))
    for said in known:
        said.settled = [_settled(said, fact) for fact in said.facts]
    _merge_values(tx, [said for said in known if said.stored], parameters)
    for kind in LABELS:
        _store_kind(tx, kind, [said for said in known if said.kind == kind], run, now)
    return known


def _with_standings(batch: list[_Said], rows: Iterable[Row]) -> list[_Said]:
    by_id = {said.id: said for said in batch}
    known = []
    for row in rows:
        said = by_id[row["id"]]
        said.kind, said.texts = row["kind"], row
        beside: dict[str, list[Standing]] = {}
        for *columns, model, inherited in (*row["own"], *row["inherited"]):
            parts = [*columns, model or None, inherited]
            one = Standing(*parts)
            beside.setdefault(one.parameter, []).append(one)
        said.beside = beside
        known.append(said)
    return known


def _settled(said: _Said, fact: StatedFact) -> Settled:
    place = read_evidence(fact.evidence)
    if place is not None:
        quote = _quote(said, place)
        if not quote or (fact.quote is not None and quote != fact.quote):
            return Settled("stale")
    again = said.is_read and fact.origin == "extracted"
    return settle_stated(fact, said.beside.get(fact.value.parameter, ()), again=again)


def _quote(said: _Said, place: Evidence) -> str | None:
    """What stands there, whole; None where the text is shorter."""
    text = said.texts[place.field] or ""
    return text[place.start : place.end] if place.end <= len(text) else None


def _merge_values(
    tx: Transaction, known: Sequence[_Said], parameters: Mapping[str, Parameter]
) -> None:
    values = {fact.value.id: fact.value for said in known for fact, _ in said.stored}
    if not values:
        return
    merge_parameters(tx, [parameters[id] for id in {one.parameter for one in values.values()}])
    tx.run(item_queries.MERGE_VALUES, rows=[value_row(values[id]) for id in sorted(values)])


def _store_kind(
    tx: Transaction, kind: ItemKind, known: Sequence[_Said], run: str, now: datetime
) -> None:
    keys = _review_keys(known)
    fresh, changed, ended = [], [], []
    for said in known:
        there = {(one.value, one.origin): one.status for one in _own(said)}
        rows = [_fact_row(said, fact, status, run, keys) for fact, status in said.stored]
        kept = [row for row in rows if there.get(_key(row)) == row["properties"]["status"]]
        new = [row for row in rows if row not in kept]
        fresh.append({"id": said.id, "facts": new})
        changed.append({"id": said.id, "facts": kept})
        # What counts from now on, or no longer does, is another fact: history tells both.
        past = [*_unsaid(said), *(_key(row) for row in new if _key(row) in there)]
        facts = [{"value": value, "origin": origin} for value, origin in past]
        ended.append({"id": said.id, "facts": facts})
    label, touched = LABELS[kind], set[str]()
    for query, found in ((queries.END, ended), (queries.STATE, fresh), (queries.RESTATE, changed)):
        if rows := [row for row in found if row["facts"]]:
            tx.run(query.format(label=label), rows=rows, run=run, now=now)
            touched |= {str(row["id"]) for row in rows}
    touch(tx, kind, sorted(touched))


def _key(row: Row) -> FactKey:
    return row["value"], row["origin"]


def _own(said: _Said) -> Iterator[Standing]:
    return (one for group in said.beside.values() for one in group if not one.inherited)


def _unsaid(said: _Said) -> list[FactKey]:
    """What a model said before of what it speaks of now, and does not say again.

    Nor what it says again, where somebody of a higher origin says so by now.
    """
    again = zip(said.facts, said.settled, strict=True)
    stated = {(fact.value.id, fact.origin) for fact, one in again if not one.ends}
    speaks = {(f.value.parameter, f.origin, model_name(f.model)) for f in said.facts}
    return [
        (one.value, one.origin)
        for one in _own(said)
        if ((one.parameter, one.origin, model_name(one.model)) in speaks or _was_read(said, one))
        and (one.value, one.origin) not in stated
    ]


def _was_read(said: _Said, one: Standing) -> bool:
    return said.is_read and one.origin == "extracted"


def _review_keys(known: Sequence[_Said]) -> dict[tuple[str, str, Origin], float]:
    """`teaches` of every fact that will be proposed, by item, value and origin."""
    proposed = []
    for said in known:
        for fact, status in said.stored:
            if status == "proposed":
                beside = said.beside.get(fact.value.parameter, ())
                disagreement = disagrees(fact.value.id, beside)
                proposed.append((-worth(fact.confidence, disagreement=disagreement), fact))
    turns = Turns()
    proposed.sort(key=lambda one: (one[0], one[1].item, one[1].value.id))
    return {
        (fact.item, fact.value.id, fact.origin): teaches(
            -negative, turns.next(fact.item, fact.value.parameter)
        )
        for negative, fact in proposed
    }


def _fact_row(
    said: _Said,
    fact: StatedFact,
    status: Status,
    run: str,
    keys: Mapping[tuple[str, str, Origin], float],
) -> Row:
    place = read_evidence(fact.evidence)
    teaching = keys.get((said.id, fact.value.id, fact.origin))
    return {
        "value": fact.value.id,
        "origin": fact.origin,
        "properties": {
            "status": status,
            "confidence": fact.confidence,
            "evidence": fact.evidence or None,
            "quote": _quote(said, place) if place else None,
            "model": fact.model or "",
            "run": run,
            "teaches": teaching,
            "proposal": None
            if teaching is None
            else proposal_id(said.kind, said.id, fact.value.id),
        },
    }
