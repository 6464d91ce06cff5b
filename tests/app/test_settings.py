"""Settings: what the environment may say, and what happens when it says something else."""

from pathlib import Path

import pytest

from app.errors import SettingsInvalid
from app.settings import Settings, is_loopback, load_settings, variable_of


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch):
    for field in Settings.model_fields:
        monkeypatch.delenv(variable_of(field), raising=False)


def test_without_an_environment_everything_has_a_value():
    settings = load_settings()

    assert settings.home == Path("~/.catalograph").expanduser()
    assert settings.keys_path == settings.home / "keys.json"
    assert settings.neo4j_uri is None
    assert settings.host == "127.0.0.1"
    assert settings.log_format == "json"


def test_every_field_is_read_from_its_own_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path))
    monkeypatch.setenv("CATALOGRAPH_PORT", "8123")
    monkeypatch.setenv("CATALOGRAPH_QUERY_TIMEOUT_S", "2.5")
    monkeypatch.setenv("NEO4J_URI", "neo4j+s://db:7687")
    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    monkeypatch.setenv("NEO4J_DATABASE", "shop")

    settings = load_settings()

    assert settings.keys_path == tmp_path / "keys.json"
    assert settings.port == 8123
    assert settings.query_timeout_s == 2.5
    assert settings.neo4j_uri == "neo4j+s://db:7687"
    assert settings.neo4j_database == "shop"


def test_an_empty_variable_is_an_unset_one(monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "")

    assert load_settings().neo4j_uri is None


def test_sources_are_named_with_commas_between_the_best_first(monkeypatch):
    monkeypatch.setenv("CATALOGRAPH_SOURCE_PRECEDENCE", "Maker, north ,,south")

    assert load_settings().source_precedence == ("maker", "north", "south")


def test_the_folder_of_pictures_may_stand_in_the_home_of_the_account(monkeypatch):
    assert load_settings().images is None

    monkeypatch.setenv("CATALOGRAPH_IMAGES", "~/pictures")

    assert load_settings().images == Path("~/pictures").expanduser()


def test_folders_of_imports_are_named_with_commas_between(monkeypatch):
    monkeypatch.setenv("CATALOGRAPH_IMPORT_ROOTS", "/data/dumps, /srv/shop ,")
    monkeypatch.setenv("CATALOGRAPH_HOME", "/srv/catalograph")

    settings = load_settings()

    assert settings.import_roots == (Path("/data/dumps"), Path("/srv/shop"))
    assert settings.mappings_path == Path("/srv/catalograph/mappings")


def test_a_folder_of_imports_has_to_be_named_from_the_root(monkeypatch):
    monkeypatch.setenv("CATALOGRAPH_IMPORT_ROOTS", "/data/dumps,dumps")

    with pytest.raises(SettingsInvalid, match="'dumps', which is no absolute path"):
        load_settings()


def test_a_password_is_not_shown(monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "bolt://db:7687")
    monkeypatch.setenv("NEO4J_PASSWORD", "hunter2")

    assert "hunter2" not in repr(load_settings())


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("CATALOGRAPH_PORT", "eighty", "integer"),
        ("CATALOGRAPH_PORT", "70000", "65535"),
        ("CATALOGRAPH_QUERY_TIMEOUT_S", "0", "greater than 0"),
        ("CATALOGRAPH_MAX_BODY_BYTES", "5", "1024"),
        ("CATALOGRAPH_LOG_FORMAT", "xml", "'json' or 'pretty'"),
        ("NEO4J_URI", "db:7687", "neo4j+s"),
        ("NEO4J_URI", "http://db:7474", "bolt"),
    ],
)
def test_a_bad_value_names_its_variable_and_what_would_do(monkeypatch, variable, value, says):
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    assert caught.value.variable == variable
    assert caught.value.value == value
    assert says in str(caught.value)


def test_an_address_without_a_password_asks_for_the_password(monkeypatch):
    monkeypatch.setenv("NEO4J_URI", "bolt://db:7687")

    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    assert caught.value.variable == "NEO4J_PASSWORD"


def test_dev_mode_stays_on_this_machine(monkeypatch):
    monkeypatch.setenv("CATALOGRAPH_DEV", "1")
    monkeypatch.setenv("CATALOGRAPH_HOST", "0.0.0.0")

    with pytest.raises(SettingsInvalid) as caught:
        load_settings()

    assert caught.value.variable == "CATALOGRAPH_DEV"
    assert "127.0.0.1" in str(caught.value)


def test_an_option_of_the_command_line_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("CATALOGRAPH_PORT", "8123")

    assert load_settings(port=9000).port == 9000


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]"]
)
def test_loopback_hosts_are_known(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "10.0.0.1", "localhost.shop.test"])
def test_other_hosts_are_not_loopback(host):
    assert not is_loopback(host)


def test_every_field_says_what_it_is_for():
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_jobs_are_kept_in_the_home_folder_unless_a_database_is_named(monkeypatch, tmp_path):
    assert load_settings(home=tmp_path).jobs_url == f"sqlite:///{tmp_path / 'jobs.sqlite'}"

    monkeypatch.setenv("CATALOGRAPH_JOBS_URL", "postgresql://db/jobs")

    assert load_settings().jobs_url == "postgresql://db/jobs"


def test_a_database_of_jobs_that_cannot_be_used_is_refused_without_its_password(monkeypatch):
    monkeypatch.setenv("CATALOGRAPH_JOBS_URL", "mysql://me:secret@db/jobs")

    with pytest.raises(SettingsInvalid, match="postgresql://") as raised:
        load_settings()

    assert "secret" not in str(raised.value)


def test_hosts_of_webhooks_stand_with_commas_between(monkeypatch):
    monkeypatch.setenv("CATALOGRAPH_WEBHOOK_HOSTS", "Shop.example, ci.example:8443")

    assert load_settings().webhook_hosts == ("shop.example", "ci.example:8443")


def test_a_url_is_no_host_of_webhooks(monkeypatch):
    monkeypatch.setenv("CATALOGRAPH_WEBHOOK_HOSTS", "https://shop.example/")

    with pytest.raises(SettingsInvalid, match="HOST:PORT"):
        load_settings()
