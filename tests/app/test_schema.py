"""Whatever the OpenAPI description allows, or forbids, the service answers as it declares."""

import socket
import threading
import time
from contextlib import contextmanager

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.keys import Scope
from app.main import create_app
from app.settings import Settings
from app.wiring import assemble
from graph.client import AsyncDatabase
from tests.app.parts import NOW

pytestmark = pytest.mark.neo4j

# Not `negative_data_rejection`: a batch with a bad row is accepted, and its row is rejected.
# Not `positive_data_acceptance`: a text can be a valid string and no valid filter.
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
    unsupported_method,
]


@contextmanager
def listening(app):
    """The app behind a real socket, in a loop of its own: the driver lives in that one loop."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, loop="uvloop"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def address(database, tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"), access_log=False)
    wiring = assemble(settings, AsyncDatabase(database.connection), database)
    app = create_app(wiring=wiring)
    _, app.state.token = wiring.keys.create("schemathesis", Scope.ADMIN, now=NOW)
    with listening(app) as address:
        yield address, app.state.token


@pytest.fixture(scope="module")
def description(address):
    return schemathesis.openapi.from_url(f"{address[0]}/openapi.json")


schema = schemathesis.pytest.from_fixture("description")


@schema.parametrize()
@settings(
    max_examples=40,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_neo4j_behind_the_api_answers_as_declared(case, address):
    case.call_and_validate(headers={"X-API-Key": address[1]}, checks=CHECKS)
