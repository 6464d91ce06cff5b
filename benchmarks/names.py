"""What names learnt from half of the example offers bring to reading the other half.

    python -m benchmarks.names [--bare] [--seed N] [--show]

The offers are split by phone. Of one half the catalog is taken to say what the gold file says; what
is learnt from that is tried on the titles of the other half, by rules alone. Both halves teach in
turn. With --bare the catalogue has no second names of brands, as most have none.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import asdict, replace

from benchmarks.columns_of_items import read_items
from benchmarks.loop_material import ACCEPT
from graph.ingest.linking import BrandNames
from graph.ingest.mapping import RowMapping
from graph.ingest.mapping_file import load_mapping_file
from graph.records import FactText, Item, ItemText, Named, Parameter, Value, ValueView
from graph.text import model_id, normalise_value, slug
from ml.aliases.mining import learn_names
from ml.aliases.records import Entity, Learnt, Role
from ml.data.splits import Shares, split_by_group
from ml.grounding.grounder import Grounder, Wanted
from ml.grounding.lexicon import Lexicon, by_any_name
from ml.grounding.records import TextToRead
from ml.grounding.trust import Trust

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
COLOUR = Parameter("colour", "Colour", "text", None, ("Colour", "颜色"))
JUDGED = ("brand", "colour", "network", "ram", "storage")


@dataclass(frozen=True, slots=True)
class Offers:
    """Offers with the values that their titles say, and the phones that they are of.

    Attributes:
        naming: titles that say the brand.
    """

    parameters: Mapping[str, Parameter]
    phones: Sequence[Item]
    offers: Sequence[ItemText]
    naming: Set[str]


def read_offers(*, bare: bool) -> Offers:
    mapping = EXAMPLES / "mappings/phones.toml"
    phones = read_items([EXAMPLES / "phones/phones.csv"], mapping, "reference")
    parameters = {**RowMapping(load_mapping_file(mapping)).parameters, COLOUR.id: COLOUR}
    by_name = by_any_name(parameters.values())
    brands = BrandNames(phone.brand for phone in phones if phone.brand)
    with (EXAMPLES / "phones/offers.csv").open(encoding="utf-8", newline="") as file:
        titles = {row["sku"]: row["title"] for row in csv.DictReader(file)}
    offers, naming = [], set()
    for line in (EXAMPLES / "phones/offers_gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        title, brand, model = titles[gold["sku"]], gold["model"]["brand"], gold["model"]["model"]
        facts = []
        for said in gold["attributes"]:
            if said["parameter"] == "brand":
                naming.add(title)
            if (parameter := by_name.get(slug(said["parameter"]))) is not None:
                value = normalise_value(said["value"], parameter)
                fact = (value.id, value.text, value.number, value.unit)
                facts.append(FactText(parameter.id, parameter.name, *fact))
        named = Named(model_id(brand, model), model)
        made_by = brands.named(brand)
        offers.append(ItemText("product", title, brand=made_by, model=named, facts=tuple(facts)))
    return Offers(parameters, [_bare(one) for one in phones] if bare else phones, offers, naming)


def entities_of(given: Offers, known: Sequence[ItemText]) -> list[Entity]:
    found: dict[tuple[Role, str], Entity] = {}
    for phone in given.phones:
        of_phone = [Entity(Role("model"), phone.id, phone.title, phone.names)]
        if (brand := phone.brand) is not None:
            of_phone.append(Entity(Role("brand"), brand.id, brand.name, brand.names))
        for fact in phone.facts:
            value = fact.value
            if given.parameters[value.parameter].kind == "text":
                role = Role("value", value.parameter)
                of_phone.append(Entity(role, value.id, value.text))
        found |= {(one.role, one.id): one for one in of_phone}
    for item in known:
        for said in item.facts:
            if given.parameters[said.parameter].kind == "text":
                role = Role("value", said.parameter)
                found[role, said.value] = Entity(role, said.value, said.text)
    return list(found.values())


def reader(given: Offers, known: Sequence[ItemText], learnt: Learnt | None) -> Grounder:
    """By rules, with what the phones and the known offers say, and what was learnt."""
    names: dict[str, tuple[str, ...]] = {}
    for one in learnt.names if learnt else ():
        names[one.entity] = (*names.get(one.entity, ()), one.name)
    values = {fact.value.id: fact.value for phone in given.phones for fact in phone.facts}
    for item in known:
        for said in item.facts:
            values[said.value] = Value(
                said.value, said.parameter, said.text, said.number, said.unit
            )
    stated = Counter(fact.value.id for phone in given.phones for fact in phone.facts)
    stated.update(fact.value for item in known for fact in item.facts)
    views = [
        ValueView(**asdict(value), names=names.get(id, ()), items=stated[id])
        for id, value in values.items()
    ]
    brands = {phone.brand.id: phone.brand for phone in given.phones if phone.brand}
    lexicon = Lexicon.of(
        given.parameters.values(),
        views,
        brands=[
            Named(one.id, one.name, (*one.names, *names.get(one.id, ()))) for one in brands.values()
        ],
    )
    return Grounder(lexicon, Trust.learnt(known, lexicon))


def scored(
    grounder: Grounder, offers: Sequence[ItemText], naming: Set[str]
) -> Counter[tuple[str, str]]:
    """By parameter, how many facts are right, found and stated."""
    counts: Counter[tuple[str, str]] = Counter()
    texts = [TextToRead({"title": offer.title}) for offer in offers]
    for offer, facts in zip(
        offers, grounder.ground(texts, Wanted(min_confidence=ACCEPT)), strict=True
    ):
        stated = {(fact.parameter, fact.value) for fact in offer.facts}
        if offer.brand and offer.title in naming:
            stated.add(("brand", offer.brand.id))
        found = {(one.parameter, one.links.value or one.links.entity or "") for one in facts}
        for what, pairs in (("right", stated & found), ("found", found), ("stated", stated)):
            counts.update((parameter, what) for parameter, _ in pairs)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bare", action="store_true", help="without second names of brands")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="every name that is learnt")
    options = parser.parse_args()
    given = read_offers(bare=options.bare)
    groups = sorted({offer.model.id for offer in given.offers if offer.model})
    split = split_by_group(groups, Shares(valid=0.0, test=0.5), seed=options.seed)
    second = {groups[at] for at in split.test.tolist()}
    halves = [
        [offer for offer in given.offers if (offer.model and offer.model.id in second) == side]
        for side in (False, True)
    ]
    totals = {"before": Counter[tuple[str, str]](), "after": Counter[tuple[str, str]]()}
    for known, asked in (halves, halves[::-1]):
        learnt = learn_names(known, entities_of(given, known))
        print(f"{len(learnt.names)} names out of {learnt.texts} titles")
        for one in learnt.names if options.show else ():
            print(f"  {one.name}  {one.entity_name}  {one.support}  {one.confidence:.2f}")
        for when, names in (("before", None), ("after", learnt)):
            totals[when] += scored(reader(given, known, names), asked, given.naming)
    for when, counts in totals.items():
        for parameter in JUDGED:
            right, found, stated = (
                counts[parameter, what] for what in ("right", "found", "stated")
            )
            shares = f"precision {right / max(found, 1):.3f}, recall {right / max(stated, 1):.3f}"
            print(f"{when} {parameter}: {shares} of {stated}")


def _bare(phone: Item) -> Item:
    brand = phone.brand
    return replace(phone, brand=Named(brand.id, brand.name, (brand.name,)) if brand else None)


if __name__ == "__main__":
    main()
