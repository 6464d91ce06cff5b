"""Items that share facts with another one: similarity without a model."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from graph.client import AsyncDatabase
from graph.filters import Filter
from graph.records import ItemKind, ItemText
from graph.repositories.candidates import (
    COMPARED,
    Candidate,
    asked_of,
    candidates_of,
    model_of,
    predicate_of,
)
from graph.repositories.selection import LABELS, select

Family = Literal["value", "brand", "category", "model"]
Target = tuple[Family, str]

# How many relationships one search follows: at the millionth product of one colour it stops,
# because what so many share says little.
STEPS_MAX = 20_000
WORDS_MAX = 30  # of a title, that tell apart what shares as much
_WORD = re.compile(r"[^\W_]+")

# By family: the label of what items share, and the relationship that leads to it.
_FAMILIES: Mapping[Family, tuple[str, str]] = {
    "value": ("Value", "HAS_PARAMETER"),
    "brand": ("Brand", "MADE_BY"),
    "category": ("Category", "BELONGS_TO"),
    "model": ("Model", "INSTANCE_OF"),
}
_DEGREE = """
UNWIND ${family} AS id
MATCH (t:{label} {{id: id}})
RETURN '{family}' AS family, id, COUNT {{ (t)<-[:{type}]-() }} AS items
"""
# Degrees and counts are kept by the store.
DEGREES = f"""
CALL () {{
{
    "UNION ALL".join(
        _DEGREE.format(family=family, label=label, type=type)
        for family, (label, type) in _FAMILIES.items()
    )
}
}}
RETURN family, id, items, COUNT {{ (:Product) }} + COUNT {{ (:Model) }} AS all
"""
_SHARING = """
  UNWIND ${family} AS one
  MATCH (t:{target} {{id: one[0]}})
  CALL (t) {{
    MATCH (t)<-[r:{type}]-(n:{label}) WHERE r.status = 'accepted' RETURN n LIMIT $fan
    {inherited}
  }}
  RETURN n, one[1] AS weight
"""
_INHERITED = """
    UNION
    MATCH (t)<-[r:HAS_PARAMETER]-(m:Model) WHERE r.status = 'accepted'
    WITH m LIMIT $fan  // a fence: in one piece the planner begins at all INSTANCE_OF there are
    MATCH (m)<-[:INSTANCE_OF]-(n:Product) RETURN n LIMIT $fan_of_models
"""
SHARING = """
CALL () {{
{parts}
}}
WITH n, sum(weight) AS score
WHERE coalesce(n.id <> $self, true) AND {predicate}
WITH n, score ORDER BY round(score, 9) DESC,
  size([word IN $words WHERE toLower(coalesce(n.title, n.name)) CONTAINS word]) DESC, n.id
LIMIT $rows
WITH collect([n, score]) AS kept
WITH kept, $value_ids AS value_ids
{compared}
RETURN candidates, users
"""


async def sharing(
    database: AsyncDatabase, text: ItemText, *, kind: ItemKind, filter: Filter, rows: int
) -> list[Candidate]:
    """About `rows` items that share facts with `text`, the most alike first.

    The score is the share of the weight of what is known of `text` that an item has as well:
    its values, brand, category and model, each with the weight log(1 + items / items that have
    it), so that what is rare counts more; of those that share as much the first have more words of
    its title. At most about 2 `STEPS_MAX` relationships are
    followed, the rarest first. Closed items never pass.
    """
    targets = _targets(text)
    by_family: dict[str, list[str]] = {
        family: [id for one, id in targets if one == family] for family in _FAMILIES
    }
    found = await database.read(DEGREES, by_family)
    weights = {
        (row["family"], row["id"]): math.log1p(row["all"] / max(1, row["items"])) for row in found
    }
    steps = {(row["family"], row["id"]): int(row["items"]) for row in found}
    chosen = _affordable(steps)
    if not chosen:
        return []
    selection = select(filter, kind, from_index=False)
    query = SHARING.format(parts=_parts(kind), predicate=predicate_of(selection), compared=COMPARED)
    asked: dict[str, object] = {
        **selection.parameters,
        **asked_of(text, kind),
        "words": title_words(text),
        "fan": STEPS_MAX,
        "fan_of_models": STEPS_MAX // len(chosen),
        "rows": rows,
    }
    for family in _FAMILIES:
        asked[family] = [[id, weights[one, id]] for one, id in chosen if one == family]
    read = await database.read(query, asked)
    return _weighed(candidates_of(kind, read[0]), text, weights)


def _parts(kind: ItemKind) -> str:
    return "UNION ALL".join(
        _SHARING.format(
            family=family,
            target=target,
            type=type,
            label=LABELS[kind],
            inherited=_INHERITED if family == "value" and kind == "product" else "",
        )
        for family, (target, type) in _FAMILIES.items()
    )


def _targets(text: ItemText) -> list[Target]:
    named_ids: list[tuple[Family, str | None]] = [
        ("brand", text.brand.id if text.brand else None),
        ("category", text.category.id if text.category else None),
        ("model", model_of(text)),
    ]
    values: list[Target] = [("value", fact.value) for fact in (*text.facts, *text.inherited)]
    return values + [(family, id) for family, id in named_ids if id is not None]


def _affordable(steps: Mapping[Target, int]) -> list[Target]:
    """The rarest targets that take `STEPS_MAX` steps together, and the rarest of all anyway."""
    chosen: list[Target] = []
    taken = 0
    for target, count in sorted(steps.items(), key=lambda one: (one[1], one[0])):
        taken += count
        if chosen and taken > STEPS_MAX:
            break
        chosen.append(target)
    return chosen


def _weighed(
    candidates: list[Candidate], text: ItemText, weights: Mapping[Target, float]
) -> list[Candidate]:
    """With their scores, the highest first: found were only those that share something rare."""
    whole = sum(weights.values())

    def score(one: Candidate) -> float:
        brand, category = one.summary.brand, one.summary.category
        shared: list[Target] = [("value", value) for value, _ in one.shared]
        if brand and text.brand and brand.id == text.brand.id:
            shared.append(("brand", brand.id))
        if category and text.category and category.id == text.category.id:
            shared.append(("category", category.id))
        if one.model_id is not None and one.model_id == model_of(text):
            shared.append(("model", one.model_id))
        return min(1.0, sum(weights.get(target, 0.0) for target in shared) / whole)

    scored = [replace(one, score=score(one)) for one in candidates]
    return in_order(scored, title_words(text))


def title_words(text: ItemText) -> list[str]:
    return list(dict.fromkeys(_WORD.findall(text.title.lower())))[:WORDS_MAX]


def in_order(candidates: Iterable[Candidate], words: Sequence[str]) -> list[Candidate]:
    """The highest scores first, and of equal ones those whose titles have more of the words."""

    def place(one: Candidate) -> tuple[float, int, str]:
        title = one.summary.title.lower()
        return -round(one.score, 9), -sum(word in title for word in words), one.summary.id

    return sorted(candidates, key=place)
