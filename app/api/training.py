"""POST /v1/training-runs: learning from the graph becomes a job."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Security
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.api.access import GUARD, READ, BodyRoute
from app.api.answers import answer
from app.api.arrivals import key_of_caller
from app.api.contract import BODY, INVALID, KEYED, wiring_of
from app.api.imports import IdempotencyKey, Webhook
from app.api.job_models import JOBS_STORE, Job, accepted
from app.api.models import Answer
from app.api.problems import problems
from app.keys import Scope
from app.services.training_runs import MODEL_NAME, PretrainSpec

router = APIRouter(prefix="/v1/training-runs", tags=["models"], route_class=BodyRoute)

_ADMIN = Security(GUARD, scopes=[Scope.ADMIN.value])

_WITHOUT_PACKAGES = problems(
    (
        501,
        "package_missing",
        "torch is not installed, which learning and what was learnt need; install it with "
        "`pip install 'catalograph[learn]'`",
    ),
)
_REFUSED = problems(
    (
        400,
        "filter_invalid",
        "filter, character 5: expected a number, such as 6.5in or 300, not '>1'",
    ),
    (422, "recipe_invalid", "recipe setting name: there is no recipe 'fast', but quick, standard"),
)


class TrainingRun(BaseModel):
    """What to learn, and from what."""

    model_config = ConfigDict(extra="forbid", strict=True)

    recipe: str = Field(
        max_length=64, description="one of `GET /v1/training-runs/recipes`", examples=["quick"]
    )
    overrides: dict[str, Any] = Field(
        default_factory=dict,
        max_length=100,
        description="settings of the recipe to change, by dotted path",
        examples=[{"training.steps": 2_000}],
    )
    filter: str | None = Field(
        default=None,
        max_length=2_000,
        description="learn from these items only; a parameter that is not known ends the job",
        examples=["category:phones"],
    )
    name: str = Field(
        default=MODEL_NAME,
        max_length=64,
        description=f"name of the artefact; the champion of `{MODEL_NAME}` gives items vectors",
        examples=[MODEL_NAME],
    )
    promote: Literal["always", "if_first", "never"] = Field(
        default="always", description="when the new model serves at once", examples=["if_first"]
    )


class Recipe(Answer):
    """What a run learns, and how."""

    name: str = Field(examples=["quick"])
    description: str = Field(examples=["minutes on two cores: for the first look at a catalog"])
    settings: dict[str, Any] = Field(
        description="everything `overrides` can change",
        examples=[{"training": {"steps": 600}}],
    )


class Recipes(Answer):
    items: list[Recipe]


@router.post(
    "",
    operation_id="createTrainingRun",
    summary="Learn from the graph",
    response_description="The job that does it, at the address in `Location`.",
    status_code=202,
    response_model=Job,
    responses={**KEYED, **BODY, **_REFUSED, **_WITHOUT_PACKAGES, **JOBS_STORE},
    dependencies=[_ADMIN],
)
async def create_training_run(
    request: Request,
    run: Annotated[
        TrainingRun,
        Body(
            openapi_examples={
                "quick": {
                    "summary": "a first look",
                    "value": {"recipe": "quick", "overrides": {"training.steps": 100}},
                }
            }
        ),
    ],
    webhook: Webhook = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Export, train, evaluate, register, write vectors back: in the background, one run at a time.

    A run whose worker dies goes on where it was. Watch the job at the address in `Location`.
    """
    parts = wiring_of(request)
    spec = PretrainSpec(**run.model_dump())
    key = key_of_caller(request, idempotency_key)
    submit = partial(parts.jobs.submit, spec, webhook=webhook, idempotency_key=key)
    job, new = await parts.threads.run(submit)
    return accepted(job, replayed=not new)


@router.get(
    "/recipes",
    operation_id="listRecipes",
    summary="Recipes of training runs",
    response_model=Recipes,
    responses={**KEYED, **INVALID, **_WITHOUT_PACKAGES},
    dependencies=[READ],
)
async def list_recipes(request: Request) -> Response:
    """Each with all of its settings."""
    return answer({"items": await wiring_of(request).threads.run(_recipes)})


def _recipes() -> list[dict[str, Any]]:
    import msgspec

    from ml.training.recipes import RECIPES

    return [
        {
            "name": recipe.name,
            "description": recipe.description,
            "settings": msgspec.to_builtins(recipe),
        }
        for recipe in RECIPES.values()
    ]
