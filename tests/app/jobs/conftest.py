"""A board over SQLite."""

import pytest

from tests.app.jobs.parts import Board


@pytest.fixture
def board(tmp_path):
    board = Board(tmp_path)
    yield board
    board.close()
