"""Categories of stored products that have none, as the model of categories predicts them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.services.categorizing import CategoryText, categorize
from graph.repositories.entity_links import EntityLink

if TYPE_CHECKING:
    from app.services.categorizing import LoadedCategorizer
    from graph.records import ExtractionItem


def category_links(
    loaded: LoadedCategorizer | None, items: Sequence[ExtractionItem], *, sure: float
) -> Iterator[EntityLink]:
    """The deepest category that is `sure`, in 0..1, of each item without one.

    Items of a kind that the model does not know get none; without a model none does.
    """
    if loaded is None:
        return
    without = [item for item in items if item.category is None]
    texts = [CategoryText(item.title, item.description) for item in without]
    found = categorize(loaded, lambda: loaded, texts, sure) if texts else None
    for item, one in zip(without, found.results if found else (), strict=True):
        if one.category is not None:
            yield EntityLink(
                item.id,
                "BELONGS_TO",
                one.category.id,
                one.confidence,
                "",  # the whole text says it, and no place in it
                loaded.name,
                origin="predicted",
            )
