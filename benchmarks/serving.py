"""The service against bare driver calls, on the example catalog, in alternating rounds of one run.

    python -m benchmarks.serving [--only similar,ask] [--rounds 5] [--seconds 3] [--steps N]

Ours is the whole way over HTTP: key, checks, log, JSON. Bare is the driver in a loop in a process
of its own, without HTTP and without JSON, with the one call of which each answer mainly is:

    search   one call of the full-text index, the ids of twenty products
    similar  the SEARCH clause alone, ids and scores of ten, the vector sent along
    ask      the Cypher that the answer shows
    query    the same Cypher

`product` and `empty` compare with bare FastAPI endpoints instead: the same Cypher and an answer of
`{}`, and nothing at all. Vectors are those of `catalograph pretrain`, for `--steps` or as long as
the quick recipe takes; `--products N` asks for `similar` in a made-up catalog of that size. Ratios
are ours / bare within one round; medians over rounds are reported.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args
from typing import Literal as OneOf
from urllib.parse import quote

from app.services.embedding import embed_all
from benchmarks import example_catalog
from benchmarks.bare import Call, load_driver, serve
from benchmarks.http_load import Load, Target, load, running
from benchmarks.similar import BARE as NEAREST
from benchmarks.similar import WIDTH, Known, fill, make_catalog
from graph.client import Database

Name = OneOf["product", "empty", "search", "suggest", "similar", "ask", "query"]
NAMES: tuple[Name, ...] = get_args(Name)
CLIENTS = (1, 16)
WARM_UP_S = 8.0  # the JVM compiles what it has run some thousand times
SAMPLE = 200  # items that are asked for
MEASURES = ("p50_ms", "p95_ms", "p99_ms", "rps")
# Ours / bare; `rps` at least, the others at most.
TARGETS: dict[Name, dict[str, float]] = {
    "product": {"rps": 0.7, "p99_ms": 1.5},
    "empty": {"rps": 0.7},
    "similar": {"p50_ms": 1.5, "p99_ms": 2.0},
}
WORDS = (
    "samsung galaxy s9",
    "red 128gb samsung under 300",
    "三星 128GB",
    "huawei p20 lite black",
    "iphone 8 plus 64gb silver",
    "小米 红色 1000元以下",
    "nokia dual sim",
    "galxy s10",
)
TYPED = ("s", "sa", "sam", "gal", "iph", "三", "hua", "bla")
QUESTIONS = (
    "What is the battery capacity of the Galaxy S10?",
    "Which Samsung phones have at least 8 GB RAM?",
    "How many brands are there?",
    "iPhone 12 mini的重量是多少？",
    "Which phone has the largest display size?",
    "哪些手机的电池容量超过5000毫安？",
)
QUERIES = (
    "MATCH (m:Model {id: 'samsung-galaxy-a54-5g'}) RETURN m.id AS id, m.name AS name",
    "MATCH (p:Product)-[:MADE_BY]->(b:Brand) "
    "RETURN p.id AS id, p.title AS title, p.price AS price, b.name AS brand LIMIT 100",
)
FULL_TEXT = """
CALL db.index.fulltext.queryNodes('product_text', $words, {limit: 20}) YIELD node, score
RETURN collect(node.id) AS ids
"""
ITEMS = """
MATCH (p:Product)
WITH p ORDER BY p.content_hash LIMIT $sample
RETURN p.id AS id, p.embedding AS vector
"""

Round = Callable[[float, int], Load]  # seconds and clients


@dataclass(frozen=True)
class Case:
    """One thing done by both sides."""

    ours: Round
    bare: Round


@dataclass(frozen=True)
class Sides:
    """Where both sides are, and the items that are asked for."""

    environment: dict[str, str]
    ours: int
    bare: int
    key: str
    items: list[dict[str, Any]]

    def case(self, name: Name) -> Iterator[tuple[str, Case]]:
        """The cases of a name, most often one."""
        match name:
            case "product":
                ids = [quote(item["id"], safe="") for item in self.items]
                bare = Target(self.bare, tuple(f"/product/{id}" for id in ids))
                yield name, Case(self._get(f"/v1/products/{id}" for id in ids), _asked(bare))
            case "empty":
                yield name, Case(self._get(["/livez"]), _asked(Target(self.bare, ("/empty",))))
            case "search":
                full_text = self._called([(FULL_TEXT, {"words": _lucene(q)}) for q in WORDS])
                for more in ("", "&facets=false"):
                    paths = [f"/v1/search?q={quote(words)}{more}" for words in WORDS]
                    yield f"search{more}", Case(self._get(paths), full_text)
            case "suggest":
                full_text = self._called([(FULL_TEXT, {"words": f"{q}*"}) for q in TYPED])
                paths = [f"/v1/suggest?q={quote(typed)}" for typed in TYPED]
                yield name, Case(self._get(paths), full_text)
            case "similar":
                nearest = [(NEAREST, {"vector": item["vector"]}) for item in self.items]
                ids = [quote(item["id"], safe="") for item in self.items]
                paths = [f"/v1/products/{id}/similar" for id in ids]
                yield name, Case(self._get(paths), self._called(nearest))
            case "ask":
                bodies = [{"question": question} for question in QUESTIONS]
                answers = [self.asked("/v1/ask", body) for body in bodies]
                calls = [(one["cypher"], one["parameters"]) for one in answers]
                yield name, Case(self._post("/v1/ask", bodies), self._called(calls))
            case "query":
                for query, shown in zip(QUERIES, ("one node", "100 rows"), strict=True):
                    ours = self._post("/v1/query", [{"cypher": query}])
                    yield f"query of {shown}", Case(ours, self._called([(query, {})]))

    def asked(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """One answer, which must be none of a refusal: there is nothing to compare that with."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.ours}{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found: dict[str, Any] = json.load(answer)
        if found.get("refused"):
            raise SystemExit(f"{body} was refused: {found['text']}")
        return found

    def _get(self, paths: Iterable[str]) -> Round:
        return _asked(Target(self.ours, tuple(paths), self.key))

    def _post(self, path: str, bodies: Iterable[dict[str, Any]]) -> Round:
        sent = tuple(json.dumps(body) for body in bodies)
        return _asked(Target(self.ours, (path,), self.key, sent))

    def _called(self, calls: list[Call]) -> Round:
        return lambda seconds, clients: load_driver(calls, self.environment, seconds, clients)


def _asked(target: Target) -> Round:
    return lambda seconds, clients: load(target, seconds, clients)


def _lucene(words: str) -> str:
    from graph.text.lucene import Words, lucene

    return lucene(Words(tuple(words.split())))


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Start a database and both servers, and compare them."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="catalograph-")))
        environment = example_catalog.started(stack, folder)
        if arguments.products:
            _made_up(environment, arguments.products)
        else:
            example_catalog.filled(environment)
            if "similar" in arguments.only:
                example_catalog.learnt(environment, arguments.steps)
        environment["CATALOGRAPH_QUERIES_PER_KEY"] = str(2 * max(CLIENTS))
        key = example_catalog.key(environment)
        sides = Sides(
            environment,
            ours=stack.enter_context(running("benchmarks.serving", environment, "--serve")),
            bare=stack.enter_context(running("benchmarks.bare", environment)),
            key=key,
            items=_items(environment),
        )
        return {
            f"{shown}, {clients} clients": compared(case, clients, arguments)
            for name in arguments.only
            for shown, case in sides.case(name)
            for clients in CLIENTS
        }


def _made_up(environment: dict[str, str], products: int) -> None:
    catalog = make_catalog(products, WIDTH)
    with Database(example_catalog.connection(environment)) as database:
        fill(database, catalog)
        embed_all(database, Known(catalog.vectors), lambda done, whole: None)


def _items(environment: dict[str, str]) -> list[dict[str, Any]]:
    with Database(example_catalog.connection(environment)) as database:
        return database.read(ITEMS, sample=SAMPLE)


def compared(case: Case, clients: int, arguments: argparse.Namespace) -> dict[str, Any]:
    """Alternate the two sides and divide; what else this machine does hits both alike."""
    for side in (case.ours, case.bare):
        side(WARM_UP_S, clients)
    rounds = []
    for number in range(arguments.rounds):
        sides = {"ours": case.ours, "bare": case.bare}
        order = ("ours", "bare") if number % 2 else ("bare", "ours")
        taken = {side: sides[side](arguments.seconds, clients) for side in order}
        rounds.append({side: asdict(one) for side, one in taken.items()})
    return {
        "ours": {name: _median(one["ours"][name] for one in rounds) for name in MEASURES},
        "bare": {name: _median(one["bare"][name] for one in rounds) for name in MEASURES},
        "ratio": {
            name: _median(one["ours"][name] / one["bare"][name] for one in rounds)
            for name in MEASURES
        },
    }


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 3)


def names(text: str) -> list[Name]:
    """`similar,ask` as an option; all of them have to be known."""
    chosen = [name for name in NAMES if name in text.split(",")]
    if unknown := set(text.split(",")) - set(chosen):
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: none of {', '.join(NAMES)}")
    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=names, default=list(NAMES), help="some of the cases")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--steps", type=int, help="of training, instead of the recipe's")
    parser.add_argument("--products", type=int, help="made up, instead of the example catalog")
    parser.add_argument("--json", action="store_true", help="print one JSON object and no more")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        from app.main import create_app

        serve(create_app(), arguments.port)
        return
    found = measure(arguments)
    if arguments.json:
        print(json.dumps(found))
    else:
        report(found)


def report(found: dict[str, Any]) -> None:
    print(f"{'':<30}{'p50':>9}{'p95':>9}{'p99':>9}{'per s':>9}   ours; bare; ours / bare")
    for name, one in found.items():
        for side, digits in (("ours", 1), ("bare", 1), ("ratio", 2)):
            cells = "".join(f"{one[side][measure]:>9.{digits}f}" for measure in MEASURES)
            print(f"{name if side == 'ours' else '':<30}{cells}   {side}")
        wanted = next((TARGETS[key] for key in TARGETS if name.startswith(key)), {})
        for measure, limit in wanted.items():
            ratio = one["ratio"][measure]
            met = ratio >= limit if measure == "rps" else ratio <= limit
            print(f"{'':<30}{measure} {ratio} of {limit}: {'met' if met else 'MISSED'}")


if __name__ == "__main__":
    main()
