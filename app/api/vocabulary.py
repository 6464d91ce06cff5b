"""GET of /v1/brands, /v1/categories and /v1/parameters: what products can be asked for by."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import READ
from app.api.answers import page_answer
from app.api.contract import LIST_REFUSED, READS, Cursor, Limit, wiring_of
from app.api.models import Answer, Named, Page
from app.services.browsing import Family

router = APIRouter(prefix="/v1", tags=["vocabulary"])


class CountedName(Named):
    """A brand or category, and how many items stand under it."""

    items: int = Field(description="products and models", ge=0, examples=[412])


class NamePage(Page[CountedName]):
    """One page of brands or categories."""


class Parameter(Answer):
    """A kind of attribute."""

    id: str = Field(description="stable id, to filter by", examples=["display"])
    name: str = Field(description="the name to show", examples=["Display"])
    kind: Literal["text", "number", "boolean"] = Field(examples=["number"])
    unit: str | None = Field(description="the unit its numbers are kept in", examples=["in"])
    names: list[str] = Field(
        description="every name it is known by", examples=[["Display", "Screen size"]]
    )
    decimals: int | None = Field(
        description="how many decimals its numbers are rounded to", examples=[2]
    )
    items: int = Field(description="how many items state it", ge=0, examples=[1_503])
    values: int = Field(description="how many different values it has", ge=0, examples=[87])
    minimum: float | None = Field(description="the smallest number, in `unit`", examples=[1.4])
    maximum: float | None = Field(description="the largest number, in `unit`", examples=[12.9])


class ParameterPage(Page[Parameter]):
    """One page of parameters."""


@router.get(
    "/brands",
    operation_id="listBrands",
    summary="Brands",
    response_description="One page, in the order of ids.",
    response_model=NamePage,
    responses={**READS, **LIST_REFUSED},
    dependencies=[READ],
)
async def list_brands(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every brand, its names in all languages, and how many items it has."""
    return await _page(request, "brands", limit, cursor)


@router.get(
    "/categories",
    operation_id="listCategories",
    summary="Categories",
    response_description="One page, in the order of ids.",
    response_model=NamePage,
    responses={**READS, **LIST_REFUSED},
    dependencies=[READ],
)
async def list_categories(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every category, its names in all languages, and how many items it has."""
    return await _page(request, "categories", limit, cursor)


@router.get(
    "/parameters",
    operation_id="listParameters",
    summary="Parameters",
    response_description="One page, in the order of ids.",
    response_model=ParameterPage,
    responses={**READS, **LIST_REFUSED},
    dependencies=[READ],
)
async def list_parameters(request: Request, limit: Limit = 100, cursor: Cursor = None) -> Response:
    """Every kind of attribute, with its unit and the range of its numbers: what filters offer."""
    return await _page(request, "parameters", limit, cursor)


async def _page(request: Request, family: Family, limit: int, cursor: str | None) -> Response:
    page = await wiring_of(request).browsing.list_vocabulary(family, limit=limit, cursor=cursor)
    return page_answer(request, page)
