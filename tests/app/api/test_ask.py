"""Questions over HTTP, as far as no database is needed: refusals, limits, sessions."""

import base64
import zlib

import pytest

from app.services.asking import QUESTION_CHARS

pytestmark = pytest.mark.anyio


async def asked(client, question, **more):
    answer = await client.post("/v1/ask", json={"question": question, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_question_outside_of_the_graph_is_refused_with_examples(reader):
    found = await asked(reader, "Will it rain tomorrow?")

    assert (found["refused"], found["reason"]) == (True, "unknown_words")
    assert "rain" in found["text"]
    assert "Which model has the highest Shade diameter?" in found["can_ask"]
    assert (found["answer"], found["cypher"], found["confidence"]) == ([], None, 0)


@pytest.mark.parametrize("question", ["How heavy is the Acme Arrrra 5?", "Acme Arrrra 5有多重"])
async def test_a_refusal_suggests_near_names(reader, question):
    found = await asked(reader, question)

    nearest = found["suggestions"][0]
    assert (nearest["kind"], nearest["id"]) == ("model", "acme-aurora-5")
    assert nearest["question"] is None  # without a database nothing has an answer
    assert nearest["name"] in found["text"]
    assert question[nearest["start"] : nearest["end"]] == nearest["text"] == "Acme Arrrra 5"


async def test_a_refusal_speaks_the_language_that_is_asked_for(client):
    found = await asked(client, "Will it rain tomorrow?", language="zh")

    assert found["text"].startswith("无法回答")
    assert any("灯罩直径" in example for example in found["can_ask"])


@pytest.mark.parametrize(
    "question",
    [
        *("", " ", "💡", "\u202eabc", "\x00\x01", "'}) DETACH DELETE n //"),
        *("a" * QUESTION_CHARS, "的" * 900, "重" * 900, "1 " * 400, "and " * 200),
    ],
)
async def test_odd_texts_are_refused_and_no_more(client, question):
    assert (await asked(client, question))["refused"]


@pytest.mark.parametrize(
    "body",
    [
        {"question": "x" * (QUESTION_CHARS + 1)},
        {"question": "重" * 100_000},
        {"question": 5},
        {},
        {"question": "x", "language": "fr"},
        {"question": "x", "session": ""},
        {"question": "x", "session": "x" * 100_000},
        {"question": "x", "cypher": "MATCH (n) RETURN n"},
    ],
)
async def test_what_is_no_question_is_refused(client, body):
    answer = await client.post("/v1/ask", json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


def token(plain):
    return base64.urlsafe_b64encode(zlib.compress(plain)).decode().rstrip("=")


@pytest.mark.parametrize(
    "session",
    [
        "x",
        "äöü",
        token(b"{}"),
        token(b'{"plan": {"ask": "delete"}}'),
        token(b'{"plan": {"ask": "values", "items": ["nobody"], "fields": ["weight"]}}'),
        token(b'{"plan": {"ask": "count", "conditions": [{"field": "x} DELETE"}]}}'),
        token(b'{"plan": {"ask": "count"}, "answered": [5]}'),
        token(b" " * 4_000_000),
    ],
)
async def test_a_session_that_is_none_of_ours_is_refused(client, session):
    answer = await client.post("/v1/ask", json={"question": "And Bolt?", "session": session})

    assert (answer.status_code, answer.json()["code"]) == (422, "session_invalid")


async def test_a_database_that_is_away_is_said(client):
    answer = await client.post("/v1/ask", json={"question": "How many lamps are there?"})

    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
