"""Products that a question names, looked up in the graph: there may be millions of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from graph.text import gtin_of
from ml.asking.following import Before
from ml.asking.keys import stems
from ml.asking.near_names import NearName, edits, likeness_of_part
from ml.asking.plan import NotUnderstood, Plan, Understood
from ml.asking.senses import AskedModel
from ml.asking.titles import Run, TitledWords

if TYPE_CHECKING:
    from graph.repositories.asked_products import AskedProducts, NamedProduct
    from ml.asking.lexicon import AskingLexicon

SHOWN = 5  # of several that are meant
_POOL = 50  # titles that have most of the words
_HAVING = 20  # titles that have all of some
_WORDS_MIN, _WORDS_MAX = 2, 16  # that may be a title with a typing error
_NAMES = 3  # products that one question names
_SURE_NAMES = 2  # side by side, in a title that can be read otherwise
_TITLE_SIGNS = " ,.-/()*!&+"
_SURE_WORDS = 3  # of a whole title, where the question can be read without it


@dataclass(frozen=True, slots=True)
class SeveralProducts:
    """Words that name more than one, and the first of them."""

    text: str
    start: int
    end: int
    phrase: tuple[str, ...]
    products: tuple[AskedModel, ...]


@dataclass(frozen=True, slots=True)
class ProductsNamed:
    """What a question calls products, by its words.

    Attributes:
        in_part: those of which the title is named only in part.
        passed_over: names of them that a reading without them took for words that say nothing.
    """

    named: Mapping[tuple[str, ...], AskedModel]
    several: tuple[SeveralProducts, ...] = ()
    in_part: frozenset[str] = frozenset()
    passed_over: tuple[str, ...] = ()

    def accepts(self, plan: Plan) -> bool:
        """Whether a plan says more of a product than that a few words are in its title."""
        return plan.ask != "facts" or not self.in_part.intersection(plan.items)

    def explains(self, found: NotUnderstood) -> bool:
        """Whether several products are what makes that a question is not understood.

        Words that nothing explains must all be in names.
        """
        known = set(chain(*(one.phrase for one in self.several), *self.named))
        words = set(chain.from_iterable(map(stems, found.words)))
        if not self.several or found.reason != "unknown_words":
            return bool(self.several) and (not words or not words.isdisjoint(known))
        return words <= known


class ProductNames:
    """Finds products by titles, ids, GTINs and numbers of makers or sources."""

    def __init__(self, products: AskedProducts) -> None:
        self._products = products

    async def known(self, before: Before, lexicon: AskingLexicon) -> AskingLexicon:
        """The lexicon with the products that were spoken of before."""
        ids = dict.fromkeys((*before.plan.named, *before.answered[: SHOWN * SHOWN]))
        unknown = [id for id in ids if id not in lexicon.models]
        if not unknown or not lexicon.offers:
            return lexicon
        found = await self._products.known(unknown)
        return lexicon.with_products({}, [_asked(one, lexicon) for one in found])

    async def standing_for(
        self, models: Sequence[str], lexicon: AskingLexicon
    ) -> dict[str, AskedModel]:
        """Of each model an offer; none, unless all are offered: the two are not compared."""
        found = await self._products.of_models(models) if models else {}
        if len(found) < len(models):
            return {}
        return {model: _asked(product, lexicon) for model, product in found.items()}

    async def named(
        self, text: str, lexicon: AskingLexicon, found: Understood | NotUnderstood
    ) -> ProductsNamed:
        """What is called by a number, by its whole title, or where `found` is none by a part."""
        words = TitledWords(text, lexicon)
        known = [one.text for one in found.entities]
        codes = [
            code
            for code in words.codes()
            if code.isdigit() or not any(code in one for one in known)
        ]
        named, several = await self._by_code(words, codes, lexicon)
        in_part: set[str] = set()
        places = _places(found)
        passed_over = words.passed_over(words.all, places)
        if isinstance(found, Understood) and not (passed_over or _may_be_title(words, found)):
            return ProductsNamed(named, tuple(several))
        hits = await self._products.titled(words.groups(), every=False, limit=_POOL)
        titles = [hit.title for hit in hits]
        chosen = _chosen(words, titles, found)
        parted = words.parted(titles)
        for run in chosen:
            phrase = words.phrase(run)
            products = await self._having(words, run, parted)
            if len(products) == 1:
                product = _asked(products[0], lexicon)
                named[phrase] = product
                bare = run.words == len(words.keys)
                if not bare and 2 * run.words < len(stems(product.name)):
                    in_part.add(product.id)
            elif products:
                shown = tuple(_asked(one, lexicon) for one in products[:SHOWN])
                start, end = words.places(run)
                several.append(SeveralProducts(words.said(run), start, end, phrase, shown))
        over = dict.fromkeys(words.passed_over(run, places) for run in chosen)
        missed = tuple(one for one in over if one is not None)
        return ProductsNamed(named, tuple(several), frozenset(in_part), missed)

    async def near(self, text: str, lexicon: AskingLexicon) -> list[NearName]:
        """Products whose titles have words that are nearly written so: a lone one names none."""
        words = TitledWords(text, lexicon)
        if not _WORDS_MIN <= len(words.keys) <= _WORDS_MAX:
            return []
        wrong = [key for key in words.keys if edits(key)]
        found = await self._products.titled(words.groups(), every=False, like=wrong, limit=_POOL)
        near = (
            NearName("product", one.id, one.title, likeness_of_part(words.keys, stems(one.title)))
            for one in found
        )
        likely = sorted((one for one in near if one.likeness > 0), key=lambda one: -one.likeness)
        return likely[:SHOWN]

    async def _by_code(
        self, words: TitledWords, codes: Sequence[str], lexicon: AskingLexicon
    ) -> tuple[dict[tuple[str, ...], AskedModel], list[SeveralProducts]]:
        if not codes:
            return {}, []
        ids = {code: code for code in codes} | {
            f"{source}:{code}": code for source in lexicon.sources for code in codes
        }
        found = await self._products.coded(
            ids=list(ids),
            gtins=[(code, gtin) for code in codes if (gtin := gtin_of(code)) is not None],
            codes=list(dict.fromkeys(chain(*((one, one.upper(), one.lower()) for one in codes)))),
            limit=_HAVING,
        )
        by_code: dict[str, dict[str, AskedModel]] = {}
        for product in found:
            written = _written(product.code or "", ids, codes)
            by_code.setdefault(written, {})[product.id] = _asked(product, lexicon)
        named: dict[tuple[str, ...], AskedModel] = {}
        several = []
        for code, products in by_code.items():
            one, *others = products.values()
            phrase, start, end = words.coded(code)
            if not others:
                named[phrase] = one
                continue
            shown = (one, *others[: SHOWN - 1])
            several.append(SeveralProducts(words.text[start:end], start, end, phrase, shown))
        return named, several

    async def _having(
        self, words: TitledWords, run: Run, parted: Set[tuple[str, str]]
    ) -> list[NamedProduct]:
        """Those that have all the words; where these are the whole title of some, only they.

        Args:
            parted: pairs of characters that the titles in question write apart.
        """
        groups = words.groups(run, parted)
        found = await self._products.titled(groups, every=True, limit=_HAVING)
        having = [one for one in found if words.has(run, one.title)]
        whole = [one for one in having if words.is_whole(run, one.title)]
        return whole or having


def _chosen(
    words: TitledWords, titles: Sequence[str], found: Understood | NotUnderstood
) -> list[Run]:
    """Stretches of the question that titles have, the longest first, none in another."""
    runs = {run for title in titles for run in words.runs(title)}
    if isinstance(found, Understood):  # it has an answer: only what cannot be meant otherwise
        places = _places(found)
        runs = {
            run
            for run in runs
            if (run.whole and _says_more(words, run, found)) or words.passed_over(run, places)
        }
    chosen: list[Run] = []
    for run in sorted(runs, key=lambda one: (-one.whole, -one.words, one.first)):
        if all(run.last < one.first or one.last < run.first for one in chosen):
            chosen.append(run)
    return chosen[:_NAMES]


def _places(found: Understood | NotUnderstood) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in found.entities]


def _may_be_title(words: TitledWords, found: Understood) -> bool:
    """Whether several names stand side by side, as they do in titles; one may say nothing else."""
    named = {(one.start, one.end) for one in found.entities}
    silent = {
        (start, end)
        for start, end in words.silent_names()
        if not any(first <= start and end <= last for first, last in named)
    }
    joined = 1
    for before, one in pairwise(sorted(named | silent)):
        beside = not words.text[before[1] : one[0]].strip(_TITLE_SIGNS)
        joined = joined + 1 if beside else 1
        if joined >= _SURE_NAMES:
            return True
    return False


def _says_more(words: TitledWords, run: Run, found: Understood) -> bool:
    """Whether a whole title is longer than each name that the question was read with."""
    start, end = words.places(run)
    inside = (one for one in found.entities if start <= one.start and one.end <= end)
    longest = max((one.end - one.start for one in inside), default=0)
    sure = run.words >= _SURE_WORDS or words.has_silent_name(run)
    return sure and longest < end - start


def _written(code: str, ids: Mapping[str, str], codes: Iterable[str]) -> str:
    """A code of the graph as the question has it."""
    if code in ids:
        return ids[code]
    return next((one for one in codes if one.lower() == code.lower()), code)


def _asked(product: NamedProduct, lexicon: AskingLexicon) -> AskedModel:
    brand = lexicon.brands.get(product.brand or "")
    return AskedModel(
        product.id,
        product.title,
        brand.name if brand else None,
        brand.id if brand else None,
        kind="product",
    )
