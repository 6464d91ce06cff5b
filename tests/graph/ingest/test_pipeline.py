"""A file through the pipeline: batches, duplicates, rejects, and broken files."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import structs

from graph.errors import DatabaseUnavailable, ImportFailed
from graph.ingest.linking import BrandNames
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import BrandSpec, parse_mapping
from graph.ingest.pipeline import ImportReport, import_file
from graph.ingest.readers import DumpReader
from graph.ingest.rejects import RejectFile, RejectReader
from graph.records import Item

MAPPING = parse_mapping(
    """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
price = { column = "price" }
"""
)
MODELS = parse_mapping(
    """
version = 1
target = "model"
fields.title = { column = "title" }
fields.description = { column = "price" }
"""
)


class Shelf:
    """A writer that keeps items in memory and knows what it has."""

    def __init__(self, fail_at: int | None = None) -> None:
        self.items: dict[str, Item] = {}
        self.batches: list[int] = []
        self.fail_at = fail_at

    def write(self, items, *, parameters, run, now, at):
        if self.fail_at == len(self.batches):
            raise DatabaseUnavailable(uri="bolt://nowhere", reason="went away")
        self.batches.append(len(items))
        outcomes = [self._outcome(item) for item in items]
        self.items.update({item.id: item for item in items})
        return outcomes

    def _outcome(self, item):
        known = self.items.get(item.id)
        if known is None:
            return "created"
        return "unchanged" if known.content_hash == item.content_hash else "updated"


def run(path: Path, shelf: Shelf, mapping=MAPPING, **options) -> ImportReport:
    rejects = options.pop("rejects", path.with_suffix(".rejects"))
    with RejectFile(rejects) as file:
        return import_file(
            path,
            RowMapping(mapping, options.pop("brands", None)),
            shelf,
            source="shop",
            run="run-1",
            clock=lambda: datetime.now(UTC),
            rejects=file,
            **options,
        )


def dump(folder: Path, *rows: str) -> Path:
    path = folder / "dump.csv"
    path.write_text("sku,title,price\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_every_row_is_either_stored_or_rejected(tmp_path):
    path = dump(tmp_path, "1,a,1", "2,b,x", "3,,1", "4,d,2")
    shelf = Shelf()

    report = run(path, shelf, batch_rows=2)

    assert sorted(shelf.items) == ["shop:1", "shop:4"]
    assert (report.rows_read, report.created, report.rejected) == (4, 2, 2)


def test_a_reject_names_file_line_field_value_and_reason_and_keeps_the_row(tmp_path):
    path = dump(tmp_path, "1,a,1", "2,b,twelve")

    report = run(path, Shelf())

    assert report.rejects_file is not None
    (line,) = Path(report.rejects_file).read_text(encoding="utf-8").splitlines()
    found = json.loads(line)
    assert found["source"] == str(path)
    assert (found["line"], found["field"], found["value"]) == (3, "price", "twelve")
    assert "number" in found["message"]
    assert found["row"] == {"sku": "2", "title": "b", "price": "twelve"}


def test_no_reject_file_is_left_where_nothing_was_rejected(tmp_path):
    report = run(dump(tmp_path, "1,a,1"), Shelf())

    assert report.rejects_file is None
    assert not (tmp_path / "dump.rejects").exists()


def test_a_second_import_of_the_same_file_changes_nothing(tmp_path):
    path, shelf = dump(tmp_path, "1,a,1", "2,b,2"), Shelf()
    run(path, shelf)

    report = run(path, shelf)

    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)


def test_a_row_that_repeats_another_to_the_letter_is_counted_and_no_reject(tmp_path):
    report = run(dump(tmp_path, "1,a,1", "1,a,1"), Shelf())

    assert (report.created, report.duplicates, report.rejected) == (1, 1, 0)


def test_a_row_that_contradicts_an_earlier_one_of_its_id_is_rejected(tmp_path):
    path, shelf = dump(tmp_path, "1,a,1", "2,b,1", "1,a,9"), Shelf()

    report = run(path, shelf, batch_rows=1)

    assert report.reject_codes == {"duplicate_id": 1}
    assert shelf.items["shop:1"].price == 1
    assert report.rejects_file is not None
    assert "line 2 has this id too" in Path(report.rejects_file).read_text(encoding="utf-8")


def test_models_whose_names_differ_in_signs_alone_are_two_models(tmp_path):
    path, shelf = dump(tmp_path, "1,OT 355,old", "2,OT-355,new"), Shelf()

    first = run(path, shelf, MODELS)
    second = run(path, shelf, MODELS)

    assert first.created == 2
    assert second.unchanged == 2


def test_rows_before_a_break_in_the_file_are_stored(tmp_path):
    whole = "sku,title,price\n" + "".join(f"{n},t{n * 7919 % 997},1\n" for n in range(50_000))
    content = gzip.compress(whole.encode())
    path = tmp_path / "dump.csv.gz"
    path.write_bytes(content[: len(content) // 2])
    shelf = Shelf()

    with pytest.raises(ImportFailed, match="cut off or damaged"):
        run(path, shelf, rejects=tmp_path / "rejects")

    assert len(shelf.items) > 1_000


def test_a_database_that_goes_away_ends_the_import_with_its_error(tmp_path):
    path = dump(tmp_path, *(f"{n},t,1" for n in range(20)))

    with pytest.raises(DatabaseUnavailable, match="went away"):
        run(path, Shelf(fail_at=2), batch_rows=2)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_ends_the_import_with_the_remedy(tmp_path):
    path, shelf = dump(tmp_path, "1,a,1", "2,b,x"), Shelf()

    with pytest.raises(ImportFailed, match=r"No space left on device; free some space"):
        run(path, shelf, rejects=Path("/dev/full"))


def test_progress_counts_up_to_the_whole_file(tmp_path):
    path = dump(tmp_path, *(f"{n},t,1" for n in range(10)))
    seen = []

    run(path, Shelf(), batch_rows=2, progress=seen.append)

    assert seen[-1].created == 10
    assert seen[-1].bytes_read == seen[-1].bytes_total == path.stat().st_size
    assert [p.created for p in seen] == sorted(p.created for p in seen)


def test_a_missing_column_is_refused_before_anything_is_stored(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text("id,title,price\n1,a,1\n", encoding="utf-8")
    shelf = Shelf()

    with pytest.raises(ImportFailed, match="no column 'sku'"):
        run(path, shelf)

    assert not shelf.items


def test_a_reject_file_never_replaces_a_file_that_is_there(tmp_path):
    path, shelf = dump(tmp_path, "1,a,x"), Shelf()
    before = path.read_bytes()

    with pytest.raises(ImportFailed, match="exists already"):
        run(path, shelf, rejects=path)

    assert path.read_bytes() == before


def test_rows_before_any_failure_of_the_reader_are_stored(tmp_path, monkeypatch):
    path, shelf = dump(tmp_path, "1,a,1", "2,b,1"), Shelf()
    rows = DumpReader.__iter__

    def breaking(reader):
        yield from rows(reader)
        raise ZeroDivisionError

    monkeypatch.setattr(DumpReader, "__iter__", breaking)

    with pytest.raises(ZeroDivisionError):
        run(path, shelf)

    assert len(shelf.items) == 2


def test_a_second_import_writes_nothing_where_a_new_brand_is_written_in_two_ways(tmp_path):
    path = tmp_path / "dump.csv"
    path.write_text("sku,title,price\n1,Zorg,1\n2,ZORG,1\n", encoding="utf-8")
    mapping = structs.replace(
        MAPPING, fields=structs.replace(MAPPING.fields, brand=BrandSpec(column="title"))
    )
    shelf = Shelf()
    run(path, shelf, mapping)
    known = [item.brand for item in shelf.items.values()][:1]

    report = run(path, shelf, mapping, brands=BrandNames(known))

    assert report.unchanged == 2


def test_what_stops_a_batch_is_not_hidden_by_the_batches_behind_it(tmp_path):
    class Torn(Shelf):
        def write(self, items, **more):
            self.batches.append(len(items))
            raise RuntimeError(f"batch {len(self.batches)}")

    with pytest.raises(RuntimeError, match="batch 1"):
        run(dump(tmp_path, *(f"{n},t,1" for n in range(20))), Torn(), batch_rows=2)


def test_a_rejected_repetition_is_rejected_again_while_it_has_its_id(tmp_path):
    """Or it would replace the row that was loaded, and that the reject file does not hold."""
    path, shelf = dump(tmp_path, "1,Lamp,9", "1,Lampe,8", "2,Desk,7", "2,Pult,6"), Shelf()
    rejects = tmp_path / "rejects.ndjson"
    run(path, shelf, rejects=rejects)
    mended = rejects.read_text().replace('"sku":"2"', '"sku":"3"')
    rejects.write_text(mended)

    report = run(path, shelf, reader=RejectReader(rejects, name="rejects"))

    assert (report.created, report.updated, report.rejected) == (1, 0, 1)
    assert {id: item.title for id, item in shelf.items.items()} == {
        "shop:1": "Lamp",
        "shop:2": "Desk",
        "shop:3": "Pult",
    }
