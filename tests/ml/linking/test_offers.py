"""Files of offers: the columns that are needed, whatever they are called."""

import pytest

from ml.categories.records import LabelledTitle
from ml.categories.titles import read_titles
from ml.errors import OffersInvalid
from ml.linking.offers import Offer, read_offers


@pytest.fixture
def file(tmp_path):
    def file(text):
        path = tmp_path / "offers.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return file


@pytest.mark.parametrize(
    "header",
    [
        "product_title,cluster_label,category_label",
        "title,model,category",
        "Product Name,Model-Name,CATEGORY NAME",
        "name,product,category",
    ],
)
def test_columns_have_the_usual_names(file, header):
    path = file(f"{header}\nred kettle,Acme K1,Kettles\n")

    assert read_offers(path, ["kettles"]) == [Offer("red kettle", "Acme K1")]
    assert read_titles(path) == [LabelledTitle("red kettle", "Kettles", "Acme K1")]


def test_spaces_around_a_category_are_no_part_of_it(file):
    path = file("title,model,category\nred kettle,Acme K1,Kettles \n")

    assert len(read_offers(path, [" kettles"])) == 1


@pytest.mark.parametrize("sign", [";", "\t"])
def test_cells_are_divided_as_spreadsheets_do(file, sign):
    path = file(f"\ufefftitle{sign}model\r\nred kettle, 1.7 l{sign}Acme K1\r\n")

    assert read_offers(path) == [Offer("red kettle, 1.7 l", "Acme K1")]


def test_the_name_that_says_most_counts_where_there_are_several(file):
    path = file("name,title,product_title,category\na,b,red kettle,Kettles\n")

    (found,) = read_titles(path)

    assert found.title == "red kettle"


def test_what_nobody_asks_for_may_be_missing(file):
    assert read_offers(file("title,model\nred kettle,Acme K1\n")) == [
        Offer("red kettle", "Acme K1")
    ]


def test_rows_without_anything_that_is_asked_for_are_passed_over(file):
    path = file("sku,title,model,category\n1,red kettle,Acme K1,Kettles\n,,,\n7, ,,\n")

    assert read_offers(path) == [Offer("red kettle", "Acme K1")]
    assert len(read_titles(path)) == 1


def test_what_is_missing_is_named_beside_what_is_there(file):
    path = file("sku,titel,price\n1,red kettle,9\n")

    with pytest.raises(OffersInvalid) as caught:
        read_titles(path)

    assert str(caught.value).startswith(
        f"{path}, line 1: has no column 'product_title', 'title', 'name' or 'product_name'; "
        "it has 'sku', 'titel', 'price'. "
    )
