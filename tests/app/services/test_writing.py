"""Storing what clients send: every row is answered for, and good rows go in together."""

import pytest

from app.errors import ItemIdInvalid, ItemNotFound
from app.services.writing import DuplicateId, ProductWrites, RowInvalid
from graph.errors import DraftInvalid
from graph.ingest.items import DraftFact, ItemDraft
from graph.records import Named, Parameter
from tests.app.parts import NOW, MemoryStore

pytestmark = pytest.mark.anyio


@pytest.fixture
def store():
    return MemoryStore()


@pytest.fixture
def writes(store):
    async def known():
        return {"display": Parameter(id="display", name="Display", kind="number", unit="in")}

    async def brands():
        return [Named(id="acme", name="Acme", names=("Acme", "爱克米"))]

    return ProductWrites(
        store=lambda: store, parameters=known, brands=brands, clock=lambda: NOW, threads=2
    )


def draft(sku="1", *, source="acme", title="Lantern", facts=()):
    return ItemDraft(source=source, sku=sku, title=title, facts=tuple(facts))


def as_it_is(row):
    return row


async def test_a_product_is_created_then_unchanged_then_updated(writes):
    first = await writes.put(draft(), run="r1")
    again = await writes.put(draft(), run="r2")
    other = await writes.put(draft(title="Lantern 2"), run="r3")

    assert (first, again, other) == ("created", "unchanged", "updated")


async def test_the_store_is_told_who_writes_and_when(writes, store):
    await writes.put(draft(), run="rest:abc")

    assert store.calls == [(["acme:1"], ["display"], "rest:abc", NOW)]


async def test_a_new_parameter_is_declared_with_its_first_value(writes, store):
    await writes.put(draft(facts=[DraftFact(parameter="Colour", value="red")]), run="r")

    assert len(store.calls[0][1]) == 2


async def test_a_value_that_means_nothing_names_its_field(writes, store):
    with pytest.raises(DraftInvalid) as caught:
        await writes.put(draft(facts=[DraftFact(parameter="Display", value="12,-")]), run="r")

    assert caught.value.field == "facts/0/value"
    assert store.calls == []


async def test_an_id_that_cannot_be_one_is_refused_as_an_id(writes):
    with pytest.raises(ItemIdInvalid):
        await writes.put(draft(source="Not A Source"), run="r")


async def test_rows_are_answered_in_their_order_and_bad_ones_stop_no_other(writes):
    rows = [draft("1"), draft("2", title=""), draft("3")]

    outcomes = await writes.put_all(rows, parse=as_it_is, run="r")

    assert [row.index for row in outcomes] == [0, 1, 2]
    assert [row.outcome for row in outcomes] == ["created", None, "created"]
    assert isinstance(outcomes[1].refusal, DraftInvalid)


async def test_of_rows_with_one_id_the_first_counts(writes, store):
    outcomes = await writes.put_all(
        [draft(title="first"), draft(title="second")], parse=as_it_is, run="r"
    )

    assert outcomes[0].outcome == "created"
    assert isinstance(outcomes[1].refusal, DuplicateId)
    assert outcomes[1].refusal.first == 0
    assert len(store.calls) == 1


async def test_each_source_is_written_by_itself(writes, store):
    rows = [draft("1"), draft("1", source="zenith"), draft("2")]

    outcomes = await writes.put_all(rows, parse=as_it_is, run="r")

    assert [call[0] for call in store.calls] == [["acme:1", "acme:2"], ["zenith:1"]]
    assert [row.id for row in outcomes] == ["acme:1", "zenith:1", "acme:2"]


async def test_a_row_that_is_no_draft_is_refused_with_its_faults(writes):
    def parse(row):
        raise RowInvalid([{"code": "missing"}])

    outcomes = await writes.put_all([{"id": "acme:1"}, 7], parse=parse, run="r")

    assert [row.id for row in outcomes] == ["acme:1", None]
    assert outcomes[0].refusal.faults == ({"code": "missing"},)


async def test_a_refused_row_declares_no_parameter(writes, store):
    bad = draft("1", title="", facts=[DraftFact(parameter="Colour", value="red")])

    await writes.put_all([bad, draft("2")], parse=as_it_is, run="r")

    assert store.calls[0][1] == ["display"]


async def test_deleting_what_is_not_there_says_so(writes):
    await writes.put(draft(), run="r")

    await writes.delete("acme:1")

    with pytest.raises(ItemNotFound):
        await writes.delete("acme:1")


async def test_a_brand_under_another_of_its_names_is_the_same_brand(writes, store):
    await writes.put(
        ItemDraft(source="shop", sku="1", title="Lantern", brand="爱克米", model="L3"), run="run-1"
    )

    item = store._items["product", "shop:1"]
    assert (item.brand.id, item.model.id) == ("acme", "acme-l3")


async def test_a_number_in_another_unit_is_rounded_as_its_parameter_says(store):
    async def known():
        display = Parameter(id="display", name="Display", kind="number", unit="in", decimals=2)
        return {"display": display}

    async def brands():
        return []

    writes = ProductWrites(
        store=lambda: store, parameters=known, brands=brands, clock=lambda: NOW, threads=2
    )

    await writes.put(draft(facts=[DraftFact("display", "15,49 cm")]), run="run-1")

    (fact,) = store._items["product", "acme:1"].facts
    assert fact.value.id == "display=6.1in"


async def test_a_fact_without_a_parameter_is_refused_alone(writes, store):
    rows = [draft("1"), draft("2", facts=[DraftFact(parameter="  ", value="x")])]

    outcomes = await writes.put_all(rows, parse=as_it_is, run="run-1")

    assert [row.outcome for row in outcomes] == ["created", None]
    assert outcomes[1].refusal.field == "facts/0/parameter"
