"""Where a text says a name that it was found to mean, however loosely it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ml.grounding.tokens import Token, key, tokens

GAP = 1  # words between two parts of a name: `galaxy (2018) a8`


def place_of(text: str, name: str) -> tuple[int, int] | None:
    """Start and end of what says most of the name; None where the text has less than half of it.

    A word of the name counts once, by its length.
    """
    wanted = set(key(name))
    best = max(_runs(tokens(text), wanted), key=_said, default=[])
    if not best or 2 * _said(best) < sum(map(len, wanted)):
        return None
    return best[0].start, best[-1].end


def _runs(words: Sequence[Token], wanted: set[str]) -> Iterator[list[Token]]:
    """Words of the name that stand together; a word said again begins another run."""
    run: list[Token] = []
    last = -1
    for place, word in enumerate(words):
        if word.key not in wanted:
            continue
        if run and (place - last > GAP + 1 or word.key in {one.key for one in run}):
            yield run
            run = []
        run.append(word)
        last = place
    if run:
        yield run


def _said(run: Sequence[Token]) -> int:
    return sum(len(word.key) for word in run)
