"""Dumps of nothing but titles: read as lines, with ids made of the titles."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from graph.errors import MappingInvalid
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.preview import preview_file
from graph.ingest.readers import DumpReader, FileOptions
from graph.ingest.rows import Row
from graph.ingest.suggest import suggest
from graph.records import Item

MAKERS = ("Nordal", "Kinto", "Ferm", "台湾木工")
TITLES = [f"{MAKERS[n % 4]} oak lamp, {n} cm — tall & 'bright'" for n in range(40)]
HASHED = """
version = 1
target = "product"
id = {{ columns = {columns}, hash = true }}
[fields]
title = {{ column = "title" }}
"""


def as_lines(folder):
    path = folder / "titles.txt"
    path.write_text("\n".join([*TITLES, "", TITLES[0]]), encoding="utf-8")
    return path


def as_csv(folder):
    path = folder / "titles.csv"
    quoted = ('"' + title.replace('"', '""') + '"' for title in [*TITLES, TITLES[0]])
    path.write_text("\n".join(["title", *quoted]), encoding="utf-8")
    return path


def as_ndjson(folder):
    path = folder / "titles.ndjson"
    rows = [json.dumps({"title": title}) for title in [*TITLES, TITLES[0]]]
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def hashed(cells, *columns):
    mapping = parse_mapping(HASHED.format(columns=list(columns)))
    return RowMapping(mapping).apply(Row(line=2, cells=cells), "shop")


@pytest.mark.parametrize("written", [as_lines, as_csv, as_ndjson])
def test_titles_load_whatever_they_are_written_in_and_repeats_are_no_rejects(tmp_path, written):
    path = written(tmp_path)

    suggestion = suggest([path])
    rows = RowMapping(parse_mapping(suggestion.toml))
    found = preview_file(path, rows, source="shop", limit=100)

    assert [row.item.title for row in found if row.item] == TITLES
    assert suggestion.trial.duplicates == 1
    assert suggestion.trial.rejected == 0
    assert all(row.item.facts == () for row in found if row.item)


def test_the_same_title_has_the_same_id_in_every_format(tmp_path):
    ids = []
    for written in (as_lines, as_csv, as_ndjson):
        path = written(tmp_path)
        rows = RowMapping(parse_mapping(suggest([path]).toml))
        found = preview_file(path, rows, source="shop", limit=100)
        ids.append([row.item.id for row in found if row.item])

    assert ids[0] == ids[1] == ids[2]
    assert len(set(ids[0])) == len(TITLES)


def test_titles_are_products_in_the_graph_and_a_second_time_nothing_is_new(database, tmp_path):
    from app.services.importing import import_files

    path = as_lines(tmp_path)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(suggest([path]).toml, encoding="utf-8")

    def imported(run):
        (report,) = import_files(
            database,
            [path],
            mapping_file=mapping,
            source="shop",
            run=run,
            clock=lambda: datetime.now(UTC),
            rejects_file=tmp_path / f"{run}.ndjson",
        )
        return report

    first, second = imported("import-1"), imported("import-2")

    assert (first.created, first.duplicates, first.rejected) == (40, 1, 0)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 40)
    (counted,) = database.read(
        "MATCH (p:Product) RETURN count(p) AS products, count(p.title) AS titles, "
        "count{(p)-[:HAS_PARAMETER]->()} AS facts ORDER BY facts DESC LIMIT 1"
    )
    assert (counted["products"], counted["facts"]) == (40, 0)


def test_a_hash_tells_which_column_says_what():
    one = hashed({"title": "Lamp", "a": "x", "b": ""}, "a", "b")
    other = hashed({"title": "Lamp", "a": "", "b": "x"}, "a", "b")

    assert isinstance(one, Item)
    assert isinstance(other, Item)
    assert one.id != other.id


def test_a_hash_ignores_how_spaces_and_entities_are_written():
    assert hashed({"title": "Oak  lamp "}, "title").id == hashed({"title": "Oak lamp"}, "title").id


def test_a_title_of_any_length_has_a_short_id():
    assert len(hashed({"title": "lamp " * 500}, "title").id) == len("shop:") + 24


def test_a_row_that_says_nothing_where_the_hash_looks_is_rejected():
    rejected = hashed({"title": "Lamp", "a": ""}, "a")

    assert (rejected.code, rejected.field) == ("item_invalid", "a")


def test_only_an_id_is_hashed():
    with pytest.raises(MappingInvalid, match="'hash' has no meaning here"):
        parse_mapping(
            'version = 1\ntarget = "model"\n[fields]\ntitle = { column = "t", hash = true }'
        )


def test_lines_are_rows_of_one_column_and_blank_ones_none(tmp_path):
    path = tmp_path / "titles.txt"
    path.write_bytes("\ufeffLamp\r\n\r\n  Desk, oak \n".encode())

    with DumpReader(path, FileOptions()) as reader:
        rows = list(reader)

    assert reader.columns == ("title",)
    assert rows == [
        Row(line=1, cells={"title": "Lamp"}),
        Row(line=3, cells={"title": "Desk, oak"}),
    ]


def test_a_line_that_is_not_utf8_is_rejected_and_the_others_load(tmp_path):
    path = tmp_path / "titles.txt"
    path.write_bytes(b"Lamp\nros\xe9\nDesk\n")
    rows = RowMapping(parse_mapping(HASHED.format(columns=["title"])))

    found = preview_file(path, rows, source="shop", limit=10)

    assert [row.rejected.code if row.rejected else None for row in found] == [
        None,
        "not_utf8",
        None,
    ]
