"""What a query is refused for by its text, and what of it is no reason."""

import pytest

from graph.errors import CypherForbidden
from graph.guard import PROCEDURES, refuse_text
from tests.hostile_cypher import BY_TEXT


@pytest.mark.parametrize(("query", "reason"), BY_TEXT.values(), ids=BY_TEXT)
def test_a_text_that_does_more_than_read_is_refused(query, reason):
    with pytest.raises(CypherForbidden, match=reason):
        refuse_text(query)


@pytest.mark.parametrize(
    "query",
    [
        "RETURN 'LOAD CSV FROM x' AS x",
        'RETURN "CALL dbms.upgrade()" AS x // LOAD CSV, USE system',
        "MATCH (n:`LOAD CSV`) RETURN n.`CALL dbms.upgrade()`",
        "MATCH (n) WHERE n.use = 1 RETURN n.load, n.csv",
        "MATCH (n) CALL (n) { RETURN 1 AS x } RETURN x",
        "MATCH (n) CALL { WITH n RETURN 1 AS x } RETURN x",
        "RETURN date.truncate('month', date()) AS x, point.distance($a, $b) AS y",
        "RETURN vector.similarity.cosine($a, $b) AS x, duration.between(date(), date()) AS y",
        "CYPHER 25 MATCH (n) RETURN n",
        "EXPLAIN MATCH (n) RETURN n",
        "UNWIND range(1, 1000) AS x UNWIND range(1, 1000) AS y RETURN x, y",
        "RETURN [i IN range(0, size($list) - 1) | $list[i]] AS x",
        "RETURN range(1, 5, 0) AS x, range(5, 1) AS y",
        f"RETURN [{', '.join(['0.5'] * 1_000)}] AS vector",
        *(f"CALL {name}() YIELD * RETURN 1" for name in sorted(PROCEDURES)),
    ],
)
def test_a_text_that_only_reads_is_let_through(query):
    refuse_text(query)


@pytest.mark.parametrize(
    "text", ["a.a" * 15_000, "a . " * 12_000, " " * 49_000, "CALL " * 9_000, "a`" * 20_000,
             "range(" * 8_000, "\\" * 40_000, "/*" * 20_000, "USE\u3000" * 10_000]
)  # fmt: skip
def test_no_text_keeps_the_guard_busy(text):
    with pytest.raises(CypherForbidden):
        refuse_text(text + "CALL x.y()")
