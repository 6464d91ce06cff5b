"""Whether what was promoted loads, of every kind of model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from app.errors import ChampionUnreadable
from app.services import readers
from app.services.categorizing import loaded_categorizer
from app.services.item_images import serving_predictor
from app.services.matching import loaded_matcher
from app.services.recommending import loaded_recommender
from app.services.search_order import loaded_ranker
from app.services.training_runs import MODEL_NAME
from ml.errors import LearningError, RegistryUnavailable

if TYPE_CHECKING:
    from app.settings import Settings
    from ml.artefact import Artefact
    from ml.registry import Registry

Load = Callable[["Artefact"], object]


def loaders(settings: Settings) -> Mapping[str, Load]:
    """What loads the champion of a name for whoever asks it."""
    return {
        MODEL_NAME: partial(serving_predictor, images=settings.images),
        readers.EXTRACTION: readers.trained_reader,
        readers.LINKING: readers.learnt_linking,
        readers.MATCHING: loaded_matcher,
        readers.SEARCH: loaded_ranker,
        readers.RECOMMENDATION: loaded_recommender,
        readers.CATEGORIES: loaded_categorizer,
        readers.PLAUSIBILITY: readers.plausible_reading,
        readers.FILLING: readers.loaded_filler,
    }


def tried(
    registry: Registry, loads: Mapping[str, Load]
) -> Iterator[tuple[str, LearningError | ChampionUnreadable | None]]:
    """The names that have a champion, each with why it does not load; takes seconds for some.

    Raises RegistryUnavailable: the folder of all of them cannot be read.
    """
    for name, load in sorted(loads.items()):
        try:
            if readers.loaded_champion(registry, name, load) is not None:
                yield name, None
        except RegistryUnavailable:
            raise
        except (LearningError, ChampionUnreadable) as error:
            yield name, error
