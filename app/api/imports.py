"""POST /v1/imports: a dump, sent or named, becomes a job."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import WRITE
from app.api.arrivals import arrive
from app.api.contract import KEYED
from app.api.incoming import FORM
from app.api.job_models import JOBS_STORE, Job, accepted
from app.api.parameters import KEY_HEADER
from app.api.problems import problems
from app.services.intake import ImportRequest

router = APIRouter(prefix="/v1/imports", tags=["imports"])

REFUSED = problems(
    (400, "body_incomplete", "the body ended early: the last boundary of the form is missing"),
    (408, "upload_stalled", "nothing came for 30 s; nothing is kept, send it again"),
    (413, "body_too_large", "the body is larger than 5368709120 bytes; send it in parts"),
    (415, "media_type_unsupported", "Content-Type 'text/html' cannot be taken here"),
    (422, "mapping_unknown", "there is no mapping 'phone'; there are offers, phones"),
    (507, "no_space", "there is no space left to keep this upload"),
)

_CSV = 'sku,title,brand\n10027,"Acme Lantern 6 128GB black",Acme\n'
_NDJSON = '{"sku": "10027", "title": "Acme Lantern 6 128GB black", "brand": "Acme"}\n'
_ARRAY = [{"sku": "10027", "title": "Acme Lantern 6 128GB black", "brand": "Acme"}]
_MAPPING = """version = 1
target = "product"
id = { column = "sku" }

[fields]
title = { column = "title" }
brand = { column = "brand" }
"""
_TEXT: dict[str, Any] = {"type": "string"}
_BYTES: dict[str, Any] = {"type": "string", "format": "binary"}


def _content(schema: dict[str, Any], summary: str, value: object) -> dict[str, Any]:
    return {"schema": schema, "examples": {"dump": {"summary": summary, "value": value}}}


BODY: dict[str, Any] = {
    "description": "The dump, as it is or packed with gzip or zstd. None with `path`.",
    "required": False,
    "content": {
        "text/csv": _content(_TEXT, "one row under its header", _CSV),
        "application/x-ndjson": _content(_TEXT, "one object on each line", _NDJSON),
        "application/json": _content(
            {"type": "array", "items": {"type": "object"}}, "an array of objects", _ARRAY
        ),
        FORM: _content(
            {
                "type": "object",
                "properties": {"file": _BYTES, "mapping": _TEXT},
                "required": ["file"],
            },
            "a file and its mapping",
            {"file": _CSV, "mapping": _MAPPING},
        ),
    },
}

Source = Annotated[
    str,
    Query(
        min_length=1,
        max_length=100,
        description="name of the catalog; the ids of its products begin with it",
        openapi_examples={"shop": {"summary": "a shop", "value": "acme"}},
    ),
]
MappingName = Annotated[
    str | None,
    Query(
        max_length=64,
        description="which of the server's mappings says what each column is; "
        "unset: the part `mapping` of the form",
        openapi_examples={"phones": {"summary": "phones.toml", "value": "phones"}},
    ),
]
ServerPath = Annotated[
    str | None,
    Query(
        max_length=4_096,
        description="a file that the server reads itself, under one of its import roots; "
        "then without a body",
        openapi_examples={"none": {"summary": "the file is sent: leave it out"}},
    ),
]
Mode = Annotated[
    Literal["merge", "replace"],
    Query(
        description="`replace`: what the source listed and the dump no longer has is closed",
        openapi_examples={"add": {"summary": "add and change", "value": "merge"}},
    ),
]
OnError = Annotated[
    Literal["skip", "abort"],
    Query(
        description="what a row that cannot be loaded does: it is left out, or nothing is loaded",
        openapi_examples={"usual": {"summary": "leave it out", "value": "skip"}},
    ),
]
DryRun = Annotated[
    bool,
    Query(
        description="check every row, report, and write nothing",
        openapi_examples={"try": {"summary": "only try", "value": True}},
    ),
]
FormatName = Annotated[
    Literal["csv", "ndjson", "json", "parquet", "lines"] | None,
    Query(
        description=(
            "where neither Content-Type nor the file's name tells, or they are wrong; "
            "`lines`: a title on each line"
        ),
        openapi_examples={"csv": {"summary": "CSV", "value": "csv"}},
    ),
]
Webhook = Annotated[
    str | None,
    Query(
        max_length=2_048,
        description="where the end of the job is told, signed; its host has to be allowed",
        openapi_examples={"none": {"summary": "nowhere: leave it out"}},
    ),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias=KEY_HEADER,
        pattern=r"^[\x21-\x7e]{1,255}$",
        description="any text of yours; sent again with it, the request answers the first job",
        openapi_examples={"night": {"summary": "one load a night", "value": "acme-2025-03-01"}},
    ),
]


@router.post(
    "",
    operation_id="createImport",
    summary="Load a dump",
    response_description="The job that loads it, at the address in `Location`.",
    status_code=202,
    response_model=Job,
    responses={**KEYED, **REFUSED, **JOBS_STORE},
    openapi_extra={"requestBody": BODY},
    dependencies=[WRITE],
)
async def create_import(
    request: Request,
    source: Source,
    mapping: MappingName = None,
    path: ServerPath = None,
    mode: Mode = "merge",
    on_error: OnError = "skip",
    dry_run: DryRun = False,
    format: FormatName = None,
    webhook: Webhook = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Take a dump of any size and load it in the background.

    Send it as the body, as the part `file` of a form, or name it with `path`. CSV, NDJSON, a JSON
    array or Parquet; gzip and zstd are found by content. Rows that cannot be loaded stop no other:
    the job lists them. Watch the job at the address in `Location`.
    """
    asked = ImportRequest(
        source=source,
        mapping=mapping,
        path=path,
        mode=mode,
        on_error=on_error,
        dry_run=dry_run,
        format=format,
        webhook=webhook,
    )
    job, new = await arrive(request, asked, idempotency_key)
    return accepted(job, replayed=not new)
