"""Brands and categories of a filter by any name that the graph has for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from graph.filters import Filter, OneOf
from graph.ingest.linking import BrandNames
from graph.records import Named
from graph.text import slug
from graph.text.excerpt import excerpt
from graph.text.near import near_names


def with_ids(filter: Filter, *, brands: Iterable[Named], categories: Iterable[Named]) -> Filter:
    """The same bound filter with ids for names. A name that nothing has stays as it is.

    Of several categories with one name, such as `Home > Lamps` and `Garden > Lamps`, all are meant;
    a brand's name that two of them share decides nothing.
    """
    filter = _replaced(filter, "brand", _brand_ids(brands))
    return _replaced(filter, "category", _category_ids(categories))


def asked(filter: Filter, field: str) -> list[str]:
    """What a filter names of a field, whether it is wanted or not."""
    conditions = (term.condition for term in filter.terms if term.field == field)
    return [value for one in conditions if isinstance(one, OneOf) for value in one.values]


def not_known(
    field: str, asked: Sequence[str], known: Sequence[Named], *, place: str = ""
) -> str | None:
    """A sentence about the first of some ids that none of `known` has; None: they have them all.

    `place`: where they are asked for; default: the field of a filter.
    """
    ids = {one.id for one in known}
    unknown = next((id for id in asked if id not in ids), None)
    if unknown is None:
        return None
    said = unknown.removeprefix(f"{field}=")
    names = {slug(name): one.name for one in known for name in (one.name, *one.names)}
    near = near_names(slug(said), names)
    meant = f"; did you mean {near[0]}?" if near else ""
    return f"nothing is called {excerpt(said)} as {place or f'{field} of `filter`'}{meant}"


def _replaced(filter: Filter, field: str, ids: Callable[[str], list[str]]) -> Filter:
    terms = tuple(
        replace(term, condition=_with(term.condition, ids))
        if term.field == field and isinstance(term.condition, OneOf)
        else term
        for term in filter.terms
    )
    return replace(filter, terms=terms)


def _with(names: OneOf, ids: Callable[[str], list[str]]) -> OneOf:
    return OneOf(tuple(dict.fromkeys(id for name in names.values for id in ids(name))))


def _brand_ids(brands: Iterable[Named]) -> Callable[[str], list[str]]:
    names = BrandNames(brands)
    return lambda name: [brand.id if (brand := names.find(name)) else name]


def _category_ids(categories: Iterable[Named]) -> Callable[[str], list[str]]:
    by_name: dict[str, list[str]] = {}
    known = set()
    for category in categories:
        known.add(category.id)
        for name in {slug(each) for each in (category.name, *category.names)}:
            by_name.setdefault(name, []).append(category.id)
    return lambda name: [name] if name in known else sorted(by_name.get(slug(name), [name]))
