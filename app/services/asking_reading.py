"""A question to a plan, with the products that it names looked up in the graph."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ml.asking.checks import complaints
from ml.asking.parser import understand
from ml.asking.plan import Language, NotUnderstood, Understood

if TYPE_CHECKING:
    from app.services.asking_products import ProductNames, SeveralProducts
    from app.services.threads import Threads
    from ml.asking.following import Before
    from ml.asking.lexicon import AskingLexicon

Read = Understood | NotUnderstood


@dataclass(frozen=True, slots=True)
class Reading:
    """What a question was understood as.

    Attributes:
        lexicon: the one it was read with, which has the products that it names.
        several: words in it that several products are called by, where that is why it is refused.
    """

    found: Read
    lexicon: AskingLexicon
    several: tuple[SeveralProducts, ...] = ()


class QuestionReader:
    """Reads questions; asks the graph for products alone."""

    def __init__(self, products: ProductNames, threads: Threads) -> None:
        self._products = products
        self._threads = threads

    async def read(
        self,
        text: str,
        lexicon: AskingLexicon,
        *,
        language: Language | None,
        before: Before | None,
    ) -> Reading:
        """Raises DatabaseError: Neo4j failed."""
        read = partial(_read, text, language=language, before=before)
        found = await self._threads.run(partial(read, lexicon))
        if not lexicon.offers or not _may_name_products(found):
            return Reading(found, lexicon)
        products = await self._products.named(text, lexicon, found)
        if products.named:
            wider = lexicon.with_products(products.named)
            again = await self._threads.run(partial(read, wider))
            if isinstance(again, Understood) and products.accepts(again.plan):
                return Reading(again, wider)
        if isinstance(found, Understood) and products.passed_over:
            unknown = products.passed_over
            found = NotUnderstood("unknown_words", found.language, unknown, found.entities)
        if isinstance(found, NotUnderstood) and products.explains(found):
            words = tuple(one.text for one in products.several)
            found = NotUnderstood("ambiguous", found.language, words, found.entities)
            return Reading(found, lexicon, products.several)
        return Reading(found, lexicon)


def _read(
    text: str, lexicon: AskingLexicon, *, language: Language | None, before: Before | None
) -> Read:
    found = understand(text, lexicon, language=language, before=before)
    if isinstance(found, Understood) and complaints(found.plan, lexicon):
        return NotUnderstood("nothing_asked", found.language, (), found.entities)
    return found


def _may_name_products(found: Read) -> bool:
    return isinstance(found, Understood) or found.reason in ("unknown_words", "nothing_asked")
