"""How much is broken: a little in every test run, a lot with `make soak`."""

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Severity:
    rows: int
    kills: int
    seed: int


@pytest.fixture(scope="session")
def severity(request):
    if request.config.getoption("soak"):
        return Severity(rows=200_000, kills=20, seed=request.config.getoption("soak_seed"))
    return Severity(rows=24_000, kills=4, seed=7)
