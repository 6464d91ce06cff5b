"""The example phones and the offers made from them: plausible, consistent, reproducible."""

import csv
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PHONES = ROOT / "examples" / "phones"
PHONE_COLUMNS = [
    "brand", "brand_names", "model", "category", "year", "chipset", "ram", "storage", "display",
    "resolution", "display_type", "battery", "rear_cameras", "front_camera", "os", "weight",
    "network", "sim",
]  # fmt: skip
OFFER_COLUMNS = [
    "sku", "shop", "language", "title", "brand", "model", "price", "currency", "in_stock",
]  # fmt: skip
PARAMETERS = {
    "brand", "model", "storage", "ram", "colour", "display", "network", "battery", "camera",
}  # fmt: skip


def rows_of(name: str) -> list[dict[str, str]]:
    with (PHONES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def phones():
    return rows_of("phones.csv")


@pytest.fixture(scope="module")
def offers():
    return rows_of("offers.csv")


@pytest.fixture(scope="module")
def gold():
    lines = (PHONES / "offers_gold.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_the_catalogue_is_wide_enough_to_show_something(phones):
    assert list(phones[0]) == PHONE_COLUMNS
    assert len(phones) >= 300
    assert len({phone["brand"] for phone in phones}) >= 25


def test_brand_and_model_name_one_phone(phones):
    names = [(phone["brand"].casefold(), phone["model"].casefold()) for phone in phones]

    assert len(set(names)) == len(names)
    assert all(brand and model for brand, model in names)


@pytest.mark.parametrize(
    ("column", "unit", "least", "most"),
    [
        ("battery", "mAh", 500, 8000),
        ("display", "in", 2, 9),
        ("weight", "g", 70, 400),
        ("year", "", 2007, 2025),
    ],
)
def test_every_number_is_one_that_a_phone_can_have(phones, column, unit, least, most):
    numbers = {
        (phone["brand"], phone["model"], number): float(number)
        for phone in phones
        for number in re.findall(rf"(\d+(?:\.\d+)?)\s*{unit}", phone[column])
    }

    outside = [name for name, number in numbers.items() if not least <= number <= most]

    assert not outside
    assert len(numbers) > len(phones) * 0.8


def test_offers_come_in_both_languages(offers):
    languages = [offer["language"] for offer in offers]

    assert list(offers[0]) == OFFER_COLUMNS
    assert len(offers) >= 1500
    assert set(languages) == {"en", "zh"}
    assert 0.3 < languages.count("zh") / len(languages) < 0.5


def test_a_sku_names_one_offer(offers, gold):
    skus = [offer["sku"] for offer in offers]

    assert len(set(skus)) == len(skus)
    assert [line["sku"] for line in gold] == skus


def test_some_offers_state_brand_and_model_and_others_only_a_title(phones, offers):
    brands = {name for phone in phones for name in (phone["brand"], *names_of(phone)) if name}
    models = {phone["model"] for phone in phones}
    with_brand = [offer["brand"] for offer in offers if offer["brand"]]
    with_model = [offer["model"] for offer in offers if offer["model"]]

    assert 0.6 < len(with_brand) / len(offers) < 0.8
    assert 0.4 < len(with_model) / len(offers) < 0.6
    assert set(with_brand) <= brands
    assert set(with_model) <= models


def names_of(phone: dict[str, str]) -> list[str]:
    return phone["brand_names"].split("|")


def test_every_phone_is_offered_at_least_twice(phones, gold):
    offered = Counter((line["model"]["brand"], line["model"]["model"]) for line in gold)

    assert set(offered) == {(phone["brand"], phone["model"]) for phone in phones}
    assert min(offered.values()) >= 2


def test_gold_marks_what_the_title_says(offers, gold):
    for offer, line in zip(offers, gold, strict=True):
        ends = [0]
        for mark in line["attributes"]:
            assert mark["parameter"] in PARAMETERS
            assert offer["title"][mark["start"] : mark["end"]] == mark["text"] != ""
            assert mark["start"] >= ends[-1]
            ends.append(mark["end"])
        assert "model" in {mark["parameter"] for mark in line["attributes"]}


def test_gold_values_are_those_of_the_catalogue(phones, gold):
    columns = {"camera": "rear_cameras"}
    catalogue = {(phone["brand"], phone["model"]): phone for phone in phones}
    for line in gold:
        phone = catalogue[line["model"]["brand"], line["model"]["model"]]
        for mark in line["attributes"]:
            if mark["parameter"] != "colour":  # the catalogue knows no colours
                cell = phone[columns.get(mark["parameter"], mark["parameter"])]
                assert mark["value"] in (cell, *cell.split(" / "))


def test_prices_are_plausible_in_every_currency(offers):
    most = {"USD": 3000, "GBP": 3000, "EUR": 3000, "CNY": 20_000}

    assert {offer["currency"] for offer in offers} == set(most)
    assert all(10 <= float(offer["price"]) <= most[offer["currency"]] for offer in offers)


def test_the_generator_writes_the_committed_files_byte_for_byte(tmp_path):
    script = ROOT / "examples" / "make_offers.py"

    subprocess.run(
        [sys.executable, "-W", "error", script, "--output", tmp_path],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "1"},
    )

    for name in ("offers.csv", "offers_gold.jsonl"):
        assert (tmp_path / name).read_bytes() == (PHONES / name).read_bytes()
