"""Whatever a dump holds, its suggestion is a mapping that the importer takes."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import ImportFailed
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.preview import preview_file
from graph.ingest.suggest import suggest

NAMES = st.sampled_from(
    ["id", "sku", "title", "name", "brand", "price", "价格", "标题", "category", "in stock", "EAN",
     "weight (kg)", "url", "image", "model", "language", "currency", "aliases", "x.y", "", "#"]
) | st.text(max_size=12)  # fmt: skip
CELLS = st.sampled_from(
    ["5 kg", "6.1 in", "yes", "no", "N/A", "-", "1.234,50", "€ 9.99", "red, blue", "5/6 GB", "£",
     "https://a.example/b.jpg", "4006381333931", "a > b", '["a", "b"]', '{"a": "5 kg"}', "台灯 5瓦",
     "114 x 47 x 9 mm", "Yes, fast", "About 5 EUR", "<b>x</b>", "true", "0", "'''", "\\", "b'x'"]
) | st.text(max_size=30)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | CELLS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
EXPLAINED = {"title_missing", "item_invalid", "duplicate_id", "value_invalid"}


def check(path: Path) -> None:
    try:
        suggestion = suggest([path])
    except ImportFailed as refused:
        assert refused.reason  # noqa: PT017 - no rows, or none that can be read: said in words
        return
    mapping = parse_mapping(suggestion.toml)
    rows = preview_file(path, RowMapping(mapping), source="sample", limit=1_000)
    rejects = [row.rejected for row in rows if row.rejected]

    assert suggestion.trial.items == sum(row.item is not None for row in rows)
    assert suggestion.trial.rejected + suggestion.unreadable == len(rejects)
    assert all(reject.reason for reject in rejects)
    assert set(suggestion.trial.reject_codes) <= EXPLAINED
    assert (suggestion.trial.example_reject is None) == (suggestion.trial.rejected == 0)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    header=st.lists(NAMES, min_size=1, max_size=5, unique=True),
    rows=st.lists(st.lists(CELLS, min_size=5, max_size=5), min_size=1, max_size=12),
)
def test_any_csv_has_a_suggestion_that_reads_it(header, rows):
    text = io.StringIO()
    csv.writer(text).writerows([header, *(row[: len(header)] for row in rows)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dump.csv")
        path.write_bytes(text.getvalue().encode("utf-8", "replace"))

        check(path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=st.lists(st.dictionaries(NAMES, JSON, max_size=5), min_size=1, max_size=12))
def test_any_json_has_a_suggestion_that_reads_it(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dump.ndjson")
        path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

        check(path)


def test_cells_made_to_take_long_do_not(tmp_path):
    nasty = [
        "1" * 200_000 + " x",
        "<p" * 100_000,
        "5 x " * 50_000,
        "(" * 200_000,
        " " * 200_000 + "x",
    ]
    path = tmp_path / "dump.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sku", "title", "size"])
        writer.writerows([n, f"Lamp {n}", "5 kg"] for n in range(300))
        writer.writerows([f"n{n}", "Lamp", cell] for n, cell in enumerate(nasty))

    suggestion = suggest([path])

    assert suggestion.trial.rejected == 0
