"""A language model as one more parser, behind a real server that speaks its protocol."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.services.asking import Asking
from app.services.asking_model import ModelParser, ModelServer
from app.services.threads import Threads
from graph.errors import DatabaseUnavailable
from ml.asking.plan import Condition, Plan
from tests.app.parts import NoAnswers
from tests.lamps import lexicon

pytestmark = pytest.mark.anyio


@contextmanager
def model_saying(content, *, status=200):
    """Address of a server that answers every question so, and what it was sent."""
    sent = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            sent.append((self.path, self.headers["Authorization"], json.loads(body)))
            reply = json.dumps({"choices": [{"message": {"content": content}}]}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", sent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def test_a_plan_of_names_becomes_one_of_ids():
    written = (
        '{"ask": "items", "conditions": [{"field": "finish", "values": ["black"]},'
        ' {"field": "brand", "values": ["Acme"]}, {"field": "weight", "below": "Aurora 5"}]}'
    )
    with model_saying(written) as (url, sent):
        found = await ModelParser(ModelServer(url, "small", "secret"))("Night lights?", lexicon())

    assert found.plan == Plan(
        "items",
        (
            Condition("finish", values=("finish=black",)),
            Condition("brand", values=("acme",)),
            Condition("weight", below="acme-aurora-5"),
        ),
    )
    assert (found.parser, found.confidence) == ("small", 0.6)
    [(path, key, body)] = sent
    assert (path, key, body["model"]) == ("/v1/chat/completions", "Bearer secret", "small")
    assert "weight, Weight, number, g" in body["messages"][0]["content"]


@pytest.mark.parametrize(
    "written",
    [
        '{"refused": true}',
        "MATCH (n) DETACH DELETE n",
        '{"ask": "delete"}',
        '{"ask": "items", "conditions": [{"field": "finish", "values": ["plaid"]}]}',
        '{"ask": "values", "items": ["Sun"], "fields": ["weight"]}',
        "[]",
        "",
    ],
)
async def test_what_is_no_plan_over_this_graph_is_no_answer(written):
    with model_saying(written) as (url, _):
        assert await ModelParser(ModelServer(url, "small"))("Night lights?", lexicon()) is None


async def test_a_server_that_fails_or_is_away_is_no_answer():
    with model_saying("{}", status=500) as (url, _):
        parser = ModelParser(ModelServer(url, "small"), timeout_s=2.0)
        assert await parser("Night lights?", lexicon()) is None
    assert await parser("Night lights?", lexicon()) is None


async def test_it_is_asked_only_where_the_rules_refuse_and_its_plan_is_checked():
    known = lexicon()
    with model_saying('{"ask": "items", "order_by": "finish", "order": "highest"}') as (url, sent):
        asking = Asking(
            NoAnswers(), lambda: known, Threads(1), fallback=ModelParser(ModelServer(url, "small"))
        )

        with pytest.raises(DatabaseUnavailable):
            await asking.ask("How many lamps are there?")
        assert sent == []
        refused = await asking.ask("Which one goes with my sofa?")

    assert (len(sent), refused.refused) == (1, True)
