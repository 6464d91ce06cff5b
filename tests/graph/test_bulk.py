"""A bulk load writes the graph that the online import of the same dump makes."""

from __future__ import annotations

import csv
import errno
import gzip
import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services.importing import import_files
from benchmarks.catalog_rows import MAPPING, write_csv
from graph.bulk.admin import AdminOutput, AdminProgress, import_arguments
from graph.bulk.files import write_files
from graph.bulk.merging import BulkSource
from graph.bulk.store import (
    import_store,
    offline,
    open_endpoint,
    require_complete,
    require_empty_home,
)
from graph.bulk.tables import CsvText, item_table
from graph.errors import BulkLoadFailed, DiskFull, ImportFailed, MappingInvalid, ServerBusy
from graph.ingest.mapping_file import load_mapping_file
from graph.ingest.rejects import RejectFile
from graph.server import (
    EmbeddedServer,
    ServerOptions,
    held,
    holds_database,
    mend,
    server_status,
    take_database,
)
from tests.full_disk import Disk

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = datetime(2026, 1, 2, 3, 4, 5, 123_456, tzinfo=UTC)
RUN = "import-20260102T030405-9f3a2b1c"
SMALL = ServerOptions(
    bolt_port=0, http_port=0, heap_mib=512, page_cache_mib=128, prepare_archive=False
)

# Column names stand in the evidence of facts, so a line break in one of them ends up there.
ODD_MAPPING = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
brand = { column = "brand", names = { column = "also", split = "|" } }
category = { column = "category" }
model = { column = "model" }
price = { column = "price" }
in_stock = { column = "stock" }
description = { column = "text" }
gtin = { column = "gtin" }
[[parameters]]
id = "size"
name = "Size, \\"outer\\""
names = ["Größe"]
kind = "number"
unit = "cm"
decimals = 1
column = "size\\nof it"
invalid = "skip"
[[parameters]]
id = "colour"
name = "Colour"
column = "colour"
split = "/"
take = "all"
[[parameters]]
id = "sort"
name = "Kind"
value = "thing"
"""
ODD_HEADER = (
    "sku",
    "title",
    "brand",
    "also",
    "category",
    "model",
    "price",
    "stock",
    "text",
    "gtin",
    "size\nof it",
    "colour",
)
ODD_ROWS = [
    ("1", 'A 6" "quoted", lamp', "Samsung", "三星|SEC", "Home > Lamps", "Glow 1", "9.50", "yes",
     "Two\nlines, one\\text; 'and' 100 %", "00123", "12", "Red / dark, blue"),
    ("2", "台灯 ☀️", "SAMSUNG", "", "HOME > lamps", "glow-1", "12", "no", "", "", "4 in", "red"),
    ("3", "Cheap", "Noname", "", "", "", "cheap", "", "", "", "", "only-in-a-reject"),
    ("1", 'A 6" "quoted", lamp', "Samsung", "三星|SEC", "Home > Lamps", "Glow 1", "9.50", "yes",
     "Two\nlines, one\\text; 'and' 100 %", "00123", "12", "Red / dark, blue"),
    ("2", "Another lamp", "Only There", "", "Only > There", "", "1", "", "", "", "", "violet"),
    ("4", "Later known", "三星", "", "Home > Lamps > Bed", "Glow 1", "", "", "", "", "huge", ""),
]  # fmt: skip


def odd_dump(folder: Path) -> Path:
    """Rows that need quoting, repeat ids, cannot be loaded, and name one brand in many ways.

    Thousands of plain rows lie between them, so that several processes share them.
    """
    path = folder / "odd.csv"
    names = ("Plain", "PLAIN", "plain!", "三星", "sec")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(ODD_HEADER)
        for part in range(3):
            writer.writerows(ODD_ROWS[part * 2 : part * 2 + 2])
            for number in range(1_700):
                plain = [""] * len(ODD_HEADER)
                plain[:3] = f"p-{part}-{number % 1_690}", f"Thing {number}", names[number % 5]
                plain[4] = f"Home > {'AB'[number % 2]}" if part else f"home > {'ab'[number % 2]}"
                plain[5], plain[-1] = f"Model {number % 40}", f"Colour {number % (9 + part)}"
                writer.writerow(plain)
    return path


def phones(folder: Path) -> tuple[Path, Path, str]:
    return EXAMPLES / "phones/phones.csv", EXAMPLES / "mappings/phones.toml", "reference"


def offers(folder: Path) -> tuple[Path, Path, str]:
    return EXAMPLES / "phones/offers.csv", EXAMPLES / "mappings/offers.toml", "shops"


def generated(folder: Path) -> tuple[Path, Path, str]:
    return write_csv(folder / "generated.csv", 2_500), mapping(folder, MAPPING), "shop"


def odd(folder: Path) -> tuple[Path, Path, str]:
    return odd_dump(folder), mapping(folder, ODD_MAPPING), "shop"


def mapping(folder: Path, text: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def load_of(*files: Path, mapping: Path, source: str = "shop") -> BulkSource:
    return BulkSource(files, load_mapping_file(mapping), str(mapping), source, RUN)


def written(load: BulkSource, folder: Path, **options):
    folder.mkdir()
    with RejectFile(folder.with_suffix(".rejects")) as rejects:
        return write_files(load, folder, clock=lambda: NOW, rejects=rejects, **options)


def lines_of(folder: Path) -> dict[str, Counter]:
    """By table, without the number of the process that wrote them."""
    tables: dict[str, Counter] = {}
    for path in sorted(folder.glob("*.csv")):
        name = path.name.partition(".")[0]
        with path.open(newline="", encoding="utf-8") as file:
            tables.setdefault(name, Counter()).update(map(tuple, csv.reader(file)))
    return tables


def graph_of(database) -> tuple[dict, Counter]:
    """All nodes by label and id with the types of their properties, and all relationships."""
    nodes = {}
    for row in database.stream(
        "MATCH (n) WHERE none(label IN labels(n) WHERE label STARTS WITH '__') "
        "RETURN labels(n) AS labels, n {.*, updated_at: null} AS properties"
    ):
        key = (*sorted(row["labels"]), row["properties"]["id"])
        assert key not in nodes, f"{key} is there twice"
        nodes[key] = shown(row["properties"])
    edges = Counter(
        (
            *(*sorted(row["of"]), row["start"], row["type"], *sorted(row["to"]), row["end"]),
            shown(row["properties"]),
        )
        for row in database.stream(
            "MATCH (a)-[r]->(b) WHERE NOT type(r) = 'MIGRATED_TO' "
            "RETURN labels(a) AS of, a.id AS start, type(r) AS type, labels(b) AS to, "
            "b.id AS end, properties(r) AS properties"
        )
    )
    return nodes, edges


def shown(properties: dict) -> str:
    return repr(sorted(properties.items()))


@pytest.mark.parametrize("case", [phones, offers, generated, odd], ids=lambda case: case.__name__)
def test_the_graph_is_that_of_the_online_import(case, database, tmp_path):
    dump, mapping_file, source = case(tmp_path)
    online = tmp_path / "online.ndjson"
    import_files(
        database,
        [dump],
        mapping_file=mapping_file,
        source=source,
        run=RUN,
        clock=lambda: NOW,
        rejects_file=online,
    )
    home = tmp_path / "home"

    with offline(home, SMALL) as scratch:
        load = load_of(dump, mapping=mapping_file, source=source)
        files = written(load, scratch / "files", slices=2)
        import_store(files, home, scratch, SMALL)
        offline_rejects = scratch / "files.rejects"
        rejects = offline_rejects.read_text() if offline_rejects.exists() else ""

    with EmbeddedServer(home, SMALL) as server, open_endpoint(server.endpoint) as bulk:
        require_complete(bulk, files)
        nodes, edges = graph_of(bulk)
    online_nodes, online_edges = graph_of(database)
    assert nodes.keys() == online_nodes.keys()
    assert {key: nodes[key] for key in nodes if nodes[key] != online_nodes[key]} == {
        key: online_nodes[key] for key in nodes if nodes[key] != online_nodes[key]
    }
    assert edges == online_edges
    assert rejects == (online.read_text() if online.exists() else "")


def test_what_neo4j_admin_refuses_leaves_the_home_as_it_was(tmp_path):
    home = tmp_path / "home"
    load = load_of(write_csv(tmp_path / "d.csv", 50), mapping=mapping(tmp_path, MAPPING))

    with offline(home, SMALL) as scratch:
        files = written(load, scratch / "files", slices=1)
        with (files.folder / "made_by.0.csv").open("a") as file:
            file.write(
                "shop:nobody,brand1,catalog,accepted,1.0,shop,x,2026-01-02T03:04:05Z,brand\n"
            )
        with pytest.raises(BulkLoadFailed, match="shop:nobody"):
            import_store(files, home, scratch, SMALL)

    assert not holds_database(home)
    assert not (home / "bulk-load").exists()


def test_a_disk_without_room_is_an_error_that_names_the_folder(tmp_path):
    load = load_of(write_csv(tmp_path / "d.csv", 50), mapping=mapping(tmp_path, MAPPING))
    (tmp_path / "files").mkdir()
    (tmp_path / "files/items.0.csv").symlink_to("/dev/full")

    with (
        RejectFile(tmp_path / "rejects") as rejects,
        pytest.raises(ImportFailed, match="No space left") as caught,
    ):
        write_files(load, tmp_path / "files", clock=lambda: NOW, rejects=rejects, slices=2)

    assert caught.value.file == str(tmp_path / "files")


def test_a_disk_on_which_no_server_could_start_is_named_before_anything_is_read(
    tmp_path, monkeypatch
):
    Disk(monkeypatch, free_mib=511)

    with pytest.raises(DiskFull, match="511 MiB free and Neo4j needs 512 MiB"):
        require_empty_home(tmp_path, SMALL)


def test_a_disk_that_a_load_has_filled_is_named_and_cleared(tmp_path, monkeypatch):
    disk = Disk(monkeypatch)

    def work(scratch):
        disk.free_mib = 0
        (scratch / "vocabulary.csv").touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    with (
        pytest.raises(DiskFull, match=f"{tmp_path} has 0 MiB free"),
        offline(tmp_path, SMALL) as scratch,
    ):
        work(scratch)

    assert not scratch.exists()


def test_neo4j_admin_that_fails_on_a_full_disk_is_not_taken_for_refusing_the_files(
    tmp_path, monkeypatch
):
    disk = Disk(monkeypatch)
    load = load_of(write_csv(tmp_path / "d.csv", 5), mapping=mapping(tmp_path, MAPPING))

    with offline(tmp_path, SMALL) as scratch:
        files = written(load, scratch / "files", slices=1)
        (files.folder / "items.0.csv").write_text("spoilt,by,the,disk\n")
        disk.free_mib = 3
        with pytest.raises(DiskFull, match="3 MiB free"):
            import_store(files, tmp_path, scratch, SMALL)

    assert not holds_database(tmp_path)


def test_any_number_of_processes_writes_the_same(tmp_path):
    load = load_of(odd_dump(tmp_path), mapping=mapping(tmp_path, ODD_MAPPING))

    alone, shared = (written(load, tmp_path / f"of-{n}", slices=n) for n in (1, 3))

    assert lines_of(alone.folder) == lines_of(shared.folder)
    assert alone.counts == shared.counts
    assert (tmp_path / "of-1.rejects").read_text() == (tmp_path / "of-3.rejects").read_text()


def test_rows_are_counted_as_the_import_counts_them(tmp_path):
    load = load_of(odd_dump(tmp_path), mapping=mapping(tmp_path, ODD_MAPPING))

    files = written(load, tmp_path / "files")

    counts = files.counts
    assert counts.rows_read == counts.items + counts.duplicates + counts.rejected
    assert counts.reject_codes == {"duplicate_id": 31, "value_invalid": 1}
    assert counts.cells_skipped == {"size": 1}
    rejects = list(map(json.loads, (tmp_path / "files.rejects").read_text().splitlines()))
    lines = [rejected["line"] for rejected in rejects]
    assert lines == sorted(lines)
    contradiction = next(r for r in rejects if r["value"] == "shop:2")
    assert contradiction["row"]["title"] == "Another lamp"


def test_what_only_a_rejected_row_speaks_of_is_not_written(tmp_path):
    load = load_of(odd_dump(tmp_path), mapping=mapping(tmp_path, ODD_MAPPING))

    files = written(load, tmp_path / "files")

    texts = "".join(path.read_text() for path in files.folder.glob("*.csv"))
    assert "only-in-a-reject" not in texts
    assert "violet" not in texts
    assert "Only There" not in texts


def test_several_dumps_are_one(tmp_path):
    mapping_file = mapping(tmp_path, MAPPING)
    whole = write_csv(tmp_path / "whole.csv", 3_000).read_text().splitlines(keepends=True)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("".join(whole[:1_501]))
    second.write_text("".join([whole[0], *whole[1_501:], whole[1]]))  # with one row of the first

    one = written(load_of(tmp_path / "whole.csv", mapping=mapping_file), tmp_path / "one")
    two = written(load_of(first, second, mapping=mapping_file), tmp_path / "two")

    ours, theirs = lines_of(one.folder), lines_of(two.folder)
    del ours["import"], theirs["import"]
    assert ours == theirs
    assert (two.counts.rows_read, two.counts.items, two.counts.duplicates) == (3_001, 3_000, 1)


def test_a_broken_dump_is_an_error_that_names_it_and_ends_every_process(tmp_path):
    whole = write_csv(tmp_path / "whole.csv", 5_000).read_bytes()
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(whole)[:-2_000])

    with pytest.raises(ImportFailed, match="cut off or damaged") as caught:
        written(load_of(cut, mapping=mapping(tmp_path, MAPPING)), tmp_path / "files", slices=2)

    assert caught.value.file == str(cut)


def test_models_that_name_models_are_left_to_the_import(tmp_path):
    text = 'version = 1\ntarget = "model"\n[fields]\ntitle = { column = "a" }\n'
    load = load_of(mapping=mapping(tmp_path, text + 'model = { column = "b" }\n'))

    with pytest.raises(MappingInvalid, match="catalograph import"):
        written(load, tmp_path / "files")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", '""'),
        ("plain text's", "plain text's"),
        ('say "6", then', '"say ""6"", then"'),
        (True, "true"),
        (1.5, "1.5"),
        (1e22, "1e+22"),
        (3, "3"),
        (NOW, "2026-01-02T03:04:05.123456+00:00"),
        (["a", "b,c"], '"a\x1fb,c"'),
    ],
)
def test_a_cell_is_written_as_neo4j_admin_reads_it(value, text):
    assert CsvText().cell(value) == text


def test_a_line_break_in_a_cell_is_announced(tmp_path):
    odd_load = load_of(odd_dump(tmp_path), mapping=mapping(tmp_path, ODD_MAPPING))
    plain_load = load_of(write_csv(tmp_path / "p.csv", 9), mapping=mapping(tmp_path, MAPPING))

    odd_files = written(odd_load, tmp_path / "odd")
    plain_files = written(plain_load, tmp_path / "plain")

    assert "--multiline-fields=true" in import_arguments(odd_files, "neo4j")
    assert "--multiline-fields=true" not in import_arguments(plain_files, "neo4j")


def test_a_name_with_the_separator_of_names_is_refused():
    with pytest.raises(ImportFailed, match=r"U\+001F"):
        CsvText().cell(["a\x1fb"])


def test_every_property_of_an_item_has_a_column():
    assert item_table("product").types["price"] == "double"
    assert item_table("model").types["content_hashes"] == "string[]"


def test_what_neo4j_admin_says_becomes_progress():
    told: list[AdminProgress] = []
    output = AdminOutput(told.append)

    for piece in (
        "Importing\n\n(1/4) Node import 2026-11-22 16:28:36.1+0000\n  Estimated\n.....",
        "..... 50% ∆1s [1s]\n.......... 100% ∆0ms [1s]\nNode import COMPLETED\n\n(2/4) Relation",
        "ship import 2026-11-22 16:28:37.1+0000\n.......... 5% ∆1s [1s]\n",
    ):
        output(piece)

    assert [(p.stage, p.of, p.name, p.percent) for p in told] == [
        (1, 4, "Node import", 0),
        (1, 4, "Node import", 100),
        (2, 4, "Relationship import", 5),
    ]


def test_a_home_that_is_held_starts_no_server_and_says_who_holds_it(tmp_path):
    with held(tmp_path, SMALL):
        status = server_status(tmp_path)
        assert (status.phase, status.supervisor_pid) == ("stopped", os.getpid())
        with pytest.raises(ServerBusy) as caught, held(tmp_path, SMALL):
            pass

    assert caught.value.process == os.getpid()
    assert server_status(tmp_path).supervisor_pid is None


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(str(folder))


def test_a_database_is_replaced_with_its_log_and_the_users_stay(tmp_path):
    home, scratch = tmp_path / "home", tmp_path / "home/scratch"
    old, new = home / "neo4j/data", scratch / "neo4j/data"
    make(old, "databases/neo4j/old", "transactions/neo4j/old", "databases/system/users")
    make(new, "databases/neo4j/new", "transactions/neo4j/new")

    take_database(home, scratch)

    found = sorted(str(path.relative_to(old)) for path in old.rglob("*") if path.is_file())
    assert found == ["databases/neo4j/new", "databases/system/users", "transactions/neo4j/new"]
    assert not (home / "neo4j/data.replaced").exists()


def test_a_replacement_that_was_killed_half_way_is_taken_back(tmp_path):
    data = tmp_path / "neo4j/data"
    make(data, "databases/system/users")
    data.rename(tmp_path / "neo4j/data.replaced")
    data.mkdir()

    mend(tmp_path)

    assert (data / "databases/system/users").exists()


def test_what_a_server_has_begun_since_is_not_taken_back(tmp_path):
    data = tmp_path / "neo4j/data"
    make(data, "databases/neo4j/since")
    make(tmp_path / "neo4j/data.replaced", "databases/neo4j/before")

    mend(tmp_path)

    assert (data / "databases/neo4j/since").exists()
    assert not (tmp_path / "neo4j/data.replaced").exists()
