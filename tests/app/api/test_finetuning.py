"""Files of labels over REST become jobs that learn from them."""

from pathlib import Path

import pytest

from tests.app.parts import make_mapping
from tests.artefacts import draft

pytestmark = pytest.mark.anyio

LABELS = b'{"input": "red lamp", "category": "lamps", "target_scores": {"color": {"red": 1}}}\n'


async def test_labels_become_a_job_that_has_them(client, wiring):
    answer = await client.post("/v1/training-runs/labels?reader=extraction", content=LABELS)

    job = answer.json()
    spec = wiring.jobs.get(job["id"]).spec
    assert answer.status_code == 202
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert (job["kind"], job["state"], job["learning"]["model"]) == (
        "finetune",
        "queued",
        "extraction",
    )
    assert Path(spec["path"]).read_bytes() == LABELS
    assert spec["promote"] == "if_better"


async def test_what_the_graph_knows_is_enough_where_it_is_asked_for(client, wiring):
    answer = await client.post("/v1/training-runs/labels?reader=linking&known=true&promote=never")

    spec = wiring.jobs.get(answer.json()["id"]).spec
    assert (spec["path"], spec["known"], spec["promote"]) == (None, True, "never")


@pytest.mark.parametrize(
    ("reader", "labels"),
    [
        ("search", b"product_title,cluster_label,category_label\nred lamp,Lamp 3,lamps\n"),
        ("recommendation", b"ann shop:1 shop:2 shop:3\n"),
    ],
)
async def test_searches_and_recommendations_are_learnt_as_other_readers_are(
    client, wiring, reader, labels
):
    sent = await client.post(f"/v1/training-runs/labels?reader={reader}", content=labels)
    known = await client.post(f"/v1/training-runs/labels?reader={reader}&known=true")
    nothing = await client.post(f"/v1/training-runs/labels?reader={reader}")

    assert sent.json()["learning"]["model"] == reader
    assert Path(wiring.jobs.get(sent.json()["id"]).spec["path"]).read_bytes() == labels
    assert (known.status_code, nothing.status_code) == (202, 422)


async def test_plausibility_is_learnt_from_the_graph_and_takes_no_labels(client, wiring):
    plain = await client.post("/v1/training-runs/labels?reader=plausibility&promote=always&seed=7")
    sent = await client.post("/v1/training-runs/labels?reader=plausibility", content=LABELS)

    spec = wiring.jobs.get(plain.json()["id"]).spec
    assert plain.json()["learning"]["model"] == "plausibility"
    assert (spec["path"], spec["promote"], spec["seed"]) == (None, "always", 7)
    assert (sent.status_code, sent.json()["code"]) == (422, "recipe_invalid")
    assert "learns from the graph alone" in sent.json()["detail"]
    assert [path.name for path in wiring.jobs.folder("").iterdir()] == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("reader=linking", 422, "recipe_invalid"),
        ("reader=matching&known=true", 422, "recipe_invalid"),
        ("reader=weather", 422, "request_invalid"),
        ("reader=extraction&promote=perhaps", 422, "request_invalid"),
        ("reader=extraction&tune=some", 422, "request_invalid"),
        ("reader=linking&known=true&tune=head", 422, "recipe_invalid"),
        ("reader=plausibility&tune=head", 422, "recipe_invalid"),
        ("reader=plausibility&seed=-1", 422, "request_invalid"),
        ("reader=extraction&known=true&from=products/7", 404, "artefact_not_found"),
        ("reader=extraction&known=true&from=products", 422, "recipe_invalid"),
        ("reader=extraction&known=true&from=../etc/passwd", 404, "artefact_not_found"),
    ],
)
async def test_what_cannot_run_is_refused_at_once(client, wiring, path, status, code):
    answer = await client.post(f"/v1/training-runs/labels?{path}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert wiring.jobs.all == {}


async def test_what_it_begins_with_is_pinned_to_a_number(client, wiring, tmp_path):
    wiring.models.registry.register("products", draft(tmp_path, kind="item-encoder"))
    wiring.models.registry.promote("products", "1")

    answer = await client.post(
        "/v1/training-runs/labels?reader=extraction&tune=adapters&from=products/champion",
        content=LABELS,
    )

    spec = wiring.jobs.get(answer.json()["id"]).spec
    assert (spec["tune"], spec["start"]) == ("adapters", "products/1")


async def test_another_kind_is_no_beginning(client, wiring, tmp_path):
    wiring.models.registry.register("extraction", draft(tmp_path, kind="extraction"))

    answer = await client.post(
        "/v1/training-runs/labels?reader=extraction&from=extraction/1", content=LABELS
    )

    assert (answer.status_code, answer.json()["code"]) == (422, "recipe_invalid")
    assert "extraction/1 is of the kind extraction" in answer.json()["detail"]
    assert wiring.jobs.all == {}


async def test_packed_labels_are_refused_and_leave_nothing(client, wiring):
    answer = await client.post(
        "/v1/training-runs/labels?reader=extraction",
        content=LABELS,
        headers={"Content-Encoding": "br"},
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "media_type_unsupported")
    assert wiring.jobs.all == {}


async def test_the_same_key_makes_one_run_with_its_labels(client, wiring):
    key = {"Idempotency-Key": "night"}

    one, two = [
        await client.post("/v1/training-runs/labels?reader=extraction", content=LABELS, headers=key)
        for _ in range(2)
    ]

    assert one.json()["id"] == two.json()["id"]
    assert two.headers["Idempotent-Replayed"] == "true"
    assert Path(wiring.jobs.get(one.json()["id"]).spec["path"]).read_bytes() == LABELS


async def test_a_key_of_another_request_is_refused_and_nothing_of_the_labels_is_kept(
    client, wiring
):
    make_mapping(wiring, "phones")
    key = {"Idempotency-Key": "night"}
    labels, other = (f"/v1/training-runs/labels?reader={one}" for one in ("extraction", "linking"))
    first = (await client.post(labels, content=LABELS, headers=key)).json()

    answers = [
        await client.post(other, content=LABELS, headers=key),
        await client.post("/v1/graph-builds", json={}, headers=key),
        await client.post("/v1/imports?source=acme&mapping=phones", content=b"x", headers=key),
    ]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (422, "idempotency_key_reused")
    ] * 3
    assert all(first["id"] in one.json()["detail"] for one in answers)
    assert list(wiring.jobs.all) == [first["id"]]
    assert [path.name for path in wiring.jobs.folder("").iterdir()] == [first["id"]]


async def test_its_end_has_the_metrics_and_whether_it_serves(client, wiring):
    job = (await client.post("/v1/training-runs/labels?reader=extraction", content=LABELS)).json()
    wiring.jobs.change(
        job["id"],
        state="succeeded",
        result={
            "artefact": "extraction/1",
            "metrics": {"micro_f1": {"value": 0.9, "low": 0.8, "high": 1.0}},
            "promoted": True,
        },
    )

    learnt = (await client.get(f"/v1/jobs/{job['id']}")).json()["learning"]

    assert learnt["metrics"] == {"micro_f1": 0.9}
    assert (learnt["artefact"], learnt["promoted"]) == ("extraction/1", True)
