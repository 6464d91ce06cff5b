"""Titles as lists of pieces, so that the places of the facts hold by construction."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from offers.draw import Draw
from offers.phones import Phone
from offers.shops import Case, Shop
from offers.wording import PHRASES, Colour

JOINTS = {",": ", ", "-": " - ", "|": " | ", "/": " / ", "~": "", "(": " ("}
_LATIN_IN_CHINA = ("HTC", "vivo")  # their Chinese names are known and hardly used
_TYPO_SHARE = 0.025  # of the noise words that are long enough to bear one
_FULL_WIDTH = {ord(c): ord(c) + 0xFEE0 for c in "0123456789ABGT+/"}
_MARKED = re.compile(r"\[([^\]]+)\]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CJK_EDGE = re.compile(r"[^\x00-\x7f]")


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
    colour: Colour
    used: bool


def write_title(draft: Draft, draw: Draw) -> list[Piece]:
    """Fill a layout of the shop, then write it in the shop's case, width and entities."""
    layouts = draft.shop.layouts
    if draft.says_brand:
        layouts = tuple(layout for layout in layouts if "brand" in layout.split())
    pieces = _fill_layout(draft, draw.pick(layouts), draw)
    pieces = [_with_typo(piece, draw) for piece in pieces]
    case = draw.pick(draft.shop.cases)
    pieces = [_in_case(piece, case) for piece in pieces]
    if draw.chance(draft.shop.full_width):
        pieces = [_in_full_width(piece) for piece in pieces]
    if draw.chance(draft.shop.html):
        pieces = [_with_entities(piece) for piece in pieces]
    return pieces


def _fill_layout(draft: Draft, layout: str, draw: Draw) -> list[Piece]:
    pieces: list[Piece] = []
    joint, in_brackets = " ", False
    for token in layout.split():
        if token in JOINTS:
            joint = JOINTS[token]
        elif token == ")":
            pieces += [Piece(")")] if in_brackets else []
            joint, in_brackets = " ", False
        elif not token.endswith("?") or draw.chance(draft.shop.keep):
            written = SLOTS[token.rstrip("?")](draft, draw, pieces)
            if written:
                between = _between(pieces, joint, written)
                in_brackets = in_brackets or between.endswith("(")
                pieces += [Piece(between), *written] if between else written
                joint = " "
    return pieces


def _between(before: Sequence[Piece], joint: str, after: Sequence[Piece]) -> str:
    """No blank after 】, but always one between two words in Latin letters."""
    if not before or (joint == " " and before[-1].text.endswith("】")):
        return ""
    left, right = before[-1].text[-1], after[0].text[0]
    return joint or ("" if _CJK_EDGE.match(left) or _CJK_EDGE.match(right) else " ")


def _fill(template: str, words: dict[str, Piece]) -> list[Piece]:
    """`[rGB]+[sGB]` with r and s given: marked pieces, and the text between them as noise."""
    pieces = []
    for index, part in enumerate(_MARKED.split(template)):
        if index % 2:
            word = words[part[0]]
            pieces.append(replace(word, text=word.text + part[1:]))
        elif part:
            pieces.append(Piece(part))
    return pieces


def _brand(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    """In Chinese shops mostly the Chinese name, before a mere 13 always; else `Apple/苹果`."""
    phone = draft.phone
    if not draft.says_brand:
        return []
    latin = Piece(phone.brand, "brand", phone.brand)
    if draft.shop.language == "en" or not phone.chinese_brands:
        return [latin]
    chinese = replace(latin, text=draw.pick(phone.chinese_brands))
    if draft.model_text[0].isdigit():
        return [chinese]
    together = [latin, Piece(draw.pick(("/", " "))), chinese]
    in_brackets = [chinese, Piece("("), latin, Piece(")")]
    weights = (1, 6, 2, 1) if phone.brand in _LATIN_IN_CHINA else (6, 1, 2, 1)
    return draw.weighted(([chinese], [latin], together, in_brackets), weights)


def _model(draft: Draft, _: Draw, __: Sequence[Piece]) -> list[Piece]:
    return [Piece(draft.model_text, "model", draft.phone.model)]


def _memory(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    """Memory and storage, or the storage alone; `6+128GB` gives the unit once."""
    storage, ram = draft.storage, draft.ram
    if not storage or not storage.endswith(("GB", "TB")):
        return []
    templates = [t for t in draft.shop.memory if ram.endswith(" GB") or "[r" not in t]
    amount, unit = storage.split()
    words = {"s": Piece(amount, "storage", storage), "r": Piece(ram.split(" ")[0], "ram", ram)}
    pieces = _fill(draw.pick(templates), words)
    if unit == "TB":
        last = pieces[-1]
        pieces[-1] = replace(last, text=last.text.replace("G", "T").replace("g", "t"))
    return pieces


def _colour(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    text = draw.pick(draft.colour.names(draft.shop.language))
    return [Piece(text, "colour", draft.colour.value)]


def _quantity(parameter: str, column: str, draft: Draft, draw: Draw) -> list[Piece]:
    """The first of a cell's variants: the main display and the main camera."""
    variants = draft.phone.variants(column)
    number = _NUMBER.search(variants[0]) if variants else None
    if number is None:
        return []
    said = Piece(number.group(), parameter, variants[0])
    pixels = replace(said, text=_in_wan(float(number.group())))
    template = draw.pick(PHRASES[parameter, draft.shop.language])
    return _fill(template, {"#": said, "w": pixels})


def _in_wan(megapixels: float) -> str:
    """4800万 of 48 megapixels, 2亿 of 200."""
    wan = round(megapixels * 100)
    return f"{wan}万" if wan < 10_000 else f"{wan / 10_000:g}亿"


def _display(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    return _quantity("display", "display", draft, draw)


def _battery(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    return _quantity("battery", "battery", draft, draw)


def _camera(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    return _quantity("camera", "rear_cameras", draft, draw)


def _network(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    """Only what is worth saying, and not again after a model that ends in 5G."""
    said = [v for v in draft.phone.variants("network") if v in ("4G", "5G")]
    if not said or max(said) in draft.model_text:
        return []
    template = draw.pick(PHRASES["network", draft.shop.language])
    return _fill(template, {"#": Piece(max(said), "network", max(said))})


def _sim(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    if "Dual SIM" not in draft.phone.variants("sim"):
        return []
    return [Piece(draw.pick(PHRASES["sim", draft.shop.language]))]


def _condition(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    return [Piece(draw.pick(PHRASES["used" if draft.used else "new", draft.shop.language]))]


def _number(draft: Draft, draw: Draw, _: Sequence[Piece]) -> list[Piece]:
    template = draw.pick(PHRASES["number", draft.shop.language])
    return [Piece(template.replace("#", f"{draw.below(100_000):05d}"))]


def _front(draft: Draft, draw: Draw, before: Sequence[Piece]) -> list[Piece]:
    return _new_phrase(draft.shop.front, before, draw)


def _noise(draft: Draft, draw: Draw, before: Sequence[Piece]) -> list[Piece]:
    return _new_phrase(draft.shop.noise, before, draw)


def _new_phrase(phrases: Sequence[str], before: Sequence[Piece], draw: Draw) -> list[Piece]:
    """Nothing that the title says already, so that no `unlocked` follows `FACTORY UNLOCKED`."""
    said = " ".join(piece.text for piece in before if len(piece.text) > 1).casefold()
    parts = [word for word in re.split(r"[\s【】]+", said) if len(word) > 1]
    fresh = [
        phrase
        for phrase in phrases
        if phrase.strip("【】").casefold() not in said
        and not any(part in phrase.casefold() for part in parts)
    ]
    return [Piece(draw.pick(fresh))] if fresh else []


SLOTS: dict[str, Callable[[Draft, Draw, Sequence[Piece]], list[Piece]]] = {
    "battery": _battery,
    "brand": _brand,
    "camera": _camera,
    "colour": _colour,
    "condition": _condition,
    "display": _display,
    "front": _front,
    "memory": _memory,
    "model": _model,
    "network": _network,
    "noise": _noise,
    "number": _number,
    "sim": _sim,
}


def _with_typo(piece: Piece, draw: Draw) -> Piece:
    """Two neighbouring letters change places: `unlokced`; facts are never touched."""
    text = piece.text
    if piece.parameter or len(text) < 6 or not text.isascii() or not draw.chance(_TYPO_SHARE):
        return piece
    at = 1 + draw.below(len(text) - 3)
    return Piece(text[:at] + text[at + 1] + text[at] + text[at + 2 :])


def _in_case(piece: Piece, case: Case) -> Piece:
    if case == "as is":
        return piece
    return replace(piece, text=piece.text.lower() if case == "lower" else piece.text.upper())


def _in_full_width(piece: Piece) -> Piece:
    """`８ＧＢ＋１２８ＧＢ`, as an input method for Chinese leaves it; model names stay."""
    if piece.parameter in ("ram", "storage", ""):
        text = piece.text.translate(_FULL_WIDTH).replace("(", "（").replace(")", "）")
        return replace(piece, text=text.replace(" （", "（"))
    return piece


def _with_entities(piece: Piece) -> Piece:
    """What a careless export leaves of `&` and of the inch sign."""
    return replace(piece, text=piece.text.replace("&", "&amp;").replace('"', "&quot;"))
