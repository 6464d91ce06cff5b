"""What was read from texts, held against a file that says what they state."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from graph.errors import ValueInvalid
from graph.ingest.linking import BrandNames
from graph.records import Parameter, Record
from graph.repositories.stated_values import stated_of
from graph.repositories.vocabulary import known_brands, known_parameters
from graph.text import item_id, model_id, normalise_value, slug
from ml.grounding.lexicon import by_any_name

if TYPE_CHECKING:
    from graph.client import Database

Stated = tuple[str, str, str]  # id of the product, parameter, id of the value or entity


class GoldScore(Record, frozen=True):
    """How much of what texts state was found, and how much of what was found they state."""

    parameter: str
    right: int
    found: int
    stated: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.stated if self.stated else 0.0


class _Attribute(msgspec.Struct):
    parameter: str
    value: str


class _Model(msgspec.Struct):
    brand: str
    model: str


class _Offer(msgspec.Struct):
    sku: str
    model: _Model
    attributes: list[_Attribute]


def score_against_gold(database: Database, gold: Path, source: str) -> list[GoldScore]:
    """Accepted facts that were read from the texts of a source, by parameter, and `all` last.

    Only parameters count that the file marks; what it marks and the graph has no parameter for
    counts as not found.
    """
    offers = [msgspec.json.decode(line, type=_Offer) for line in gold.read_bytes().splitlines()]
    parameters, brands = known_parameters(database), BrandNames(known_brands(database))
    names = {name: one.id for name, one in by_any_name(parameters.values()).items()}
    stated = {
        fact for offer in offers for fact in _stated(offer, source, names, parameters, brands)
    }
    marked = {parameter for _, parameter, _ in stated}
    found = {fact for fact in stated_of(database, source) if fact[1] in marked}
    return [*_scores(stated, found), _score("all", stated, found)]


def _scores(stated: set[Stated], found: set[Stated]) -> Iterator[GoldScore]:
    by_parameter: dict[str, tuple[set[Stated], set[Stated]]] = defaultdict(lambda: (set(), set()))
    for place, facts in enumerate((stated, found)):
        for fact in facts:
            by_parameter[fact[1]][place].add(fact)
    counts = Counter(parameter for _, parameter, _ in stated)
    for parameter, _ in counts.most_common():
        yield _score(parameter, *by_parameter[parameter])


def _score(parameter: str, stated: set[Stated], found: set[Stated]) -> GoldScore:
    return GoldScore(parameter, len(stated & found), len(found), len(stated))


def _stated(
    offer: _Offer,
    source: str,
    names: Mapping[str, str],
    parameters: Mapping[str, Parameter],
    brands: BrandNames,
) -> Iterable[Stated]:
    product = item_id(source, offer.sku)
    for attribute in offer.attributes:
        parameter = names.get(slug(attribute.parameter), attribute.parameter)
        yield product, parameter, _value(offer, attribute, parameter, parameters, brands)


def _value(
    offer: _Offer,
    attribute: _Attribute,
    parameter: str,
    parameters: Mapping[str, Parameter],
    brands: BrandNames,
) -> str:
    if parameter == "brand":
        return brands.named(attribute.value).id
    if parameter == "model":
        return model_id(offer.model.brand, attribute.value)
    if parameter in parameters:
        try:
            return normalise_value(attribute.value, parameters[parameter]).id
        except ValueInvalid:
            pass
    return f"{parameter}={attribute.value}"
