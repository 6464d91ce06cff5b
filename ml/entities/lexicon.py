"""Which strings are entities of which type in the training titles, and how often they are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from ml.entities.labels import Labels
from ml.entities.phrases import substrings
from ml.entities.records import LabelledTitle
from ml.entities.spelling import plain

FOLDS = 8
_ABOUT = 1.0  # occurrences that every string is thought to have had without a label


class Lexicon:
    """Labelled strings with the share of their occurrences that bears the label, by type."""

    def __init__(self, shares: Mapping[str, Mapping[int, float]]) -> None:
        self.shares = shares

    @classmethod
    def of(cls, titles: Sequence[LabelledTitle], labels: Labels) -> Lexicon:
        labelled, seen = _counts(titles, labels)
        return cls(_shares(labelled, seen))

    @classmethod
    def out_of_fold(cls, titles: Sequence[LabelledTitle], labels: Labels) -> list[Lexicon]:
        """A lexicon per fold, of the titles of all others; title i is in fold `i % FOLDS`.

        A title whose own labels were in the lexicon would find all of its entities there, and
        teach that whatever stands in the lexicon is one.
        """
        labelled, seen = _counts(titles, labels)
        found = []
        for fold in range(FOLDS):
            own_labelled, own_seen = _counts(titles[fold::FOLDS], labels, set(labelled))
            others = {key: labelled[key] - own_labelled[key] for key in labelled}
            rest = {text: seen[text] - own_seen[text] for text in seen}
            found.append(cls(_shares(others, rest)))
        return found


_Key = tuple[int, str]


def _counts(
    titles: Sequence[LabelledTitle], labels: Labels, keys: set[_Key] | None = None
) -> tuple[Counter[_Key], Counter[str]]:
    """How often each string has a label of each type, and how often those strings occur at all."""
    texts = [plain(title.text) for title in titles]
    labelled = Counter(
        (labels.types.index(kind), text[start:end])
        for text, title in zip(texts, titles, strict=True)
        for kind, start, end in title.entities
    )
    wanted = {text for _, text in (keys or labelled)}
    seen: Counter[str] = Counter()
    for text in texts:
        pieces = (text[start:end] for start, end in substrings(len(text)))
        seen.update(piece for piece in pieces if piece in wanted)
    return labelled, seen


def _shares(labelled: Mapping[_Key, int], seen: Mapping[str, int]) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for (kind, text), count in labelled.items():
        if count > 0 and seen.get(text, 0) > 0:
            found.setdefault(text, {})[kind] = count / (seen[text] + _ABOUT)
    return found
