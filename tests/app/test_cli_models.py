"""`catalograph models` as a person or a script uses it."""

import json
import sys
from types import SimpleNamespace

import pytest

from app.cli.main import main
from app.services.readers import FILLING, USED_BY
from app.settings import Settings
from app.wiring import assemble
from graph.client import AsyncDatabase, Connection, Database
from ml.artefact import WEIGHTS, Measure
from ml.registry import Registry
from tests.artefacts import draft

DONE, FAILED, USAGE = 0, 1, 2


@pytest.fixture
def models(tmp_path, monkeypatch, capsys):
    """Runs `catalograph models …` in this process; returns what it printed and its exit code."""

    def models(*arguments, home="home"):
        monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path / home))
        monkeypatch.setattr(sys, "argv", ["catalograph", "models", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        printed = capsys.readouterr()
        return SimpleNamespace(
            returncode=ended.value.code or DONE, stdout=printed.out, stderr=printed.err
        )

    return models


@pytest.fixture
def registry(tmp_path):
    """Two versions; the second one is better, and was trained on other data."""
    registry = Registry(tmp_path / "home" / "models")
    registry.register("lamps", draft(tmp_path))
    second = draft(
        tmp_path,
        metrics={"recall@10": Measure(0.95, 0.93, 0.97), "mrr": Measure(0.5)},
        config={"layers": 3, "optimiser": {"rate": 0.01}},
        data_fingerprint="77aa",
    )
    registry.register("lamps", second)
    return registry


def test_a_champion_that_is_demoted_can_be_removed(models, registry):
    registry.promote("lamps", "2")
    refused = models("rm", "lamps/2")

    demoted = models("demote", "lamps")

    assert "`catalograph models demote lamps" in " ".join(refused.stderr.split())
    assert demoted.stdout == "No version of lamps is the champion; it was 2.\n"
    assert models("rm", "lamps/2").returncode == DONE


def test_models_are_listed_with_their_aliases(models, registry):
    registry.promote("lamps", "2")

    done = models("ls", "--json")

    listed = json.loads(done.stdout)
    assert [(one["version"], one["aliases"]) for one in listed["versions"]] == [
        ("1", []),
        ("2", ["champion"]),
    ]
    assert listed["damaged"] == []
    assert "lamps/2" in models("ls", "lamps").stdout


def test_a_process_of_its_own_lists_nothing_where_there_is_nothing(run):
    done = run("models", "ls", "--json")

    assert (done.returncode, json.loads(done.stdout)) == (DONE, {"versions": [], "damaged": []})


def test_a_damaged_version_is_listed_with_its_remedy(models, registry):
    (registry.folder / "lamps" / "1" / "manifest.json").write_text("{")

    done = models("ls")

    assert done.returncode == DONE
    assert "lamps/2" in done.stdout
    assert "lamps/1: manifest.json" in done.stderr


def test_one_version_is_shown_with_metrics_and_recipe(models, registry):
    shown = models("show", "lamps/1", "--json")
    table = models("show", "lamps/1").stdout

    assert json.loads(shown.stdout)["config"]["layers"] == 2
    assert "0.9 [0.88, 0.92]" in table


def test_versions_are_compared_by_metrics_and_by_what_differs(models, registry):
    compared = json.loads(models("compare", "lamps/1", "lamps/2", "--json").stdout)
    table = models("compare", "lamps/1", "lamps/2")

    assert compared["artefacts"] == ["lamps/1", "lamps/2"]
    assert [one["value"] for one in compared["metrics"]["recall@10"]] == [0.9, 0.95]
    assert compared["metrics"]["mrr"] == [None, {"value": 0.5, "low": None, "high": None}]
    assert compared["baselines"] == {"popularity recall@10": [0.3, 0.3]}
    assert compared["differences"] == {
        "data_fingerprint": ["5f2c", "77aa"],
        "config.layers": [2, 3],
    }
    assert "(+0.05)" in table.stdout
    assert "different data" in table.stderr


def test_versions_of_different_kinds_are_not_compared(models, registry, tmp_path):
    registry.register("pairs", draft(tmp_path, kind="matcher"))

    done = models("compare", "lamps/1", "pairs/1", "lamps/2")

    assert done.returncode == FAILED
    assert "pairs/1 is of the kind matcher, and lamps/1 of graph-encoder" in done.stderr
    assert "models ls" in done.stderr
    assert done.stdout == ""


def test_a_version_is_promoted_and_says_what_it_replaces(models, registry):
    models("promote", "lamps/1")

    done = models("promote", "lamps/2", "--json")

    assert json.loads(done.stdout)["previous"] == "1"
    assert registry.aliases("lamps") == {"champion": "2"}
    assert "it was 2" in models("promote", "lamps/1").stdout
    models("promote", "lamps/2", "--alias", "candidate")
    assert registry.aliases("lamps")["candidate"] == "2"


def test_a_bundle_carries_a_model_to_another_home(models, registry, tmp_path):
    bundle = tmp_path / "lamps.tar"
    models("export", "lamps/2", bundle)

    first = models("import", bundle, "--json", home="elsewhere")
    again = models("import", bundle, "--json", home="elsewhere")

    assert json.loads(first.stdout) == {"artefact": "lamps/2", "new": True}
    assert json.loads(again.stdout) == {"artefact": "lamps/2", "new": False}
    Registry(tmp_path / "elsewhere" / "models").get("lamps", "2").verify()


def test_names_of_metrics_are_shown_as_they_are(models, tmp_path):
    strange = draft(tmp_path, metrics={"[/b]recall": Measure(0.5), "[red]": Measure(0.25)})
    Registry(tmp_path / "home" / "models").register("lamps", strange)

    shown = models("show", "lamps/1")

    assert shown.returncode == DONE
    assert "[/b]recall" in shown.stdout
    assert "[red]" in shown.stdout


@pytest.mark.parametrize("target", ["there.tar", "nowhere/lamps.tar"])
def test_a_bundle_that_cannot_be_written_is_named_with_a_remedy(models, registry, tmp_path, target):
    (tmp_path / "there.tar").touch()

    refused = models("export", "lamps/2", tmp_path / target, "--json")

    assert refused.returncode == FAILED
    message = json.loads(refused.stdout)["error"]["message"]
    assert str(tmp_path / target) in message
    assert "name another" in message


def test_a_version_is_removed_unless_an_alias_points_to_it(models, registry):
    registry.promote("lamps", "2")

    assert models("rm", "lamps/1").returncode == DONE
    refused = models("rm", "lamps/2", "--json")

    assert refused.returncode == FAILED
    assert json.loads(refused.stdout)["error"]["code"] == "artefact_in_use"
    assert registry.versions("lamps") == ("2",)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "lamps/9"), "artefact_not_found"),
        (("ls", "desks"), "artefact_not_found"),
        (("promote", "lamps/champion"), "artefact_not_found"),
    ],
)
def test_what_is_not_there_is_one_sentence(models, registry, arguments, code):
    done = models(*arguments, "--json")

    assert done.returncode == FAILED
    assert json.loads(done.stdout)["error"]["code"] == code
    assert "Traceback" not in done.stderr


def test_a_reference_without_a_version_is_wrong_usage(models, registry):
    done = models("show", "lamps")

    assert done.returncode == USAGE
    assert "NAME/VERSION" in done.stderr


@pytest.mark.parametrize(
    ("name", "alias", "said", "used_by"),
    [
        ("lamps", "champion", "Nothing asks a model called lamps", None),
        ("extraction", "champion", "It serves /v1/extract", USED_BY["extraction"]),
        ("extraction", "candidate", "Candidates only wait", None),
    ],
)
def test_a_promotion_says_who_asks_the_model(
    models, registry, tmp_path, name, alias, said, used_by
):
    registry.register(name, draft(tmp_path))

    told = models("promote", f"{name}/1", "--alias", alias)
    shown = models("promote", f"{name}/1", "--alias", alias, "--json")

    assert said in told.stdout
    assert json.loads(shown.stdout)["used_by"] == used_by


@pytest.mark.anyio
async def test_every_name_that_a_service_loads_says_who_asks_it(tmp_path):
    nowhere = Connection("bolt://127.0.0.1:1", "neo4j", "secret")
    with Database(nowhere) as writing:
        async with AsyncDatabase(nowhere) as reading:
            wiring = assemble(Settings(home=tmp_path), reading, writing)

    loaded = {one.name for one in (wiring.champion, *wiring.readers)}
    assert loaded == set(USED_BY) - {FILLING}  # which runs alone load


def test_a_spoilt_model_is_neither_promoted_nor_exported(models, registry, tmp_path):
    (registry.folder / "lamps" / "1" / WEIGHTS).write_bytes(b"spoilt")

    promoted = models("promote", "lamps/1", "--json")
    exported = models("export", "lamps/1", tmp_path / "lamps.tar", "--json")

    for done in (promoted, exported):
        assert json.loads(done.stdout)["error"]["code"] == "artefact_corrupted"
    assert not (tmp_path / "lamps.tar").exists()


def test_a_file_that_is_no_bundle_is_refused(models, tmp_path):
    (tmp_path / "notes.tar").write_text("hello")

    done = models("import", tmp_path / "notes.tar", "--json")

    assert json.loads(done.stdout)["error"]["code"] == "bundle_invalid"
