"""Where trained models are kept."""

from datetime import UTC, datetime

import pytest

from app.services.finetuning import Shelf
from ml.registry import Registry


@pytest.fixture
def shelf(tmp_path):
    now = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)
    return Shelf(Registry(tmp_path / "models"), "0.1.0", lambda: now)
