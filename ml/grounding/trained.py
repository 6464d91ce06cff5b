"""A trained extractor as a reader of the graph: its answers as values of known parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from graph.errors import ValueInvalid
from graph.records import Parameter
from graph.text import normalise_value, slug
from ml.grounding.lexicon import Lexicon, by_any_name
from ml.grounding.records import ExtractedFact, Links, Normalized, TextToRead

if TYPE_CHECKING:
    from ml.extraction.records import Extraction


class Extracts(Protocol):
    """`ml.extraction.extractor.Extractor`, which is slow to import."""

    thresholds: Mapping[str, float]

    def extract(
        self,
        texts: Sequence[str],
        categories: Sequence[str],
        parameters: Sequence[Sequence[str]] | None = None,
    ) -> list[list[Extraction]]: ...


@dataclass(frozen=True, slots=True)
class TrainedReader:
    """Answers in the words of the graph what an extractor finds.

    Attributes:
        name: NAME@VERSION.
        extractor: it knows parameters by the names of its labels.
    """

    name: str
    extractor: Extracts

    def read(self, items: Sequence[TextToRead], lexicon: Lexicon) -> list[list[ExtractedFact]]:
        """For each item what the extractor is sure enough of to say, by its own thresholds.

        A value that the parameter cannot have (`large` for a number) is left out, and so is one of
        a parameter that the graph does not have.
        """
        texts = [
            (place, field, text)
            for place, item in enumerate(items)
            for field, text in item.fields.items()
        ]
        categories = [_category(items[place]) for place, _, _ in texts]
        found = self.extractor.extract([text for _, _, text in texts], categories)
        by_name = by_any_name(lexicon.parameters.values())
        facts: list[list[ExtractedFact]] = [[] for _ in items]
        for (place, field, _), extractions in zip(texts, found, strict=True):
            facts[place] += self._facts(field, extractions, by_name, lexicon)
        return facts

    def _facts(
        self,
        field: str,
        found: Sequence[Extraction],
        by_name: Mapping[str, Parameter],
        lexicon: Lexicon,
    ) -> Iterator[ExtractedFact]:
        for one in found:
            parameter = by_name.get(slug(one.parameter))
            if parameter is None or one.confidence < self.extractor.thresholds[one.parameter]:
                continue
            try:
                value = normalise_value(one.value, parameter)
            except ValueInvalid:
                continue
            known = value.id in lexicon.items
            yield ExtractedFact(
                relation="HAS_PARAMETER",
                parameter=parameter.id,
                name=parameter.name,
                value=one.value,
                normalized=Normalized(value.text, value.number, value.unit),
                confidence=one.confidence,
                field=field,
                start=one.start,
                end=one.end,
                links=Links(value.id if known else None, None),
                reasons=(
                    "learnt from labelled texts",
                    "a value that items have" if known else "a value that no item has so far",
                ),
                origin="extracted",
                model=self.name,
            )


def _category(item: TextToRead) -> str:
    return item.category.name if item.category else ""
