"""Webhooks: who may be told, what is said, and what a bad listener can do."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from msgspec import structs
from pydantic import SecretStr

from app.errors import WebhookNotAllowed
from app.jobs.webhooks import WebhookSender, check_webhook, sign
from app.settings import Settings
from tests.app.jobs.parts import NOW

SECRET = "a shared secret"
KEY = SECRET.encode()


@contextmanager
def listener(*statuses):
    """A real server; `.heard` is (headers, body) of each request, the last status is repeated."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            server.heard.append((dict(self.headers), body))
            server.told.set()
            number = min(len(server.heard), len(statuses)) - 1
            self.send_response(statuses[number])
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.heard, server.told = [], threading.Event()
    server.url = f"http://127.0.0.1:{server.server_port}/done"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settings(home, *hosts, secret=SECRET):
    return Settings(
        home=home, webhook_hosts=hosts, webhook_secret=SecretStr(secret) if secret else None
    )


@pytest.fixture
def ended(board):
    """A job that has ended, with a webhook."""

    def make(url):
        board.row("a", file="x.csv")
        job = board.store.begin("a", worker="w", now=NOW)
        board.store.end(job, "succeeded", now=NOW, then=lambda *_: None)
        return structs.replace(board.store.get("a"), webhook=url)

    return make


@pytest.fixture
def sender(tmp_path):
    pauses = []
    made = WebhookSender(
        settings(tmp_path, "127.0.0.1"), clock=lambda: datetime.now(UTC), pause=pauses.append
    )
    made.pauses = pauses
    return made


def verified(headers, body, key=KEY):
    """As a receiver checks it."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return headers["webhook-signature"] == f"v1,{expected}"


def test_the_end_of_a_job_is_told_with_a_signature_that_verifies(sender, ended):
    with listener(204) as server:
        assert sender.tell(ended(server.url))

    ((headers, body),) = server.heard
    headers = {name.lower(): value for name, value in headers.items()}
    told = json.loads(body)
    assert verified(headers, body)
    assert headers["content-type"] == "application/json"
    assert headers["webhook-id"] == "a"
    assert abs(int(headers["webhook-timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert told["type"] == "job.succeeded"
    assert (told["job"]["id"], told["job"]["file"]) == ("a", "x.csv")
    assert told["job"]["links"]["self"] == "/v1/jobs/a"


def test_a_secret_of_the_standard_is_read_as_base64():
    key = b"\x00\x01binary"
    secret = "whsec_" + base64.b64encode(key).decode()

    headers = sign(b"{}", id="a", at=NOW, secret=secret)

    assert verified(headers, b"{}", key)


def test_a_listener_that_fails_is_told_again_after_growing_pauses(sender, ended):
    with listener(500, 503, 200) as server:
        assert sender.tell(ended(server.url))

    assert len(server.heard) == 3
    assert sender.pauses == [1.0, 5.0]
    assert len({headers["webhook-id"] for headers, _ in server.heard}) == 1


def test_a_listener_that_always_fails_is_given_up(sender, ended):
    with listener(500) as server:
        assert not sender.tell(ended(server.url))

    assert len(server.heard) == 3


def test_a_redirect_is_not_followed(sender, ended):
    with listener(307) as server:
        assert not sender.tell(ended(server.url))

    assert len(server.heard) == 3


def test_nobody_at_the_address_is_given_up(sender, ended):
    assert not sender.tell(ended("http://127.0.0.1:1/"))


def test_a_listener_that_never_answers_is_left_in_time(sender, ended, monkeypatch):
    monkeypatch.setattr("app.jobs.webhooks.TIMEOUT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert not sender.tell(ended(f"http://127.0.0.1:{silent.getsockname()[1]}/"))


def test_a_listener_whose_answer_has_no_end_is_left_in_time(sender, ended, monkeypatch):
    monkeypatch.setattr("app.jobs.webhooks.TIMEOUT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as trickling:
        over = threading.Event()

        def trickle():
            for _ in range(3):
                connection, _ = trickling.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 200 OK\r\n")
                    with suppress(OSError):  # it was left
                        while not over.wait(0.05):
                            connection.sendall(b"x: y\r\n")

        thread = threading.Thread(target=trickle)
        thread.start()
        told = sender.tell(ended(f"http://127.0.0.1:{trickling.getsockname()[1]}/"))
        over.set()
        thread.join()
    assert not told


def test_a_host_that_is_no_longer_allowed_is_not_told(tmp_path, ended):
    sender = WebhookSender(settings(tmp_path, "other"), clock=lambda: NOW, pause=lambda _: None)
    with listener(200) as server:
        assert not sender.tell(ended(server.url))

    assert server.heard == []


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/done",
        "https://shop.example:443/done?x=1",
        "https://SHOP.example/",
        "http://ports.example:8443/",
        "http://[::1]:8080/",
    ],
)
def test_hosts_of_the_setting_are_allowed(tmp_path, url):
    check_webhook(url, settings(tmp_path, "Shop.example", "ports.example:8443", "[::1]:8080"))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://evil.example/", "CATALOGRAPH_WEBHOOK_HOSTS"),
        ("http://shop.example.evil.example/", "CATALOGRAPH_WEBHOOK_HOSTS"),
        ("http://evil.example/?shop.example", "CATALOGRAPH_WEBHOOK_HOSTS"),
        ("http://evil.example#@shop.example/", "CATALOGRAPH_WEBHOOK_HOSTS"),
        ("http://ports.example/", "CATALOGRAPH_WEBHOOK_HOSTS"),
        ("http://ports.example:8444/", "CATALOGRAPH_WEBHOOK_HOSTS"),
        ("http://shop.example@evil.example/", "password"),
        ("http://me:secret@shop.example/", "password"),
        ("ftp://shop.example/", "http(s)://"),
        ("file:///etc/passwd", "http(s)://"),
        ("//shop.example/", "http(s)://"),
        ("http://", "http(s)://"),
        ("http://shop.example:port/", "http(s)://"),
        ("http://[::1/", "http(s)://"),
        ("http://shop.example\\@evil.example/", "http(s)://"),
        ("http://shop.example/ \r\nx: y", "http(s)://"),
        ("", "http(s)://"),
    ],
)
def test_everything_else_is_refused(tmp_path, url, says):
    with pytest.raises(WebhookNotAllowed) as raised:
        check_webhook(url, settings(tmp_path, "shop.example", "ports.example:8443"))

    assert says in str(raised.value)
    assert "secret" not in str(raised.value)


def test_without_a_secret_there_are_no_webhooks(tmp_path):
    with pytest.raises(WebhookNotAllowed, match="CATALOGRAPH_WEBHOOK_SECRET"):
        check_webhook("http://shop.example/", settings(tmp_path, "shop.example", secret=None))


def test_a_worker_tells_of_ends_and_a_silent_listener_holds_up_no_job(board):
    allowed = {"webhook_hosts": ["127.0.0.1"], "webhook_secret": SECRET}
    with listener(200) as server, socket.create_server(("127.0.0.1", 0)) as silent:
        nowhere = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        for number in range(6):  # more than are sent at the same time
            board.add(f"silent-{number}", source=f"s{number}", webhook=nowhere)
        board.add("good", webhook=server.url)
        board.add("bad", "raise value", webhook=server.url)
        with board.worker(settings=allowed):
            assert board.ended("bad").state == "failed"
            for number in range(6):
                assert board.ended(f"silent-{number}").state == "succeeded"
            board.add("next")
            assert board.ended("next").state == "succeeded"
            board.wait("next", lambda _: len(server.heard) == 2)
    # Several are sent at the same time: none waits for another to be heard.
    types = {json.loads(body)["type"] for _, body in server.heard}
    assert types == {"job.succeeded", "job.failed"}
