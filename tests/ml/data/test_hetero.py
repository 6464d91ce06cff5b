"""Snapshots as HeteroData: counts, positions, reversed edges, and one file for all of it."""

import pyarrow as pa
import pytest
import torch

from graph.errors import SnapshotInvalid, SnapshotNotWritten
from graph.snapshot import EDGE_TYPES, NODE_COLUMNS, Snapshot
from ml.data.hetero import load_hetero, reverse_of, to_hetero, with_reverse
from ml.data.hetero_file import read_ids, read_manifest, write_hetero
from ml.errors import HeteroFileInvalid
from tests.full_disk import files_of_at_most

HAS = ("Product", "HAS_PARAMETER", "Value")


def snapshot(edges=((1, 0), (0, 1), (0, 0)), products=("a", "é"), values=("x", "y")):
    sources, targets = zip(*edges, strict=True) if edges else ((), ())
    return Snapshot.of(
        {"Product": pa.table({"id": products}), "Value": pa.table({"id": values})},
        {HAS: pa.table({"source": pa.array(sources, "i8"), "target": pa.array(targets, "i8")})},
        watermark="2026-01-05T00:00:00+00:00",
    )


def test_nodes_are_counts_and_edges_are_positions():
    data = to_hetero(snapshot())

    assert (data["Product"].num_nodes, data["Value"].num_nodes) == (2, 2)
    assert data[HAS].edge_index.dtype == torch.int64
    assert data[HAS].edge_index.tolist() == [[0, 0, 1], [0, 1, 0]]
    assert data.validate()


def test_parallel_edges_are_one():
    data = to_hetero(snapshot(edges=((0, 0), (0, 0), (1, 1), (1, 1), (1, 0))))

    assert data[HAS].edge_index.tolist() == [[0, 1, 1], [0, 0, 1]]


@pytest.mark.parametrize(
    "made",
    [
        snapshot(edges=()),
        snapshot(edges=(), products=("a",), values=()),
        Snapshot.of({}, {}),
        Snapshot.of(
            {label: schema.empty_table() for label, schema in NODE_COLUMNS.items()},
            {type: pa.table({"source": pa.nulls(0), "target": pa.nulls(0)}) for type in EDGE_TYPES},
        ),
    ],
    ids=["no edges", "one product", "nothing", "an empty graph"],
)
def test_what_has_no_edges_is_still_a_graph(made, tmp_path):
    data = to_hetero(made)
    write_hetero(data, made, tmp_path / "graph")

    assert sum(made.manifest.nodes.values()) == data.num_nodes
    assert all(data[type].edge_index.shape == (2, 0) for type in data.edge_types)
    again = load_hetero(tmp_path / "graph")
    assert (again.node_types, again.edge_types) == (data.node_types, data.edge_types)


def test_every_edge_type_can_be_had_the_other_way_round():
    data = to_hetero(snapshot())

    both = with_reverse(data)

    reversed_type = ("Value", "rev_HAS_PARAMETER", "Product")
    assert reverse_of(HAS) == reversed_type
    assert both[reversed_type].edge_index.tolist() == [[0, 1, 0], [0, 0, 1]]
    assert both[HAS].edge_index is data[HAS].edge_index
    assert data.edge_types == [HAS]


def test_features_and_counts_come_along():
    data = to_hetero(snapshot())
    data["Product"].number = torch.ones(2, 1)

    both = with_reverse(data)

    assert both["Product"].number is data["Product"].number
    assert both["Value"].num_nodes == 2


def test_a_folder_and_a_file_give_the_same_graph(tmp_path):
    made = snapshot()
    made.write(tmp_path / "folder")
    write_hetero(to_hetero(made), made, tmp_path / "file.safetensors")

    for source in (made, tmp_path / "folder", tmp_path / "file.safetensors"):
        data = load_hetero(source)
        assert data[HAS].edge_index.tolist() == [[0, 0, 1], [0, 1, 0]]
        assert (data["Product"].num_nodes, data["Value"].num_nodes) == (2, 2)


def test_a_label_without_nodes_has_no_ids(tmp_path):
    path = tmp_path / "graph.safetensors"
    made = snapshot(edges=(), values=pa.array([], pa.string()))
    write_hetero(to_hetero(made), made, path)

    assert read_ids(path) == {"Product": ["a", "é"], "Value": []}


def test_a_file_has_the_ids_and_what_the_snapshot_says(tmp_path):
    made, path = snapshot(), tmp_path / "graph.safetensors"
    write_hetero(to_hetero(made), made, path)

    assert read_ids(path) == {"Product": ["a", "é"], "Value": ["x", "y"]}
    assert read_manifest(path) == made.manifest
    assert [file.name for file in tmp_path.iterdir()] == ["graph.safetensors"]


def test_a_file_may_be_read_by_whoever_may_read_other_files(tmp_path):
    made, path, other = snapshot(), tmp_path / "graph.safetensors", tmp_path / "other"
    other.touch()

    write_hetero(to_hetero(made), made, path)

    assert path.stat().st_mode == other.stat().st_mode


def test_a_file_of_ours_is_replaced_and_another_is_not(tmp_path):
    made, path = snapshot(), tmp_path / "graph.safetensors"
    write_hetero(to_hetero(made), made, path)
    write_hetero(to_hetero(made), made, path)
    other = tmp_path / "thesis.txt"
    other.write_text("years of work")

    for taken in (other, tmp_path):
        with pytest.raises(HeteroFileInvalid, match="catalograph export"):
            write_hetero(to_hetero(made), made, taken)
    assert other.read_text() == "years of work"


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path):
    made = snapshot()
    path = tmp_path / "graph.safetensors"
    write_hetero(to_hetero(made), made, path)
    before = path.read_bytes()

    with (
        files_of_at_most(100),
        pytest.raises(SnapshotNotWritten, match=f"{path.name}: .*make room"),
    ):
        write_hetero(to_hetero(made), made, path)

    assert path.read_bytes() == before


def test_a_place_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SnapshotNotWritten, match="name another place"):
        write_hetero(to_hetero(snapshot()), snapshot(), tmp_path / "file" / "graph.safetensors")


def test_a_file_that_was_cut_is_refused(tmp_path):
    made, path = snapshot(), tmp_path / "graph.safetensors"
    write_hetero(to_hetero(made), made, path)
    path.write_bytes(path.read_bytes()[:-5])

    with pytest.raises(HeteroFileInvalid, match="cannot be read"):
        load_hetero(path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SnapshotInvalid, match="manifest"):
        load_hetero(tmp_path / "nowhere")
