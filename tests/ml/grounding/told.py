"""A reader that says what it is told to, as an extractor would that was trained for a parameter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.records import Parameter
from graph.text import normalise_value
from ml.grounding.lexicon import Lexicon
from ml.grounding.records import ExtractedFact, Links, Normalized, TextToRead


@dataclass(frozen=True)
class ToldReader:
    """`said`: words of titles, and how sure it is of them."""

    parameter: Parameter
    said: Mapping[str, float]
    name: str = "extraction@1"

    def read(self, items: Sequence[TextToRead], lexicon: Lexicon) -> list[list[ExtractedFact]]:
        return [list(self._facts(item.fields["title"], lexicon)) for item in items]

    def _facts(self, title: str, lexicon: Lexicon) -> Iterator[ExtractedFact]:
        for words, confidence in self.said.items():
            if words in title:
                value = normalise_value(words, self.parameter)
                yield ExtractedFact(
                    relation="HAS_PARAMETER",
                    parameter=self.parameter.id,
                    name=self.parameter.name,
                    value=words,
                    normalized=Normalized(value.text, value.number, value.unit),
                    confidence=confidence,
                    field="title",
                    start=title.index(words),
                    end=title.index(words) + len(words),
                    links=Links(value.id if value.id in lexicon.items else None, None),
                    reasons=("learnt from labelled texts",),
                    origin="extracted",
                    model=self.name,
                )
