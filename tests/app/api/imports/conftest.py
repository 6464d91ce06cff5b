"""Applications that keep what is sent to them, and a folder of dumps."""

import pytest

from tests.app.api.imports.sending import CSV
from tests.app.fake_jobs import jobs_of
from tests.app.parts import make_mapping, memory_wiring


@pytest.fixture
def wiring(request, tmp_path):
    """With the mapping `phones`, and a folder of dumps."""
    (tmp_path / "dumps").mkdir()
    wiring = memory_wiring(
        tmp_path / "home",
        import_roots=(tmp_path / "dumps",),
        max_upload_bytes=100_000,
        jobs_of=jobs_of(request),
    )
    make_mapping(wiring, "phones")
    yield wiring
    wiring.jobs.close()


@pytest.fixture
def dumps(tmp_path):
    folder = tmp_path / "dumps"
    (folder / "today.csv").write_bytes(CSV)
    (tmp_path / "secret.csv").write_bytes(CSV)
    return folder
