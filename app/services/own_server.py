"""A Neo4j that is started for one piece of work, and goes away with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graph.client import Connection
from graph.server import EmbeddedServer, ServerOptions

HEAP_MIB, PAGE_CACHE_MIB = 1_024, 512


@contextmanager
def own_server(home: Path) -> Iterator[Connection]:
    """On free ports, with nothing in it.

    Raises:
        ServerError: it does not start.
    """
    options = ServerOptions(
        bolt_port=0,
        http_port=0,
        heap_mib=HEAP_MIB,
        page_cache_mib=PAGE_CACHE_MIB,
        prepare_archive=False,
    )
    with EmbeddedServer(home, options) as server:
        endpoint = server.endpoint
        yield Connection(endpoint.uri, endpoint.username, endpoint.password)
