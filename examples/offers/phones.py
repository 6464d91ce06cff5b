"""phones.csv as objects, and the names by which a shop may call each phone."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from offers.draw import Draw
from offers.shops import Language
from offers.wording import COLOURS, RENAMINGS, Colour

_CJK = re.compile(r"[\u4e00-\u9fff]")
_OF_MANY_BRANDS = ("Note", "Phone")  # as first words these tell nothing without the brand
_FIRST_MARKETING_COLOUR = 2018  # before that year the plain names do


@dataclass(frozen=True)
class Phone:
    """One row of phones.csv; `cells` keeps the columns that only some titles mention."""

    brand: str
    aliases: tuple[str, ...]
    model: str
    year: int
    cells: dict[str, str]
    palette: tuple[Colour, ...]

    def variants(self, column: str) -> list[str]:
        return [part.strip() for part in self.cells[column].split(" / ") if part.strip()]

    @property
    def chinese_brands(self) -> list[str]:
        return [name for name in self.aliases if _CJK.search(name)]

    def is_named_by(self, form: str) -> bool:
        """Whether this name of the model begins with the brand: `Moto G`, `Mi 9`."""
        names = (self.brand, *self.aliases)
        return any(form.casefold().startswith(name.casefold() + " ") for name in names)


def read_phones(path: Path, draw: Draw) -> list[Phone]:
    """The rows in the file's order; every phone gets colours that all its offers share."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Phone(
                brand=row["brand"],
                aliases=tuple(name for name in row["brand_names"].split("|") if name),
                model=row["model"],
                year=int(row["year"][:4]),
                cells=row,
                palette=_palette(row["brand"], int(row["year"][:4]), draw),
            )
            for row in csv.DictReader(file)
        ]


def _palette(brand: str, year: int, draw: Draw) -> tuple[Colour, ...]:
    own = [c for c in COLOURS if c.brand == brand and year >= _FIRST_MARKETING_COLOUR]
    plain = [c for c in COLOURS if not c.brand]
    return tuple(draw.shuffled(own)[:2] + draw.shuffled(plain)[:3])


class Names:
    """Every way to write a model that still means this phone and no other of the catalogue."""

    def __init__(self, phones: Sequence[Phone], language: Language) -> None:
        self._forms: dict[tuple[str, str], list[str]] = {}
        owners: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        for phone in phones:
            forms = _forms(phone.model, language)
            self._forms[phone.brand, phone.model] = forms
            for form in forms:
                owners[_key(form)].add((phone.brand, phone.model))
        self._owners = dict(owners)

    def with_brand(self, phone: Phone) -> list[str]:
        """The first is the catalogue's own spelling."""
        return [
            form
            for form in self._forms[phone.brand, phone.model]
            if form == phone.model or self._is_unique(form, phone)
        ]

    def alone(self, phone: Phone) -> list[str]:
        """Names that need no brand beside them: long enough, and of one phone in all brands."""
        return [
            form
            for form in self._forms[phone.brand, phone.model]
            if len(self._owners[_key(form)]) == 1 and (phone.is_named_by(form) or _is_telling(form))
        ]

    def _is_unique(self, form: str, phone: Phone) -> bool:
        rivals = [model for brand, model in self._owners[_key(form)] if brand == phone.brand]
        return len(rivals) == 1 and len(_key(form)) > 1


def _forms(model: str, language: Language) -> list[str]:
    forms = [model]
    for pattern, replacement in RENAMINGS[language]:
        renamed = [re.sub(pattern, replacement, form) for form in forms]
        forms = list(dict.fromkeys(forms + renamed))
    return forms


def _key(name: str) -> str:
    """What a reader takes for the same name: case, blanks and the spelling of `+` aside."""
    return re.sub(r"[^\w+]", "", name.casefold().replace("plus", "+"))


def _is_telling(name: str) -> bool:
    has_digit = any(letter.isdigit() for letter in name)
    starts_well = not name[0].isdigit() and not name.startswith(_OF_MANY_BRANDS)
    return len(_key(name)) >= 6 and has_digit and starts_well
