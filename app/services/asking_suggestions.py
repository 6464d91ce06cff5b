"""What a question may have been meant to say, where it has no answer as it was written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.services.asking_reading import Reading
from ml.asking.near_names import NearName, NearNames
from ml.asking.plan import EntityKind, Language, NotUnderstood, Place, Suggestion, Understood
from ml.asking.wording import field_name

if TYPE_CHECKING:
    from app.services.asking_products import ProductNames
    from app.services.asking_reading import QuestionReader
    from app.services.threads import Threads
    from ml.asking.following import Before
    from ml.asking.lexicon import AskingLexicon

SUGGESTED = 5  # names
_TRIED = 4  # questions with one of them, each of which costs what a question does
_PLACES = 5  # of a question
_NAMED_KINDS: tuple[EntityKind, ...] = ("model", "parameter")

HasAnswer = Callable[[Understood, "AskingLexicon"], Awaitable[bool]]


class Suggestions:
    """Near names, and the questions with them that the graph has an answer to."""

    def __init__(
        self,
        reader: QuestionReader,
        products: ProductNames,
        threads: Threads,
        has_answer: HasAnswer,
    ) -> None:
        self._reader = reader
        self._products = products
        self._threads = threads
        self._has_answer = has_answer
        self._made: tuple[AskingLexicon, NearNames] | None = None

    async def of_refusal(
        self,
        text: str,
        reading: Reading,
        lexicon: AskingLexicon,
        *,
        language: Language | None,
        before: Before | None,
    ) -> tuple[Suggestion, ...]:
        """For what nothing in the graph is called, or several products are."""
        found = reading.found
        assert isinstance(found, NotUnderstood)
        if reading.several:
            suggested = [
                Suggestion(several.text, several.start, several.end, "product", one.id, one.name)
                for several in reading.several
                for one in several.products
            ]
        else:
            suggested = await self._near(text, found.places[:_PLACES], lexicon, found.language)
            if not all(any(_overlap(place, one) for one in suggested) for place in found.places):
                return tuple(suggested)  # with any one of them it would be refused as well
        return await self._proven(text, suggested, lexicon, language=language, before=before)

    async def of_silence(
        self,
        text: str,
        found: Understood,
        lexicon: AskingLexicon,
        *,
        language: Language | None,
        before: Before | None,
    ) -> tuple[Suggestion, ...]:
        """For the names of a question that the graph says nothing to: only what it says more to."""
        places = [
            Place(one.text, one.start, one.end)
            for one in found.entities
            if one.kind in _NAMED_KINDS
        ]
        near = await self._near(text, places[:_PLACES], lexicon, found.language, _NAMED_KINDS)
        meant = {*found.plan.named, *found.plan.fields}
        others = [one for one in near if one.id not in meant]
        proven = await self._proven(text, others, lexicon, language=language, before=before)
        return tuple(one for one in proven if one.question)

    async def _near(
        self,
        text: str,
        places: Sequence[Place],
        lexicon: AskingLexicon,
        language: Language,
        kinds: Sequence[EntityKind] = (),
    ) -> list[Suggestion]:
        """The nearest names, of places that are one in another the nearest of any of them."""
        names = await self._threads.run(partial(self._names, lexicon))
        found: list[tuple[Place, NearName]] = []
        for place in places:
            near = await self._threads.run(
                partial(names.found, place.text, most=SUGGESTED, kinds=kinds)
            )
            if lexicon.offers and not kinds:
                near += await self._products.near(place.text, lexicon)
            found += [(place, one) for one in near]
        best = _in_turns(sorted(found, key=lambda one: -one[1].likeness))
        return [_suggestion(place, one, lexicon, language) for place, one in best[:SUGGESTED]]

    def _names(self, lexicon: AskingLexicon) -> NearNames:
        lexicon = lexicon.origin or lexicon
        made = self._made
        if made is None or made[0] is not lexicon:
            made = self._made = (lexicon, NearNames(lexicon))
        return made[1]

    async def _proven(
        self,
        text: str,
        suggested: Sequence[Suggestion],
        lexicon: AskingLexicon,
        *,
        language: Language | None,
        before: Before | None,
    ) -> tuple[Suggestion, ...]:
        """With the questions that have an answer; of several places the others at their nearest."""
        proven: list[Suggestion] = []
        asked: set[str] = set()  # that nothing is suggested twice, in other letters
        for one in suggested[:SUGGESTED]:
            question = _with_names(text, one, suggested)
            if question.casefold() in asked:
                continue
            asked.add(question.casefold())
            if len(asked) <= _TRIED:
                reading = await self._reader.read(
                    question, lexicon, language=language, before=before
                )
                found = reading.found
                if isinstance(found, Understood) and await self._has_answer(found, reading.lexicon):
                    one = replace(one, question=question)
            proven.append(one)
        return tuple(proven)


def names_of(suggested: Sequence[Suggestion]) -> list[str]:
    """The names to be shown; beside those that several products share the id of each."""
    return [
        f"{one.name} ({one.id})" if _is_shared(one, suggested) else one.name for one in suggested
    ]


def _is_shared(name: Suggestion, suggested: Sequence[Suggestion]) -> bool:
    return name.kind == "product" and any(
        other.kind == "product"
        and other.id != name.id
        and other.name.casefold() == name.name.casefold()
        for other in suggested
    )


def _overlap(one: Place | Suggestion, other: Place | Suggestion) -> bool:
    return one.start < other.end and other.start < one.end


def _in_turns(found: Sequence[tuple[Place, NearName]]) -> list[tuple[Place, NearName]]:
    """Of each place the nearest, then of each the next; places in one another count as one."""
    wide: list[Place] = []
    turns: list[tuple[int, tuple[Place, NearName]]] = []
    before: dict[Place, int] = {}
    for place, near in found:
        own = next((one for one in wide if _overlap(place, one)), None)
        if own is None:
            own = place
            wide.append(own)
        turns.append((before.get(own, 0), (place, near)))
        before[own] = before.get(own, 0) + 1
    return [one for _, one in sorted(turns, key=lambda turn: turn[0])]


def _suggestion(
    place: Place, near: NearName, lexicon: AskingLexicon, language: Language
) -> Suggestion:
    name = near.name
    if near.kind == "parameter":
        name = field_name(near.id, lexicon, language == "zh")
    return Suggestion(place.text, place.start, place.end, near.kind, near.id, name)


def _with_names(text: str, one: Suggestion, suggested: Sequence[Suggestion]) -> str:
    """The question with a name in its place, and the nearest in each place beside it."""
    chosen = [one]
    for other in suggested:
        if not any(_overlap(other, this) for this in chosen):
            chosen.append(other)
    for this in sorted(chosen, key=lambda one: -one.start):
        name = this.id if _is_shared(this, suggested) else this.name
        text = f"{text[: this.start]}{name}{text[this.end :]}"
    return text
