"""Events of a file: stored, known, or refused with the row as it stands there."""

from datetime import UTC, datetime

import msgspec

from app.services.behaviour import import_events
from graph.ingest.events import Refusal
from graph.repositories.behaviour import Stored

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def store(events):
    unknown = Refusal("item_unknown", "item", "there is no such product")
    return Stored(tuple(unknown if event.item == "shop:9" else "stored" for event in events))


def test_a_row_that_is_refused_looks_like_a_reject_of_an_import(tmp_path):
    file = tmp_path / "events.csv"
    file.write_text("shopper,item,kind\nann,shop:1,bought\nann,shop:9,viewed\nbob,shop:1,sold\n")

    (found,) = import_events(file, store, now=NOW)

    assert (found.stored, found.known) == (1, 0)
    assert [(one.line, one.field, one.value, one.code) for one in found.refused] == [
        (3, "item", "shop:9", "item_unknown"),
        (4, "kind", "sold", "kind_invalid"),
    ]
    assert msgspec.to_builtins(found.refused[0]) == {
        "source": "events.csv",
        "line": 3,
        "field": "item",
        "value": "shop:9",
        "code": "item_unknown",
        "message": "there is no such product",
        "row": {"shopper": "ann", "item": "shop:9", "kind": "viewed"},
    }
