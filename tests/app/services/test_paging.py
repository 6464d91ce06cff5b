"""Cursors: they lead to the next page of their own list, and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CursorInvalid
from app.services.paging import read_cursor, write_cursor


@given(after=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_cursor_leads_back_to_its_place(after):
    cursor = write_cursor("product", after, of="brands")

    assert read_cursor(cursor, of="brands") == ("product", after)
    assert cursor.isascii()
    assert not set(cursor) & set("+/=&?#%")


def test_a_cursor_of_another_list_is_refused():
    cursor = write_cursor("acme:1", of="products of acme")

    with pytest.raises(CursorInvalid, match="another filter"):
        read_cursor(cursor, of="products of zenith")


@pytest.mark.parametrize(
    "cursor",
    ["", "!", "zzz", "é", "a" * 5, "\x00", base64.urlsafe_b64encode(b'[1,"x"]').decode()],
)
def test_a_damaged_cursor_is_refused(cursor):
    with pytest.raises(CursorInvalid, match="no cursor of ours"):
        read_cursor(cursor, of="brands")


def test_a_cursor_of_another_version_is_refused():
    cursor = base64.urlsafe_b64encode(b'[2,"abc",["acme:1"]]').decode().rstrip("=")

    with pytest.raises(CursorInvalid, match="another version"):
        read_cursor(cursor, of="brands")
