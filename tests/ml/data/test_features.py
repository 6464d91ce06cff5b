"""Features of nodes, of unusual ones as well."""

import math

import msgspec
import numpy as np
import pyarrow as pa
import pytest
import torch

from graph.snapshot import Snapshot
from ml.data.features import FeatureConfig, Featurizer, Scale
from ml.data.grams import GramConfig, grams_of
from ml.errors import GraphTooSmall
from tests.ml.graphs import catalog

CONFIG = FeatureConfig(grams=GramConfig(buckets=512))


def test_every_node_has_its_text_with_length_one():
    snapshot = catalog()

    data = Featurizer.fit(snapshot, config=CONFIG).apply(snapshot)

    for label in ("Product", "Value", "Brand", "Parameter"):
        length = data[label].gram_weights.square().sum(1)
        torch.testing.assert_close(length, torch.ones(data[label].num_nodes))


def test_edges_stand_in_both_directions():
    snapshot = catalog()

    data = Featurizer.fit(snapshot, config=CONFIG).apply(snapshot)

    there = data["Product", "HAS_PARAMETER", "Value"].edge_index
    assert torch.equal(data["Value", "rev_HAS_PARAMETER", "Product"].edge_index, there.flip(0))


def test_numbers_are_scaled_by_their_parameter_and_missing_ones_say_so():
    snapshot = catalog()

    data = Featurizer.fit(snapshot, config=CONFIG).apply(snapshot)

    ids = snapshot.nodes["Value"]["id"].to_pylist()
    small, middle, wood = (
        data["Value"].number[ids.index(id)] for id in ("seat=40cm", "seat=45cm", "wood=oak")
    )
    assert small[1] == middle[1] == 1
    assert small[0] < middle[0]
    assert wood.tolist() == [0, 0]


def test_a_number_that_is_none_counts_as_not_known():
    snapshot = catalog(nan=True)

    data = Featurizer.fit(snapshot, config=CONFIG).apply(snapshot)

    at = snapshot.nodes["Value"]["id"].to_pylist().index("seat=?")
    assert data["Value"].number[at].tolist() == [0, 0]
    assert bool(torch.isfinite(data["Value"].number).all())


def test_nothing_is_learnt_from_items_outside_the_training_part():
    snapshot = catalog()
    acme = [at for at in range(36) if at % 3 == 0]

    fitted = Featurizer.fit(snapshot, {"Product": torch.tensor(acme)}, CONFIG)

    assert fitted.fitted.identities["Brand"] == ["acme"]
    assert fitted.fitted.identities["Value"] == ["seat=40cm", "socket=E27", "wood=oak"]
    assert fitted.apply(snapshot)["Brand"].identity.tolist() == [1, 0, 0]


def test_a_snapshot_of_other_items_gets_the_same_rows():
    featurizer = Featurizer.fit(catalog(), config=CONFIG)

    data = Featurizer.from_json(featurizer.to_json()).apply(catalog(products=1))

    assert data["Product"].num_nodes == 1
    assert data["Value"].identity.max() < featurizer.identities["Value"]


def test_values_of_no_parameter_have_no_scale_and_no_identity_of_one():
    snapshot = catalog()
    table = snapshot.nodes["Value"]
    place = table.schema.get_field_index("parameter")
    of_none = pa.array(
        [None if name == "seat" else name for name in table["parameter"].to_pylist()], pa.string()
    )
    nodes = {**snapshot.nodes, "Value": table.set_column(place, "parameter", of_none)}
    stray = Snapshot.of(nodes, snapshot.edges)

    data = Featurizer.fit(stray).apply(stray)

    seats = [name is None for name in of_none.to_pylist()]
    assert data["Value"].parameter[torch.tensor(seats)].unique().tolist() == [0]
    assert data["Value"].number[torch.tensor(seats)].abs().sum() == 0


def test_an_empty_graph_is_nothing_to_learn_from():
    with pytest.raises(GraphTooSmall, match="no product or model"):
        Featurizer.fit(Snapshot.of({}, {}))


def test_an_empty_graph_still_has_features():
    data = Featurizer.fit(catalog(), config=CONFIG).apply(Snapshot.of({}, {}))

    assert data.node_types == []


def test_one_product_without_facts_is_enough():
    snapshot = Snapshot.of({"Product": pa.table({"id": ["a"], "title": ["Chair"]})}, {})

    data = Featurizer.fit(snapshot, config=CONFIG).apply(snapshot)

    assert (data["Product"].grams[0] > 0).any()
    assert data["Product"].number.tolist() == [[0, 0]]


@pytest.mark.parametrize("number", [math.nan, math.inf, -1.0])
def test_what_has_no_logarithm_is_not_on_a_logarithmic_scale(number):
    assert Scale(centre=0.0, spread=1.0, logarithmic=True).apply(number) is None


def test_a_scale_of_huge_numbers_can_be_written_down():
    numbers = [-1.0, 1e200, -1.7e308]

    scale = Scale.of(np.array(numbers))

    assert msgspec.json.decode(msgspec.json.encode(scale), type=Scale) == scale
    assert all(abs(scale.apply(number)) <= 4 for number in numbers)


def test_a_model_number_shares_parts_with_its_variants():
    config = GramConfig()

    shared = set(grams_of("Nova S10e", config)) & set(grams_of("Nova S10", config))

    assert len(shared) > len(set(grams_of("Nova S10e", config)) & set(grams_of("Rest 3", config)))


def test_chinese_titles_have_grams_in_common():
    config = GramConfig()

    assert set(grams_of("华为手机", config)) & set(grams_of("小米手机", config))
