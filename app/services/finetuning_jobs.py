"""What a job that learns from labels is asked for, given to the function of its reader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from app.services.finetuning import (
    finetune_categories,
    finetune_extraction,
    finetune_linking,
    finetune_matching,
    reviewed_texts,
)
from app.services.finetuning_filling import finetune_filling
from app.services.finetuning_plausibility import finetune_plausibility
from app.services.finetuning_recommendation import finetune_recommendation, read_behaviour
from app.services.finetuning_search import finetune_search, known_judgements
from app.services.readers import linker_of
from app.services.starts import start_from
from graph.repositories.vocabulary import known_parameters

if TYPE_CHECKING:
    from app.services.finetuning import Finetuned, Notify, Shelf
    from app.services.training_runs import FinetuneSpec
    from graph.client import Database


def finetune(spec: FinetuneSpec, database: Database, shelf: Shelf, *, notify: Notify) -> Finetuned:
    """With the usual settings; raises as the readers' own functions."""
    files = [Path(spec.path)] if spec.path else []
    match spec.name:
        case "extraction":
            from ml.extraction.stacking import ExtractionConfig

            start = start_from(shelf.registry, spec.start) if spec.start else None
            decided = reviewed_texts(database, known_parameters(database)) if spec.known else []
            extraction = ExtractionConfig(seed=spec.seed).tuning(spec.tune)
            return finetune_extraction(
                files, extraction, shelf, reviewed=decided, start=start, notify=notify
            )
        case "linking":
            return finetune_linking(
                files, database, shelf, known=spec.known, seed=spec.seed, notify=notify
            )
        case "matching":
            return finetune_matching(files[0], None, shelf, seed=spec.seed, notify=notify)
        case "categories":
            return finetune_categories(
                files, database, shelf, known=spec.known, seed=spec.seed, notify=notify
            )
        case "search":
            judged = known_judgements(database, notify) if spec.known else None
            return finetune_search(files, shelf, known=judged, seed=spec.seed, notify=notify)
        case "recommendation":
            from ml.recommendation.evaluation import RecommendationTrial, config_of

            data = read_behaviour(database, files[0] if files else None, events=spec.known)
            config = config_of(RecommendationTrial(seed=spec.seed))
            return finetune_recommendation(data, shelf, config, notify=notify)
        case "plausibility":
            linker_over = linker_of(shelf.registry)
            return finetune_plausibility(
                database, shelf, linker_over=linker_over, seed=spec.seed, notify=notify
            )
        case "filling":
            return finetune_filling(database, shelf, seed=spec.seed, notify=notify)
        case _:
            assert_never(spec.name)
