"""`catalograph evaluate questions`: right answers, and refusals where there is none."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import note

if TYPE_CHECKING:
    from app.services.question_evaluation import Judged
    from ml.evaluation.report import Report

Catalog = Annotated[
    list[Path], typer.Option(help="Dumps that the questions are about: files, or folders of them.")
]
More = Annotated[
    list[Path] | None, typer.Argument(help="More dumps: `--catalog dumps/*.csv` works.")
]
Mapping = Annotated[Path, typer.Option(help="How a row of the dumps is an item.")]
Questions = Annotated[
    Path,
    typer.Option(
        help="JSON lines: `question`, `language` (en, zh), `expected` (a list of names or "
        'numbers, or "refuse"); those of one `session` follow each other.'
    ),
]
Part = Annotated[str | None, typer.Option(help="Only the lines with this `part`.")]
Wrong = Annotated[bool, typer.Option("--wrong", help="Tell every wrong answer on standard error.")]


def report_on_questions(
    catalog: list[Path], mapping: Path, questions: Path, *, part: str | None, wrong: bool
) -> Report:
    """Runs the evaluation, telling its progress on standard error."""
    from app.services.question_evaluation import evaluate_questions
    from app.services.reference_models import dump_files

    return asyncio.run(
        evaluate_questions(
            dump_files(catalog),
            mapping,
            questions,
            part=part,
            notify=note,
            judged=_tell if wrong else lambda _: None,
        )
    )


def _tell(one: Judged) -> None:
    if not one.right:
        asked = one.asked
        note(
            f"{one.question.question}\n  expected {one.question.expected!r}\n"
            f"  answered {list(asked.answer[:10])!r} of {asked.total}"
            f" ({asked.understood or asked.text})"
        )
