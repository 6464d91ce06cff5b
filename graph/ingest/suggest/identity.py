"""What tells rows apart: a column, several of them, or a hash of what they say."""

from __future__ import annotations

from dataclasses import dataclass

from graph.ingest.mapping_file import FieldSpec, IdSpec
from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.proposal import percent
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
        return _read_from(own.column, own.evidence)
    gtin = roles.get("gtin")
    if gtin and not gtin.column.pattern and _is_key(table, gtin.column):
        evidence = "no column is an id; this one is filled and different in every row"
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
        f"no column is an id; a hash of these tells {share} of the distinct rows apart "
        "and stays the same as long as they do"
    )
    if changing := [column.label for column in chosen[kept:]]:
        evidence += f". {', '.join(changing)} will change, and ids with them: better have an id"
    if len(names) == 1:
        return Identity(IdSpec(column=names[0], hash=True), names, evidence)
    return Identity(IdSpec(columns=names, hash=True), names, evidence)


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
