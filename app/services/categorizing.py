"""Which category texts are of, in the tree of the graph; that none fits is an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import msgspec

from app.errors import ItemNotFound
from graph.records import ItemView, Named, Record
from ml.errors import CategorizerInvalid

if TYPE_CHECKING:
    from app.services.threads import Threads
    from graph.client import Database
    from ml.artefact import Artefact
    from ml.categories.categorizer import Categorizer
    from ml.categories.records import Guess

WORDS = "words"
NO_CATEGORIZER = (
    "no category model serves yet: categories are those of stored items with the same "
    "words, and `confidence` is an order and no probability"
)
PATHS = "paths.json"  # of the artefact
SURE = 0.5  # the usual probability from which on a category is given
ALTERNATIVES = 3
ALTERNATIVE_LEAST = 0.01
NEAR_ITEMS = 40  # of each index
WORDS_ASKED = 64  # of a text; the index refuses more than 1,024

Path = tuple[Named, ...]  # from the root
_encode_paths = msgspec.json.Encoder().encode
_decode_paths = msgspec.json.Decoder(dict[str, Path]).decode


class CategoryText(Record, frozen=True):
    """Attributes:
    description: read where the title alone leaves the category unknown.
    """

    title: str
    description: str | None = None


class CategoryRef(Record, frozen=True):
    id: str
    name: str


class Alternative(Record, frozen=True):
    """Another category, with its probability in 0..1."""

    category: CategoryRef
    path: tuple[CategoryRef, ...]
    confidence: float


class Categorized(Record, frozen=True):
    """The category of one text.

    Attributes:
        category: None where it is unknown.
        path: from the root to the category.
        confidence: probability in 0..1 of the category; where it is unknown, of the likeliest.
        alternatives: the most likely first; where it is unknown, the likeliest with them.
        reasons: for people.
    """

    category: CategoryRef | None
    path: tuple[CategoryRef, ...]
    confidence: float
    alternatives: tuple[Alternative, ...]
    unknown: bool
    reasons: tuple[str, ...]


class Categorization(Record, frozen=True):
    """`model` is NAME@VERSION or `words`; `notice` says why no model answered."""

    model: str
    notice: str | None
    results: tuple[Categorized, ...]


class Guesser(Protocol):
    """Says of texts which category they are in; has the tree that they stand in."""

    @property
    def paths(self) -> Mapping[str, Path]: ...

    def guess(self, texts: Sequence[str]) -> list[Guess]: ...


@dataclass(frozen=True, slots=True)
class LoadedCategorizer:
    """A promoted categorizer, which one it is, and the tree that it was learnt in."""

    name: str
    categorizer: Categorizer
    paths: Mapping[str, Path]

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        return self.categorizer.guess(texts)


@dataclass(frozen=True, slots=True)
class NearItems:
    """Guesses by what stored items with the same words are in.

    Attributes:
        near: category and title of such items, for the words of each text.
    """

    paths: Mapping[str, Path]
    near: Callable[[Sequence[str]], list[list[tuple[str, str]]]]

    def guess(self, texts: Sequence[str]) -> list[Guess]:
        """Raises DatabaseError: Neo4j failed."""
        from ml.categories import floor
        from ml.categories.terms import words_of
        from ml.purpose.kinds import heads_of

        words = [" ".join(list(dict.fromkeys(words_of(text)))[:WORDS_ASKED]) for text in texts]
        names = {id: (path[-1].name, *path[-1].names) for id, path in self.paths.items()}
        heads = heads_of(name for called in names.values() for name in called)
        return [
            floor.guess(text, near, names, heads)
            for text, near in zip(texts, self.near(words), strict=True)
        ]


def items_near(database: Database) -> NearItems:
    """The items of a graph, with its tree as it is now.

    Raises:
        DatabaseError: Neo4j failed.
    """
    from graph.repositories.categories import category_paths, near_titles

    near = partial(near_titles, database, limit=NEAR_ITEMS)
    return NearItems(category_paths(database), near)


class Categorizing:
    """Categorizes with the model that is promoted, or by items with the same words."""

    def __init__(
        self,
        find: Callable[[str], Awaitable[ItemView | None]],
        loaded: Callable[[], LoadedCategorizer | None],
        by_items: Callable[[], Guesser],
        threads: Threads,
    ) -> None:
        self._find = find
        self._loaded = loaded
        self._by_items = by_items
        self._threads = threads

    async def text_of(self, id: str) -> CategoryText:
        """A stored item as it is read.

        Raises:
            ItemNotFound: there is none.
        """
        item = await self._find(id)
        if item is None:
            raise ItemNotFound(id=id)
        return CategoryText(item.title, item.description)

    async def categorize(
        self, texts: Sequence[CategoryText], *, min_confidence: float = SURE
    ) -> Categorization:
        """Raises DatabaseError: no model is promoted, and Neo4j failed."""
        return await self._threads.run(
            partial(categorize, self._loaded(), self._by_items, texts, min_confidence)
        )


def categorize(
    loaded: LoadedCategorizer | None,
    by_items: Callable[[], Guesser],
    texts: Sequence[CategoryText],
    min_confidence: float = SURE,
) -> Categorization:
    """The same, in the thread of whoever calls."""
    guesser: Guesser = loaded or by_items()
    return Categorization(
        model=loaded.name if loaded else WORDS,
        notice=None if loaded else NO_CATEGORIZER,
        results=tuple(
            categorized(guess, guesser.paths, sure=min_confidence)
            for guess in _guesses(guesser, texts)
        ),
    )


def _guesses(guesser: Guesser, texts: Sequence[CategoryText]) -> list[Guess]:
    """A description counts where it makes known what the title leaves unknown."""
    guesses = guesser.guess([one.title for one in texts])
    longer = {
        n: f"{one.title} {one.description}"
        for n, (one, guess) in enumerate(zip(texts, guesses, strict=True))
        if guess.unknown and guess.accessory is None and one.description
    }
    if longer:
        again = guesser.guess(list(longer.values()))
        for n, guess in zip(longer, again, strict=True):
            guesses[n] = guesses[n] if guess.unknown else guess
    return guesses


def categorized(guess: Guess, paths: Mapping[str, Path], *, sure: float) -> Categorized:
    """The deepest category that is `sure`, unless the text is of an unknown kind."""
    from ml.categories.taxonomy import placed

    place = None if guess.unknown else placed(guess.ranked, paths, sure=sure)
    path = _refs(place.path) if place else ()
    others = [
        Alternative(other[-1], other, share)
        for category, share in guess.ranked
        if share >= ALTERNATIVE_LEAST
        and (other := _refs(paths.get(category) or (Named(category, category),))) != path
    ]
    likeliest = guess.ranked[0][1] if guess.ranked else 0.0
    return Categorized(
        category=path[-1] if path else None,
        path=path,
        confidence=place.confidence if place else likeliest,
        alternatives=tuple(others[:ALTERNATIVES]),
        unknown=place is None,
        reasons=_reasons(guess, found=place is not None),
    )


def _reasons(guess: Guess, *, found: bool) -> tuple[str, ...]:
    said = tuple(f"the word {word!r}" for word in guess.telling)
    if found:
        return said
    if guess.accessory is not None:
        return (f"{guess.accessory!r} is made for what is in the likeliest category", *said)
    if guess.unknown:
        return ("nothing that was learnt is like it",)
    return ("no category is likely enough", *said)


def _refs(path: Path) -> tuple[CategoryRef, ...]:
    return tuple(CategoryRef(one.id, one.name) for one in path)


def paths_file(paths: Mapping[str, Path]) -> dict[str, bytes]:
    """The tree beside the files of a categorizer."""
    return {PATHS: _encode_paths(paths)}


def loaded_categorizer(artefact: Artefact) -> LoadedCategorizer:
    """Raises CategorizerInvalid or ArtefactCorrupted: it is not what was registered."""
    from ml.categories.categorizer import Categorizer

    files = artefact.contents()
    try:
        paths = _decode_paths(files[PATHS])
    except (KeyError, msgspec.DecodeError) as error:
        raise CategorizerInvalid(reason=f"has no {PATHS} that can be read") from error
    name = f"{artefact.name}@{artefact.version}"
    return LoadedCategorizer(name, Categorizer.from_files(files), paths)
