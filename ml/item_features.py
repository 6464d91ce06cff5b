"""What an item encoder reads of a snapshot, made the same way for training and for serving."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
from torch_geometric.data import HeteroData

from graph.schema import Label, Relationship
from graph.snapshot import EdgeType, Snapshot
from ml.data.features import ITEMS, Featurizer
from ml.data.hetero import reverse_of
from ml.data.inheritance import with_inherited
from ml.text.corpus import add_tokens
from ml.text.tokenizer import Tokenizer

# One step towards an item: its facts, who made it, and what it is sold as. What is further away
# would have to be fetched for every item that is asked about.
READ: tuple[EdgeType, ...] = tuple(
    reverse_of((label, relationship, target))
    for label in ITEMS
    for relationship, target in (
        (Relationship.HAS_PARAMETER, Label.VALUE),
        (Relationship.MADE_BY, Label.BRAND),
        (Relationship.BELONGS_TO, Label.CATEGORY),
    )
)


def readable(snapshot: Snapshot) -> Snapshot:
    """A whole graph as it looks from its items: facts inherited, values without other names."""
    nodes = dict(snapshot.nodes)
    if (values := nodes.get(Label.VALUE)) is not None:
        nameless = pa.nulls(values.num_rows, pa.list_(pa.string()))
        nodes[Label.VALUE] = values.set_column(
            values.column_names.index("names"), "names", nameless
        )
    return with_inherited(replace(snapshot, nodes=nodes))


def features_of(snapshot: Snapshot, featurizer: Featurizer, tokenizer: Tokenizer) -> HeteroData:
    """The graph with `grams`, `identity`, `number` and `tokens`, and the edges in `READ`."""
    data = featurizer.apply(snapshot)
    add_tokens(data, snapshot, tokenizer, ITEMS)
    for type in data.edge_types:
        if type not in READ:
            del data[type]
    return data
