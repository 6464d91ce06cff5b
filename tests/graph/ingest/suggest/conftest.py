"""Dumps as files, and what is suggested for them."""

from __future__ import annotations

import csv

import pytest

from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import parse_mapping
from graph.ingest.preview import preview_file
from graph.ingest.suggest import suggest


@pytest.fixture
def dump(tmp_path):
    """Writes rows as a CSV file and returns its path."""

    def dump(header, rows, *, name="dump.csv", **options):
        path = tmp_path / name
        with path.open("w", encoding=options.pop("encoding", "utf-8"), newline="") as file:
            writer = csv.writer(file, **options)
            writer.writerow(header)
            writer.writerows(rows)
        return path

    return dump


@pytest.fixture
def suggested():
    """The mapping that is suggested for files, parsed."""

    def suggested(*paths, **options):
        return parse_mapping(suggest(paths, **options).toml)

    return suggested


@pytest.fixture
def items():
    """The items that an import with the suggestion would make."""

    def items(path):
        rows = RowMapping(parse_mapping(suggest([path]).toml))
        found = preview_file(path, rows, source="shop", limit=10_000)
        assert [row.rejected for row in found if row.rejected] == []
        return [row.item for row in found if row.item]

    return items
