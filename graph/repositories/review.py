"""Proposed facts for a person to look at, and what the person decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from graph.client import AsyncDatabase, Database, Row, Transaction
from graph.errors import DraftInvalid, ProposalStale, ProposalUnknown
from graph.records import (
    DecidedFact,
    Decision,
    FactLabel,
    ItemKind,
    OtherStatement,
    ProposedFact,
    Value,
)
from graph.repositories import item_queries
from graph.repositories import review_queries as queries
from graph.repositories.ending import end_facts, follow_evidence
from graph.repositories.extraction_items import COLUMNS, extraction_item
from graph.repositories.item_queries import LABELS
from graph.repositories.item_rows import value_row
from graph.repositories.proposal_ids import proposal_id, read_proposal_id

F = TypeVar("F", ProposedFact, DecidedFact)
K = TypeVar("K", float, str)
Cursor = tuple[float, str]  # `teaches` and id of a proposal
Time = tuple[str, str]  # when it was decided, ISO 8601, and id of the proposal

# A filter may let nothing pass: a page looks at so many proposals at most, and says where to go on.
WINDOW_FACTS = 5_000
PAGE_LABELS = 1_000

_FIRST: Cursor = (1e9, "")
_BEGINNING = ("0001-01-01T00:00:00Z", "")
_NEWEST: Time = ("9999-12-31T23:59:59Z", "")


@dataclass(frozen=True, slots=True)
class ReviewPage(Generic[F, K]):
    """Some facts in the order of their list; `next` is where the following page begins."""

    facts: tuple[F, ...]
    next: tuple[K, str] | None


ProposalPage = ReviewPage[ProposedFact, float]
DecidedPage = ReviewPage[DecidedFact, str]


class Review:
    """Reads what waits for review, and what was decided."""

    def __init__(self, database: AsyncDatabase, *, window_facts: int = WINDOW_FACTS) -> None:
        self._database = database
        self._window_facts = window_facts

    async def proposals(
        self,
        *,
        limit: int,
        after: Cursor | None,
        parameter: str | None = None,
        source: str | None = None,
    ) -> ProposalPage:
        """At most `limit` proposals about open items: first what would teach most.

        By `teaches`, which was noted when the fact was proposed, then by id, both descending. A
        page may be short and yet have a next one.
        """
        teaches, proposal = after or _FIRST
        asked = {"teaches": teaches, "proposal": proposal}
        chosen = {"parameter": parameter, "source": source}
        listed = (queries.PROPOSALS, queries.END_OF_WINDOW)
        rows, last = await self._page(*listed, asked, chosen, limit)
        return ReviewPage(
            tuple(_proposed(row) for row in rows),
            (last["teaches"], last["proposal"]) if last else None,
        )

    async def decided(
        self,
        *,
        limit: int,
        after: Time | None,
        parameter: str | None = None,
        source: str | None = None,
    ) -> DecidedPage:
        """At most `limit` decisions that stand, the newest first; a page may be short as well."""
        at, proposal = after or _NEWEST
        asked = {"at": at, "proposal": proposal}
        chosen = {"parameter": parameter, "source": source}
        listed = (queries.DECIDED, queries.END_OF_DECIDED)
        rows, last = await self._page(*listed, asked, chosen, limit)
        return ReviewPage(
            tuple(_decided(row["proposal"], row) for row in rows),
            (last["at"], last["proposal"]) if last else None,
        )

    async def _page(
        self, query: str, end: str, asked: Row, chosen: Row, limit: int
    ) -> tuple[list[Row], Row | None]:
        """Rows of a page, and the one behind which the next begins, if any."""
        window = {"window": self._window_facts, "limit": limit + 1}
        rows = await self._database.read(query, {**asked, **chosen, **window})
        if len(rows) > limit:
            return rows[:limit], rows[limit - 1]
        ends = await self._database.read(end, {**asked, "last": self._window_facts - 1})
        return rows, ends[0] if ends else None

    async def one(self, id: str) -> ProposedFact | None:
        """None: nothing of this id waits for review, now or ever."""
        try:
            kind, item, value = read_proposal_id(id)
        except ProposalUnknown:
            return None
        query = queries.PROPOSAL.format(label=LABELS[kind])
        rows = await self._database.read(query, {"item": item, "value": value})
        return _proposed(rows[0]) if rows else None


def decide(
    database: Database,
    id: str,
    decision: Decision,
    value: Value | None,
    by: str,
    now: datetime,
    *,
    again: bool = False,
) -> DecidedFact:
    """Make a reviewed fact of a proposal, in one transaction; repeating it changes nothing.

    `accepted`: the fact counts above every other. `rejected`: it is not so, and no run proposes it
    again. `corrected`: it is not so, and `value`, of the same parameter, is.

    Args:
        again: take back what was decided otherwise, as if it had never been, and decide this.

    Raises:
        ProposalUnknown: nothing was ever proposed under this id.
        ProposalStale: it is no longer proposed, or was decided otherwise and not to be `again`.
        DraftInvalid: a value that does not belong to the decision or the parameter.
    """
    kind, item, proposed = read_proposal_id(id)
    if (value is not None) != (decision == "corrected"):
        reason = "send the right value with `corrected`, and with nothing else"
        raise DraftInvalid(field="value", value=value.text if value else "", reason=reason)
    if value is not None and value.id == proposed:
        decision, value = "accepted", None
    asked = _Asked(id, kind, item, proposed, decision, value, by, now, again)
    return database.transact(lambda tx: _decide(tx, asked))


def decisions(database: Database, *, after: datetime | None = None) -> Iterator[FactLabel]:
    """What persons have decided since `after`, the oldest first: examples to learn from."""
    query = queries.DECISIONS.replace("{item}", COLUMNS)
    at, proposal = (after.astimezone(UTC).isoformat(), "\U0010ffff") if after else _BEGINNING
    while rows := database.read(query, at=at, proposal=proposal, limit=PAGE_LABELS):
        for row in rows:
            yield _label(row)
        at, proposal = rows[-1]["at"], rows[-1]["proposal"]


@dataclass(frozen=True, slots=True)
class _Asked:
    id: str
    kind: ItemKind
    item: str
    proposed: str
    decision: Decision
    value: Value | None
    by: str
    now: datetime
    again: bool

    @property
    def run(self) -> str:
        return f"review:{self.by}"

    @property
    def decided(self) -> tuple[Decision, str | None]:
        return self.decision, self.value.id if self.value else None


def _decide(tx: Transaction, asked: _Asked) -> DecidedFact:
    found = tx.run(queries.LOCK.format(label=LABELS[asked.kind]), item=asked.item)
    if not found:
        raise ProposalUnknown(id=asked.id, item=asked.item)
    said = _run(tx, queries.SAID, asked, asked.proposed)
    before = said[0] if said and said[0]["origin"] == "reviewed" else None
    if before and (not asked.again or _is_same(asked, before)):
        return _decided_before(asked, before)
    if not said or found[0]["closed"]:
        why = "its text or its model says otherwise by now"
        if found[0]["closed"]:
            why = f"no source lists {asked.item} any more"
        reason = f"is no longer proposed: {why}"
        raise ProposalStale(id=asked.id, value=asked.proposed, reason=reason)
    _check_parameter(asked, said[0]["parameter"])
    if before:
        _take_back(tx, asked, before["corrected_to"])
    _write(tx, asked, said)
    decided = {"decision": asked.decision, "corrected_to": asked.decided[1], "by": asked.by}
    (stored,) = _run(tx, queries.SAID, asked, asked.proposed)
    return _decided(asked.id, {**stored, **decided})


def _is_same(asked: _Asked, before: Row) -> bool:
    return (before["decision"], before["corrected_to"]) == asked.decided


def _decided_before(asked: _Asked, before: Row) -> DecidedFact:
    """The same answer twice is one; another one would undo what somebody has decided."""
    if _is_same(asked, before):
        return _decided(asked.id, before)
    decision = before["decision"] or before["status"]
    reason = f"is {decision} already, by {before['by'] or 'somebody'}"
    remedy = 'decide with `again` to replace that (`"again": true`, or `--again`)'
    raise ProposalStale(id=asked.id, value=asked.proposed, reason=reason, remedy=remedy)


def _take_back(tx: Transaction, asked: _Asked, corrected_to: str | None) -> None:
    """The decision becomes history where it counted, and what a correction set aside is back."""
    fact = {"value": asked.proposed, "origin": "reviewed"}
    end_facts(tx, asked.kind, [{"id": asked.item, "facts": [fact]}], asked.run, asked.now)
    if corrected_to is not None:
        _run(tx, queries.TAKE_BACK, asked, corrected_to)
        follow_evidence(tx, asked.kind, [asked.item], asked.run, asked.now)


def _check_parameter(asked: _Asked, parameter: str) -> None:
    if asked.value is not None and asked.value.parameter != parameter:
        reason = f"{asked.value.id} is a value of another parameter than {parameter}"
        raise DraftInvalid(field="value", value=asked.value.text, reason=reason)


def _write(tx: Transaction, asked: _Asked, said: Sequence[Row]) -> None:
    best = said[0]
    accepted = asked.decision == "accepted"
    source = {
        "run": asked.run,
        "model": best["model"],
        "decided_by": asked.by,
        "decision": asked.decision,
        "corrected_to": asked.decided[1],
    }
    read = {"evidence": best["evidence"], "quote": best["quote"]}
    _state(
        tx,
        asked,
        asked.proposed,
        {
            **source,
            **read,
            "status": "accepted" if accepted else "rejected",
            "proposed_with": best["confidence"],
        },
    )
    if asked.value is not None and not _says_already(tx, asked, asked.value.id):
        tx.run(item_queries.MERGE_VALUES, rows=[value_row(asked.value)])
        _run(tx, queries.SET_ASIDE, asked, asked.value.id)
        corrected = {"status": "accepted", "decision": "accepted"}
        _state(tx, asked, asked.value.id, {**source, **corrected, "corrected_to": None})
    facts = [{"value": asked.proposed, "origin": o} for o in ("extracted", "predicted")]
    end_facts(tx, asked.kind, [{"id": asked.item, "facts": facts}], asked.run, asked.now)


def _says_already(tx: Transaction, asked: _Asked, value: str) -> bool:
    """Whether a person has said it before: that decision stays as it is."""
    said = _run(tx, queries.SAID, asked, value)
    return bool(said) and (said[0]["origin"], said[0]["status"]) == ("reviewed", "accepted")


def _state(tx: Transaction, asked: _Asked, value: str, properties: Row) -> None:
    proposal = proposal_id(asked.kind, asked.item, value)
    _run(tx, queries.DECIDE, asked, value, properties={**properties, "proposal": proposal})


def _run(tx: Transaction, query: str, asked: _Asked, value: str, **more: Row) -> list[Row]:
    given = {"item": asked.item, "value": value, "run": asked.run, "now": asked.now}
    return tx.run(query.format(label=LABELS[asked.kind]), {**given, **more})


def _decided(id: str, row: Row) -> DecidedFact:
    kind, item, value = read_proposal_id(id)
    return DecidedFact(
        id=id,
        kind=kind,
        item=item,
        title=row["title"],
        parameter=row["parameter"],
        value=value,
        decision=row["decision"],
        corrected_to=row["corrected_to"],
        by=row["by"],
        at=row["at"],
    )


def _proposed(row: Row) -> ProposedFact:
    others = sorted((OtherStatement(*said) for said in row["others"]), key=_standing)
    columns = [*row["fact"], tuple(others)]
    return ProposedFact(*columns)


def _standing(said: OtherStatement) -> tuple[Any, ...]:
    ranks = ("reviewed", "catalog", "extracted", "predicted")
    speaker = (said.source or "", said.model or "", said.value)
    return said.status != "accepted", said.inherited, ranks.index(said.origin), *speaker


def _label(row: Row) -> FactLabel:
    value = Value(row["value"], row["parameter"], row["text"], row["number"], row["unit"])
    return FactLabel(
        item=extraction_item(row),
        value=value,
        decision=row["decision"],
        evidence=row["evidence"],
        model=row["model"],
        confidence=row["confidence"],
        by=row["by"],
        at=row["at"],
    )
