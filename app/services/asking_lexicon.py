"""The live graph as the lexicon that questions are read with."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from app.services.stated import StatedInCategories
from graph.repositories import answers, exporting
from graph.repositories import lexicon as queries
from graph.repositories.categories import category_paths
from graph.repositories.names import items_in_categories
from graph.repositories.vocabulary import known_brands, known_parameters
from ml.asking.examples import best_known
from ml.asking.lexicon import AskingLexicon, Exemplar
from ml.asking.senses import AskedModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.client import Database
    from graph.records import StatedIn


class GraphLexicon:
    """Loads the lexicon, and loads it again where the graph has changed."""

    def __init__(self, database: Database, stated: StatedInCategories | None = None) -> None:
        self._database = database
        self._stated = stated
        self._made_of: str | None = None  # a watermark

    def __call__(self, previous: AskingLexicon | None = None) -> AskingLexicon:
        """Raises DatabaseError: Neo4j failed."""
        if (
            previous is not None
            and self._made_of is not None
            and not queries.has_changed(self._database, self._made_of)
        ):
            return previous
        watermark = exporting.watermark(self._database)
        lexicon = load_lexicon(self._database, self._stated)
        self._made_of = watermark
        return lexicon


def load_lexicon(database: Database, stated: StatedInCategories | None = None) -> AskingLexicon:
    """Reads the vocabulary of the graph: seconds for 100,000 values and 10,000 models.

    `stated`: what is counted for others as well.

    Raises:
        DatabaseError: Neo4j failed.
    """
    brands = known_brands(database)
    names = {brand.id: brand.name for brand in brands}
    has_products = answers.has_products(database)
    models = answers.named_models(database)
    lexicon = AskingLexicon.of(
        known_parameters(database).values(),
        queries.known_values(database),
        brands=brands,
        categories=queries.known_categories(database),
        models=[
            AskedModel(
                row.id, row.name, names.get(row.brand or ""), row.brand, row.names, row.facts
            )
            for row in models
        ],
        several=answers.with_several_values(database),
        currencies=answers.currencies(database),
        offers=has_products,
        sources=answers.sources(database) if has_products else (),
        without_models=answers.without_models(database) if has_products and models else (),
    )
    lexicon = replace(
        lexicon,
        stated_in=_stated_in(database, (stated or StatedInCategories(database))()),
        in_categories=items_in_categories(database),
    )
    known = best_known(lexicon)
    return lexicon if known is None else replace(lexicon, exemplar=_exemplar(database, known.id))


def _stated_in(database: Database, rows: Sequence[StatedIn]) -> dict[str, frozenset[str]]:
    """By category, what items in it, below it, or of models of another that it has, state."""
    paths = category_paths(database)
    stated: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.items:
            stated[row.category].add(row.parameter)
    for category, of_model in answers.categories_of_models(database):
        stated[category] |= stated[of_model]
    below = {category: frozenset(parameters) for category, parameters in stated.items()}
    for category, path in paths.items():
        for above in path[:-1]:
            stated[above.id] |= below.get(category, frozenset())
    return {category: frozenset(parameters) for category, parameters in stated.items()}


def _exemplar(database: Database, model: str) -> Exemplar:
    stated = answers.stated_of(database, model)
    return Exemplar(
        model,
        frozenset(parameter for parameter, _ in stated),
        frozenset(parameter for parameter, shared in stated if shared),
    )
