"""A server asks itself first: about a product that is there, and never to its own harm."""

from types import SimpleNamespace

import anyio

from app.services.warming import warm_up
from graph.errors import DatabaseUnavailable, QueryTimedOut


class Server:
    """Notes what it is asked; fails as often as it is told to."""

    def __init__(self, *, items=("acme:1",), failures=()):
        self.asked = []
        self._items = [SimpleNamespace(id=id, title=f"title of {id}") for id in items]
        self._failures = list(failures)

    def _note(self, *asked):
        self.asked.append(asked)
        if self._failures:
            raise self._failures.pop(0)

    async def list_products(self, query, *, limit, cursor):
        self._note("list")
        return SimpleNamespace(items=self._items[:limit])

    async def to_stored(self, id, wanted):
        self._note("similar", id)

    async def search(self, query, *, limit, cursor, facets):
        self._note("search", query.q, facets)


def warmed(server):
    anyio.run(warm_up, server, server, server)
    return server.asked


def test_what_storefronts_ask_is_asked_of_a_product_that_is_there():
    assert warmed(Server()) == [
        ("list",),
        ("similar", "acme:1"),
        ("similar", "acme:1"),
        ("search", "title of acme:1", True),
        ("search", "title of acme:1", False),
    ]


def test_an_empty_graph_is_asked_nothing_more():
    assert warmed(Server(items=())) == [("list",)]


def test_what_takes_too_long_at_first_is_asked_again():
    asked = warmed(Server(failures=[QueryTimedOut(timeout_s=10.0)]))

    assert asked[:3] == [("list",), ("list",), ("similar", "acme:1")]


def test_a_graph_that_cannot_be_asked_is_no_error_of_the_server():
    down = DatabaseUnavailable(uri="bolt://127.0.0.1:7687", reason="refused")

    assert warmed(Server(failures=[down])) == [("list",)]
