"""The choices of an embedded server, and the neo4j.conf written from them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

from graph.embedded.layout import Layout
from graph.embedded.memory import MemoryPlan, machine_memory_bytes, plan_memory

HOST = "127.0.0.1"
# The heap grows from here on demand, so that an idle server on a laptop stays small.
_FIRST_HEAP_MIB = 256
# Buffers of answers on their way out. One record larger than all of this is an accident: without
# the limit it grew for minutes, copied at every step, to twice the heap outside the heap.
_DIRECT_FLOOR_MIB = 128
_DIRECT_CEILING_MIB = 512

# What both the server and its admin tool are run with.
JVM_FLAGS = (
    # Native access to files: preallocated logs, and `database import` fails without the first.
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    # One query can exhaust the heap. A process that ends is restarted; one that lingers is not.
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:+DisableExplicitGC",
    "-XX:-OmitStackTraceInFastThrow",
    "-Dlog4j2.disable.jmx=true",
)


@dataclass(frozen=True)
class ServerOptions:
    """How to run an embedded server; the defaults fit a laptop and a small container alike.

    A port is `None` (the usual one, the one used last, or else any that is free), 0 (any that is
    free) or a number (that one or `PortInUse`). `repository` is the Maven repository with the
    jars, `cache` the folder of prepared class archives; both are shared among homes.
    """

    bolt_port: int | None = None
    http_port: int | None = None
    heap_mib: int | None = None
    page_cache_mib: int | None = None
    transaction_timeout_s: float = 600.0  # the ceiling for scripts; the API asks for far less
    start_timeout_s: float = 300.0  # recovery after a kill replays the log before it answers
    silence_limit_s: float = 30.0  # no Bolt handshake for so long: the server is taken for hung
    stop_grace_s: float = 30.0  # a stop takes 1 s; a checkpoint of a large import takes longer
    restart_limit: int = 5  # deaths in quick succession before the supervisor gives up
    minimum_free_mib: int = 512  # one log file each for two databases, and room to write
    prepare_archive: bool = True
    drop_torn_end: bool = False  # of the log, with all that comes after what cannot be read
    repository: Path | None = None
    cache: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("bolt_port", "http_port"):
            port = getattr(self, name)
            if port is not None and not 0 <= port <= 65_535:
                raise ValueError(f"{name} is {port}; a port lies between 0 and 65535")
        for name in ("heap_mib", "page_cache_mib"):
            size = getattr(self, name)
            if size is not None and size < 1:
                raise ValueError(f"{name} is {size}; it must be at least 1")
        for name in ("transaction_timeout_s", "start_timeout_s", "silence_limit_s", "stop_grace_s"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is {getattr(self, name)}; it must be above 0")

    @property
    def memory(self) -> MemoryPlan:
        plan = plan_memory(machine_memory_bytes())
        return MemoryPlan(
            heap_mib=self.heap_mib or plan.heap_mib,
            page_cache_mib=self.page_cache_mib or plan.page_cache_mib,
        )

    def to_json(self) -> str:
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Self:
        fields: dict[str, Any] = json.loads(text)
        for name in ("repository", "cache"):
            if fields.get(name) is not None:
                fields[name] = Path(fields[name])
        return cls(**fields)


def memory_flags(memory: MemoryPlan) -> list[str]:
    direct_mib = max(_DIRECT_FLOOR_MIB, min(memory.heap_mib // 8, _DIRECT_CEILING_MIB))
    return [
        f"-Xms{min(memory.heap_mib, _FIRST_HEAP_MIB)}m",
        f"-Xmx{memory.heap_mib}m",
        f"-XX:MaxDirectMemorySize={direct_mib}m",
    ]


def write_configuration(
    layout: Layout, options: ServerOptions, *, bolt_port: int, http_port: int
) -> None:
    text = render_configuration(options, options.memory, bolt_port=bolt_port, http_port=http_port)
    layout.conf_file.write_text(text, encoding="utf-8")


def render_configuration(
    options: ServerOptions, memory: MemoryPlan, *, bolt_port: int, http_port: int
) -> str:
    """The whole neo4j.conf; `options.settings` have the last word."""
    settings = _settings(options, memory, bolt_port=bolt_port, http_port=http_port)
    lines = ["# Written at every start; change it through the options of Catalograph."]
    lines += [f"{name}={value}" for name, value in {**settings, **options.settings}.items()]
    lines += [f"server.jvm.additional={flag}" for flag in JVM_FLAGS]
    return "\n".join(lines) + "\n"


def _settings(
    options: ServerOptions, memory: MemoryPlan, *, bolt_port: int, http_port: int
) -> dict[str, str]:
    return {
        **_network(bolt_port, http_port),
        **_CLOSED,
        **_SMALL,
        **_memory(memory),
        "db.transaction.timeout": f"{round(options.transaction_timeout_s * 1000)}ms",
        **(_DROPPING if options.drop_torn_end else {}),
    }


def _network(bolt_port: int, http_port: int) -> dict[str, str]:
    return {
        "server.config.strict_validation.enabled": "true",
        "server.default_listen_address": HOST,
        "server.default_advertised_address": HOST,
        "server.bolt.enabled": "true",
        "server.bolt.listen_address": f"{HOST}:{bolt_port}",
        "server.bolt.advertised_address": f"{HOST}:{bolt_port}",
        "server.http.enabled": "true",
        "server.http.listen_address": f"{HOST}:{http_port}",
        "server.http.advertised_address": f"{HOST}:{http_port}",
        "server.https.enabled": "false",
    }


# Nothing leaves the machine, and nothing of the machine enters a query.
_CLOSED = {
    "dbms.security.auth_enabled": "true",
    "dbms.security.allow_csv_import_from_file_urls": "false",
    "internal.dbms.cypher_ip_blocklist": "0.0.0.0/0,::/0",  # LOAD CSV from anywhere
    "dbms.usage_report.enabled": "false",
    "client.allow_telemetry": "false",
    "dbms.fleet_manager.enabled": "false",
    "server.fleet_discovery.enabled": "false",
    "server.http.x_forward.enabled": "false",
    "server.http_enabled_modules": "TRANSACTIONAL_ENDPOINTS,QUERY_API_ENDPOINTS",
}

_SMALL = {
    "db.logs.query.enabled": "OFF",  # the API logs and times its own queries
    "dbms.logs.http.enabled": "false",
    "server.logs.gc.enabled": "false",
    # Files of two databases are laid out in full at the first start: 128 MiB instead of 512.
    "db.tx_log.rotation.size": "64m",
    # Logs serve recovery only: Community makes no incremental backups from them.
    "db.tx_log.rotation.retention_policy": "512M size",
    "db.lock.acquisition.timeout": "60s",  # a deadlock is found at once; this ends a forgotten lock
    # A stop takes 1 s instead of 11: the store is closed before this quiet time begins.
    "internal.dbms.bolt.netty_server_shutdown_quiet_period_duration": "0s",
}


# A recovery ends at the first transaction that cannot be read, and cuts the log off there.
_DROPPING = {"internal.dbms.tx_log.fail_on_corrupted_log_files": "false"}


def _memory(memory: MemoryPlan) -> dict[str, str]:
    return {
        "server.memory.heap.initial_size": f"{min(memory.heap_mib, _FIRST_HEAP_MIB)}m",
        "server.memory.heap.max_size": f"{memory.heap_mib}m",
        "server.memory.pagecache.size": f"{memory.page_cache_mib}m",
        # What queries may hold together leaves the server room to say no;
        # one alone may not starve the others.
        "dbms.memory.transaction.total.max": f"{memory.heap_mib * 6 // 10}m",
        "db.memory.transaction.max": f"{memory.heap_mib * 4 // 10}m",
    }
