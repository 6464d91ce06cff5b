"""Raw Cypher over HTTP: what gets an answer, what is refused, and that the rest goes on."""

import asyncio
import csv
import io
import itertools
from contextlib import asynccontextmanager

import msgspec
import pyarrow as pa
import pytest

from app.keys import Scope
from app.services.querying import Querying, QueryLimits
from graph.client import AsyncDatabase
from tests.app.parts import memory_wiring, serving_wiring
from tests.conftest import empty
from tests.hostile_cypher import BY_PLAN, BY_TEXT, ENDLESS, RUNAWAY, WRONG, HostileCypher

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

ARROW = "application/vnd.apache.arrow.stream"
SEED = """
CREATE (p:Product {id: 'acme:1', at: date('2025-03-01')}), (b:Brand {id: 'acme'})
CREATE (p)-[:MADE_BY {since: 2020}]->(b)
"""
EVERYTHING = """
MATCH path = (p:Product)-[r:MADE_BY]->(b:Brand)
RETURN 1 AS whole, 1.5 AS number, 'ä,"\n' AS text, true AS yes, null AS nothing,
  p AS node, r AS edge, path, date('2025-03-01') AS day, duration('P1DT2S') AS span,
  datetime('2025-03-01T10:00:00.5[Europe/Vienna]') AS moment, localtime('10:00') AS hour,
  point({latitude: 48.2, longitude: 16.4}) AS place, [1, [2.5, null]] AS list,
  {a: {b: [p.at]}} AS map, 0.0 / 0.0 AS nan, 9223372036854775807 AS large, '' AS blank
"""
AS_JSON = {
    "whole": 1,
    "number": 1.5,
    "text": 'ä,"\n',
    "yes": True,
    "nothing": None,
    "node": {"labels": ["Product"], "id": "acme:1", "at": "2025-03-01"},
    "edge": {"type": "MADE_BY", "since": 2020},
    "path": [
        {"labels": ["Product"], "id": "acme:1", "at": "2025-03-01"},
        {"type": "MADE_BY", "since": 2020},
        {"labels": ["Brand"], "id": "acme"},
    ],
    "day": "2025-03-01",
    "span": "P1DT2S",
    "moment": "2025-03-01T10:00:00.500000000+01:00",
    "hour": "10:00:00.000000000",
    "place": {"srid": 4326, "coordinates": [16.4, 48.2]},
    "list": [1, [2.5, None]],
    "map": {"a": {"b": ["2025-03-01"]}},
    "nan": None,
    "large": 2**63 - 1,
    "blank": "",
}
CONTENT = "MATCH (n) WHERE none(l IN labels(n) WHERE l STARTS WITH '__') RETURN count(n) AS nodes"


@pytest.fixture(scope="module")
def graph(shared_database):
    database, token = shared_database
    empty(database, token)
    database.run(SEED)
    return database


@pytest.fixture(scope="module")
async def service(graph, tmp_path_factory, anyio_backend):
    """A client whose key may query, and the wiring behind it."""
    async with opened(graph, tmp_path_factory.mktemp("home")) as found:
        yield found


@asynccontextmanager
async def opened(graph, home, scope=Scope.QUERY, **limits):
    wiring = memory_wiring(home)
    async with AsyncDatabase(graph.connection) as database:
        wiring.querying = Querying(database, QueryLimits(**limits))
        async with serving_wiring(wiring, scope) as client:
            yield client, wiring
        await wiring.querying.close()


async def ask(service, cypher, *, accept="application/json", **body):
    client, _ = service
    return await client.post(
        "/v1/query", json={"cypher": cypher, **body}, headers={"Accept": accept}
    )


async def still_answers(service):
    client, _ = service
    other = await ask(service, "RETURN 1 AS x")
    return (await client.get("/v1/stats")).status_code, other.json()["rows"]


ANSWERS = (200, [[1]])


async def test_every_kind_of_value_is_answered_as_json(service):
    answer = await ask(service, EVERYTHING)

    found = answer.json()
    assert dict(zip(found["columns"], found["rows"][0], strict=True)) == AS_JSON
    assert (found["row_count"], found["truncated"], found["notice"]) == (1, False, None)
    assert answer.headers["X-Truncated"] == "no"


async def test_every_kind_of_value_is_answered_as_csv(service):
    answer = await ask(service, EVERYTHING, accept="text/csv")

    [row] = csv.DictReader(io.StringIO(answer.content.decode(), newline=""))
    assert answer.headers["content-type"].startswith("text/csv")
    for name, value in AS_JSON.items():
        plain = value if isinstance(value, str) else "nan" if name == "nan" else ""
        assert row[name] == plain or msgspec.json.decode(row[name]) == value, name


async def test_every_kind_of_value_is_answered_as_arrow(service):
    answer = await ask(service, EVERYTHING, accept=ARROW)

    table = pa.ipc.open_stream(answer.content).read_all()
    types = {field.name: str(field.type) for field in table.schema}
    [row] = table.to_pylist()
    assert answer.headers["content-type"] == ARROW
    assert {"int64", "double", "bool", "string"} == set(types.values())
    assert (types["whole"], types["number"], types["yes"]) == ("int64", "double", "bool")
    assert msgspec.json.decode(row["path"]) == AS_JSON["path"]
    assert (row["text"], row["nothing"], row["large"]) == ('ä,"\n', None, 2**63 - 1)


LISTS = """
UNWIND [[[1.5, null], ['a'], [1]], [null, [], ['x']]] AS row
RETURN row[0] AS numbers, row[1] AS texts, row[2] AS mixed, [row] AS nested
"""


async def test_lists_of_one_plain_type_have_it_in_arrow(service):
    answer = await ask(service, LISTS, accept=ARROW)

    table = pa.ipc.open_stream(answer.content).read_all()
    types = {field.name: field.type for field in table.schema}
    assert types == {
        "numbers": pa.list_(pa.float64()),
        "texts": pa.list_(pa.string()),
        "mixed": pa.string(),
        "nested": pa.string(),
    }
    first, second = table.to_pylist()
    assert (first["numbers"], first["texts"], first["mixed"]) == ([1.5, None], ["a"], "[1]")
    assert (second["numbers"], second["texts"], second["mixed"]) == (None, [], '["x"]')


async def test_a_column_of_several_types_is_text_in_arrow(service):
    answer = await ask(service, "UNWIND [1, 'a', null, [2], true] AS x RETURN x", accept=ARROW)

    table = pa.ipc.open_stream(answer.content).read_all()
    assert table.column("x").to_pylist() == ["1", "a", None, "[2]", "true"]


@pytest.mark.parametrize("accept", ["application/json", "text/csv", ARROW])
async def test_an_answer_without_rows_has_its_columns(service, accept):
    answer = await ask(service, "MATCH (n:Nothing) RETURN n.a AS a, n.b AS b", accept=accept)

    match accept:
        case "application/json":
            assert (answer.json()["columns"], answer.json()["rows"]) == (["a", "b"], [])
        case "text/csv":
            assert answer.text == "a,b\r\n"
        case _:
            assert pa.ipc.open_stream(answer.content).read_all().column_names == ["a", "b"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        ("text/*", "text/csv"),
        ("text/html, text/csv;q=0.5, */*;q=0.1", "text/csv"),
        (f"application/json;q=0, {ARROW}", ARROW),
        ("APPLICATION/JSON; charset=utf-8", "application/json"),
    ],
)
async def test_the_format_is_the_one_that_accept_prefers(service, accept, media_type):
    answer = await ask(service, "RETURN 1 AS x", accept=accept)

    assert answer.headers["content-type"].partition(";")[0] == media_type


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "x", "text/csv;q=no", ";"])
async def test_a_format_that_there_is_not_is_refused(service, accept):
    answer = await ask(service, "RETURN 1 AS x", accept=accept)

    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize("accept", ["application/json", "text/csv", ARROW])
async def test_an_answer_that_was_cut_says_so(service, accept):
    answer = await ask(service, "UNWIND range(1, 100000) AS x RETURN x", limit=10, accept=accept)

    assert (answer.headers["X-Truncated"], answer.headers["X-Row-Count"]) == ("rows", "10")
    assert "raise `limit`" in answer.headers["X-Notice"]
    if accept == "application/json":
        assert answer.json()["truncated_by"] == "rows"
        assert answer.json()["rows"] == [[x] for x in range(1, 11)]


@pytest.mark.parametrize("accept", ["application/json", "text/csv"])
async def test_a_name_that_the_graph_lacks_is_told_each_time(service, accept):
    for _ in range(2):
        answer = await ask(service, "MATCH (p:Produkté) RETURN p.titel AS t", accept=accept)

        assert answer.status_code == 200
        assert answer.headers["X-Row-Count"] == "0"
        assert "`Produkt" in answer.headers["X-Notice"]
        assert "`titel`" in answer.headers["X-Notice"]
        if accept == "application/json":
            assert "`Produkté` does not exist" in answer.json()["notice"]


async def test_an_answer_of_exactly_its_limit_is_whole(service):
    answer = await ask(service, "UNWIND range(1, 10) AS x RETURN x", limit=10)

    assert (answer.json()["row_count"], answer.json()["truncated"]) == (10, False)


@pytest.mark.parametrize("accept", ["application/json", "text/csv", ARROW])
async def test_an_answer_is_bounded_in_bytes(graph, tmp_path, accept):
    async with opened(graph, tmp_path, answer_bytes=10_000) as service:
        query = "UNWIND range(1, 100000) AS x RETURN x, 'abcdefghij' AS text"
        answer = await ask(service, query, limit=100_000, accept=accept)

    assert answer.headers["X-Truncated"] == "bytes"
    assert 5_000 < len(answer.content) < 20_000


@pytest.mark.parametrize(("query", "said"), WRONG.items())
async def test_a_wrong_query_is_told_with_its_place(service, query, said):
    answer = await ask(service, query)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "cypher_invalid")
    assert said in problem["detail"]
    assert problem["errors"][0]["pointer"] == "/cypher"


async def test_what_the_text_says_is_refused_and_the_rest_goes_on(service, graph):
    for name, (query, reason) in BY_TEXT.items():
        answer = await ask(service, query)

        assert (answer.status_code, answer.json()["code"]) == (422, "cypher_forbidden"), name
        assert reason in answer.json()["detail"], name
    assert await still_answers(service) == ANSWERS


@pytest.mark.parametrize("query", BY_PLAN.values(), ids=BY_PLAN)
async def test_what_the_plan_says_is_refused_and_nothing_is_written(service, graph, query):
    before = graph.read(CONTENT)

    answer = await ask(service, query)

    assert (answer.status_code, answer.json()["code"]) == (422, "cypher_forbidden")
    assert graph.read(CONTENT) == before
    assert await still_answers(service) == ANSWERS


@pytest.mark.parametrize("query", ENDLESS.values(), ids=ENDLESS)
async def test_an_endless_query_is_stopped_while_others_are_answered(service, query):
    parameters = {"few": list(range(-3_000, 4)), "many": list(range(-3_000, 0))}

    endless = asyncio.create_task(ask(service, query, parameters=parameters, timeout_s=0.5))
    meanwhile = await still_answers(service)
    answer = await endless

    assert meanwhile == ANSWERS
    assert (answer.status_code, answer.json()["code"]) == (504, "query_timed_out")


async def test_what_obeys_no_limit_is_given_up_and_counts_until_it_has_ended(graph, tmp_path):
    async with opened(graph, tmp_path, per_key=1, grace_s=0.1, watch_s=0.1) as service:
        answer = await ask(service, RUNAWAY, parameters={"n": 150_000_000}, timeout_s=0.1)
        refused = await ask(service, "RETURN 1 AS x")
        others = await service[0].get("/v1/stats")
        while (again := await ask(service, "RETURN 1 AS x")).status_code == 429:
            await asyncio.sleep(0.2)

    assert (answer.status_code, answer.json()["code"]) == (504, "query_timed_out")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_queries")
    assert refused.headers["Retry-After"] == "1"
    assert others.status_code == 200
    assert again.json()["rows"] == [[1]]


async def test_a_query_that_takes_too_much_memory_is_refused_and_not_sent_again(service):
    answer = await ask(
        service,
        "UNWIND range(1, 9000000) AS x WITH collect(x + $text) AS texts RETURN size(texts) AS n",
        parameters={"text": "x" * 500},
        timeout_s=30,
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "cypher_too_large")
    assert await still_answers(service) == ANSWERS


async def test_a_client_that_goes_away_ends_its_query(graph, service):
    query = ENDLESS["paths"] + " // gone"

    asked = asyncio.create_task(
        ask(service, query, parameters={"many": list(range(-3_000, 0))}, timeout_s=60)
    )
    while not running(graph, "gone"):
        await asyncio.sleep(0.05)
    asked.cancel()

    for _ in range(200):
        if not running(graph, "gone"):
            break
        await asyncio.sleep(0.05)
    assert not running(graph, "gone")


def running(graph, mark):
    return graph.read(
        "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery ENDS WITH '// ' + $mark "
        "RETURN currentQuery",
        mark=mark,
    )


@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE])
async def test_reading_and_writing_alone_do_not_open_raw_cypher(graph, tmp_path, scope):
    async with opened(graph, tmp_path, scope) as service:
        answer = await ask(service, "RETURN 1 AS x")

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


async def test_a_key_for_queries_may_read_and_not_write(service):
    client, _ = service

    assert (await client.get("/v1/stats")).status_code == 200
    assert (await client.put("/v1/products/acme:1", json={"title": "x"})).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"cypher": ""},
        {"cypher": 1},
        {"cypher": "RETURN 1", "limit": 0},
        {"cypher": "RETURN 1", "limit": 100_001},
        {"cypher": "RETURN 1", "timeout_s": 0},
        {"cypher": "RETURN 1", "timeout_s": 121},
        {"cypher": "RETURN 1", "parameters": []},
        {"cypher": "RETURN 1", "more": 1},
    ],
)
async def test_what_is_no_question_is_refused(service, body):
    answer = await service[0].post("/v1/query", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


@pytest.mark.parametrize(
    "value",
    [2**64, -(2**63) - 1, "'}) DETACH DELETE n //", [[[[]]]] * 10, {"": {"$x": None}}, "\x00"],
)
async def test_a_parameter_is_a_value_and_never_a_query(service, graph, value):
    before = graph.read(CONTENT)

    answer = await ask(service, "RETURN $x AS x", parameters={"x": value})

    if isinstance(value, int):
        assert (answer.status_code, answer.json()["code"]) == (400, "cypher_invalid")
    else:
        assert answer.json()["rows"] == [[value]]
    assert graph.read(CONTENT) == before


async def test_a_parameter_that_is_nested_too_deeply_is_refused(service):
    body = b'{"cypher": "RETURN $x AS x", "parameters": {"x": ' + b"[" * 900 + b"]" * 900 + b"}}"

    answer = await service[0].post(
        "/v1/query", content=body, headers={"Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "cypher_forbidden")


async def test_an_answer_that_is_nested_too_deeply_is_refused(service):
    answer = await ask(service, "RETURN reduce(l = [], x IN range(1, 1200) | [l]) AS x")

    assert (answer.status_code, answer.json()["code"]) == (400, "cypher_invalid")
    assert "nested" in answer.json()["detail"]
    assert await still_answers(service) == ANSWERS


async def test_no_generated_query_writes_or_breaks_the_service(service, graph, request):
    soak = request.config.getoption("soak")
    hostile = HostileCypher(request.config.getoption("soak_seed"))
    before = graph.read(CONTENT)

    for number in range(10_000 if soak else 200):
        query, parameters = hostile.query(), hostile.parameters()
        answer = await ask(service, query, parameters=parameters, timeout_s=2, limit=20)
        assert answer.status_code in (200, 400, 422, 504), (number, query, answer.text)

    assert graph.read(CONTENT) == before
    assert graph.read("SHOW INDEXES YIELD name WHERE name = 'hostile' RETURN name") == []
    assert await still_answers(service) == ANSWERS


def test_the_generator_makes_what_it_should():
    queries = [HostileCypher(3).query() for _ in range(3)]
    many = list(itertools.islice(iter(HostileCypher(3).query, None), 500))

    assert len(set(queries)) == 1
    assert len(set(many)) > 450
    assert sum("LOAD" in query for query in many) > 20
