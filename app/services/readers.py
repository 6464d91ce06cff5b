"""What texts are read with: the vocabulary of the graph, and models of this registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeVar

from app.errors import ChampionUnreadable
from app.services.categorizing import LoadedCategorizer, loaded_categorizer
from app.services.knowledge import LinkerOver, load_grounder
from app.services.models import registry_of
from app.services.training_runs import MODEL_NAME
from ml.errors import LearningError, packages_told

if TYPE_CHECKING:
    from app.settings import Settings
    from graph.client import Database
    from graph.repositories.lexicon import ModelRow
    from ml.artefact import Artefact
    from ml.filling.gaps import GapFiller
    from ml.grounding.grounder import Grounder, Linker
    from ml.grounding.reranking import PlausibleReading
    from ml.grounding.trained import TrainedReader
    from ml.linking.learnt import Learnt
    from ml.linking.records import CatalogModel
    from ml.registry import Registry

Loaded = TypeVar("Loaded")

# Names of the artefacts whose champions read and compare texts.
EXTRACTION, LINKING, MATCHING, SEARCH = "extraction", "linking", "matching", "search"
RECOMMENDATION = "recommendation"  # what ranks items for a shopper
CATEGORIES = "categories"
PLAUSIBILITY = "plausibility"  # what weighs readings once more, by what similar items have
FILLING = "filling"  # what names facts that items lack
CHAMPION: Final = "champion"
# Who asks the champion of a name; that of any other name is kept, and nobody asks it.
USED_BY: Mapping[str, str] = {
    MODEL_NAME: "/v1/similar, /v1/embed and search, by the vectors that it gives items",
    EXTRACTION: "/v1/extract, `catalograph extract` and build-graph",
    LINKING: "/v1/extract, `catalograph extract` and build-graph, to find the model of a title",
    MATCHING: "/v1/match and `catalograph match`",
    SEARCH: "/v1/search, for the order of what is found",
    RECOMMENDATION: "/v1/recommend",
    CATEGORIES: "/v1/categorize, `catalograph categorize` and build-graph",
    PLAUSIBILITY: "/v1/extract, `catalograph extract` and build-graph, to weigh what rules read",
    FILLING: "/v1/graph-fills and `catalograph fill`",
}


def grounder_of(settings: Settings, database: Database) -> Grounder:
    """The grounder of a graph as it is now, for a command or a job.

    Raises:
        DatabaseError: Neo4j failed.
        ChampionUnreadable: it does not load.
    """
    registry = registry_of(settings)
    grounder = load_grounder(
        database,
        linker_over=linker_of(registry),
        reader=loaded_champion(registry, EXTRACTION, trained_reader),
    )
    return replace(grounder, weigher=loaded_champion(registry, PLAUSIBILITY, plausible_reading))


def linker_of(registry: Registry) -> LinkerOver:
    """The linker that was promoted, or the rules."""
    return linker_over(partial(loaded_champion, registry, LINKING, learnt_linking))


def user_of(name: str, alias: str) -> str | None:
    """Who asks what this alias points to; None: nobody does."""
    return USED_BY.get(name) if alias == CHAMPION else None


def champion_of(registry: Registry, name: str) -> Artefact | None:
    """What was promoted of a name, if anything was."""
    return registry.get(name, CHAMPION) if CHAMPION in registry.aliases(name) else None


def loaded_champion(
    registry: Registry, name: str, load: Callable[[Artefact], Loaded]
) -> Loaded | None:
    """What was promoted of a name, for a command or a job; None: nothing was.

    Raises:
        ChampionUnreadable: names it, and what to do about it.
    """
    version = registry.aliases(name).get(CHAMPION)
    if version is None:
        return None
    try:
        with packages_told():
            return load(registry.get(name, version))
    except LearningError as error:
        raise ChampionUnreadable(reference=f"{name}/{version}", reason=str(error)) from error


def categorizer_of(settings: Settings) -> LoadedCategorizer | None:
    """The model of categories that serves, for a command or a job.

    Raises:
        ChampionUnreadable: it does not load.
    """
    return loaded_champion(registry_of(settings), CATEGORIES, loaded_categorizer)


def trained_reader(artefact: Artefact) -> TrainedReader:
    """Imports torch: seconds, the first time."""
    from ml.extraction.extractor import Extractor
    from ml.grounding.trained import TrainedReader

    extractor = Extractor.from_files(artefact.contents())
    return TrainedReader(f"{artefact.name}@{artefact.version}", extractor)


def plausible_reading(artefact: Artefact) -> PlausibleReading:
    """Imports torch: seconds, the first time.

    Raises:
        ArtefactCorrupted: a file is not what was registered.
    """
    from ml.grounding.plausible_files import from_files

    return from_files(f"{artefact.name}@{artefact.version}", artefact.contents())


@dataclass(frozen=True, slots=True)
class LoadedFiller:
    """NAME@VERSION, and what names the facts that items lack."""

    name: str
    filler: GapFiller


def filler_of(settings: Settings) -> LoadedFiller | None:
    """What fills gaps, if anything was promoted; imports torch: seconds, the first time.

    Raises:
        ChampionUnreadable: it does not load.
    """
    return loaded_champion(registry_of(settings), FILLING, loaded_filler)


def loaded_filler(artefact: Artefact) -> LoadedFiller:
    from ml.filling.gaps_files import from_files

    name = f"{artefact.name}@{artefact.version}"
    return LoadedFiller(name, from_files(name, artefact.contents()))


def learnt_linking(artefact: Artefact) -> Learnt:
    """What was learnt of titles and models, without any catalogue."""
    from ml.linking.learnt import Learnt

    return Learnt.from_files(artefact.contents())


def linker_over(learnt: Callable[[], Learnt | None]) -> LinkerOver:
    """Links titles to the models of a graph: as was learnt, or by rules where nothing was."""

    def over(models: Sequence[ModelRow]) -> Linker | None:
        if not models:
            return None
        from ml.linking.linker import ModelLinker

        known = [catalog_model(model) for model in models]
        found = learnt()
        return ModelLinker.untrained(known) if found is None else ModelLinker(known, found)

    return over


def catalog_model(row: ModelRow) -> CatalogModel:
    from ml.linking.records import CatalogModel

    facts: dict[str, tuple[str, ...]] = {}
    for fact in row.facts:
        facts[fact.name] = (*facts.get(fact.name, ()), fact.text)
    brand = row.brand.name if row.brand else None
    category = (row.category.name, *row.category.names) if row.category else ()
    return CatalogModel(row.id, row.name, row.names, brand, facts, category)
