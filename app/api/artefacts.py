"""/v1/models: the trained models of this installation, and which of them serves."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Security
from msgspec import structs
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import GUARD, READ, BodyRoute
from app.api.answers import answer
from app.api.contract import BODY, INVALID, KEYED, wiring_of
from app.api.job_models import JOBS_STORE
from app.api.models import Answer
from app.api.problems import problems
from app.keys import Scope
from app.services.readers import user_of
from app.services.training_runs import MODEL_NAME, EmbedSpec
from ml.artefact import NAME_PATTERN, VERSION_PATTERN

router = APIRouter(prefix="/v1/models", tags=["models"], route_class=BodyRoute)

_ADMIN = Security(GUARD, scopes=[Scope.ADMIN.value])

_STORE: dict[int | str, dict[str, Any]] = {
    **KEYED,
    **problems(
        (409, "artefact_corrupted", "products/3: weights.safetensors should be 9f… and is 1c…"),
        (503, "registry_unavailable", "the models cannot be used now; the log says why"),
    ),
}
_ONE: dict[int | str, dict[str, Any]] = {
    **_STORE,
    **INVALID,
    **problems((404, "artefact_not_found", "there is no model 'product'; there are products")),
}

ModelName = Annotated[
    str,
    Path(
        max_length=64,
        pattern=f"^{NAME_PATTERN}$",
        description="the name it was registered under",
        openapi_examples={"products": {"summary": "vectors of products", "value": "products"}},
    ),
]


class Serving(Answer):
    """What the process that answers has loaded."""

    version: str | None = Field(description="what answers now; null: nothing", examples=["3"])
    wanted: str | None = Field(description="the champion it knows of", examples=["3"])
    loading: bool = Field(
        description="whether another version is being loaded; the old one answers until then",
        examples=[False],
    )
    error: str | None = Field(
        description="why the champion could not be loaded; promoting it again tries again",
        examples=[None, "KeyError; the log says why"],
    )


class Measure(Answer):
    """A metric with its 95 % interval; shares lie in 0..1."""

    value: float = Field(examples=[0.91])
    low: float | None = Field(examples=[0.89])
    high: float | None = Field(examples=[0.93])


class Version(Answer):
    """One trained model."""

    name: str = Field(examples=["products"])
    version: str = Field(description="a number that only grows", examples=["3"])
    aliases: list[Literal["candidate", "champion"]] = Field(examples=[["champion"]])
    kind: str = Field(description="what it is read as", examples=["graph-encoder"])
    created_at: datetime = Field(
        description="when its training ended, ISO 8601 in UTC", examples=["2025-03-01T09:30:00Z"]
    )
    code_version: str = Field(description="of what trained it", examples=["0.1.0"])
    data_fingerprint: str = Field(
        description="of the snapshot it was trained on", examples=["5f2c09d1"]
    )
    seed: int = Field(examples=[7])
    width: int = Field(description="length of its vectors", examples=[128])
    parent: str | None = Field(
        description="the artefact that training began with", examples=["words/2"]
    )
    origin: str | None = Field(
        description="its name and version where it was trained, if it was imported",
        examples=[None, "products/12"],
    )
    bytes: int = Field(description="size of all its files", examples=[8_400_512])
    metrics: dict[str, Measure] = Field(
        examples=[{"recall@10": {"value": 0.91, "low": 0.89, "high": 0.93}}]
    )
    baselines: dict[str, dict[str, float]] = Field(
        description="what trivial methods reach on the same data",
        examples=[{"popularity": {"recall@10": 0.31}}],
    )
    config: dict[str, Any] = Field(
        description="the recipe it was trained with", examples=[{"layers": 2}]
    )


class DamagedVersion(Answer):
    """One that cannot be read any more."""

    reference: str = Field(description="NAME/VERSION", examples=["products/2"])
    reason: str = Field(
        description="what is wrong, and what to do about it",
        examples=["products/2: manifest.json should be a manifest and is none"],
    )


class ModelSummary(Answer):
    """A name, with its versions."""

    name: str = Field(examples=["products"])
    champion: str | None = Field(description="the version that serves", examples=["3"])
    candidate: str | None = Field(description="the one that may come next", examples=["4"])
    versions: list[str] = Field(description="oldest first", examples=[["1", "3", "4"]])
    serving: Serving | None = Field(description="null where this service answers nothing with it")


class ModelList(Answer):
    items: list[ModelSummary]


class Model(Answer):
    """A name, with all that is known of its versions."""

    name: str = Field(examples=["products"])
    champion: str | None = Field(description="the version that serves", examples=["3"])
    candidate: str | None = Field(description="the one that may come next", examples=["4"])
    serving: Serving | None = Field(description="null where this service answers nothing with it")
    versions: list[Version] = Field(description="newest first")
    damaged: list[DamagedVersion] = Field(description="newest first")


class PromotionWrite(BaseModel):
    """What shall be promoted, and to what."""

    model_config = ConfigDict(extra="forbid")

    version: str = Field(
        pattern=f"^({VERSION_PATTERN}|candidate|champion)$",
        description="a version, or the alias of one",
        examples=["3", "candidate"],
    )
    alias: Literal["candidate", "champion"] = Field(
        default="champion", description="what shall point to it", examples=["champion"]
    )


class DemotionWrite(BaseModel):
    """What shall point to nothing."""

    model_config = ConfigDict(extra="forbid")

    alias: Literal["candidate", "champion"] = Field(
        default="champion", description="the champion is what serves", examples=["champion"]
    )


class Demotion(Answer):
    """An alias that points to nothing."""

    name: str = Field(examples=["extraction"])
    alias: Literal["candidate", "champion"] = Field(examples=["champion"])
    previous: str = Field(description="where it pointed before", examples=["1"])


class Promotion(Answer):
    """An alias, and where it points."""

    name: str = Field(examples=["products"])
    alias: Literal["candidate", "champion"] = Field(examples=["champion"])
    version: str = Field(description="where it points from now on", examples=["4"])
    previous: str | None = Field(description="where it pointed before", examples=["3"])
    job: str | None = Field(
        description="the job that writes the vectors of the new champion into the graph; null for "
        "models that give no vectors",
        examples=["embed-20250301T093000-9f3a2b1c"],
    )
    used_by: str | None = Field(
        description="what asks it from now on; null: nothing does, as candidates and models of "
        "other names are only kept",
        examples=["/v1/extract, `catalograph extract` and build-graph"],
    )


@router.get(
    "",
    operation_id="listModels",
    summary="Trained models",
    response_description="Every name, in alphabetical order.",
    response_model=ModelList,
    responses=_STORE,
    dependencies=[READ],
)
async def list_models(request: Request) -> Response:
    """Their versions, which of them are candidate and champion, and what this service answers with.

    After a promotion `serving.version` follows `champion` as soon as the new one is loaded.
    """
    parts = wiring_of(request)
    return answer({"items": await parts.threads.run(parts.models.list)})


@router.get(
    "/{name}",
    operation_id="getModel",
    summary="One trained model",
    response_description="Its versions, the newest first.",
    response_model=Model,
    responses=_ONE,
    dependencies=[READ],
)
async def get_model(request: Request, name: ModelName) -> Response:
    """Each version with its recipe, its data, its metrics with intervals, and the baselines."""
    parts = wiring_of(request)
    return answer(await parts.threads.run(partial(parts.models.get, name)))


@router.post(
    "/{name}/promote",
    operation_id="promoteModel",
    summary="Let a version serve",
    response_description="Where the alias points, and where it pointed before.",
    response_model=Promotion,
    responses={**_ONE, **BODY, **JOBS_STORE},
    dependencies=[_ADMIN],
)
async def promote_model(
    request: Request,
    name: ModelName,
    body: Annotated[
        PromotionWrite,
        Body(
            openapi_examples={
                "version": {"summary": "a version", "value": {"version": "3"}},
                "candidate": {
                    "summary": "what is the candidate now",
                    "value": {"version": "candidate", "alias": "champion"},
                },
            }
        ),
    ],
) -> Response:
    """Its files are verified first. Every service notices within a second and loads the new one.

    Until it is loaded the old one answers; if it cannot be loaded, the old one stays and
    `serving.error` of the model says why.
    """
    parts = wiring_of(request)
    promoted = await parts.threads.run(
        partial(parts.models.promote, name, body.version, body.alias)
    )
    promoted = structs.replace(promoted, used_by=user_of(name, body.alias))
    if name == MODEL_NAME and body.alias == "champion":
        job, _ = await parts.threads.run(partial(parts.jobs.submit, EmbedSpec()))
        promoted = structs.replace(promoted, job=job.id)
    return answer(promoted)


@router.post(
    "/{name}/demote",
    operation_id="demoteModel",
    summary="Let no version serve",
    response_description="The alias, and where it pointed.",
    response_model=Demotion,
    responses={**_ONE, **BODY},
    dependencies=[_ADMIN],
)
async def demote_model(
    request: Request,
    name: ModelName,
    body: Annotated[
        DemotionWrite,
        Body(openapi_examples={"champion": {"summary": "what serves", "value": {}}}),
    ],
) -> Response:
    """Every service notices within a second, and answers as it did before any was promoted."""
    parts = wiring_of(request)
    return answer(await parts.threads.run(partial(parts.models.demote, name, body.alias)))
