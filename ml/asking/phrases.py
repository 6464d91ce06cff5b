"""Phrases of questions to what they mean: the table that a lexicon is made of."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from graph.records import Named, Parameter
from graph.text import find_unit
from ml.asking import words_en, words_passed, words_zh
from ml.asking.keys import is_number, stems
from ml.asking.meanings import loose, makers, meanings
from ml.asking.senses import AskedModel, Degree, Kind, Sense
from ml.asking.synonyms import SYNONYMS
from ml.asking.values import ValueTexts

LONGEST_NAME = 8  # words
SERIES_MODELS = 3  # at least, to be a series
_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_SERIES_CHARS = 3  # at least, of its first word
_END_CHARS = 3  # of the end of a model's name that stands for all of it
_PART_WORDS = 6  # of a model's name without its brand
_HEAD_ENDS = frozenset({"in", "of", "for", "per"})  # `Launch price | in EUR`


class Phrases:
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

    def functions(self, brand: Parameter | None = None) -> None:
        """Function words; `brand`: the parameter that words for brands name, where it has them."""
        for language in (words_en.FUNCTIONS, words_zh.FUNCTIONS):
            for does, phrases in language.items():
                if does == "brand" and brand is not None:
                    for phrase in phrases.split("|"):
                        self.add(stems(phrase), Sense("parameter", brand.id, brand.name, 1.0))
                    continue
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
        if parameter.kind == "number" and parameter.unit is None and words[1:] == ("数",):
            self._counter(words[:1], parameter)
        beginnings, ends = _parts(words)
        for phrase in ends:  # of `Rear camera` the camera, which is what it is
            self._part(phrase, Sense("parameter", parameter.id, parameter.name, 0.7))
        for phrase in beginnings:
            self._part(phrase, Sense("parameter", parameter.id, parameter.name, 0.6))

    def _counter(self, word: tuple[str, ...], parameter: Parameter) -> None:
        """What 块数 counts is told in 块, which may be said of money as well."""
        if all(one.id == "money" for one in self.senses.get(word, ())):
            self.add(word, Sense("parameter", parameter.id, parameter.name, 0.9))

    def sold_out(self, stock: Parameter) -> None:
        for phrase in (*words_en.OUT_OF_STOCK.split("|"), *words_zh.OUT_OF_STOCK.split("|")):
            sense = Sense("parameter", stock.id, stock.name, 1.0, denied=True)
            self.add(stems(phrase), sense)

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

    def models(self, models: Iterable[AskedModel], texts: ValueTexts) -> None:
        makers: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase, found in self.senses.items():
            for sense in found:
                if sense.kind == "brand":
                    makers[sense.id].append(phrase)
        beginnings: dict[tuple[str, ...], list[AskedModel]] = defaultdict(list)
        alone: dict[tuple[str, ...], list[AskedModel]] = defaultdict(list)
        for model in models:
            own = self._model(model, makers.get(model.brand_id or "", []))
            alone[own].append(model)
            for length in (1, 2):
                if len(own) > length and not is_number(own[0]):
                    beginnings[own[:length]].append(model)
        said = {
            words: [*of, *alone.get(words, ())]
            for words, of in beginnings.items()
            # `Windows` is rather what many run.
            if len(of) >= SERIES_MODELS and texts.items_saying(words) <= len(of)
        }
        self._add_series(said, makers)

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
        if "(" in model.name:  # `Bolt 8 (2017)` without its brand
            bare = _without(stems(model.name), brand)
            self.add(bare, Sense("model", model.id, model.name, 0.95))
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
        common = words in self._functions or words in SYNONYMS
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
            taken = words in SYNONYMS or any(
                one.kind not in ("model", "series")
                for senses in (*named, self.senses.get(words, ()))
                for one in senses
            )
            if len(words[0]) < _SERIES_CHARS or taken:
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
        if part in self._functions or lone or len(part) > _PART_WORDS or part in SYNONYMS:
            return False
        coded = len(part) > 1 and part[0].isalpha() and part[0].isascii()  # `S9`
        if len("".join(part)) < (2 if coded else fewest):
            return False
        # A model called `Phone` is asked for with its brand.
        return all(one.kind == "model" for one in self.senses.get(part, ()))


def _without(name: tuple[str, ...], brand: tuple[str, ...]) -> tuple[str, ...]:
    return name[len(brand) :] if brand and name[: len(brand)] == brand else name


def _parts(words: tuple[str, ...]) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """The beginnings and the ends of what stands before `in`, `of` and the like."""
    end = next((place for place, word in enumerate(words) if word in _HEAD_ENDS), len(words))
    head = words[:end]
    beginnings = [head[:length] for length in range(1, len(head))]
    return beginnings + ([head] if end < len(words) else []), [
        head[start:] for start in range(1, len(head))
    ]
