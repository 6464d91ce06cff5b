from graph.records import FactText, ItemText, Named
from ml.data.items import snapshot_of

RED = FactText("colour", "Colour", "colour=red", "red", None, None)
SMALL = FactText("size", "Size", "size=1cm", "1 cm", 1.0, "cm")
ACME = Named("acme", "Acme", ("Acme", "ACME"))


def lamp(title="Lamp", **fields):
    return ItemText(kind="product", title=title, **fields)


def test_rows_are_in_the_order_of_the_items():
    titles = [f"Lamp {n}" for n in reversed(range(20))]

    snapshot = snapshot_of([lamp(title) for title in titles])

    assert snapshot.nodes["Product"]["title"].to_pylist() == titles


def test_facts_of_an_item_and_of_its_model_stand_side_by_side():
    snapshot = snapshot_of([lamp(), lamp(facts=(RED,), inherited=(SMALL,), brand=ACME)])

    facts = snapshot.edges["Product", "HAS_PARAMETER", "Value"]
    values = snapshot.nodes["Value"]["id"].to_pylist()
    assert facts["source"].to_pylist() == [1, 1]
    assert [values[at] for at in facts["target"].to_pylist()] == ["colour=red", "size=1cm"]
    assert snapshot.nodes["Value"]["number"].to_pylist() == [None, 1.0]
    assert snapshot.edges["Product", "MADE_BY", "Brand"]["source"].to_pylist() == [1]
    assert snapshot.nodes["Brand"]["names"].to_pylist() == [["Acme", "ACME"]]


def test_products_and_models_are_counted_apart():
    model = ItemText(kind="model", title="Lamp 1", names=("Lamp one",), facts=(RED,))

    snapshot = snapshot_of([model, lamp(facts=(RED,)), model])

    assert snapshot.manifest.nodes == {"Model": 2, "Product": 1, "Value": 1}
    assert snapshot.nodes["Model"]["names"].to_pylist() == [["Lamp one"]] * 2


def test_no_items_are_an_empty_snapshot():
    assert snapshot_of([]).manifest.nodes == {}
