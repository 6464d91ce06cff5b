"""`catalograph mapping`: propose a mapping file; also how `import --preview` shows its rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from app.cli.output import (
    FAILED,
    WITH_REJECTS,
    Json,
    err,
    fail,
    note,
    out,
    print_fields,
    print_json,
    print_table,
    unsure_cells,
)

if TYPE_CHECKING:
    from app.services.suggesting import FilePreview
    from graph.ingest.preview import PreviewRow
    from graph.ingest.suggest import Decision, Suggestion
    from graph.records import Item

FACTS_SHOWN = 8  # of a row; --json has them all

cli = typer.Typer(help="Mapping files: propose one for a dump.", no_args_is_help=True)


@cli.callback()
def mapping() -> None:
    """Keeps `suggest` a command of its own: Typer runs a lone one without its name."""


@cli.command()
def suggest(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Dumps that one mapping is to read."),
    ],
    sample: Annotated[int, typer.Option(min=1, max=100_000, help="Most rows to look at.")] = 5_000,
    target: Annotated[
        Literal["product", "model"] | None,
        typer.Option(help="What a row is; found by itself if not given."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="New TOML file to write; default: standard output.")
    ] = None,
    json: Json = False,
) -> None:
    """Propose a mapping for dumps, with the evidence for every line of it."""
    from app.services.suggesting import suggest_mapping

    if output is not None and output.exists():
        reason = f"{output} exists already and is not overwritten; name a new file with --output"
        fail(reason, code="file_exists", exit_code=FAILED, as_json=json)
    found = suggest_mapping(files, rows=sample, target=target)
    if output is not None:
        output.write_text(found.toml, encoding="utf-8")
    if json:
        print_json(found)
        return
    _print_decisions(found)
    if output is None:
        typer.echo(found.toml, nl=False)
    else:
        note(f"Written to {output}. Read it, then: {_next(files, output)}")


def _next(files: list[Path], output: Path) -> str:
    return f"catalograph import {files[0]} --source NAME --mapping {output} --preview"


def _print_decisions(found: Suggestion) -> None:
    """On standard error: standard output is the mapping itself."""
    order = ("file", "field", "parameter", "ignored")
    rows = [_decision_row(d) for use in order for d in found.decisions if d.use == use]
    columns = ("column", "is", "evidence", "such as")
    print_table(f"Columns, from {found.rows_sampled:,} rows", columns, rows, to=err)
    trial = found.trial
    note(
        f"The sample makes {trial.items:,} items with {trial.facts:,} facts; {trial.duplicates:,} "
        f"rows repeat others, {trial.rejected:,} are rejected, {found.unreadable:,} unreadable."
    )
    for line in filter(None, (*found.notes, trial.example_reject)):
        note(line)


def _decision_row(decision: Decision) -> tuple[str, ...]:
    kind = " ".join(filter(None, (decision.kind, decision.unit)))
    match decision.use:
        case "ignored":
            what = f"not read: {decision.name}"
        case "parameter":
            what = f"parameter {decision.name} ({kind})"
        case _:
            what = decision.name
    return decision.column, what, decision.evidence, " · ".join(decision.examples)


def preview(
    files: list[Path], *, source: str, mapping_file: Path | None, rows: int, json: bool
) -> None:
    """Show the first rows of `files` as an import would store them; writes nothing."""
    from app.services.suggesting import preview_import

    previews = preview_import(files, source=source, mapping_file=mapping_file, rows=rows)
    if json:
        print_json({"files": previews})
    else:
        for found in previews:
            _print_preview(found)
    if any(row.rejected for found in previews for row in found.rows):
        raise SystemExit(WITH_REJECTS)


def _print_preview(found: FilePreview) -> None:
    for row in found.rows:
        if row.item is not None:
            print_fields(f"{found.file}, line {row.line}", _item_fields(row.item))
    rejects = [_reject_row(row) for row in found.rows if row.rejected]
    if rejects:
        print_table("Rejected", ("line", "column", "value", "reason"), rejects)
    repeats = sum(row.item is None and row.rejected is None for row in found.rows)
    skipped = ", ".join(f"{name} {n:,}" for name, n in sorted(found.cells_skipped.items()))
    out.print(
        f"{len(found.rows):,} rows with {found.mapping}: {len(rejects):,} rejected, {repeats:,} "
        f"repeat earlier ones{f', cells left out: {skipped}' if skipped else ''}. "
        "Nothing was stored.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if found.decimals_unsure:
        out.print(f"Unsure: {unsure_cells(found.decimals_unsure)}", markup=False, soft_wrap=True)


def _item_fields(item: Item) -> dict[str, object]:
    price = None if item.price is None else f"{item.price:,g} {item.currency or ''}".strip()
    facts = [f"{fact.value.parameter}: {fact.value.text}" for fact in item.facts]
    more = f"\n… {len(facts) - FACTS_SHOWN} more" if len(facts) > FACTS_SHOWN else ""
    fields: dict[str, object] = {
        "id": item.id,
        "title": item.title,
        "brand": item.brand.name if item.brand else None,
        "category": " > ".join(category.name for category in item.categories),
        "model": item.model.name if item.model else None,
        "price": price,
        "in stock": item.in_stock,
        "facts": "\n".join(facts[:FACTS_SHOWN]) + more,
    }
    return {name: value for name, value in fields.items() if value not in (None, "")}


def _reject_row(row: PreviewRow) -> tuple[object, ...]:
    assert row.rejected is not None
    return row.line, row.rejected.field, row.rejected.value, row.rejected.reason
