"""Whether a server is closed to what raw Cypher must not do, as `doctor` says it."""

from types import SimpleNamespace

import pytest

from app.connections import analytics_of
from app.errors import SettingsInvalid
from app.services.diagnosis import raw_queries
from app.settings import load_settings
from graph.errors import QueryRefused

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


def test_an_open_setting_is_named_with_its_remedy():
    found = raw_queries(server({CSV: "true", "db.transaction.timeout": "0s"}))

    assert found.state == "warning"
    assert f"{CSV}=true" in found.detail
    assert f"{CSV}=false" in found.remedy
    assert "db.transaction.timeout=600s" in found.remedy


def test_a_server_that_shows_no_settings_is_to_be_looked_at():
    assert raw_queries(server(QueryRefused(reason="no"))).state == "warning"


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
