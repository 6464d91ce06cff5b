"""The web application, joined from its routers.

Importing this is quick, so that a command line can; what is slow to import is imported when an
application is made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.settings import Settings
    from app.wiring import Wiring


def create_app(settings: Settings | None = None, wiring: Wiring | None = None) -> FastAPI:
    """The application. Without `wiring` it opens what `settings` name, and closes it at the end.

    Without `settings` the environment is read: `uvicorn --factory app.main:create_app`.
    """
    from fastapi import FastAPI

    from app.api import (
        artefacts,
        ask,
        builds,
        categorize,
        conflicts,
        docs,
        events,
        extract,
        fills,
        finetuning,
        health,
        history,
        imports,
        jobs,
        match,
        product_writes,
        products,
        query,
        recommend,
        review,
        search,
        similar,
        stats,
        training,
        vocabulary,
    )
    from app.api.parameters import query_names
    from app.api.problems import install_problems
    from app.settings import load_settings

    settings = settings or (wiring.settings if wiring else load_settings())
    routers = (  # tried one after another: first what is asked for most
        products.router,
        similar.router,
        search.router,
        health.router,
        product_writes.router,
        history.router,
        conflicts.router,
        review.router,
        review.posts,
        vocabulary.router,
        jobs.router,
        imports.router,
        artefacts.router,
        training.router,
        finetuning.router,
        similar.posts,
        extract.router,
        ask.router,
        builds.router,
        fills.router,
        match.router,
        categorize.router,
        query.router,
        recommend.router,
        events.posts,
        events.router,
        stats.router,
    )
    app = FastAPI(
        **docs.DESCRIPTION,
        # The routes themselves: `include_router` would match every request twice.
        routes=[route for router in routers for route in router.routes],
        lifespan=lambda app: _lifespan(app, settings, wiring),
        redirect_slashes=False,  # a redirect loses the body of a PUT in some clients
    )
    app.state.query_names = query_names(app.routes)
    install_problems(app)
    docs.install_openapi(app)
    docs.install_docs(app)
    _add_middleware(app, settings)
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    from app.api.edge import BodyLimit, Edge, LoopbackOnly

    app.add_middleware(BodyLimit, max_bytes=settings.max_body_bytes)
    if settings.dev:
        app.add_middleware(LoopbackOnly)
    app.add_middleware(Edge, access_log=settings.access_log)  # the last added is the outermost


def _lifespan(
    app: FastAPI, settings: Settings, wiring: Wiring | None
) -> AbstractAsyncContextManager[None]:
    @asynccontextmanager
    async def given() -> AsyncIterator[None]:
        app.state.wiring = wiring
        yield

    @asynccontextmanager
    async def opened() -> AsyncIterator[None]:
        from app.wiring import open_wiring

        async with open_wiring(settings) as own:
            app.state.wiring = own
            yield

    return given() if wiring else opened()
