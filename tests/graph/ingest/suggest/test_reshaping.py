"""Rows that are not yet one thing each, and several columns that say one thing."""

from __future__ import annotations

import json

import pytest

from tests.graph.ingest.suggest.shop import ROWS, gtin

SIZES = ("S", "M", "L")


@pytest.fixture
def exported(tmp_path):
    """An export of 30 products, each an object made from its number."""

    def exported(product):
        path = tmp_path / "export.ndjson"
        path.write_text("\n".join(json.dumps(product(number)) for number in range(30)))
        return path

    return exported


def nested(number):
    return {
        "id": f"P{number}",
        "title": f"Nordal Shirt number {number} in wool",
        "vendor": ("Nordal", "Kinto")[number % 2],
        "images": [{"id": number, "src": f"https://shop.example/{number}.jpg", "alt": "A shirt"}],
        "variants": [
            {"sku": f"{number}-{size}", "ean": gtin(3 * number + n), "price": "9,50", "size": size}
            for n, size in enumerate(SIZES)
        ],
        "options": ["Size"] if number % 2 else ["Size", "Price"],
        "specs": {"Weight": f"{number + 1} g", "box": {"size": f"{number} cm"}},
    }


def test_variants_in_a_list_are_rows_with_what_their_product_says(exported, suggested, items):
    path = exported(nested)

    assert suggested(path).file.each == "variants"
    found = items(path)
    assert [item.id for item in found[:3]] == ["shop:0-S", "shop:0-M", "shop:0-L"]
    assert {item.title for item in found[:3]} == {"Nordal Shirt number 0 in wool"}
    assert (found[1].brand.name, found[1].price, found[1].gtin) == ("Nordal", 9.5, gtin(1))
    assert found[1].image_url == "https://shop.example/0.jpg"
    assert [fact.value.text for fact in found[1].facts] == ["M", "1 g", "0 cm"]


def test_keys_of_objects_are_called_as_other_dumps_call_their_columns(exported, suggested):
    names = [one.name for one in suggested(exported(nested)).parameters]

    assert names == ["Variants.size", "Weight", "Box.size"]


def test_a_list_of_what_is_not_sold_makes_no_rows(exported, suggested):
    def product(number):
        return {key: value for key, value in nested(number).items() if key != "variants"}

    mapping = suggested(exported(product))

    assert (mapping.file.each, mapping.id.column) == (None, "id")


def test_texts_in_other_languages_are_found_by_and_are_no_parameters(exported, suggested, items):
    def product(number):
        thing = ("lamp", "desk", "sofa")[number % 3]
        return {
            "sku": f"N-{number}",
            "title": {"fr": f"Belle {thing} {number} en chêne", "en": f"Oak {thing} {number}, big"},
            "category": {"fr": f"Maison > {thing}s", "en": f"Home > {thing.upper()}S"},
            "body_html": {"fr": f"<p>Large de {number}&nbsp;cm</p>", "en": f"<p>{number} wide</p>"},
            "price": f"{number}.50",
        }

    path = exported(product)

    assert suggested(path).parameters == ()
    found = items(path)[1]
    assert found.title == "Belle desk 1 en chêne"
    assert found.description == "Oak desk 1, big · Large de 1 cm · 1 wide"
    assert found.categories[-1].names == ("desks", "DESKS")


def test_blank_cells_of_merged_ones_are_filled_from_above(dump, suggested, items):
    rows = [
        (f"Kind {n // 6}" if n % 6 == 0 else "", row[1] if n % 2 == 0 else "", row[0], row[4])
        for n, row in enumerate(ROWS)
    ]
    path = dump(("category", "title", "sku", "price"), rows)

    assert suggested(path).file.fill_down == ("category", "title")
    found = items(path)
    assert [item.categories[0].name for item in found[5:7]] == ["Kind 0", "Kind 1"]
    assert found[3].title == found[2].title


def test_a_column_with_gaps_is_not_filled(dump, suggested):
    rows = [(row[2] if n % 3 else "", row[1], row[0]) for n, row in enumerate(ROWS)]
    rows[0] = (ROWS[0][2], *rows[0][1:])
    rows = [(rows[0][0] if row[0] else "", *row[1:]) for row in rows]

    assert suggested(dump(("brand", "title", "sku"), rows)).file.fill_down == ()


def test_columns_of_one_name_are_both_read(dump, suggested):
    rows = [(row[0], row[1], f"{n} g", f"{n + 1} kg") for n, row in enumerate(ROWS)]
    mapping = suggested(dump(("sku", "title", "weight", "weight"), rows))

    assert [(one.column, one.unit) for one in mapping.parameters] == [
        ("weight", "g"),
        ("weight_2", "kg"),
    ]


def test_a_category_and_its_subcategory_are_a_path(dump, items):
    rows = [(row[0], row[1], "Home", ("Lamps", "Desks")[n % 2]) for n, row in enumerate(ROWS)]

    found = items(dump(("sku", "title", "Famille", "Sous-famille"), rows))

    assert [step.name for step in found[1].categories] == ["Home", "Desks"]


def test_a_dump_of_prices_and_stock_alone_changes_what_is_there(dump, suggested):
    rows = [(row[0], row[4], n % 3, row[11]) for n, row in enumerate(ROWS)]
    mapping = suggested(dump(("sku", "prix", "stock", "updated"), rows))

    assert mapping.changes
    assert (mapping.fields.title, mapping.parameters) == (None, ())
    assert (mapping.fields.price.column, mapping.fields.in_stock.column) == ("prix", "stock")


def test_a_made_title_has_no_price_in_it(dump, suggested):
    rows = [(row[0], row[2], f"T{n % 20}", row[4]) for n, row in enumerate(ROWS)]
    mapping = suggested(dump(("sku", "marque", "modèle", "prix"), rows))

    assert mapping.fields.title.columns == ("marque", "modèle")


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("100 % wool", "70% silk 30% wool", "65% cotton"), ["text"]),
        (("4-7 bar", "3,5 - 6 bar", "2 à 3 bar"), [4.0, 7.0]),
        (("-20 à +50 °C", "-5 à 40 °C"), [-20.0, 50.0]),
        (("5 L", "12 L", "35-45 L", "35+10 L", "7 L", "9 L"), [5.0]),
        (("comfort -5 °C", "limit -11 °C", "for 3 °C"), [-5.0]),
    ],
)
def test_what_a_number_is_among_text(dump, suggested, items, cells, said):
    rows = [(*row[:2], cells[n % len(cells)]) for n, row in enumerate(ROWS)]
    path = dump(("sku", "title", "property"), rows)

    facts = items(path)[0].facts

    expected = [one.kind for one in suggested(path).parameters] if said == ["text"] else said
    assert ([fact.value.number for fact in facts] if said != ["text"] else ["text"]) == expected
    amounts = [fact.value.number for item in items(path)[2:5] for fact in item.facts]
    assert {45.0, 10.0}.isdisjoint(amounts)


def test_thousands_divided_by_spaces_are_read_beside_what_is_no_price(dump, items):
    rows = [(*row[:2], "1 299,50 €" if n else "on request 5,00") for n, row in enumerate(ROWS)]

    assert items(dump(("sku", "title", "prix TTC"), rows))[1].price == 1299.5
