"""A job as its readers see it, with percent, rate and time left."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from app.jobs.records import Job, JobState
from app.services.builds import BUILD
from app.services.fills import FILL
from app.services.training_runs import EMBED, FINETUNE, PRETRAIN
from graph.records import Record

LEARNING = (PRETRAIN, EMBED, FINETUNE)

_WRITING = (BUILD, FILL)
_FEWEST_S = 0.05  # a rate over less time says nothing


class RowCounts(Record, frozen=True):
    """Of the rows read so far; `written` are those that were created or updated."""

    read: int
    written: int
    created: int
    updated: int
    unchanged: int
    duplicates: int
    rejected: int
    closed: int


class ByteCounts(Record, frozen=True):
    read: int
    total: int | None


class JobProblem(Record, frozen=True):
    code: str
    message: str


class Learning(Record, frozen=True):
    """Of a training run, or of vectors that are written."""

    model: str
    recipe: str | None
    done: int
    total: int | None
    per_s: float | None
    loss: float | None
    metrics: dict[str, float]
    artefact: str | None
    skipped: dict[str, str]
    promoted: bool | None
    kept_back: str | None
    note: str | None


class Building(Record, frozen=True):
    """Of a run that reads texts: products, and what became of the facts found in them."""

    items: int
    total: int | None
    facts: dict[str, int]
    links: dict[str, int]
    covered_before: float | None  # share of the products of which something is known
    covered_after: float | None
    categorized_before: float | None  # share of the products that are in a category
    categorized_after: float | None
    model: str | None


class JobLinks(Record, frozen=True, rename={"itself": "self"}):
    """Paths at the API."""

    itself: str
    events: str
    rejects: str


class JobView(Record, frozen=True):
    """Every field is always there. Times are ISO 8601 in UTC."""

    id: str
    kind: str
    state: JobState
    source: str | None
    file: str | None
    mapping: str | None
    mode: str | None
    on_error: str | None
    dry_run: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    phase: str | None
    rows: RowCounts
    bytes: ByteCounts
    learning: Learning | None
    building: Building | None
    percent: float | None
    rows_per_s: float | None
    seconds_left: float | None
    waiting_for: str | None
    closing_skipped: str | None
    cells_skipped: dict[str, int]
    decimals_unsure: dict[str, str]
    reject_codes: dict[str, int]
    error: JobProblem | None
    retry_of: str | None
    cancel_requested: bool
    attempts: int
    links: JobLinks


def view(job: Job, now: datetime) -> JobView:
    counts = {**job.progress, **(job.result or {})}
    rate = _rate(job, counts, now)
    percent = _percent(job, counts)
    return JobView(
        id=job.id,
        kind=job.kind,
        state=job.state,
        source=job.spec.get("source"),
        file=job.spec.get("file"),
        mapping=job.spec.get("mapping_name"),
        mode=job.spec.get("mode"),
        on_error=job.spec.get("on_error"),
        dry_run=job.spec.get("dry_run", False),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        phase=counts.get("phase") if job.state == "running" else None,
        rows=_rows(counts),
        bytes=ByteCounts(read=counts.get("bytes_read", 0), total=counts.get("bytes_total")),
        learning=_learning(job, counts) if job.kind in LEARNING else None,
        building=_building(job, counts) if job.kind in _WRITING else None,
        percent=percent,
        rows_per_s=rate,
        seconds_left=_seconds_left(job, counts, rate),
        waiting_for=counts.get("waiting_for") if job.state == "running" else None,
        closing_skipped=counts.get("closing_skipped"),
        cells_skipped=counts.get("cells_skipped", {}),
        decimals_unsure=counts.get("decimals_unsure", {}),
        reject_codes=counts.get("reject_codes", {}),
        error=msgspec.convert(job.error, JobProblem) if job.error else None,
        retry_of=job.retry_of,
        cancel_requested=job.cancel_requested,
        attempts=job.attempts,
        links=_links(job.id),
    )


def _rows(counts: dict[str, Any]) -> RowCounts:
    def count(name: str) -> int:
        return int(counts.get(name, 0))

    return RowCounts(
        read=count("rows_read"),
        written=count("created") + count("updated"),
        created=count("created"),
        updated=count("updated"),
        unchanged=count("unchanged"),
        duplicates=count("duplicates"),
        rejected=count("rejected"),
        closed=count("closed"),
    )


def _learning(job: Job, counts: dict[str, Any]) -> Learning:
    return Learning(
        model=job.spec["name"],
        recipe=job.spec.get("recipe"),
        done=int(counts.get("done", 0)),
        total=counts.get("total"),
        per_s=counts.get("rate"),
        loss=counts.get("loss"),
        metrics=_values_of(counts.get("metrics", {})),
        artefact=counts.get("artefact"),
        skipped=counts.get("skipped", {}),
        promoted=counts.get("promoted"),
        kept_back=counts.get("kept_back"),
        note=counts.get("note"),
    )


def _values_of(metrics: dict[str, Any]) -> dict[str, float]:
    """Without their intervals, which are with the artefact."""
    return {name: one["value"] if isinstance(one, dict) else one for name, one in metrics.items()}


def _building(job: Job, counts: dict[str, Any]) -> Building:
    found = counts.get("facts", {})
    return Building(
        items=int(counts.get("items", counts.get("rows_read", 0))),
        total=counts.get("total"),
        facts=found if isinstance(found, dict) else {"written": found},
        links=counts.get("links", {}),
        covered_before=_covered(counts.get("before"), "items_with_facts"),
        covered_after=_covered(counts.get("after"), "items_with_facts"),
        categorized_before=_covered(counts.get("before"), "items_with_category"),
        categorized_after=_covered(counts.get("after"), "items_with_category"),
        model=counts.get("model"),
    )


def _covered(coverage: dict[str, Any] | None, counted: str) -> float | None:
    if not coverage or not coverage["items"] or counted not in coverage:
        return None
    return round(float(coverage[counted]) / int(coverage["items"]), 4)


def _percent(job: Job, counts: dict[str, Any]) -> float | None:
    """Of the bytes, or of the phase; a running job is never said to be done."""
    if job.state == "succeeded":
        return 100.0
    read, total = _amounts(job, counts)
    return min(round(100.0 * read / total, 1), 99.9) if total else None


def _rate(job: Job, counts: dict[str, Any], now: datetime) -> float | None:
    """Rows in a second of the present attempt, or of the last one."""
    if job.attempt_at is None or job.state == "queued":
        return None
    until = job.finished_at or job.progress_at or now
    seconds = (until - job.attempt_at).total_seconds()
    rows = int(counts.get("rows_read", 0)) - job.attempt_rows
    return round(rows / seconds, 1) if seconds >= _FEWEST_S and rows > 0 else None


def _seconds_left(job: Job, counts: dict[str, Any], rate: float | None) -> float | None:
    """As long as the rows still to come take, if they are as long as those before."""
    if job.kind in LEARNING:
        left = counts.get("left_s")
        return round(left, 1) if job.state == "running" and left is not None else None
    read, total = _amounts(job, counts)
    if job.state != "running" or rate is None or not read or not total:
        return None
    bytes_per_row = read / max(int(counts.get("rows_read", 0)), 1)
    return round(max(total - read, 0) / bytes_per_row / rate, 1)


def _amounts(job: Job, counts: dict[str, Any]) -> tuple[int, int]:
    if job.kind in LEARNING:
        return int(counts.get("done", 0)), int(counts.get("total") or 0)
    if job.kind in _WRITING:
        return int(counts.get("rows_read", 0)), int(counts.get("total") or 0)
    return int(counts.get("bytes_read", 0)), int(counts.get("bytes_total") or 0)


def _links(id: str) -> JobLinks:
    own = f"/v1/jobs/{id}"
    return JobLinks(itself=own, events=f"{own}/events", rejects=f"{own}/rejects")
