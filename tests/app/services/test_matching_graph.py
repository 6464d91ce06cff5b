"""Products of a real Neo4j that are the same one, and the model that one of them is known to be."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from app.errors import SourceUnknown, ThresholdMissing
from app.services.embedding import embed_all
from app.services.matching import fields_of, matched
from app.services.matching_graph import GraphMatching
from graph.records import Item, Named
from graph.repositories.pairing import near, sayings
from graph.repositories.products import Products
from tests.fake_encoders import HashedWords
from tests.graph.repositories.conftest import store

pytestmark = pytest.mark.neo4j

KX = Named("acme-kx-4000", "KX-4000", ("KX-4000",))
ACME = Named("acme", "Acme", ("Acme",))
KX_OLD = Named("acme-kx-3000", "KX-3000", ("KX-3000",))


def product(id, title, model=None):
    return Item("product", id, title, id.split(":")[0], title, model=model)


STOCK = (
    product("north:kettle", "Acme kettle KX-4000 1.7 l steel", KX),
    product("south:kettle", "ACME KX4000 steel kettle 1.7l"),
    product("south:toaster", "Bolt toaster T-200 red 2 slots"),
    product("west:toaster", "bolt T200 toaster, 2 slots, red"),
    product("west:lamp", "Nord desk lamp 40W"),
)


def matching(**settings):
    return GraphMatching(
        id="matching-1", loaded=None, clock=lambda: datetime(2026, 1, 2, tzinfo=UTC), **settings
    )


def models_of(database):
    rows = database.read(
        "MATCH (n:Product)-[r:INSTANCE_OF]->(m) "
        "RETURN n.id AS id, m.id AS model, r.origin AS origin"
    )
    return {row["id"]: (row["model"], row["origin"]) for row in rows}


def test_products_of_several_shops_are_grouped_and_one_gives_its_model(database):
    store(database, STOCK)
    heard = []

    found = matching().carry_out(database, lambda *place: heard.append(place))

    assert set(found.groups) == {
        ("north:kettle", "south:kettle"),
        ("south:toaster", "west:toaster"),
    }
    assert found.links == {"south:kettle": KX.id}
    assert (found.items, found.written, found.model) == (5, 0, "rules")
    assert heard[-1] == (5, 5)
    assert "south:kettle" not in models_of(database)


def test_what_a_group_is_of_is_written_once_and_never_over_a_catalog(database):
    store(database, STOCK)

    first = matching(write=True, threshold=0.5).carry_out(database)
    second = matching(write=True, threshold=0.5).carry_out(database)

    assert (first.written, second.written) == (1, 0)
    assert models_of(database) == {
        "north:kettle": (KX.id, "catalog"),
        "south:kettle": (KX.id, "extracted"),
    }


def test_a_group_of_two_models_is_a_conflict_and_links_nothing(database):
    third = product("west:kettle", "Acme KX-4000 kettle steel 1.7 l", KX_OLD)
    store(database, (*STOCK, third))

    found = matching(write=True, threshold=0.5).carry_out(database)

    (conflict,) = found.conflicts
    assert conflict.models == (KX_OLD.id, KX.id)
    assert found.links == {}


def test_of_one_source_only_its_products_are_compared_with_all_others(database):
    store(database, STOCK)

    found = matching(source="north").carry_out(database)

    assert found.items == 1
    assert found.groups == (("north:kettle", "south:kettle"),)
    with pytest.raises(SourceUnknown, match="'nobody'; there are north, south"):
        matching(source="nobody").carry_out(database)


def test_by_rules_nothing_is_written_without_a_threshold(database):
    with pytest.raises(ThresholdMissing, match="--threshold"):
        matching(write=True).carry_out(database)


def test_products_near_in_vectors_are_candidates_where_there_are_vectors(database):
    store(database, STOCK)
    nothing = {"north:kettle": ""}
    before = near(database, nothing, limit=1)
    embed_all(database, HashedWords(), lambda done, total: None)

    after = near(database, nothing, limit=1)

    assert before == {"north:kettle": ()}
    assert after == {"north:kettle": ("south:kettle",)}


@pytest.mark.anyio
async def test_a_product_says_the_same_whichever_way_it_is_compared(database, async_database):
    store(
        database,
        [
            replace(one, price=price, description="Boils.", mpn="4000", brand=ACME)
            for one, price in zip(STOCK[:2], (500.0, 1_234_567.5), strict=True)
        ],
    )
    ids = [one.id for one in STOCK[:2]]
    views = [await Products(async_database).get(id) for id in ids]

    over_rest = [fields_of(view) for view in views]
    over_graph = [said.fields for said in (sayings(database, ids)[id] for id in ids)]

    assert over_rest == over_graph
    assert [fields["price"] for fields in over_graph] == ["500", "1234567.5"]
    assert matched(None, *over_rest).score == matched(None, *over_graph).score


def test_signs_of_the_query_syntax_in_a_title_are_words_like_others(database):
    store(database, (product("west:odd", 'AND kettle: (OR) "NOT* ~1 [TO] \\'), *STOCK))

    found = matching(source="west").carry_out(database)

    assert found.items == 3
