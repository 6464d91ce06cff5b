"""A snapshot to the inputs of an encoder: hashed text, scaled numbers, what is known by itself."""

# N nodes of one type, G n-grams of a text at most

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import torch
from torch import Tensor
from torch_geometric.data import HeteroData

from graph.schema import Label, Relationship
from graph.snapshot import Snapshot
from ml.data.grams import (
    GramConfig,
    document_counts,
    grams_of,
    inverse_frequencies,
    padded,
)
from ml.data.hetero import to_hetero, with_reverse
from ml.errors import GraphTooSmall
from ml.ranges import Count

ITEMS = (Label.PRODUCT, Label.MODEL)
# Never items: a product nobody has seen must get its vector from what is known of it.
_WITH_IDENTITY = (Label.VALUE, Label.PARAMETER, Label.BRAND, Label.CATEGORY)
_TEXT_COLUMNS = ("title", "names", "name", "text")
_LARGEST = 1e140  # of larger numbers the squares have no finite sum
_FARTHEST = 4.0  # standard deviations; a price of 9999999 must not drown everything else


class FeatureConfig(msgspec.Struct, frozen=True):
    """What is taken of a node.

    Attributes:
        grams: how texts are hashed.
        value_facts: facts of training items that a value needs to be known by itself; rarer ones
            are known by parameter, text and number alone.
    """

    grams: GramConfig = GramConfig()
    value_facts: Count = 2


class Scale(msgspec.Struct, frozen=True):
    """Centre and spread of one parameter's numbers, or of their logarithms."""

    centre: float
    spread: float
    logarithmic: bool

    @classmethod
    def of(cls, numbers: np.ndarray) -> Scale:
        """Lengths, weights and prices spread by factors: what is positive is taken by logarithm."""
        usable = numbers[np.isfinite(numbers)]
        logarithmic = bool(len(usable)) and bool((usable > 0).all())
        usable = np.log(usable) if logarithmic else usable.clip(-_LARGEST, _LARGEST)
        spread = float(usable.std()) if len(usable) > 1 else 0.0
        return cls(
            centre=float(usable.mean()) if len(usable) else 0.0,
            spread=spread or 1.0,
            logarithmic=logarithmic,
        )

    def apply(self, number: float) -> float | None:
        """The number in spreads from the centre; None where it cannot be one (NaN, infinity)."""
        if not math.isfinite(number) or (self.logarithmic and number <= 0):
            return None
        scaled = ((math.log(number) if self.logarithmic else number) - self.centre) / self.spread
        return max(-_FARTHEST, min(_FARTHEST, scaled))


class Fitted(msgspec.Struct, frozen=True):
    """What the training part taught; all of it is JSON."""

    config: FeatureConfig
    idf: list[float]
    identities: dict[str, list[str]]
    scales: dict[str, Scale]
    price_scales: dict[str, Scale]


class Featurizer:
    """Makes the `HeteroData` that encoders read; fitted on the training part only.

    Of every node type: `grams` int64 [N, G] (0 is padding) and `gram_weights` float32 [N, G]. Of
    values, parameters, brands and categories also `identity` int64 [N], a row of the encoder's
    table, 0 for what training did not know. Of values also `parameter` int64 [N], the identity of
    their parameter. Of values and products `number` float32 [N, 2]: scaled, and whether it is
    known. Edges stand in both directions.
    """

    def __init__(self, fitted: Fitted) -> None:
        self.fitted = fitted
        self._idf = torch.tensor(fitted.idf)
        self._identities = {
            label: {id: row for row, id in enumerate(ids, start=1)}
            for label, ids in fitted.identities.items()
        }

    @classmethod
    def fit(
        cls,
        snapshot: Snapshot,
        train: Mapping[str, Tensor] | None = None,
        config: FeatureConfig | None = None,
    ) -> Featurizer:
        """Learns frequencies, scales and which values are known.

        Args:
            snapshot: the graph.
            train: positions of the items of the training part, by label; all items without it.
            config: what to take.

        Raises:
            GraphTooSmall: no item to learn from.
        """
        config = config or FeatureConfig()
        chosen = {label: items_of(snapshot, label, train) for label in ITEMS}
        if not sum(len(positions) for positions in chosen.values()):
            raise GraphTooSmall(
                missing="no product or model in the training part",
                remedy="import a dump, or widen the filter",
            )
        facts = np.concatenate([targets_of(snapshot, label, chosen[label]) for label in ITEMS])
        return cls(
            Fitted(
                config=config,
                idf=_idf(snapshot, chosen, config.grams),
                identities=_identities(snapshot, chosen, facts, config),
                scales=_scales(snapshot, facts),
                price_scales=_price_scales(snapshot, chosen[Label.PRODUCT]),
            )
        )

    def apply(self, snapshot: Snapshot) -> HeteroData:
        """The features of any snapshot of this schema, of nodes that training never saw as well."""
        data = with_reverse(to_hetero(snapshot))
        for label, table in snapshot.nodes.items():
            grams = [grams_of(text, self.fitted.config.grams) for text in texts_of(table)]
            data[label].grams, data[label].gram_weights = padded(grams, self._idf)
            if label in self._identities:
                data[label].identity = self._rows(label, table["id"])
        self._add_values(data, snapshot)
        self._add_prices(data, snapshot)
        return data

    def to_json(self) -> bytes:
        return msgspec.json.encode(self.fitted)

    @classmethod
    def from_json(cls, encoded: bytes) -> Featurizer:
        """Raises `msgspec.ValidationError` for what `to_json` did not write."""
        return cls(msgspec.json.decode(encoded, type=Fitted))

    @property
    def identities(self) -> dict[str, int]:
        """How many rows the table of each label needs, the row of the unknown included."""
        return {label: 1 + len(rows) for label, rows in self._identities.items()}

    def _rows(self, label: str, ids: pa.ChunkedArray) -> Tensor:
        rows = self._identities[label]
        return torch.tensor([rows.get(id, 0) for id in ids.to_pylist()], dtype=torch.long)

    def _add_values(self, data: HeteroData, snapshot: Snapshot) -> None:
        if (table := snapshot.nodes.get(Label.VALUE)) is None:
            return
        scales = self.fitted.scales
        scaled = [
            scale.apply(number) if (scale := scales.get(parameter)) and number is not None else None
            for parameter, number in zip(
                table["parameter"].to_pylist(), table["number"].to_pylist(), strict=True
            )
        ]
        data[Label.VALUE].number = _with_known(scaled)
        data[Label.VALUE].parameter = self._rows(Label.PARAMETER, table["parameter"])

    def _add_prices(self, data: HeteroData, snapshot: Snapshot) -> None:
        if (table := snapshot.nodes.get(Label.PRODUCT)) is None:
            return
        scales = self.fitted.price_scales
        scaled = [
            scale.apply(price)
            if (scale := scales.get(currency or "")) and price is not None
            else None
            for price, currency in zip(
                table["price"].to_pylist(), table["currency"].to_pylist(), strict=True
            )
        ]
        data[Label.PRODUCT].number = _with_known(scaled)


def texts_of(table: pa.Table) -> list[str]:
    """What a node is called: title, names, name and text, whatever of these it has, each once."""
    columns = [table[name].to_pylist() for name in _TEXT_COLUMNS if name in table.column_names]
    return [_joined(cells) for cells in zip(*columns, strict=True)] if columns else []


def _joined(cells: Sequence[str | Sequence[str] | None]) -> str:
    parts: dict[str, None] = {}
    for cell in cells:
        parts.update(dict.fromkeys([cell] if isinstance(cell, str) else cell or ()))
    return "\n".join(parts)


def items_of(snapshot: Snapshot, label: str, train: Mapping[str, Tensor] | None) -> np.ndarray:
    """Positions of the items of a label that are in the training part; all of them without one."""
    if label not in snapshot.nodes:
        return np.empty(0, dtype=np.int64)
    if train is None:
        return np.arange(snapshot.nodes[label].num_rows)
    return train[label].numpy() if label in train else np.empty(0, dtype=np.int64)


def targets_of(
    snapshot: Snapshot,
    label: str,
    chosen: np.ndarray,
    relationship: str = Relationship.HAS_PARAMETER,
    target: str = Label.VALUE,
) -> np.ndarray:
    """Positions of the nodes that the chosen items point to, once for every edge."""
    edges = snapshot.edges.get((label, relationship, target))
    if edges is None:
        return np.empty(0, dtype=np.int64)
    told = np.zeros(snapshot.nodes[label].num_rows, dtype=bool)
    told[chosen] = True
    positions: np.ndarray = edges["target"].to_numpy()[told[edges["source"].to_numpy()]]
    return positions


def _idf(snapshot: Snapshot, chosen: Mapping[Label, np.ndarray], config: GramConfig) -> list[float]:
    texts = [
        text
        for label in ITEMS
        if label in snapshot.nodes
        for text in texts_of(snapshot.nodes[label].take(chosen[label]))
    ]
    counts = document_counts((grams_of(text, config) for text in texts), config.buckets)
    return [round(value, 4) for value in inverse_frequencies(counts, len(texts)).tolist()]


def _identities(
    snapshot: Snapshot,
    chosen: Mapping[Label, np.ndarray],
    facts: np.ndarray,
    config: FeatureConfig,
) -> dict[str, list[str]]:
    """Ids of the nodes that training items speak of, by label, in the order of the snapshot."""
    seen = {Label.VALUE: np.flatnonzero(_counts(snapshot, facts) >= config.value_facts)}
    for label, relationship in (
        (Label.BRAND, Relationship.MADE_BY),
        (Label.CATEGORY, Relationship.BELONGS_TO),
    ):
        seen[label] = np.unique(
            np.concatenate([targets_of(snapshot, i, chosen[i], relationship, label) for i in ITEMS])
        )
    ids = {
        label: snapshot.nodes[label]["id"].take(pa.array(rows)).to_pylist()
        for label, rows in seen.items()
        if label in snapshot.nodes
    }
    if (values := snapshot.nodes.get(Label.VALUE)) is not None:
        spoken_of = values["parameter"].take(pa.array(np.unique(of_parameters(values, facts))))
        ids[Label.PARAMETER] = sorted(pc.unique(spoken_of).to_pylist())
    return {label: ids[label] for label in _WITH_IDENTITY if label in ids}


def of_parameters(values: pa.Table, facts: np.ndarray) -> np.ndarray:
    """Those of `facts`, rows of values, that speak of a parameter; written by hand, one may not."""
    stated: np.ndarray = facts[values["parameter"].is_valid().to_numpy()[facts]]
    return stated


def _counts(snapshot: Snapshot, facts: np.ndarray) -> np.ndarray:
    values = snapshot.nodes.get(Label.VALUE)
    return np.bincount(facts, minlength=values.num_rows if values is not None else 0)


def _scales(snapshot: Snapshot, facts: np.ndarray) -> dict[str, Scale]:
    """Scales of the parameters that have numbers, every number as often as it is stated."""
    if (values := snapshot.nodes.get(Label.VALUE)) is None:
        return {}
    facts = of_parameters(values, facts)
    return _scale_by(values["parameter"].take(pa.array(facts)), values["number"], facts)


def _price_scales(snapshot: Snapshot, products: np.ndarray) -> dict[str, Scale]:
    if (table := snapshot.nodes.get(Label.PRODUCT)) is None:
        return {}
    currencies = pc.fill_null(table["currency"].take(pa.array(products)), "")
    return _scale_by(currencies, table["price"], products)


def _scale_by(keys: pa.ChunkedArray, column: pa.ChunkedArray, rows: np.ndarray) -> dict[str, Scale]:
    numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False)[rows]
    names = keys.to_numpy(zero_copy_only=False)
    known = np.isfinite(numbers)
    return {
        name: Scale.of(numbers[known & (names == name)])
        for name in sorted(set(names[known].tolist()))
    }


def _with_known(scaled: Sequence[float | None]) -> Tensor:
    rows = [(0.0, 0.0) if number is None else (number, 1.0) for number in scaled]
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, 2)
