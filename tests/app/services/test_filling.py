"""Gaps of a graph of lamps in a real Neo4j are filled in, and taken back where they are none."""

import re
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

import pytest

from app.errors import FillerMissing, FillInvalid
from app.services.filling import GapFilling
from app.services.fills import FillSpec, check_fill
from app.services.finetuning_jobs import finetune
from app.services.knowledge import load_grounder
from app.services.readers import LoadedFiller, champion_of
from app.services.training_runs import FinetuneSpec
from graph.records import Fact, Item, Named
from graph.repositories import gaps
from graph.repositories.items import ItemWriter
from graph.repositories.known_items import known_items
from graph.text import normalise_value
from ml.errors import GraphTooSmall
from ml.filling.gaps_files import from_files
from tests.conftest import empty
from tests.ml.lamps import MAKERS, PARAMETERS
from tests.progress import silent

pytestmark = pytest.mark.neo4j

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
LAMPS = Named("lanterns", "Lanterns", ("Lanterns",))
EACH = 150
GAPS = ("power", "socket", "spare")
OF = """
MATCH (n {id: $id})-[r:HAS_PARAMETER]->(v)
RETURN v.id AS value, r.origin AS origin, r.status AS status, r.model AS model ORDER BY value
"""


def item(id, maker, lacks=(), title=None, kind="product", source="shop", model=None):
    cells = zip(PARAMETERS.values(), MAKERS[maker], strict=True)
    facts = tuple(
        Fact(normalise_value(cell, one), one.id) for one, cell in cells if one.id not in lacks
    )
    own = id if kind == "model" else f"{source}:{id}"
    digest = sha256(f"{own} {lacks} {title}".encode()).hexdigest()
    return Item(
        kind, own, title or f"{maker} Glow {id}", source, digest,
        brand=Named(maker.lower(), maker, (maker,)), categories=(LAMPS,), facts=facts, model=model,
    )  # fmt: skip


def stock(database, *items, run="import-1"):
    ItemWriter(database).write(items, parameters=PARAMETERS, run=run, now=NOW)


@pytest.fixture(scope="module")
def learnt(shared_database, tmp_path_factory):
    """What fills gaps, learnt once from lamps that have none."""
    from app.services.finetuning import Shelf
    from ml.registry import Registry

    database, token = shared_database
    empty(database, token)
    stock(database, *(item(f"{maker}-{n}", maker) for maker in MAKERS for n in range(EACH)))
    shelf = Shelf(Registry(tmp_path_factory.mktemp("models")), "0.1.0", lambda: NOW)
    done = finetune(FinetuneSpec(name="filling"), database, shelf, notify=silent)
    return done, champion_of(shelf.registry, "filling")


@pytest.fixture
def loaded(learnt):
    name = "filling@1"
    return LoadedFiller(name, from_files(name, learnt[1].contents()))


@pytest.fixture
def run(database, loaded, tmp_path):
    stock(database, item("0", "Corona", source="maker"))  # so that the graph has the parameters

    def run(report=silent, id="fill-1", **settings):
        return GapFilling(
            id=id,
            spec=FillSpec(**settings),
            loaded=lambda: loaded,
            grounder=load_grounder,
            folder=tmp_path / id,
            clock=partial(datetime.now, UTC),
            report=report,
        ).carry_out(database)

    return run


def of(database, id):
    rows = database.read(OF, id=id)
    return {row["value"]: (row["origin"], row["status"]) for row in rows}


def test_what_it_learns_is_judged_by_facts_that_were_hidden(learnt):
    done, _ = learnt

    assert done.promoted
    assert done.metrics["filled"].low > 0.5
    assert done.baselines["most_frequent"]["filled"] < done.metrics["filled"].low


def test_a_lamp_gets_what_it_lacks_and_says_who_said_so(database, run):
    stock(database, item("1", "Acme", GAPS), item("2", "Bolt", ("power",)))

    report = run()

    assert of(database, "shop:1") == dict.fromkeys(
        ("power=5W", "socket=tiny", "spare=40W"), ("predicted", "accepted")
    )
    assert of(database, "shop:2")["power=40W"] == ("predicted", "accepted")
    assert (report.items, report.facts["accepted"], report.facts["written"]) == (3, 4, 4)
    assert report.parameters == {"power": 2, "spare": 1, "socket": 1}
    assert {row["model"] for row in database.read(OF, id="shop:1")} == {"filling@1"}


def test_a_second_run_writes_nothing(database, run):
    stock(database, item("1", "Acme", GAPS))
    run()

    again = run(id="fill-2")

    assert (again.facts["unchanged"], again.facts["written"], again.facts["ended"]) == (3, 0, 0)


def test_what_a_catalog_states_by_now_is_no_gap_any_more(database, run):
    stock(database, item("1", "Acme", GAPS))
    run()
    stock(database, item("1", "Acme", ("spare",)), run="import-2")

    again = run(id="fill-2")

    assert of(database, "shop:1") == {
        "power=5W": ("catalog", "accepted"),
        "socket=tiny": ("catalog", "accepted"),
        "spare=40W": ("predicted", "accepted"),
    }
    assert again.facts["ended"] == 2


def test_what_was_filled_in_can_be_taken_back_without_a_model(database, run, tmp_path):
    stock(database, item("1", "Acme", GAPS), item("2", "Acme", GAPS, source="other"))
    run()
    spec = FillSpec(source="shop", remove=True)
    taken = GapFilling(
        id="fill-2", spec=spec, loaded=lambda: None, grounder=load_grounder, folder=tmp_path,
        clock=lambda: NOW, report=silent,
    ).carry_out(database)  # fmt: skip

    assert (taken.facts["ended"], taken.model) == (3, None)
    assert of(database, "shop:1") == {}
    assert len(of(database, "other:2")) == 3


def test_what_was_filled_in_is_taken_back_of_items_that_nobody_lists_any_more(database, run):
    stock(database, item("1", "Acme", GAPS))
    run()
    database.run("MATCH (n:Product {id: 'shop:1'}) SET n.closed_at = datetime()")

    kept = run(id="fill-2")
    assert kept.facts["ended"] == 0
    assert len(of(database, "shop:1")) == 3

    taken = run(id="fill-3", remove=True)
    assert taken.facts["ended"] == 3
    assert of(database, "shop:1") == {}


def test_a_dry_run_counts_and_writes_nothing(database, run):
    stock(database, item("1", "Acme", GAPS))

    report = run(dry_run=True)

    assert (report.dry_run, report.facts["accepted"]) == (True, 3)
    assert of(database, "shop:1") == {}


def test_what_is_less_sure_waits_for_a_person(database, run, loaded, monkeypatch):
    stock(database, item("1", "Acme", GAPS))
    monkeypatch.setattr(type(loaded.filler.judged), "thresholds", lambda self, precision: {})

    nothing = run()
    proposed = run(id="fill-2", propose=0.5)

    assert nothing.thresholds == {}
    assert nothing.facts.get("accepted", 0) == 0
    assert set(of(database, "shop:1").values()) == {("predicted", "proposed")}
    assert proposed.facts["proposed"] == 3


def test_what_a_person_rejected_does_not_come_back(database, run):
    stock(database, item("1", "Acme", GAPS))
    run()
    database.run(
        "MATCH (:Product {id: 'shop:1'})-[r:HAS_PARAMETER]->(:Value {id: 'power=5W'}) "
        "SET r.origin = 'reviewed', r.status = 'rejected', r.model = null"
    )

    again = run(id="fill-2")

    assert of(database, "shop:1")["power=5W"] == ("reviewed", "rejected")
    assert again.facts["rejected"] == 1


def test_products_have_what_was_filled_in_of_their_model(database, run):
    named = Named("Acme-7", "Glow 7", ("Glow 7",))
    stock(database, item("Acme-7", "Acme", ("spare",), title="Glow 7", kind="model"))
    stock(database, item("1", "Acme", GAPS, model=named))

    report = run()

    assert of(database, "Acme-7")["spare=40W"] == ("predicted", "accepted")
    assert of(database, "shop:1") == {}
    assert report.facts["accepted"] == 1


def test_accessories_are_passed_over(database, run):
    stock(database, item("1", "Acme", GAPS, title="Carrying case for Acme Glow 7"))

    report = run()

    assert of(database, "shop:1") == {}
    assert report.facts["made_for"] == 1


def test_what_a_title_speaks_of_is_no_gap(database, run):
    """Its model has 5 W, as those around have; this one says something else, or the same."""
    stock(database, *(item(f"b{n}", "Bolt", source="maker") for n in range(20)))
    stock(
        database,
        item("1", "Acme", ("socket",), title="Acme Glow 1 socket wide"),
        item("2", "Acme", ("socket",), title="Acme Glow 2"),
    )

    report = run()

    assert "socket=tiny" not in of(database, "shop:1")
    assert of(database, "shop:2")["socket=tiny"] == ("predicted", "accepted")
    assert (report.facts["accepted"], report.facts["in_text"]) == (1, 1)


def test_a_run_that_was_killed_goes_on_behind_the_last_page(database, run, monkeypatch):
    monkeypatch.setattr(gaps, "PAGE_ITEMS", 2)
    stock(database, *(item(str(n), "Acme", GAPS) for n in range(5)))

    def killed(progress):
        if progress.rows_read == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(killed)
    done = run()

    assert (done.items, done.facts["written"], done.facts["unchanged"]) == (6, 15, 0)


def test_without_a_model_it_says_how_to_get_one(database, tmp_path):
    run = GapFilling(
        id="fill", spec=FillSpec(), loaded=lambda: None, grounder=load_grounder, folder=tmp_path,
        clock=lambda: NOW, report=silent,
    )  # fmt: skip

    with pytest.raises(FillerMissing, match="finetune filling"):
        run.carry_out(database)


def test_a_graph_without_facts_has_nothing_to_learn_from(database, shelf):
    with pytest.raises(GraphTooSmall):
        finetune(FinetuneSpec(name="filling"), database, shelf, notify=silent)


def test_of_many_known_items_a_sample_of_all_sources_is_asked(database):
    stock(database, *(item(f"{n:03}", "Acme", source=source)
                      for source in ("one", "two") for n in range(20)))  # fmt: skip

    few = known_items(database, limit=20)

    assert [one.id for one in few] == sorted(one.id for one in few)
    assert {one.id.partition(":")[0] for one in few} == {"one", "two"}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"precision": 1.0}, "precision"),
        ({"propose": 0.0}, "propose"),
        ({"remove": True, "propose": 0.5}, "propose"),
        ({"source": "a b"}, "source"),
    ],
)
def test_settings_that_make_no_sense_are_named(settings, named):
    with pytest.raises(FillInvalid, match=f"^{re.escape(named)}: "):
        check_fill(FillSpec(**settings))
