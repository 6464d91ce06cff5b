"""Prices in what people type, told from other numbers."""

import pytest

from app.services.price_words import find_price
from graph.filters import Filter, Term


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("under 300", "price<=300"),
        ("below $1,299.50", "price<=1299.5"),
        ("up to 99 euro", "price<=99"),
        ("over 100", "price>=100"),
        ("between 100 and 200", "price:100..200"),
        ("100-200 eur", "price:100..200"),
        ("€100 to €200", "price:100..200"),
        ("100 to 200 euros", "price:100..200"),
        ("300元以下", "price<=300"),
        ("300英镑以下", "price<=300"),
        ("phone under ₹300", "price<=300"),
        ("不超过 500", "price<=500"),
        ("1000以上", "price>=1000"),
        ("around 200 euro phone", "price:160..240"),
        ("over $100, under $200 phone", "price:100..200"),
        ("100以上200以下", "price:100..200"),
        ("不低于 500", "price>=500"),
        ("不高于500元", "price<=500"),
        ("价格200到400之间的台灯", "price:200..400"),
        ("价格在200-400元之间", "price:200..400"),
        ("售价：２００至４００", "price:200..400"),
        ("200到400元之间的台灯", "price:200..400"),
        ("1.5万元以下", "price<=15000"),
        ("预算1万", "price<=10000"),
        ("艾克美台灯100-300元", "price:100..300"),
        ("台灯三百元以内", "price<=300"),
        ("一千二百元以上的台灯", "price>=1200"),
        ("￥1万以上", "price>=10000"),
        ("no less than 300", "price>=300"),
        ("under 200, phone over 100", "price<=200"),
        ("about $99.90 phone", "price:79.92..119.88"),
        ("2000元左右的手机", "price:1600..2400"),
        ("phone 300 dollars or less", "price<=300"),
        ("£300 and up", "price>=300"),
        ("$300 phone", "price:240..360"),
        ("phone 200 eur", "price:160..240"),
        ("300元手机", "price:240..360"),
        ("手机300元", "price:240..360"),
        ("300 手机 200块钱", "price:160..240"),
        ("phone US$300", "price:240..360"),
        ("under US$ 300 phone", "price<=300"),
        ("usd 300 phone", "price:240..360"),
        ("EUR 100 - EUR 200", "price:100..200"),
        ("phone budget $300", "price<=300"),
        ("phone budget of 300", "price<=300"),
        ("budget is 300 euros", "price<=300"),
        ("预算300元 手机", "price<=300"),
        ("手机 预算300", "price<=300"),
        ("téléphone moins de 300 euros", "price<=300"),
        ("téléphone à moins de 300 €", "price<=300"),
        ("sous 49,90 €", "price<=49.9"),
        ("jusqu'à 300 euros", "price<=300"),
        ("à partir de 100 €", "price>=100"),
        ("plus de 100 euros", "price>=100"),
        ("entre 100 et 200 euros", "price:100..200"),
        ("de 100 à 200 €", "price:100..200"),
        ("300 euros ou moins", "price<=300"),
        ("environ 200 euros", "price:160..240"),
        ("téléphone budget de 300 euros", "price<=300"),
        ("plus de 100 € et moins de 200 €", "price:100..200"),
        ("Telefon unter 300 Euro", "price<=300"),
        ("bis 300 €", "price<=300"),
        ("ab 100 €", "price>=100"),
        ("zwischen 100 und 200 Euro", "price:100..200"),
        ("100 bis 200 €", "price:100..200"),
        ("etwa 200 Euro", "price:160..240"),
        ("höchstens 300 €", "price<=300"),
        ("300 Euro oder weniger", "price<=300"),
    ],
)
def test_prices_are_read_in_several_languages(text, price):
    found = find_price(text)

    assert str(Filter((Term("price", found.condition),))) == price


@pytest.mark.parametrize(
    "text",
    [
        "under 2 kg",
        "galaxy 300",
        "10-20 mm",
        "under",
        "model 128-256",
        "under 5G",
        "about 6 inch",
        "8 or more",
        "约翰 5",
        "20 pound dumbbell",
        "soap 3 块",
        "3块肥皂",
        "$2k",
        "budget phone 128",
        "moins de 2 kg",
        "plus de 3 places",
        "unter 2 kg",
        "ab 8 Fächer",
        "",
        "低于40分贝的风扇",
        "不超过2公斤的灯",
        "超过 1500 瓦 的 水壶",
        "5000万像素以上",
    ],
)
def test_other_numbers_are_no_prices(text):
    assert find_price(text) is None


def test_digits_of_other_scripts_are_digits():
    found = find_price("lantern under ٣٠٠", begins_anew=lambda _: False)

    assert found is not None
    assert str(Term("price", found.condition)) == "price<=300"
