"""What reads texts for a command or a job, and what is said where it does not load."""

import pytest

from app.errors import ChampionUnreadable
from app.services.models import registry_of
from app.services.readers import FILLING, categorizer_of, filler_of
from app.settings import Settings
from tests.artefacts import draft


def test_nothing_is_loaded_where_nothing_was_promoted(tmp_path):
    settings = Settings(home=tmp_path)
    registry_of(settings).register(FILLING, draft(tmp_path))

    assert filler_of(settings) is None


@pytest.mark.parametrize(("name", "load"), [(FILLING, filler_of), ("categories", categorizer_of)])
def test_a_champion_that_does_not_load_is_named_with_what_to_do(tmp_path, name, load):
    settings = Settings(home=tmp_path)
    registry = registry_of(settings)
    registry.register(name, draft(tmp_path))
    registry.promote(name, "1")

    with pytest.raises(ChampionUnreadable) as caught:
        load(settings)

    assert f"{name}/1 was promoted and does not load: " in str(caught.value)
    assert f"`catalograph models demote {name}`" in str(caught.value)
