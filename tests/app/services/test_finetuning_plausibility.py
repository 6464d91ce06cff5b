"""Which readings to believe is learnt from a real Neo4j's graph, and serves where it helps."""

from datetime import UTC, datetime

import pytest

from app.services.finetuning_jobs import finetune
from app.services.finetuning_plausibility import finetune_plausibility
from app.services.knowledge import GraphKnowledge
from app.services.readers import champion_of, linker_over, plausible_reading
from app.services.training_runs import FinetuneSpec
from graph.records import Fact, Item, Named
from graph.repositories.items import ItemWriter
from graph.text import normalise_value
from ml.errors import GraphTooSmall
from ml.grounding.records import TextToRead
from tests.conftest import empty
from tests.graph.repositories.conftest import store
from tests.ml.lamps import MAKERS, PARAMETERS, models, titles
from tests.progress import silent

pytestmark = pytest.mark.neo4j

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
LINKER = linker_over(lambda: None)


@pytest.fixture(scope="module")
def shop(shared_database):
    """Lamps with what they have, and offers of a shop that says which lamps they are."""
    database, token = shared_database
    empty(database, token)
    brands = {maker: Named(maker.lower(), maker, (maker,)) for maker in MAKERS}
    facts = {
        maker: tuple(
            Fact(normalise_value(cell, parameter), parameter.id)
            for parameter, cell in zip(PARAMETERS.values(), cells, strict=True)
        )
        for maker, cells in MAKERS.items()
    }
    named = {one.id: Named(one.id, one.title, (one.title,)) for one in models()}
    lamps = [
        Item("model", str(m.id), m.title, "specs", str(m.id), names=(m.title,),
             brand=brands[m.brand.name], facts=facts[m.brand.name])
        for m in models()
    ]  # fmt: skip
    offers = [
        Item("product", f"shop:{at}", title, "shop", f"h{at}", model=named[model])
        for at, (title, model, _) in enumerate(titles())
    ]
    writer = ItemWriter(database)
    for batch in (lamps, offers):
        writer.write(batch, parameters=PARAMETERS, run="import-1", now=NOW)
    return database


def test_what_helps_serves_and_reads_with_what_similar_items_have(shop, shelf):
    done = finetune(FinetuneSpec(name="plausibility"), shop, shelf, notify=silent)

    assert done.promoted
    assert done.metrics["skill"].low > 0.3
    weigher = plausible_reading(champion_of(shelf.registry, "plausibility"))
    load = GraphKnowledge(shop, linker_over=lambda models: None, weigher=lambda: weigher)
    [facts] = load().ground([TextToRead({"title": "Acme lamp 40W"})])
    [found] = [one for one in facts if one.value == "40W"]
    assert (found.parameter, found.model) == ("spare", "plausibility@1")
    assert any("alike have 40 W" in reason for reason in found.reasons)


def test_a_weigher_that_is_promoted_is_taken_over(shop):
    served = []
    load = GraphKnowledge(
        shop, linker_over=lambda models: None, weigher=lambda: served[0] if served else None
    )
    before = load()
    served.append(object())

    after = load(before)

    assert (before.weigher, after.weigher) == (None, served[0])
    assert after.lexicon is before.lexicon


def test_a_graph_without_known_titles_has_nothing_to_learn_from(database, shelf):
    store(database)

    with pytest.raises(GraphTooSmall, match="titles"):
        finetune_plausibility(database, shelf, linker_over=LINKER, seed=0, notify=silent)

    assert shelf.registry.names() == ()
