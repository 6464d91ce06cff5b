"""Rows to items: fields, parameters, units, and cells that mean nothing."""

from __future__ import annotations

import pytest

from graph.errors import ImportFailed, MappingInvalid
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import check_parameters, parse_mapping
from graph.ingest.rows import Row
from graph.records import Item, Parameter, RecordRejected

HEAD = """
version = 1
target = "product"
id = { column = "sku" }
[fields]
title = { column = "title" }
"""


def mapped(toml: str, **cells: object) -> Item | RecordRejected:
    row = {"sku": "1", "title": "Thing", **cells}
    return RowMapping(parse_mapping(toml)).apply(Row(line=2, cells=row), "shop")


def item(toml: str, **cells: object) -> Item:
    result = mapped(toml, **cells)
    assert isinstance(result, Item), result
    return result


def rejected(toml: str, **cells: object) -> RecordRejected:
    result = mapped(toml, **cells)
    assert isinstance(result, RecordRejected), result
    return result


def parameter(*lines: str) -> str:
    return HEAD + "[[parameters]]\nid = 'p'\nname = 'P'\ncolumn = 'p'\n" + "\n".join(lines)


def texts(result: Item) -> list[str]:
    return [fact.value.text for fact in result.facts]


@pytest.mark.parametrize(
    ("cell", "in_stock"),
    [("yes", True), ("有货", True), ("12", True), ("1,200", True), ("3.0", True), ("0", False),
     ("0.0", False), ("-2", False), ("sold out", False), ("auf Lager", True),
     ("Sofort lieferbar", True),
     ("nicht lieferbar", False), ("Derzeit nicht verfügbar", False), ("en stock", True),
     ("épuisé", False),
     ("unavailable", False), ("preorder", False), ("https://schema.org/LimitedAvailability", True),
     ("https://schema.org/BackOrder", False)],
)  # fmt: skip
def test_stock_is_whether_there_are_any_or_how_many(cell, in_stock):
    assert item(HEAD + "in_stock = { column = 'stock' }", stock=cell).in_stock is in_stock


@pytest.mark.parametrize(
    ("field", "cell"), [("in_stock", "in 3 weeks"), ("price", "on request"), ("price", "-5")]
)
def test_a_price_or_stock_that_cannot_be_read_may_be_left_out(field, cell):
    rows = RowMapping(parse_mapping(HEAD + f"{field} = {{ column = 'c', invalid = 'skip' }}"))

    found = rows.apply(Row(line=2, cells={"sku": "1", "title": "Thing", "c": cell}), "shop")

    assert isinstance(found, Item), found
    assert getattr(found, field) is None
    assert rows.cells_skipped == {field: 1}


def test_stock_that_is_no_answer_is_refused_with_what_it_says():
    assert "'soon'" in rejected(HEAD + "in_stock = { column = 'stock' }", stock="soon").reason


@pytest.mark.parametrize(
    ("cell", "unit", "number"),
    [
        ("6.1 inches", "in", 6.1),
        ("15,49 cm", "in", 6.1),
        ("8GB", "GB", 8),
        ("8 GB", "GB", 8),
        ("512 MB", "GB", 0.5),
        ("172 g (6.07 oz)", "g", 172),
        ("5000毫安时", "mAh", 5000),
    ],
)
def test_a_cell_becomes_a_number_in_the_parameters_unit(cell, unit, number):
    toml = parameter("kind = 'number'", f"unit = '{unit}'", "decimals = 1")

    (fact,) = item(toml, p=cell).facts

    assert fact.value.number == pytest.approx(number)
    assert fact.value.unit == unit
    assert fact.evidence == "p"


def test_the_same_value_written_differently_is_one_value():
    toml = parameter("kind = 'number'", "unit = 'GB'")

    assert item(toml, p="8GB").facts == item(toml, p=" 8 gb ").facts


def test_pieces_without_a_unit_take_that_of_the_last():
    toml = parameter("kind = 'number'", "unit = 'GB'", "split = '/'", "take = 'all'")

    assert texts(item(toml, p="512 MB/1 GB")) == ["0.5 GB", "1 GB"]
    assert texts(item(toml, p="8/16/32 GB")) == ["8 GB", "16 GB", "32 GB"]


def test_the_first_column_that_says_something_wins():
    toml = HEAD + "[[parameters]]\nid='p'\nname='P'\ncolumns=['a','b']\npattern='(\\d+) mAh'\n"

    assert texts(item(toml, a="Yes", b="Li-Ion 800 mAh")) == ["800"]


def test_a_list_in_json_gives_a_value_for_each_of_its_items():
    assert texts(item(parameter("take = 'all'"), p=["red", "blue"])) == ["red", "blue"]


def test_a_dotted_column_reaches_into_objects():
    toml = HEAD + "[[parameters]]\nid='ram'\nname='RAM'\ncolumn='specs.ram'\n"

    assert texts(item(toml, specs={"ram": "8 GB"})) == ["8 GB"]


def test_a_bytes_literal_is_decoded():
    toml = HEAD + "[file]\ncells = 'python-bytes'\n"

    result = item(toml, title=r"""b'Caf\xc3\xa9 "12"'""")

    assert result.title == 'Café "12"'


def test_a_bytes_literal_that_is_broken_off_is_rejected():
    toml = HEAD + "[file]\ncells = 'python-bytes'\n"

    assert rejected(toml, title=r"b'Caf\xc3'").code == "not_utf8"


def test_bytes_that_are_not_utf8_reject_the_row_and_say_where():
    found = rejected(HEAD, title=b"K\xfchlschrank".decode("utf-8", "surrogateescape"))

    assert (found.line, found.field, found.code) == (2, "title", "not_utf8")
    assert "encoding" in found.reason


def test_a_cell_of_ten_megabytes_rejects_the_row():
    found = rejected(HEAD, title="x" * 10_000_000)

    assert found.code == "cell_too_long"
    assert "10,000,000 characters" in found.reason


def test_an_unknown_unit_rejects_the_row_with_the_units_that_are_near():
    found = rejected(parameter("kind = 'number'", "unit = 'mAh'"), p="5000 mAj")

    assert found.field == "p"
    assert "mAj" in found.reason


def test_a_unit_of_another_dimension_rejects_the_row():
    found = rejected(parameter("kind = 'number'", "unit = 'g'"), p="5 inches")

    assert "mass" in found.reason


def test_an_invalid_cell_can_be_skipped_and_is_counted():
    toml = parameter("kind = 'number'", "unit = 'g'", "invalid = 'skip'")
    rows = RowMapping(parse_mapping(toml))

    result = rows.apply(Row(2, {"sku": "1", "title": "t", "p": "heavy"}), "shop")

    assert isinstance(result, Item)
    assert rows.cells_skipped == {"p": 1}


def test_a_number_outside_its_range_is_rejected():
    found = rejected(parameter("kind = 'number'", "maximum = 5"), p="6")

    assert found.reason == "6 is outside ..5, the range of P"


@pytest.mark.parametrize("cell", ["", "   ", None, "-"])
def test_a_cell_that_says_nothing_states_no_fact(cell):
    toml = HEAD + "[file]\nempty=['-']\n" + parameter("kind = 'number'").removeprefix(HEAD)

    assert item(toml, p=cell).facts == ()


@pytest.mark.parametrize("field", ["sku", "title"])
def test_a_row_without_id_or_title_is_rejected(field):
    found = rejected(HEAD, **{field: ""})

    assert found.field == field


def test_an_id_with_quotes_and_cypher_in_it_stays_what_it_is():
    sku = "1'}) DETACH DELETE n //\"`"

    assert item(HEAD, sku=sku).id == f"shop:{sku}"


@pytest.mark.parametrize(
    ("cell", "price"),
    [
        ("£1,299.00", 1299.0),
        ("9999", 9999.0),
        ("12,99 €", 12.99),
        ("¥ 3999", 3999),
        ("1.2万元", 12_000),
        ("１，２９９元", 1299),
    ],
)
def test_a_price_is_read_without_its_currency(cell, price):
    assert item(HEAD + "price = { column = 'price' }\n", price=cell).price == price


def test_a_price_that_is_no_number_rejects_the_row():
    found = rejected(HEAD + "price = { column = 'price' }\n", price="12,-x")

    assert (found.field, found.value) == ("price", "12,-x")


def test_a_category_path_has_a_category_for_each_step():
    result = item(HEAD + "category = { column = 'c' }\n", c="Home > Lamps > Desk")

    assert [category.id for category in result.categories] == [
        "home",
        "home/lamps",
        "home/lamps/desk",
    ]


def test_a_brand_brings_the_other_names_it_has():
    toml = HEAD + "brand = { column = 'b', names = { column = 'n', split = '|' } }\n"

    brand = item(toml, b="Acme", n="爱克米|ACME Corp").brand

    assert brand is not None
    assert brand.names == ("Acme", "爱克米", "ACME Corp")


CATEGORY = HEAD + "category = { column = 'c', names = { column = 'n' } }\n"


@pytest.mark.parametrize(
    ("more", "names", "expected"),
    [
        ("", "家居 > 灯具", [("Home", "家居"), ("Lamps", "灯具")]),
        ("", "灯具", [("Home",), ("Lamps", "灯具")]),  # that of the last, if it is not as long
        ("", "商品 > 家居 > 灯具", [("Home",), ("Lamps", "灯具")]),
        ("", "Lamps", [("Home",), ("Lamps",)]),
        ("", "", [("Home",), ("Lamps",)]),
        (", split = '|'", "灯具|Lighting", [("Home",), ("Lamps", "灯具", "Lighting")]),
        (", separator = '/'", "家居/灯具", [("Home", "家居"), ("Lamps", "灯具")]),
    ],
)
def test_a_category_brings_the_other_names_it_has(more, names, expected):
    result = item(CATEGORY.replace("'n'", f"'n'{more}"), c="Home > Lamps", n=names)

    assert [category.id for category in result.categories] == ["home", "home/lamps"]
    assert [category.names for category in result.categories] == expected


@pytest.mark.parametrize("field", ["brand", "category"])
def test_a_column_of_other_names_must_be_there(field):
    toml = HEAD + f"{field} = {{ column = 'c', names = {{ column = 'n' }} }}\n"

    with pytest.raises(ImportFailed, match="has no column 'n'"):
        RowMapping(parse_mapping(toml)).check_columns("shop.csv", ("sku", "title", "c"))


def test_names_of_a_category_are_checked_as_every_field():
    toml = HEAD + "category = { column = 'c', names = { split = '|' } }\n"

    with pytest.raises(MappingInvalid, match="names neither a column"):
        parse_mapping(toml)


def test_a_model_row_has_an_id_of_brand_and_name():
    toml = "version=1\ntarget='model'\n[fields]\ntitle={column='title'}\nbrand={column='b'}\n"

    assert item(toml, title="Acme Lamp 3+", b="ACME").id == "acme-lamp-3-plus"


def test_the_hash_changes_with_what_the_row_says_and_with_nothing_else():
    toml = parameter("kind = 'number'", "unit = 'GB'")

    same = [item(toml, p="8GB"), item(toml, p="8 GB", unused="x")]
    other = item(toml, p="16 GB")

    assert same[0].content_hash == same[1].content_hash != other.content_hash


def test_a_misspelt_key_is_refused_with_its_line_and_the_right_one():
    with pytest.raises(MappingInvalid) as caught:
        parse_mapping(HEAD + "[[parameters]]\nid='p'\nname='P'\ncolum='p'\n", path="m.toml")

    assert "line 10" in str(caught.value)
    assert "did you mean 'column'?" in str(caught.value)


@pytest.mark.parametrize(
    ("toml", "reason"),
    [
        (
            "version = 1\ntarget = 'product'\n[fields]\ntitle = {column='t'}\n",
            "a product needs one",
        ),
        ("version = 2\ntarget = 'product'\n", "version"),
        (HEAD + "brand = { }\n", "names neither a column, columns nor a value"),
        (HEAD + "brand = { column = 'b', invalid = 'skip' }\n", "'invalid' has no meaning here"),
        (HEAD + "brand = { column = 'b', pattern = '(' }\n", "not a regular expression"),
        (parameter("kind = 'number'", "unit = 'parsec'"), "unit 'parsec' is not known"),
        (parameter("unit = 'g'"), 'kind = "number"'),
        (parameter() + parameter().removeprefix(HEAD), "declared twice"),
        (parameter().replace("id = 'p'", "id = 'brand'"), "another id, such as 'brand-2'"),
        ("version = ", "TOML"),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_the_reason(toml, reason):
    with pytest.raises(MappingInvalid, match=r"m\.toml") as caught:
        parse_mapping(toml, path="m.toml")

    assert reason in str(caught.value)


def test_a_column_that_the_file_lacks_is_refused_with_the_nearest():
    rows = RowMapping(parse_mapping(parameter()))

    with pytest.raises(ImportFailed, match=r"no column 'p'"):
        rows.check_columns("shop.csv", ("sku", "title", "q"))
    with pytest.raises(ImportFailed, match=r"no column 'sku'; did you mean 'SKU'"):
        rows.check_columns("shop.csv", ("SKU", "title", "p"))


def test_a_dump_in_several_files_may_lack_columns_in_some():
    toml = "missing_columns = 'ignore'\n" + parameter()

    RowMapping(parse_mapping(toml)).check_columns("shop.csv", ("sku", "title"))


@pytest.mark.parametrize(
    ("kind", "unit", "accepted"),
    [("number", "GB", True), ("number", "MB", False), ("text", None, False)],
)
def test_a_parameter_is_declared_as_the_graph_has_it_or_refused(kind, unit, accepted):
    known = {"p": Parameter(id="p", name="P", kind=kind, unit=unit)}
    declared = RowMapping(parse_mapping(parameter("kind = 'number'", "unit = 'GB'"))).parameters

    if accepted:
        check_parameters("m.toml", declared, known)
    else:
        with pytest.raises(MappingInvalid, match=r"parameter p: is a number in GB here"):
            check_parameters("m.toml", declared, known)


@pytest.mark.parametrize(
    ("cell", "reason"), [({"a": 1}, "such as p.a"), ([["x"]], "a list in a list")]
)
def test_a_cell_with_structure_in_it_is_rejected_with_what_to_name(cell, reason):
    assert reason in rejected(parameter(), p=cell).reason


def test_a_cell_of_bytes_is_its_text():
    assert texts(item(parameter(), p="台灯".encode())) == ["台灯"]


def test_a_description_in_html_is_what_is_seen_of_it():
    mapping = parse_mapping(
        """
        version = 1
        target = "product"
        id = { column = "sku" }
        [fields]
        title = { column = "title" }
        description = { columns = ["fr", "en"], join = " ", markup = "html" }
        """
    )
    html = (
        "<style>p{}</style><p>Poids&nbsp;: 9 g/m&sup2;.</p>"
        "<ul><li>b<b>ol</b>d</li><li>3 &lt; 4</li></ul>"
    )

    item = RowMapping(mapping).apply(
        Row(line=1, cells={"sku": "1", "title": "Lamp", "fr": html, "en": "5 < 6 & <br>7"}), "shop"
    )

    assert item.description == "Poids : 9 g/m². bold 3 < 4 5 < 6 & 7"


def test_columns_reach_into_each_object_of_a_list():
    mapping = parse_mapping(
        """
        version = 1
        target = "product"
        id = { column = "sku" }
        [fields]
        title = { column = "title" }
        image_url = { column = "images.src" }
        [[parameters]]
        id = "fits"
        name = "Fits"
        column = "fits.name"
        take = "all"
        """
    )
    cells = {
        "sku": "1",
        "title": "Pad",
        "images": [{"src": "http://a/1.jpg"}, {"src": "http://a/2.jpg"}],
        "fits": [{"name": "Acme 1"}, {}, {"name": "Bolt 2"}],
    }

    item = RowMapping(mapping).apply(Row(line=1, cells=cells), "shop")

    assert item.image_url == "http://a/1.jpg"
    assert [fact.value.text for fact in item.facts] == ["Acme 1", "Bolt 2"]


@pytest.mark.parametrize(
    ("column", "attributes", "expected"),
    [
        ("attributes[name=Weight].value", [{"name": "Weight", "value": "2 kg"}], ["2 kg"]),
        (
            "属性[名称=净重].值",
            [{"名称": "颜色", "值": "红"}, {"名称": "净重", "值": "2 kg"}],
            ["2 kg"],
        ),
        ("specs.list[name=Weight].value", None, ["2 kg"]),
        ("attributes[name=Max. weight (a/b)].value", None, ["9 kg"]),
        ("attributes[name=Weight].value", [{"name": "Width", "value": "2 m"}, "?"], []),
        ("attributes[name=Weight].value", "none", []),
    ],
)
def test_a_column_reaches_into_the_object_of_a_list_that_has_a_name(column, attributes, expected):
    toml = HEAD + f"[[parameters]]\nid='weight'\nname='Weight'\ncolumn='{column}'\n"
    pairs = [{"name": "Max. weight (a/b)", "value": "9 kg"}]
    cells = {
        column.partition("[")[0]: pairs if attributes is None else attributes,
        "specs": {"list": [{"name": "Weight", "value": "2 kg"}]},
    }

    facts = item(toml, **cells).facts

    assert [fact.value.text for fact in facts] == expected
