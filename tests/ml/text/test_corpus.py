import pyarrow as pa
import pytest

from graph.snapshot import Snapshot
from ml.data.hetero import to_hetero
from ml.text.corpus import add_tokens, adjacent_texts, same_things
from ml.text.tokenizer import Tokenizer


@pytest.fixture
def snapshot():
    products = {
        "id": ["a:1", "a:2", "b:1"],
        "title": ["acme kettle 17", "acme lamp", "kettle by acme"],
        "description": ["boils water", None, ""],
    }
    models = {"id": ["kettle-17"], "title": ["Kettle 17"], "names": [["Kettle 17", "KT17"]]}
    values = {
        "id": ["power=1700W", "volume=1.7L"],
        "parameter": ["power", "volume"],
        "text": ["1700 W", "1.7 L"],
    }
    return Snapshot.of(
        {
            "Product": pa.table(products),
            "Model": pa.table(models),
            "Value": pa.table(values),
            "Brand": pa.table({"id": pa.array([], pa.string())}),
        },
        {
            ("Product", "INSTANCE_OF", "Model"): pa.table({"source": [0, 2], "target": [0, 0]}),
            ("Product", "HAS_PARAMETER", "Value"): pa.table({"source": [0, 0], "target": [0, 1]}),
        },
    )


def test_a_title_goes_with_its_description_and_with_its_facts(snapshot):
    assert adjacent_texts(snapshot) == [
        ("acme kettle 17", "boils water"),
        ("acme kettle 17", "power: 1700 W, volume: 1.7 L"),
    ]


def test_offers_of_one_model_and_its_names_are_texts_of_one_thing(snapshot):
    found = same_things(snapshot)

    assert sorted(found.texts) == ["KT17", "Kettle 17", "acme kettle 17", "kettle by acme"]
    assert set(found.things) == {0}


def test_every_node_has_a_row_of_tokens(snapshot):
    data = to_hetero(snapshot)

    add_tokens(data, snapshot, Tokenizer.trained(["acme kettle"]))

    rows = {label: len(data[label].tokens) for label in data.node_types}
    assert rows == {"Product": 3, "Model": 1, "Value": 2, "Brand": 0}


def test_a_graph_of_nothing_has_no_texts():
    snapshot = Snapshot.of({}, {})

    assert adjacent_texts(snapshot) == []
    assert same_things(snapshot).texts == []
