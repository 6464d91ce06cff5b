"""What is learnt from: facts of catalogs, facts that are accepted, or everything."""

import pyarrow as pa
import pytest

from graph.snapshot import Snapshot
from ml.data.stated import with_facts

FACTS = ("Product", "HAS_PARAMETER", "Value")


def snapshot(*origins_and_statuses):
    count = len(origins_and_statuses)
    values = [f"size={n}" for n in range(count)]
    return Snapshot.of(
        {
            "Product": pa.table({"id": ["shop:1"], "title": ["lamp"]}),
            "Value": pa.table({"id": values, "parameter": ["size"] * count, "text": values}),
        },
        {
            FACTS: pa.table(
                {
                    "source": [0] * count,
                    "target": list(range(count)),
                    "origin": [origin for origin, _ in origins_and_statuses],
                    "status": [status for _, status in origins_and_statuses],
                }
            )
        },
        watermark="2025-03-01T00:00:00Z",
    )


ALL = (
    ("catalog", "accepted"),
    ("reviewed", "accepted"),
    ("extracted", "accepted"),
    ("extracted", "proposed"),
    ("predicted", "accepted"),
)


@pytest.mark.parametrize(
    ("learnt", "kept"), [("stated", [0, 1]), ("accepted", [0, 1, 2, 4]), ("all", [0, 1, 2, 3, 4])]
)
def test_facts_are_kept_by_who_states_them_and_whether_they_count(learnt, kept):
    found = with_facts(snapshot(*ALL), learnt)

    assert found.edges[FACTS]["target"].to_pylist() == kept
    assert found.manifest.watermark == "2025-03-01T00:00:00Z"
    assert found.nodes["Value"].num_rows == 5


def test_where_nothing_is_left_out_it_is_the_same_snapshot():
    whole = snapshot(("catalog", "accepted"))

    assert with_facts(whole, "stated") is whole


def test_edges_without_a_status_stay():
    found = with_facts(snapshot((None, None), ("extracted", "proposed")), "stated")

    assert found.edges[FACTS]["target"].to_pylist() == [0]
