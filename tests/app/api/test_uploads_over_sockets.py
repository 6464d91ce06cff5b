"""Uploads over a real server: clients that go away, stop sending, or send more than they said."""

import json
import signal
import socket
import subprocess
import sys
import time

import pytest

from app.keys import Scope
from app.main import create_app
from app.settings import Settings
from tests.app.fake_jobs import StoredJobs
from tests.app.parts import NOW, listening, make_job, make_mapping, memory_wiring

CSV = b"sku,title\n1,Acme Lantern 6\n"
IMPORT = "/v1/imports?source=acme&mapping=phones"
ID = "import-20250301T093000-9f3a2b1c"


class Service:
    """A real server; `connect` begins a request."""

    def __init__(self, wiring, address):
        self.wiring = wiring
        self.address = address
        _, self.token = wiring.keys.create("test", Scope.WRITE, now=NOW)

    def connect(self, *headers, path=IMPORT, token=None):
        connection = socket.create_connection(self.address, timeout=30)
        head = [
            f"POST {path} HTTP/1.1",
            "Host: 127.0.0.1",
            f"X-API-Key: {token or self.token}",
            *headers,
        ]
        connection.sendall("\r\n".join([*head, "", ""]).encode())
        return connection

    def parts(self):
        return list((self.wiring.settings.home / "uploads").glob("*.part"))

    def jobs(self):
        return list(self.wiring.jobs.all.values())


@pytest.fixture
def service(tmp_path):
    wiring = memory_wiring(tmp_path, max_upload_bytes=1_000_000, upload_idle_s=600)
    make_mapping(wiring, "phones")
    with listening(create_app(wiring=wiring)) as address:
        yield Service(wiring, address)


@pytest.fixture
def hasty_service(tmp_path):
    """Gives an upload up after 0.3 s."""
    wiring = memory_wiring(tmp_path, upload_idle_s=0.3)
    make_mapping(wiring, "phones")
    with listening(create_app(wiring=wiring)) as address:
        yield Service(wiring, address)


def eventually(holds, patience_s=30.0):
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, "it never came to that"
        time.sleep(0.01)


def answered(connection):
    """Status, headers and body of the answer; the connection stays open."""
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers = {}
        while line := stream.readline().strip():
            name, _, value = line.decode().partition(": ")
            headers[name.lower()] = value
        return status, headers, json.loads(stream.read(int(headers["content-length"])))


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


@pytest.mark.parametrize("announced", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("half", [True, False])
def test_of_a_body_that_is_cut_off_nothing_is_kept(service, announced, half):
    with service.connect("Content-Type: text/csv", announced) as connection:
        connection.sendall(chunk(CSV) if "chunked" in announced else CSV)
        eventually(service.parts)
        if half:
            connection.shutdown(socket.SHUT_WR)
            eventually(lambda: not service.parts())

    eventually(lambda: not service.parts())
    assert service.jobs() == []


def test_of_a_form_that_is_cut_off_nothing_is_kept(service):
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + CSV

    headers = ("Content-Type: multipart/form-data; boundary=x", "Content-Length: 1000")
    with service.connect(*headers) as connection:
        connection.sendall(form)
        eventually(service.parts)

    eventually(lambda: not service.parts())
    assert service.jobs() == []


@pytest.mark.parametrize("announced", ["Content-Length: 1000", "Transfer-Encoding: chunked"])
def test_a_client_that_stops_sending_is_answered_and_let_go(hasty_service, announced):
    with hasty_service.connect("Content-Type: text/csv", announced) as connection:
        connection.sendall(chunk(CSV) if "chunked" in announced else CSV)
        status, headers, problem = answered(connection)
        rest = connection.recv(1)

    assert (status, problem["code"]) == (408, "upload_stalled")
    assert headers["connection"] == "close"
    assert rest == b""
    assert hasty_service.parts() == []
    assert hasty_service.jobs() == []


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(service):
    headers = ("Content-Type: text/csv", "Content-Length: 1000001", "Expect: 100-continue")
    with service.connect(*headers) as connection:
        status, _, problem = answered(connection)

    assert (status, problem["code"]) == (413, "body_too_large")


def test_a_body_that_turns_out_to_be_too_large_is_refused_in_the_middle(service):
    with service.connect("Content-Type: text/csv", "Transfer-Encoding: chunked") as connection:
        for _ in range(21):
            connection.sendall(chunk(b"x" * 50_000))
        status, _, problem = answered(connection)

    assert (status, problem["code"]) == (413, "body_too_large")
    assert service.parts() == []
    assert service.jobs() == []


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [(IMPORT, "cg_x", 401), ("/v1/imports?source=acme&mapping=lamps", None, 422)],
)
def test_what_is_refused_is_refused_before_the_body_is_sent(service, path, token, status):
    headers = ("Content-Type: text/csv", "Content-Length: 1000", "Expect: 100-continue")
    with service.connect(*headers, path=path, token=token) as connection:
        answer = answered(connection)

    assert answer[0] == status
    assert service.jobs() == []


def test_two_uploads_at_the_same_time_do_not_mix(service):
    bodies = [name * 400_000 for name in (b"a", b"b")]
    headers = ("Content-Type: text/csv", "Content-Length: 400000")
    with service.connect(*headers) as first, service.connect(*headers) as second:
        for start in range(0, 400_000, 50_000):
            for connection, body in zip((first, second), bodies, strict=True):
                connection.sendall(body[start : start + 50_000])
        answers = [answered(connection) for connection in (first, second)]

    assert [status for status, _, _ in answers] == [202, 202]
    for (_, _, job), body in zip(answers, bodies, strict=True):
        assert (service.wiring.jobs.folder(job["id"]) / "dump.csv").read_bytes() == body


def test_a_connection_serves_on_after_an_upload(service):
    with service.connect("Content-Type: text/csv", f"Content-Length: {len(CSV)}") as connection:
        connection.sendall(CSV)
        first = answered(connection)
        again = "Content-Type: text/csv\r\nTransfer-Encoding: chunked"
        head = f"POST {IMPORT} HTTP/1.1\r\nHost: x\r\nX-API-Key: {service.token}\r\n{again}\r\n\r\n"
        connection.sendall(head.encode() + chunk(CSV) + chunk(b""))
        second = answered(connection)

    assert (first[0], second[0]) == (202, 202)
    assert first[2]["id"] != second[2]["id"]


@pytest.fixture
def own_process(tmp_path):
    """`catalograph serve` with a job that runs, without a database; its address."""
    settings = Settings(home=tmp_path, access_log=False)
    with StoredJobs(settings) as jobs:
        wiring = memory_wiring(tmp_path, jobs_of=lambda settings: jobs)
        make_job(wiring, ID, state="running")
    environment = {
        "PATH": "",
        "CATALOGRAPH_HOME": str(tmp_path),
        "NEO4J_URI": "bolt://127.0.0.1:1",
        "NEO4J_PASSWORD": "x",
    }
    command = [sys.executable, "-m", "app.cli.main", "serve", "--dev", "--port", "0"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        host, _, port = line.split("http://")[1].split(",")[0].partition(":")
        yield process, (host, int(port))
        process.kill()


def test_a_server_that_is_stopped_ends_its_streams_of_events(own_process):
    process, address = own_process
    with socket.create_connection(address, timeout=60) as connection:
        head = f"GET /v1/jobs/{ID}/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        connection.sendall(head.encode())
        with connection.makefile("rb") as stream:
            begun = next(line for line in stream if line.startswith(b"event: "))
            process.send_signal(signal.SIGTERM)
            rest = stream.read()

    assert begun == b"event: progress\n"
    assert b"event: end" not in rest
    assert process.wait(timeout=60) is not None
