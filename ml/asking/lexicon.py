"""What words of a question may mean, out of the live graph and the dictionaries of languages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from graph.records import Named, Parameter, ValueView
from graph.text import find_unit
from ml.asking import words_en, words_passed, words_zh
from ml.asking.keys import is_number, stems
from ml.asking.meanings import goods, loose, makers, meanings
from ml.asking.plan import PRICE, STOCK
from ml.asking.values import ValueTexts
from ml.grounding.tokens import is_han

_PARENTHESES = re.compile(r"\s*\([^()]*\)")
LONGEST_NAME = 8  # words
_ALL = 10**9  # items: more than any graph has
_SERIES_MODELS, _SERIES_CHARS = 3, 3  # at least, to be a series
_BLANKED_CHARS = 3  # shorter words have too many neighbours to be mended
_TEXT_ITEMS = 20  # must say a word of a text, to mend what is typed for it
_END_CHARS = 3  # of the end of a model's name that stands for all of it
_PART_WORDS = 6  # of a model's name without its brand
_HEAD_ENDS = frozenset({"in", "of", "for", "per"})  # `Launch price | in EUR`

Kind = Literal[
    "model",
    "series",
    "brand",
    "category",
    "parameter",
    "value",
    "function",
    "adjective",
    "numeral",
]
Degree = Literal["plain", "comparative", "superlative"]


@dataclass(frozen=True, slots=True)
class Sense:
    """What a phrase may mean.

    Attributes:
        id: of the node; or what a function word does, or the meaning of an adjective.
        sure: how surely it means this, in 0..1; the name itself is surer than a part of it.
    """

    kind: Kind
    id: str
    name: str
    sure: float
    degree: Degree = "plain"


@dataclass(frozen=True, slots=True)
class AskedModel:
    """A model as questions name it."""

    id: str
    name: str
    brand: str | None
    brand_id: str | None
    names: tuple[str, ...] = ()
    weight: int = 0  # how much is known of it


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
        offers: whether the graph has products, which have prices.
        without_models: brands and categories (`field`, id) that products alone have.
        exemplar: what is known of the model that most is known of.
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
    beginnings: frozenset[tuple[str, ...]] = field(repr=False)
    words: Mapping[str, tuple[str, ...]] = field(repr=False)  # for typing errors, by first letter
    short: frozenset[str] = field(repr=False)  # function words, which little is mended to
    text_words: Mapping[str, tuple[str, ...]] = field(repr=False)  # likewise, of texts
    glued: Mapping[str, tuple[str, str]] = field(repr=False)  # `aurorapro`: two words of a name
    blanked: Mapping[tuple[str, ...], str] = field(repr=False)  # Chinese names less a character
    series: Mapping[str, tuple[str, ...]] = field(repr=False)  # models by how their names begin
    last_words: frozenset[str] = frozenset()  # `Pro` and `Max`: they make another name of one
    several: frozenset[str] = frozenset()
    currencies: tuple[str, ...] = ()
    offers: bool = False
    without_models: frozenset[tuple[str, str]] = frozenset()
    exemplar: Exemplar | None = None

    @property
    def is_mixed(self) -> bool:
        """Whether a question may be of models or of products."""
        return self.offers and bool(self.models)

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
        texts = ValueTexts(
            value
            for value in values
            if value.parameter in known and known[value.parameter].kind == "text"
        )
        by_id = {model.id: model for model in models}
        table = _Table()
        table.functions()
        table.graph(known.values(), brands, categories)
        table.translations()
        table.models(by_id.values())
        typed = _by_letter(table.senses)
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
            beginnings=frozenset(
                words[:length] for words in senses for length in range(1, len(words))
            ),
            words=typed,
            short=frozenset(
                words[0]
                for words, found in senses.items()
                if len(words) == 1 and found[0].kind in ("function", "adjective")
            ),
            text_words=_by_letter([(word,) for word in texts.frequent(_TEXT_ITEMS)]),
            glued=_glued(senses, texts),
            blanked=_blanked(
                words for words, found in senses.items() if found[0].kind != "function"
            ),
            series={name: tuple(ids) for name, ids in table.series.items()},
            last_words=frozenset(
                word for word, models in table.last_words.items() if models >= _SERIES_MODELS
            ),
            several=frozenset(several),
            currencies=currencies,
            offers=offers,
            without_models=frozenset(without_models),
        )

    def found(self, words: Sequence[str], first: int) -> Iterator[tuple[int, tuple[Sense, ...]]]:
        """For each phrase that begins there, its last word and what it may mean."""
        for last in range(first, min(first + LONGEST_NAME, len(words))):
            phrase = tuple(words[first : last + 1])
            if phrase in self.senses:
                yield last, self.senses[phrase]
            if phrase not in self.beginnings:
                break


class _Table:
    """Phrases and what they mean, while a lexicon is made."""

    def __init__(self) -> None:
        self.senses: dict[tuple[str, ...], list[Sense]] = defaultdict(list)
        self._functions: set[tuple[str, ...]] = set()
        self.series: dict[str, list[str]] = {}
        self.last_words: Counter[str] = Counter()

    def add(self, phrase: tuple[str, ...], sense: Sense) -> None:
        if not phrase or len(phrase) > LONGEST_NAME:
            return
        found = self.senses[phrase]
        for place, other in enumerate(found):
            if (other.kind, other.id, other.degree) == (sense.kind, sense.id, sense.degree):
                if sense.sure > other.sure:
                    found[place] = sense
                return
        found.append(sense)

    def functions(self) -> None:
        for language in (words_en.FUNCTIONS, words_zh.FUNCTIONS):
            for does, phrases in language.items():
                self._function(phrases, Sense("function", does, does, 1.0))
        degrees: tuple[Degree, ...] = ("plain", "comparative", "superlative")
        for meaning, forms in words_en.ADJECTIVES.items():
            for degree, phrases in zip(degrees, forms, strict=True):
                self._function(phrases, Sense("adjective", meaning, meaning, 1.0, degree))
        for meaning, phrases in words_zh.ADJECTIVES.items():
            self._function(phrases, Sense("adjective", meaning, meaning, 1.0))
        for meaning, phrases in words_zh.SUPERLATIVES.items():
            self._function(phrases, Sense("adjective", meaning, meaning, 1.0, "superlative"))
        for word, number in (*words_en.NUMBERS.items(), *words_zh.NUMBERS.items()):
            self._function(word, Sense("numeral", str(number), word, 1.0))

    def _function(self, phrases: str, sense: Sense) -> None:
        for phrase in phrases.split("|"):
            self.add(stems(phrase), sense)
            self._functions.add(stems(phrase))

    def graph(
        self,
        parameters: Iterable[Parameter],
        brands: Iterable[Named],
        categories: Iterable[Named],
    ) -> None:
        for brand in brands:
            for name in (brand.name, *brand.names):
                self.add(stems(name), Sense("brand", brand.id, brand.name, 1.0))
        for category in categories:
            sense = Sense("category", category.id, category.name, 1.0)
            for name in (category.name, *category.names):
                self.add(stems(name), sense)
                for end in _parts(stems(name))[1]:
                    self._part(end, Sense("category", category.id, category.name, 0.9))
        for parameter in parameters:
            for name in (parameter.name, *parameter.names, parameter.id):
                self._parameter(stems(name), parameter)

    def _parameter(self, words: tuple[str, ...], parameter: Parameter) -> None:
        if words not in self._functions:
            self.add(words, Sense("parameter", parameter.id, parameter.name, 1.0))
        beginnings, ends = _parts(words)
        for phrase in ends:  # of `Rear camera` the camera, which is what it is
            self._part(phrase, Sense("parameter", parameter.id, parameter.name, 0.7))
        for phrase in beginnings:
            self._part(phrase, Sense("parameter", parameter.id, parameter.name, 0.6))

    def _part(self, phrase: tuple[str, ...], sense: Sense) -> None:
        lone = len(phrase) == 1 and (len(phrase[0]) < 3 or is_number(phrase[0]))
        if phrase in self._functions or lone or find_unit("".join(phrase)):
            return
        self.add(phrase, sense)

    def translations(self) -> None:
        """Whatever one word of a line names in the graph, the others name as well."""
        lines: list[tuple[tuple[Kind, ...], tuple[str, ...]]] = [
            *((("category", "parameter"), words) for words in meanings()),
            *((("brand",), words) for words in makers()),
            *(
                (("category", "parameter"), words)
                for words in loose()
                if not self.senses.get(stems(words[0]))
            ),
        ]
        for things, words in lines:
            keys = [stems(word) for word in words]
            named = [
                sense
                for key in keys
                for sense in self.senses.get(key, ())
                if sense.kind in things and sense.sure >= 0.7
            ]
            surest: dict[tuple[Kind, str], Sense] = {}
            for sense in named:
                before = surest.get((sense.kind, sense.id))
                if before is None or sense.sure > before.sure:
                    surest[sense.kind, sense.id] = sense
            for key in keys:
                for sense in surest.values():
                    sure = sense.sure * 0.95
                    self.add(key, Sense(sense.kind, sense.id, sense.name, sure))

    def passed(self, texts: ValueTexts) -> None:
        """Words without a meaning here, where neither names nor whole texts are called so."""
        for does, phrases in words_passed.PASSED:
            for words in map(stems, phrases.split("|")):
                if words not in self.senses and not texts.is_whole(words):
                    self.add(words, Sense("function", does, does, 1.0))

    def models(self, models: Iterable[AskedModel]) -> None:
        makers: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase, found in self.senses.items():
            for sense in found:
                if sense.kind == "brand":
                    makers[sense.id].append(phrase)
        beginnings: dict[tuple[str, ...], list[AskedModel]] = defaultdict(list)
        for model in models:
            own = self._model(model, makers.get(model.brand_id or "", []))
            for length in (1, 2):
                if len(own) > length and not is_number(own[0]):
                    beginnings[own[:length]].append(model)
        self._add_series(beginnings, makers)

    def _model(self, model: AskedModel, makers: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        """Adds its names and the ends of them; returns the words without those of the brand."""
        whole = Sense("model", model.id, model.name, 1.0)
        brand = stems(model.brand or "")
        for name in (model.name, *model.names):
            if self._names_alone(stems(name)):
                self.add(stems(name), whole)
        for maker in makers:
            self.add((*maker, *_without(stems(model.name), brand)), whole)
        own = _without(stems(_PARENTHESES.sub("", model.name)), brand)
        self._aliases(model, brand)
        if not self._names_alone(own) and "(" in model.name:
            for maker in makers if own and is_number(own[0]) else ():
                self.add((*maker, *own), Sense("model", model.id, model.name, 0.9))
            return ()  # `Phone (2)` is never called `Phone`, but `Bolt 8 (Bolt X7)` is a Bolt 8
        for maker in makers:
            self.add((*maker, *own), whole)
            if len(own) > 1 and is_number(own[1]) and own[0] in "".join(brand):
                # 小米8 for the Xiaomi Mi 8
                self.add((*maker, *own[1:]), Sense("model", model.id, model.name, 0.8))
        if brand and own and own[0].isalpha():
            self.last_words.update((own[-1],) if len(own) > 1 else ())
        self._ends(model, own)
        return own

    def _ends(self, model: AskedModel, own: tuple[str, ...]) -> None:
        for start in range(len(own)):
            if self._names_model(own[start:], whole=start == 0):
                sure = 0.95 if start == 0 else 0.6
                self.add(own[start:], Sense("model", model.id, model.name, sure))

    def _aliases(self, model: AskedModel, brand: tuple[str, ...]) -> None:
        """A name in brackets that begins with the brand is another name of the same."""
        for bracket in _PARENTHESES.findall(model.name):
            words = stems(bracket)
            if brand and words[: len(brand)] == brand and len(words) > len(brand):
                self.add(words, Sense("model", model.id, model.name, 0.9))

    def _names_alone(self, words: tuple[str, ...]) -> bool:
        """Whether a whole name says by itself what is meant: `Phone`, `One` and `7` do not."""
        if len(words) > 1:
            return True
        known = self.senses.get(words, ())
        common = words in self._functions or words in _SYNONYMS
        common = common or any(one.kind not in ("model", "series", "brand") for one in known)
        return bool(words) and len(words[0]) > 1 and not is_number(words[0]) and not common

    def _add_series(
        self,
        beginnings: Mapping[tuple[str, ...], Sequence[AskedModel]],
        makers: Mapping[str, Sequence[tuple[str, ...]]],
    ) -> None:
        """`Aurora` for Aurora 3 and Aurora 5, where nothing else is called so."""
        for words, models in beginnings.items():
            named = (self.senses.get((word,), ()) for word in words if len(word) > 1)
            taken = words in _SYNONYMS or any(
                one.kind not in ("model", "series")
                for senses in (*named, self.senses.get(words, ()))
                for one in senses
            )
            if len(models) < _SERIES_MODELS or len(words[0]) < _SERIES_CHARS or taken:
                continue
            name = " ".join(words)
            self.series[name] = [model.id for model in models]
            sense = Sense("series", name, name, 0.9)
            self.add(words, sense)
            brands = {model.brand_id for model in models}
            for maker in makers.get(brands.pop() or "", ()) if len(brands) == 1 else ():
                self.add((*maker, *words), sense)

    def _names_model(self, part: tuple[str, ...], *, whole: bool) -> bool:
        """Whether what is left of a model's name without its brand can still name it."""
        lone = len(part) == 1 and (is_number(part[0]) or len(part[0]) == 1 or not whole)
        fewest = 2 if whole else _END_CHARS
        if part in self._functions or lone or len(part) > _PART_WORDS or part in _SYNONYMS:
            return False
        coded = len(part) > 1 and part[0].isalpha() and part[0].isascii()  # `S9`
        if len("".join(part)) < (2 if coded else fewest):
            return False
        # A model called `Phone` is asked for with its brand.
        return all(one.kind == "model" for one in self.senses.get(part, ()))


def _without(name: tuple[str, ...], brand: tuple[str, ...]) -> tuple[str, ...]:
    return name[len(brand) :] if brand and name[: len(brand)] == brand else name


def _blanked(senses: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """Chinese phrases with each character left out, to the one that belongs there, if it is one."""
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for words in senses:
        if len(words) >= _BLANKED_CHARS and all(map(is_han, words)):
            for place, word in enumerate(words):
                found[(*words[:place], "*", *words[place + 1 :])].add(word)
    return {phrase: next(iter(words)) for phrase, words in found.items() if len(words) == 1}


def _glued(
    senses: Mapping[tuple[str, ...], tuple[Sense, ...]], texts: ValueTexts
) -> dict[str, tuple[str, str]]:
    """Two words that stand beside each other in names of models, as one that is no word itself."""
    known = {word for words in senses for word in words}
    pairs = (
        (one, two)
        for words, found in senses.items()
        if any(sense.kind == "model" for sense in found)
        for one, two in pairwise(words)
        if one.isalpha() and two.isalpha() and one.isascii() and two.isascii() and len(one) > 1
    )
    return {
        one + two: (one, two)
        for one, two in pairs
        if one + two not in known and one + two not in texts
    }


def _by_letter(senses: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word in (word for words in senses for word in words):
        if len(word) >= 4 and word.isascii() and word.isalpha():
            found[word[0]].add(word)
    return {letter: tuple(sorted(words)) for letter, words in found.items()}


def _parts(words: tuple[str, ...]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The beginnings and the ends of what stands before `in`, `of` and the like."""
    end = next((place for place, word in enumerate(words) if word in _HEAD_ENDS), len(words))
    head = words[:end]
    beginnings = [head[:length] for length in range(1, len(head))]
    return beginnings + ([head] if end < len(words) else []), [
        head[start:] for start in range(1, len(head))
    ]


def translated(word: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Other words of the same meaning, but for the names of goods."""
    return [] if word in _GOODS else _SYNONYMS.get(word, [])


def _synonyms() -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for words in (*meanings(), *makers()):
        keys = [stems(word) for word in words]
        for key in keys:
            found[key] += [other for other in keys if other != key and other not in found[key]]
    return dict(found)


_SYNONYMS = _synonyms()
_GOODS = frozenset(stems(word) for words in goods() for word in words)
