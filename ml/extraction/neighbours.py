"""The labelled texts that are most alike: what their values look like and where they stand."""

# N texts, M training texts, E labels of training, Q questions, J neighbours of a question

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from ml.extraction.cleaning import IntArray
from ml.extraction.labels import Labels
from ml.extraction.sheet import Sheet
from ml.extraction.slots import Slots
from ml.extraction.statistics import FloatArray
from ml.extraction.tokens import TokenText, pattern_of
from ml.extraction.vocabulary import Vocabulary, word_class

NEIGHBOURS = 12
BUCKETS = 2**18  # of words and pairs of words
SILENT = -3

# of every label: its text, its value and pattern (SILENT: none), its place and its surroundings
COLUMNS = (
    "text", "value", "pattern", "start", "after", "length", "before_word", "after_word",
    "first_word", "last_word",
)  # fmt: skip

Excluded = Callable[[IntArray, IntArray], npt.NDArray[np.bool_]]


@dataclass(frozen=True, slots=True)
class Nearest:
    """Attributes: `weight_QJ` in 0..1, 0 where there is no neighbour; `label_QJ` of them."""

    weight_QJ: FloatArray
    label_QJ: IntArray


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Attributes: `first_S1`: labels of slot s are `[x[s], x[s + 1])` of the columns."""

    idf_B: FloatArray
    row_M1: IntArray
    bucket_X: IntArray
    weight_X: FloatArray
    first_S1: IntArray
    columns: Mapping[str, IntArray]

    @classmethod
    def of(cls, labels: Sequence[Labels], vocabulary: Vocabulary, slots: Slots) -> Neighbours:
        found: Counter[int] = Counter()
        for label in labels:
            found.update(set(_terms(label.text)))
        idf_B = np.full(BUCKETS, np.log(len(labels) + 1.0), np.float32)
        for bucket, count in found.items():
            idf_B[bucket] = np.log((len(labels) + 1) / count)
        matrix = _matrix([label.text for label in labels], idf_B)
        rows = sorted(_label_rows(labels, vocabulary, slots))
        table = np.array([row for _, *row in rows], dtype=np.int64).reshape(-1, len(COLUMNS))
        first_S1 = np.searchsorted([slot for slot, *_ in rows], np.arange(len(slots.slots) + 1))
        return cls(
            idf_B,
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int64),
            matrix.data,
            first_S1.astype(np.int64),
            {name: table[:, n].copy() for n, name in enumerate(COLUMNS)},
        )

    def nearest(self, sheet: Sheet, excluded: Excluded | None = None) -> Nearest:
        """Among the labelled texts of the same slot, but those that `excluded` rules out.

        Args:
            excluded: of texts [N,1] and training texts [1,M] by number, whether one may not
                answer for the other.
        """
        texts = [question.text for question in sheet.questions]
        train = csr_matrix(
            (self.weight_X, self.bucket_X, self.row_M1), (len(self.row_M1) - 1, BUCKETS)
        )
        alike_NM = (_matrix(texts, self.idf_B) @ train.T).toarray()
        if excluded is not None:
            texts_N1 = np.arange(len(texts))[:, None]
            alike_NM[excluded(texts_N1, np.arange(alike_NM.shape[1])[None])] = -1
        questions = len(sheet.slot_Q)
        weight_QJ = np.zeros((questions, NEIGHBOURS), np.float32)
        label_QJ = np.zeros((questions, NEIGHBOURS), np.int64)
        for slot in np.unique(sheet.slot_Q[sheet.slot_Q >= 0]):
            at_Q = np.flatnonzero(sheet.slot_Q == slot)
            first, last = self.first_S1[slot], self.first_S1[slot + 1]
            alike = alike_NM[np.ix_(sheet.text_Q[at_Q], self.columns["text"][first:last])]
            kept = min(NEIGHBOURS, last - first)
            top = np.argsort(-alike, axis=1, kind="stable")[:, :kept]
            weight_QJ[at_Q, :kept] = np.take_along_axis(alike, top, axis=1).clip(0)
            label_QJ[at_Q, :kept] = first + top
        return Nearest(weight_QJ, label_QJ)


def _label_rows(
    labels: Sequence[Labels], vocabulary: Vocabulary, slots: Slots
) -> list[tuple[int, ...]]:
    rows = []
    for number, label in enumerate(labels):
        for parameter in label.silent:
            slot = slots.slot(label.category, parameter)
            rows.append((slot, number, SILENT, SILENT, *[SILENT] * 7))
        words = [vocabulary.word(word) for word in label.text.words]
        for parameter, ((start, end), *_) in label.spans.items():
            first, last = label.text.covering(start, end)
            rows.append(
                (
                    slots.slot(label.category, parameter),
                    number,
                    vocabulary.values[label.text.low[start:end]],
                    vocabulary.patterns[pattern_of(label.value(parameter))],
                    first,
                    len(words) - 1 - last,
                    last - first + 1,
                    words[first - 1] if first else -2,
                    words[last + 1] if last + 1 < len(words) else -2,
                    words[first],
                    words[last],
                )
            )
    return rows


def _terms(text: TokenText) -> list[int]:
    words = [word_class(word) for word in text.words]
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    return [zlib.crc32(term.encode()) % BUCKETS for term in (*words, *pairs)]


def _matrix(texts: Sequence[TokenText], idf_B: FloatArray) -> csr_matrix:
    """Rows of length 1, one for each text."""
    buckets: list[int] = []
    weights: list[float] = []
    starts = [0]
    for text in texts:
        counted = sorted(Counter(_terms(text)).items())
        row = np.array([count for _, count in counted], np.float32) ** 0.5
        row = row * idf_B[[bucket for bucket, _ in counted]]
        length = float(np.sqrt((row**2).sum()))
        buckets.extend(bucket for bucket, _ in counted)
        weights.extend((row / length).tolist() if length else row.tolist())
        starts.append(len(buckets))
    return csr_matrix(
        (np.array(weights, np.float32), np.array(buckets, np.int64), np.array(starts, np.int64)),
        (len(texts), BUCKETS),
    )
