"""The order of search results, learnt from offers of known products, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.services.finetuning import fingerprint_of
from app.services.readers import SEARCH
from graph.repositories.lexicon import known_models, linked_titles
from ml.errors import GraphTooSmall

if TYPE_CHECKING:
    from app.services.finetuning import Finetuned, Notify, Shelf
    from graph.client import Database


def linked_offers(database: Database) -> list[tuple[str, str]]:
    """Titles of products, each with the name of the model that a catalog or a person says.

    Raises:
        DatabaseError: Neo4j failed.
    """
    names = {model.id: model.name for model in known_models(database)}
    linked = linked_titles(database)
    return [(title, names[model]) for title, model in linked if model in names]


def finetune_search(
    train: Sequence[Path],
    shelf: Shelf,
    *,
    linked: Sequence[tuple[str, str]] = (),
    seed: int = 0,
    notify: Notify,
) -> Finetuned:
    """Learn the order of results; the metrics are those of a ranker without a fifth of the queries.

    Args:
        train: offers, as `evaluate search` reads them: each label asks for its titles.
        linked: also these titles, with the names that ask for them.

    Raises:
        OffersInvalid: a file cannot be read.
        GraphTooSmall: fewer than two products are named.
    """
    from ml.search import evaluation
    from ml.search.judgements import judged_by_names, read_named

    named = [*(one for path in train for one in read_named(path)), *linked]
    judged = judged_by_names(named)
    if len(set(judged.families)) < 2:
        raise GraphTooSmall(
            missing="fewer than two products are named by what is to be searched",
            remedy="Send offers of several products, or link products to their models.",
        )
    trial = evaluation.SearchTrial(seed=seed)
    ranker, found = evaluation.train_and_judge(judged, trial, notify=notify)
    return shelf.keep(
        SEARCH,
        ranker.to_files(),
        config={**msgspec.to_builtins(trial), "offers": len(named), "linked": len(linked)},
        examples=len(judged.queries),
        metrics=evaluation.measured(found, seed),
        baselines=evaluation.baselines(found),
        judged_by=evaluation.METRIC,
        seed=seed,
        fingerprint=fingerprint_of(train, (f"{title}\0{name}" for title, name in linked)),
    )
