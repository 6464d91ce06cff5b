"""The spans that the ranker chooses from: what is proposed, known values, and stems."""

# R candidates, A parameters asked, T tokens, W tokens of the longest span

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from ml.extraction.cleaning import IntArray
from ml.extraction.known_values import KnownValues
from ml.extraction.proposals import NOTHING, Proposals
from ml.extraction.sheet import Sheet
from ml.extraction.tokens import LONGEST_SPAN, TokenText, pattern_of
from ml.extraction.vocabulary import STRANGER, Vocabulary

PROPOSED = 12  # the value is among them for 97 of 100; 20 add half of one
_STEMMED = 3  # proposals whose last word is also taken without its ending
_ENDINGS = ("s", "es", "ed", "ing", "er", "d")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Candidates:
    """Columns, in the order of their questions.

    Attributes:
        start_R, end_R: characters in the cleaned text.
        first_R, last_R: tokens of the text that they touch, from 0.
        value_R, pattern_R: ids, -1 for strangers.
        string_R: the same number for the same characters.
        is_proposed_R: False for what only the list of known values put forward.
    """

    question_R: IntArray
    start_R: IntArray
    end_R: IntArray
    first_R: IntArray
    last_R: IntArray
    value_R: IntArray
    pattern_R: IntArray
    string_R: IntArray
    is_proposed_R: npt.NDArray[np.bool_]
    strings: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.question_R)

    def where(self, is_kept_R: npt.NDArray[np.bool_]) -> Candidates:
        columns = {
            column.name: getattr(self, column.name)[is_kept_R]
            for column in fields(self)
            if column.name.endswith("_R")
        }
        return replace(self, **columns)


@dataclass(frozen=True, slots=True)
class CandidateFinder:
    """Attributes: `slots_of_value`: in which slots training had a value, by its number."""

    known: KnownValues
    vocabulary: Vocabulary
    slots_of_value: Sequence[tuple[int, ...]]

    def find(self, sheet: Sheet, proposals: Sequence[Proposals]) -> Candidates:
        rows: list[tuple[int, int, int, int, int, bool]] = []
        for n, question in enumerate(sheet.questions):
            if not len(question.text.words):
                continue
            first, last = sheet.questions_N1[n], sheet.questions_N1[n + 1]
            found: dict[tuple[int, int, int], tuple[int, int, bool]] = {}
            for q, start, end, i, j in _proposed(proposals[n], question.text):
                found[q, start, end] = (i, j, True)
            of_slot = {int(sheet.slot_Q[q]): q - first for q in range(first, last)}
            for q, start, end in self._known(question.text, of_slot):
                if (q, start, end) not in found:
                    i, j = question.text.covering(start, end)
                    if j - i < LONGEST_SPAN:
                        found[q, start, end] = (i, j, False)
            rows.extend(
                (first + q, start, end, i, j, proposed)
                for (q, start, end), (i, j, proposed) in sorted(found.items())
            )
        return self._columns(sheet, rows)

    def _known(self, text: TokenText, of_slot: dict[int, int]) -> Iterator[tuple[int, int, int]]:
        for hit in self.known.hits(text):
            for slot in self.slots_of_value[hit.value]:
                q = of_slot.get(slot)
                if q is not None:
                    yield q, hit.start, hit.end

    def _columns(
        self, sheet: Sheet, rows: list[tuple[int, int, int, int, int, bool]]
    ) -> Candidates:
        table = np.array(rows, dtype=np.int64).reshape(-1, 6)
        texts_R = sheet.text_Q[table[:, 0]].tolist()
        strings: dict[str, int] = {}
        values: dict[tuple[int, int, int], tuple[int, int, int]] = {}
        for n, start, end in zip(texts_R, table[:, 1].tolist(), table[:, 2].tolist(), strict=True):
            if (n, start, end) in values:
                continue
            text = sheet.questions[n].text
            string = text.clean.text[start:end]
            values[n, start, end] = (
                self.vocabulary.values.get(text.low[start:end], STRANGER),
                self.vocabulary.patterns.get(pattern_of(string), STRANGER),
                strings.setdefault(string, len(strings)),
            )
        ids = np.array(
            [
                values[n, start, end]
                for n, start, end in zip(
                    texts_R, table[:, 1].tolist(), table[:, 2].tolist(), strict=True
                )
            ],
            dtype=np.int64,
        ).reshape(-1, 3)
        question_R, start_R, end_R, first_R, last_R, is_proposed_R = table.T.copy()
        return Candidates(
            question_R=question_R,
            start_R=start_R,
            end_R=end_R,
            first_R=first_R,
            last_R=last_R,
            value_R=ids[:, 0],
            pattern_R=ids[:, 1],
            string_R=ids[:, 2],
            is_proposed_R=is_proposed_R.astype(bool),
            strings=tuple(strings),
        )


def _proposed(proposals: Proposals, text: TokenText) -> Iterator[tuple[int, int, int, int, int]]:
    """Question of the text, characters, tokens."""
    A = len(proposals.silence_A)
    flat_AX = proposals.span_ATW.reshape(A, -1)
    kept = min(PROPOSED, flat_AX.shape[1])
    top_AK = np.argpartition(-flat_AX, kept - 1, axis=1)[:, :kept]
    top_AK = np.take_along_axis(
        top_AK, np.argsort(-np.take_along_axis(flat_AX, top_AK, 1), axis=1, kind="stable"), 1
    )
    starts, ends = text.starts_T.tolist(), text.ends_T.tolist()
    for q, top in enumerate(top_AK.tolist()):
        for rank, place in enumerate(top):
            i, length = divmod(place, LONGEST_SPAN)
            j = i + length
            if flat_AX[q, place] <= NOTHING or j >= len(ends):
                continue
            yield q, starts[i], ends[j], i, j
            if rank >= _STEMMED:
                continue
            word = text.words[j]
            for ending in _ENDINGS:
                if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
                    yield q, starts[i], ends[j] - len(ending), i, j
