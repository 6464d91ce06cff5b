import pyarrow as pa

from graph.snapshot import Snapshot
from ml.data.inheritance import with_inherited
from tests.ml.graphs import catalog, ends

FACTS = ("Product", "HAS_PARAMETER", "Value")


def linked(*, own, model_facts, instances, products=2):
    """Products a, b, ... and models m, n; values of the parameters colour and size."""
    values = ["colour=blue", "colour=red", "size=1", "size=2"]
    nodes = {
        "Product": pa.table({"id": ["a", "b", "c"][:products]}),
        "Model": pa.table({"id": ["m", "n"]}),
        "Value": pa.table({"id": values, "parameter": [v.partition("=")[0] for v in values]}),
    }
    edges = {
        FACTS: ends(own),
        ("Model", "HAS_PARAMETER", "Value"): ends(model_facts),
        ("Product", "INSTANCE_OF", "Model"): ends(instances),
    }
    return Snapshot.of(nodes, edges)


def facts_of(snapshot):
    edges = snapshot.edges[FACTS]
    return list(zip(edges["source"].to_pylist(), edges["target"].to_pylist(), strict=True))


def test_a_product_has_the_facts_of_its_model():
    snapshot = linked(own=[], model_facts=[(0, 0), (0, 2), (1, 3)], instances=[(0, 0), (1, 1)])

    assert facts_of(with_inherited(snapshot)) == [(0, 0), (0, 2), (1, 3)]


def test_what_a_product_says_itself_is_not_inherited():
    snapshot = linked(own=[(0, 1)], model_facts=[(0, 0), (0, 2)], instances=[(0, 0)])

    assert facts_of(with_inherited(snapshot)) == [(0, 1), (0, 2)]


def test_a_product_of_no_model_stays_as_it_is():
    snapshot = linked(own=[(1, 1)], model_facts=[(0, 0)], instances=[(0, 0)], products=3)

    assert facts_of(with_inherited(snapshot)) == [(0, 0), (1, 1)]


def test_a_graph_without_models_stays_as_it_is():
    snapshot = catalog()

    assert with_inherited(snapshot) is snapshot
