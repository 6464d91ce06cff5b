"""How well questions are answered, measured on a file of them over a graph of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from app.services.asking import Asked, Asking
from app.services.asking_lexicon import load_lexicon
from app.services.asking_queries import compiled
from app.services.asking_results import Found
from app.services.importing import import_files, new_run_id
from app.services.own_server import own_server
from app.services.threads import Threads
from graph.client import AsyncDatabase, Connection, Database
from graph.migrate import migrate
from graph.repositories.answers import Answers
from ml.asking.baseline import keyword_plan
from ml.asking.checks import complaints
from ml.asking.gold import GoldQuestion, is_right, read_questions

if TYPE_CHECKING:
    from ml.asking.lexicon import AskingLexicon
    from ml.evaluation.report import Report

SOURCE = "catalog"
ROWS_MAX = 10_000  # an answer is scored whole
TIMEOUT_S = 60.0  # a busy machine should not make an answer wrong


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with what was answered, and whether that is right."""

    question: GoldQuestion
    asked: Asked
    right: bool
    baseline: bool
    seconds: float


async def evaluate_questions(
    catalog: Sequence[Path],
    mapping: Path,
    questions: Path,
    *,
    part: str | None = None,
    notify: Callable[[str], None] = lambda _: None,
    judged: Callable[[Judged], None] = lambda _: None,
) -> Report:
    """Loads the dumps into an embedded Neo4j that goes away again, and asks.

    Raises:
        QuestionsInvalid: names the line.
        MappingInvalid, ImportFailed: of the dumps.
        ServerError: Neo4j does not start.
    """
    started = time.monotonic()
    gold = [one for one in read_questions(questions) if part in (None, one.part)]
    with TemporaryDirectory(prefix="catalograph-") as folder:
        notify("starting a Neo4j of its own")
        with own_server(Path(folder)) as connection:
            found = await judge_over(
                connection, catalog, mapping, gold, Path(folder), notify=notify, judged=judged
            )
    seconds = time.monotonic() - started
    return report_of(found, [*catalog, mapping, questions], part, seconds)


async def judge_over(
    connection: Connection,
    catalog: Sequence[Path],
    mapping: Path,
    gold: Sequence[GoldQuestion],
    folder: Path,
    *,
    notify: Callable[[str], None] = lambda _: None,
    judged: Callable[[Judged], None] = lambda _: None,
) -> list[Judged]:
    """Loads the dumps into an empty Neo4j, and asks; `folder` is for rejected rows.

    Raises:
        MappingInvalid, ImportFailed: of the dumps.
    """
    with Database(connection) as database:
        migrate(database)
        notify(f"loading {len(catalog)} files")
        _load(database, catalog, mapping, folder)
        lexicon = load_lexicon(database)
    notify(f"asking {len(gold)} questions")
    async with AsyncDatabase(connection) as reading:
        return await judge_all(gold, Answers(reading), lexicon, judged=judged)


async def judge_all(
    gold: Sequence[GoldQuestion],
    answers: Answers,
    lexicon: AskingLexicon,
    *,
    judged: Callable[[Judged], None] = lambda _: None,
) -> list[Judged]:
    """Every question in the order of the file, those of one session after each other."""
    asking = Asking(answers, lambda: lexicon, Threads(1), rows_max=ROWS_MAX, timeout_s=TIMEOUT_S)
    brands = [brand.name for brand in lexicon.brands.values()]
    sessions: dict[str, str | None] = {}
    found: list[Judged] = []
    for one in gold:
        began = time.monotonic()
        session = sessions.get(one.session) if one.session else None
        asked = await asking.ask(one.question, language=one.language, session=session)
        seconds = time.monotonic() - began
        if one.session:
            sessions[one.session] = asked.session
        by_keywords = await _by_keywords(one, answers, lexicon)
        expected = () if one.expected == "refuse" else one.expected
        if one.in_scope:
            right = not asked.refused and is_right(expected, asked.answer, brands)
            base = by_keywords is not None and is_right(expected, by_keywords, brands)
        else:
            right, base = asked.refused, by_keywords is None
        found.append(Judged(one, asked, right, base, seconds))
        judged(found[-1])
    return found


async def _by_keywords(
    question: GoldQuestion, answers: Answers, lexicon: AskingLexicon
) -> tuple[str | float, ...] | None:
    plan = keyword_plan(question.question, lexicon)
    if plan is None or complaints(plan, lexicon):
        return None
    asked = compiled(plan, lexicon, limit=ROWS_MAX)
    rows = await answers.rows(asked.query, timeout_s=TIMEOUT_S)
    return Found.of(plan, asked, rows, lexicon, question.language).answer


def _load(database: Database, files: Sequence[Path], mapping: Path, folder: Path) -> None:
    run = new_run_id(datetime.now(UTC))
    import_files(
        database,
        list(files),
        mapping_file=mapping,
        source=SOURCE,
        run=run,
        clock=lambda: datetime.now(UTC),
        rejects_file=folder / "rejects" / f"{run}.ndjson",
        progress=lambda *_: None,
    )


def report_of(
    found: Sequence[Judged], files: Sequence[Path], part: str | None, seconds: float
) -> Report:
    """Right answers and refusals with their intervals; torch is loaded here, for those."""
    from torch import Generator, tensor

    from ml.evaluation.report import Measured, Report, sha256_of

    metrics: dict[str, Measured] = {}
    baseline: dict[str, float] = {}
    groups = {
        "correct": [one for one in found if one.question.in_scope],
        "refused": [one for one in found if not one.question.in_scope],
        "correct_en": [o for o in found if o.question.in_scope and o.question.language == "en"],
        "correct_zh": [o for o in found if o.question.in_scope and o.question.language == "zh"],
    }
    generator = Generator().manual_seed(0)
    for name, group in groups.items():
        if group:
            metrics[name] = Measured.mean_of(tensor([float(o.right) for o in group]), generator)
            baseline[name] = sum(o.baseline for o in group) / len(group)
    ordered = sorted(one.seconds for one in found)
    median_ms = 1_000 * ordered[len(ordered) // 2] if ordered else 0.0
    return Report(
        task="questions",
        metrics=metrics,
        baselines={"keyword lookup": baseline},
        seconds=seconds,
        config={
            "part": part,
            "questions": len(found),
            "in_scope": len(groups["correct"]),
            "median_ms": round(median_ms, 1),
        },
        data={str(path): sha256_of(path) for path in files},
    )
