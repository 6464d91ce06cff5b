"""The words of both languages: colours, units and the phrases around them."""

from __future__ import annotations

from dataclasses import dataclass

from offers.shops import Language


@dataclass(frozen=True)
class Colour:
    """`value` is what the gold file states; a marketing name belongs to one brand."""

    value: str
    en: tuple[str, ...]
    zh: tuple[str, ...]
    brand: str = ""

    def names(self, language: Language) -> tuple[str, ...]:
        return self.en if language == "en" else self.zh


COLOURS: tuple[Colour, ...] = (
    Colour(
        "black",
        (
            "Black",
            "black",
            "Blk",
        ),
        (
            "黑色",
            "黑",
            "亮黑色",
        ),
    ),
    Colour(
        "white",
        (
            "White",
            "white",
            "Wht",
        ),
        (
            "白色",
            "白",
            "雪域白",
        ),
    ),
    Colour(
        "blue",
        (
            "Blue",
            "blue",
            "Navy Blue",
        ),
        (
            "蓝色",
            "蓝",
            "海蓝色",
        ),
    ),
    Colour(
        "green",
        (
            "Green",
            "green",
            "Dark Green",
        ),
        (
            "绿色",
            "绿",
            "墨绿色",
        ),
    ),
    Colour(
        "silver",
        (
            "Silver",
            "silver",
        ),
        (
            "银色",
            "银",
            "冰霜银",
        ),
    ),
    Colour(
        "grey",
        (
            "Grey",
            "Gray",
            "Graphite Grey",
        ),
        (
            "灰色",
            "深灰色",
            "钛灰",
        ),
    ),
    Colour(
        "gold",
        (
            "Gold",
            "gold",
        ),
        (
            "金色",
            "香槟金",
        ),
    ),
    Colour(
        "red",
        (
            "Red",
            "red",
        ),
        (
            "红色",
            "中国红",
        ),
    ),
    Colour(
        "purple",
        (
            "Purple",
            "Lavender",
        ),
        (
            "紫色",
            "薰衣草紫",
        ),
    ),
    Colour("black", ("Midnight",), ("午夜色",), "Apple"),
    Colour("white", ("Starlight",), ("星光色",), "Apple"),
    Colour(
        "grey",
        (
            "Space Grey",
            "Space Gray",
        ),
        (
            "深空灰色",
            "深空灰",
        ),
        "Apple",
    ),
    Colour("black", ("Phantom Black",), ("幻影黑",), "Samsung"),
    Colour("silver", ("Phantom Silver",), ("幻影银",), "Samsung"),
    Colour("black", ("Obsidian",), ("曜石黑",), "Google"),
    Colour("white", ("Porcelain",), ("陶瓷白",), "Google"),
    Colour(
        "blue",
        (
            "Aurora Blue",
            "Aurora",
        ),
        (
            "极光色",
            "极光蓝",
        ),
        "Huawei",
    ),
    Colour("black", ("Midnight Black",), ("幻夜黑",), "Honor"),
    Colour("blue", ("Glacier Blue",), ("冰川蓝",), "Xiaomi"),
    Colour(
        "grey",
        (
            "Onyx Grey",
            "Onyx Gray",
        ),
        ("玛瑙灰",),
        "Xiaomi",
    ),
    Colour("green", ("Emerald Forest",), ("翡翠森林",), "OnePlus"),
    Colour("black", ("Shadow Black",), ("暗影黑",), "Motorola"),
)
# `[` `]` enclose what the gold file marks; `#` is the number, `w` the pixels in 万
# (ten thousands) or 亿 (hundred millions); in part numbers `#` is five digits.
PHRASES: dict[tuple[str, Language], tuple[str, ...]] = {
    ("display", "en"): ('[#"]', "[# inch]", "[#-inch]", "[#in]", '[#"] display', "[# inches]"),
    ("display", "zh"): ("[#英寸]", "[#寸]", "[#英寸]大屏", "[#英寸]屏"),
    ("battery", "en"): ("[#mAh]", "[# mAh]", "[#mAh] battery"),
    ("battery", "zh"): ("[#mAh]", "[#毫安]", "[#mAh]大电池", "[#毫安]长续航"),
    ("camera", "en"): ("[#MP]", "[# MP]", "[#MP] camera", "[#mp] cam"),
    ("camera", "zh"): ("[#MP]", "[w像素]", "[w]像素", "[w像素]拍照"),
    ("network", "en"): ("[#]", "[#]", "[#] phone", "[#] smartphone"),
    ("network", "zh"): ("[#]", "[#]手机", "[#]全网通", "全网通[#]"),
    ("sim", "en"): ("Dual SIM", "dual-sim", "DualSIM", "DS"),
    ("sim", "zh"): ("双卡双待", "双卡", "双卡双待手机"),
    ("new", "en"): ("new boxed", "BNIB", "brand new", "new & sealed", "New"),
    ("new", "zh"): ("全新", "全新未拆封", "原封正品", "全新正品"),
    ("used", "en"): ("refurbished", "Grade A", "pre-owned", "used - very good", "Refurb"),
    ("used", "zh"): ("95新", "99新", "二手", "官翻", "二手手机"),
    ("number", "en"): ("Art. 1#", "No. 5#", "REF KX#", "MPN 88-#"),
    ("number", "zh"): ("货号#", "编号A#", "KX#"),
}
# What one model name becomes in a shop; a result that another phone shares is never written.
RENAMINGS: dict[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        (r" Plus\b", "+"),
        (r"\+$", " Plus"),
        (r" 5G$", ""),
        (r"^(Galaxy|Xperia|Moto|Lumia|Ascend|ZenFone|Zenfone) (?=\w)", ""),
        (r" \((\w+)\)$", r" \1"),
        (r"(?<=[a-z]) (?=\d)", ""),
        (r"(?<=[a-z]{3})(?=\d)", " "),
    ),
    "zh": (
        (r" Plus\b", "+"),
        (r"\+$", " Plus"),
        (r" 5G$", ""),
        (r"^(Galaxy|iPhone|Xperia|Lumia|Ascend|Moto|Mi) (?=\w)", ""),
        (r" \((20\d\d)\)$", r" \1款"),
        (r"(?<=[a-z]) (?=\d)", ""),
        (r"(?<=\d) (?=Pro|Ultra|Max)", ""),
    ),
}
