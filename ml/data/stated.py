"""Which facts are learnt from: what catalogs state, what is accepted, or everything."""

from __future__ import annotations

from typing import Literal, assert_never

import pyarrow as pa
import pyarrow.compute as pc

from graph.snapshot import Snapshot

Learnt = Literal["stated", "accepted", "all"]

_BY_MODELS = pa.array(["extracted", "predicted"])


def with_facts(snapshot: Snapshot, learnt: Learnt) -> Snapshot:
    """The snapshot with all of its nodes, and edges that are to be learnt from.

    Args:
        learnt: `stated` by catalogs and persons; `accepted`, which is also what was read from texts
            or predicted and counts; or `all`, which is also what waits for a review. Edges without
            a status are no facts, and stay.
    """
    if learnt == "all":
        return snapshot
    edges = {type: table.filter(_wanted(table, learnt)) for type, table in snapshot.edges.items()}
    if all(table.num_rows == snapshot.edges[type].num_rows for type, table in edges.items()):
        return snapshot
    manifest = snapshot.manifest
    return Snapshot.of(snapshot.nodes, edges, scope=manifest.scope, watermark=manifest.watermark)


def _wanted(table: pa.Table, learnt: Literal["stated", "accepted"]) -> pa.ChunkedArray:
    counts = pc.fill_null(pc.equal(table["status"], "accepted"), True)
    match learnt:
        case "accepted":
            return counts
        case "stated":
            by_models = pc.is_in(table["origin"].cast(pa.string()), value_set=_BY_MODELS)
            return pc.and_(counts, pc.invert(by_models))
        case _:
            assert_never(learnt)
