"""The models of a reference catalogue out of its dump, without a database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from graph.errors import ImportFailed, MappingInvalid
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import load_mapping_file
from graph.ingest.preview import previewed
from graph.ingest.readers import DumpReader
from graph.records import Item, Parameter
from ml.linking.records import CatalogModel

SOURCE = "catalog"


def dump_files(paths: Sequence[Path]) -> list[Path]:
    """The files, and those of the folders, in order.

    Raises:
        ImportFailed: a path is neither, or a folder has no file.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(file for file in path.iterdir() if file.is_file())
        else:
            found = [path] if path.is_file() else []
        if not found:
            raise ImportFailed(file=str(path), place="open", reason="there is no such file")
        files += found
    return files


def read_models(files: Sequence[Path], mapping_file: Path) -> list[CatalogModel]:
    """The models that an import of `files` would store; rows that it would reject are left out.

    Raises:
        MappingInvalid: the mapping is wrong, or makes products.
        ImportFailed: a file is missing or broken, or no row of them is a model.
    """
    mapping = load_mapping_file(mapping_file)
    if mapping.target != "model":
        raise MappingInvalid(
            path=str(mapping_file),
            place="target",
            reason=f"makes a {mapping.target} of each row, and offers are linked to models; "
            'set target = "model"',
        )
    rows = RowMapping(mapping)
    models: dict[str, CatalogModel] = {}
    for file in files:
        with DumpReader(file, rows.options) as reader:
            if reader.columns is not None:
                rows.check_columns(str(file), reader.columns)
            for row in previewed(reader, rows, source=SOURCE):
                if row.item is not None:
                    models.setdefault(row.item.id, as_catalog_model(row.item, rows.parameters))
    if not models:
        names = ", ".join(map(str, files))
        raise ImportFailed(file=names, place="rows", reason="no row of it is a model")
    return list(models.values())


def as_catalog_model(item: Item, parameters: dict[str, Parameter]) -> CatalogModel:
    facts: dict[str, list[str]] = defaultdict(list)
    for fact in item.facts:
        facts[parameters[fact.value.parameter].name].append(fact.value.text)
    return CatalogModel(
        id=item.id,
        name=item.title,
        names=item.names,
        brand=item.brand.name if item.brand else None,
        facts={name: tuple(values) for name, values in facts.items()},
        category=tuple(n for one in item.categories[-1:] for n in (one.name, *one.names)),
    )
