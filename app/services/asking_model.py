"""A language model as one more parser: it writes a plan, which passes the same checks as ours.

It is asked over HTTP by the protocol of OpenAI's chat completions, which most servers of models
speak. It never writes Cypher, and what it names is looked up in the graph like any other word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import structlog
from msgspec.structs import replace

from ml.asking.keys import stems
from ml.asking.plan import BRAND, CATEGORY, ITEM, Condition, Language, Plan, Understood
from ml.grounding.tokens import is_han

if TYPE_CHECKING:
    from ml.asking.lexicon import AskingLexicon

CONFIDENCE = 0.6  # a model does not say how sure it is of what it wrote
TIMEOUT_S = 20.0
REPLY_BYTES_MAX = 65_536

_PARAMETERS_SHOWN = 80
_log = structlog.get_logger("asking")
_decode = msgspec.json.Decoder(Plan).decode

_TASK = """You turn a question about a product catalogue into one JSON object and nothing else.
If the question cannot be answered from the fields below, answer {"refused": true}.
Keys: "ask": one of items, count, values, groups, aggregate, check, difference, similar, facts;
"conditions": a list of {"field", then one of "values": [names], "low"/"high": numbers in the
field's unit with optional "low_inclusive"/"high_inclusive", "stated": true, "same_as"/"above"/
"below": an item's name; optional "negated": true}; "items": names of items that are asked about;
"fields": ids of fields that are asked for; "order_by": a field id with "order": highest or lowest
and "top": a number; "aggregate": average, highest, lowest or total.
Fields are "brand", "category", "item", and these (id, name, kind, unit):
"""


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Where a language model answers: the address under which `/chat/completions` is."""

    url: str
    model: str
    key: str | None = None


class ModelParser:
    """Asks a language model for a plan; whatever goes wrong, there is none."""

    def __init__(self, server: ModelServer, *, timeout_s: float = TIMEOUT_S) -> None:
        self._server = server
        self._timeout_s = timeout_s

    async def __call__(self, question: str, lexicon: AskingLexicon) -> Understood | None:
        try:
            written = await self._written(question, lexicon)
            plan = resolved(_decode(written), lexicon)
        except (httpx.HTTPError, msgspec.DecodeError, KeyError, IndexError, TypeError) as error:
            _log.warning("model_gave_no_plan", server=self._server.url, error=str(error)[:200])
            return None
        if plan is None:
            return None
        language: Language = "zh" if any(map(is_han, question)) else "en"
        return Understood(plan, language, (), CONFIDENCE, parser=self._server.model)

    async def _written(self, question: str, lexicon: AskingLexicon) -> str:
        key = self._server.key
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        asked = {
            "model": self._server.model,
            "temperature": 0,
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "system", "content": _TASK + "\n".join(_fields(lexicon))},
                {"role": "user", "content": question},
            ],
        }
        async with httpx.AsyncClient(timeout=self._timeout_s) as client:
            reply = await client.post(
                f"{self._server.url.rstrip('/')}/chat/completions", json=asked, headers=headers
            )
        reply.raise_for_status()
        content = msgspec.json.decode(reply.content[:REPLY_BYTES_MAX])["choices"][0]["message"]
        return str(content["content"])


def _fields(lexicon: AskingLexicon) -> Iterator[str]:
    often = sorted(lexicon.parameters.values(), key=lambda one: -lexicon.stated.get(one.id, 0))
    for parameter in often[:_PARAMETERS_SHOWN]:
        yield f"{parameter.id}, {parameter.name}, {parameter.kind}, {parameter.unit or '-'}"


def resolved(plan: Plan, lexicon: AskingLexicon) -> Plan | None:
    """A plan of names as one of ids; None where a name means nothing in the graph."""
    conditions = []
    for condition in plan.conditions:
        own = _condition(condition, lexicon)
        if own is None:
            return None
        conditions.append(own)
    items = [_named(name, "model", lexicon) for name in plan.items]
    if None in items:
        return None
    return replace(
        plan, conditions=tuple(conditions), items=tuple(one for one in items if one is not None)
    )


def _condition(condition: Condition, lexicon: AskingLexicon) -> Condition | None:
    kinds = {BRAND: "brand", CATEGORY: "category", ITEM: "model"}
    values: list[str] = []
    for value in condition.values:
        if condition.field in kinds:
            id = _named(value, kinds[condition.field], lexicon)
            found: tuple[str, ...] = () if id is None else (id,)
        else:
            found = _values(condition.field, value, lexicon)
        if not found:
            return None
        values += found
    related: Mapping[str, Any] = {
        name: _named(other, "model", lexicon)
        for name in ("same_as", "above", "below")
        if (other := getattr(condition, name)) is not None
    }
    if None in related.values():
        return None
    return replace(condition, values=tuple(values), **related)


def _values(field: str, text: str, lexicon: AskingLexicon) -> tuple[str, ...]:
    parameter = lexicon.parameters.get(field)
    if parameter is None:
        return ()
    if parameter.kind == "boolean":
        return (f"{field}={'no' if stems(text) in (('no',), ('false',)) else 'yes'}",)
    sense = lexicon.texts.of_parameter(field, stems(text))
    return sense.ids if sense else ()


def _named(name: str, kind: str, lexicon: AskingLexicon) -> str | None:
    senses = [one for one in lexicon.senses.get(stems(name), ()) if one.kind == kind]
    best = max(senses, key=lambda one: (one.sure, -len(one.name)), default=None)
    return best.id if best else None
