"""What `catalograph demo` asks its own service, as any client would, and what came back."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.cli.output import note, out, print_table

if TYPE_CHECKING:
    from app.services.gold import GoldScore
    from graph.client import Database

COUNTED = (
    "Product",
    "Model",
    "Brand",
    "Category",
    "Parameter",
    "Value",
    "HAS_PARAMETER",
    "INSTANCE_OF",
)
QUESTIONS = (
    "Which phones have a display of at least 6.7 inches and weigh less than 190 g?",
    "Which chipset is used by the most brands?",
    "电池容量超过5000毫安时的手机有多少款?",
    "Which phones have the same chipset as the Galaxy S10?",
    "Which phone takes the best pictures?",  # refused: nothing in the graph says so
)
SEARCH = "128gb samsung under 300"
CYPHER = """
MATCH (p:Product {in_stock: true})-[:INSTANCE_OF]->(m:Model)
MATCH (m)-[:HAS_PARAMETER]->(v:Value)-[:VALUE_OF]->(:Parameter {id: 'battery'})
WHERE v.number >= 5000 AND p.currency = 'GBP'
RETURN p.title AS offer, v.text AS battery, p.price AS price, p.currency AS currency
ORDER BY p.price LIMIT 5
"""
SIMILAR_TO = ("samsung-galaxy-a54-5g", "apple-iphone-12-mini")
_ROWS = 5
_TIMEOUT_S = 60


def tour(api: str, database: Database) -> None:
    """Counts, questions, a search, a query and similar items.

    The graph may hold catalogs of one's own by now: what is too much for one request is said, and
    the rest goes on.
    """
    show_counts(api)
    for question in QUESTIONS:
        with _going_on(question):
            show_answer(question, _answer(api, "/v1/ask", {"question": question}))
    with _going_on(SEARCH):
        show_found(SEARCH, _answer(api, f"/v1/search?{urllib.parse.urlencode({'q': SEARCH})}"))
    table = database.table(CYPHER, timeout_s=30.0, limit=10)
    _say("Cypher: the cheapest offers in stock of phones with 5,000 mAh or more")
    print_table("", table.columns, table.rows)
    for id in SIMILAR_TO:
        with _going_on(f"What is like {id}?"):
            show_similar(id, _answer(api, f"/v1/products/{id}/similar?limit={_ROWS}"))


@contextmanager
def _going_on(asked: str) -> Iterator[None]:
    """Says what was refused, and why."""
    try:
        yield
    except urllib.error.HTTPError as error:
        with error:
            detail = json.load(error).get("detail", error.reason)
        _say(asked)
        note(f"not answered ({error.code}): {detail}")


def show_scores(title: str, scores: Sequence[GoldScore]) -> None:
    """How right readings are; where nothing was read there is no precision."""
    print_table(
        title,
        ("parameter", "stated", "found", "precision", "recall"),
        [
            (s.parameter, s.stated, s.found, _share(s.precision, s.found), f"{s.recall:.3f}")
            for s in scores
        ],
    )
    if unread := [s.parameter for s in scores if s.stated and not s.found]:
        note(
            f"No dump states any {' or '.join(unread)}, so that no rule can know its words; "
            "a few labels teach it: catalograph finetune extraction"
        )


def _share(share: float, of: int) -> str:
    return f"{share:.3f}" if of else "-"


def show_counts(api: str) -> None:
    stats = _answer(api, "/v1/stats")
    counts = {**stats["nodes"], **stats["relationships"]}
    rows = [(name, counts[name]) for name in COUNTED]
    print_table("In the graph", ("label or relationship", "count"), rows)


def show_answer(question: str, answer: dict[str, Any]) -> None:
    _say(question)
    out.print(answer["text"], highlight=False, markup=False, soft_wrap=True)
    rows = answer["rows"][:_ROWS]
    if len(rows) > 1:
        columns = list(dict.fromkeys(name for row in rows for name in row if name != "id"))
        print_table("", columns, [[row.get(name) for name in columns] for row in rows])


def show_found(query: str, page: dict[str, Any]) -> None:
    _say(f"Search: {query}")
    out.print(f"Understood: {page['understood']['filters']}", highlight=False, markup=False)
    print_table(
        f"{page['found']} found",
        ("offer", "price", "in stock"),
        [
            (item["title"], _price(item), item["in_stock"])
            for item in (one["item"] for one in page["items"][:_ROWS])
        ],
    )


def _price(item: dict[str, Any]) -> str:
    return f"{item['price']:g} {item['currency'] or ''}" if item["price"] is not None else "-"


def show_similar(id: str, found: dict[str, Any]) -> None:
    how = found["model"]["version"] if found["model"] else None
    by = f"by the vectors of products/{how}" if how else "by facts they share"
    _say(f"What is like {id}?", by)
    rows = [_similar_row(one) for one in found["items"]]
    print_table("", ("phone", "alike", "because of"), rows)


def _similar_row(similar: dict[str, Any]) -> tuple[str, str, str]:
    item, reasons = similar["item"], similar["reasons"]
    brand = f"{item['brand']['name']} " if item["brand"] else ""
    shared = ", ".join(fact["text"] for fact in reasons["facts"][:4])
    return f"{brand}{item['title']}", f"{similar['score']:.2f}", shared


def _say(what: str, how: str | None = None) -> None:
    behind = f" ({how})" if how else ""
    out.print(f"\n[bold]{what}[/]{behind}", highlight=False, soft_wrap=True)


def _answer(api: str, path: str, body: dict[str, object] | None = None) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{api}{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
        found: dict[str, Any] = json.load(answer)
    return found
