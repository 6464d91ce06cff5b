"""Tokens of questions that can be followed."""

import pytest

from app.services.asking_sessions import TOKEN_CHARS, opened, sealed
from ml.asking.following import Before
from ml.asking.plan import Condition, Plan


def before(values, letters=20):
    ids = tuple(f"colour={'black ' * letters}{number}" for number in range(values))
    return Before(Plan("items", (Condition("colour", values=ids),)))


@pytest.mark.parametrize("values", [1, 100, 400, 1_000, 5_000])
def test_a_token_that_is_made_can_be_opened(values):
    asked = before(values)

    token = sealed(asked)

    assert token is None or opened(token) == asked
    assert token is None or len(token) <= TOKEN_CHARS


def test_one_that_would_be_too_large_is_not_made():
    assert sealed(before(10)) is not None
    assert sealed(before(5_000)) is None
