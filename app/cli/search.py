"""`catalograph search`: what `/v1/search` finds, from the command line."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import typer

from app.cli.output import Json, note, out, print_json, print_table
from app.services.searching import QUERY_CHARS, SearchPage, SearchQuery
from app.services.sort_words import Sort
from app.settings import load_settings


def search(
    query: Annotated[str, typer.Argument(help="What somebody types; filters are understood.")],
    filter_: Annotated[
        str | None, typer.Option("--filter", help="More terms that must hold: brand:acme.")
    ] = None,
    sort: Annotated[
        Sort | None,
        typer.Option(
            help="Of what was found; not given: what the query asks for, or relevance. newest: "
            "what came into the graph last, of whatever year it is."
        ),
    ] = None,
    kind: Annotated[
        Literal["product", "model"], typer.Option(help="What to look for.")
    ] = "product",
    limit: Annotated[int, typer.Option(min=1, max=100, help="Results to show.")] = 10,
    json: Json = False,
) -> None:
    """Find products by what somebody types."""
    if len(query) > QUERY_CHARS:
        raise typer.BadParameter(
            f"{len(query):,} characters are no query; at most {QUERY_CHARS} are read",
            param_hint="QUERY",
        )
    from app.wiring import search_once

    asked = SearchQuery(q=query, filter=filter_, sort=sort, kind=kind)
    page = asyncio.run(search_once(load_settings(), asked, limit=limit))
    if json:
        print_json(page)
    else:
        print_found(page)


def print_found(page: SearchPage) -> None:
    understood = page.understood
    if understood.corrected is not None:
        out.print(f"Read as: {understood.corrected}", highlight=False, markup=False)
    if understood.filters:
        out.print(f"Understood: {understood.filters}", highlight=False, markup=False)
    if understood.sort is not None:
        what = " (what came into the graph last)" if understood.sort == "newest" else ""
        out.print(f"Sorted by: {understood.sort}{what}", highlight=False, markup=False)
    rows = [
        (
            one.item.title,
            one.item.brand.name if one.item.brand else "",
            "" if one.item.price is None else f"{one.item.price:g} {one.item.currency or ''}",
            {True: "yes", False: "no", None: ""}[one.item.in_stock],
            one.item.id,
        )
        for one in page.items
    ]
    print_table(f"{page.found} found", ("title", "brand", "price", "in stock", "id"), rows)
    if page.notice is not None:
        note(page.notice)
