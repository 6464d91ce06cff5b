"""`catalograph review`: list proposed facts, accept, reject and correct them."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import Json, note, out, print_json
from app.settings import load_settings

if TYPE_CHECKING:
    from graph.records import DecidedFact, Decision, ProposedFact

cli = typer.Typer(
    help="Proposed facts: list, accept, reject, correct.",
    no_args_is_help=True,
)

Id = Annotated[str, typer.Argument(help="As `catalograph review ls` shows it.")]
By = Annotated[str | None, typer.Option(help="Who decides; your user name, if left out.")]


@cli.command()
def ls(
    parameter: Annotated[str | None, typer.Option(help="Only of this parameter, by id.")] = None,
    source: Annotated[str | None, typer.Option(help="Only of products of this source.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Most facts.")] = 20,
    json: Json = False,
) -> None:
    """List what an answer would teach most."""
    import asyncio

    from app.wiring import read_proposals

    asked = read_proposals(load_settings(), limit=limit, parameter=parameter, source=source)
    facts, notice = asyncio.run(asked)
    if notice:
        note(notice)
    if json:
        print_json(facts)
        return
    for fact in facts:
        # Not a table: an id must stay in one piece to be copied.
        out.print(_shown(fact), highlight=False, soft_wrap=True, markup=False)
    out.print(f"{len(facts):,} shown" if facts else "Nothing waits for review.", highlight=False)


@cli.command()
def accept(id: Id, by: By = None, json: Json = False) -> None:
    """It is so: the fact counts above all others."""
    _report(_decide(id, "accepted", None, by), json=json)


@cli.command()
def reject(id: Id, by: By = None, json: Json = False) -> None:
    """It is not so, and is not proposed again."""
    _report(_decide(id, "rejected", None, by), json=json)


@cli.command()
def correct(
    id: Id,
    value: Annotated[str, typer.Argument(help="The right value, such as '6.7 in'.")],
    by: By = None,
    json: Json = False,
) -> None:
    """It is something else."""
    _report(_decide(id, "corrected", value, by), json=json)


def _decide(id: str, decision: Decision, value: str | None, by: str | None) -> DecidedFact:
    from app.cli.session import open_database
    from app.services.reviewing import corrected_value
    from graph.repositories import review
    from graph.repositories.vocabulary import known_parameters

    with open_database() as database:
        right = None if value is None else corrected_value(id, value, known_parameters(database))
        who = by or getpass.getuser()
        return review.decide(database, id, decision, right, who, datetime.now(UTC))


def _shown(fact: ProposedFact) -> str:
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
    instead = f"; it is {decided.corrected_to}" if decided.corrected_to else ""
    out.print(
        f"{decided.value} of {decided.item} is {decided.decision}{instead}.",
        highlight=False,
        soft_wrap=True,
    )
