"""Answers that facts support."""

import pyarrow as pa
import pytest
import torch

from graph.snapshot import Snapshot
from ml.data.choices import ChoiceConfig, Choices
from ml.errors import GraphTooSmall
from tests.ml.graphs import catalog, ends


def weights(numbers):
    """One parcel a number."""
    ids = [f"weight={n:g}g" for n in sorted(set(numbers))]
    return Snapshot.of(
        {
            "Product": pa.table({"id": [f"p{at:04}" for at in range(len(numbers))]}),
            "Value": pa.table(
                {
                    "id": ids,
                    "parameter": ["weight"] * len(ids),
                    "text": ids,
                    "number": pa.array([float(id[7:-1]) for id in ids]),
                }
            ),
        },
        {
            ("Product", "HAS_PARAMETER", "Value"): ends(
                (at, ids.index(f"weight={n:g}g")) for at, n in enumerate(numbers)
            )
        },
    )


def test_values_with_enough_facts_are_choices_and_the_rest_is_rare():
    snapshot = catalog()

    choices = Choices.fit(snapshot, config=ChoiceConfig(value_facts=12))

    assert [c.value for c in choices.choices if c.parameter == "seat"] == [None]
    assert sum(c.parameter == "wood" for c in choices.choices) == 4
    assert bool((choices.of_values(snapshot) >= 0).all())


def test_many_numbers_fall_into_bins_of_about_equal_share():
    snapshot = weights([float(n) for n in range(1, 161)])

    choices = Choices.fit(snapshot, config=ChoiceConfig(bins=8))

    assert torch.bincount(choices.of_values(snapshot)).tolist() == [20] * 8
    assert (choices.choices[0].low, choices.choices[0].high) == (1.0, 20.0)


def test_a_number_beyond_the_training_part_falls_into_the_nearest_bin():
    choices = Choices.fit(weights([float(n) for n in range(1, 161)]))

    assert choices.of_value("weight=5000g", "weight", 5000.0) == len(choices) - 1
    assert choices.of_value("weight=?", "weight", float("nan")) == -1


def test_a_parameter_that_training_does_not_know_cannot_be_answered():
    choices = Choices.fit(catalog())

    assert choices.of_value("voltage=230V", "voltage", 230.0) == -1


def test_values_of_no_parameter_are_no_answers():
    snapshot = weights([10.0] * 6 + [20.0] * 6)
    table = snapshot.nodes["Value"]
    parameters = pa.array([None, "weight"], pa.string())
    place = table.schema.get_field_index("parameter")
    nodes = {**snapshot.nodes, "Value": table.set_column(place, "parameter", parameters)}
    stray = Snapshot.of(nodes, snapshot.edges)

    choices = Choices.fit(stray)

    assert {choice.parameter for choice in choices.choices} == {"weight"}
    assert choices.of_values(stray).tolist() == [-1, 0]


def test_choices_survive_json():
    choices = Choices.fit(catalog())

    again = Choices.from_json(choices.to_json())

    assert again.choices == choices.choices
    assert torch.equal(again.of_values(catalog()), choices.of_values(catalog()))


def test_a_graph_without_facts_has_no_choices():
    snapshot = Snapshot.of({"Product": pa.table({"id": ["a"], "title": ["Chair"]})}, {})

    with pytest.raises(GraphTooSmall, match="no fact"):
        Choices.fit(snapshot)
