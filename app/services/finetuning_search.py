"""The order of search results, learnt from offers, from links and from shoppers, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.services.finetuning import fingerprint_of
from app.services.readers import SEARCH
from graph.repositories.lexicon import known_models, linked_titles
from graph.repositories.searched import searched
from ml.errors import GraphTooSmall

if TYPE_CHECKING:
    from app.services.finetuning import Finetuned, Notify, Shelf
    from graph.client import Database
    from ml.search.judgements import Judged


def known_judgements(database: Database, notify: Notify) -> Judged:
    """Names of models ask for the products linked to them, queries for what shoppers then chose.

    Linked by a catalog or a person, not by a model of ours.

    Raises:
        DatabaseError: Neo4j failed.
    """
    from ml.search.judgements import judged_by_choices, judged_by_names, together

    names = {model.id: model.name for model in known_models(database)}
    linked = [(t, names[model]) for t, model in linked_titles(database) if model in names]
    chosen = [(one.query, one.item, one.title, one.bought) for one in searched(database)]
    notify(f"{len(linked):,} products of known models, {len(chosen):,} chosen after a search")
    return together([judged_by_names(linked), judged_by_choices(chosen)])


def finetune_search(
    train: Sequence[Path],
    shelf: Shelf,
    *,
    known: Judged | None = None,
    seed: int = 0,
    notify: Notify,
) -> Finetuned:
    """Learn the order of results; the metrics are those of a ranker without a fifth of the queries.

    Args:
        train: offers, as `evaluate search` reads them: each label asks for its titles.
        known: also these.

    Raises:
        OffersInvalid: a file cannot be read.
        GraphTooSmall: there are fewer than two queries to tell apart.
    """
    from ml.search import evaluation
    from ml.search.judgements import judged_by_names, read_named, together

    named = judged_by_names(one for path in train for one in read_named(path))
    judged = named if known is None else together([named, known])
    if len(set(judged.families)) < 2:
        raise GraphTooSmall(
            missing="fewer than two products are asked for by name or by shoppers",
            remedy="Send offers of several products, link products to their models, or send events "
            "with the queries that led to them.",
        )
    trial = evaluation.SearchTrial(seed=seed)
    ranker, found = evaluation.train_and_judge(judged, trial, notify=notify)
    asked = (f"{query}\0{gains}" for query, gains in zip(judged.queries, judged.gains, strict=True))
    return shelf.keep(
        SEARCH,
        ranker.to_files(),
        config={
            **msgspec.to_builtins(trial),
            "offers": len(named.texts),
            "known_queries": len(known.queries) if known else 0,
        },
        examples=len(judged.queries),
        metrics=evaluation.measured(found, seed),
        baselines=evaluation.baselines(found),
        judged_by=evaluation.METRIC,
        seed=seed,
        fingerprint=fingerprint_of((), (*judged.texts, *asked)),
    )
