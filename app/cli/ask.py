"""`catalograph ask`: questions over the graph, in Chinese or English."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.output import Json, note, out, print_json, print_table
from app.cli.session import open_database
from app.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.services.asking import Asked

SHOWN = 20
ACROSS = 8  # columns that a terminal has room for


def ask(
    question: Annotated[
        list[str],
        typer.Argument(metavar="QUESTION...", help="Each follows the one before it."),
    ],
    language: Annotated[
        Literal["en", "zh"] | None,
        typer.Option(help="Of the answer; default: that of the question."),
    ] = None,
    cypher: Annotated[bool, typer.Option("--cypher", help="Show the query as well.")] = False,
    json: Json = False,
) -> None:
    """Ask the graph; nothing is stored. A question it cannot answer is refused, with examples."""
    answers = _answers(question, language)
    for answer in answers:
        if json:
            print_json(answer)
        else:
            print_answer(answer, cypher=cypher)


def _answers(questions: Sequence[str], language: Literal["en", "zh"] | None) -> list[Asked]:
    from app.services.asking_lexicon import load_lexicon
    from app.wiring import ask_all

    settings = load_settings()
    with open_database(settings) as database:
        lexicon = load_lexicon(database)
    return asyncio.run(ask_all(settings, lexicon, questions, language=language))


def print_answer(answer: Asked, *, cypher: bool) -> None:
    out.print(answer.text, highlight=False, markup=False, soft_wrap=True)
    if answer.refused:
        suggested = (one.question for one in answer.suggestions if one.question)
        for example in (*suggested, *answer.can_ask):
            note(f"  {example}")
        return
    note(f"({answer.understood}; confidence {answer.confidence:.2f})")
    if len(answer.rows) > 1:
        rows = answer.rows[:SHOWN]
        columns = list(dict.fromkeys(name for row in rows for name in row if name != "id"))
        if len(columns) > max(len(rows), ACROSS):  # two phones side by side, a line for each fact
            [first, *facts] = columns
            across = [str(row.get(first)) for row in rows]
            print_table(
                "", ["", *across], [[one, *(row.get(one) for row in rows)] for one in facts]
            )
        else:
            print_table("", columns, [[row.get(name) for name in columns] for row in rows])
    if cypher and answer.cypher:
        out.print(answer.cypher, highlight=False, markup=False, soft_wrap=True)
        out.print(str(answer.parameters), highlight=False, markup=False, soft_wrap=True)
