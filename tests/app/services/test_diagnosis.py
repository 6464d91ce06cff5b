"""Room on disks, and whether a server is closed to what raw Cypher must not do: the doctor."""

from types import SimpleNamespace

import pytest

from app.connections import analytics_of
from app.errors import SettingsInvalid
from app.services.diagnosis import disk, migrations, raw_queries
from app.settings import load_settings
from graph.errors import QueryRefused
from graph.migrate import MigrationStatus
from tests.full_disk import Disk

CSV = "dbms.security.allow_csv_import_from_file_urls"


def server(settings):
    """A server with these settings; an error where it shows none."""

    def read(query, *, names):
        if isinstance(settings, Exception):
            raise settings
        return [{"name": name, "value": value} for name, value in settings.items()]

    return SimpleNamespace(connection=SimpleNamespace(uri="bolt://db"), read=read)


def test_a_closed_server_is_well():
    found = raw_queries(server({CSV: "false", "db.transaction.timeout": "10m"}))

    assert (found.state, found.remedy) == ("ok", "")


def test_a_database_that_was_never_migrated_is_told_as_such():
    found = migrations(MigrationStatus(current=None, pending=("0001",), changed=(), unknown=()))

    assert (found.state, found.detail) == ("red", "none was applied")
    assert "catalograph migrate" in found.remedy


def test_an_open_setting_is_named_with_its_remedy():
    found = raw_queries(server({CSV: "true", "db.transaction.timeout": "0s"}))

    assert found.state == "warning"
    assert f"{CSV}=true" in found.detail
    assert f"{CSV}=false" in found.remedy
    assert "db.transaction.timeout=600s" in found.remedy


def test_a_server_that_shows_no_settings_is_to_be_looked_at():
    assert raw_queries(server(QueryRefused(reason="no"))).state == "warning"


@pytest.mark.parametrize(
    ("free_mib", "state", "says"),
    [
        (127, "red", "127 MiB free"),
        (900, "red", "0.9 GB"),
        (2_000, "warning", "2.1 GB"),
        (9_000, "ok", "9.4 GB"),
    ],
)
def test_room_on_a_disk_is_told_with_its_place(free_mib, state, says, tmp_path, monkeypatch):
    Disk(monkeypatch, free_mib=free_mib)

    found = disk(tmp_path / "home" / "data", "free some", has_database=True)

    assert found.state == state
    assert says in found.detail
    assert str(tmp_path) in found.detail
    assert found.remedy.startswith("" if state == "ok" else "free some")


@pytest.mark.parametrize(("has_database", "told"), [(True, True), (False, False)])
def test_that_nothing_is_written_is_said_of_the_disk_of_our_database_alone(
    has_database, told, tmp_path, monkeypatch
):
    Disk(monkeypatch, free_mib=127)

    found = disk(tmp_path, "free some", has_database=has_database)

    assert ("nothing is written" in found.detail) is told
    assert ("jobs retry" in found.remedy) is told


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.setenv("NEO4J_ANALYTICS_URI", "bolt://replica")
    return monkeypatch


def test_raw_queries_go_where_the_environment_says(environment):
    environment.setenv("NEO4J_URI", "bolt://db")
    environment.setenv("NEO4J_PASSWORD", "one")
    same = analytics_of(load_settings())
    environment.setenv("NEO4J_ANALYTICS_USERNAME", "reader")
    environment.setenv("NEO4J_ANALYTICS_PASSWORD", "other")

    own = analytics_of(load_settings())

    assert (same.uri, same.username, same.password) == ("bolt://replica", "neo4j", "one")
    assert (own.uri, own.username, own.password) == ("bolt://replica", "reader", "other")


def test_another_server_without_a_password_is_refused(environment):
    with pytest.raises(SettingsInvalid, match="NEO4J_ANALYTICS_PASSWORD"):
        load_settings()
