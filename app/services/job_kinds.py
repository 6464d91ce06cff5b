"""The kinds of jobs: what each is asked for, and which of them wait for each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.services.builds import BUILD, BuildSpec, check_build
from app.services.fills import FILL, FillSpec, check_fill
from app.services.importing import IMPORT, ImportSpec
from app.services.training_runs import (
    EMBED,
    FINETUNE,
    PRETRAIN,
    EmbedSpec,
    FinetuneSpec,
    PretrainSpec,
    check_finetuning,
    check_spec,
)

JobSpec = ImportSpec | PretrainSpec | FinetuneSpec | EmbedSpec | BuildSpec | FillSpec


def _anything(spec: JobSpec) -> None:
    pass


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job.

    Attributes:
        check: raises what is wrong with a spec: nobody has to wait for a worker to hear of it.
        partition: jobs of one run one after another; those of a source are in the source's own.
    """

    name: str
    spec: type[JobSpec]
    partition: str
    check: Callable[[Any], None] = _anything


_KINDS = (
    JobKind(IMPORT, ImportSpec, IMPORT),
    JobKind(PRETRAIN, PretrainSpec, PRETRAIN, check_spec),
    JobKind(FINETUNE, FinetuneSpec, PRETRAIN, check_finetuning),
    JobKind(EMBED, EmbedSpec, PRETRAIN),
    JobKind(BUILD, BuildSpec, BUILD, check_build),
    JobKind(FILL, FillSpec, FILL, check_fill),
)
KINDS = {kind.name: kind for kind in _KINDS}
_OF_SPEC = {kind.spec: kind for kind in _KINDS}


def kind_of(spec: JobSpec) -> JobKind:
    return _OF_SPEC[type(spec)]


def source_of(spec: JobSpec) -> str | None:
    """The source behind whose jobs it waits; None: of no source, or of all."""
    return spec.source if isinstance(spec, ImportSpec | BuildSpec | FillSpec) else None
