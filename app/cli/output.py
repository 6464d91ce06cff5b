"""What commands print: tables for people, JSON for programs, errors for both."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from app.cli.progress_lines import ProgressLines

if TYPE_CHECKING:
    from app.services.places import PagesProgress

Json = Annotated[
    bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")
]

# Exit codes, as `catalograph --help` lists them.
FAILED, USAGE, NO_DATABASE, WITH_REJECTS, INTERRUPTED = 1, 2, 3, 4, 130

# A pipe has no edge: a line that is cut in two can be neither searched nor copied.
_PIPED = (10_000, 25)

out = Console(width=None if sys.stdout.isatty() else shutil.get_terminal_size(_PIPED).columns)
# Progress and errors never mix with the data on standard output.
err = Console(stderr=True)


def print_json(value: object) -> None:
    sys.stdout.write(msgspec.json.encode(value, enc_hook=str).decode() + "\n")


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], *, to: Console = out
) -> None:
    table = Table(
        title=escape(title) or None, title_justify="left", title_style="bold", highlight=True
    )
    for column in columns:
        table.add_column(escape(column), overflow="fold")
    for row in rows:
        table.add_row(*(escape(shown(cell)) for cell in row))
    to.print(table)


def unsure_cells(cells: Mapping[str, str]) -> str:
    """Cells whose sign may be read two ways, by parameter, and what decides."""
    shown = ", ".join(f"{name} {cell!r}" for name, cell in sorted(cells.items()))
    return f"{shown}: thousands or decimals? `decimal` in the mapping says it"


def print_fields(title: str, fields: Mapping[str, object]) -> None:
    table = Table(title=escape(title), title_justify="left", title_style="bold", show_header=False)
    for name, value in fields.items():
        table.add_row(escape(name), escape(shown(value)))
    out.print(table)


def shown(cell: object) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:g}"
        case str():
            return cell
        case dict() | list() | tuple():
            return msgspec.json.encode(cell, enc_hook=str).decode()
        case _:
            return str(cell)


def fail(message: str, *, code: str, exit_code: int, as_json: bool) -> NoReturn:
    if as_json:
        print_json({"error": {"code": code, "message": message}})
    else:
        err.print(f"[bold red]error[/] {escape(message)}", highlight=False, soft_wrap=True)
    raise SystemExit(exit_code)


def write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing: whoever reads `path` meanwhile has what was there before."""
    path = path.resolve()  # a link stays one
    if path.exists() and not path.is_file():  # a pipe or a device, which is no file to replace
        path.write_bytes(content)
        return
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def end_of_rows(rows: int, rejected: int) -> None:
    """Ends the command where rows were rejected; where it was all of them, as a failure."""
    if rejected:
        if rejected == rows:
            note("All rows were rejected; each line of the output has its reason.")
        raise SystemExit(FAILED if rejected == rows else WITH_REJECTS)


def queued(job: str, *, as_json: bool) -> None:
    """Says which job a worker is left with; its id alone stands on standard output."""
    if as_json:
        print_json({"job": job})
        return
    out.print(job, highlight=False, soft_wrap=True)
    err.print(f"Queued; `catalograph jobs watch {job}` follows it.", highlight=False)


def note(text: str) -> None:
    """Tells a person what is going on: a line as it is, beside the data on standard output."""
    err.print(text, highlight=False, markup=False, soft_wrap=True)


def bytes_progress(description: str) -> AbstractContextManager[Progress]:
    """A bar over bytes with rate and time left, on a terminal; lines now and then elsewhere."""
    return _progress(DownloadColumn())


def steps_progress() -> AbstractContextManager[Progress]:
    """The same over steps of any kind."""
    return _progress(MofNCompleteColumn())


@contextmanager
def pages_progress(title: str) -> Iterator[Callable[[PagesProgress], None]]:
    """The same of a run that writes facts of stored items: what it tells goes to what is given."""
    with steps_progress() as bar:
        task = bar.add_task(title, total=None, note="")

        def report(progress: PagesProgress) -> None:
            note = f"{progress.facts:,} facts"
            bar.update(task, completed=progress.rows_read, total=progress.total, note=note)

        yield report


def training_note(
    loss: float | None, metrics: Mapping[str, float], rate: float | None, left_s: float | None
) -> str:
    """Loss, the loss of each task, steps a second and time left, as far as they are known."""
    parts = []
    if loss is not None:
        parts.append(f"loss {loss:.3f}")
    parts += [
        f"{name.removesuffix('/loss')} {value:.3f}"
        for name, value in sorted(metrics.items())
        if name.endswith("/loss")
    ]
    if rate is not None:
        parts.append(f"{rate:.1f}/s")
    if left_s is not None:
        parts.append(f"{duration(left_s)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _progress(amount: ProgressColumn) -> Progress:
    if not err.is_terminal:
        return ProgressLines(err)
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        amount,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=err,
        transient=True,
    )
