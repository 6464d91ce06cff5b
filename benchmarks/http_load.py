"""A server in a process of its own, and clients over keep-alive connections that load it.

python -m benchmarks.http_load --target JSON --seconds 4 --connections 8
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any


@dataclass(frozen=True)
class Load:
    """What one round of requests measured."""

    rps: float
    p50_ms: float
    p95_ms: float
    p99_ms: float

    @classmethod
    def of(cls, latencies_s: Sequence[float], taken_s: float) -> Load:
        ordered = sorted(latencies_s)
        p50, p95, p99 = (_quantile(ordered, share) * 1_000 for share in (0.5, 0.95, 0.99))
        return cls(len(ordered) / taken_s, p50, p95, p99)


@dataclass(frozen=True)
class Target:
    """Addresses that one side answers, or bodies that are posted to one address."""

    port: int
    paths: tuple[str, ...]
    key: str | None = None
    bodies: tuple[str, ...] = ()  # JSON; none: GET


@contextmanager
def running(module: str, environment: dict[str, str], *options: str) -> Iterator[int]:
    """`python -m module` in a process of its own; yields its port once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", module, *options, "--port", str(port)]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL
    )
    try:
        await_port(process, port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def await_port(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode} before it answered")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server did not answer within a minute")


class _Connection(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it was answered."""

    def __init__(self, requests: list[bytes], stop_at_s: float) -> None:
        self.latencies_s: list[float] = []
        self.failures = 0
        self.done = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._stop_at_s = stop_at_s
        self._next = 0
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 - as asyncio has it
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked_s = time.perf_counter()
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += 1

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator or len(body) < _content_length(head):
            return
        now_s = time.perf_counter()
        self.latencies_s.append(now_s - self._asked_s)
        self.failures += b" 200 " not in head[:16]
        self._buffer = b""
        if now_s < self._stop_at_s:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_result(None)


def _content_length(head: bytes) -> int:
    start = head.lower().find(b"content-length:")
    return int(head[start + 15 :].split(b"\r\n", 1)[0])


async def ask(target: Target, seconds: float, connections: int) -> Load:
    """Load one side for a while and report what came back."""
    posted = target.bodies or (None,)
    requests = [_request(target, path, body) for path in target.paths for body in posted]
    loop = asyncio.get_running_loop()
    started_s = time.perf_counter()
    opened = [
        _Connection(requests[number:] + requests[:number], started_s + seconds)
        for number in range(connections)
    ]
    for connection in opened:
        await loop.create_connection(partial(_itself, connection), "127.0.0.1", target.port)
    await asyncio.gather(*(connection.done for connection in opened))
    taken_s = time.perf_counter() - started_s
    if any(connection.failures for connection in opened):
        raise SystemExit(f"some answers of port {target.port} were not 200")
    return Load.of([one for connection in opened for one in connection.latencies_s], taken_s)


def _itself(connection: _Connection) -> _Connection:
    return connection


def _quantile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _request(target: Target, path: str, body: str | None) -> bytes:
    key = f"Authorization: Bearer {target.key}\r\n" if target.key else ""
    head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\n{key}"
    if body is None:
        return f"GET {path} {head}\r\n".encode()
    sent = body.encode()
    head += f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n"
    return f"POST {path} {head}\r\n".encode() + sent


def load(target: Target, seconds: float, connections: int) -> Load:
    """`ask` in a process of its own, so that measuring takes no time from this one's child."""
    command = [sys.executable, "-m", "benchmarks.http_load", "--target", json.dumps(asdict(target))]
    command += ["--seconds", str(seconds), "--connections", str(connections)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Load(**json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", type=json.loads, required=True)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=8)
    arguments = parser.parse_args()
    target = Target(**arguments.target)
    print(json.dumps(asdict(asyncio.run(ask(target, arguments.seconds, arguments.connections)))))


if __name__ == "__main__":
    main()
