"""Whether what was promoted loads, of every kind of model."""

import subprocess
import sys

import pytest

from app.services.champions import loaders, tried
from app.services.diagnosis import models
from app.services.models import registry_of
from app.services.readers import SEARCH, USED_BY
from app.settings import Settings
from ml.registry import ALIASES_FILE
from tests.artefacts import draft

NAMES = sorted(USED_BY)


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


def promoted(settings, name, folder):
    registry = registry_of(settings)
    registry.register(name, draft(folder))
    registry.promote(name, "1")
    return registry


def test_every_name_that_something_asks_can_be_looked_at(settings):
    assert set(loaders(settings)) == set(USED_BY)


@pytest.mark.parametrize("name", NAMES)
def test_files_that_hold_nothing_of_this_kind_are_told(settings, tmp_path, name):
    registry = promoted(settings, name, tmp_path)

    ((_, found),) = tried(registry, loaders(settings))

    assert f"{name}/1 was promoted and does not load: " in str(found)


def test_one_that_loads_is_named_without_a_fault(settings, tmp_path):
    registry = promoted(settings, SEARCH, tmp_path)

    found = list(tried(registry, {SEARCH: lambda artefact: artefact, "linking": loaders}))

    assert found == [(SEARCH, None)]


@pytest.mark.parametrize("file", ["manifest.json", "weights.safetensors"])
def test_damage_is_told_with_its_file(settings, tmp_path, file):
    registry = promoted(settings, SEARCH, tmp_path)
    (registry.folder / SEARCH / "1" / file).write_bytes(b"spoilt")

    ((_, found),) = tried(registry, loaders(settings))

    assert file in str(found)
    assert f"`catalograph models demote {SEARCH}`" in str(found)


def test_a_folder_that_is_gone_is_told(settings, tmp_path):
    registry = promoted(settings, SEARCH, tmp_path)
    (registry.folder / SEARCH / "1").rename(tmp_path / "elsewhere")

    ((_, found),) = tried(registry, loaders(settings))

    assert f"{SEARCH}/1 was promoted and does not load" in str(found)


def test_the_doctor_names_each_with_the_remedy(settings, tmp_path):
    for name in (SEARCH, "categories"):
        promoted(settings, name, tmp_path)

    found = list(models(settings))

    assert [one.state for one in found] == ["red", "red"]
    assert all("does not load" in one.detail for one in found)
    assert [one.remedy for one in found] == [
        f"`catalograph models promote {name}/VERSION` lets another one serve, and "
        f"`catalograph models demote {name}` none"
        for name in ("categories", SEARCH)
    ]


def test_a_spoilt_file_of_aliases_hides_no_other_model(settings, tmp_path):
    registry = promoted(settings, SEARCH, tmp_path)
    (registry.folder / SEARCH / ALIASES_FILE).write_text("{")
    promoted(settings, "categories", tmp_path)

    categories, search = models(settings)

    assert "categories/1" in categories.detail
    assert (search.state, search.detail) == ("red", "which search is promoted is not known")
    assert "promote again" in search.remedy


def test_a_folder_that_cannot_be_read_is_told_once(settings):
    folder = registry_of(settings).folder
    folder.symlink_to(folder)

    (found,) = models(settings)

    assert (found.state, found.detail) == ("red", "not readable")
    assert str(folder) in found.remedy


def test_the_doctor_is_content_and_quick_where_nothing_was_promoted(settings, tmp_path):
    registry_of(settings).register(SEARCH, draft(tmp_path))
    code = (
        "import sys; from pathlib import Path; from app.settings import Settings;"
        "from app.services.diagnosis import models;"
        "(found,) = models(Settings(home=Path(sys.argv[1])));"
        "print(found.state, found.detail, 'torch' in sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "ok none is promoted False"
