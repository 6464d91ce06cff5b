"""A keyword lookup: what questions come to when their words are looked up and nothing is read."""

from __future__ import annotations

from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import BRAND, Condition, Plan
from ml.asking.spans import spans


def keyword_plan(text: str, lexicon: AskingLexicon) -> Plan | None:
    """The named parameter of the named model, or the items of all brands and values named.

    None where nothing of the graph is named: only then it does not answer.
    """
    models: list[str] = []
    fields: list[str] = []
    conditions: list[Condition] = []
    for span in spans(text, lexicon):
        if not span.senses and span.values:
            value = span.values[0]
            conditions.append(Condition(value.parameter, values=value.ids))
        elif span.is_kind("model"):
            models.append(span.senses[0].id)
        elif span.is_kind("brand"):
            conditions.append(Condition(BRAND, values=(span.senses[0].id,)))
        elif span.is_kind("parameter"):
            fields.append(span.senses[0].id)
    if models:
        ask, asked = ("values", tuple(fields)) if fields else ("facts", ())
        return Plan(ask, items=tuple(models), fields=asked)  # type: ignore[arg-type]
    if conditions:
        return Plan("items", tuple(dict.fromkeys(conditions)))
    return Plan("values", fields=(fields[0],)) if fields else None
