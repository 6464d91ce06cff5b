"""A snapshot: order and fingerprint by content, whole on disk or not at all, merged as exported."""

import json
from dataclasses import replace

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graph.errors import SnapshotInvalid, SnapshotMismatch, SnapshotNotWritten, SnapshotTargetTaken
from graph.fingerprint import fingerprint
from graph.snapshot import NODE_COLUMNS, SCHEMA_VERSION, Snapshot

HAS = ("Product", "HAS_PARAMETER", "Value")
EARLY, LATE = "2026-01-05T00:00:00+00:00", "2026-01-06T00:00:00+00:00"


def snapshot(
    products=("a", "b"), values=("x=1", "x=2"), edges=(("a", "x=1"), ("b", "x=2")), **more
):
    """Products that state values, in the order given."""
    return Snapshot.of(
        {
            "Product": pa.table({"id": list(products), "title": [id.upper() for id in products]}),
            "Value": pa.table({"id": list(values), "names": [[id] for id in values]}),
        },
        {
            HAS: pa.table(
                {
                    "source": pa.array([products.index(a) for a, _ in edges], pa.int64()),
                    "target": pa.array([values.index(b) for _, b in edges], pa.int64()),
                    "origin": ["catalog"] * len(edges),
                }
            )
        },
        **more,
    )


def pairs(found):
    products, values = (found.nodes[label]["id"].to_pylist() for label in ("Product", "Value"))
    edges = found.edges[HAS]
    ends = zip(edges["source"].to_pylist(), edges["target"].to_pylist(), strict=True)
    return [(products[a], values[b]) for a, b in ends]


def test_another_order_of_rows_gives_the_same_snapshot():
    one = snapshot()
    other = snapshot(("b", "a"), ("x=2", "x=1"), (("b", "x=2"), ("a", "x=1")))

    assert other.manifest == one.manifest
    assert pairs(other) == [("a", "x=1"), ("b", "x=2")]
    assert other.nodes["Product"].equals(one.nodes["Product"])


@pytest.mark.parametrize(
    "other",
    [
        snapshot(edges=(("a", "x=1"),)),
        snapshot(edges=(("a", "x=2"), ("b", "x=1"))),
        snapshot(products=("a", "c"), edges=(("a", "x=1"), ("c", "x=2"))),
        snapshot(values=("x=1", "x=2", "x=3")),
    ],
)
def test_other_content_has_another_fingerprint(other):
    assert other.manifest.fingerprint != snapshot().manifest.fingerprint


def test_scope_watermark_and_time_are_not_part_of_the_fingerprint():
    other = snapshot(scope="filter x", watermark=EARLY)

    assert other.manifest.fingerprint == snapshot().manifest.fingerprint


def test_a_fingerprint_does_not_see_chunks_dictionaries_or_what_is_under_a_null():
    plain = pa.table(
        {"t": ["a", None, "b"], "n": pa.array([1.0, None, 2.0]), "l": [["x"], None, []]}
    )
    lying = pa.Array.from_buffers(
        pa.float64(), 3, [pa.py_buffer(b"\x05"), pa.array([1.0, 9.0, 2.0]).buffers()[1]]
    )
    other = pa.table(
        {
            "t": pa.chunked_array([["a"], [None, "b"]]).dictionary_encode(),
            "n": lying,
            "l": pa.chunked_array([[["x"], None], [[]]]),
        }
    )

    assert fingerprint([("t", plain)]) == fingerprint([("t", other.slice(0))])
    assert fingerprint([("t", plain)]) != fingerprint([("t", plain.slice(0, 2))])
    assert fingerprint([("t", plain)]) != fingerprint([("u", plain)])


def test_a_fingerprint_tells_a_null_from_an_empty_text_and_one_text_from_two():
    columns = [["", "ab"], [None, "ab"], ["a", "b"]]

    assert len({fingerprint([("t", pa.table({"t": cells}))]) for cells in columns}) == 3


def test_columns_that_are_left_out_are_null():
    assert snapshot().nodes["Product"].schema == NODE_COLUMNS["Product"]
    assert snapshot().edges[HAS]["stated_by"].null_count == 2


@pytest.mark.parametrize(
    ("nodes", "edges", "reason"),
    [
        ({"Product": pa.table({"id": ["a", "a"]})}, {}, "same id"),
        ({"Product": pa.table({"id": ["b", "a", "b"]})}, {}, "same id"),
        ({"Product": pa.table({"id": ["a", None]})}, {}, "no id"),
        ({"Product": pa.table({"sku": ["a"]})}, {}, "no column 'sku'"),
        ({"Other": pa.table({"sku": ["a"]})}, {}, "no column 'id'"),
        ({"Product": pa.table({"id": ["a"], "price": ["dear"]})}, {}, "price"),
        ({"Product": pa.table({"id": ["a"]})}, {HAS: ([0], [0])}, "no nodes Value"),
    ],
)
def test_what_is_no_graph_is_refused(nodes, edges, reason):
    tables = {type: pa.table({"source": a, "target": b}) for type, (a, b) in edges.items()}

    with pytest.raises(SnapshotInvalid, match=reason):
        Snapshot.of(nodes, tables)


@pytest.mark.parametrize(("source", "target"), [(2, 0), (0, 5), (-1, 0)])
def test_an_edge_has_to_lead_to_a_node(source, target):
    nodes = {"Product": pa.table({"id": ["a", "b"]}), "Value": pa.table({"id": ["x"]})}

    with pytest.raises(SnapshotInvalid, match="not among"):
        Snapshot.of(nodes, {HAS: pa.table({"source": [source], "target": [target]})})


def test_parallel_edges_are_ordered_by_what_is_said():
    nodes = {"Product": pa.table({"id": ["a"]}), "Value": pa.table({"id": ["x"]})}

    def of(sources):
        edges = pa.table({"source": [0, 0], "target": [0, 0], "stated_by": sources})
        return Snapshot.of(nodes, {HAS: edges})

    assert of(["shop", "maker"]).manifest == of(["maker", "shop"]).manifest
    assert of(["shop", "maker"]).edges[HAS]["stated_by"].to_pylist() == ["maker", "shop"]


@pytest.mark.parametrize(
    "made",
    [
        snapshot(watermark=EARLY, database_id="d"),
        snapshot(("a",), (), ()),
        snapshot((), (), ()),
        Snapshot.of({}, {}),
        snapshot(since=EARLY, gone={"Model": pa.table({"id": ["m"]})}),
    ],
    ids=["usual", "one product", "no nodes", "nothing", "increment"],
)
def test_a_folder_gives_back_what_was_written(tmp_path, made):
    made.write(tmp_path / "out")

    read = Snapshot.read(tmp_path / "out")

    assert read.manifest == made.manifest
    assert all(read.nodes[label].equals(table) for label, table in made.nodes.items())
    assert all(read.edges[type].equals(table) for type, table in made.edges.items())
    assert read.gone.keys() == made.gone.keys()


def test_a_new_snapshot_takes_the_place_of_the_old_and_leaves_nothing_beside(tmp_path):
    snapshot().write(tmp_path / "out")

    snapshot(("c",), (), ()).write(tmp_path / "out")

    assert Snapshot.read(tmp_path / "out").nodes["Product"]["id"].to_pylist() == ["c"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_disk_that_fills_leaves_the_old_snapshot(tmp_path, monkeypatch):
    snapshot().write(tmp_path / "out")

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    with pytest.raises(SnapshotNotWritten, match=r"out: No space left on device.*make room"):
        snapshot(("c",), (), ()).write(tmp_path / "out")

    assert Snapshot.read(tmp_path / "out").manifest == snapshot().manifest
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_place_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(SnapshotNotWritten, match=r"file/out: .*name another place"):
        snapshot().write(tmp_path / "file" / "out")


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(SnapshotTargetTaken, match="no snapshot"):
        snapshot().write(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_another_schema_version_is_refused_with_a_remedy(tmp_path):
    snapshot().write(tmp_path / "out")
    manifest = tmp_path / "out" / "manifest.json"
    said = {**json.loads(manifest.read_text()), "schema_version": SCHEMA_VERSION + 1, "new": 1}
    manifest.write_text(json.dumps(said))

    with pytest.raises(SnapshotInvalid, match=r"schema version 2.*reads 1.*catalograph export"):
        Snapshot.read(tmp_path / "out")


def spoil_manifest(folder):
    (folder / "manifest.json").write_text('{"schema_version": 1')


def forget_counts(folder):
    (folder / "manifest.json").write_text('{"schema_version": 1}')


def lose_manifest(folder):
    (folder / "manifest.json").unlink()


def lose_file(folder):
    (folder / "nodes-Value.parquet").unlink()


def cut_file(folder):
    path = folder / "nodes-Product.parquet"
    path.write_bytes(path.read_bytes()[:-20])


def drop_row(folder):
    path = folder / "nodes-Product.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)


def change_cell(folder):
    path = folder / "nodes-Product.parquet"
    table = pq.read_table(path)
    at = table.column_names.index("title")
    pq.write_table(table.set_column(at, "title", pa.array(["A", "Z"])), path)


def spoil_the_name_of_a_column(folder):
    path = folder / "nodes-Product.parquet"
    path.write_bytes(path.read_bytes().replace(b"title", b"t\xe7tle"))


def change_the_type_of_a_column(folder):
    path = folder / "nodes-Product.parquet"
    table = pq.read_table(path)
    at = table.column_names.index("price")
    pq.write_table(table.set_column(at, "price", pa.array([b"1", b"2"])), path)


def nest_without_end(folder):
    (folder / "manifest.json").write_text('{"schema_version": ' + "[" * 100_000 + "]" * 100_000)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoil_manifest, "manifest.json"),
        (forget_counts, "missing required field"),
        (lose_manifest, "is this the folder of a snapshot"),
        (lose_file, "nodes-Value.parquet"),
        (cut_file, "nodes-Product.parquet"),
        (drop_row, "1 rows where the manifest says 2"),
        (change_cell, "changed or spoilt"),
        (spoil_the_name_of_a_column, "spoilt"),
        (change_the_type_of_a_column, "spoilt"),
        (nest_without_end, "recursion"),
    ],
)
def test_a_spoilt_folder_is_refused(tmp_path, spoil, reason):
    snapshot().write(tmp_path / "out")
    spoil(tmp_path / "out")

    with pytest.raises(SnapshotInvalid, match=reason):
        Snapshot.read(tmp_path / "out")


def increment(**more):
    return snapshot(**{"since": EARLY, "watermark": LATE, "scope": "since", **more})


def test_an_increment_replaces_what_it_states_and_takes_away_what_is_gone():
    base = snapshot(
        ("a", "b", "c"),
        ("x=1", "x=2"),
        (("a", "x=1"), ("a", "x=2"), ("b", "x=2"), ("c", "x=1")),
        watermark=EARLY,
    )
    later = increment(
        products=("a", "d"),
        values=("x=0", "x=2"),
        edges=(("a", "x=0"), ("d", "x=2")),
        gone={"Product": pa.table({"id": ["c", "never-there"]})},
    )

    merged = base.merged_with(later)

    assert pairs(merged) == [("a", "x=0"), ("b", "x=2"), ("d", "x=2")]
    assert merged.nodes["Value"]["id"].to_pylist() == ["x=0", "x=1", "x=2"]
    assert (merged.manifest.watermark, merged.manifest.scope) == (LATE, "all")
    assert merged.manifest.since is None


def test_an_increment_of_nothing_moves_the_watermark_alone():
    base = snapshot(watermark=EARLY)

    merged = base.merged_with(increment(products=(), values=(), edges=()))

    assert merged.manifest == msgspec.structs.replace(base.manifest, watermark=LATE)


def test_merging_twice_changes_nothing():
    later = increment(products=("d",), values=("x=2",), edges=(("d", "x=2"),))
    once = snapshot(watermark=EARLY).merged_with(later)

    assert once.merged_with(later).manifest == once.manifest


@pytest.mark.parametrize(
    ("base", "later", "reason"),
    [
        (snapshot(watermark=EARLY), snapshot(watermark=LATE), "no increment"),
        (snapshot(watermark=EARLY, scope="filter x"), increment(), "whole graph"),
        (snapshot(), increment(), "whole graph"),
        (snapshot(watermark=EARLY), increment(since=LATE), "begins later"),
        (snapshot(watermark=EARLY, database_id="d"), increment(database_id="e"), "two databases"),
    ],
)
def test_what_does_not_follow_is_not_merged(base, later, reason):
    with pytest.raises(SnapshotMismatch, match=reason):
        base.merged_with(later)


def test_a_snapshot_is_frozen():
    with pytest.raises(AttributeError):
        snapshot().manifest = replace(snapshot()).manifest
