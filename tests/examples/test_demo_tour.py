"""What the demo asks is answered, over the example catalog and a real service."""

import pytest

from app.cli.demo import served
from app.cli.demo_tour import QUESTIONS, show_found, show_scores, tour
from app.cli.serving import address, listening
from app.services.gold import GoldScore
from app.settings import load_settings


@pytest.fixture
def settings(catalog, monkeypatch, tmp_path):
    monkeypatch.setenv("CATALOGRAPH_HOME", str(tmp_path))
    return load_settings(dev=True, host="127.0.0.1", port=0, log_level="warning")


def test_every_question_of_the_demo_is_answered_but_the_one_that_nobody_can(
    settings, catalog, capsys
):
    with listening(settings) as listener, served(settings, listener):
        tour(address(listener), catalog)

    shown = capsys.readouterr().out
    assert all(question in shown for question in QUESTIONS)
    assert shown.count("I cannot answer this") == 1
    assert "Qualcomm Snapdragon 845 (15)" in shown
    assert "brand:samsung" in shown
    assert "by facts they share" in shown


def test_an_offer_without_price_or_currency_is_shown_as_it_is(capsys):
    items = [
        {"item": {"title": title, "price": price, "currency": None, "in_stock": None}}
        for title, price in (("Lantern", None), ("Lamp", 9.5))
    ]

    show_found("l", {"understood": {"filters": ""}, "found": 2, "items": items})

    shown = capsys.readouterr().out
    assert "None None" not in shown
    assert "9.5" in shown


def test_there_is_no_precision_where_nothing_was_read(capsys):
    show_scores("Gold", [GoldScore("colour", stated=4, found=0, right=0)])

    shown = capsys.readouterr()
    assert "0.000" in shown.out  # recall alone
    assert shown.out.count("0.000") == 1
    assert "No dump states any colour" in shown.err + shown.out
