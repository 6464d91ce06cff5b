"""What a question asks of the graph, as data: no text of the question is left in it."""

from __future__ import annotations

from typing import Literal

from graph.records import ItemKind, Record

BRAND, CATEGORY, ITEM = "brand", "category", "item"  # fields beside the parameters
PRICE, STOCK, CURRENCY = "price", "in_stock", "currency"  # what offers alone have
OWN_FIELDS = frozenset({BRAND, CATEGORY, ITEM, PRICE, STOCK, CURRENCY})

Ask = Literal[
    "items",  # which items
    "count",  # how many of them, or how many different values of a field
    "values",  # what named items have, or which values of a field there are
    "groups",  # which value of a field has most items, or fewest, or the highest average
    "aggregate",  # one number over the items
    "check",  # whether named items meet the conditions
    "difference",  # between two named items
    "similar",  # items like a named one
    "facts",  # all that is known of named items
]
Order = Literal["highest", "lowest"]
Aggregate = Literal["average", "highest", "lowest", "total"]
Language = Literal["en", "zh"]
RefusalReason = Literal[
    "empty", "too_long", "unknown_words", "nothing_asked", "no_context", "ambiguous"
]
EntityKind = Literal["model", "product", "brand", "category", "parameter", "value", "number"]


class Condition(Record, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What items must have.

    Exactly one of these is asked of `field`: one of `values` (ids), a number from `low` to `high`
    in the unit of the parameter, that anything is `stated`, a value in common with an item
    (`same_as`), a number `above` or `below` that of an item, or from `count_low` to `count_high`
    different values.
    """

    field: str
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    low_inclusive: bool = True
    high_inclusive: bool = True
    stated: bool = False
    same_as: str | None = None
    above: str | None = None
    below: str | None = None
    count_low: int | None = None
    count_high: int | None = None
    negated: bool = False

    @property
    def is_range(self) -> bool:
        return self.low is not None or self.high is not None

    @property
    def is_count(self) -> bool:
        return self.count_low is not None or self.count_high is not None

    @property
    def related_to(self) -> str | None:
        """The item that others are held to, if one is."""
        return self.same_as or self.above or self.below

    @property
    def is_relation(self) -> bool:
        """Whether a named item, or how many values there are, decides; no filter can say that."""
        return bool(self.related_to) or self.is_count


class Plan(Record, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A question as it was understood; names are ids of the graph.

    Attributes:
        items: named items that the question is about.
        fields: what is asked for: parameters, or `brand`.
        order_by: the parameter whose `order` chooses the items; `top` of them, and their equals.
        last: whether of the `top` only the last one is meant, and its equals: the third.
        either: at least one of these must hold as well.
        denied: a check is answered with yes where nothing meets the conditions: are all dimmable?
        group_low, group_high: how many items a group must have, and may have.
        counted: groups go by how many values of this field they have, and not by their items.
        kind: what the question calls the items, offers (`product`) or models; None: neither.
    """

    ask: Ask
    conditions: tuple[Condition, ...] = ()
    items: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    order_by: str | None = None
    order: Order | None = None
    top: int | None = None
    last: bool = False
    aggregate: Aggregate | None = None
    either: tuple[Condition, ...] = ()
    denied: bool = False
    group_low: int | None = None
    group_high: int | None = None
    counted: str | None = None
    kind: ItemKind | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """Ids of all items that are named: those asked about, and those others are held to."""
        conditions = (*self.conditions, *self.either)
        related = (one.related_to for one in conditions if one.related_to)
        among = (id for one in conditions if one.field == ITEM for id in one.values)
        return tuple(dict.fromkeys((*self.items, *related, *among)))

    @property
    def of_prices(self) -> bool:
        """Whether prices are asked for, or decide."""
        conditions = (one.field for one in (*self.conditions, *self.either))
        return PRICE in (*self.fields, self.order_by, *conditions)


class Entity(Record, frozen=True):
    """A part of the question that names something; `start` and `end` count characters."""

    text: str
    start: int
    end: int
    kind: EntityKind
    id: str
    name: str
    confidence: float


class Place(Record, frozen=True):
    """A part of the question; `start` and `end` count characters."""

    text: str
    start: int
    end: int


class Suggestion(Record, frozen=True):
    """A name of the graph that a part of the question may have been meant for.

    `question`: the same question with the name in it, if the graph has an answer to that.
    """

    text: str
    start: int
    end: int
    kind: EntityKind
    id: str
    name: str
    question: str | None = None


class Understood(Record, frozen=True):
    """A plan with what in the question led to it.

    `read`: words with a typing error, each with the words that they were read as.
    """

    plan: Plan
    language: Language
    entities: tuple[Entity, ...]
    confidence: float
    parser: str = "rules"
    read: tuple[tuple[Place, str], ...] = ()


class NotUnderstood(Record, frozen=True):
    """Why a question is refused: `words` are those that nothing in the graph explains.

    `places`: where names may stand that the graph does not have.
    """

    reason: RefusalReason
    language: Language
    words: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    places: tuple[Place, ...] = ()
