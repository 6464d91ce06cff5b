"""What tells rows apart: a column, several of them, or a hash of what they say."""

from __future__ import annotations

from dataclasses import dataclass

from graph.ingest.mapping_file import FieldSpec, IdSpec
from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.headers import roles_of
from graph.ingest.suggest.proposal import percent, shown
from graph.ingest.suggest.roles import Role, Table


@dataclass(frozen=True, slots=True)
class Identity:
    """Where the SKU comes from."""

    spec: IdSpec
    columns: tuple[str, ...]
    evidence: str
    examples: tuple[str, ...] = ()


def identify(
    table: Table,
    roles: dict[str, Role],
    *,
    title: FieldSpec,
    stable: list[Column],
    volatile: list[Column],
    whole: bool,
) -> Identity:
    """The id of products.

    Args:
        title: how titles are made; its columns come first where an id has to be made.
        stable: columns that say what a thing is.
        volatile: columns that change while the thing stays, such as prices.
        whole: whether the sample is all of the file, so that what is unique here is unique there.
    """
    if own := roles.get("id"):
        return _read_from(own.column, _evidence(table, own))
    no_id = _why_no_id(table)
    gtin = roles.get("gtin")
    if gtin and not gtin.column.pattern and _is_key(table, gtin.column):
        evidence = f"{no_id}; this one is filled and different in every row"
        return _read_from(gtin.column, evidence)
    by_name = {column.name: column for column in table.columns if column.pattern is None}
    chosen = [by_name[name] for name in title.sources if name in by_name]
    chosen = _until_unique(table, chosen, stable, everything=not whole)
    kept = len(chosen)
    if table.uniqueness(chosen) < 1:
        chosen = _until_unique(table, chosen, volatile, everything=False)
    names = tuple(dict.fromkeys(column.name for column in chosen)) or title.sources
    share = percent(table.uniqueness(chosen)) if chosen else "none"
    evidence = (
        f"{no_id}; a hash of these tells {share} of the distinct rows apart "
        "and stays the same as long as they do"
    )
    if changing := [column.label for column in chosen[kept:]]:
        evidence += f". {', '.join(changing)} will change, and ids with them: better have an id"
    if len(names) == 1:
        return Identity(IdSpec(column=names[0], hash=True), names, evidence)
    return Identity(IdSpec(columns=names, hash=True), names, evidence)


def _evidence(table: Table, own: Role) -> str:
    """Why this column, and what becomes of the rows that have no id of their own there."""
    rows = len(table.distinct_rows)
    lacking, repeating = table.lacking(own.column), table.repeating(own.column)
    evidence = f"by its {'name' if own.named else 'content'}; "
    if not lacking and not repeating:
        return f"{evidence}filled and different in each of {rows:,} distinct rows"
    found = percent((rows - lacking - repeating) / rows)
    evidence += f"an id of their own for {found} of {rows:,} distinct rows"
    if lacking:
        evidence += f". {_rows(lacking)} without one will be rejected: no id, no product"
    if repeating:
        evidence += (
            f". {_rows(repeating)} with the id of an earlier row will be rejected as duplicate_id "
            "where they say something else"
        )
    return evidence


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _why_no_id(table: Table) -> str:
    """Also of a column that is called one and does not do: the first question of who reads it."""

    def flaws(column: Column) -> int:
        return table.lacking(column) + table.repeating(column)

    named = [column for column in table.columns if "id" in roles_of(column.label)]
    flawed = min(filter(flaws, named), key=flaws, default=None)
    if flawed is None:
        return "no column is an id"
    return (
        f"no column is an id: {shown(flawed.label)!r} has none in {_rows(table.lacking(flawed))} "
        f"and repeats an earlier one in {_rows(table.repeating(flawed))}"
    )


def _read_from(column: Column, evidence: str) -> Identity:
    return Identity(IdSpec(column=column.name), (column.name,), evidence, column.examples())


def _is_key(table: Table, column: Column) -> bool:
    return column.filled_share == 1 and table.uniqueness([column]) == 1


def _until_unique(
    table: Table, chosen: list[Column], more: list[Column], *, everything: bool
) -> list[Column]:
    """`chosen` and as many of `more` as are needed, the most telling ones first."""
    chosen = list(chosen)
    share = table.uniqueness(chosen) if chosen else 0.0
    rest = [column for column in more if column.pattern is None and column not in chosen]
    while rest and (everything or share < 1):
        best = max(rest, key=lambda column: table.uniqueness([*chosen, column]))
        gained = table.uniqueness([*chosen, best])
        if gained <= share:
            break
        chosen.append(best)
        rest.remove(best)
        share = gained
    return chosen
