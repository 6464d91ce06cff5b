"""Suggestions and previews as the command line and the API ask for them."""

from __future__ import annotations

import pytest

from app.services.suggesting import SUGGESTED, preview_import, suggest_mapping
from graph.errors import ImportFailed, MappingInvalid, ValueInvalid


@pytest.fixture
def dump(tmp_path):
    path = tmp_path / "dump.csv"
    lines = [f"N-{n},Oak lamp number {n},{n + 1} kg" for n in range(30)]
    path.write_text("\n".join(["sku,title,weight", *lines]), encoding="utf-8")
    return path


def test_a_preview_without_a_mapping_uses_the_suggested_one(dump):
    (found,) = preview_import([dump], source="shop", mapping_file=None, rows=2)

    assert found.mapping == SUGGESTED
    assert [row.item.id for row in found.rows] == ["shop:N-0", "shop:N-1"]
    assert found.rows[0].item.facts[0].value.text == "1 kg"


def test_a_preview_with_a_mapping_uses_that(dump, tmp_path):
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(suggest_mapping([dump]).toml.replace('"kg"', '"g"'), encoding="utf-8")

    (found,) = preview_import([dump], source="shop", mapping_file=mapping, rows=1)

    assert found.mapping == str(mapping)
    assert found.rows[0].item.facts[0].value.text == "1000 g"


@pytest.mark.parametrize(
    ("source", "mapping", "error"),
    [("No Name", None, ValueInvalid), ("shop", "none.toml", MappingInvalid)],
)
def test_what_an_import_would_refuse_a_preview_refuses_too(dump, tmp_path, source, mapping, error):
    with pytest.raises(error):
        preview_import([dump], source=source, mapping_file=mapping and tmp_path / mapping, rows=1)


def test_a_missing_file_or_a_folder_is_refused_before_anything_is_read(dump, tmp_path):
    with pytest.raises(ImportFailed, match="no such file"):
        suggest_mapping([dump, tmp_path / "none.csv"])
    with pytest.raises(ImportFailed, match="is a folder"):
        suggest_mapping([tmp_path])
