"""Whatever the OpenAPI description allows, or forbids, the service answers as it declares."""

import asyncio
import socket
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
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

from app.api.incoming import NDJSON
from app.api.job_models import ID_EXAMPLE
from app.keys import KeyFile, Scope
from app.main import create_app
from app.services.importing import ImportSpec
from app.settings import Settings
from app.wiring import assemble
from graph.client import AsyncDatabase, Database
from tests.app.parts import MAPPING, NOW, make_mapping

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
def listening(connection, settings):
    """The service behind a real socket, in an event loop of its own."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=lambda: asyncio.run(serve(listener)))

        async def serve(listener):
            async with AsyncDatabase(connection) as reading:
                with Database(connection) as writing, assembled(settings, reading, writing) as app:
                    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
                    serving = asyncio.create_task(server.serve(sockets=[listener]))
                    await asyncio.to_thread(stop.wait)
                    server.should_exit = True
                    await serving

        thread.start()
        try:
            # The socket listens already: the first request waits until the service runs.
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()


@contextmanager
def assembled(settings, reading, writing):
    """The application, with the job and the mapping that the examples name."""
    wiring = assemble(settings, reading, writing)
    make_mapping(wiring, "phones")
    dump = settings.home / "phones.csv"
    dump.write_text("sku,title\n1,Acme Lantern 6\n")
    spec = ImportSpec(
        path=str(dump), file="phones.csv", source="acme", mapping=MAPPING, mapping_name="phones"
    )
    with wiring.jobs as jobs:
        jobs.submit(spec, run=ID_EXAMPLE)
        jobs.cancel(ID_EXAMPLE)
        yield create_app(wiring=wiring)


@pytest.fixture(scope="module")
def service(neo4j, tmp_path_factory):
    """Address of the service, and a session with a key for everything."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), access_log=False)
    _, token = KeyFile(settings.keys_path).create("schemathesis", Scope.ADMIN, now=NOW)
    with listening(neo4j, settings) as address, requests.Session() as session:
        yield address, session, {"X-API-Key": token}


@schemathesis.serializer(*NDJSON)
def _ndjson(context, value):
    """What schemathesis cannot write by itself; to be refused it may also be no text."""
    return {"data": str(value).encode("utf-8", "replace")}


# Not schemathesis's lazy fixture: it does not work with this pytest.
schema = schemathesis.openapi.from_dict(create_app(Settings(home=Path("unused"))).openapi())
# A made-up `Authorization` beside our valid `X-API-Key` would say nothing.
schema.config.generation.update(with_security_parameters=False)


@schema.parametrize()
@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_neo4j_behind_the_api_answers_as_declared(case, service):
    address, session, headers = service
    case.call_and_validate(address, session, headers, CHECKS)
