"""What a query means by itself: brand, category, values, price, stock, order, and the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from app.services.comparisons import Comparison, comparison
from app.services.price_words import find_price
from app.services.sort_words import Sort, SortWords, find_sort
from graph.filters import Filter, OneOf, Quantity, Range, Term
from graph.records import Named
from graph.text import convert, find_quantities, parse_number, value_id
from graph.text.units import find_unit
from ml.grounding.habits import USUAL
from ml.grounding.lexicon import Found, all_named_in, named_in
from ml.grounding.ranges import Ranges
from ml.grounding.reading import Reading, read
from ml.purpose.phrases import stem, words_of

if TYPE_CHECKING:
    from ml.grounding.grounder import Grounder
    from ml.grounding.lexicon import Lexicon

SURE = 0.5  # of all ways to read the words; what is less sure stays a word among words
_IN_STOCK = re.compile(
    r"(?<!not )(?<!pas )(?<!nicht )(?<![\w-])"
    r"(?:(?:in|en)[ -]?stock|available now|auf lager)(?![\w-])|(?<![没無无])有现?货|(?<!非)现货",
    re.I,
)
_NOT = re.compile(
    r"(?:(?<![\w-])(?:(?:but )?not|non|no|without|w/o|sans|ohne|except|excluding)"
    r"(?: (?:a|an|the|from|by|in))?[\s-]*|(?:除了|不要|不是|不带|不支持|没有|[无無非])\s*)$"
    r"|(?<!\S)-$",
    re.I,
)
# A word that no name of the graph is: titles with it are not wanted.
_NOT_WORD = re.compile(
    r"(?<![\w-])(?:(?:but )?not|except|excluding)(?: (?:a|an|the|from|by|in))?"
    r" (?!in stock|more than|less than)([^\W\d_]{2,})(?![\w-])(?<!in stock)",
    re.I,
)
# A word behind a noun that is part of no compound with it: `chair for two`.
_NO_COMPOUND = re.compile(
    r"(?:[^\W\d_]*[\u3400-\u9fff]|(?:a|an|and|as|at|but|by|for|from|in|no|not|of|on|or|over|that"
    r"|the|to|under|up|which|with|without"
    r"|à|au|avec|de|en|entre|et|jusqu|moins|ou|plus|pour|sans|sous"
    r"|ab|auf|bis|für|mit|oder|ohne|über|und|unter)(?!\w))",
    re.I,
)
_WORD_BEHIND = re.compile(r"[\s-]+(?=[^\W\d_])")
# Between two names of which either will do.
_EITHER = re.compile(r"\s*(?:[,/、和]|\b(?:or|and)\b|或者?)\s*", re.I)
_LOW, _BETWEEN = re.compile(r"\d+(?:[.,]\d+)*"), re.compile(r"\s*(?:之间|区间)")
_LOOKED_BACK = 16  # characters before what may not be wanted


@dataclass(frozen=True, slots=True)
class Part:
    """Words of the query that were understood: the term that they mean, and their place.

    Attributes:
        value: the words of the value alone: `8 GB` of `8 GB RAM`.
        is_near: a price that says about how much.
    """

    term: Term
    start: int
    end: int
    value: str = ""
    is_near: bool = False


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where a range begins, with its lower end, in the unit of its higher one."""

    start: int
    low: float
    unit: str


@dataclass(frozen=True, slots=True)
class Understood:
    """A query in parts.

    Attributes:
        parts: in the order of the text; none shares a place with another but a price with its
            currency.
        text: what full text is asked for: all of the query but prices, stock, orders, comparisons
            and what is not wanted.
        rest: what is no part.
        unwanted: words behind `not` that are no part either.
        sort: the order that it asks for.
    """

    parts: tuple[Part, ...]
    text: str
    rest: str
    unwanted: tuple[str, ...] = ()
    sort: Sort | None = None

    @property
    def filter(self) -> Filter:
        """One term for each field; two values of one parameter are alternatives.

        What is not wanted is a term of its own, and of two values neither may be there.
        """
        terms: dict[tuple[str, bool], Term] = {}
        for part in self.parts:
            key = part.term.field, part.term.negated
            before = terms.get(key)
            terms[key] = _both(before, part.term) if before else part.term
        return Filter(tuple(terms.values()))


def understand(query: str, grounder: Grounder, *, in_names: Collection[str] = ()) -> Understood:
    """Reads a query with the vocabulary of the graph; ambiguous words are left as they are.

    Args:
        in_names: words that stand in names as well, and behind a word compare nothing, nor do they
            sort.
    """
    lexicon = replace(grounder.lexicon, of_texts=True)
    parts = list(_offered(query, lexicon))
    sort = _sort_in(query, in_names)
    ordered = [(sort.start, sort.end)] if sort else []
    silent = [*((part.start, part.end) for part in parts), *ordered]
    open_text = _without(query, silent, keep_places=True)
    for brand in _brands_in(open_text, lexicon):
        parts += _named("brand", brand, parts)
    parts += _named("category", _category_in(open_text, lexicon, parts), parts)
    cues = list(lexicon.cues.found(open_text, lexicon.cues.words(open_text)))
    of_facts = replace(lexicon, habits=lexicon.found)
    ranges, one_ended = _ranges_in(open_text)
    readings = [
        reading
        for reading in read(one_ended, of_facts, category=_category(parts, open_text))
        if _is_sure(reading)
        and (reading.known or reading.end in ranges or _compared(open_text, reading, in_names))
    ]
    named = [
        (reading, [(start, end) for start, end, one in cues if one.id == reading.parameter])
        for reading in readings
    ]
    # Those beside the name of their parameter first: this may be a value of another one.
    for reading, own in sorted(named, key=lambda one: not _is_named(open_text, *one)):
        if _is_free(reading.start, reading.end, parts):
            ends = ranges.get(reading.end)
            if ends is not None and (within := _within(open_text, reading, own, ends)):
                part, compares = within, True
            else:
                part, compares = _said(open_text, reading, own, in_names)
            if compares:
                silent.append((part.start, part.end))
            parts.append(part)
    unwanted = {part: start for part in parts if (start := _refused_from(part, open_text)) >= 0}
    silent += [(start, part.end) for part, start in unwanted.items()]
    places = [*((unwanted.get(part, part.start), part.end) for part in parts), *ordered]
    parts = [
        replace(part, term=replace(part.term, negated=True)) if part in unwanted else part
        for part in sorted(parts, key=lambda part: part.start)
    ]
    return Understood(
        tuple(parts),
        _without(query, silent),
        _without(query, places),
        tuple(
            said[1].lower()
            for said in _NOT_WORD.finditer(open_text)
            if _is_free(*said.span(), parts)
        ),
        sort.sort if sort else None,
    )


def _sort_in(query: str, in_names: Collection[str]) -> SortWords | None:
    said = find_sort(query, in_names=in_names)
    return None if said is None or _refusal(query, said.start) else said


def _offered(query: str, lexicon: Lexicon) -> Iterator[Part]:
    """For how much, and whether it has to be there."""
    if (price := find_price(query, begins_anew=partial(_begins_anew, lexicon))) is not None:
        term = Term("price", price.condition)
        yield Part(term, price.start, price.end, is_near=price.is_near)
        if price.currencies:
            currency = Term("currency", OneOf(price.currencies))
            yield Part(currency, price.start, price.end)
    if (stock := _IN_STOCK.search(query)) is not None:
        yield Part(Term("in_stock", OneOf(("yes",))), *stock.span())


def _begins_anew(lexicon: Lexicon, behind: str) -> bool:
    """Whether a text begins with something that no number in front of it counts.

    A name of the graph, a noun for what it sells, or a word such as `with`.
    """
    word = words_of(behind)[:1]
    if not word or find_unit(behind[: word[0].end]) is not None:
        return False
    if _NO_COMPOUND.match(behind) or stem(word[0].key) in lexicon.sold.heads:
        return True
    named = (lexicon.brands, lexicon.categories, lexicon.things)
    return any(
        start == 0 for names in named for start, _, _ in names.found(behind, names.words(behind))
    ) or any(one.start == 0 for one in read(behind, lexicon))


def _brands_in(text: str, lexicon: Lexicon) -> list[Found[Named]]:
    """The brand that is named, and those of which the query says that they will do as well."""
    values = [place[:2] for place in lexicon.values.found(text, lexicon.values.words(text))]

    def is_whole(found: Found[Named]) -> bool:
        """Not of a longer value: a pad for `Acme Nova 7` is by no means one by Acme."""
        place = found.start, found.end
        return not any(a <= place[0] and place[1] <= b and (a, b) != place for a, b in values)

    best = named_in(text, lexicon.brands, fits=is_whole)
    if best is None:
        return []
    chains: list[list[Found[Named]]] = [[]]
    for found in filter(is_whole, all_named_in(text, lexicon.brands)):
        before = chains[-1][-1].end if chains[-1] else 0
        if _EITHER.fullmatch(text, before, found.start):
            chains[-1].append(replace(found, start=before))  # `or` belongs to what it joins
        else:
            chains.append([found])
    return next((chain for chain in chains if any(one.end == best.end for one in chain)), [best])


def _category_in(text: str, lexicon: Lexicon, parts: Sequence[Part]) -> Found[Named] | None:
    """By its name, or by this in the other number: but a `phone case` is no phone."""

    def is_head(found: Found[Named]) -> bool:
        behind = _WORD_BEHIND.match(text, found.end)
        if behind is None or _NO_COMPOUND.match(text, behind.end()):
            return True
        known = {part.start for part in parts} | {one.start for one in read(text, lexicon)}
        return behind.end() in known

    return named_in(text, lexicon.categories) or named_in(text, lexicon.things, fits=is_head)


def _named(field: str, found: Found[Named] | None, parts: Sequence[Part]) -> Iterator[Part]:
    if found is not None and _is_free(found.start, found.end, parts):
        yield Part(Term(field, OneOf((found.thing.id,))), found.start, found.end)


def _category(parts: Sequence[Part], text: str) -> str | None:
    """The id of the one that is wanted."""
    for part in parts:
        if part.term.field == "category" and _refused_from(part, text) < 0:
            assert isinstance(part.term.condition, OneOf)
            return part.term.condition.values[0]
    return None


def _is_sure(reading: Reading) -> bool:
    return reading.share >= SURE and reading.usual >= USUAL


def _is_named(text: str, reading: Reading, names: Sequence[tuple[int, int]]) -> bool:
    place = reading.start, reading.end
    return _beside(text, *place, names) != place


def _refused_from(part: Part, text: str) -> int:
    """Where the word stands that turns a part round: `not Acme`, `without NFC`; -1: nowhere."""
    if part.term.field in ("price", "currency", "in_stock"):
        return -1
    said = _refusal(text, part.start)
    return part.start - len(said[0]) if said else -1


def _refusal(text: str, start: int) -> re.Match[str] | None:
    return _NOT.search(text[max(0, start - _LOOKED_BACK) : start])


def _is_free(start: int, end: int, parts: Sequence[Part]) -> bool:
    return not any(start < part.end and part.start < end for part in parts)


def _ranges_in(text: str) -> tuple[dict[int, _Ends], str]:
    """Ranges such as `1-2 kg` by their end; the text with their higher ends alone."""
    found: dict[int, _Ends] = {}
    quantities = list(find_quantities(text))
    starts = Ranges.of(text, quantities).starts
    for start, end, _, unit in quantities:
        number = _LOW.match(text, starts[end]) if end in starts else None
        if number is None:
            continue
        found[end] = _Ends(starts[end], parse_number(number[0]), unit)
        text = text[: starts[end]] + " " * (start - starts[end]) + text[start:]
    return found, text


def _within(
    text: str, reading: Reading, names: Sequence[tuple[int, int]], ends: _Ends
) -> Part | None:
    high = reading.value
    if high.number is None or high.unit is None:
        return None
    low = Quantity(convert(ends.low, ends.unit, high.unit), high.unit)
    start, end = _beside(text, ends.start, reading.end, names)
    closed = _BETWEEN.match(text, end)
    limits = Range(low, Quantity(high.number, high.unit))
    return Part(Term(reading.parameter, limits), start, closed.end() if closed else end)


def _said(
    text: str, reading: Reading, names: Sequence[tuple[int, int]], in_names: Collection[str]
) -> tuple[Part, bool]:
    """The value, or all up or down to it; whether it is compared, which no text repeats.

    Args:
        names: places of the names of its parameter; those right beside it are part of it.
    """
    parameter, number = reading.parameter, reading.value.number
    if reading.how == "flag":  # a no is turned round by its own word, as any other value is
        yes = OneOf((value_id(parameter, "yes"),))
        return Part(Term(parameter, yes), reading.start, reading.end), False
    start, end = _beside(text, reading.start, reading.end, names)
    compared = _compared(text, reading, in_names, end=end)
    if compared is None or number is None:
        value = text[reading.start : reading.end].strip()
        return Part(Term(parameter, OneOf((reading.value.id,))), start, end, value), False
    quantity = Quantity(number, reading.value.unit)
    limits = Range(high=quantity) if compared.is_most else Range(low=quantity)
    start, end = _beside(text, min(start, compared.start), compared.end, names)
    return Part(Term(parameter, limits), start, end), True


def _compared(
    text: str, reading: Reading, in_names: Collection[str], *, end: int | None = None
) -> Comparison | None:
    """What is said beside a quantity, which nothing has to be like exactly.

    Args:
        end: of the quantity, with the name of its parameter behind it.
    """
    if reading.how not in ("quantity", "letter", "number"):
        return None
    return comparison(text, reading.start, end or reading.end, in_names=in_names)


def _beside(text: str, start: int, end: int, names: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """With a name that stands right in front, and one right behind: `RAM: 8 GB`, `8 GB RAM`."""
    for first, last in names:
        if last <= start and not text[last:start].strip(" :："):
            start = first
        elif first >= end and not text[end:first].strip():
            end = last
    return start, end


def _both(one: Term, other: Term) -> Term:
    if isinstance(one.condition, OneOf) and isinstance(other.condition, OneOf):
        values = dict.fromkeys((*one.condition.values, *other.condition.values))
        return replace(one, condition=OneOf(tuple(values)))
    return one


def _without(text: str, places: list[tuple[int, int]], *, keep_places: bool = False) -> str:
    kept = list(text)
    for start, end in places:
        # `的` joins what it stands behind to the rest, and is no beginning of a word of that.
        last = end if keep_places else end + text.startswith("的", end)
        kept[start:last] = " " * (last - start)
    left = "".join(kept)
    return left if keep_places else " ".join(left.split())


def shown(filter: Filter, texts: Mapping[str, str]) -> str:
    """The filter as a person would write it: values by their text, not their id."""
    terms = []
    for term in filter.terms:
        if isinstance(term.condition, OneOf):
            values = dict.fromkeys(texts.get(value, value) for value in term.condition.values)
            terms.append(Term(term.field, OneOf(tuple(values)), term.negated))
        else:
            terms.append(term)
    return str(Filter(tuple(terms)))
