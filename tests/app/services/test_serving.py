"""What was promoted serves as soon as it is loaded, and until then what served before."""

import threading

import pytest
import structlog

from app.services.serving import LOOK_EVERY_S, Serving
from ml.artefact import MANIFEST
from ml.errors import GraphTooSmall, LearningError
from ml.registry import Registry
from tests.artefacts import draft


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


class Loader:
    """Loads an artefact as its reference; the test may hold it up, or break it."""

    def __init__(self):
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.begun = threading.Event()
        self.error = None
        self.calls = []

    def __call__(self, artefact):
        self.calls.append(artefact.version)
        self.begun.set()
        assert self.may_go_on.wait(30)
        if self.error:
            raise self.error
        return artefact.reference


@pytest.fixture
def registry(tmp_path):
    registry = Registry(tmp_path / "models")
    for _ in range(3):
        registry.register("lamps", draft(tmp_path))
    return registry


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def loader():
    return Loader()


@pytest.fixture
def serving(registry, loader, clock):
    serving = Serving(registry, "lamps", loader, clock=clock)
    yield serving
    loader.may_go_on.set()
    serving.close()


def test_nothing_serves_before_anything_is_promoted(serving, loader):
    assert serving.settle() is None
    assert serving.view().version is None
    assert loader.calls == []


def test_the_champion_serves_and_the_next_one_follows(serving, registry):
    registry.promote("lamps", "1")
    assert serving.settle() == "lamps/1"

    registry.promote("lamps", "3")

    assert serving.settle() == "lamps/3"
    assert serving.view().version == "3"


def test_a_request_never_waits_and_the_old_one_answers_until_the_new_one_is_loaded(
    serving, registry, loader, clock
):
    registry.promote("lamps", "1")
    serving.settle()
    loader.may_go_on.clear()
    loader.begun.clear()
    registry.promote("lamps", "2")
    clock.now += LOOK_EVERY_S

    during = [serving.predictor() for _ in range(3)]
    assert loader.begun.wait(30)
    view = serving.view()
    loader.may_go_on.set()
    after = serving.settle()

    assert during == ["lamps/1"] * 3
    assert (view.version, view.wanted, view.loading) == ("1", "2", True)
    assert after == "lamps/2"


def test_what_is_promoted_while_another_is_loaded_serves_in_the_end(
    serving, registry, loader, clock
):
    loader.may_go_on.clear()
    registry.promote("lamps", "1")
    serving.predictor()
    assert loader.begun.wait(30)
    registry.promote("lamps", "2")
    registry.promote("lamps", "3")

    loader.may_go_on.set()

    assert serving.settle() == "lamps/3"
    assert loader.calls == ["1", "3"]


def test_the_file_of_the_aliases_is_looked_at_once_a_second(serving, registry, loader, clock):
    serving.predictor()
    registry.promote("lamps", "1")

    clock.now += LOOK_EVERY_S / 2
    serving.predictor()
    assert not serving.view().loading
    clock.now += LOOK_EVERY_S / 2
    serving.predictor()

    assert serving.settle() == "lamps/1"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GraphTooSmall(missing="no edge", remedy="Import more."), "no edge"),
        (KeyError("/secret/path"), "KeyError; the log says why"),
    ],
)
def test_one_that_cannot_be_loaded_leaves_the_old_one_and_is_logged(
    serving, registry, loader, error, said
):
    registry.promote("lamps", "1")
    serving.settle()
    loader.error = error
    registry.promote("lamps", "2")

    with structlog.testing.capture_logs() as logged:
        assert serving.settle() == "lamps/1"

    view = serving.view()
    assert (view.version, view.wanted, view.loading) == ("1", "2", False)
    assert said in view.error
    assert [(line["event"], line["version"]) for line in logged] == [("model_not_loaded", "2")]
    if isinstance(error, LearningError):  # it says all there is to know
        assert logged[0]["reason"] == str(error)
        assert "exc_info" not in logged[0]
    else:
        assert logged[0]["exc_info"] is error


def test_a_damaged_champion_leaves_the_old_one(serving, registry):
    registry.promote("lamps", "1")
    serving.settle()
    registry.promote("lamps", "2")
    (registry.folder / "lamps" / "2" / MANIFEST).write_text("{")

    assert serving.settle() == "lamps/1"
    assert "lamps/2" in serving.view().error


def test_promoting_it_again_tries_again(serving, registry, loader):
    loader.error = OSError("out of reach")
    registry.promote("lamps", "1")
    assert serving.settle() is None
    assert serving.settle() is None
    assert loader.calls == ["1"]
    loader.error = None

    registry.promote("lamps", "1")

    assert serving.settle() == "lamps/1"
    assert serving.view().error is None


def test_another_candidate_loads_nothing(serving, registry, loader):
    registry.promote("lamps", "1")
    serving.settle()

    registry.promote("lamps", "2", "candidate")

    assert serving.settle() == "lamps/1"
    assert loader.calls == ["1"]


def test_nothing_answers_after_the_champion_was_demoted(serving, registry):
    registry.promote("lamps", "1")
    serving.settle()

    registry.demote("lamps")

    assert serving.settle() is None
    assert serving.view().version is None


def test_a_folder_that_is_gone_demotes_nothing(serving, registry, tmp_path):
    registry.promote("lamps", "1")
    serving.settle()

    (registry.folder / "lamps").rename(tmp_path / "away")

    assert serving.settle() == "lamps/1"


def test_a_registry_out_of_reach_leaves_the_old_one_until_it_is_back(serving, registry, tmp_path):
    registry.promote("lamps", "1")
    serving.settle()
    away = tmp_path / "away"
    (registry.folder / "lamps").rename(away)
    (registry.folder / "lamps").symlink_to("lamps")  # leads nowhere: an error of the system

    assert serving.settle() == "lamps/1"
    assert serving.view().error == "RegistryUnavailable; the log says why"
    (registry.folder / "lamps").unlink()
    away.rename(registry.folder / "lamps")

    assert serving.settle() == "lamps/1"
    assert serving.view().error is None
