"""Applications whose jobs may be in memory or in SQLite."""

import pytest

from tests.app.fake_jobs import jobs_of
from tests.app.parts import memory_wiring


@pytest.fixture
def wiring(request, tmp_path):
    wiring = memory_wiring(tmp_path, max_upload_bytes=10_000, jobs_of=jobs_of(request))
    yield wiring
    wiring.jobs.close()
