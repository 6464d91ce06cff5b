"""Whole dumps to mapping files: fields, ids, targets, what is left out, and errors."""

from __future__ import annotations

import json

import pytest

from graph.errors import ImportFailed
from graph.ingest.suggest import suggest
from tests.graph.ingest.suggest.shop import MAKERS, NAMES, ROWS

ENGLISH = [
    "SKU",
    "productTitle",
    "Manufacturer",
    "category_path",
    "sale_price",
    "currency",
    "EAN13",
    "link",
    "image",
    "availability",
    "weight",
    "crawled_at",
    "vendor_id",
]
CHINESE = [
    "商品编号",
    "标题",
    "品牌",
    "商品分类",
    "售价",
    "币种",
    "条形码",
    "链接",
    "主图",
    "有货",
    "重量",
    "抓取时间",
    "供应商id",
]
SILENT = [f"col{number}" for number in range(1, 14)]


def columns_of(mapping):
    fields = mapping.fields
    named = {name: getattr(fields, name) for name in fields.__struct_fields__}
    return {name: spec.column for name, spec in named.items() if spec} | {"id": mapping.id.column}


@pytest.mark.parametrize("header", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_columns_with_telling_names_fill_every_field(dump, suggested, header):
    mapping = suggested(dump(header, ROWS))

    order = [
        "id",
        "title",
        "brand",
        "category",
        "price",
        "currency",
        "gtin",
        "url",
        "image_url",
        "in_stock",
    ]
    assert columns_of(mapping) == dict(zip(order, header, strict=False))
    assert [(p.column, p.kind, p.unit) for p in mapping.parameters] == [
        (header[10], "number", "kg")
    ]


def test_a_parameter_is_called_otherwise_than_the_fields_of_an_item(dump, suggested):
    rows = [(f"N-{n}", f"{NAMES[n % 10]} {n} in oak", MAKERS[n % 4]) for n in range(60)]

    mapping = suggested(dump(("sku", "title", "kind"), rows))

    assert [(one.id, one.name) for one in mapping.parameters] == [("kind-2", "Kind")]


@pytest.mark.parametrize(
    ("header", "cell", "category"),
    [
        ("path", "Home/{}", "path"),
        ("file path", "Home/{}", None),
        ("path", "/shop/{}.html", None),
    ],
)
def test_a_path_is_of_categories_and_not_of_files(dump, suggested, header, cell, category):
    rows = [(f"N-{n}", f"{NAMES[n % 10]} {n}", cell.format(NAMES[n % 3])) for n in range(60)]

    found = columns_of(suggested(dump(("sku", "title", header), rows)))

    assert found.get("category") == category


def test_names_that_say_nothing_leave_the_content_to_speak(dump, suggested):
    found = columns_of(suggested(dump(SILENT, ROWS)))

    assert found == {
        "id": "col1",
        "title": "col2",
        "brand": "col3",
        "category": "col4",
        "currency": "col6",
        "gtin": "col7",
        "url": "col8",
        "image_url": "col9",
    }


def test_every_decision_has_evidence_with_shares_and_cells(dump):
    suggestion = suggest([dump(ENGLISH, ROWS)])

    (weight,) = [d for d in suggestion.decisions if d.column == "weight"]
    assert (weight.use, weight.kind, weight.unit) == ("parameter", "number", "kg")
    assert weight.evidence == "unit kg in 100 % of 60 cells"
    assert "1 kg" in weight.examples
    assert "# unit kg in 100 % of 60 cells; such as" in suggestion.toml
    assert all(decision.evidence for decision in suggestion.decisions)
    assert {d.column for d in suggestion.decisions} >= set(ENGLISH)


@pytest.mark.parametrize(
    ("header", "cell", "reason"),
    [
        ("empty", lambda n: "", "empty"),
        ("always", lambda n: "the same", "constant"),
        ("seller_id", lambda n: n % 7, "ids"),
        ("hash", lambda n: f"{n:032x}", "random ids"),
        ("crawled", lambda n: f"2026-01-02 03:{n:02}:05", "times"),
        ("row", lambda n: n + 1, "row numbers"),
        ("Unnamed: 0", lambda n: n, "row numbers"),
        ("shop page", lambda n: f"https://shop.example/seller/{n % 3}", "addresses"),
        ("body", lambda n: f"<p>Nice <b>thing</b> {n}</p>", "markup"),
        ("story", lambda n: f"A long story, told {n} times. " * 20, "long text"),
        ("raw", lambda n: '{"deep": [{"a": 1}]}', "JSON as text"),
    ],
)
def test_what_says_nothing_about_a_thing_is_left_out_with_the_reason(dump, header, cell, reason):
    rows = [(*row[:2], *row[8:9], f"Words that make this one {n}", cell(n))
            for n, row in enumerate(ROWS)]  # fmt: skip
    path = dump(("sku", "title", "image", "description", header), rows)

    suggestion = suggest([path])

    assert [(d.name, d.column) for d in suggestion.decisions if d.use == "ignored"] == [
        (reason, header)
    ]
    assert f"#   {header!r}: {reason}: " in suggestion.toml


def test_a_row_number_is_no_id_whatever_else_is_missing(dump, suggested):
    rows = [(number, row[1]) for number, row in enumerate(ROWS)]

    mapping = suggested(dump(("", "title"), rows))

    assert mapping.id.column == "title"
    assert mapping.id.hash


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda rows: [("", *rows[0][1:]), *rows[1:]], "1 row without one will be rejected"),
        (lambda rows: [(rows[1][0], *rows[0][1:]), *rows[1:]], "duplicate_id"),
        (lambda rows: rows, "filled and different in each of"),
    ],
    ids=["missing", "repeated", "in order"],
)
@pytest.mark.parametrize("count", [6, 60])
def test_a_column_that_is_called_an_id_is_one_though_a_row_has_none_of_its_own(
    dump, suggested, count, spoil, said
):
    path = dump(ENGLISH, spoil(ROWS[:count]))

    suggestion = suggest([path])

    assert suggested(path).id.column == "SKU"
    (decision,) = [d for d in suggestion.decisions if d.name == "id"]
    assert said in decision.evidence
    assert said in suggestion.toml


def test_why_a_column_that_is_called_an_id_is_not_taken_is_said(dump, suggested):
    rows = [(number // 3, *row[1:]) for number, row in enumerate(ROWS)]
    path = dump(ENGLISH, rows)

    suggestion = suggest([path])

    assert suggested(path).id.column == "EAN13"
    (decision,) = [d for d in suggestion.decisions if d.name == "id"]
    assert "'SKU' has none in 0 rows and repeats an earlier one in 40 rows" in decision.evidence


def test_without_an_id_as_many_columns_are_hashed_as_tell_rows_apart(dump, items):
    rows = [(n % 4, MAKERS[n % 4], NAMES[n % 10], ("red", "blue")[n // 20 % 2]) for n in range(40)]
    path = dump(("stock", "brand", "model", "colour"), [*rows, rows[0]])

    found = items(path)

    assert len(found) == 40
    assert len({item.id for item in found}) == 40
    assert found[0].title == "Nordal Lamp red"


def test_an_id_is_the_same_whatever_order_the_rows_come_in(dump, items):
    rows = [(f"{MAKERS[n % 4]} {NAMES[n % 10]} {n}", n) for n in range(30)]

    once = {item.title: item.id for item in items(dump(("title", "price"), rows))}
    again = {item.title: item.id for item in items(dump(("title", "price"), rows[::-1]))}

    assert once == again


def test_brands_and_models_without_offers_are_a_reference_catalogue(dump, suggested):
    rows = [(MAKERS[n % 4], f"{NAMES[n % 10]} {n}", f"{n + 1} kg", "oak") for n in range(30)]
    path = dump(("brand", "model", "weight", "wood"), rows)

    assert suggested(path).target == "model"
    assert suggested(path).fields.title.column == "model"
    assert suggested(path, target="product").target == "product"


def test_a_currency_is_read_from_the_name_of_the_column_or_the_prices(dump, suggested):
    named = suggested(dump(("sku", "title", "price (USD)"), [(*row[:2], 9.5) for row in ROWS]))
    shown = suggested(dump(("sku", "title", "price"), [(*row[:2], "€ 9,50") for row in ROWS]))
    open_ = suggested(dump(("sku", "title", "price"), [(*row[:2], "$9.50") for row in ROWS]))

    assert named.fields.currency.value == "USD"
    assert shown.fields.currency.value == "EUR"
    assert shown.fields.price.decimal == ","
    assert open_.fields.currency is None  # several countries write $


@pytest.mark.parametrize(
    ("header", "cells", "currency"),
    [
        ("售价（元）", ["9.50", "12"], "CNY"),
        ("价格(元)", ["9.50", "12"], "CNY"),
        ("Price €", ["9.50", "12"], "EUR"),
        ("价格", ["￥9.50", "¥1,299.00", "9元", "99"], "CNY"),
        ("price", ["￥9.50", "9元"], "CNY"),
        ("price", ["¥9", "¥12"], None),  # or yen
        ("価格", ["￥9", "￥12"], None),
        ("price", ["€9", "$12"], None),
    ],
)
def test_what_prices_and_their_column_show_is_their_currency(
    dump, suggested, header, cells, currency
):
    rows = [(*row[:2], cells[n % len(cells)]) for n, row in enumerate(ROWS)]

    fields = suggested(dump(("sku", "title", header), rows)).fields

    assert fields.price.column == header
    assert (fields.currency and fields.currency.value) == currency


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (["Home/Lamps", "Home/Chairs", "Garden/Rakes", "Garden/Hoses"], "/"),
        (["服装/衬衫", "服装/卫衣"], "/"),
        (["TV/Video", "Audio/Radio"], ">"),
        (["Home/Lamps", "Chairs", "Home/Tables"], ">"),
        (["Home > TV/Video", "Home > Radio/Audio"], ">"),
    ],
)
def test_steps_of_categories_may_be_divided_by_slashes(dump, suggested, cells, separator):
    rows = [(*row[:2], cells[n % len(cells)]) for n, row in enumerate(ROWS)]

    category = suggested(dump(("sku", "title", "category"), rows)).fields.category

    assert category.separator == separator


def test_a_price_in_myriads_is_read_among_others_that_cannot_be(dump, items):
    prices = ["1.2万", "1.38万元", "面议", "299元"]
    rows = [(*row[:2], prices[n] if n < 4 else n) for n, row in enumerate(ROWS)]

    found = items(dump(("货号", "标题", "价格"), rows))

    assert [item.price for item in found[:4]] == [12_000, 13_800, None, 299]


@pytest.mark.parametrize(
    ("cells", "name", "names"),
    [
        (["Nordal/诺达", "奥克/OAK"], "Nordal", ("Nordal", "诺达")),
        (["诺达/Nordal", "Oak"], "诺达", ("诺达", "Nordal")),
        (["AC/DC", "Oak"], "AC/DC", ("AC/DC",)),  # no second script
    ],
)
def test_a_brand_in_two_scripts_is_one_with_two_names(dump, items, cells, name, names):
    rows = [(*row[:2], cells[n % 2]) for n, row in enumerate(ROWS)]

    (first, *_) = items(dump(("sku", "title", "brand"), rows))

    assert (first.brand.name, first.brand.names) == (name, names)


def test_a_price_that_cannot_be_read_costs_no_row(dump, items):
    rows = [(*row[:2], "on request" if n == 30 else row[4]) for n, row in enumerate(ROWS)]

    found = items(dump(("sku", "title", "price"), rows))

    assert found[30].price is None
    assert found[31].price == 41.19


@pytest.mark.parametrize("zero", ["0", "0.00", "€ 0,00", "0 EUR"])
@pytest.mark.parametrize("other", ["{}.50", "on request"])
def test_a_few_prices_of_nothing_are_no_prices(dump, items, zero, other):
    rows = [
        (*row[:2], other.format(n) if n % 9 == 3 else f"{n + 10}.50") for n, row in enumerate(ROWS)
    ]
    rows[30] = (*ROWS[30][:2], zero)

    found = items(dump(("sku", "title", "price"), rows))

    assert found[30].price is None
    assert (found[0].price, found[31].price) == (10.5, 41.5)


def test_the_reason_says_that_zeros_are_no_prices(dump):
    rows = [(*row[:2], 0 if n % 10 == 0 else n + 10, n % 3) for n, row in enumerate(ROWS)]

    toml = suggest([dump(("sku", "title", "price", "gears"), rows)]).toml

    assert "0 in 10 % of them is read as no price" in toml
    assert toml.count("[1-9]") == 1  # of the price alone


@pytest.mark.parametrize(
    ("prices", "pieces"), [(("12,50", "9,95"), 3000.0), (("12.50", "9.95"), 3.0)]
)
def test_points_divide_thousands_where_other_columns_have_decimal_commas(
    dump, items, prices, pieces
):
    rows = [(*row[:2], prices[n % 2], ("3.000", "500")[n % 2]) for n, row in enumerate(ROWS)]

    found = items(dump(("sku", "title", "Preis", "Teile"), rows, delimiter=";"))[0]

    assert [fact.value.number for fact in found.facts] == [pieces]


def test_where_most_costs_nothing_zeros_are_prices(dump, items):
    rows = [(*row[:2], 5 if n % 10 == 0 else 0) for n, row in enumerate(ROWS)]

    assert items(dump(("sku", "title", "price"), rows))[1].price == 0


def offers_of(models):
    """A name and two titles for each, of a shop that repeats the name in both."""
    names = [f"{MAKERS[n % 4]} {NAMES[n % 10]} {100 + n}" for n in range(models)]
    return [(name, f"{name.lower()} {end}") for name in names for end in ("in oak", "used")]


def test_what_several_titles_say_as_well_is_their_model(dump, suggested):
    rows = [(f"N-{n}", title, name) for n, (name, title) in enumerate(offers_of(40))]

    mapping = suggested(dump(("sku", "title", "label"), rows))

    assert mapping.fields.model.column == "label"
    assert mapping.parameters == ()


def test_what_one_title_alone_says_as_well_is_no_model(dump, suggested):
    rows = [(f"N-{n}", title, f"{name} {n}") for n, (name, title) in enumerate(offers_of(40))]

    assert suggested(dump(("sku", "title", "label"), rows)).fields.model is None


@pytest.mark.parametrize(("numbers", "kept"), [(200, False), (9, True)])
def test_many_numbers_behind_one_letter_count_things(dump, suggested, numbers, kept):
    rows = [(f"N-{n}", f"{NAMES[n % 10]} {n} in oak", f"v{n % numbers}") for n in range(400)]

    assert bool(suggested(dump(("sku", "title", "seller"), rows)).parameters) is kept


def test_nested_objects_become_columns_and_lists_many_values(tmp_path, items):
    path = tmp_path / "dump.ndjson"
    rows = [
        {"sku": f"N-{n}", "name": f"{NAMES[n % 10]} {n}", "brand": {"name": MAKERS[n % 4]},
         "offer": {"price": n + 1, "currency": "EUR"}, "tags": ["new", "oak"],
         "specs": {"weight": f"{n + 1} kg"}, "images": [f"https://img.example/{n}.png"],
         "reviews": [{"stars": 5}]}
        for n in range(30)
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    (first, *_) = items(path)

    assert (first.brand.name, first.price, first.currency) == ("Nordal", 1, "EUR")
    assert first.image_url == "https://img.example/0.png"
    assert [f"{f.value.parameter}: {f.value.text}" for f in first.facts] == [
        "tags: new",
        "tags: oak",
        "weight: 1 kg",
    ]


def test_objects_whose_keys_are_data_make_no_parameters(tmp_path):
    path = tmp_path / "dump.ndjson"
    rows = [{"title": f"{NAMES[n % 10]} {n} of oak", "seen": {f"u{n}": 1}} for n in range(200)]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    suggestion = suggest([path])

    assert [d.column for d in suggestion.decisions if d.use == "ignored"] == ["seen.*"]
    assert "[[parameters]]" not in suggestion.toml


def test_files_of_one_dump_may_differ_in_their_columns(dump, suggested):
    others = [(f"2-{row[0]}", row[1], "oak") for row in ROWS]
    one = dump(("sku", "title", "weight"), [(*row[:2], row[10]) for row in ROWS], name="1.csv")
    two = dump(("sku", "title", "wood"), others, name="2.csv")

    mapping = suggested(one, two)

    assert mapping.missing_columns == "ignore"
    assert {parameter.column for parameter in mapping.parameters} == {"weight", "wood"}


def test_unreadable_rows_are_counted_and_said(tmp_path):
    path = tmp_path / "dump.csv"
    good = "\n".join(f"{row[0]},{row[1]}" for row in ROWS)
    path.write_text(f"sku,title\n{good}\ntoo,many,cells\n", encoding="utf-8")

    suggestion = suggest([path])

    assert suggestion.unreadable == 1
    assert "line 62: has 3 cells" in suggestion.notes[0]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("dump.csv", "", "the file is empty"),
        ("dump.csv", "sku,title\n", "has a header and no rows"),
        ("dump.ndjson", "[1]\n", "no row that can be read"),
        ("dump.csv", "a,b\n,\n,\n", "no column holds a text"),
        ("dump.json", '{"products": [{"sku": 1}]}', "one object around a list"),
    ],
)
def test_a_file_without_rows_is_refused_by_name(tmp_path, name, text, reason):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    with pytest.raises(ImportFailed, match=reason) as refused:
        suggest([path])

    assert refused.value.file == str(path)


def test_a_large_file_is_sampled_evenly_and_always_the_same(dump):
    rows = [(f"N-{n}", f"Lamp {n} of oak", "first" if n < 5_000 else "last") for n in range(10_000)]
    path = dump(("sku", "title", "part"), rows)

    suggestion = suggest([path], rows=100)

    assert (suggestion.rows_read, suggestion.rows_sampled) == (10_000, 100)
    assert "2 values in 100 cells" in suggestion.toml
    assert suggest([path], rows=100) == suggestion


def test_every_column_is_used_or_left_out_whatever_the_target(dump):
    header = ("sku", "title", "brand", "brand names", "model", "weight", "wood")
    rows = [
        (*row[:3], f"{row[2]}|{row[2]} Co", f"{NAMES[n % 10]} {n}", row[10], "oak" if n else "ash")
        for n, row in enumerate(ROWS)
    ]
    path = dump(header, rows)

    for target in ("product", "model"):
        decisions = suggest([path], target=target).decisions
        assert {decision.column for decision in decisions} == set(header)


def test_names_of_columns_with_spaces_and_commas_behind_them_are_a_header(tmp_path, suggested):
    path = tmp_path / "dump.csv"
    rows = "\n".join(f"N-{n}, Oak lamp number {n}, {n} kg" for n in range(30))
    path.write_text(f"article number, name of the article, its own weight\n{rows}\n")

    assert suggested(path).id.column == "article number"
