"""Columns to the fields of an item, by their names and by what stands in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from graph.ingest.markup import visible_text
from graph.ingest.suggest import shapes
from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.headers import is_position, language_in, roles_of, says_how_many
from graph.ingest.suggest.proposal import percent
from graph.text import slug

SHORT = 80  # characters of a name; titles and descriptions are longer
LONG_TEXT = 150  # characters in the mean; titles are shorter
SKU_CHARACTERS = 200  # as many as an id takes
BY_CONTENT = 0.3  # a name counts more than what merely looks like it
RARELY = 0.005  # of the rows say something: too few for any field
MIN_FILLED = 0.3  # and columns that are mostly empty decide nothing without one either
IDENTIFIED = 0.8  # of the rows; where fewer have their own, it is the id of something else
IN_LANGUAGES = ("title", "category", "description")  # of which columns for others are read
STOCK_CELLS = 0.98  # another word, such as a date of delivery, must not cost many rows
MODEL_ROWS = 50  # of fewer, too little is repeated to tell models from titles
SAID_BY_TITLES, OF_SEVERAL_TITLES = 0.6, 0.2  # of the words, and of the cells, of models
DISTINCT_MODELS = 0.3  # of the cells; what fewer things are called is a kind of thing
MIN_ROWS = 5  # of fewer, content says nothing about columns without a telling name

_FILE = re.compile(r"[/\\].*\.\w{2,5}$")


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a sample, and the rows of it that repeat no earlier one."""

    columns: list[Column]
    distinct_rows: list[int]

    def uniqueness(self, columns: list[Column]) -> float:
        """Of the distinct rows, the share that these columns tell apart."""
        keys = {tuple(column.texts[row] for column in columns) for row in self.distinct_rows}
        return len(keys) / max(1, len(self.distinct_rows))

    def lacking(self, column: Column) -> int:
        """How many of the distinct rows say nothing in this column."""
        return sum(not column.texts[row] for row in self.distinct_rows)

    def repeating(self, column: Column) -> int:
        """How many of the distinct rows say in this column what an earlier one has said."""
        said = [column.texts[row] for row in self.distinct_rows if column.texts[row]]
        return len(said) - len(set(said))


@dataclass(frozen=True, slots=True)
class Role:
    """A field and the column that fills it."""

    name: str
    column: Column
    evidence: str
    named: bool = False  # the name of the column speaks for it, not only its content
    others: tuple[Column, ...] = ()  # that say the same in other languages


@dataclass(frozen=True, slots=True)
class _Check:
    """How a column shows that it fills a field: the share of its cells that say `says`.

    Under a telling name `named` of them are enough; without one, another measure has to reach
    `unnamed`, and where there is none the field needs the name.
    """

    says: str
    measure: Callable[[Column, Table], float]
    named: float
    by_content: Callable[[Column, Table], float] | None = None
    unnamed: float = 1.0


def assign_roles(table: Table) -> dict[str, Role]:
    """Each field to the column that fills it best, each column to one field at most."""
    found: dict[str, Role] = {}
    taken: set[tuple[str, str | None]] = set()
    claims = sorted(_claims(table), key=lambda claim: (-claim[0], claim[1]))
    for score, _, name, column, evidence in claims:
        if name not in found and column.key not in taken:
            found[name] = Role(name, column, evidence, named=score > BY_CONTENT)
            taken.add(column.key)
    _add_model_by_reference(table, found, taken)
    _add_brand_by_reference(table, found, taken)
    if "brand" not in found:
        found.pop("brand names", None)
    if "subcategory" in found and "category" not in found:
        found["category"] = replace(found.pop("subcategory"), name="category")
    for name in set(IN_LANGUAGES) & set(found):
        others = [c for c in table.columns if c.key not in taken and _translates(c, found[name])]
        found[name] = replace(found[name], others=tuple(others))
        taken.update(column.key for column in others)
    return found


def _translates(column: Column, role: Role) -> bool:
    """Whether it says in another language what the column of the role does: `title.en`."""
    language = language_in(column.label)
    if language is None or language == language_in(role.column.label) or column.pattern:
        return False
    check = _CHECKS[role.name]
    named = role.name in roles_of(column.label)
    return named and not column.is_list and check.measure(column, _NO_TABLE) >= check.named


def _claims(table: Table) -> Iterator[tuple[float, int, str, Column, str]]:
    for order, column in enumerate(table.columns):
        if column.filled_share < RARELY:
            continue
        named = roles_of(column.label)
        for name, check in _CHECKS.items():
            strength = named.get(name, 0.0)
            share = check.measure(column, table) if strength > 0 else 0.0
            if strength > 0 and share >= check.named:
                score = strength + share * column.filled_share
                yield score, order, name, column, f"by its name; {_said(check, share, column)}"
                continue
            few = len(table.distinct_rows) < MIN_ROWS or column.filled_share < MIN_FILLED
            if check.by_content is None or few:
                continue
            share = check.by_content(column, table)
            if share >= check.unnamed:
                score = BY_CONTENT * share * column.filled_share
                yield score, order, name, column, f"by its content; {_said(check, share, column)}"


def _said(check: _Check, share: float, column: Column) -> str:
    return f"{check.says} in {percent(share)} of {column.filled:,} cells"


def _add_brand_by_reference(
    table: Table, found: dict[str, Role], taken: set[tuple[str, str | None]]
) -> None:
    """A column without a telling name whose repeated words begin the titles is the brand."""
    if "title" not in found or "brand" in found or len(table.distinct_rows) < MIN_ROWS:
        return
    begins = partial(_begins_titles, titles=found["title"].column)
    best = max((c for c in table.columns if c.key not in taken), key=begins, default=None)
    if best is not None and (share := begins(best)) >= 0.5:
        evidence = f"by its content; its words repeat and begin {percent(share)} of the titles"
        found["brand"] = Role("brand", best, evidence)
        taken.add(best.key)


def _add_model_by_reference(
    table: Table, found: dict[str, Role], taken: set[tuple[str, str | None]]
) -> None:
    """A column that says in a few words what several titles say is the model that they are of."""
    if "title" not in found or "model" in found or len(table.distinct_rows) < MODEL_ROWS:
        return
    titles = found["title"].column
    for column in table.columns:
        said, shared = (0.0, 0.0) if column.key in taken else _names_titles(column, titles)
        if said >= SAID_BY_TITLES and shared >= OF_SEVERAL_TITLES:
            evidence = (
                f"by its content; {percent(said)} of its words stand in the title beside them, "
                f"and {percent(shared)} of its cells beside several titles"
            )
            found["model"] = Role("model", column, evidence)
            taken.add(column.key)
            return


def _names_titles(column: Column, titles: Column) -> tuple[float, float]:
    """Of its words, how many the titles have; of its cells, how many other titles have as well."""
    if column.filled_share < MIN_FILLED or column.mean_length > SHORT:
        return 0.0, 0.0
    if column.is_list or column.distinct_share < DISTINCT_MODELS:
        return 0.0, 0.0
    pairs = [
        (own[0], title[0])
        for own, title in zip(column.texts, titles.texts, strict=True)
        if own and title
    ]
    words = [(_words(own), _words(title)) for own, title in pairs]
    total = sum(len(own) for own, _ in words)
    if not pairs or total < 2 * len(pairs):  # a code or a single name, which says less than a model
        return 0.0, 0.0
    beside = defaultdict(set)
    for own, title in pairs:
        beside[own].add(title)
    shared = sum(len(beside[own]) > 1 for own, _ in pairs)
    return sum(len(own & title) for own, title in words) / total, shared / len(pairs)


def _words(text: str) -> set[str]:
    return set(slug(text).split("-")) if any(map(str.isalnum, text)) else set()


def _begins_titles(column: Column, titles: Column) -> float:
    if not 2 <= column.distinct <= 0.5 * column.filled or column.mean_length < 2:
        return 0.0
    starts = sum(
        bool(own and title and title.lower().startswith(own.lower()))
        for own, title in zip(
            map(column.first, range(len(column.texts))),
            map(titles.first, range(len(column.texts))),
            strict=True,
        )
    )
    return starts / max(1, column.filled)


def _identity(column: Column, table: Table) -> float:
    """The share of the distinct rows that have an id of their own here."""
    if column.pattern or column.share(lambda t: 0 < len(t) <= SKU_CHARACTERS) < 1:
        return 0.0
    if is_position(column.label) and counts_rows(column):
        return 0.0
    without = table.lacking(column) + table.repeating(column)
    return 1 - without / max(1, len(table.distinct_rows))


def _identity_by_content(column: Column, table: Table) -> float:
    """Codes; never numbers that merely happen to differ, such as prices."""
    coded = column.share(lambda t: shapes.is_code(t) and not t.isdigit() and "." not in t)
    lengths = {len(text) for text in column.counts}
    digits = column.share(str.isdigit) == 1 and len(lengths) == 1 and min(lengths) >= 5
    if counts_rows(column) or (coded < 1 and not digits) or column.share(shapes.is_time) > 0:
        return 0.0
    if column.share(lambda t: shapes.number_of(t) is not None) > 0.5 and not digits:
        return 0.0
    return _identity(column, table)


def counts_rows(column: Column) -> bool:
    """Whole numbers, each a little higher than the one before: they count rows, and move."""
    texts = [column.first(row) for row in range(len(column.texts))]
    if not all(text and text.isascii() and text.isdigit() and len(text) < 10 for text in texts):
        return False
    numbers = [int(text) for text in texts if text]
    steps = {after - before for before, after in pairwise(numbers)}
    return bool(steps) and min(steps) > 0 and max(steps) - min(steps) <= 1


def _title(column: Column, _: Table) -> float:
    return column.share(_is_plain_text)


def _title_by_content(column: Column, table: Table) -> float:
    if not 8 <= column.mean_length <= LONG_TEXT or column.is_list:
        return 0.0
    several = column.share(lambda t: _is_plain_text(t) and shapes.words(t) >= 3)
    return several * min(1.0, 1.25 * table.uniqueness([column]))


def _is_plain_text(text: str) -> bool:
    return shapes.words(text) > 0 and not (
        shapes.is_url(text) or shapes.is_html(text) or shapes.is_structure(text)
    )


def _name(column: Column, _: Table) -> float:
    return column.share(lambda t: len(t) <= SHORT and _is_plain_text(t))


def _code_or_name(column: Column, _: Table) -> float:
    return column.share(lambda t: len(t) <= SHORT and not shapes.is_url(t))


def _names(column: Column, _: Table) -> float:
    return column.share(lambda t: len(t) <= 300 and _is_plain_text(t))


def _category(column: Column, table: Table) -> float:
    """A `path` may be one of files as well."""
    return min(_names(column, table), column.share(lambda t: not _FILE.search(t)))


def _category_by_content(column: Column, _: Table) -> float:
    if column.distinct_share > 0.5:
        return 0.0
    return column.share(lambda t: ">" in t and not shapes.is_html(t) and _is_plain_text(t))


def _amount(column: Column, _: Table) -> float:
    return column.share(shapes.is_amount)


def _amount_by_content(column: Column, _: Table) -> float:
    return column.share(lambda t: shapes.is_amount(t) and shapes.has_money_sign(t))


def _gtin(column: Column, _: Table) -> float:
    return column.share(shapes.is_gtin)


def _gtin_by_content(column: Column, _: Table) -> float:
    if column.distinct < 0.5 * column.filled or counts_rows(column):
        return 0.0
    return column.share(lambda t: shapes.is_gtin(t) and len(t) in (8, 12, 13, 14))


def _url(column: Column, _: Table) -> float:
    return column.share(shapes.is_url)


def _url_by_content(column: Column, _: Table) -> float:
    if column.distinct < 0.5 * column.filled:
        return 0.0
    return column.share(lambda t: shapes.is_url(t) and not shapes.is_image_url(t))


def _image_by_content(column: Column, _: Table) -> float:
    return column.share(shapes.is_image_url)


def _stock(column: Column, _: Table) -> float:
    return stock_share(column)


def stock_share(column: Column) -> float:
    """Of the cells, the share that say whether there are any, or how many.

    Of a mere `quantity` some are sold out, or it is how many are in a pack.
    """
    if says_how_many(column.label) and not column.share(shapes.is_nothing):
        return 0.0
    return column.share(lambda t: shapes.is_yes_no(t) or shapes.is_count(t))


def _description(column: Column, _: Table) -> float:
    return column.share(_is_text)


def _description_by_content(column: Column, _: Table) -> float:
    if column.mean_length < LONG_TEXT or column.distinct < 0.5 * column.filled:
        return 0.0
    return column.share(_is_text)


def _is_text(text: str) -> bool:
    """Plain or as a page shows it."""
    return _is_plain_text(visible_text(text) if shapes.is_html(text) else text)


def _currency(column: Column, _: Table) -> float:
    return column.share(shapes.is_currency)


def _language(column: Column, _: Table) -> float:
    return column.share(shapes.is_language)


def _language_by_content(column: Column, _: Table) -> float:
    return column.share(shapes.is_language) if column.distinct > 1 else 0.0


_NO_TABLE = Table([], [])
_CHECKS: dict[str, _Check] = {
    "id": _Check("tells distinct rows apart", _identity, IDENTIFIED, _identity_by_content, 1.0),
    "title": _Check("words", _title, 0.5, _title_by_content, 0.8),
    "brand": _Check("a short name", _name, 0.8),
    "category": _Check("a name", _category, 0.8, _category_by_content, 0.8),
    "subcategory": _Check("a name", _category, 0.8),
    "model": _Check("a short name", _code_or_name, 0.9),
    "price": _Check("an amount", _amount, 0.8, _amount_by_content, 0.8),
    "currency": _Check("an ISO 4217 code", _currency, 0.95, _currency, 0.98),
    "gtin": _Check("a valid check digit", _gtin, 0.6, _gtin_by_content, 0.95),
    "mpn": _Check("a short code", _code_or_name, 0.8),
    "url": _Check("an address", _url, 0.9, _url_by_content, 0.95),
    "image_url": _Check("an address", _url, 0.9, _image_by_content, 0.8),
    "in_stock": _Check("yes, no or how many", _stock, STOCK_CELLS),
    "description": _Check("words", _description, 0.5, _description_by_content, 0.9),
    "language": _Check("a language", _language, 0.95, _language_by_content, 0.99),
    "names": _Check("names", _names, 0.8),
    "brand names": _Check("names", _names, 0.8),
}
