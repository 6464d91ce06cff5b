"""A query as it is looked for: words of the index, terms of a filter, spelling."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from app.services.understanding import Part, Understood, understand
from graph.filters import Filter, OneOf
from graph.text.lucene import Words
from graph.text.units import find_unit
from ml.asking.words_en import function_words
from ml.grounding.plurals import number_forms
from ml.search.forms import all_forms, spellings
from ml.search.spelling import can_be_wrong, english_spelling
from ml.search.words import accented_words, folded, part_numbers, prepared
from ml.text.everyday import everyday_words, in_other_spelling, is_common

if TYPE_CHECKING:
    from app.services.search_words import SearchWords
    from app.services.sort_words import Sort
    from graph.repositories.search import ItemOrder
    from ml.grounding.wordings import Wordings
    from ml.search.spelling import Spelling

# What the analyzer of the index leaves out, and words that ask and name nothing.
_ENGLISH = """a an and are as at be but by for if in into is it no not of on or s such t that the
their then there these they this to was will with www i me my find show want need looking please
from than"""
_CHINESE = "的 了 和 是 在 我 要 想 买 有 与 或 吗 呢 请"
_FRENCH_AND_GERMAN = "le la les du de des et der das den dem und"
STOP_WORDS = frozenset(f"{_ENGLISH} {_CHINESE} {_FRENCH_AND_GERMAN}".split())
_CHUNK = re.compile(r"[^\W_]+")
_ALPHABETIC = re.compile(r"[^\W\d_]+")
_TRIED = 5  # everyday words that a misspelt one may be meant for
_SAID_BY_ID = frozenset({"brand", "category", "currency", "in_stock"})  # which a person can read
_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9./-]{2,31}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, read.

    Attributes:
        query: as it was typed.
        text: what texts are compared with: without prices, with its words corrected.
        words: what the full-text index is asked for.
        filter: what was understood, with ids.
        texts: of values, by their ids, to be shown.
        rest: words that are no part of the filter.
        code: the query as it may stand on a package: a GTIN or a manufacturer's number.
        ids: of products that the query may be, or be the number of in some source.
        corrections: words that names lack, and the names or words of the language that they were
            probably meant for, where no text has them.
        in_texts: likewise, and what they were probably meant for if a text has that.
        near: words that are read as no other, and brands and categories that are like them.
        corrected: the query as it was meant, where that is not as it was typed.
        unwanted: words that texts are not to have.
        sort: the order that it asks for, or that is asked for beside it.
        is_near_price: its price says about how much.
    """

    query: str
    text: str
    words: Words
    filter: Filter = field(default_factory=Filter)
    texts: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    code: str | None = None
    ids: tuple[str, ...] = ()
    corrections: Mapping[str, str] = field(default_factory=dict)
    in_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    near: Mapping[str, str] = field(default_factory=dict)
    corrected: str | None = None
    unwanted: tuple[str, ...] = ()
    sort: Sort | None = None
    is_near_price: bool = False

    @property
    def order(self) -> ItemOrder | None:
        """An order that items have by themselves."""
        return None if self.sort == "relevance" else self.sort

    @property
    def is_empty(self) -> bool:
        """Whether there is no word to look for."""
        return not self.words.exact

    @property
    def open_words(self) -> tuple[str, ...]:
        """Words that are no part of the filter, as they are written."""
        found = _CHUNK.findall(unicodedata.normalize("NFKC", self.rest).lower())
        passed = {*STOP_WORDS, *self.unwanted}
        return tuple(word for word in dict.fromkeys(found) if word not in passed)

    @property
    def doubtful(self) -> tuple[str, ...]:
        """Words of which it matters to the reading whether a text has them."""
        meant = chain.from_iterable(self.in_texts.values())
        return tuple(dict.fromkeys((*self.corrections, *self.in_texts, *meant)))

    def meant(self, known: AbstractSet[str]) -> dict[str, str]:
        """Misspelt words as what they were meant for.

        Args:
            known: of the doubtful words those that a text has.
        """
        of_texts = {
            word: next(other for other in others if other in known)
            for word, others in self.in_texts.items()
            if not known.isdisjoint(others)
        }
        meant = {**self.corrections, **of_texts}
        return {word: other for word, other in meant.items() if word not in known}

    def nearly(self, missing: Collection[str]) -> str | None:
        """The query with names in the place of these words; None: not all of them are near one."""
        if not missing or not self.near.keys() >= set(missing):
            return None
        return _corrected(self.corrected or self.query, {word: self.near[word] for word in missing})

    @property
    def is_understood(self) -> bool:
        """Whether the filter says all that the query does."""
        return bool(self.filter.terms) and not self.open_words


def read_query(
    query: str, *, words: SearchWords, understood: bool, wrong: Mapping[str, str] | None = None
) -> Asked:
    """Reads a query; `wrong` are words that are to be read as others."""
    meant = _corrected(query, wrong) if wrong else query
    parts = (
        understand(meant, words.grounder, in_names=words.in_names)
        if understood
        else Understood((), meant, meant)
    )
    parts = replace(parts, parts=tuple(_widened(part, words.wordings) for part in parts.parts))
    of_letters = _misspelt(parts.text)
    unknown = [
        word
        for word in of_letters
        if not any(one in words.spelling for one in (word, *number_forms(word)))
        and find_unit(word) is None
    ]
    everyday = [word for word in unknown if word in everyday_words()]
    misspelt = [word for word in unknown if word not in everyday_words()]
    with_accents = with_accents_in(parts.text)
    bare = [word for word in of_letters if word not in {*unknown, *with_accents}]
    sure, in_texts = _meant(misspelt, words)
    sure |= {**_nearest(bare, words.spelling), **_spelled(everyday, words.spelling)}
    sure |= {word: apart for word in unknown if (apart := words.spelling.apart(word))}
    return Asked(
        query=query,
        text=parts.text,
        words=Words(
            (*_index_words(parts.text), *words.spelling.with_accents(parts.text)),
            tuple(misspelt),
            tuple(_forms(parts.text)),
            part_numbers(parts.text),
        ),
        filter=parts.filter,
        texts=_texts(parts),
        rest=parts.rest,
        code=_code(meant),
        ids=_ids(meant, words.sources),
        corrections={} if wrong else sure,
        in_texts={} if wrong else in_texts,
        near=_nearest({*everyday, *in_texts} - sure.keys() - function_words(), words.kinds),
        corrected=meant if wrong else None,
        unwanted=parts.unwanted,
        sort=parts.sort,
        is_near_price=any(part.is_near for part in parts.parts),
    )


def _widened(part: Part, wordings: Wordings) -> Part:
    """With the values that say so in more words: who wants black takes matte black."""
    condition = part.term.condition
    if not isinstance(condition, OneOf):
        return part
    values = tuple(dict.fromkeys(id for value in condition.values for id in wordings.of(value)))
    return replace(part, term=replace(part.term, condition=OneOf(values)))


def _code(query: str) -> str | None:
    return query.strip() if _CODE.fullmatch(query.strip()) else None


def _ids(query: str, sources: Sequence[str]) -> tuple[str, ...]:
    said = query.strip()
    is_one_word = said and not any(map(str.isspace, said))
    if not is_one_word or not any(sign == ":" or sign.isdigit() for sign in said):
        return ()
    return (said, *(f"{source}:{said}" for source in sources))


def _meant(
    misspelt: Iterable[str], words: SearchWords
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """As the nearest names or words that ask; as everyday words, where these are nearer."""
    sure: dict[str, str] = {}
    in_texts: dict[str, tuple[str, ...]] = {}
    for word in misspelt:
        named, english = words.spelling.nearest(word), english_spelling().nearest(word)
        if named and (not english or named.errors <= english.errors):
            sure[word] = named.words[0]
        elif english and (asking := [one for one in english.words if one in function_words()]):
            sure[word] = asking[0]
        elif english:
            in_texts[word] = english.words[:_TRIED]
            if named and not any(map(is_common, english.words)):
                sure[word] = named.words[0]
    return sure, in_texts


def _spelled(everyday: Iterable[str], spelling: Spelling) -> dict[str, str]:
    """Everyday words that names spell otherwise."""
    others = {word: in_other_spelling(word) for word in everyday}
    return {word: other for word, other in others.items() if other and other in spelling}


def _nearest(words: Iterable[str], spelling: Spelling) -> dict[str, str]:
    return {word: meant for word in words if (meant := spelling.correction(word))}


def with_accents_in(text: str) -> dict[str, str]:
    """Words that are written with accents, by what they are without."""
    return {folded(word): word for word in accented_words(text)}


def _corrected(query: str, wrong: Mapping[str, str]) -> str:
    return _ALPHABETIC.sub(lambda match: wrong.get(folded(match[0]), match[0]), query)


def _misspelt(text: str) -> list[str]:
    """Words that could be misspelt at all."""
    words = (folded(match[0]) for match in _ALPHABETIC.finditer(text))
    return [word for word in dict.fromkeys(words) if can_be_wrong(word) and word not in STOP_WORDS]


def _index_words(text: str) -> Iterator[str]:
    """As written, and cut and joined where letters meet digits: titles write `64 GB` as `64gb`.

    With accents as well as without: the index keeps them. And in any spelling: `grey` as `gray`.
    """
    plain = folded(text)
    written = unicodedata.normalize("NFKC", text).lower()
    for chunk in (*_CHUNK.findall(plain), *_CHUNK.findall(written)):
        if chunk not in STOP_WORDS:
            yield chunk
    parts = prepared(text).words
    for part in parts:
        if part not in STOP_WORDS and len(part) > 1:
            yield from spellings(part)
    for first, second in pairwise(parts):
        if first.isdigit() != second.isdigit() and (first + second).isascii():
            yield first + second


def _forms(text: str) -> Iterator[str]:
    """Nouns in the other number, as the index does not know that `bikes` are of `bike`."""
    for word in prepared(text).words:
        if word not in STOP_WORDS:
            yield from all_forms(word)[len(spellings(word)) :]


def _texts(parts: Understood) -> dict[str, str]:
    """Values as the query writes them, by id: a filter says `red` and not the id of red.

    A yes is written as such: nothing else is one in a filter.
    """
    return {
        value: "yes" if value.endswith("=yes") else part.value
        for part in parts.parts
        if isinstance(part.term.condition, OneOf) and part.term.field not in _SAID_BY_ID
        for value in part.term.condition.values
    }
