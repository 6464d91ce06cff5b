"""The texts of a snapshot: what tokenizer, text encoder and text tasks learn from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pyarrow as pa
import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from graph.schema import Label, Relationship
from graph.snapshot import Snapshot
from ml.data.features import ITEMS, items_of, texts_of
from ml.text.tokenizer import PADDING, Tokenizer


@dataclass(frozen=True, slots=True)
class SameThings:
    """Texts, and the position of the model that each is a text of."""

    texts: list[str]
    things: list[int]


def adjacent_texts(
    snapshot: Snapshot, part: Mapping[str, Tensor] | None = None
) -> list[tuple[str, str]]:
    """Titles, each with its description, and each with its facts: `display: 6.1 in, ram: 8 GB`.

    Args:
        snapshot: the graph.
        part: positions of the items whose texts are taken, by label; all items without it.
    """
    pairs: list[tuple[str, str]] = []
    for label in ITEMS:
        chosen = _chosen(snapshot, label, part)
        if not chosen:
            continue
        table = snapshot.nodes[label]
        titles = table["title"].to_pylist()
        if "description" in table.column_names:
            descriptions = table["description"].to_pylist()
            pairs += ((titles[row], descriptions[row]) for row in chosen)
        facts = _facts(snapshot, label)
        pairs += ((titles[row], facts[row]) for row in chosen if row in facts)
    return [(title, text) for title, text in pairs if title and text]


def same_things(snapshot: Snapshot, part: Mapping[str, Tensor] | None = None) -> SameThings:
    """Titles of the products of one model, and the names of that model.

    Args:
        snapshot: the graph.
        part: positions of the products whose titles are taken, by label; all without it.
    """
    found = SameThings([], [])
    models = snapshot.nodes.get(Label.MODEL)
    edges = snapshot.edges.get((Label.PRODUCT, Relationship.INSTANCE_OF, Label.MODEL))
    if models is None or edges is None:
        return found
    titles = snapshot.nodes[Label.PRODUCT]["title"].to_pylist()
    names = models["names"].to_pylist()
    listed: set[int] = set()
    chosen = set(_chosen(snapshot, Label.PRODUCT, part))
    for product, model in zip(
        edges["source"].to_pylist(), edges["target"].to_pylist(), strict=True
    ):
        if product not in chosen:
            continue
        texts = [titles[product], *(() if model in listed else names[model] or ())]
        listed.add(model)
        for text in filter(None, texts):
            found.texts.append(text)
            found.things.append(model)
    return found


def add_tokens(
    data: HeteroData,
    snapshot: Snapshot,
    tokenizer: Tokenizer,
    labels: Collection[str] | None = None,
) -> None:
    """Sets `data[t].tokens`, int64 [N,L], 0 is padding, of these node types, or of all."""
    for label, table in snapshot.nodes.items():
        if labels is not None and label not in labels:
            continue
        texts = texts_of(table)
        # A column at least, so that a batch of nodes without text is still a batch of rows.
        tokens_NL = tokenizer.padded(texts) if texts else torch.empty((0, 0), dtype=torch.int64)
        missing = 0 if tokens_NL.shape[1] else 1
        data[label].tokens = torch.nn.functional.pad(tokens_NL, (0, missing), value=PADDING)


def _chosen(snapshot: Snapshot, label: str, part: Mapping[str, Tensor] | None) -> list[int]:
    positions: list[int] = items_of(snapshot, label, part).tolist()
    return positions


def _facts(snapshot: Snapshot, label: str) -> dict[int, str]:
    """By item, its parameters with their values."""
    edges = snapshot.edges.get((label, Relationship.HAS_PARAMETER, Label.VALUE))
    if edges is None:
        return {}
    values = [_value(row) for row in _rows(snapshot.nodes[Label.VALUE])]
    facts: dict[int, list[str]] = {}
    for item, value in zip(edges["source"].to_pylist(), edges["target"].to_pylist(), strict=True):
        facts.setdefault(item, []).append(values[value])
    return {item: ", ".join(dict.fromkeys(texts)) for item, texts in facts.items()}


def _value(row: dict[str, str | None]) -> str:
    return f"{row['parameter']}: {row['text']}"


def _rows(values: pa.Table) -> Iterator[dict[str, str | None]]:
    yield from values.select(["parameter", "text"]).to_pylist()
