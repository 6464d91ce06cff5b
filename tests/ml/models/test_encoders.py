"""What every graph encoder promises, on usual and unusual graphs."""

import pyarrow as pa
import pytest
import torch

from graph.snapshot import Snapshot
from ml.data.features import FeatureConfig, Featurizer
from ml.data.grams import GramConfig
from ml.data.hetero import to_hetero
from ml.errors import FeatureMissing
from ml.models.attention import AttentionConfig, AttentionEncoder
from ml.models.gcn import GcnConfig, GcnEncoder
from ml.models.inputs import InputSpec
from ml.models.relational import RelationalConfig, RelationalEncoder
from tests.ml.graphs import catalog

WIDTH = 16
CONFIG = FeatureConfig(grams=GramConfig(buckets=256))


def made(name, featurizer, data, layers=2):
    torch.manual_seed(0)
    spec = InputSpec.of(featurizer)
    if name == "relational":
        return RelationalEncoder(
            spec, data.edge_types, RelationalConfig(width=WIDTH, layers=layers)
        ).eval()
    if name == "attention":
        config = AttentionConfig(width=WIDTH, layers=layers)
        return AttentionEncoder(spec, data.node_types, data.edge_types, config).eval()
    return GcnEncoder(spec, GcnConfig(width=WIDTH, layers=layers)).eval()


@pytest.fixture(params=["relational", "attention", "gcn"])
def name(request):
    return request.param


def encoded(encoder, data):
    with torch.no_grad():
        return encoder(data)


def test_every_node_gets_a_vector(name):
    snapshot = catalog(nan=True)
    featurizer = Featurizer.fit(snapshot, config=CONFIG)
    data = featurizer.apply(snapshot)

    x = encoded(made(name, featurizer, data), data)

    assert {label: x_ND.shape for label, x_ND in x.items()} == {
        label: (data[label].num_nodes, WIDTH) for label in data.node_types
    }
    assert all(bool(torch.isfinite(x_ND).all()) for x_ND in x.values())


def test_a_product_that_was_not_there_in_training_gets_a_vector_of_its_facts(name):
    featurizer = Featurizer.fit(catalog(products=12), config=CONFIG)
    trained_on = featurizer.apply(catalog(products=12))
    encoder = made(name, featurizer, trained_on)

    x_ND = encoded(encoder, featurizer.apply(catalog(products=15)))["Product"]

    assert len(x_ND) == 15
    assert not torch.allclose(x_ND[12], x_ND[13])


def test_the_order_of_the_edges_does_not_matter(name):
    snapshot = catalog()
    featurizer = Featurizer.fit(snapshot, config=CONFIG)
    data, shuffled = featurizer.apply(snapshot), featurizer.apply(snapshot)
    for edge_type in shuffled.edge_types:
        edge_index = shuffled[edge_type].edge_index
        order = torch.randperm(edge_index.shape[1], generator=torch.Generator().manual_seed(1))
        shuffled[edge_type].edge_index = edge_index[:, order]
    encoder = made(name, featurizer, data)

    torch.testing.assert_close(
        encoded(encoder, data)["Product"],
        encoded(encoder, shuffled)["Product"],
        rtol=1e-4,
        atol=1e-5,
    )


def test_a_graph_without_edges_is_encoded_from_its_features(name):
    featurizer = Featurizer.fit(catalog(), config=CONFIG)
    encoder = made(name, featurizer, featurizer.apply(catalog()))
    alone = Snapshot.of({"Product": pa.table({"id": ["a"], "title": ["acme chair"]})}, {})

    x = encoded(encoder, featurizer.apply(alone))

    assert x["Product"].shape == (1, WIDTH)
    assert bool(torch.isfinite(x["Product"]).all())


def test_an_empty_graph_has_no_vectors(name):
    featurizer = Featurizer.fit(catalog(), config=CONFIG)
    encoder = made(name, featurizer, featurizer.apply(catalog()))

    assert encoded(encoder, featurizer.apply(Snapshot.of({}, {}))) == {}


def test_a_graph_without_features_says_what_to_do(name):
    featurizer = Featurizer.fit(catalog(), config=CONFIG)
    encoder = made(name, featurizer, featurizer.apply(catalog()))

    with pytest.raises(FeatureMissing, match="Featurizer"):
        encoded(encoder, to_hetero(catalog()))


def test_a_nan_among_the_numbers_does_not_spread(name):
    snapshot = catalog()
    featurizer = Featurizer.fit(snapshot, config=CONFIG)
    data = featurizer.apply(snapshot)
    data["Product"].number[0] = float("nan")

    x = encoded(made(name, featurizer, data), data)

    assert bool(torch.isfinite(x["Product"]).all())


def test_a_width_that_the_heads_cannot_share_is_refused():
    featurizer = Featurizer.fit(catalog(), config=CONFIG)

    with pytest.raises(ValueError, match="no multiple"):
        AttentionEncoder(InputSpec.of(featurizer), [], [], AttentionConfig(width=10, heads=4))
