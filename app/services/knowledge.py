"""What texts are read with: the grounder of a graph, loaded again where that has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace as replace_fields

from app.services.stated import StatedInCategories
from graph.records import ItemText, Named
from graph.repositories import exporting
from graph.repositories import lexicon as queries
from graph.repositories.categories import category_paths
from graph.repositories.vocabulary import known_brands, known_parameters
from ml.grounding.grounder import SURE, Grounder, KnownModel, Linker
from ml.grounding.habits import Habits
from ml.grounding.kin import AskedTitle, Kin
from ml.grounding.lexicon import Lexicon, named_in
from ml.grounding.records import TextToRead
from ml.grounding.trust import Trust
from ml.purpose.kinds import Sold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from graph.client import Database
    from graph.repositories.lexicon import ModelRow
    from ml.grounding.grounder import Reader
    from ml.grounding.plausible import Weigher

JUDGED_ITEMS = 5_000  # whose titles are held against what is known of them: a few seconds
LINKED_ITEMS = 2_000  # of those of which only a model is known, by its name: the same


class LinkerOver(Protocol):
    """Makes the linker over the models of a graph."""

    def __call__(self, models: Sequence[ModelRow]) -> Linker | None: ...


class GraphKnowledge:
    """Loads what texts are read with, and loads it again where graph or linking have changed.

    `linking` gives what `linker_over` makes linkers with.
    """

    def __init__(
        self,
        database: Database,
        *,
        linker_over: LinkerOver,
        linking: Callable[[], object] = lambda: None,
        reader: Callable[[], Reader | None] = lambda: None,
        weigher: Callable[[], Weigher | None] = lambda: None,
        stated: StatedInCategories | None = None,
    ) -> None:
        self._database = database
        self._linker_over = linker_over
        self._linking = linking
        self._reader = reader
        self._weigher = weigher
        self._stated = stated
        self._made_of: tuple[str, object] | None = None  # a watermark, and the linking

    def __call__(self, previous: Grounder | None = None) -> Grounder:
        """Raises DatabaseError: Neo4j failed."""
        linking, reader, weigher = self._linking(), self._reader(), self._weigher()
        if previous is not None and self._is_of_now(linking):
            if previous.reader is reader and previous.weigher is weigher:
                return previous
            return replace(previous, reader=reader, weigher=weigher)
        watermark = exporting.watermark(self._database)
        grounder = load_grounder(
            self._database, linker_over=self._linker_over, reader=reader, stated=self._stated
        )
        self._made_of = (watermark, linking)
        return replace(grounder, weigher=weigher)

    def _is_of_now(self, linking: object) -> bool:
        if self._made_of is None or self._made_of[1] is not linking:
            return False
        return not queries.has_changed(self._database, self._made_of[0])


def load_grounder(
    database: Database,
    *,
    linker_over: LinkerOver | None = None,
    reader: Reader | None = None,
    stated: StatedInCategories | None = None,
) -> Grounder:
    """Reads the whole vocabulary of the graph: seconds for 100,000 values and 10,000 models.

    `stated`: what is counted for others as well.

    Raises:
        DatabaseError: Neo4j failed.
    """
    grounder, judged = load_untrusted(
        database, linker_over=linker_over, reader=reader, stated=stated
    )
    return replace(grounder, trust=Trust.learnt(judged, grounder.lexicon))


def load_untrusted(
    database: Database,
    *,
    linker_over: LinkerOver | None = None,
    reader: Reader | None = None,
    stated: StatedInCategories | None = None,
) -> tuple[Grounder, list[ItemText]]:
    """The same before it has learnt what to trust, and the titles that teach it.

    Raises:
        DatabaseError: Neo4j failed.
    """
    paths = {id: [one.id for one in path] for id, path in category_paths(database).items()}
    with ThreadPoolExecutor(1, "knowledge") as beside:  # Neo4j counts while titles are read here
        judged = beside.submit(queries.judged_items, database, limit=JUDGED_ITEMS)
        unlinked = beside.submit(queries.bare_items, database, limit=LINKED_ITEMS)
        told = beside.submit(queries.stated_in_categories, database, paths)
        every = beside.submit(stated or StatedInCategories(database))
        categories = queries.known_categories(database)
        lexicon = Lexicon.of(
            known_parameters(database).values(),
            queries.stated_values(database),
            brands=known_brands(database),
            categories=categories,
        )
        linker, models = _linker_and_models(database, linker_over)
        items = judged.result()
        lexicon = replace(lexicon, sold=_sold(categories, models.values(), items))
        grounder = Grounder(lexicon, Trust(), linker, models, reader)
        bare = unlinked.result() if linker else []
        linked = with_models(bare, grounder)
        known = [(item, item) for item in items if item.model]
        asked = _asked([*known, *zip(bare, linked, strict=True)], grounder)
        kin = Kin.of(asked, _makers(models.values()))
        lexicon = replace(
            lexicon,
            habits=Habits.of(told.result(), paths, kin),
            found=Habits.of(every.result(), paths, kin),
        )
    return replace(grounder, lexicon=lexicon), [
        one for one in (*items, *linked) if one.facts or one.inherited
    ]


def _linker_and_models(
    database: Database, linker_over: LinkerOver | None
) -> tuple[Linker | None, dict[str, KnownModel]]:
    rows = list(queries.known_models(database))
    models = {
        row.id: KnownModel(
            row.id,
            row.name,
            row.facts,
            row.brand.id if row.brand else None,
            row.names,
            row.category,
        )
        for row in rows
    }
    return linker_over(rows) if linker_over else None, models


def _asked(items: Iterable[tuple[ItemText, ItemText]], grounder: Grounder) -> Iterator[AskedTitle]:
    """Of items as they are, and with the models that their titles name."""
    for item, linked in items:
        if item.category is None:
            continue
        model = grounder.models.get(linked.model.id) if linked.model else None
        maker = item.brand
        if maker is None and (found := named_in(item.title, grounder.lexicon.brands)):
            maker = found.thing
        yield AskedTitle(
            item.category.id,
            model.category.id if model and model.category else None,
            maker.id if maker else None,
        )


def _makers(models: Collection[KnownModel]) -> dict[str, set[str]]:
    makers: dict[str, set[str]] = defaultdict(set)
    for model in models:
        if model.category and model.brand:
            makers[model.category.id].add(model.brand)
    return makers


def _sold(
    categories: Sequence[Named], models: Collection[KnownModel], items: Sequence[ItemText]
) -> Sold:
    """By the names of models, and by titles whose model a catalog or a person says."""
    of_model = {model.id: model.category.id for model in models if model.category}
    titles = [(model.name, of_model[model.id]) for model in models if model.id in of_model]
    known = [(item.title, item.model.id) for item in items if item.model]
    titles += [(title, of_model[id]) for title, id in known if id in of_model]
    return Sold.of({one.id: (one.name, *one.names) for one in categories}, titles)


def with_models(items: Sequence[ItemText], grounder: Grounder) -> list[ItemText]:
    """Items of which nothing is known but a title, with what a model has where they name one.

    So that a shop of bare titles has something that its readings can be held against.
    """
    links = grounder.own_links([TextToRead({"title": item.title}) for item in items])
    known = []
    for item, link in zip(items, links, strict=True):
        if link is None or link.confidence < SURE:
            known.append(item)
            continue
        model = grounder.models[link.model]
        brand = item.brand or (Named(model.brand, model.brand) if model.brand else None)
        named = Named(model.id, model.name)
        known.append(replace_fields(item, model=named, inherited=model.facts, brand=brand))
    return known
