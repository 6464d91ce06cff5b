"""The OpenAPI description is complete, and every example in it works."""

import re
from uuid import uuid4

import msgspec
import pytest
from pydantic import TypeAdapter

from app.api import (
    artefacts,
    conflicts,
    history,
    job_models,
    models,
    product_writes,
    products,
    review,
    similar,
    stats,
    vocabulary,
)
from app.main import create_app
from app.services import job_view, serving, similarity
from app.services import models as trained
from graph import records
from ml.artefact import Measure
from tests.app.parts import make_job, make_mapping, memory_wiring
from tests.artefacts import draft

pytestmark = pytest.mark.anyio

# Each model of an answer, and the record that is really encoded.
SAME = [
    (models.Named, records.Named),
    (models.Fact, records.FactView),
    (models.ProductSummary, records.ItemSummary),
    (models.Product, records.ItemView),
    (products.Neighbourhood, records.Neighbourhood),
    (products.Node, records.GraphNode),
    (products.Edge, records.GraphEdge),
    (history.HistoryEvent, records.HistoryEvent),
    (history.PastFact, records.PastFact),
    (history.Observed, records.Observed),
    (conflicts.Conflict, records.Conflict),
    (conflicts.Statement, records.Statement),
    (review.ProposedFact, records.ProposedFact),
    (review.OtherStatement, records.OtherStatement),
    (review.DecidedFact, records.DecidedFact),
    (vocabulary.CountedName, records.NamedView),
    (vocabulary.Parameter, records.ParameterView),
    (stats.GraphStats, records.GraphStats),
    (similar.Likeness, similarity.Likeness),
    (similar.SimilarItem, records.SimilarItem),
    (similar.Reasons, records.Reasons),
    (similar.SharedFact, records.SharedFact),
    (similar.Encoder, records.EncoderModel),
    (similar.Embedded, similarity.Embedded),
    (job_models.Job, job_view.JobView),
    (job_models.Rows, job_view.RowCounts),
    (job_models.Bytes, job_view.ByteCounts),
    (job_models.JobError, job_view.JobProblem),
    (job_models.Links, job_view.JobLinks),
    (job_models.Learning, job_view.Learning),
    (artefacts.ModelSummary, trained.ModelSummary),
    (artefacts.Model, trained.ModelView),
    (artefacts.Version, trained.VersionView),
    (artefacts.DamagedVersion, trained.DamagedVersion),
    (artefacts.Promotion, trained.Promotion),
    (artefacts.Serving, serving.ServingView),
    (artefacts.Measure, Measure),
]


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return create_app(wiring=memory_wiring(tmp_path_factory.mktemp("home"))).openapi()


def operations(document):
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.mark.parametrize(("model", "record"), SAME)
def test_the_declared_fields_are_those_of_the_record(model, record):
    assert list(model.model_fields) == list(record.__struct_fields__)


def test_every_operation_is_described(document):
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert operation["operationId"][0].islower(), name


def test_every_group_of_operations_is_described(document):
    described = {tag["name"] for tag in document["tags"] if tag["description"]}
    used = {
        tag
        for methods in document["paths"].values()
        for operation in methods.values()
        for tag in operation["tags"]
    }
    assert used == described


def test_operation_ids_are_unique(document):
    ids = [operation["operationId"] for _, operation in operations(document)]

    assert len(ids) == len(set(ids))


def test_every_parameter_has_a_description_and_an_example(document):
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter["description"], (name, parameter["name"])
            assert parameter["examples"], (name, parameter["name"])


def test_every_body_has_an_example(document):
    for name, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert content["examples"], name


def test_every_property_has_an_example_or_a_type_that_has(document):
    for name, schema in document["components"]["schemas"].items():
        for field, described in schema.get("properties", {}).items():
            nested = "$ref" in str(described)
            assert nested or described.get("examples") is not None, (name, field)


def test_problems_are_declared_as_problems(document):
    for name, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], (name, status)
                assert answer["content"]["application/problem+json"]["example"]["code"]


def test_every_reference_leads_somewhere(document):
    text = msgspec.json.encode(document).decode()
    referred = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert referred <= set(document["components"]["schemas"])


def test_every_keyed_operation_offers_both_headers(document):
    for name, operation in operations(document):
        if not name.endswith("z"):
            assert [next(iter(way)) for way in operation["security"]] == ["bearer", "header"], name
            assert {"401", "403"} <= set(operation["responses"]), name


async def test_every_example_is_accepted(client, wiring, document):
    assert await asked_with_examples(client, wiring, document) > 40


async def asked_with_examples(client, wiring, document):
    """Ask each operation once with each example; returns how often that was."""
    asked = 0
    await client.put("/v1/products/acme:10027", json={"title": "x"})
    await client.put("/v1/products/acme:A%2F7", json={"title": "x"})
    make_mapping(wiring, "phones")
    for _ in range(3):
        wiring.models.registry.register("products", draft(wiring.settings.home))
    wiring.models.registry.promote("products", "2", "candidate")
    make_job(wiring, job_models.ID_EXAMPLE, rejects=b"{}\n")
    for name, operation in sorted(operations(document), key=lambda one: "delete" in one[0]):
        state = "running" if operation["operationId"] == "cancelJob" else "succeeded"
        wiring.jobs.change(job_models.ID_EXAMPLE, state=state)
        for request in requests_of(name, operation):
            wiring.review.restore()  # each example decides about the same proposal
            _with_a_key_of_its_own(request)
            answer = await client.request(**request)
            assert answer.is_success, (request, answer.text)
            asked += 1
    return asked


def requests_of(name, operation):
    method, path = name.split()
    parameters = operation.get("parameters", [])
    ids = [id for one in parameters if one["in"] == "path" for id in example_values(one)]
    urls = [re.sub(r"\{\w+\}", id.replace("/", "%2F"), path) for id in ids] or [path]
    bodies = list(bodies_of(operation))
    base = {"method": method, "url": urls[0], "params": needed_of(operation)}
    for body in bodies or [{}]:
        sent = {} if "files" in body else base["params"]  # a form has its own mapping
        yield {**base, **body, "params": {**sent, **required_of(parameters)}}
    for url in urls[1:] if not bodies and method != "delete" else ():
        yield {**base, "url": url}
    for parameter in parameters:
        for value in example_values(parameter):
            body = bodies[0] if bodies else {}
            if parameter["in"] == "query":
                given = {**base["params"], parameter["name"]: value}
                yield {**base, **body, "params": {**required_of(parameters), **given}}
            elif parameter["in"] == "header":
                given = {**required_of(parameters), **base["params"]}
                headers = {**body.get("headers", {}), parameter["name"]: value}
                yield {**base, **body, "params": given, "headers": headers}


def example_values(parameter):
    examples = parameter["examples"].values()
    return [one["value"] for one in examples if one.get("value") is not None]


def required_of(parameters):
    return {
        one["name"]: example_values(one)[0]
        for one in parameters
        if one["in"] == "query" and one["required"]
    }


def needed_of(operation):
    """What the description cannot say: an import needs a mapping, by its name or in a form."""
    return {"mapping": "phones"} if operation["operationId"] == "createImport" else {}


def bodies_of(operation):
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        for example in content["examples"].values():
            value = example["value"]
            if media_type == "application/json":
                yield {"json": value}
            elif media_type == "multipart/form-data":
                yield {"files": {"file": ("x.csv", value["file"]), "mapping": value["mapping"]}}
            else:
                yield {"content": value, "headers": {"Content-Type": media_type}}


def test_the_examples_of_models_are_valid():
    for model, _ in [*SAME, (product_writes.ProductWrite, None), (product_writes.RowResult, None)]:
        for name, field in model.model_fields.items():
            for example in field.examples or []:
                adapter = TypeAdapter(field.rebuild_annotation())
                adapter.validate_python(example), name


def _with_a_key_of_its_own(request):
    """The example key stands at several operations, and belongs to one request."""
    headers = request.get("headers") or {}
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] += f"-{uuid4()}"
