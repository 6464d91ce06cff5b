"""Rows of the graph to what an answer says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graph.precedence import settle
from graph.records import FactView
from graph.repositories.answers import facts_of
from graph.text import with_brand
from ml.asking.plan import BRAND, CATEGORY, OWN_FIELDS, Language, Plan
from ml.asking.wording import by_likeness, sentence

if TYPE_CHECKING:
    from app.services.asking_queries import Compiled
    from ml.asking.lexicon import AskingLexicon

_DIGITS = 6  # significant ones of a mean


@dataclass(frozen=True, slots=True)
class Found:
    """What a query gave, as an answer has it; `items` are the ids that a following question means.

    `total` counts what would be in `answer` if nothing limited it, and `predicted` are parameters
    of the rows of which nobody states what they show: gaps that were filled in.
    """

    sentence: str
    answer: tuple[str | float, ...]
    total: int
    rows: tuple[dict[str, object], ...]
    unit: str | None = None
    items: tuple[str, ...] = ()
    predicted: tuple[str, ...] = ()

    @property
    def says_nothing(self) -> bool:
        """Whether the graph has no answer, not even a no."""
        return self.answer in ((), ("unknown",))

    @property
    def is_nothing(self) -> bool:
        """Whether no item was found: an empty answer, a count of none, or a no to all of them."""
        return not self.answer or self.answer in ((0,), ("no",))

    @classmethod
    def of(
        cls,
        plan: Plan,
        asked: Compiled,
        rows: Sequence[Mapping[str, Any]],
        lexicon: AskingLexicon,
        language: Language,
    ) -> Found:
        """The rows of the one query that `plan` was compiled to."""
        match plan.ask:
            case "items" | "similar":
                found = _items(plan, rows[0], lexicon)
            case "count" if plan.items:
                found = _counted_facts(plan, rows, lexicon)
            case "count":
                found = cls(
                    "", (rows[0]["total"],), rows[0]["total"], ({"total": rows[0]["total"]},)
                )
            case "groups":
                found = _groups(rows[0], means=plan.order_by is not None)
            case "values" if not plan.items:
                found = _groups(rows[0])
            case "aggregate":
                found = _aggregate(plan, rows[0], lexicon)
            case "check" if plan.order_by:
                found = _chosen(plan, rows[0], lexicon)
            case "check":
                found = _checked(plan, rows)
            case "difference":
                found = _difference(plan, rows, lexicon)
            case _:
                found = _facts(plan, rows, lexicon)
        found = replace(found, predicted=_predicted(rows, lexicon))
        return found.said(plan, lexicon, language)

    def said(self, plan: Plan, lexicon: AskingLexicon, language: Language) -> Found:
        details = [str(row.get("detail", "")) for row in self.rows]
        lone = len(self.rows) == 1 or not any(details)
        text = sentence(
            plan, lexicon, language, answer=self._spoken(plan), total=self.total, unit=self.unit,
            details=details if not lone or plan.ask in ("items", "groups", "aggregate") else (),
        )  # fmt: skip
        kept = tuple(
            {key: value for key, value in row.items() if key != "detail"} for row in self.rows
        )
        text += by_likeness(self.predicted, language)
        return replace(self, sentence=text, rows=kept)

    def _spoken(self, plan: Plan) -> tuple[str | float, ...]:
        """The answer as people say it."""
        if plan.ask not in ("items", "similar") or plan.fields:
            return self.answer
        return tuple(with_brand(str(row["name"]), str(row["brand"] or "")) for row in self.rows)


def _predicted(rows: Sequence[Mapping[str, Any]], lexicon: AskingLexicon) -> tuple[str, ...]:
    """Names of the parameters that the facts of an item have by prediction alone."""
    found: set[str] = set()
    for row in rows:
        facts = [(field, origin) for field, _, _, _, _, origin, *_ in row.get("facts", ())]
        stated = {field for field, origin in facts if origin != "predicted"}
        found.update(field for field, _ in facts if field not in stated)
    return tuple(sorted(lexicon.parameters[one].name for one in found if one in lexicon.parameters))


def _items(plan: Plan, row: Mapping[str, Any], lexicon: AskingLexicon) -> Found:
    shown: list[dict[str, object]] = []
    parameter = lexicon.parameters.get(plan.order_by or "")
    rows = row["rows"]
    for id, name, brand, facts, number, *currency in rows:
        one: dict[str, object] = {"id": id, "name": name, "brand": brand}
        for field, text, *_ in facts:
            key = lexicon.parameters[field].name if field in lexicon.parameters else field
            one[key] = f"{one[key]}, {text}" if key in one else text
        if number is not None and plan.ask == "similar":
            one["score"] = round(number, 4)
        elif number is not None and parameter is not None:
            unit = parameter.unit or "".join(currency)
            one["detail"] = f"{number:g} {unit}".strip()
            one.setdefault(parameter.name, number)
            if "".join(currency):
                one["currency"] = currency[0]
        shown.append(one)
    ids = tuple(str(one["id"]) for one in shown)
    total = row["total"]
    if plan.fields and BRAND not in plan.fields:
        return _facts_of_ranked(plan, rows, tuple(shown), ids, lexicon)
    names = [str(one["brand"] if BRAND in plan.fields else one["name"]) for one in shown]
    answer = tuple(dict.fromkeys(names)) if BRAND in plan.fields else tuple(names)
    return Found("", answer, total, tuple(shown), items=ids)


def _facts_of_ranked(
    plan: Plan,
    rows: Sequence[Any],
    shown: tuple[dict[str, object], ...],
    ids: tuple[str, ...],
    lexicon: AskingLexicon,
) -> Found:
    """`The socket of the heaviest lamp`: what is known of those that the order chose."""
    stated = dict.fromkeys(
        text if number is None else number
        for field in plan.fields
        for row in rows
        for name, text, number, _ in row[3]
        if name == field
    )
    units = {lexicon.parameters[one].unit for one in plan.fields if one in lexicon.parameters}
    unit = units.pop() if len(units) == 1 else None
    bare = tuple({key: one[key] for key in one if key != "detail"} for one in shown)
    return Found("", tuple(stated), len(stated), bare, unit, ids)


def _groups(row: Mapping[str, Any], *, means: bool = False) -> Found:
    shown: list[dict[str, object]] = []
    for id, name, number, items in row["rows"]:
        one: dict[str, object] = {"id": id, "name": name, "items": items, "detail": f"{items:,}"}
        if means:
            one |= {"mean": float(f"{number:.{_DIGITS}g}"), "detail": f"{number:.4g}"}
        shown.append(one)
    return Found("", tuple(str(one["name"]) for one in shown), row["total"], tuple(shown))


def _aggregate(plan: Plan, row: Mapping[str, Any], lexicon: AskingLexicon) -> Found:
    parameter = lexicon.parameters[plan.fields[0]]
    shown: list[dict[str, object]] = []
    for number, items, currency in row["numbers"]:
        if number is not None and items:
            one = {"number": float(f"{number:.{_DIGITS}g}"), "items": items}
            shown.append(one | ({"currency": currency} if currency else {}))
    units = {str(one["currency"]) for one in shown if "currency" in one}
    unit = units.pop() if len(units) == 1 and len(shown) == 1 else parameter.unit
    if len(shown) > 1:  # what is paid in several currencies has no one average
        shown = [one | {"detail": f"{one.get('currency', '?')}, {one['items']:,}"} for one in shown]
    answer = tuple(one["number"] for one in shown if isinstance(one["number"], float))
    return Found("", answer, len(answer), tuple(shown), unit)


def _chosen(plan: Plan, row: Mapping[str, Any], lexicon: AskingLexicon) -> Found:
    """Whether the named items are among those that the order chooses."""
    found = _items(plan, row, lexicon)
    holds = set(plan.items) <= set(found.items)
    return Found("", ("yes" if holds else "no",), 1, found.rows, items=tuple(plan.items))


def _checked(plan: Plan, rows: Sequence[Mapping[str, Any]]) -> Found:
    if not plan.items:
        total = rows[0]["total"]
        holds = not total if plan.denied else bool(total)
        return Found("", ("yes" if holds else "no",), 1, ({"items": total},))
    shown: list[dict[str, object]] = []
    for row in rows:
        values = {field: text for field, _, text, *_ in row["facts"]}
        # Silence is no no, and what is denied of it is not so either.
        silent = any(
            one.field not in values and one.field not in OWN_FIELDS for one in plan.conditions
        )
        verdict = "unknown" if silent else "yes" if row["holds"] else "no"
        shown.append({"id": row["id"], "name": row["name"], "holds": verdict, **values})
    verdicts = {str(one["holds"]) for one in shown}
    whole = "yes" if verdicts == {"yes"} else "no" if "no" in verdicts else "unknown"
    return Found("", (whole,), 1, tuple(shown), items=tuple(plan.items))


def _settled(
    rows: Sequence[Mapping[str, Any]], plan: Plan, lexicon: AskingLexicon
) -> list[tuple[Mapping[str, Any], list[FactView]]]:
    """What counts of what is stated, in the order of the question."""
    names = {id: one.name for id, one in lexicon.parameters.items()}
    by_id = {row["id"]: row for row in rows}
    return [
        (by_id[id], [one for one in settle(facts_of(dict(by_id[id]), names), ()) if one.preferred])
        for id in plan.items
        if id in by_id
    ]


def _facts(plan: Plan, rows: Sequence[Mapping[str, Any]], lexicon: AskingLexicon) -> Found:
    shown: list[dict[str, object]] = []
    answer: list[str | float] = []
    unit: str | None = None
    fields = plan.fields or None
    for row, stated in _settled(rows, plan, lexicon):
        one: dict[str, object] = {"id": row["id"], "name": row["name"]}
        for field in (BRAND, CATEGORY):
            if fields is None or field in fields:
                one[field] = row[field]
            if fields is not None and field in fields and row[field]:
                answer.append(row[field])
        wanted = [field for field in fields or () if field not in (BRAND, CATEGORY)]
        for fact in sorted(
            dict.fromkeys((f.parameter, f.name, f.text, f.number, f.unit) for f in stated),
            key=lambda f: (wanted.index(f[0]) if f[0] in wanted else 0, f[1], f[3] or 0.0, f[2]),
        ):
            _, name, text, number, fact_unit = fact
            one[name] = f"{one[name]}, {text}" if name in one else text
            if fields is not None:
                answer.append(text if number is None else number)
                unit = fact_unit
        shown.append(one)
    if fields is None:
        answer = [str(one["name"]) for one in shown]
    if len({lexicon.parameters[f].unit for f in fields or () if f in lexicon.parameters}) > 1:
        unit = None
    return Found("", tuple(answer), len(answer), tuple(shown), unit, tuple(plan.items))


def _counted_facts(plan: Plan, rows: Sequence[Mapping[str, Any]], lexicon: AskingLexicon) -> Found:
    values = {fact.value for _, stated in _settled(rows, plan, lexicon) for fact in stated}
    shown: tuple[dict[str, object], ...] = tuple({"value": value} for value in sorted(values))
    return Found("", (len(values),), len(values), shown, items=tuple(plan.items))


def _difference(plan: Plan, rows: Sequence[Mapping[str, Any]], lexicon: AskingLexicon) -> Found:
    numbers: list[float] = []
    shown: list[dict[str, object]] = []
    for row, stated in _settled(rows, plan, lexicon):
        known = [fact.number for fact in stated if fact.number is not None]
        if known:
            numbers.append(max(known))
            shown.append({"id": row["id"], "name": row["name"], stated[0].name: max(known)})
    unit = lexicon.parameters[plan.fields[0]].unit
    if len(numbers) != len(plan.items):
        return Found("", (), 0, tuple(shown), unit, tuple(plan.items))
    answer = float(f"{abs(numbers[0] - numbers[1]):.{_DIGITS}g}")
    return Found("", (answer,), 1, tuple(shown), unit, tuple(plan.items))
