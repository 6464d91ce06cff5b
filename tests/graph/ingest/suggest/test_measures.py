"""One column to its parameters: kinds, units, lists, and quantities among other text."""

from __future__ import annotations

import re

import pytest

from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.measure import decimal_sign
from graph.ingest.suggest.measures import measures_of


def column(*cells: str, name: str = "column") -> Column:
    return Column(name=name, texts=[(cell,) if cell else () for cell in cells])


def one(*cells: str, unit: str | None = None, name: str = "column"):
    (measure,) = measures_of(column(*cells, name=name), unit)
    return measure


@pytest.mark.parametrize(
    ("cells", "kind", "unit", "split"),
    [
        (["6.1 inches", "15.49 cm", "6.7 inches"], "number", "in", None),
        (["90 g (3.17 oz)", "172 g (6.07 oz)", "110 g (3.88 oz)"], "number", "g", None),
        (["5 h", "7 h", "12 h"], "number", "h", None),
        (["28 in", "20 in", "26英寸"], "number", "in", None),
        (["5 in 1", "3 in 1", "made in 4 in total"], "text", None, None),
        (["64 GB / 128 GB", "8 GB", "256 GB"], "number", "GB", " / "),
        (["8/16 GB", "16 GB", "8 GB"], "number", "GB", "/"),
        (["5000毫安时", "3000mAh", "4000mAh"], "number", "mAh", None),
        (["1.5", "2", "1,234.5"], "number", None, None),
        (["yes", "no", "No"], "boolean", None, None),
        (["有", "无", "有"], "boolean", None, None),
        (["4G", "5G", "4G"], "text", None, None),
        (["00123", "00456", "11789"], "text", None, None),
        (["0", "1", "1"], "number", None, None),
        (["red", "blue", "dark red"], "text", None, None),
        (["2026-01-02", "2025-03-04", "2026-05-06"], "text", None, None),
    ],
)
def test_cells_say_what_kind_of_value_they_are(cells, kind, unit, split):
    measure = one(*cells)

    assert (measure.kind, measure.unit, measure.split) == (kind, unit, split)


def test_zero_and_one_answer_a_question():
    assert one("0", "1", "1", name="is_wireless").kind == "boolean"


def test_the_name_of_a_column_may_have_its_unit():
    assert one("5", "7.5", unit="kg").unit == "kg"


def test_yes_with_details_is_yes():
    measure = one("Yes, with stereo speakers", "No", "Yes", "Yes (front)", "No")

    assert (measure.kind, measure.pattern is not None) == ("boolean", True)
    assert re.search(measure.pattern, "Yes, with stereo speakers")[1] == "Yes"
    assert not re.search(measure.pattern, "Yesterday")


def test_three_sides_are_three_numbers():
    cells = ["114 x 47 x 9 mm (4.49 x 1.85 x 0.35 in)"] * 3 + ["100 x 50 x 8 mm"] * 3

    sides = measures_of(column(*cells), None)

    assert [(side.unit, side.suffix) for side in sides] == [
        ("mm", "1 of 3"),
        ("mm", "2 of 3"),
        ("mm", "3 of 3"),
    ]
    assert [re.search(side.pattern, cells[0])[1] for side in sides] == ["114", "47", "9"]


def test_each_unit_among_other_text_is_a_number_of_its_own():
    cells = [f"{n}.0 inches, {n}1.0 cm2 (~6{n}.1% ratio)" for n in range(4, 10)]

    numbers = measures_of(column(*cells), None)

    assert [(number.unit, number.suffix) for number in numbers] == [
        ("in", ""),
        ("cm2", "in cm2"),
        ("%", "in %"),
    ]


def test_wording_that_differs_and_repeats_is_kept_as_text():
    kinds = [
        f"{a}-core {b}"
        for a in ("Dual", "Quad", "Octa")
        for b in ("Alpha", "Beta", "Gamma", "Delta")
    ]
    cells = [f"{kind} at {speed} GHz" for kind in kinds for speed in (1, 2, 2, 2, 2)]

    text, number = measures_of(column(*cells), None)

    assert (text.kind, number.kind, number.unit) == ("text", "number", "GHz")


def test_one_number_in_always_the_same_words_is_a_number():
    measure = one(*(f"About {n}0 EUR" for n in range(10, 20)))

    assert measure.kind == "number"
    assert re.search(measure.pattern, "About 170 EUR")[1] == "170"


def test_a_year_before_a_month_is_a_number():
    measure = one("2018, March", "2017", "2016, Q1", "2015, May", "2014, June")

    assert measure.kind == "number"
    assert re.search(measure.pattern, "2018, March")[1] == "2018"


def test_dates_in_chinese_are_years_however_they_are_written():
    cells = ("2025年5月8日", "2025-07-21", "2023年10月", "2024/1/2", "2024年 3月 1日")

    year = one(*cells)

    assert (year.kind, year.unit) == ("number", "year")
    assert [re.search(year.pattern, cell)[1] for cell in cells] == [cell[:4] for cell in cells]


def test_years_that_something_lasts_are_no_dates():
    assert one("3年", "24个月", "36个月", "2年", "12个月").unit == "month"


def test_lists_are_told_from_texts_with_commas_by_parts_that_repeat():
    colours = ["Black, White", "White", "Black, Red", "Red, White", "White, Black", "Black"]
    sentences = [f"Soft, warm and number {n}, made of wool" for n in range(6)]

    assert one(*colours).split == ","
    assert one(*colours).take_all
    assert one(*sentences).split is None


def test_parts_that_keep_their_places_are_no_list():
    cells = [f"IPS LCD, {n}M colours" for n in (1, 16, 16, 1)] + ["TFT, 1M colours"] * 3

    assert one(*cells).split is None


@pytest.mark.parametrize(
    ("cells", "sign"),
    [(["1,5", "2,75"], ","), (["1.234,50", "9,99"], ","), (["1,234", "12.5"], "auto")],
)
def test_the_decimal_sign_is_a_comma_where_it_can_be_nothing_else(cells, sign):
    assert decimal_sign(column(*cells)) == sign


def test_dots_in_the_words_around_a_number_are_words():
    measure = one(*(f"about… {n}0 EUR…" for n in range(10, 20)))

    assert re.search(measure.pattern, "about… 170 EUR…")[1] == "170"
