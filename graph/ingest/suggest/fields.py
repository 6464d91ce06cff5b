"""Roles to the fields of a mapping."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from msgspec import structs

from graph.ingest.mapping_file import (
    BrandSpec,
    CategoryNamesSpec,
    CategorySpec,
    FieldSpec,
    FieldsSpec,
    NamesSpec,
    NumberSpec,
    TextSpec,
)
from graph.ingest.suggest import shapes
from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.headers import currency_in
from graph.ingest.suggest.measure import decimal_sign
from graph.ingest.suggest.proposal import Decision, percent
from graph.ingest.suggest.roles import Role, Table

TITLE_COLUMNS = 5  # a title of more parts is read by nobody
PATHS = 0.2  # of the cells have the sign that divides the steps of a path
_PATH_SIGNS = (">", "›", "»", "→", "|", "\\")
_NAME_SIGNS = ("|", ";", "；", "、", ",", "，")
_SHOW_IT = 0.5  # of the prices have a sign; the others are meant in the same
_ONE_CURRENCY = 0.9  # of the signs
_AMOUNT = r"(?:\d{1,3}(?:\s\d{3})+(?!\d)(?:[.,]\d+)?|\d[\d.,]*)(?:\s?[万萬亿億])?"  # 1 299,50
_COUNT = rf"^[<>≥≤~ ]*(-?{_AMOUNT})[+ ]*$"
_ZEROS = 0.5  # of the prices; where more are 0, that is what things cost
# What has another digit than 0 where the amount stands.
_ANY_BUT_ZERO, _AMOUNT_BUT_ZERO = r".*[1-9].*", rf"(?=[\d.,]*[1-9]){_AMOUNT}"

_TWO_NAMES = 0.1  # of the cells; where only a few have two, a slash may be part of a name
_HAN, _LATIN = (
    r"[^/A-Za-z]*[\u4e00-\u9fff][^/A-Za-z]*",
    r"[^/\u4e00-\u9fff]*[A-Za-z][^/\u4e00-\u9fff]*",
)
_TWO_SCRIPTS = re.compile(f"{_HAN}/{_LATIN}|{_LATIN}/{_HAN}")

_PLAIN = ("model", "language", "gtin", "mpn", "url", "image_url", "in_stock")


def fields_of(roles: dict[str, Role], title: FieldSpec | None) -> tuple[FieldsSpec, list[Decision]]:
    """The `[fields]` of a mapping, but for `title`, which may have to be made."""
    fields: dict[str, FieldSpec] = {}
    decisions: list[Decision] = []
    for name, role in roles.items():
        spec = _spec(name, role, roles)
        if spec is None:
            continue
        fields[name] = spec
        evidence = role.evidence + _more(spec, role.column)
        decisions.append(
            Decision(role.column.label, "field", name, evidence, examples=role.column.examples())
        )
    if "description" not in fields and (described := _described(roles)):
        fields["description"] = described
    decisions += _beside(roles)
    if (
        "price" in roles
        and "currency" not in fields
        and (found := _currency(roles["price"].column))
    ):
        fields["currency"], evidence = found
        decisions.append(Decision(roles["price"].column.label, "field", "currency", evidence))
    return FieldsSpec(title=title, **fields), decisions  # type: ignore[arg-type]


def _beside(roles: dict[str, Role]) -> Iterator[Decision]:
    """What becomes of columns that say more of a field."""
    if below := roles.get("subcategory"):
        yield Decision(below.column.label, "field", "category", f"the step below, {below.evidence}")
    for name, role in roles.items():
        field = "category" if name == "category" else "description"
        for column in role.others:
            why = f"the {name} in another language, by its name"
            yield Decision(column.label, "field", field, why, examples=column.examples())


def _described(roles: dict[str, Role]) -> TextSpec | None:
    """What a product is called and described as besides: search and questions look there."""
    titles = roles["title"].others if "title" in roles else ()
    role = roles.get("description")
    columns = [*titles, *((role.column, *role.others) if role else ())]
    if not columns:
        return None
    has_markup = any(column.share(shapes.is_html) for column in columns)
    markup: Literal["plain", "html"] = "html" if has_markup else "plain"
    if len(columns) == 1:
        (one,) = columns
        return TextSpec(column=one.name, pattern=one.pattern, markup=markup)
    names = tuple(column.name for column in columns if column.pattern is None)
    return TextSpec(columns=names, join=" · ", markup=markup)


def _spec(name: str, role: Role, roles: dict[str, Role]) -> FieldSpec | None:
    column, pattern = role.column.name, role.column.pattern
    match name:
        case "brand":
            aliases = roles.get("brand names")
            if aliases is None and pattern is None and _in_two_scripts(role.column):
                both = NamesSpec(column=column, split="/")
                return BrandSpec(column=column, pattern="[^/]+", names=both)
            names = _names(aliases.column) if aliases else None
            return BrandSpec(column=column, pattern=pattern, names=names)
        case "category":
            return _category(role, roles.get("subcategory"))
        case "description":
            return _described(roles)
        case "price":
            return NumberSpec(
                column=column,
                decimal=decimal_sign(role.column),
                pattern=pattern or _pattern_of_price(role.column),
            )
        case "names":
            return _names(role.column)
        case "currency":
            return FieldSpec(column=column, pattern=pattern)
        case "in_stock":
            return FieldSpec(column=column, pattern=pattern or _pattern_of_stock(role.column))
        case _ if name in _PLAIN:
            return FieldSpec(column=column, pattern=pattern)
        case _:
            return None  # id and title have their own place, other names of a brand are with it


def _in_two_scripts(column: Column) -> bool:
    """`Dyson/戴森`, in a tenth of the cells: one brand by two names."""
    return column.share(lambda text: _TWO_SCRIPTS.fullmatch(text) is not None) >= _TWO_NAMES


def _pattern_of_price(column: Column) -> str | None:
    whole = column.share(shapes.is_amount) == 1
    if 0 < column.share(shapes.is_nothing) <= _ZEROS:
        return _ANY_BUT_ZERO if whole else _AMOUNT_BUT_ZERO
    return None if whole else _AMOUNT


def _more(spec: FieldSpec, column: Column) -> str:
    said = []
    if spec.pattern in (_ANY_BUT_ZERO, _AMOUNT_BUT_ZERO):
        share = percent(column.share(shapes.is_nothing))
        return f"; 0 in {share} of them is read as no price: take `pattern` away if it is one"
    if isinstance(spec, NumberSpec) and spec.decimal != "auto":
        said.append(f"{spec.decimal!r} before its decimals")
    if isinstance(spec, CategorySpec) and spec.separator != ">":
        said.append(f"steps divided by {spec.separator!r}")
    if spec.pattern is not None:
        said.append("a pattern takes what can be read")
    return "".join(f"; {each}" for each in said)


def _pattern_of_stock(column: Column) -> str | None:
    """For cells that say yes, no or how many, where some say something else, or `20+`."""

    def is_plain(text: str) -> bool:
        return shapes.is_yes_no(text) or shapes.number_of(text) is not None

    if column.share(is_plain) == 1:
        return None
    known = sorted(text for text in column.counts if shapes.is_yes_no(text) and not text.isdigit())
    words = ["^(?:" + "|".join(map(_escaped, known)) + ")$"] if known else []
    counts = [_COUNT] if column.share(shapes.is_count) else []
    return "|".join((*words, *counts))


def _escaped(text: str) -> str:
    return "".join(c if c.isalnum() or c in " _-" else "." for c in text)


def _names(column: Column) -> NamesSpec:
    signs = {sign: column.share(lambda t, sign=sign: sign in t) for sign in _NAME_SIGNS}  # type: ignore[misc]
    sign = max(signs, key=lambda each: signs[each])
    return NamesSpec(
        column=column.name, pattern=column.pattern, split=sign if signs[sign] else None
    )


def _category(role: Role, below: Role | None) -> CategorySpec:
    """A path, maybe of two columns, with what it is called in other languages."""
    spec = _path(role.column)
    if below is not None and below.column.pattern is None and spec.join is None:
        steps = f" {spec.separator} "
        columns = (role.column.name, below.column.name)
        spec = CategorySpec(columns=columns, join=steps, separator=spec.separator)
    if role.others:
        names = tuple(column.name for column in role.others)
        spec = structs.replace(spec, names=CategoryNamesSpec(columns=names))
    return spec


def _path(column: Column) -> CategorySpec:
    if column.is_list and column.pattern is None:  # each item is a step
        return CategorySpec(column=column.name, join=">")
    signs = {sign: column.share(lambda t, sign=sign: sign in t) for sign in _PATH_SIGNS}  # type: ignore[misc]
    sign = max(signs, key=lambda each: signs[each])
    separator = sign if signs[sign] >= PATHS else "/" if _steps_by_slash(column) else ">"
    return CategorySpec(column=column.name, pattern=column.pattern, separator=separator)


def _steps_by_slash(column: Column) -> bool:
    """`Clothes/Dresses` in every cell, with first steps that several have; not `TV/Video`."""
    steps = [text.split("/") for text in column.counts]
    firsts = {path[0] for path in steps}
    return all(len(path) > 1 and all(path) for path in steps) and 2 * len(firsts) <= len(steps)


def _currency(price: Column) -> tuple[FieldSpec, str] | None:
    """The currency that prices show, where no column has it."""
    if code := currency_in(price.label):
        return FieldSpec(value=code), f"{code} is in the name of the column"
    shown = Counter[str]()
    for text, count in price.counts.items():
        if sign := shapes.money_sign(text):
            shown[shapes.SIGNS.get(sign, sign)] += count
    if "价" in price.label or shown["CNY"]:
        for sign in "¥￥":  # which are yen where a price is a 価格
            shown["CNY"] += shown.pop(sign, 0)
    shown = +shown
    if not shown or shown.total() < _SHOW_IT * price.total:
        return None
    code, count = shown.most_common(1)[0]
    if count >= _ONE_CURRENCY * shown.total() and shapes.is_currency(code):
        return FieldSpec(value=code), f"{percent(count / price.total)} of the prices show it"
    if shown.total() < _ONE_CURRENCY * price.total:
        return None
    if all(shapes.is_currency(each) and each not in shapes.SIGNS.values() for each in shown):
        spec = FieldSpec(column=price.name, pattern=r"\b[A-Z]{3}\b")
        return spec, "each price shows its own"
    return None


def made_title(table: Table, roles: dict[str, Role], stable: list[Column]) -> tuple[FieldSpec, str]:
    """A title where no column has one: brand and model, and what tells rows of these apart."""
    chosen = [roles[name].column for name in ("brand", "model") if name in roles]
    rest = [c for c in stable if c.pattern is None and c.filled_share >= 0.5 and c not in chosen]
    wanted = TITLE_COLUMNS if chosen else 3
    while rest and len(chosen) < wanted:
        share = table.uniqueness(chosen) if chosen else 0.0
        best = max(rest, key=lambda column: table.uniqueness([*chosen, column]))
        if table.uniqueness([*chosen, best]) <= share:
            break
        chosen.append(best)
        rest.remove(best)
    if not chosen and "id" in roles:
        chosen = [roles["id"].column]
    chosen = chosen or table.columns[:1]
    leading = [roles[name].column for name in ("brand", "model") if name in roles]
    chosen.sort(key=lambda c: (c not in leading, table.columns.index(c)))
    names = tuple(column.name for column in chosen)
    evidence = (
        f"no column is a title; these tell {percent(table.uniqueness(chosen))} of the rows apart"
    )
    if len(names) == 1:
        return FieldSpec(column=names[0]), evidence
    return FieldSpec(columns=names, join=" "), evidence
