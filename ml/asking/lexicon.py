"""What words of a question may mean, out of the live graph and the dictionaries of languages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from graph.records import Named, Parameter, ValueView
from graph.text import find_unit
from ml.asking.keys import stems
from ml.asking.phrases import LONGEST_NAME, SERIES_MODELS, Phrases
from ml.asking.plan import PRICE, STOCK
from ml.asking.senses import AskedModel, Sense
from ml.asking.spellings import blanked, by_letter, glued
from ml.asking.values import ValueTexts
from ml.asking.words_en import FUNCTIONS as ENGLISH
from ml.asking.words_zh import FUNCTIONS as CHINESE

K = TypeVar("K")
V = TypeVar("V")

_ALL = 10**9  # items: more than any graph has
_TEXT_ITEMS = 20  # must say a word of a text, to mend what is typed for it


@dataclass(frozen=True, slots=True)
class Exemplar:
    """A model, the parameters that it states, and those of which another has the same value."""

    model: str
    stated: frozenset[str]
    shared: frozenset[str]


@dataclass(frozen=True, slots=True)
class AskingLexicon:
    """Made once for a graph, asked from several threads.

    Attributes:
        stated: by parameter, how often items state it.
        highest: by parameter, its highest number; likewise `lowest`.
        several: parameters of which many an item states several values.
        currencies: of prices, the commonest first.
        offers: whether the graph has products, which have prices; likewise `has_models`.
        without_models: brands and categories (`field`, id) that products alone have.
        sources: of products, whose ids begin with them.
        exemplar: what is known of the model that most is known of.
        longest: words of a name, at most.
        origin: the one of the whole graph, where this has products for one question.
        dimensions: what the numbers of the graph measure.
        stated_in: by category, the parameters that items in it, or below it, state.
        near: those of the category that is asked about; empty: of none, or of several.
        in_categories: by category, how many items are in it, or below it.
    """

    parameters: Mapping[str, Parameter]
    stated: Mapping[str, int]
    items: Mapping[str, int] = field(repr=False)  # by value, how many state it
    numbers: Mapping[str, tuple[tuple[float, int], ...]] = field(repr=False)  # with their items
    ids: Mapping[tuple[str, float], str] = field(repr=False)  # of values, by number
    lowest: Mapping[str, float]
    highest: Mapping[str, float]
    brands: Mapping[str, Named]
    categories: Mapping[str, Named]
    models: Mapping[str, AskedModel]
    texts: ValueTexts = field(repr=False)
    senses: Mapping[tuple[str, ...], tuple[Sense, ...]] = field(repr=False)
    beginnings: Mapping[tuple[str, ...], tuple[()]] = field(repr=False)
    words: Mapping[str, tuple[str, ...]] = field(repr=False)  # for typing errors, by first letter
    text_words: Mapping[str, tuple[str, ...]] = field(repr=False)  # likewise, of texts
    glued: Mapping[str, tuple[str, str]] = field(repr=False)  # `aurorapro`: two words of a name
    blanked: Mapping[tuple[str, ...], str] = field(repr=False)  # Chinese names less a character
    series: Mapping[str, tuple[str, ...]] = field(repr=False)  # models by how their names begin
    last_words: frozenset[str] = frozenset()  # `Pro` and `Max`: they make another name of one
    several: frozenset[str] = frozenset()
    currencies: tuple[str, ...] = ()
    offers: bool = False
    has_models: bool = True
    without_models: frozenset[tuple[str, str]] = frozenset()
    sources: tuple[str, ...] = ()
    exemplar: Exemplar | None = None
    longest: int = LONGEST_NAME
    origin: AskingLexicon | None = field(default=None, repr=False)
    dimensions: frozenset[str] = frozenset()
    stated_in: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    near: frozenset[str] = frozenset()
    in_categories: Mapping[str, int] = field(default_factory=dict, repr=False)

    @property
    def is_mixed(self) -> bool:
        """Whether a question may be of models or of products."""
        return self.offers and self.has_models

    def of_category(self, category: str | None) -> AskingLexicon:
        """The same where items of a category are asked about: what they state is rather meant."""
        near = self.stated_in.get(category or "", frozenset())
        return replace(self, near=near | {PRICE, STOCK}) if near else self

    def rank(self, parameter: str) -> tuple[bool, int]:
        """Orders parameters that are called alike, or measure alike: the least is rather meant."""
        return bool(self.near) and parameter not in self.near, -self.stated.get(parameter, 0)

    def number_of(self, value: str) -> float | None:
        return next((number for (_, number), id in self.ids.items() if id == value), None)

    def is_silence_no(self, parameter: str) -> bool:
        """Whether items that lack something do not say so: less than half say anything of it."""
        return self.stated.get(parameter, 0) < max(len(self.models), 1) / 2

    @classmethod
    def of(
        cls,
        parameters: Iterable[Parameter],
        values: Sequence[ValueView],
        *,
        brands: Sequence[Named] = (),
        categories: Sequence[Named] = (),
        models: Iterable[AskedModel] = (),
        several: Iterable[str] = (),
        currencies: tuple[str, ...] = (),
        offers: bool = False,
        without_models: Iterable[tuple[str, str]] = (),
        sources: Sequence[str] = (),
    ) -> AskingLexicon:
        known = {parameter.id: parameter for parameter in parameters}
        if offers:
            known.setdefault(PRICE, Parameter(PRICE, "Price", "number"))
            known.setdefault(STOCK, Parameter(STOCK, "In stock", "boolean"))
        stated: dict[str, int] = dict.fromkeys(known, 0)
        if offers:
            stated[PRICE] = stated[STOCK] = _ALL  # before a price that a specification states
        numbers: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for value in values:
            if value.parameter in known:
                stated[value.parameter] += value.items
                if value.number is not None:
                    numbers[value.parameter].append((value.number, value.items))
        makers = None if brands else _brand_among(known.values())
        texts = ValueTexts(
            (
                value
                for value in values
                if value.parameter in known and known[value.parameter].kind == "text"
            ),
            makers.id if makers else None,
        )
        by_id = {model.id: model for model in models}
        table = Phrases()
        table.functions(makers)
        table.graph(known.values(), brands, categories)
        table.translations()
        if offers:
            table.sold_out(known[STOCK])
        table.models(by_id.values(), texts)
        typed = by_letter(table.senses)
        table.passed(texts)
        senses = {words: tuple(found) for words, found in table.senses.items()}
        return cls(
            parameters=known,
            stated=stated,
            items={value.id: value.items for value in values},
            numbers={parameter: tuple(found) for parameter, found in numbers.items()},
            ids={
                (value.parameter, value.number): value.id
                for value in values
                if value.number is not None
            },
            lowest={parameter: min(found)[0] for parameter, found in numbers.items()},
            highest={parameter: max(found)[0] for parameter, found in numbers.items()},
            brands={one.id: one for one in brands},
            categories={one.id: one for one in categories},
            models=by_id,
            texts=texts,
            senses=senses,
            beginnings={words[:length]: () for words in senses for length in range(1, len(words))},
            words=typed,
            text_words=by_letter([(word,) for word in texts.frequent(_TEXT_ITEMS)]),
            glued=glued(senses, texts),
            blanked=blanked(
                words
                for words, found in senses.items()
                # 洗碗机 is no typing error for 洗衣机: another character is another kind of thing.
                if not {one.kind for one in found} & {"function", "category"}
            ),
            series={name: tuple(ids) for name, ids in table.series.items()},
            last_words=frozenset(
                word for word, models in table.last_words.items() if models >= SERIES_MODELS
            ),
            several=frozenset(several),
            currencies=currencies,
            offers=offers,
            has_models=bool(by_id),
            without_models=frozenset(without_models),
            sources=tuple(sources),
            dimensions=frozenset(
                unit.dimension
                for one in known.values()
                if one.unit and (unit := find_unit(one.unit)) is not None
            ),
        )

    def found(self, words: Sequence[str], first: int) -> Iterator[tuple[int, tuple[Sense, ...]]]:
        """For each phrase that begins there, its last word and what it may mean."""
        for last in range(first, min(first + self.longest, len(words))):
            phrase = tuple(words[first : last + 1])
            if phrase in self.senses:
                yield last, self.senses[phrase]
            if phrase not in self.beginnings:
                break

    def with_products(
        self,
        named: Mapping[tuple[str, ...], AskedModel],
        known: Iterable[AskedModel] = (),
    ) -> AskingLexicon:
        """The same for one question: products by the words that name them, and `known` by id."""
        senses = {words: (Sense("model", one.id, one.name, 1.0),) for words, one in named.items()}
        return replace(
            self,
            models=_Before({one.id: one for one in (*known, *named.values())}, self.models),
            senses=_Before(senses, self.senses),
            beginnings=_Before(
                {words[:length]: () for words in senses for length in range(1, len(words))},
                self.beginnings,
            ),
            longest=max(self.longest, *map(len, senses), 1),
            origin=self.origin or self,
        )


def _brand_among(parameters: Iterable[Parameter]) -> Parameter | None:
    """The parameter that a graph without brands keeps them in."""
    words = {stems(one) for one in f"{ENGLISH['brand']}|{CHINESE['brand']}".split("|")}
    return next(
        (
            one
            for one in parameters
            if one.kind == "text" and any(stems(name) in words for name in (one.name, *one.names))
        ),
        None,
    )


class _Before(Mapping[K, V]):
    """A few entries before many others, of which none is copied."""

    def __init__(self, few: Mapping[K, V], many: Mapping[K, V]) -> None:
        self._few = few
        self._many = many

    def __getitem__(self, key: K) -> V:
        return self._few[key] if key in self._few else self._many[key]

    def __contains__(self, key: object) -> bool:
        return key in self._few or key in self._many

    def __iter__(self) -> Iterator[K]:
        yield from self._few
        yield from (key for key in self._many if key not in self._few)

    def __len__(self) -> int:
        return len(self._few) + sum(key not in self._few for key in self._many)
