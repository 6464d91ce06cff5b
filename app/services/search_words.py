"""What searches are read with: the grounder, the spelling of names, and completions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.comparisons import words_in_names
from app.services.renewed import Renewed
from app.services.sort_words import sorts_in_names
from app.services.suggestions import Suggester
from ml.grounding.plurals import number_forms
from ml.grounding.wordings import Wordings
from ml.search.spelling import Spelling, english_spelling
from ml.search.words import split_words
from ml.text.everyday import everyday_words

if TYPE_CHECKING:
    from graph.repositories.names import NamedItems
    from ml.grounding.grounder import Grounder

_KINDS = frozenset({"brand", "category"})
RETRY_AFTER_S = 1.0  # not at every search while the graph cannot be read


@dataclass(frozen=True, slots=True)
class SearchWords:
    """Made of one state of the graph; asked from several threads.

    Attributes:
        kinds: the spelling of brands and categories: of what a thing is.
        wordings: of values of texts.
        in_names: words that compare or sort elsewhere: `max` of `Pro Max`.
        sources: of products; behind them and a colon stand the numbers that shops give.
    """

    grounder: Grounder
    spelling: Spelling
    kinds: Spelling
    suggester: Suggester
    wordings: Wordings
    sources: tuple[str, ...] = ()
    in_names: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, grounder: Grounder, names: Sequence[NamedItems], sources: Sequence[str] = ()
    ) -> SearchWords:
        every = list(_counted(names))
        lexicon = grounder.lexicon
        every += [
            (name, lexicon.stated.get(one.id, 0))
            for one in lexicon.parameters.values()
            for name in (one.name, *one.names)
        ]
        things = list(_counted(one for one in names if one.kind == "category"))
        everyday_words()  # now, so that no search has to wait for them
        english_spelling()
        spelling = Spelling([*every, *_in_the_other_number(things)])
        return cls(
            grounder,
            spelling,
            Spelling(_counted(one for one in names if one.kind in _KINDS)),
            Suggester(names, spelling),
            Wordings((one.parameter, one.id, one.name) for one in names if one.parameter),
            tuple(sources),
            words_in_names(name for name, _ in every) | sorts_in_names(name for name, _ in every),
        )


def _counted(names: Iterable[NamedItems]) -> Iterator[tuple[str, int]]:
    return ((name, one.items) for one in names for name in (one.name, *one.names))


def _in_the_other_number(names: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Nouns of the names: who misspells `freezer` means the freezers as well."""
    for name, items in names:
        for word in split_words(name):
            yield from ((form, items) for form in number_forms(word))


def known_words(
    grounder: Callable[[], Grounder],
    names: Callable[[], Sequence[NamedItems]],
    sources: Callable[[], Sequence[str]],
    *,
    retry_after_s: float = RETRY_AFTER_S,
) -> Renewed[SearchWords]:
    """The words of the graph, made again when the grounder is another one."""
    return Renewed(
        lambda _: SearchWords.of(grounder(), names(), sources()),
        outdated=lambda words: words.grounder is not grounder(),
        renew_after_s=retry_after_s,
        share=1.0,  # the grounder has been loaded by then, which takes longer
    )
