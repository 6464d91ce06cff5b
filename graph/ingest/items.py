"""Loose statements about an item to an `Item`: ids, normalised values and a content hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

import msgspec

from graph.errors import DraftInvalid, ValueInvalid
from graph.ingest.linking import BrandNames
from graph.records import Fact, Item, ItemKind, Named, Parameter, ParameterKind, Record
from graph.text import (
    category_ids,
    clean_text,
    item_id,
    model_id,
    normalise_value,
    parameter_id,
)

CATEGORY_SEPARATOR = ">"

T = TypeVar("T")


class DraftFact(Record, frozen=True):
    """A parameter by id or name, and what a source says of it."""

    parameter: str
    value: str | float | bool
    unit: str | None = None


class ItemDraft(Record, frozen=True):
    """An item as a client states it; `category` is a path such as `Electronics > Phones`."""

    source: str
    sku: str
    title: str
    kind: ItemKind = "product"
    brand: str | None = None
    category: str | None = None
    model: str | None = None
    description: str | None = None
    language: str | None = None
    price: float | None = None
    currency: str | None = None
    gtin: str | None = None
    mpn: str | None = None
    url: str | None = None
    image_url: str | None = None
    in_stock: bool | None = None
    facts: tuple[DraftFact, ...] = ()


def declare_parameters(draft: ItemDraft, known: Mapping[str, Parameter]) -> dict[str, Parameter]:
    """The parameters that `draft` uses and nobody has declared; a number or unit makes a number.

    Raises:
        DraftInvalid: a fact names no parameter.
    """
    declared: dict[str, Parameter] = {}
    for position, fact in enumerate(draft.facts):
        if not fact.parameter.strip():
            raise DraftInvalid(
                field=f"facts/{position}/parameter", value=fact.parameter, reason="is empty"
            )
        if _find_parameter(fact.parameter, known) is None:
            parameter = _infer_parameter(fact)
            declared.setdefault(parameter.id, parameter)
    return declared


def build_item(
    draft: ItemDraft, parameters: Mapping[str, Parameter], brands: BrandNames | None = None
) -> Item:
    """Check and normalise `draft`; every parameter it uses must be in `parameters`.

    A brand that `brands` knows by another name keeps its id.

    Raises:
        DraftInvalid: with the path of the first field that cannot be stored.
    """
    brand = _checked("brand", draft.brand, (brands or BrandNames()).named)
    return assemble(
        kind=draft.kind,
        source=draft.source,
        sku=draft.sku,
        title=_checked("title", draft.title, clean_text) or "",
        brand=brand,
        categories=_checked("category", draft.category, category_path) or (),
        model=_checked("model", draft.model, lambda name: model_named(brand, name)),
        description=_checked("description", draft.description, clean_text),
        language=draft.language,
        price=draft.price,
        currency=draft.currency,
        gtin=draft.gtin,
        mpn=draft.mpn,
        url=draft.url,
        image_url=draft.image_url,
        in_stock=draft.in_stock,
        facts=tuple(_fact(position, fact, parameters) for position, fact in enumerate(draft.facts)),
    )


def assemble(
    *,
    kind: ItemKind,
    source: str,
    sku: str,
    title: str,
    brand: Named | None,
    facts: Iterable[Fact],
    **fields: object,
) -> Item:
    """The `Item` of already normalised parts, with its id, its facts once each, and its hash.

    Raises:
        DraftInvalid: without a title, or with an id that cannot be one.
    """
    if not title:
        raise DraftInvalid(field="title", value="", reason="is empty", code="title_missing")
    try:
        id = (
            model_id(brand.name if brand else None, title)
            if kind == "model"
            else item_id(source, sku)
        )
    except ValueInvalid as error:
        raise DraftInvalid(field="id", value=error.value, reason=error.reason) from error
    return _hashed(
        Item(
            kind=kind,
            id=id,
            title=title,
            source=source,
            brand=brand,
            facts=tuple({fact.value.id: fact for fact in facts}.values()),
            content_hash="",
            **fields,  # type: ignore[arg-type]
        )
    )


def change(*, source: str, sku: str, **fields: object) -> Item:
    """What has changed of a product: an item of that id with nothing but these fields.

    Raises:
        DraftInvalid: with an id that cannot be one.
    """
    try:
        id = item_id(source, sku)
    except ValueInvalid as error:
        raise DraftInvalid(field="id", value=error.value, reason=error.reason) from error
    return _hashed(
        Item(kind="product", id=id, title="", source=source, content_hash="", **fields)  # type: ignore[arg-type]
    )


def _hashed(item: Item) -> Item:
    # Nobody has it yet, and a copy would cost as much as the item itself.
    msgspec.structs.force_setattr(item, "content_hash", _content_hash(item))
    return item


def category_path(path: str, separator: str = CATEGORY_SEPARATOR) -> tuple[Named, ...]:
    names = [name for part in path.split(separator) if (name := clean_text(part))]
    if not names:
        raise ValueInvalid(value=path, reason=f"{path!r} names no category")
    ids = category_ids(names)
    return tuple(
        Named(id=id, name=name, names=(name,)) for id, name in zip(ids, names, strict=True)
    )


def with_other_names(
    path: tuple[Named, ...], others: tuple[str, ...], *, separator: str = CATEGORY_SEPARATOR
) -> tuple[Named, ...]:
    """A path with other names: of each step, where they are a path as long, or else of the last."""
    names = {step.id: list(step.names) for step in path}
    for other in others:
        steps = [name for part in other.split(separator) if (name := clean_text(part))]
        if len(steps) != len(path):
            steps = steps[-1:]
        for category, name in zip(reversed(path), reversed(steps), strict=False):
            names[category.id].append(name)
    return tuple(
        Named(id=step.id, name=step.name, names=tuple(dict.fromkeys(names[step.id])))
        for step in path
    )


def model_named(brand: Named | None, name: str) -> Named:
    cleaned = clean_text(name)
    return Named(
        id=model_id(brand.name if brand else None, cleaned), name=cleaned, names=(cleaned,)
    )


def _content_hash(item: Item) -> str:
    return hashlib.blake2b(msgspec.msgpack.encode(item), digest_size=12).hexdigest()


def _checked(field: str, value: str | None, build: Callable[[str], T]) -> T | None:
    if value is None or not value.strip():
        return None
    try:
        return build(value)
    except ValueInvalid as error:
        raise DraftInvalid(field=field, value=value, reason=error.reason) from error


def _fact(position: int, fact: DraftFact, parameters: Mapping[str, Parameter]) -> Fact:
    parameter = _find_parameter(fact.parameter, parameters)
    if parameter is None:
        raise DraftInvalid(
            field=f"facts/{position}/parameter",
            value=fact.parameter,
            reason=f"no parameter is called {fact.parameter!r}",
        )
    try:
        value = normalise_value(_raw(fact), parameter)
    except ValueInvalid as error:
        raise DraftInvalid(
            field=f"facts/{position}/value", value=str(fact.value), reason=error.reason
        ) from error
    return Fact(value=value, evidence=fact.parameter)


def _raw(fact: DraftFact) -> str:
    if isinstance(fact.value, bool):
        return "yes" if fact.value else "no"
    if isinstance(fact.value, str):
        return f"{fact.value} {fact.unit}" if fact.unit else fact.value
    return f"{fact.value!r} {fact.unit or ''}".strip()


def _find_parameter(reference: str, parameters: Mapping[str, Parameter]) -> Parameter | None:
    return parameters.get(reference) or parameters.get(parameter_id(reference))


def _infer_parameter(fact: DraftFact) -> Parameter:
    kind: ParameterKind = (
        "boolean"
        if isinstance(fact.value, bool)
        else "number"
        if fact.unit or not isinstance(fact.value, str)
        else "text"
    )
    return Parameter(
        id=parameter_id(fact.parameter),
        name=fact.parameter,
        kind=kind,
        unit=fact.unit,
        names=(fact.parameter,),
    )
