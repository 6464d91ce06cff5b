"""Where a query begins: at the values that a term names, if fewer items have one than it passes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from graph.client import AsyncDatabase
from graph.records import ItemKind
from graph.repositories.selection import Selection

REACH = """
CALL () {{
  MATCH (v:Value) WHERE {seed}
  RETURN sum(COUNT {{ (v)<-[:HAS_PARAMETER]-() }}) AS reach_{number}
}}
"""
# The items that pass a predicate, from the values of one of its terms.
PASSING: Mapping[ItemKind, str] = {
    "product": """
MATCH (v:Value) WHERE {seed}
CALL (v) {{
  MATCH (v)<-[:HAS_PARAMETER]-(n:Product) RETURN n
  UNION
  MATCH (v)<-[:HAS_PARAMETER]-(:Model)<-[:INSTANCE_OF]-(n:Product) RETURN n
}}
WITH DISTINCT n WHERE {predicate}
""",
    "model": """
MATCH (v:Value)<-[:HAS_PARAMETER]-(n:Model) WHERE {seed}
WITH DISTINCT n WHERE {predicate}
""",
}


@dataclass(frozen=True, slots=True)
class Reaches:
    """How many items are behind each seed, in a walk, and in all; by degrees and counts."""

    of_seeds: tuple[int, ...]
    walked: int
    items: int

    @property
    def least(self) -> int:
        return min(self.of_seeds)

    @property
    def seed(self) -> int:
        """The place of the seed with the fewest."""
        return self.of_seeds.index(self.least)

    def is_shorter_than_walk(self, limit: int) -> bool:
        """Whether less is passed from the least seed than in a walk that fills a page.

        Where a share `s` of all items passes, a walk passes `limit / s` of them, or ends before.
        Terms are taken for independent of each other.
        """
        share = math.prod(min(reach / self.items, 1.0) for reach in self.of_seeds if self.items)
        return self.least <= self.walked and self.least * share <= limit


async def reaches(database: AsyncDatabase, selection: Selection) -> Reaches | None:
    """None: it has no seeds. Counts no items, but degrees, which the store keeps."""
    if not selection.seeds:
        return None
    counted = "".join(
        REACH.format(seed=seed, number=number) for number, seed in enumerate(selection.seeds)
    )
    columns = ", ".join(f"reach_{number}" for number in range(len(selection.seeds)))
    items = f"COUNT {{ (:{selection.label}) }}"
    if selection.start_items is None:
        walk = f"WITH *, {items} AS walked "
    else:
        walk = f"CALL () {{ {selection.start_items} AS walked }} "
    query = f"{counted}{walk}RETURN [{columns}] AS reaches, walked, {items} AS items"
    row = (await database.read(query, selection.parameters))[0]
    return Reaches(tuple(row["reaches"]), row["walked"], row["items"])
