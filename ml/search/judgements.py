"""Offers of known products as queries with the answers that they should have."""

# Q queries, D texts

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.errors import OffersInvalid
from ml.linking.offers import read_offers
from ml.search.words import folded

SAME, VARIANT = 2, 1  # gains: the product itself, and the same in another size or colour

# What variants of one product differ in.
_VARIANT = re.compile(
    r"\b\d+\s?(?:gb|tb|mb)\b|\b(?:black|white|silver|gr[ae]y|blue|red|green|gold|rose|pink|purple"
    r"|yellow|orange|brown|beige|stainless steel|steel|inox|space|jet|dual sim|matte)\b"
)


@dataclass(frozen=True, slots=True)
class Judged:
    """Queries over one pool of texts.

    Attributes:
        texts: D titles.
        queries: Q of them, each the name of a product.
        families: of each query: what its variants share; those of one family stay in one fold.
        gains: of each query, by the position of a text; texts that are left out are wrong.
    """

    texts: Sequence[str]
    queries: Sequence[str]
    families: Sequence[str]
    gains: Sequence[dict[int, int]]

    def only(self, families: Collection[str]) -> Judged:
        """The queries of these families, over their own texts alone."""
        asked = [n for n, family in enumerate(self.families) if family in families]
        places = sorted({place for n in asked for place in self.gains[n]})
        moved = {place: new for new, place in enumerate(places)}
        return Judged(
            texts=[self.texts[place] for place in places],
            queries=[self.queries[n] for n in asked],
            families=[self.families[n] for n in asked],
            gains=[{moved[p]: gain for p, gain in self.gains[n].items()} for n in asked],
        )

    def halves(self, share: float, seed: int) -> tuple[Judged, Judged]:
        """A share of the families, drawn at random, and the others; each has a family at least.

        Raises:
            ValueError: there are fewer than two.
        """
        families = sorted(set(self.families))
        if len(families) < 2:
            raise ValueError("one family cannot be divided")
        order = np.random.default_rng(seed).permutation(len(families)).tolist()
        cut = min(max(1, round(share * len(families))), len(families) - 1)
        first = {families[n] for n in order[:cut]}
        return self.only(first), self.only(set(families) - first)


def read_judged(path: Path) -> Judged:
    """Every product's name asks for its offers.

    Raises:
        OffersInvalid: the file cannot be read, or names fewer than two products.
    """
    judged = judged_by_names(read_named(path))
    if len(set(judged.families)) < 2:
        raise OffersInvalid(path=path, reason="names fewer than two products to tell apart")
    return judged


def read_named(path: Path) -> list[tuple[str, str]]:
    """Titles of offers, each with the name of its product.

    Raises:
        OffersInvalid: the file cannot be read.
    """
    return [(offer.title, offer.label) for offer in read_offers(path)]


def judged_by_names(named: Iterable[tuple[str, str]]) -> Judged:
    """Each name asks for the titles that come with it; names that are spelled alike are one query.

    Titles without a name are texts that nothing asks for.
    """
    texts: list[str] = []
    by_name: dict[str, list[int]] = defaultdict(list)
    shown: dict[str, str] = {}
    for place, (title, label) in enumerate(named):
        texts.append(title)
        name = " ".join(folded(label).split())
        if name:
            by_name[name].append(place)
            shown.setdefault(name, label)
    by_family: dict[str, list[int]] = defaultdict(list)
    families = {name: _family(name) for name in by_name}
    for name, places in by_name.items():
        by_family[families[name]] += places
    return Judged(
        texts=texts,
        queries=[shown[name] for name in by_name],
        families=[families[name] for name in by_name],
        gains=[
            dict.fromkeys(by_family[families[name]], VARIANT) | dict.fromkeys(places, SAME)
            for name, places in by_name.items()
        ],
    )


def judged_by_choices(choices: Iterable[tuple[str, str, str, bool]]) -> Judged:
    """Queries that shoppers typed, by what they then chose; queries spelled alike are one.

    Args:
        choices: query, item, its title, and whether it was bought: that gains more than a view.
    """
    places: dict[str, int] = {}
    texts: list[str] = []
    gains: dict[str, dict[int, int]] = defaultdict(dict)
    shown: dict[str, str] = {}
    for query, item, title, bought in choices:
        name = " ".join(folded(query).split())
        if not name:
            continue
        place = places.setdefault(item, len(places))
        texts += [title] if place == len(texts) else []
        shown.setdefault(name, query)
        gains[name][place] = max(gains[name].get(place, 0), SAME if bought else VARIANT)
    return Judged(
        texts=texts,
        queries=list(shown.values()),
        families=[_family(name) for name in shown],
        gains=[gains[name] for name in shown],
    )


def together(judged: Sequence[Judged]) -> Judged:
    """The queries of all over the texts of all; what has one title is one text from the second on.

    So a product that both names and shoppers speak of is not wrong for either.
    """
    texts: list[str] = []
    known: dict[str, int] = {}
    queries: list[str] = []
    families: list[str] = []
    gains: list[dict[int, int]] = []
    for one in judged:
        moved = []
        for text in one.texts:
            moved.append(known.get(text, len(texts)))
            texts += [text] if moved[-1] == len(texts) else []
        known = {text: place for place, text in reversed(list(enumerate(texts)))}
        queries += one.queries
        families += one.families
        for own in one.gains:
            ascending = sorted(own.items(), key=lambda pair: pair[1])
            gains.append({moved[place]: gain for place, gain in ascending})
    return Judged(texts, queries, families, gains)


def _family(name: str) -> str:
    return " ".join(_VARIANT.sub(" ", name).split())
