"""`catalograph review`: what waits is listed, and decisions are kept."""

import json

import pytest

from app.cli import review
from graph.errors import ProposalStale, ProposalUnknown
from graph.repositories.proposal_ids import proposal_id
from tests.graph.repositories.stated import LAMP, load, proposed, said, state, stated

RED = proposal_id("product", LAMP, "colour=red")


@pytest.fixture
def settings(database, tmp_path, monkeypatch):
    """A lamp that may be red, in the Neo4j that the environment names."""
    load(database)
    state(database, proposed("colour", "red", 0.55), stated("material", "brass"))
    found = database.connection
    monkeypatch.setenv("NEO4J_URI", found.uri)
    monkeypatch.setenv("NEO4J_USERNAME", found.username)
    monkeypatch.setenv("NEO4J_PASSWORD", found.password)
    monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path / "home"))


def listed(capsys, **asked):
    review.ls(**{"parameter": None, "source": None, "limit": 20, **asked}, json=True)
    return [one["id"] for one in json.loads(capsys.readouterr().out)]


def test_what_waits_is_listed_until_it_is_decided(settings, database, capsys):
    before = listed(capsys)

    review.accept(RED, "ann", json=True)

    assert before == [RED]
    assert json.loads(capsys.readouterr().out)["by"] == "ann"
    assert listed(capsys) == []
    assert ("colour=red", "reviewed", "accepted") in said(database)


def test_people_get_lines_to_copy_from_and_a_sentence(settings, capsys):
    review.ls(None, None, 20)
    review.correct(RED, "Crimson", "ann")

    printed = capsys.readouterr().out
    assert f"{RED}\n  Brass lamp red\n  Colour: red (0.55, reader@1)\n1 shown" in printed
    assert f"colour=red of {LAMP} is corrected; it is colour=crimson." in printed


def test_a_mistake_is_found_among_what_was_decided_and_replaced(settings, database, capsys):
    review.reject(RED, "ann")
    review.ls(None, "shop", 20, decided=True)
    review.accept(RED, "bob", again=True)

    printed = capsys.readouterr().out
    assert f"{RED}\n  Brass lamp red\n  colour=red of {LAMP} is rejected, by ann at 20" in printed
    assert f"colour=red of {LAMP} is accepted." in printed
    assert listed(capsys, decided=True) == [RED]
    assert ("colour=red", "reviewed", "accepted") in said(database)


def test_nothing_decided_is_said(settings, capsys):
    review.ls(None, None, 20, decided=True)

    assert capsys.readouterr().out == "Nothing was decided.\n"


def test_a_list_can_be_of_one_source(settings, capsys):
    assert listed(capsys, source="shop") == [RED]
    assert listed(capsys, source="elsewhere") == []


def test_a_second_decision_and_an_unknown_id_are_refused(settings, capsys):
    review.reject(RED, "ann")

    with pytest.raises(ProposalStale, match=r"by ann; .* `--again`"):
        review.accept(RED, "bob")
    with pytest.raises(ProposalUnknown, match="review list"):
        review.accept("colour=red", "bob")
