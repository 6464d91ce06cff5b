"""Suggested mappings beside those that people wrote; skipped where the development data is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import MappingFile, load_mapping_file, parse_mapping
from graph.ingest.preview import previewed
from graph.ingest.readers import DumpReader
from graph.ingest.suggest import suggest
from graph.text import find_unit

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("CATALOGRAPH_DATA", ROOT.parent / "shared" / "data"))
MAPPINGS = ROOT / "examples" / "mappings"
EXAMPLES = ROOT / "examples" / "phones"

needs_data = [
    pytest.mark.data,
    pytest.mark.skipif(
        not DATA.is_dir(), reason="no development data; set CATALOGRAPH_DATA to its folder"
    ),
]


def field_columns(mapping: MappingFile) -> set[tuple[str, str]]:
    """Which column fills which field, but for constants."""
    specs = {name: getattr(mapping.fields, name) for name in mapping.fields.__struct_fields__}
    return {(name, column) for name, spec in specs.items() if spec for column in spec.sources}


def parameter_columns(mapping: MappingFile) -> set[tuple[str, str, str | None]]:
    """Which column is read as what: text, yes and no, or numbers of a dimension."""
    found = set()
    for parameter in mapping.parameters:
        unit = find_unit(parameter.unit) if parameter.unit else None
        for column in parameter.sources:
            found.add((column, parameter.kind, unit.dimension if unit else None))
    return found


def agreement(suggested: set, written: set) -> float:
    return len(suggested & written) / len(written)


def outcome(files: list[Path], mapping: MappingFile) -> tuple[int, int, int]:
    """Rows, rejected rows and facts."""
    read = rejected = facts = 0
    for file in files:
        with DumpReader(file, mapping.file.options) as reader:
            for row in previewed(reader, RowMapping(mapping), source="shop"):
                read += 1
                rejected += row.rejected is not None
                facts += len(row.item.facts) if row.item else 0
    return read, rejected, facts


@pytest.mark.parametrize(
    ("dump", "fields", "parameters", "facts"),
    [
        pytest.param("flipkart_2021/mobiles.csv flipkart", 1.0, 0.95, 1.0, marks=needs_data),
        pytest.param("gsmarena_2019/*.csv.gz gsmarena", 1.0, 0.8, 1.0, marks=needs_data),
        ("offers.csv offers", 1.0, 1.0, 1.0),
        ("phones.csv phones", 1.0, 0.95, 0.95),
    ],
)
@pytest.mark.long
def test_a_suggestion_comes_near_to_what_a_person_wrote(dump, fields, parameters, facts):
    pattern, name = dump.split()
    files = sorted((DATA if "/" in pattern else EXAMPLES).glob(pattern))
    written = load_mapping_file(MAPPINGS / f"{name}.toml")

    suggestion = suggest(files)

    suggested = parse_mapping(suggestion.toml)
    read, rejected, found = outcome(files, suggested)
    _, _, by_hand = outcome(files, written)
    assert suggested.target == written.target
    assert agreement(field_columns(suggested), field_columns(written)) >= fields
    assert agreement(parameter_columns(suggested), parameter_columns(written)) >= parameters
    assert rejected <= 0.005 * read
    assert found >= facts * by_hand
