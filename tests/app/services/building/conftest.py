"""A shop of lamps, and builds over it."""

import pytest

from app.services.building import GraphBuild
from app.services.builds import BuildSpec
from app.services.knowledge import load_grounder
from tests.app.services.building.shop import ACME, FINISH, HEIGHT, NOW, item, stock


@pytest.fixture
def stocked(database):
    """A maker's catalog with facts, and a shop that has titles alone."""
    tall, short = ("60 cm", HEIGHT), ("30 cm", HEIGHT)
    known = [
        item(
            n,
            f"Lamp {cell[0]}, pale green",
            cell,
            ("pale green", FINISH),
            source="maker",
            brand=ACME,
        )
        for n, cell in enumerate([tall, short] * 10)
    ]
    stock(
        database,
        *known,
        item(1, "Acme lamp 30cm in pale green"),
        item(2, "A chair"),
        item(3, "Lamp 60 cm"),
    )
    return database


@pytest.fixture
def build(tmp_path):
    def made(report=lambda progress: None, **spec):
        return GraphBuild(
            id="build-1",
            spec=BuildSpec(**spec),
            grounder=load_grounder,
            folder=tmp_path / "build-1",
            clock=lambda: NOW,
            report=report,
        )

    return made
