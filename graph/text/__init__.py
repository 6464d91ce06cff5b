"""Text to names, numbers and values that compare equal when they mean the same."""

from graph.text.currencies import currencies_of, currency_signs
from graph.text.gtin import gtin_of
from graph.text.ids import (
    brand_id,
    category_ids,
    content_sku,
    distinct_id,
    item_id,
    model_id,
    parameter_id,
    slug,
    value_id,
)
from graph.text.naming import with_brand
from graph.text.numbers import DecimalSign, format_number, parse_number
from graph.text.quantities import find_quantities, parse_quantity
from graph.text.unit_table import Unit
from graph.text.units import convert, find_unit
from graph.text.values import clean_text, normalise_value

__all__ = [
    "DecimalSign",
    "Unit",
    "brand_id",
    "category_ids",
    "clean_text",
    "content_sku",
    "convert",
    "currencies_of",
    "currency_signs",
    "distinct_id",
    "find_quantities",
    "find_unit",
    "format_number",
    "gtin_of",
    "item_id",
    "model_id",
    "normalise_value",
    "parameter_id",
    "parse_number",
    "parse_quantity",
    "slug",
    "value_id",
    "with_brand",
]
