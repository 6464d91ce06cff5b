"""What passes between files, the graph and the API: frozen types without behaviour."""

from __future__ import annotations

from typing import Literal

import msgspec

ParameterKind = Literal["text", "number", "boolean"]
ItemKind = Literal["product", "model"]
Origin = Literal["catalog", "extracted", "predicted", "reviewed"]
Status = Literal["accepted", "proposed", "rejected"]
EventKind = Literal["fact_began", "fact_ended", "fact_rejected", "observed", "closed"]
Decision = Literal["accepted", "rejected", "corrected"]


class Record(msgspec.Struct, frozen=True):
    """Base of the frozen types: compared by value, built and encoded in C."""


class Named(Record, frozen=True):
    """A brand, category or model: its id, the name shown, and every name it is known by."""

    id: str
    name: str
    names: tuple[str, ...] = ()


class Parameter(Record, frozen=True):
    """A kind of attribute. Its numbers are stored in `unit`, rounded to `decimals`."""

    id: str
    name: str
    kind: ParameterKind
    unit: str | None = None
    names: tuple[str, ...] = ()
    decimals: int | None = None


class Value(Record, frozen=True):
    """One normalised value of one parameter; `number` is in the parameter's unit."""

    id: str
    parameter: str
    text: str
    number: float | None = None
    unit: str | None = None


class ValueView(Value, frozen=True):
    """A value as it is read: its other spellings, and how many items state it."""

    names: tuple[str, ...] = ()
    items: int = 0


class Fact(Record, frozen=True):
    """A value that a source states, and the field that says so."""

    value: Value
    evidence: str


class Item(Record, frozen=True):
    """One row of a dump after mapping: a catalog item (`product`) or a reference model."""

    kind: ItemKind
    id: str
    title: str
    source: str
    content_hash: str
    names: tuple[str, ...] = ()
    description: str | None = None
    language: str | None = None
    price: float | None = None
    currency: str | None = None
    gtin: str | None = None
    mpn: str | None = None
    url: str | None = None
    image_url: str | None = None
    in_stock: bool | None = None
    brand: Named | None = None
    categories: tuple[Named, ...] = ()  # from the root to the leaf; the item belongs to the leaf
    model: Named | None = None
    facts: tuple[Fact, ...] = ()


class RecordRejected(Record, frozen=True, rename={"reason": "message"}):
    """A row that was not loaded, with everything a person needs to mend it.

    Encoded, `reason` is called `message`, as in every other error that leaves the house.
    """

    source: str
    line: int
    field: str | None
    value: str | None
    code: str
    reason: str
    row: dict[str, object] | None = None


class NamedView(Named, frozen=True):
    """A brand, category or model as it is read, with how many items stand under it."""

    items: int = 0


class ParameterView(Parameter, frozen=True):
    """A parameter as it is read: how many items state it, and the range of its numbers."""

    items: int = 0
    values: int = 0
    minimum: float | None = None
    maximum: float | None = None


class FactView(Record, frozen=True):
    """A fact as it is read, with where it came from."""

    parameter: str
    name: str
    value: str
    text: str
    number: float | None
    unit: str | None
    origin: Origin
    status: Status
    confidence: float
    source: str | None
    evidence: str | None
    run: str | None
    valid_from: str | None
    preferred: bool = True  # what of a higher standing contradicts makes it False


class ItemSummary(Record, frozen=True):
    """An item as lists show it."""

    kind: ItemKind
    id: str
    title: str
    brand: Named | None
    category: Named | None
    price: float | None
    currency: str | None
    in_stock: bool | None
    source: str | None
    closed_at: str | None


class ItemView(Record, frozen=True):
    """An item with all its facts. Times are ISO 8601 in UTC."""

    kind: ItemKind
    id: str
    title: str
    names: tuple[str, ...]
    description: str | None
    language: str | None
    price: float | None
    currency: str | None
    gtin: str | None
    mpn: str | None
    url: str | None
    image_url: str | None
    in_stock: bool | None
    source: str | None
    first_seen: str | None
    last_seen: str | None
    closed_at: str | None  # since when no source lists it any more
    brand: Named | None
    category: tuple[Named, ...]  # from the root to the leaf
    model: Named | None
    facts: tuple[FactView, ...]


class GraphNode(Record, frozen=True):
    label: str
    id: str
    name: str


class GraphEdge(Record, frozen=True):
    """`source` and `target` are positions in the list of nodes."""

    type: str
    source: int
    target: int


class Neighbourhood(Record, frozen=True):
    nodes: tuple[GraphNode, ...]  # the item itself comes first
    edges: tuple[GraphEdge, ...]
    truncated: bool  # the limit left something out


class GraphStats(Record, frozen=True):
    nodes: dict[str, int]  # by label
    relationships: dict[str, int]  # by type


class PastFact(Record, frozen=True):
    """A fact as history shows it; the event around it has its source and run."""

    parameter: str
    name: str
    value: str
    text: str
    number: float | None
    unit: str | None
    origin: Origin
    status: Status
    confidence: float
    evidence: str | None
    valid_from: str | None
    valid_to: str | None  # None: still so


class Observed(Record, frozen=True):
    """What a product cost, and whether it could be had, from one time on."""

    price: float | None
    currency: str | None
    in_stock: bool | None


class HistoryEvent(Record, frozen=True):
    """One change of an item; `at` is ISO 8601 in UTC."""

    at: str
    kind: EventKind
    fact: PastFact | None
    observation: Observed | None
    source: str | None
    run: str | None


class Statement(Record, frozen=True):
    """What one source says where sources contradict each other."""

    value: str
    text: str
    number: float | None
    unit: str | None
    origin: Origin
    source: str | None
    confidence: float
    valid_from: str | None
    run: str | None
    preferred: bool


class Conflict(Record, frozen=True):
    """One parameter of one item that its sources contradict each other about."""

    kind: ItemKind
    id: str
    title: str
    parameter: str
    name: str
    statements: tuple[Statement, ...]  # the best standing first


class FactText(Record, frozen=True):
    """A fact as an encoder reads it."""

    parameter: str
    name: str
    value: str
    text: str
    number: float | None
    unit: str | None


class StatedIn(Record, frozen=True):
    """Of how many items in a category one source states a parameter.

    Attributes:
        category, parameter: ids.
        source: empty for what people said.
        refused: of how many more a person said that they do not have it so.
    """

    category: str
    source: str
    parameter: str
    items: int
    refused: int = 0


class ItemText(Record, frozen=True):
    """An item as an encoder reads it, stored or not: an item that is not has no id.

    What it says nothing of and its model does is in `inherited`.
    """

    kind: ItemKind
    title: str
    id: str | None = None
    names: tuple[str, ...] = ()
    description: str | None = None
    language: str | None = None
    brand: Named | None = None
    category: Named | None = None
    model: Named | None = None
    price: float | None = None
    currency: str | None = None
    in_stock: bool | None = None
    image_url: str | None = None
    facts: tuple[FactText, ...] = ()
    inherited: tuple[FactText, ...] = ()


class EncoderModel(Record, frozen=True):
    """The artefact that vectors are from, and how many numbers each of them has."""

    name: str
    version: str
    width: int

    @property
    def key(self) -> str:
        """As it stands on every item beside its vector."""
        return f"{self.name}@{self.version}"


class SharedFact(Record, frozen=True):
    """A value that two items have in common."""

    parameter: str
    name: str
    value: str
    text: str


class Reasons(Record, frozen=True):
    """What an item has in common with another."""

    same_brand: bool
    same_category: bool
    same_model: bool
    facts: tuple[SharedFact, ...]  # the rarest first


class SimilarItem(Record, frozen=True):
    """An item, how much it is like another (0 to 1), and what they share."""

    item: ItemSummary
    score: float
    reasons: Reasons


class StatedFact(Record, frozen=True):
    """What a model says of an item that is stored."""

    item: str  # id of a product or a model
    value: Value  # stored with its parameter where they are new
    origin: Origin
    status: Status
    confidence: float
    evidence: str  # field, start and end in characters, as `title:12-17`; empty: there is none
    model: str | None  # NAME@VERSION that said so
    quote: str | None = None  # what was read there, to be found out if the text has changed


class FactCounts(Record, frozen=True):
    """What became of stated facts, each of them counted once."""

    written: int = 0  # new, or changed
    unchanged: int = 0
    outranked: int = 0  # a higher origin speaks of it: proposed at most, or known already
    rejected: int = 0  # a person said no, once and for all
    stale: int = 0  # the text that is the evidence has changed since it was read
    ended: int = 0  # of those that were stated before: they are not stated again
    unknown: tuple[str, ...] = ()  # items that are not stored, with all that was said of them


class OtherStatement(Record, frozen=True):
    """What else is said of the parameter that a proposed fact speaks of."""

    value: str
    text: str
    number: float | None
    unit: str | None
    origin: Origin
    status: Status
    confidence: float
    source: str | None
    model: str | None
    inherited: bool  # said of the model that the product is an instance of


class ProposedFact(Record, frozen=True):
    """A fact that waits for a person to accept, reject or correct it."""

    id: str  # of item and value together, fit for an URL
    kind: ItemKind
    item: str
    title: str
    source: str | None
    parameter: str
    name: str
    value: str
    text: str
    number: float | None
    unit: str | None
    origin: Origin
    confidence: float
    teaches: float  # how much an answer would teach; the order of the list
    evidence: str | None
    quote: str | None
    model: str | None
    run: str | None
    others: tuple[OtherStatement, ...]


class DecidedFact(Record, frozen=True):
    """What a person decided about a proposed fact."""

    id: str
    kind: ItemKind
    item: str
    title: str
    parameter: str
    value: str  # that was proposed
    decision: Decision
    corrected_to: str | None  # the value that the person put in its place
    by: str
    at: str


class ExtractionItem(Record, frozen=True):
    """An item as an extractor reads it: its texts, and what need not be read from them."""

    kind: ItemKind
    id: str
    title: str
    description: str | None
    language: str | None
    brand: Named | None
    category: Named | None
    model: str | None  # that a catalog or a person says it is an instance of
    stated: tuple[str, ...]  # parameters that a catalog or a person speaks of


class FactLabel(Record, frozen=True):
    """A decision as an example to learn from. One that corrects makes two: what is not, and is."""

    item: ExtractionItem
    value: Value
    decision: Decision
    evidence: str | None
    model: str | None  # that proposed it
    confidence: float | None  # with which it did
    by: str
    at: str


class Coverage(Record, frozen=True):
    """How much of the open products is known, and who says so."""

    items: int
    items_with_facts: int  # accepted ones
    facts: dict[Origin, dict[Status, int]]
    items_with_category: int = 0
    items_of_text: int = 0  # of which no catalog states a fact
