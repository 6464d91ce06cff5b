"""The invented shops: who writes in which language, order, case and units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]
Case = Literal["as is", "lower", "upper"]


@dataclass(frozen=True)
class Shop:
    """How one shop writes.

    A layout names the slots in order. A trailing `?` keeps the slot in `keep` of the titles, and a
    token of `JOINTS` stands between two slots instead of a blank, if both of them wrote something.
    In a memory template `[rGB]` is the memory, `[sGB]` the storage, each with this shop's unit.
    """

    name: str
    prefix: str
    language: Language
    currency: str
    weight: int
    used: float  # this and the other numbers below are shares of the shop's offers
    layouts: tuple[str, ...]
    memory: tuple[str, ...]
    front: tuple[str, ...]
    noise: tuple[str, ...]
    cases: tuple[Case, ...] = ("as is",)
    keep: float = 0.55
    no_brand: float = 0.1
    brand_column: float = 0.0
    model_column: float = 0.0
    html: float = 0.0
    full_width: float = 0.0


SHOPS: tuple[Shop, ...] = (
    Shop(
        name="Harbour Handsets",
        prefix="HH",
        used=0.1,
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
        used=0.3,
        language="en",
        currency="USD",
        weight=13,
        layouts=(
            "brand model memory? colour? noise?",
            "model memory colour? noise condition?",
            "brand model memory , colour? condition?",
            "front? brand model network? memory? display? noise?",
        ),
        memory=("[sgb]", "[sgb]", "[s gb]", "[sg]", "[r]/[sgb]", "[rgb ram] [sgb]"),
        front=("deal:", "cheap", "new in:"),
        noise=("unlocked", "sim free", "gsm unlocked", "us model", "free shipping", "w/ charger"),
        cases=("lower",),
        no_brand=0.35,
        brand_column=0.35,
    ),
    Shop(
        name="Fonwerk",
        prefix="FW",
        used=0.15,
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
        model_column=0.8,
    ),
    Shop(
        name="THIRD POCKET",
        prefix="TP",
        used=0.4,
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
        html=0.5,
    ),
    Shop(
        name="Larkline Renewed",
        prefix="LR",
        used=1.0,
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
        model_column=0.8,
        html=0.5,
    ),
    Shop(
        name="青禾数码",
        prefix="QH",
        used=0.0,
        language="zh",
        currency="CNY",
        weight=16,
        layouts=(
            "brand ~ model memory colour? network? sim?",
            "front? brand model network? memory? colour noise?",
            "brand model display? battery? camera? memory colour",
            "brand model memory? colour network noise",
        ),
        memory=("[rGB]+[sGB]", "[r]+[sGB]", "[sGB]", "[r]+[sGB]", "[s GB]"),
        front=("【官方正品】", "【现货】", "【自营】"),
        noise=("国行", "全网通", "智能手机", "学生手机", "游戏手机", "官方标配"),
        brand_column=0.97,
        model_column=0.8,
        no_brand=0.05,
    ),
    Shop(
        name="鹿角手机铺",
        prefix="LJ",
        used=0.45,
        language="zh",
        currency="CNY",
        weight=15,
        layouts=(
            "front brand ~ model memory colour? noise noise?",
            "front? condition brand ~ model memory? noise noise",
            "model ~ noise? memory colour? sim? front?",
            "front brand model network memory? battery? noise",
        ),
        memory=("[r]+[sG]", "[rG]+[sG]", "[sG]", "[sg]", "[sGB]", "[r]/[sG]"),
        front=("【顺丰包邮】", "【官方正品】", "【24期免息】", "【下单立减】", "🔥", "限时特价"),
        noise=(
            "顺丰包邮",
            "国行正品",
            "全网通",
            "当天发货",
            "送壳膜",
            "官网同款",
            "备用机",
            "包邮",
        ),
        no_brand=0.25,
        brand_column=0.3,
        model_column=0.1,
    ),
    Shop(
        name="南屏通讯",
        prefix="NP",
        used=0.3,
        language="zh",
        currency="CNY",
        weight=14,
        layouts=(
            "brand model ( memory colour ) noise? condition?",
            "brand ~ model / memory / colour? / noise?",
            "number? brand model memory colour sim? noise",
            "brand model , display? , memory , camera? , noise",
        ),
        memory=("[rGB]+[sGB]", "[r]+[sGB]", "[sGB]", "[rG]/[sG]", "[rGB]/[sGB]"),
        front=(),
        noise=("国行", "港版", "全网通", "三网通", "可开发票", "移动联通电信", "支持验机"),
        brand_column=0.85,
        model_column=0.65,
        full_width=0.25,
    ),
)
