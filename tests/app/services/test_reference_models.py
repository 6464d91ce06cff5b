"""Models of a reference catalogue out of its dump."""

import csv

import pytest

from app.services.reference_models import dump_files, read_models
from graph.errors import ImportFailed, MappingInvalid
from tests.ml.linking.made_up import catalogue

MAPPING = """
version = 1
target = "model"

[fields]
title = {column = "name"}
brand = {column = "maker"}

[[parameters]]
id = "colour"
name = "Colour"
column = "colour"
split = "/"
take = "all"

[[parameters]]
id = "capacity"
name = "Capacity"
kind = "number"
unit = "l"
column = "capacity"
"""
HEADER = "name,maker,colour,capacity\n"


def write_dump(path, models):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.strip().split(","))
        for found in models:
            colours = "/".join(found.facts["Colour"])
            writer.writerow([found.name, found.brand, colours, found.facts["Capacity"][0]])
    return path


@pytest.fixture
def mapping(tmp_path):
    path = tmp_path / "mapping.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


def test_rows_become_models_with_brand_and_values_by_parameter(tmp_path, mapping):
    dump = write_dump(tmp_path / "dump.csv", catalogue()[:3])

    first, *rest = read_models([dump], mapping)

    assert (first.id, first.name, first.brand) == ("orvik-aster-10", "Orvik Aster 10", "Orvik")
    assert first.facts == {
        "Colour": ("Black", "Ivory", "Copper", "Signal Red"),
        "Capacity": ("1.7 l",),
    }
    assert len(rest) == 2


def test_a_model_of_two_files_is_one_model(tmp_path, mapping):
    dumps = [write_dump(tmp_path / f"{n}.csv", catalogue()[:3]) for n in range(2)]

    assert len(read_models(dumps, mapping)) == 3


def test_rows_that_an_import_would_reject_are_left_out(tmp_path, mapping):
    dump = tmp_path / "dump.csv"
    dump.write_text(HEADER + ",Orvik,Black,1 l\nOrvik Aster,Orvik,Black,1 l\n", encoding="utf-8")

    assert [model.id for model in read_models([dump], mapping)] == ["orvik-aster"]


def test_a_mapping_that_makes_products_is_refused(tmp_path, mapping):
    products = MAPPING.replace('"model"', '"product"')
    mapping.write_text(products.replace("[fields]", 'id = {column = "name"}\n[fields]'))

    with pytest.raises(MappingInvalid, match='set target = "model"'):
        read_models([tmp_path / "dump.csv"], mapping)


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "the file is empty"), (HEADER, "no row of it is a model")],
    ids=["empty", "header"],
)
def test_a_dump_without_models_is_refused(tmp_path, mapping, content, reason):
    dump = tmp_path / "dump.csv"
    dump.write_text(content, encoding="utf-8")

    with pytest.raises(ImportFailed, match=reason):
        read_models([dump], mapping)


def test_a_folder_stands_for_its_files_in_order(tmp_path):
    for name in ("b.csv", "a.csv"):
        (tmp_path / name).touch()

    assert [path.name for path in dump_files([tmp_path])] == ["a.csv", "b.csv"]


def test_a_dump_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ImportFailed, match=r"none\.csv: open: there is no such file"):
        dump_files([tmp_path / "none.csv"])
