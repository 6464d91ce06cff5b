"""Two ports for one server: the usual ones, those it had last time, or any that are free."""

from __future__ import annotations

import socket
from dataclasses import dataclass

import psutil

from graph.embedded.configuration import HOST, ServerOptions
from graph.embedded.state import State
from graph.errors import PortInUse

USUAL_BOLT_PORT = 7687
USUAL_HTTP_PORT = 7474
# Four protocol versions of Bolt that nobody will use: we only want to hear that somebody answers.
_HANDSHAKE = b"\x60\x60\xb0\x17" + b"\x00\x00\x04\x05" + b"\x00" * 12
_ANSWER_BYTES = 4
_ANSWER_TIMEOUT_S = 1.0


@dataclass(frozen=True)
class Ports:
    bolt: int
    http: int


def choose_ports(options: ServerOptions, last: State | None) -> Ports:
    """Raises `PortInUse` for a port that was asked for by number and is taken."""
    last_bolt, last_http = (last.bolt_port, last.http_port) if last else (0, 0)
    bolt = _choose(options.bolt_port, [last_bolt, USUAL_BOLT_PORT], taken=0)
    http = _choose(options.http_port, [last_http, USUAL_HTTP_PORT], taken=bolt)
    return Ports(bolt=bolt, http=http)


def may_move(options: ServerOptions) -> bool:
    """Whether another choice of ports would be within the options."""
    return not (options.bolt_port and options.http_port)


def answers(ports: Ports, pid: int) -> bool:
    """Whether this very process serves both ports; another Neo4j there must not pass for ours.

    Bolt comes half a second before HTTP, and a server that finds no HTTP port ends itself then.
    """
    return answers_bolt(ports.bolt) and {ports.bolt, ports.http} <= _listening(pid)


def answers_bolt(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=_ANSWER_TIMEOUT_S) as connection:
            connection.sendall(_HANDSHAKE)
            return len(connection.recv(_ANSWER_BYTES)) == _ANSWER_BYTES
    except OSError:
        return False


def _listening(pid: int) -> set[int]:
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.Error:
        return set()
    return {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN}


def _choose(wanted: int | None, preferred: list[int], *, taken: int) -> int:
    if wanted:
        if not _is_free(wanted):
            raise PortInUse(port=wanted)
        return wanted
    if wanted is None:
        for port in preferred:
            if port and port != taken and _is_free(port):
                return port
    return _any_free()


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: a port in its last minute after a restart counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _any_free() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
