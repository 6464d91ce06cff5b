"""How to fill gaps, learnt from what the graph knows, and kept if anything can be filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from app.services.finetuning_plausibility import INDEX_ITEMS, families_of, fingerprint_of_items
from app.services.readers import FILLING
from graph.repositories.known_items import known_items

if TYPE_CHECKING:
    from app.services.finetuning import Finetuned, Notify, Shelf
    from graph.client import Database


def finetune_filling(database: Database, shelf: Shelf, *, seed: int, notify: Notify) -> Finetuned:
    """Learn what items have that similar ones have; judged by facts that are known and hidden.

    Its metrics are of families of items whose look-alikes had no say: how many of the hidden facts
    would be filled in where 98 % are to be right, and how many are.

    Raises:
        GraphTooSmall: the graph has no facts, or similar items name too few of them.
        DatabaseError: Neo4j failed.
        ArtefactInvalid, RegistryUnavailable: nothing of it is kept.
    """
    from ml.filling.gaps_files import to_files
    from ml.filling.gaps_learning import FILLED, GapsConfig, learn_to_fill

    items = known_items(database, limit=INDEX_ITEMS)
    notify(f"{len(items):,} items with facts can be asked")
    config = GapsConfig(seed=seed)
    learnt = learn_to_fill(items, families_of(items), config)
    return shelf.keep(
        FILLING,
        to_files(learnt.filler),
        config={"items": len(items), "filling": msgspec.to_builtins(config)},
        examples=learnt.hidden,
        metrics=learnt.metrics,
        baselines=learnt.baselines,
        judged_by=FILLED,
        seed=seed,
        fingerprint=fingerprint_of_items(items),
    )
