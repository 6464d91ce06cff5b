"""Shop offers for the example phones, with what every title says marked in it.

A title is a list of pieces. A piece that states a fact carries the parameter and the catalogue's
value, all others are noise, so that the offsets in the gold file hold by construction.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeVar

T = TypeVar("T")
Language = Literal["en", "zh"]
Row = dict[str, str]

AS_OF_YEAR = 2025  # prices fall from the year of launch to this one
OFFERS_PER_PHONE = 5  # in the mean; two at least, so that every phone can be matched across shops
_PARENTHESES = re.compile(r" \((\w+)\)$")
_CJK = re.compile(r"[\u4e00-\u9fff]")
_HALF_TO_FULL = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABGT+/"}


@dataclass(frozen=True)
class Phone:
    """One row of phones.csv; `cells` keeps the columns that only some titles mention."""

    brand: str
    aliases: tuple[str, ...]
    model: str
    year: int
    cells: Row
    palette: tuple[tuple[str, ...], ...]

    def variants(self, column: str) -> list[str]:
        return [part.strip() for part in self.cells[column].split(" / ") if part.strip()]

    @property
    def chinese_brands(self) -> list[str]:
        return [name for name in self.aliases if _CJK.search(name)]


@dataclass(frozen=True)
class Shop:
    """How one shop writes.

    A layout names the slots in order: a trailing `?` keeps the slot in `keep` of the titles, and a
    token of `JOINTS` replaces the blank before the next slot. In a memory template `[rGB]` is the
    memory and `[sGB]` the storage, each with the unit as this shop writes it.
    """

    name: str
    prefix: str
    language: Language
    currency: str
    weight: int
    layouts: tuple[str, ...]
    memory: tuple[str, ...]
    front: tuple[str, ...]
    noise: tuple[str, ...]
    cases: tuple[str, ...] = ("as is",)
    keep: float = 0.6
    no_brand: float = 0.1
    brand_column: float = 0.0
    model_column: float = 0.0
    entities: bool = False
    full_width: float = 0.0


@dataclass(frozen=True)
class Piece:
    """A part of a title; without a parameter it is noise."""

    text: str
    parameter: str = ""
    value: str = ""


@dataclass(frozen=True)
class Draft:
    """What is decided before the title is written, so that its slots agree with each other."""

    phone: Phone
    shop: Shop
    model_text: str
    says_brand: bool
    ram: str
    storage: str
    storage_step: int
    colour: tuple[str, ...]
    used: bool


@dataclass(frozen=True)
class Offer:
    columns: Row
    gold: dict[str, object]


class Draw:
    """Choices made from `random()` alone, the one stream that Python promises not to change."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def below(self, limit: int) -> int:
        return int(self._random.random() * limit)

    def chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def pick(self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]

    def weighted(self, choices: Sequence[T], weights: Sequence[int]) -> T:
        left = self.below(sum(weights))
        for choice, weight in zip(choices, weights, strict=True):
            left -= weight
            if left < 0:
                return choice
        raise AssertionError("weights are positive")

    def shuffled(self, items: Sequence[T]) -> list[T]:
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in items]


JOINTS = {",": ", ", "-": " - ", "|": " | ", "/": " / ", "~": ""}
# Value, then what is written: English, Chinese, and for one brand only its marketing names.
COLOURS: tuple[tuple[str, str, str, str], ...] = (
    ("black", "Black|black|Blk", "黑色|黑|亮黑色", ""),
    ("white", "White|white|Wht", "白色|白|雪域白", ""),
    ("blue", "Blue|blue|Navy Blue", "蓝色|蓝|海蓝色", ""),
    ("green", "Green|green|Dark Green", "绿色|绿|墨绿色", ""),
    ("silver", "Silver|silver", "银色|银|冰霜银", ""),
    ("grey", "Grey|Gray|Graphite Grey", "灰色|深灰色|钛灰", ""),
    ("gold", "Gold|gold", "金色|香槟金", ""),
    ("red", "Red|red", "红色|中国红", ""),
    ("purple", "Purple|Lavender", "紫色|薰衣草紫", ""),
    ("black", "Midnight", "午夜色", "Apple"),
    ("white", "Starlight", "星光色", "Apple"),
    ("grey", "Space Grey|Space Gray", "深空灰色|深空灰", "Apple"),
    ("black", "Phantom Black", "幻影黑", "Samsung"),
    ("silver", "Phantom Silver", "幻影银", "Samsung"),
    ("black", "Obsidian", "曜石黑", "Google"),
    ("white", "Porcelain", "陶瓷白", "Google"),
    ("blue", "Aurora Blue|Aurora", "极光色|极光蓝", "Huawei"),
    ("black", "Midnight Black", "幻夜黑", "Honor"),
    ("blue", "Glacier Blue", "冰川蓝", "Xiaomi"),
    ("black", "Onyx Grey|Onyx Gray", "玛瑙灰", "Xiaomi"),
    ("green", "Emerald Forest", "翡翠森林", "OnePlus"),
    ("black", "Shadow Black", "暗影黑", "Motorola"),
)
# How a model is shortened; a result that could also mean another phone of the brand is not used.
SHORTER: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        (r" Plus\b", "+"),
        (r" 5G$", ""),
        (r"^(Galaxy|Xperia|Moto|Lumia|Zenfone|ZenFone) (?=\w)", ""),
        (r" \((\w+)\)$", r" \1"),
        (r"(?<=[a-z]) (?=\d)", ""),
    ),
    "zh": (
        (r" Plus\b", "+"),
        (r" 5G$", ""),
        (r"^(Galaxy|iPhone|Xperia|Lumia) (?=\w)", ""),
        (r"^Redmi ", "红米"),
        (r"^Honor ", "荣耀"),
        (r"(?<=[a-z]) (?=\d)", ""),
        (r" (?=Pro|Ultra|Max)", ""),
    ),
}
PHRASES: dict[tuple[str, Language], tuple[str, ...]] = {
    ("display", "en"): ('{}"', "{} inch", "{}-inch", "{}in", '{}" display'),
    ("display", "zh"): ("{}英寸", "{}寸", "{}英寸大屏"),
    ("battery", "en"): ("{}mAh", "{} mAh", "{}mAh battery"),
    ("battery", "zh"): ("{}mAh", "{}毫安", "{}mAh大电池", "{}毫安长续航"),
    ("camera", "en"): ("{}MP", "{} MP", "{}MP camera", "{}mp cam"),
    ("camera", "zh"): ("{}MP", "{}00万像素", "{}00万像素拍照手机"),
    ("network", "en"): ("{}", "{}", "{} phone", "{} smartphone"),
    ("network", "zh"): ("{}", "{}手机", "{}全网通", "全网通{}"),
    ("sim", "en"): ("Dual SIM", "dual-sim", "DualSIM", "DS"),
    ("sim", "zh"): ("双卡双待", "双卡", "双卡双待手机"),
    ("new", "en"): ("new boxed", "BNIB", "brand new", "new & sealed", "New"),
    ("new", "zh"): ("全新", "全新未拆封", "原封正品", "全新正品"),
    ("used", "en"): ("refurbished", "Grade A", "pre-owned", "used - very good", "Refurb"),
    ("used", "zh"): ("95新", "99新", "二手", "官翻", "二手手机"),
}
SHOPS: tuple[Shop, ...] = (
    Shop(
        name="Harbour Handsets",
        prefix="HH",
        language="en",
        currency="GBP",
        weight=14,
        layouts=(
            "brand model memory? colour? - sim? noise?",
            "brand model network? memory colour , noise",
            "brand model - memory? - colour?",
            "brand model display? memory sim? colour noise? condition?",
        ),
        memory=("[sGB]", "[sGB]", "[s GB]", "[rGB RAM] [sGB]", "[rGB]/[sGB]"),
        front=(),
        noise=("SIM Free", "SIM-Free Smartphone", "UK stock", "Unlocked", "Mobile Phone"),
        brand_column=0.97,
        model_column=0.8,
        no_brand=0.04,
    ),
    Shop(
        name="brightcell",
        prefix="BC",
        language="en",
        currency="USD",
        weight=13,
        layouts=(
            "brand model memory? colour? noise?",
            "model memory colour? noise condition?",
            "model brand? memory , colour?",
            "front? brand model network? memory? display? noise?",
        ),
        memory=("[sgb]", "[sgb]", "[s gb]", "[sg]", "[r/][sgb]", "[rgb ram] [sgb]"),
        front=("deal:", "cheap", "new in:"),
        noise=("unlocked", "sim free", "gsm unlocked", "us model", "free shipping", "w/ charger"),
        cases=("lower",),
        no_brand=0.35,
        brand_column=0.35,
    ),
    Shop(
        name="Fonwerk",
        prefix="FW",
        language="en",
        currency="EUR",
        weight=13,
        layouts=(
            "brand model memory colour? noise? number",
            "number? brand model , memory , colour , noise?",
            "brand model , display , memory? , battery? , camera? , colour?",
            "brand model sim? memory? colour , condition",
        ),
        memory=("[rGB]/[sGB]", "[r]/[s GB]", "[r]+[sGB]", "[s GB]", "[rGB]+[sGB]"),
        front=(),
        noise=("EU version", "EU-Ware", "no branding", "(EU)", "without simlock", "24M warranty"),
        brand_column=0.97,
        model_column=0.65,
    ),
    Shop(
        name="THIRD POCKET",
        prefix="TP",
        language="en",
        currency="USD",
        weight=12,
        layouts=(
            "front? brand model memory noise colour? condition?",
            "condition brand model memory? colour? network? noise noise",
            "brand model display? camera? memory - noise - colour?",
            "model memory colour noise | front",
        ),
        memory=("[sGB]", "[s GB]", "[sG]", "[rGB RAM] + [sGB ROM]", "[rGB]+[sGB]"),
        front=("*HOT*", "🔥", "SALE!!", "L@@K", "NEW ARRIVAL", "✅"),
        noise=("UNLOCKED", "FACTORY UNLOCKED", "GSM", "ANY CARRIER", "FAST SHIP", "AT&T T-MOBILE"),
        cases=("upper", "as is", "as is"),
        no_brand=0.25,
        brand_column=0.4,
        entities=True,
    ),
    Shop(
        name="Larkline Renewed",
        prefix="LR",
        language="en",
        currency="GBP",
        weight=11,
        layouts=(
            "brand model memory colour - noise , condition",
            "model - memory - colour? - noise - condition",
            "brand model / memory / colour? / noise?",
            "brand model ( memory? colour ) condition noise?",
        ),
        memory=("[sGB]", "[s GB]", "[sGB]", "[sgb]", "[rGB], [sGB]"),
        front=(),
        noise=("Unlocked", "Any Network", "unlocked to all networks", "box & charger", "tested"),
        no_brand=0.3,
        brand_column=0.9,
        model_column=0.75,
        entities=True,
    ),
    Shop(
        name="青禾数码",
        prefix="QH",
        language="zh",
        currency="CNY",
        weight=14,
        layouts=(
            "brand ~ model memory colour? network? sim?",
            "front? brand model network? memory? colour noise?",
            "brand model display? battery? camera? memory colour",
            "brand model memory? colour network noise",
        ),
        memory=("[rGB]+[sGB]", "[rGB+][sGB]", "[sGB]", "[r+][sGB]", "[s GB]"),
        front=("【官方正品】", "【现货】", "【自营】"),
        noise=("国行", "全网通", "智能手机", "学生手机", "游戏手机", "官方标配"),
        brand_column=0.97,
        model_column=0.8,
        no_brand=0.05,
    ),
    Shop(
        name="鹿角手机铺",
        prefix="LJ",
        language="zh",
        currency="CNY",
        weight=13,
        layouts=(
            "front brand ~ model memory colour? noise noise?",
            "front? condition brand ~ model memory? noise noise",
            "model ~ noise? memory colour? sim? front?",
            "front brand model network memory? battery? noise",
        ),
        memory=("[r+][sG]", "[rG+][sG]", "[sG]", "[sg]", "[sGB]", "[r]/[sG]"),
        front=("【顺丰包邮】", "【官方正品】", "【24期免息】", "【下单立减】", "🔥", "限时特价"),
        noise=("顺丰包邮", "国行正品", "全网通", "当天发货", "送壳膜", "官网同款", "备用机", "包邮"),
        no_brand=0.25,
        brand_column=0.3,
        model_column=0.1,
    ),
    Shop(
        name="南屏通讯",
        prefix="NP",
        language="zh",
        currency="CNY",
        weight=12,
        layouts=(
            "brand model ( memory colour ) noise? condition?",
            "brand ~ model / memory / colour? / noise?",
            "number? brand model memory colour sim? noise",
            "brand model , display? , memory , camera? , noise",
        ),
        memory=("[rGB]+[sGB]", "[r+][sGB]", "[sGB]", "[rG]/[sG]", "[rGB]/[sGB]"),
        front=(),
        noise=("国行", "港版", "全网通", "未激活", "可开发票", "移动联通电信", "支持验机"),
        brand_column=0.85,
        model_column=0.55,
        full_width=0.25,
    ),
)
