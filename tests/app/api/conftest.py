"""Applications without a database, and clients of them."""

import pytest

from app.keys import Scope
from tests.app.parts import memory_wiring, serving_wiring


@pytest.fixture
def wiring(tmp_path):
    return memory_wiring(tmp_path)


@pytest.fixture
async def client(wiring):
    async with serving_wiring(wiring) as client:
        yield client


@pytest.fixture
async def reader(wiring):
    async with serving_wiring(wiring, Scope.READ) as client:
        yield client
