"""Items as the properties of their nodes: what online imports and bulk loads both write."""

from __future__ import annotations

from graph.records import Item, Named, Parameter, Value


def stored_hash(item: Item) -> str:
    """The hash as the node keeps it: for a model with the source it came from."""
    return f"{item.source}={item.content_hash}" if item.kind == "model" else item.content_hash


def target_of(item: Item, type: str) -> str | None:
    if type == "MADE_BY":
        return item.brand.id if item.brand else None
    if type == "BELONGS_TO":
        return item.categories[-1].id if item.categories else None
    return item.model.id if item.model else None


def item_row(item: Item) -> dict[str, object]:
    properties: dict[str, object] = {
        "brand_id": target_of(item, "MADE_BY"),
        "category_id": target_of(item, "BELONGS_TO"),
        "description": item.description,
        "gtin": item.gtin,
        "mpn": item.mpn,
        "url": item.url,
        "image_url": item.image_url,
    }
    if item.kind == "model":
        properties |= {"name": item.title, "names": list(item.names or (item.title,))}
    else:
        properties |= {
            "title": item.title,
            "source": item.source,
            "language": item.language,
            "price": item.price,
            "currency": item.currency,
            "in_stock": item.in_stock,
            "model_id": target_of(item, "INSTANCE_OF"),
        }
    if item.kind == "model":  # another source may have said what this one does not
        properties = {name: value for name, value in properties.items() if value is not None}
    properties["closed_at"] = None  # a source that lists an item again opens it
    return {"id": item.id, "hash": stored_hash(item), "properties": properties}


def parameter_row(parameter: Parameter) -> dict[str, object]:
    return {
        "id": parameter.id,
        "name": parameter.name,
        "kind": parameter.kind,
        "unit": parameter.unit,
        "decimals": parameter.decimals,
        "names": list(parameter.names or (parameter.name,)),
    }


def value_row(value: Value) -> dict[str, object]:
    return {
        "id": value.id,
        "parameter": value.parameter,
        "text": value.text,
        "number": value.number,
        "unit": value.unit,
    }


def named_row(named: Named) -> dict[str, object]:
    return {"id": named.id, "name": named.name, "names": list(named.names or (named.name,))}
