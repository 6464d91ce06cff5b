"""What similar items have, learnt from the graph to weigh readings by, and kept if it helps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from app.services.knowledge import load_untrusted
from app.services.readers import PLAUSIBILITY
from graph.repositories.known_items import known_items

if TYPE_CHECKING:
    from app.services.finetuning import Finetuned, Notify, Shelf
    from app.services.knowledge import LinkerOver
    from graph.client import Database
    from graph.records import ItemText
    from ml.grounding.judging import JudgedText

INDEX_ITEMS = 20_000  # that can be asked; each question is compared with all of them


def finetune_plausibility(
    database: Database, shelf: Shelf, *, linker_over: LinkerOver, seed: int, notify: Notify
) -> Finetuned:
    """Learn how far readings of titles are to be believed, beside what similar items have.

    Its metrics come from families of items that neither the trees nor the asked items were of. What
    is no better than reading alone, by the whole interval, is promoted only by `always`.

    Raises:
        GraphTooSmall: the graph has no facts, or too few titles whose items are known.
        DatabaseError: Neo4j failed.
        ArtefactInvalid, RegistryUnavailable: nothing of it is kept.
    """
    from ml.filling.plausibility import Plausibility, PlausibilityConfig
    from ml.filling.trees import Trees, TreesConfig
    from ml.grounding.judging import METRIC, crossed, judge, skill
    from ml.grounding.plausible_files import to_files

    items = known_items(database, limit=INDEX_ITEMS)
    groups = families_of(items)
    notify(f"{len(items):,} items with facts can be asked")
    config, trees = PlausibilityConfig(seed=seed), TreesConfig(seed=seed)
    similar = Plausibility.fit(items, groups, config)
    grounder, known = load_untrusted(database, linker_over=linker_over)
    texts = judged_texts(known, items, groups)
    notify(f"{len(texts):,} titles of items whose facts are known")
    judged = judge(texts, grounder.lexicon, similar)
    alone, beside = crossed(judged, trees, of_text_alone=True), crossed(judged, trees)
    measured = skill(judged, beside, seed)
    return shelf.keep(
        PLAUSIBILITY,
        to_files(Trees.fit(judged.x_RF, judged.right_R, trees), similar),
        config={
            "items": len(items),
            "similar": msgspec.to_builtins(config),
            "trees": msgspec.to_builtins(trees),
        },
        examples=len(texts),
        metrics={METRIC: measured},
        baselines={
            "reading": {METRIC: 0.0},
            "text_alone": {METRIC: skill(judged, alone, seed).value},
        },
        judged_by=METRIC,
        seed=seed,
        fingerprint=fingerprint_of_items([*items, *(text.item for text in texts)]),
        against=None if measured.low > 0 else "reading alone is as good, as far as can be told",
    )


def families_of(items: Sequence[ItemText]) -> list[str]:
    """A product is of the family of its model, whatever its own title says."""
    from ml.data.splits import families

    brands = [item.brand.id if item.brand else None for item in items]
    own = families(brands, [item.title for item in items])
    of_model = {item.id: family for item, family in zip(items, own, strict=True)}
    return [
        of_model.get(item.model.id, item.model.id) if item.model else family
        for item, family in zip(items, own, strict=True)
    ]


def judged_texts(
    known: Sequence[ItemText], items: Sequence[ItemText], groups: Sequence[str]
) -> list[JudgedText]:
    """Titles of known items, each in the family that its model or its look-alikes are in."""
    from ml.grounding.judging import JudgedText

    models = {item.id: group for item, group in zip(items, groups, strict=True)}
    return [
        JudgedText(one, models.get(one.model.id, one.model.id) if one.model else family)
        for one, family in zip(known, families_of(known), strict=True)
    ]


def fingerprint_of_items(items: Iterable[ItemText]) -> str:
    """Of their titles and what they state."""
    digest = hashlib.sha256()
    for item in items:
        digest.update(msgspec.json.encode((item.id, item.title, [f.value for f in item.facts])))
    return digest.hexdigest()
