"""POST /v1/training-runs/labels: a file of labels becomes a job that learns to read texts."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Security
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import GUARD
from app.api.arrivals import key_of_caller, spool_body
from app.api.contract import INVALID, KEYED, wiring_of
from app.api.imports import IdempotencyKey, Webhook
from app.api.incoming import has_body, require_known_encoding
from app.api.job_models import JOBS_STORE, Job, accepted
from app.api.problems import problems
from app.errors import BodyEmpty
from app.keys import Scope
from app.services.starts import pinned
from app.services.training_runs import FINETUNE, FinetuneSpec, IfBetter, Tuned
from app.services.training_runs import Reader as ReaderName

if TYPE_CHECKING:
    from pathlib import Path

    from app.jobs import records

router = APIRouter(prefix="/v1/training-runs", tags=["models"])

_ADMIN = Security(GUARD, scopes=[Scope.ADMIN.value])
_BYTES = {"type": "string", "format": "binary"}


def _sent(summary: str, text: str, **others: str) -> dict[str, Any]:
    examples = {"one": {"summary": summary, "value": text}}
    more = {name: {"summary": name, "value": value} for name, value in others.items()}
    return {"schema": _BYTES, "examples": examples | more}


_LABELS = {
    "description": "for `extraction` JSON lines with `input`, `category` and `target_scores`; for "
    "`linking` and `search` CSV with `product_title` and `cluster_label`, or `title` and `model`; "
    "for `categories` CSV with `product_title` and `category_label`, or `title` and `category`; "
    "for `matching` lines of two records `COL name VAL text ...` and 0 or 1, divided by tabs; for "
    "`recommendation` lines of a shopper and then ids of products in the order of time, divided by "
    "spaces; for `plausibility` and `filling` nothing: they learn from the graph alone",
    "required": False,
    "content": {
        "application/x-ndjson": _sent(
            "texts with their values",
            '{"input": "Oak desk lamp, copper", "category": "lamps", '
            '"target_scores": {"colour": {"copper": 1}, "power": {"n/a": 1}}}\n',
        ),
        "text/csv": _sent(
            "offers with their clusters",
            "product_title,cluster_label,category_label\nacme nova 7 64gb,Acme Nova 7,phones\n",
        ),
        "text/plain": _sent(
            "pairs that are the same or not",
            "COL title VAL desk lamp copper\tCOL title VAL copper lamp for desks\t1\n",
            sequences="customer-4711 acme:10027 acme:10031 acme:10040\n",
        ),
    },
}
_REFUSED = problems(
    (400, "body_incomplete", "900 bytes were announced and 512 came"),
    (404, "artefact_not_found", "there is no model 'product'; there are products"),
    (408, "upload_stalled", "nothing came for 30 s; send it again"),
    (409, "artefact_corrupted", "products/3: manifest.json should be … and is …; train anew"),
    (413, "body_too_large", "the body is larger than 8388608 bytes; send it in parts"),
    (415, "media_type_unsupported", "Content-Encoding 'br': send gzip, zstd or plain"),
    (
        422,
        "recipe_invalid",
        "recipe setting known: there is nothing to learn from; send a file of labels, or set "
        "`known`",
    ),
    (507, "no_space", "there is no space left on the disk of the uploads"),
)

Reader = Annotated[
    ReaderName,
    Query(
        description="what is to be learnt",
        openapi_examples={"values": {"summary": "values in texts", "value": "extraction"}},
    ),
]
Known = Annotated[
    bool,
    Query(
        description="learn also from what the graph knows: decisions of persons (extraction), "
        "products whose model (linking, search) or items whose category (categories) a catalog or "
        "a person says, what shoppers chose after a search (search) or viewed and bought at all "
        "(recommendation); `plausibility` and `filling` learn from nothing else and need no "
        "`known`",
        openapi_examples={"no": {"summary": "only from the labels sent", "value": False}},
    ),
]
Tune = Annotated[
    Tuned,
    Query(
        description="what learns of the pretrained transformer under `extraction`: nothing of it "
        "(`head`), its last two layers (`last`), adapters beside its own weights (`adapters`), or "
        "all of it",
        openapi_examples={"usual": {"summary": "all of it", "value": "all"}},
    ),
]
From = Annotated[
    str | None,
    Query(
        alias="from",
        max_length=100,
        description="NAME/VERSION of the pretrained encoder that `extraction` begins with, one "
        "that a training run made; without it, the usual one",
        openapi_examples={"none": {"summary": "the usual one: leave it out"}},
    ),
]
Seed = Annotated[
    int,
    Query(
        ge=0,
        le=2**31 - 1,
        description="of all that is drawn by chance: the same labels and seed learn the same",
        openapi_examples={"usual": {"summary": "the usual one", "value": 0}},
    ),
]
Promote = Annotated[
    IfBetter,
    Query(
        description="when it serves at once",
        openapi_examples={"usual": {"summary": "if it is better", "value": "if_better"}},
    ),
]


@router.post(
    "/labels",
    operation_id="createFinetuningRun",
    summary="Learn from labels",
    response_description="The job that does it, at the address in `Location`.",
    status_code=202,
    response_model=Job,
    responses={**KEYED, **INVALID, **_REFUSED, **JOBS_STORE},
    openapi_extra={"requestBody": _LABELS},
    dependencies=[_ADMIN],
)
async def create_finetuning_run(
    request: Request,
    reader: Reader,
    known: Known = False,
    tune: Tune = "all",
    from_: From = None,
    promote: Promote = "if_better",
    seed: Seed = 0,
    webhook: Webhook = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Send labels as the body, plain; what `catalograph finetune` reads. One run at a time.

    The end of the job has the metrics, and whether the new model serves.
    """
    parts = wiring_of(request)
    if webhook is not None:
        parts.jobs.check_webhook(webhook)
    start = None
    if from_ is not None:
        start = await parts.threads.run(partial(pinned, parts.models.registry, from_))
    spec = FinetuneSpec(
        name=reader, known=known, promote=promote, seed=seed, tune=tune, start=start
    )
    submit = partial(
        parts.jobs.submit,
        webhook=webhook,
        idempotency_key=key_of_caller(request, idempotency_key),
    )
    made = partial(submit, spec)
    if not has_body(request):
        job, new = await parts.threads.run(made)
        return accepted(job, replayed=not new)
    require_known_encoding(request, packed=False)
    run = parts.intake.new_id(FINETUNE)

    def with_labels(labels: Path) -> tuple[records.Job, bool]:
        return submit(replace(spec, path=str(labels), file="labels"), run=run)

    async with parts.uploads.spool(run) as spool:
        try:
            await spool_body(request, parts, spool)
            made = partial(
                parts.intake.with_file, with_labels, run=run, spool=spool, name="labels.txt"
            )
        except BodyEmpty:  # announced as of unknown length, and of none
            pass
        job, new = await parts.threads.run(made)
    return accepted(job, replayed=not new)
