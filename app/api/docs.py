"""The OpenAPI description: what all operations share, and what FastAPI cannot be told otherwise."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from app.api.access import BEARER, HEADER, HEADER_NAME
from app.api.problems import Fault, Problem
from app.api.product_writes import ProductRow

_TEXT = """
Products, their facts and what is around them in the graph.

**Keys.** Every route but the health ones needs an API key with a scope: `read`, `query` (raw
Cypher; includes `read`), `write` (includes `read`) or `admin` (includes all). Send it as
`Authorization: Bearer cg_...` or `X-API-Key: cg_...`.

**Ids.** A product is `source:sku`. In a path percent-encode it as one segment, as
`encodeURIComponent` does.

**Lists** are read page by page: send `next_cursor` as `cursor` until it is null.

**Dumps** are loaded in the background: `POST /v1/imports` answers with a job, which says how far
it is and which rows it could not load. A client that stops half-way leaves nothing behind.

**Errors** are problem details (RFC 9457). Decide by `code`, which is stable; show `detail` to a
person; quote `request_id` when you ask for help: it is your own `X-Request-ID`, if you sent one.
"""

# Arguments of FastAPI.
DESCRIPTION: dict[str, Any] = {
    "title": "Catalograph",
    "summary": "A product knowledge graph, served.",
    "description": _TEXT.strip(),
    "version": "1",
    "openapi_tags": [
        {"name": "products", "description": "What shops list, and the models behind it."},
        {"name": "review", "description": "What models propose, and what persons decide."},
        {"name": "imports", "description": "Dumps of any size, loaded in the background."},
        {"name": "jobs", "description": "What goes on in the background."},
        {"name": "similar", "description": "What is like a product or a text, and why."},
        {"name": "search", "description": "What somebody types, found and completed."},
        {"name": "extract", "description": "What texts state, and where they say it."},
        {"name": "ask", "description": "Questions over the graph, and the query that answered."},
        {
            "name": "categorize",
            "description": "Of which category titles are, or that none is known.",
        },
        {"name": "match", "description": "Whether two items are the same product, and why."},
        {"name": "query", "description": "The graph in Cypher, for data scientists; reading only."},
        {"name": "recommend", "description": "What shoppers did, and what to show them."},
        {"name": "models", "description": "What was learned, and which of it serves."},
        {"name": "vocabulary", "description": "Brands, categories and parameters."},
        {"name": "stats", "description": "How much there is."},
        {"name": "health", "description": "For whoever runs the service; no key needed."},
    ],
    "docs_url": None,  # ours needs no network, see `install_docs`
    "redoc_url": None,
    "swagger_ui_oauth2_redirect_url": None,
}

# Bodies that are refused row by row, or answers that no route declares as its own.
_MORE_SCHEMAS = (Problem, Fault, ProductRow)
_REF = "#/components/schemas/{model}"


def install_docs(app: FastAPI) -> None:
    """/docs with the scripts of an installed package: FastAPI's own page loads them from a CDN."""
    static = files("fastapi_offline") / "static"
    app.mount("/docs/static", StaticFiles(directory=str(static)), name="docs-static")

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "")
        return get_swagger_ui_html(
            openapi_url=f"{root}/openapi.json",
            title=f"{app.title} API",
            swagger_js_url=f"{root}/docs/static/swagger-ui-bundle.js",
            swagger_css_url=f"{root}/docs/static/swagger-ui.css",
            swagger_favicon_url=f"{root}/docs/static/favicon.png",
            swagger_ui_parameters={"defaultModelsExpandDepth": 0, "displayRequestDuration": True},
        )


def install_openapi(app: FastAPI) -> None:
    """Make `app.openapi()` answer our description, computed once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _described(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        separate_input_output_schemas=app.separate_input_output_schemas,
    )
    components = document["components"]
    for model in _MORE_SCHEMAS:
        schema = model.model_json_schema(ref_template=_REF)
        components["schemas"] |= schema.pop("$defs", {})
        components["schemas"][model.__name__] = schema
    components["securitySchemes"][HEADER] = {
        "type": "apiKey",
        "in": "header",
        "name": HEADER_NAME,
        "description": "The same key, for clients that cannot send `Authorization`.",
    }
    for operation in _operations(document):
        _offer_header(operation)
    _point_rows(components["schemas"])
    return document


def _operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in document["paths"].values() for operation in path.values()]


def _offer_header(operation: dict[str, Any]) -> None:
    """Each way to send the key is an alternative; a second FastAPI dependency would cost time."""
    for needed in list(operation.get("security", [])):
        operation["security"].append({HEADER: needed[BEARER]})


def _point_rows(schemas: dict[str, Any]) -> None:
    """Rows are checked one by one, which FastAPI cannot know: name their schema here."""
    items = schemas["ProductBatch"]["properties"]["items"]
    items["items"] = {"$ref": _REF.format(model=ProductRow.__name__)}
