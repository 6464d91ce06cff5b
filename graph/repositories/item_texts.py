"""Items as encoders read them: those that are stored, and those that somebody asks about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.client import Row
from graph.records import FactText, Item, ItemKind, ItemText, Named, Parameter

FACT = "[v.parameter, p.name, v.id, v.text, v.number, v.unit]"
_NAMED = "x.id, x.name, x.names"
# What the model of the item `n` has.
INHERITED = f"""
CALL (n) {{
  MATCH (n)-[i:INSTANCE_OF]->(:Model)-[r:HAS_PARAMETER]->(v)-[:VALUE_OF]->(p)
  WHERE i.status <> 'rejected' AND r.status = 'accepted'
  RETURN collect(DISTINCT {FACT}) AS inherited
}}
"""
# Behind a clause that names the item `n`; the columns follow in its RETURN. What waits for review
# is not read.
FACTS = f"""
CALL (n) {{
  MATCH (n)-[r:HAS_PARAMETER]->(v)-[:VALUE_OF]->(p) WHERE r.status = 'accepted'
  RETURN collect(DISTINCT {FACT}) AS own
}}
{INHERITED}"""
COLUMNS = f"""
n.id AS id, coalesce(n.title, n.name) AS title, n.names AS names, n.description AS description,
n.language AS language, n.price AS price, n.currency AS currency, n.in_stock AS in_stock,
n.image_url AS image_url,
[(n)-[r:MADE_BY]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0] AS brand,
[(n)-[r:BELONGS_TO]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0] AS category,
[(n)-[r:INSTANCE_OF]->(x) WHERE r.status <> 'rejected' | [{_NAMED}]][0] AS model,
own, inherited
"""


def item_text(kind: ItemKind, row: Row) -> ItemText:
    """What a query with `COLUMNS` has found; `row` has no others, and is used up."""
    facts = _facts(row.pop("own"))
    stated = {fact.parameter for fact in facts}
    inherited = _facts(row.pop("inherited"))
    return ItemText(
        kind=kind,
        names=tuple(row.pop("names") or ()),
        brand=named(row.pop("brand")),
        category=named(row.pop("category")),
        model=named(row.pop("model")),
        facts=facts,
        inherited=tuple(fact for fact in inherited if fact.parameter not in stated),
        **row,
    )


def text_of(item: Item, parameters: Mapping[str, Parameter]) -> ItemText:
    """An item that is not stored, in the same words."""
    values = (fact.value for fact in item.facts)
    return ItemText(
        kind=item.kind,
        title=item.title,
        names=item.names,
        description=item.description,
        language=item.language,
        brand=item.brand,
        category=item.categories[-1] if item.categories else None,
        model=item.model,
        price=item.price,
        currency=item.currency,
        in_stock=item.in_stock,
        image_url=item.image_url,
        facts=tuple(
            FactText(
                parameter=value.parameter,
                name=parameters[value.parameter].name,
                value=value.id,
                text=value.text,
                number=value.number,
                unit=value.unit,
            )
            for value in values
        ),
    )


def _facts(rows: list[list[Any]]) -> tuple[FactText, ...]:
    rows.sort(key=_parameter_and_value)
    return tuple([FactText(*row) for row in rows])


def _parameter_and_value(row: list[Any]) -> tuple[str, str]:
    return row[0], row[2]


def named(parts: Sequence[Any] | None) -> Named | None:
    """A brand, category or model of its columns."""
    return None if parts is None else Named(parts[0], parts[1], tuple(parts[2] or ()))
