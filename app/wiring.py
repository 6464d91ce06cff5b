"""The composition root: which part is joined to which."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread

from app.connections import analytics_of, connection_of, located, with_endpoint
from app.keys import KeyFile
from app.observability import configure_logging
from app.services.asking import Asked, Asking
from app.services.asking_lexicon import GraphLexicon
from app.services.behaviour import Behaviour
from app.services.browsing import Browsing, not_there
from app.services.categorizing import Categorizing, items_near, loaded_categorizer
from app.services.collecting import keeping_what_stays
from app.services.embedding import VectorUpkeep
from app.services.extracting import Extracting
from app.services.facets import FacetCounts
from app.services.importing import require_migrated
from app.services.intake import Intake
from app.services.item_images import serving_predictor
from app.services.jobs import Jobs
from app.services.knowledge import GraphKnowledge
from app.services.matching import Matching, loaded_matcher
from app.services.models import Models, registry_of
from app.services.new_items import WithNewItems
from app.services.querying import Querying, QueryLimits
from app.services.readers import (
    CATEGORIES,
    EXTRACTION,
    LINKING,
    MATCHING,
    PLAUSIBILITY,
    RECOMMENDATION,
    SEARCH,
    learnt_linking,
    linker_over,
    plausible_reading,
    trained_reader,
)
from app.services.readiness import Readiness
from app.services.recommending import Recommending, loaded_recommender
from app.services.renewed import Renewed
from app.services.reviewing import Reviewing
from app.services.search_order import loaded_ranker
from app.services.search_words import known_words
from app.services.searching import Searching, SearchPage, SearchQuery
from app.services.serving import Serving as Champion
from app.services.similarity import Similarity
from app.services.stated import StatedInCategories
from app.services.threads import Threads
from app.services.training_runs import MODEL_NAME
from app.services.uploads import Uploads
from app.services.warming import Warming, until_asked, warm_up
from app.services.writing import ProductWrites
from app.settings import Settings
from graph import migrate
from graph.client import AsyncDatabase, Database
from graph.records import Neighbourhood
from graph.repositories.answers import Answers, sources
from graph.repositories.behaviour import delete_shopper, store_events
from graph.repositories.conflicts import Conflicts
from graph.repositories.facets import Facets
from graph.repositories.history import History
from graph.repositories.items import ItemWriter
from graph.repositories.names import known_names
from graph.repositories.products import Products
from graph.repositories.recommending import Recommendable
from graph.repositories.review import F, K, Review, ReviewPage, decide
from graph.repositories.search import Search
from graph.repositories.similar import Similar
from graph.repositories.starts import started
from graph.repositories.stats import Stats
from graph.repositories.vocabulary import Vocabulary
from graph.server import EmbeddedServer, end_server
from graph.space import require_space

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from pathlib import Path

    from app.services.asking import PlanParser
    from ml.artefact import Artefact
    from ml.asking.lexicon import AskingLexicon
    from ml.asking.plan import Language
    from ml.predict import Predictor

JOB_THREADS = 8  # requests that ask for jobs at the same time; SQLite serves one after another
EMBED_THREADS = 2  # requests that embed at the same time; each takes all of a core
EXTRACT_THREADS = 2  # requests that read texts at the same time; each takes all of a core
ASK_THREADS = 2  # questions that are read at the same time; each takes a core for milliseconds
SEARCH_THREADS = 4  # requests that read queries and order results at the same time
LOADING_SHARE = 0.05  # of the time, at most, that the vocabulary of a changing graph is loaded
PROBE_TIMEOUT_S = 2.0  # a probe that waits longer is taken for dead by whoever asked


@dataclass(frozen=True)
class Wiring:
    """What one application is made of."""

    settings: Settings
    keys: KeyFile
    products: Products
    stats: Stats
    browsing: Browsing
    similarity: Similarity
    searching: Searching
    extracting: Extracting
    matching: Matching
    categorizing: Categorizing
    querying: Querying
    asking: Asking
    upkeep: VectorUpkeep
    writes: ProductWrites
    reviewing: Reviewing
    behaviour: Behaviour
    recommending: Recommending
    warming: Warming
    readiness: Readiness
    jobs: Jobs  # blocking: called in `threads`
    intake: Intake  # as well
    uploads: Uploads
    models: Models  # as well
    champion: Champion[Predictor]
    readers: tuple[Champion[Any], ...]  # of texts
    threads: Threads


@asynccontextmanager
async def open_wiring(settings: Settings) -> AsyncIterator[Wiring]:
    """Everything that `settings` name, open until the end of the block.

    Connections are made when they are first used: an application starts without its database, and
    says so in /readyz. Only an embedded Neo4j is waited for.
    """
    configure_logging(settings)
    async with AsyncExitStack() as stack:
        stack.enter_context(keeping_what_stays())
        if settings.neo4j_uri is None:
            server = EmbeddedServer(settings.home)
            # Before the start: one that is cancelled half-way has to be stopped as well.
            stack.push_async_callback(anyio.to_thread.run_sync, partial(server.stop, None))
            endpoint = await anyio.to_thread.run_sync(server.start)
            settings = with_endpoint(settings, endpoint)
        connection = connection_of(settings)
        database = await stack.enter_async_context(AsyncDatabase(connection))
        writing = stack.enter_context(Database(connection))
        analytics = None
        if settings.neo4j_analytics_uri is not None:
            analytics = await stack.enter_async_context(AsyncDatabase(analytics_of(settings)))
        wiring = assemble(settings, database, writing, analytics)
        stack.enter_context(wiring.jobs)
        stack.push_async_callback(wiring.querying.close)
        for one in (wiring.champion, *wiring.readers):
            stack.callback(one.close)
        wiring.warming.begin()
        stack.push_async_callback(wiring.warming.end)
        yield wiring


def assemble(
    settings: Settings,
    database: AsyncDatabase,
    writing: Database,
    analytics: AsyncDatabase | None = None,
) -> Wiring:
    """The parts over open databases: one for reads in the event loop, one for writes.

    `analytics` answers raw Cypher; None: the one for reads does.
    The one of the jobs is opened when it is first used; whoever calls this closes `jobs`.
    """
    vocabulary = Vocabulary(database)
    jobs = Jobs(settings)
    products = Products(database, settings.source_precedence)
    browsing = Browsing(
        products,
        vocabulary,
        history=History(database),
        conflicts=Conflicts(database, settings.source_precedence),
        page_items_max=settings.page_items_max,
    )
    registry = registry_of(settings)
    champion: Champion[Predictor] = Champion(
        registry, MODEL_NAME, partial(_predictor, settings.images)
    )
    extraction = Champion(registry, EXTRACTION, trained_reader)
    linking = Champion(registry, LINKING, learnt_linking)
    matching = Champion(registry, MATCHING, loaded_matcher)
    plausibility = Champion(registry, PLAUSIBILITY, plausible_reading)
    categories = Champion(registry, CATEGORIES, loaded_categorizer)
    stated = StatedInCategories(writing)
    knowledge = Renewed(
        GraphKnowledge(
            writing,
            linker_over=linker_over(linking.predictor),
            linking=linking.predictor,
            reader=extraction.predictor,
            weigher=plausibility.predictor,
            stated=stated,
        ),
        share=LOADING_SHARE,
    )
    asked_with = Renewed(GraphLexicon(writing, stated), share=LOADING_SHARE)
    recommendation = Champion(registry, RECOMMENDATION, loaded_recommender)
    ranking = Champion(registry, SEARCH, loaded_ranker)
    readers = (
        ranking, extraction, linking, matching, recommendation, categories, plausibility
    )  # fmt: skip
    embedding = Threads(EMBED_THREADS)
    similar = Similar(database)
    similarity = Similarity(
        similar,
        browsing,
        parameters=vocabulary.parameters_for_filters,
        brands=vocabulary.known_brands,
        predictor=champion.predictor,
        threads=embedding,
    )
    searching = Searching(
        Search(database),
        similar,
        browsing,
        facets=FacetCounts(Facets(database)),
        words=known_words(knowledge, partial(known_names, writing), partial(sources, writing)),
        ranker=ranking.predictor,
        predictor=champion.predictor,
        threads=Threads(SEARCH_THREADS),
    )
    kept = (knowledge, asked_with)
    warming = Warming(
        partial(
            warm_up,
            browsing,
            products,
            similarity,
            searching,
            kept=kept,
            models=(champion, *readers),
        ),
        reached=partial(until_asked, browsing),
        lost=lambda: database.lost,
        started=partial(started, database, timeout_s=PROBE_TIMEOUT_S),
        missing=lambda: any(one.is_missing() for one in kept),
    )
    migrations = migrate.load()
    return Wiring(
        settings=settings,
        keys=KeyFile(settings.keys_path),
        products=products,
        stats=Stats(database),
        browsing=browsing,
        similarity=similarity,
        searching=searching,
        extracting=Extracting(knowledge, Threads(EXTRACT_THREADS)),
        matching=Matching(products.get, matching.predictor, Threads(EXTRACT_THREADS)),
        categorizing=Categorizing(
            products.get,
            categories.predictor,
            partial(items_near, writing),
            Threads(EXTRACT_THREADS),
        ),
        querying=_querying(settings, analytics or database),
        asking=Asking(
            Answers(database),
            asked_with,
            Threads(ASK_THREADS),
            fallback=plan_parser(settings),
        ),
        upkeep=VectorUpkeep(writing, predictor=champion.predictor, threads=embedding),
        writes=ProductWrites(
            store=partial(ItemWriter, writing),
            parameters=vocabulary.parameters_for_filters,
            brands=vocabulary.known_brands,
            clock=partial(datetime.now, UTC),
            threads=settings.write_threads,
        ),
        reviewing=Reviewing(
            Review(database),
            partial(decide, writing),
            parameters=vocabulary.parameters_for_filters,
            not_there=partial(not_there, vocabulary),
            clock=partial(datetime.now, UTC),
            threads=Threads(settings.write_threads),
            page_items_max=settings.page_items_max,
        ),
        behaviour=Behaviour(
            partial(store_events, writing),
            partial(delete_shopper, writing),
            clock=partial(datetime.now, UTC),
            threads=Threads(settings.write_threads),
        ),
        recommending=Recommending(
            Recommendable(database),
            bound=browsing.bound,
            not_known=browsing.not_known,
            similar=similarity.to_stored,
            model=WithNewItems(writing, recommendation.predictor),
            threads=embedding,
        ),
        warming=warming,
        readiness=Readiness(
            verify=database.verify,
            migrations=partial(
                migrate.status_async, database, migrations, timeout_s=PROBE_TIMEOUT_S
            ),
            indexes=partial(migrate.indexes_async, database, timeout_s=PROBE_TIMEOUT_S),
            models=lambda: {one.name: one.view() for one in (champion, *readers)},
            warming=warming.state,
            space=partial(require_space, database.connection.data),
        ),
        jobs=jobs,
        intake=Intake(jobs, settings, clock=partial(datetime.now, UTC)),
        uploads=Uploads(settings.home, data=database.connection.data),
        models=Models(registry, [champion, *readers]),
        champion=champion,
        readers=readers,
        threads=Threads(JOB_THREADS),
    )


def _querying(settings: Settings, database: AsyncDatabase) -> Querying:
    return Querying(
        database,
        QueryLimits(per_key=settings.queries_per_key, answer_bytes=settings.query_answer_bytes),
        end_server=partial(end_server, settings.home, database.connection.uri),
    )


def _predictor(images: Path | None, artefact: Artefact) -> Predictor:
    """In the thread that loads: here torch is imported, seconds after the first request."""
    return serving_predictor(artefact, images)


async def read_neighbourhood(settings: Settings, id: str, *, limit: int) -> Neighbourhood | None:
    """What a drawing shows, for a command that has no application."""
    async with AsyncDatabase(connection_of(located(settings))) as database:
        return await Products(database).neighbourhood(id, depth=1, limit=limit)


async def search_once(settings: Settings, query: SearchQuery, *, limit: int) -> SearchPage:
    """One page of results, for a command that has no application.

    Raises:
        MigrationsPending: the indexes that it asks may not be there.
    """
    configure_logging(settings, of_command=True)
    settings = located(settings)
    connection = connection_of(settings)
    async with AsyncDatabase(connection) as database:
        with Database(connection) as writing:
            await anyio.to_thread.run_sync(require_migrated, writing)
            wiring = assemble(settings, database, writing)
            with wiring.jobs:
                for one in (wiring.champion, *wiring.readers):
                    await anyio.to_thread.run_sync(one.settle)
                    one.close()
                return await wiring.searching.search(query, limit=limit, cursor=None)


async def read_review(
    settings: Settings,
    read: Callable[..., Awaitable[ReviewPage[F, K]]],
    *,
    limit: int,
    parameter: str | None,
    source: str | None,
) -> tuple[tuple[F, ...], str | None]:
    """The first of `Review.proposals` or `Review.decided`, for a command; or why there are none."""
    source = source and source.casefold()
    facts: tuple[F, ...] = ()
    async with AsyncDatabase(connection_of(located(settings))) as database:
        review, after = Review(database), None
        while True:  # a page may be short: it looks at so many facts at most
            page = await read(
                review,
                limit=limit - len(facts),
                after=after,
                parameter=parameter,
                source=source,
            )
            facts, after = facts + page.facts, page.next
            if after is None or len(facts) >= limit:
                break
        if facts:
            return facts, None
        return facts, await not_there(Vocabulary(database), parameter=parameter, source=source)


def plan_parser(settings: Settings) -> PlanParser | None:
    """The language model that questions may be read by, where one is configured."""
    if settings.ask_llm_url is None:
        return None
    from app.services.asking_model import ModelParser, ModelServer

    key = settings.ask_llm_key.get_secret_value() if settings.ask_llm_key else None
    return ModelParser(ModelServer(settings.ask_llm_url, settings.ask_llm_model, key))


async def ask_all(
    settings: Settings,
    lexicon: AskingLexicon,
    questions: Sequence[str],
    *,
    language: Language | None = None,
) -> list[Asked]:
    """Questions that follow each other, for a command."""
    answers: list[Asked] = []
    async with AsyncDatabase(connection_of(located(settings))) as database:
        asking = Asking(
            Answers(database), lambda: lexicon, Threads(1), fallback=plan_parser(settings)
        )
        for question in questions:
            session = answers[-1].session if answers else None
            answers.append(await asking.ask(question, language=language, session=session))
    return answers
