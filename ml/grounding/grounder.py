"""Texts to facts of the graph: values, brand, category and model, and what these imply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace as replace_fields

from graph.records import FactText, ItemText, Named, Value
from ml.grounding.habits import USUAL
from ml.grounding.lexicon import Found, Lexicon, Names, all_named_in, named_in
from ml.grounding.made_for import MadeFor, made_for
from ml.grounding.naming import place_of
from ml.grounding.plausible import Read, Weigher, reasons_of, weighed
from ml.grounding.reading import READ_CHARS, Reading, read
from ml.grounding.records import ExtractedFact, Links, Normalized, Relation, TextToRead
from ml.grounding.settling import settled
from ml.grounding.stated import Stated
from ml.grounding.trust import NameKind, Trust
from ml.purpose.kinds import sells_accessories
from ml.purpose.reading import without_extras

RULES = "rules"
TITLE = "title"
WORTH = 0.1  # what is less likely is a guess, and a text says it or not
FOREIGN = 0.05  # below it no item of a category is taken for one of a model
LIKELY = 0.5  # from here on what a model has counts when its text is read
SURE = 0.8  # that a title names it: then its category counts before that of a shop

_RELATIONS: Mapping[str, Relation] = {"brand": "MADE_BY", "category": "BELONGS_TO"}


class ModelLink(Protocol):
    """A model that a title names."""

    @property
    def model(self) -> str: ...
    @property
    def confidence(self) -> float: ...
    @property
    def reasons(self) -> tuple[str, ...]: ...


class Linker(Protocol):
    """Finds which model a title names, or none."""

    def link(
        self, titles: Sequence[str], brands: Sequence[str | None] | None = None
    ) -> Sequence[ModelLink | None]: ...


class Reader(Protocol):
    """A trained model that finds facts in texts."""

    @property
    def name(self) -> str:
        """NAME@VERSION."""

    def read(self, items: Sequence[TextToRead], lexicon: Lexicon) -> Sequence[list[ExtractedFact]]:
        """For each item the facts of parameters that it was trained for."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model of the graph with what it has, and what else it is called."""

    id: str
    name: str
    facts: tuple[FactText, ...]
    brand: str | None = None
    names: tuple[str, ...] = ()
    category: Named | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the names in a title say of its item.

    Attributes:
        named: the model that the title names.
        made_for: it names that because something is made for it; None: it offers it.
        category: where that is not known; never that of what something is made for.
        foreign: what it names is of a kind that items of its category are not.
    """

    brand: Found[Named] | None
    named: ModelLink | None
    made_for: MadeFor | None
    category: Found[Named] | None
    foreign: bool

    @property
    def link(self) -> ModelLink | None:
        return None if self.made_for or self.foreign else self.named


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of the texts.

    Attributes:
        parameters: ids; None: all, and brand, category, model and `made_for`.
        min_confidence: in 0..1; facts below it are left out.
        implied: also what the model that a text names has, and the text does not say.
    """

    parameters: tuple[str, ...] | None = None
    min_confidence: float = 0.0
    implied: bool = False

    def wants(self, parameter: str) -> bool:
        return self.parameters is None or parameter in self.parameters


@dataclass(frozen=True, slots=True)
class Grounder:
    """Reads texts with what one graph knows; made once, asked from several threads.

    Attributes:
        linker: None: models are not looked for.
        models: by id.
        reader: a trained model, which is asked beside the rules.
        weigher: weighs what rules read once more, by what similar items have.
    """

    lexicon: Lexicon
    trust: Trust
    linker: Linker | None = None
    models: Mapping[str, KnownModel] = field(default_factory=dict)
    reader: Reader | None = None
    weigher: Weigher | None = None

    def ground(
        self, items: Sequence[TextToRead], wanted: Wanted | None = None
    ) -> list[tuple[ExtractedFact, ...]]:
        """For each item what its texts state, the surest of each fact once, in their order."""
        wanted = wanted or Wanted()
        subjects = self._subjects(items)
        learnt: Sequence[list[ExtractedFact]] = (
            self.reader.read(items, self.lexicon) if self.reader else [[] for _ in items]
        )
        models = [
            self._model(item, subject.link) for item, subject in zip(items, subjects, strict=True)
        ]
        stated = [Stated.of(sure.facts) if sure else Stated() for _, sure in models]
        reads = [
            self._read(item, subject, model, expected)
            for item, subject, (_, model), expected in zip(
                items, subjects, models, stated, strict=True
            )
        ]
        if self.weigher is not None:
            known = [_known(item, model) for item, (_, model) in zip(items, models, strict=True)]
            reads = weighed(self.weigher, known, reads)
        return [
            self._grounded(wanted, *one)
            for one in zip(
                items, subjects, [model for model, _ in models], stated, learnt, reads, strict=True
            )
        ]

    @property
    def read_by(self) -> str:
        """What reads texts, and what weighs that: names with versions."""
        reader = self.reader.name if self.reader else RULES
        return f"{reader}, weighed by {self.weigher.name}" if self.weigher else reader

    def own_links(self, items: Sequence[TextToRead]) -> list[ModelLink | None]:
        """The model that each item is of, as its title says, and none that it is made for."""
        return [subject.link for subject in self._subjects(items)]

    def _subjects(self, items: Sequence[TextToRead]) -> list[_Subject]:
        brands = [_named(item, item.brand, self.lexicon.brands) for item in items]
        links = self._linked(items, brands)
        return [self._subject(*one) for one in zip(items, brands, links, strict=True)]

    def _subject(
        self, item: TextToRead, brand: Found[Named] | None, link: ModelLink | None
    ) -> _Subject:
        """Of an accessory the maker is named elsewhere than in what it is made for."""
        title = item.fields.get(TITLE, "")[:READ_CHARS]
        model = self.models.get(link.model) if link else None
        other = made_for(title, model, self.lexicon) if item.model is None else None
        if other is not None and brand is not None:
            brand = named_in(other.own_words(title), self.lexicon.brands)
        category = _named(item, item.category, self.lexicon.categories)
        if category and other and not sells_accessories([category.thing.name]):
            category = None
        maker = item.brand or (brand.thing if brand else None)
        foreign = self._is_foreign(item, model, maker)
        return _Subject(brand, link, other, category, foreign)

    def _is_foreign(self, item: TextToRead, model: KnownModel | None, maker: Named | None) -> bool:
        if item.category is None or model is None or model.category is None:
            return False
        likely = self.lexicon.habits.may_be_of(
            item.category.id, model.category.id, maker.id if maker else None
        )
        return likely < FOREIGN

    def _model(
        self, item: TextToRead, link: ModelLink | None
    ) -> tuple[KnownModel | None, KnownModel | None]:
        """The model of an item, and the same where it is likely enough to be read by."""
        model = self.models.get(item.model or (link.model if link else ""))
        sure = item.model is not None or (link is not None and link.confidence >= LIKELY)
        return model, model if sure else None

    def _grounded(
        self,
        wanted: Wanted,
        item: TextToRead,
        subject: _Subject,
        model: KnownModel | None,
        stated: Stated,
        learnt: list[ExtractedFact],
        reads: Sequence[Read],
    ) -> tuple[ExtractedFact, ...]:
        link = subject.link
        found = [
            *self._names(item, subject),
            *([_model_fact(item, model, link)] if model and link and item.model is None else []),
            *settled(
                [self._fact(item, one, stated) for one in reads if one.sureness >= WORTH],
                [fact for fact in learnt if not _speaks_of_other(subject, fact)],
            ),
        ]
        if wanted.implied and model:
            confidence = link.confidence if link and item.model is None else 1.0
            found += _implied(model, confidence, {fact.parameter for fact in found})
        return tuple(
            fact
            for fact in _once(found)
            if fact.confidence >= wanted.min_confidence and wanted.wants(fact.parameter)
        )

    def _linked(
        self, items: Sequence[TextToRead], brands: Sequence[Found[Named] | None]
    ) -> Sequence[ModelLink | None]:
        if self.linker is None:
            return [None] * len(items)
        titles = [without_extras(item.fields.get(TITLE, "")[:READ_CHARS]) for item in items]
        names = [
            item.brand.name if item.brand else brand.thing.name if brand else None
            for item, brand in zip(items, brands, strict=True)
        ]
        return self.linker.link(titles, names)

    def _read(
        self,
        item: TextToRead,
        subject: _Subject,
        model: KnownModel | None,
        expected: Stated,
    ) -> list[Read]:
        """By rules."""
        other, category = subject.made_for, self._category(item, subject, model)
        makers = self._words_of_maker(item, subject)
        return [
            Read(name, reading, self.trust.confidence(reading))
            for name, text in item.fields.items()
            for reading in read(
                text,
                self.lexicon,
                expected=expected,
                category=category,
                rivals=self.weigher is not None,
            )
            if not reading.denied
            if not (other and name == TITLE and other.speaks_of(reading.start, reading.end))
            if not (name == TITLE and any(_is_word_of(reading, named) for named in makers))
        ]

    def _words_of_maker(self, item: TextToRead, subject: _Subject) -> list[Found[Named]]:
        """Where the title says who makes it, as far as that is known or likely."""
        title, named = item.fields.get(TITLE, "")[:READ_CHARS], subject.brand
        if item.brand is not None:
            every = all_named_in(title, self.lexicon.brands)
            return [found for found in every if found.thing.id == item.brand.id]
        return [named] if named and self.trust.of_name("brand", named, title) >= LIKELY else []

    def _category(
        self, item: TextToRead, subject: _Subject, model: KnownModel | None
    ) -> str | None:
        """The one whose items it is like, by its id: that of its model before that of a shop.

        Titles name categories for many reasons: that counts where such names are mostly right.
        """
        link, named = subject.link, subject.category
        if model and model.category and (item.model or (link and link.confidence >= SURE)):
            return model.category.id
        if item.category:
            return item.category.id
        title = item.fields.get(TITLE, "")
        if named and self.trust.of_name("category", named, title) >= LIKELY:
            return named.thing.id
        return item.predicted

    def _fact(self, item: TextToRead, read: Read, stated: Stated) -> ExtractedFact:
        """Of a model with one black, matte black, what is said to be black is that."""
        reading, value = read.reading, read.reading.value
        own = value.id if value.id in self.lexicon.items else None
        meant = stated.meant_by(value)
        return ExtractedFact(
            relation="HAS_PARAMETER",
            parameter=reading.parameter,
            name=self.lexicon.parameters[reading.parameter].name,
            value=item.fields[read.field][reading.start : reading.end],
            normalized=_normalized(meant or value),
            confidence=read.sureness,
            field=read.field,
            start=reading.start,
            end=reading.end,
            links=Links(meant.value if meant else own, None),
            reasons=(*self._reasons(reading), *reasons_of(read)),
            origin="extracted",
            model=read.weighed_by or RULES,
        )

    def _reasons(self, reading: Reading) -> Iterator[str]:
        names = {id: parameter.name for id, parameter in self.lexicon.parameters.items()}
        if reading.expected:
            yield "the model that is named says so too"
        if reading.cued:
            yield f"{names[reading.parameter]!r} stands beside it"
        if reading.how == "name":
            items = self.lexicon.items[reading.value.id]
            yield f"a value that {items} items have by this name"
        elif reading.how == "shape":
            yield "written as its values are, with a number that no item has so far"
        elif reading.how in ("quantity", "letter"):
            known = "some items have" if reading.known else "no item has so far"
            yield f"a quantity in its unit, which {known}"
        if reading.expected is False:
            yield "but the model that is named has another value"
        if reading.usual < USUAL:
            yield "but hardly any item of its category has such a parameter"
        if reading.instead:
            others = ", ".join(names[id] for id in reading.instead)
            yield f"the same words could speak of {others}"

    def _names(self, item: TextToRead, subject: _Subject) -> Iterator[ExtractedFact]:
        if subject.brand is not None:
            yield self._name_fact(item, "brand", subject.brand)
        if subject.category is not None:
            yield self._name_fact(item, "category", subject.category)
        other = subject.made_for
        model = self.models.get(subject.named.model) if subject.named else None
        if model and subject.named and other:
            yield _made_for_fact(item, model, subject.named, other)

    def _name_fact(self, item: TextToRead, what: NameKind, found: Found[Named]) -> ExtractedFact:
        return ExtractedFact(
            relation=_RELATIONS[what],
            parameter=what,
            name=what.capitalize(),
            value=item.fields[TITLE][found.start : found.end],
            normalized=Normalized(found.thing.name, None, None),
            confidence=self.trust.of_name(what, found, item.fields[TITLE]),
            field=TITLE,
            start=found.start,
            end=found.end,
            links=Links(None, found.thing.id),
            reasons=(f"a name of the {what} {found.thing.name}",),
            origin="extracted",
            model=RULES,
        )


def _named(item: TextToRead, known: Named | None, names: Names[Named]) -> Found[Named] | None:
    """What the title names, where it is not known already."""
    return None if known else named_in(item.fields.get(TITLE, "")[:READ_CHARS], names)


def _normalized(value: Value | FactText) -> Normalized:
    return Normalized(value.text, value.number, value.unit)


def _known(item: TextToRead, model: KnownModel | None) -> ItemText:
    """What is known of an item beside what its texts state."""
    title = item.fields.get(TITLE, "")[:READ_CHARS]
    facts = model.facts if model else ()
    return ItemText("product", title, brand=item.brand, inherited=facts)


def _is_word_of(reading: Reading, named: Found[Named]) -> bool:
    """Gold of `Acme Gold` is no colour; but where all of a name is a value, who knows."""
    shorter = reading.end - reading.start < named.end - named.start
    return shorter and named.start <= reading.start and reading.end <= named.end


def _model_fact(item: TextToRead, model: KnownModel, link: ModelLink) -> ExtractedFact:
    title = item.fields.get(TITLE, "")
    place = place_of(title[:READ_CHARS], model.name)
    return ExtractedFact(
        relation="INSTANCE_OF",
        parameter="model",
        name="Model",
        value=title[slice(*place)] if place else None,
        normalized=Normalized(model.name, None, None),
        confidence=link.confidence,
        field=TITLE,
        start=place[0] if place else None,
        end=place[1] if place else None,
        links=Links(None, model.id),
        reasons=link.reasons,
        origin="extracted",
        model=RULES,
    )


def _made_for_fact(
    item: TextToRead, model: KnownModel, link: ModelLink, other: MadeFor
) -> ExtractedFact:
    said = other.start < other.end
    return replace_fields(
        _model_fact(item, model, link),
        relation="MADE_FOR",
        parameter="made_for",
        name="Made for",
        value=item.fields[TITLE][other.start : other.end] if said else None,
        start=other.start if said else None,
        end=other.end if said else None,
        reasons=(*other.reasons, *link.reasons),
    )


def _speaks_of_other(subject: _Subject, fact: ExtractedFact) -> bool:
    other = subject.made_for
    return other is not None and fact.field == TITLE and other.speaks_of(fact.start, fact.end)


def _implied(model: KnownModel, confidence: float, stated: set[str]) -> Iterator[ExtractedFact]:
    """What the model has one value of, and the text none."""
    facts: dict[str, list[FactText]] = {}
    for fact in model.facts:
        facts.setdefault(fact.parameter, []).append(fact)
    for parameter, values in facts.items():
        if parameter in stated or len(values) > 1:
            continue  # sold with one or with another: which one, nothing here says
        [fact] = values
        yield ExtractedFact(
            relation="HAS_PARAMETER",
            parameter=parameter,
            name=fact.name,
            value=None,
            normalized=_normalized(fact),
            confidence=confidence,
            field=None,
            start=None,
            end=None,
            links=Links(fact.value, None),
            reasons=(f"every {model.name} has it",),
            origin="predicted",
            model=RULES,
            path=("INSTANCE_OF", model.id, "HAS_PARAMETER", fact.value),
        )


def _once(found: Sequence[ExtractedFact]) -> list[ExtractedFact]:
    """The surest of those that state the same, in the order of the texts."""
    best: dict[tuple[str, str], ExtractedFact] = {}
    for fact in found:
        same = (fact.parameter, fact.normalized.text)
        if same not in best or fact.confidence > best[same].confidence:
            best[same] = fact
    return list(best.values())
