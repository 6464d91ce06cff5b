"""What the items of a page lack, as facts to be written: by like items, where no text says it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.services.builds import PROPOSE
from app.services.readers import LoadedFiller
from graph.records import ItemText, Parameter, StatedFact, Status, Value
from graph.repositories.gaps import ItemWithGaps
from ml.grounding.records import TextToRead, fields_of
from ml.purpose.kinds import Sold

if TYPE_CHECKING:
    from ml.filling.gaps import Filled
    from ml.grounding.grounder import Grounder


@dataclass(frozen=True, slots=True)
class NamedPage:
    """Attributes:
    stated: what is to be written.
    parameters: that it may speak of.
    in_text: how many were left out because the item's own text speaks of their parameter.
    made_for: accessories, of which nothing was asked.
    """

    stated: Sequence[StatedFact] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    in_text: int = 0
    made_for: int = 0


@dataclass(frozen=True, slots=True)
class GapNaming:
    """How a run names what items lack.

    Attributes:
        parameters: of this graph, by id; others are not written.
        thresholds: by parameter, the confidence from which on facts are accepted.
        propose: from which on they wait for a person; inf: none do.
        grounder: reads texts; called where something was named.
    """

    loaded: LoadedFiller
    parameters: Mapping[str, Parameter]
    sold: Sold
    thresholds: Mapping[str, float]
    propose: float
    grounder: Callable[[], Grounder]

    def named(self, page: Sequence[ItemWithGaps]) -> NamedPage:
        """Of a page that may be empty."""
        offered = [one for one in page if not self._is_accessory(one.item)]
        if not offered:
            return NamedPage(made_for=len(page))
        found = self.loaded.filler.fill(
            [one.item for one in offered],
            [one.waiting for one in offered],
            min(self.propose, *self.thresholds.values(), math.inf),
        )
        named = [
            (one.item, facts)
            for one, values in zip(offered, found, strict=True)
            if (facts := self._facts(one.item, values))
        ]
        read = self._read([item for item, _ in named])
        stated = [
            fact
            for item, facts in named
            for fact in facts
            if fact.value.parameter not in read.get(str(item.id), ())
        ]
        in_text = sum(len(facts) for _, facts in named) - len(stated)
        return NamedPage(stated, self.parameters, in_text, len(page) - len(offered))

    def _is_accessory(self, item: ItemText) -> bool:
        """A case in a category of phones is like no phone, whatever its title names."""
        category = item.category.id if item.category else ""
        return item.kind == "product" and self.sold.accessory(item.title, category) is not None

    def _facts(self, item: ItemText, values: Sequence[Filled]) -> list[StatedFact]:
        return [
            StatedFact(
                item=str(item.id),
                value=Value(of.value, of.parameter, of.text, of.number, of.unit),
                origin="predicted",
                status=status,
                confidence=one.confidence,
                evidence="",
                model=self.loaded.name,
            )
            for one in values
            if (of := one.value).parameter in self.parameters
            if (status := self._status(of.parameter, one.confidence)) is not None
        ]

    def _status(self, parameter: str, confidence: float) -> Status | None:
        if confidence >= self.thresholds.get(parameter, math.inf):
            return "accepted"
        return "proposed" if confidence >= self.propose else None

    def _read(self, items: Sequence[ItemText]) -> dict[str, set[str]]:
        """By the ids of products, parameters that their texts speak of: that is no gap."""
        products = [item for item in items if item.kind == "product"]
        if not products:
            return {}
        read = self.grounder().ground([_to_read(item) for item in products])
        return {
            str(item.id): {
                fact.parameter
                for fact in facts
                if fact.relation == "HAS_PARAMETER" and fact.confidence >= PROPOSE
            }
            for item, facts in zip(products, read, strict=True)
        }


def _to_read(item: ItemText) -> TextToRead:
    model = item.model.id if item.model else None
    fields = fields_of(item.title, item.description)
    return TextToRead(fields, brand=item.brand, category=item.category, model=model)
