"""Facts of a model as facts of its products, where these say nothing of their own."""

# F facts, I instances

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.schema import Label, Relationship
from graph.snapshot import EdgeType, Snapshot

IntArray = npt.NDArray[np.int64]

_PRODUCT_FACTS: EdgeType = (Label.PRODUCT, Relationship.HAS_PARAMETER, Label.VALUE)
_MODEL_FACTS: EdgeType = (Label.MODEL, Relationship.HAS_PARAMETER, Label.VALUE)
_INSTANCES: EdgeType = (Label.PRODUCT, Relationship.INSTANCE_OF, Label.MODEL)


def with_inherited(snapshot: Snapshot) -> Snapshot:
    """The snapshot in which a product has the facts of its model as well.

    A product's own word on a parameter stands: of those parameters nothing is inherited. Encoders
    then see an offer of a known model one step from what the model is.
    """
    instances, model_facts = snapshot.edges.get(_INSTANCES), snapshot.edges.get(_MODEL_FACTS)
    if instances is None or model_facts is None:
        return snapshot
    parameter_of = _codes(snapshot.nodes[Label.VALUE]["parameter"])
    own = snapshot.edges.get(_PRODUCT_FACTS)
    own_product, own_value = _ends(own) if own is not None else (_none(), _none())
    product_I, model_I = _ends(instances)
    product_F, value_F = _joined(product_I, model_I, *_ends(model_facts))
    parameters = int(parameter_of.max(initial=0)) + 1
    said = own_product * parameters + parameter_of[own_value]
    silent_F = ~np.isin(product_F * parameters + parameter_of[value_F], said)
    inherited = pa.table({"source": product_F[silent_F], "target": value_F[silent_F]})
    merged = (
        inherited if own is None else pa.concat_tables([own, inherited], promote_options="default")
    )
    return Snapshot.of(
        snapshot.nodes,
        {**snapshot.edges, _PRODUCT_FACTS: merged},
        scope=snapshot.manifest.scope,
        watermark=snapshot.manifest.watermark,
    )


def _joined(
    product_I: IntArray, model_I: IntArray, model_F: IntArray, value_F: IntArray
) -> tuple[IntArray, IntArray]:
    """Every product with every fact of its model; `model_F` ascends, as a snapshot's edges do."""
    begin_I = np.searchsorted(model_F, model_I, side="left")
    count_I = np.searchsorted(model_F, model_I, side="right") - begin_I
    within = np.arange(count_I.sum()) - np.repeat(np.cumsum(count_I) - count_I, count_I)
    return np.repeat(product_I, count_I), value_F[np.repeat(begin_I, count_I) + within]


def _ends(edges: pa.Table) -> tuple[IntArray, IntArray]:
    return edges["source"].to_numpy(), edges["target"].to_numpy()


def _codes(column: pa.ChunkedArray) -> IntArray:
    codes: IntArray = column.combine_chunks().dictionary_encode().indices.to_numpy()
    return codes.astype(np.int64)


def _none() -> IntArray:
    return np.empty(0, dtype=np.int64)
