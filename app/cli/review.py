"""`catalograph review`: list proposed and decided facts, accept, reject and correct them."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import Json, note, out, print_json
from app.settings import load_settings
from graph.records import DecidedFact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.records import Decision, ProposedFact

cli = typer.Typer(
    help="Proposed facts: list, accept, reject, correct.",
    no_args_is_help=True,
)

Id = Annotated[str, typer.Argument(help="As `catalograph review ls` shows it.")]
By = Annotated[str | None, typer.Option(help="Who decides; your user name, if left out.")]
Again = Annotated[bool, typer.Option("--again", help="Replace what was decided about it before.")]


@cli.command()
def ls(
    parameter: Annotated[str | None, typer.Option(help="Only of this parameter, by id.")] = None,
    source: Annotated[str | None, typer.Option(help="Only of products of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Most facts.")] = 20,
    decided: Annotated[
        bool, typer.Option("--decided", help="What was decided, the newest first.")
    ] = False,
    json: Json = False,
) -> None:
    """List what an answer would teach most, or what was decided."""
    import asyncio

    from app.wiring import read_review
    from graph.repositories.review import Review

    settings, chosen = load_settings(), {"parameter": parameter, "source": source}
    facts: Sequence[ProposedFact | DecidedFact]
    if decided:
        facts, notice = asyncio.run(read_review(settings, Review.decided, limit=limit, **chosen))
    else:
        facts, notice = asyncio.run(read_review(settings, Review.proposals, limit=limit, **chosen))
    if notice:
        note(notice)
    if json:
        print_json(facts)
        return
    for fact in facts:
        # Not a table: an id must stay in one piece to be copied.
        out.print(_shown(fact), highlight=False, soft_wrap=True, markup=False)
    none = "Nothing was decided." if decided else "Nothing waits for review."
    out.print(f"{len(facts):,} shown" if facts else none, highlight=False)


@cli.command()
def accept(id: Id, by: By = None, again: Again = False, json: Json = False) -> None:
    """It is so: the fact counts above all others."""
    _report(_decide(id, "accepted", None, by, again=again), json=json)


@cli.command()
def reject(id: Id, by: By = None, again: Again = False, json: Json = False) -> None:
    """It is not so, and is not proposed again."""
    _report(_decide(id, "rejected", None, by, again=again), json=json)


@cli.command()
def correct(
    id: Id,
    value: Annotated[str, typer.Argument(help="The right value, such as '6.7 in'.")],
    by: By = None,
    again: Again = False,
    json: Json = False,
) -> None:
    """It is something else."""
    _report(_decide(id, "corrected", value, by, again=again), json=json)


def _decide(
    id: str, decision: Decision, value: str | None, by: str | None, *, again: bool
) -> DecidedFact:
    from app.cli.session import open_database
    from app.services.reviewing import corrected_value
    from graph.repositories import review
    from graph.repositories.vocabulary import known_parameters

    with open_database() as database:
        right = None if value is None else corrected_value(id, value, known_parameters(database))
        who = by or getpass.getuser()
        now = datetime.now(UTC)
        return review.decide(database, id, decision, right, who, now, again=again)


def _shown(fact: ProposedFact | DecidedFact) -> str:
    if isinstance(fact, DecidedFact):
        return f"{fact.id}\n  {fact.title}\n  {_said(fact)}, by {fact.by} at {fact.at}"
    quote = f', from "{fact.quote}"' if fact.quote else ""
    others = "; ".join(f"{one.text} ({one.origin}, {one.status})" for one in fact.others)
    return (
        f"{fact.id}\n  {fact.title}\n"
        f"  {fact.name}: {fact.text} ({fact.confidence:.2f}, {fact.model or fact.origin}{quote})"
        + (f"\n  others say: {others}" if others else "")
    )


def _report(decided: DecidedFact, *, json: bool) -> None:
    if json:
        print_json(decided)
        return
    out.print(f"{_said(decided)}.", highlight=False, soft_wrap=True)


def _said(decided: DecidedFact) -> str:
    instead = f"; it is {decided.corrected_to}" if decided.corrected_to else ""
    return f"{decided.value} of {decided.item} is {decided.decision}{instead}"
