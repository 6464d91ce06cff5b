"""The bodies of jobs that learn: training runs, and vectors of the champion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from app.connections import open_for_job
from app.jobs.execution import Body, JobContext
from app.services.finetuning import Shelf
from app.services.finetuning_jobs import finetune
from app.services.job_files import file_of_job
from app.services.models import registry_of
from app.services.pretraining import PretrainProgress, PretrainRun, run_embedding
from app.services.training_runs import EmbedSpec, FinetuneSpec, PretrainSpec
from app.settings import Settings
from ml.errors import LabelsInvalid, OffersInvalid, PairsInvalid

LabelsFileError = LabelsInvalid | OffersInvalid | PairsInvalid

# Steps of one phase come after all of the phases before: what is done never shrinks.
_PHASES = ("exporting", "training", "registering", "embedding")
_MOST = 10**12


def pretrain_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        run = PretrainRun(
            id=context.job.id,
            spec=msgspec.convert(context.job.spec, PretrainSpec),
            registry=registry_of(settings),
            folder=context.folder,
            code_version=version("catalograph"),
            clock=partial(datetime.now, UTC),
            report=_reporter(context),
            device=settings.device,
            images=settings.images,
        )
        with open_for_job(settings, context.database_is_away) as database:
            return _plain(run.carry_out(database))

    return body


def finetune_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        spec = msgspec.convert(context.job.spec, FinetuneSpec)
        if spec.path is not None:
            labels = file_of_job(spec.path, context.folder.parent)
            spec = structs.replace(spec, path=str(labels))
        shelf = Shelf(
            registry_of(settings), version("catalograph"), partial(datetime.now, UTC), spec.promote
        )

        def notify(text: str) -> None:
            said = text.replace(spec.path, spec.file) if spec.path and spec.file else text
            context.report({"phase": "training", "note": said}, done=0)  # hears whether to stop

        with open_for_job(settings, context.database_is_away) as database:
            try:
                return _plain(finetune(spec, database, shelf, notify=notify))
            except (LabelsInvalid, OffersInvalid, PairsInvalid) as error:
                raise as_sent(error, spec.file) from error

    return body


def as_sent(error: LabelsFileError, file: str | None) -> LabelsFileError:
    """The same of the file that its sender calls so; where we keep it is none of their business."""
    if file is None:
        return error
    path, reason, line = Path(file), error.reason, error.line
    if isinstance(error, OffersInvalid):
        return OffersInvalid(path=path, reason=reason, line=line, columns=error.columns)
    return type(error)(path=path, reason=reason, line=line)


def embed_body(settings: Settings) -> Body:
    def body(context: JobContext) -> dict[str, Any]:
        spec = msgspec.convert(context.job.spec, EmbedSpec)
        with open_for_job(settings, context.database_is_away) as database:
            done = run_embedding(
                database, spec, registry_of(settings), _reporter(context), settings.images
            )
        return _plain(done)

    return body


def _reporter(context: JobContext) -> Callable[[PretrainProgress], None]:
    def report(progress: PretrainProgress) -> None:
        done = _PHASES.index(progress.phase) * _MOST + progress.done
        context.report(_plain(progress), done=done)

    return report


def _plain(value: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(value)
    return plain
