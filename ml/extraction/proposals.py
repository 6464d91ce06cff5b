"""Which spans of a text are worth a look: by the span network, or by counts where there is none."""

# N texts, T tokens, A parameters asked, W tokens of the longest span, Q questions, G grid cells

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from ml.extraction.grid import Grid
from ml.extraction.network import SpanNetwork, normalised
from ml.extraction.network_inputs import Question, inputs_of
from ml.extraction.sheet import Sheet
from ml.extraction.statistics import Counts, FloatArray
from ml.extraction.tokens import LONGEST_SPAN

NOTHING = -30.0  # in logs: of spans that leave the text, or that the network did not read
_TEXTS = 8  # at once, of like lengths: of 32 titles, up to two fifths are padding


@dataclass(frozen=True, slots=True)
class Proposals:
    """Log-probabilities of one text.

    Attributes:
        span_ATW: of every span, by first token and length - 1.
        silence_A: that the text does not say it.
    """

    span_ATW: FloatArray
    silence_A: FloatArray


def by_network(networks: Sequence[SpanNetwork], questions: Sequence[Question]) -> list[Proposals]:
    """The geometric mean of the networks.

    The arithmetic one is less sure than each of them, and the ranker learnt from single networks
    how sure those are.
    """
    order = sorted(range(len(questions)), key=lambda n: len(questions[n].text.words))
    found: list[Proposals | None] = [None] * len(questions)
    for at in range(0, len(order), _TEXTS):
        chosen = order[at : at + _TEXTS]
        batch = [questions[n] for n in chosen]
        for n, made in zip(chosen, _of_batch(networks, batch), strict=True):
            found[n] = made
    return [made for made in found if made is not None]


def _of_batch(networks: Sequence[SpanNetwork], batch: Sequence[Question]) -> list[Proposals]:
    inputs = inputs_of(batch, networks[0].backbone, networks[0].slots)
    spans, silences = [], []
    for network in networks:
        span_NATW, silence_NA = network.log_posteriors(inputs)
        spans.append(span_NATW)
        silences.append(silence_NA)
    span_NATW, silence_NA = normalised(torch.stack(spans).mean(0), torch.stack(silences).mean(0))
    spans_np = span_NATW.clamp(min=NOTHING).numpy()
    silence_np = silence_NA.clamp(min=NOTHING).numpy()
    found = []
    for n, question in enumerate(batch):
        A, T = len(question.parameters), len(question.text.words)
        span_ATW = np.full((A, T, LONGEST_SPAN), NOTHING, np.float32)
        read = min(T, spans_np.shape[2])  # of a very long text the network reads the beginning
        span_ATW[:, :read] = spans_np[n, :A, :read]
        found.append(Proposals(span_ATW, silence_np[n, :A].astype(np.float32)))
    return found


def by_counts(sheet: Sheet, grid: Grid, counts: Counts) -> list[Proposals]:
    """Naive Bayes over the words at and around the ends of a span, and its length."""
    questions = len(sheet.slot_Q)
    zeros_Q = np.zeros(questions, np.int64)
    texts_Q = counts.of("slot", sheet.slot_Q, zeros_Q, sheet.text_Q)
    silent_Q = counts.of("silent", sheet.slot_Q, zeros_Q, sheet.text_Q)
    length_QW = np.stack(
        [
            counts.of("length", sheet.slot_Q, np.full(questions, w + 1), sheet.text_Q)
            for w in range(LONGEST_SPAN)
        ],
        axis=1,
    )
    length_QW = np.log((length_QW + 0.3) / (texts_Q - silent_Q + 4)[:, None])
    silence_Q = np.log((silent_Q + 0.5) / (texts_Q - silent_Q + 1)).astype(np.float32)
    found = []
    for n, question in enumerate(sheet.questions):
        first, last = sheet.questions_N1[n], sheet.questions_N1[n + 1]
        cells = slice(sheet.grid_Q1[first], sheet.grid_Q1[last])
        shape = (len(question.parameters), len(question.text.words))
        logits = [
            _logit(column[cells]).reshape(shape)
            for column in (grid.first_G, grid.last_G, grid.inside_G, grid.before_G, grid.after_G)
        ]
        span_ATW = _spans(*logits) + length_QW[first:last, None, :]
        found.append(_normalised(span_ATW, silence_Q[first:last]))
    return found


def _spans(
    first_AT: FloatArray,
    last_AT: FloatArray,
    inside_AT: FloatArray,
    before_AT: FloatArray,
    after_AT: FloatArray,
) -> FloatArray:
    A, T = first_AT.shape
    span_ATW = np.full((A, T, LONGEST_SPAN), NOTHING, np.float32)
    edge_A1 = np.full((A, 1), -1.0, np.float32)
    before_AT = np.concatenate((edge_A1, before_AT[:, :-1]), axis=1)
    after_AT = np.concatenate((after_AT[:, 1:], edge_A1), axis=1)
    sums_AT = np.cumsum(inside_AT, axis=1)
    for w in range(min(LONGEST_SPAN, T)):
        ends = slice(w, T)
        between = sums_AT[:, ends] - sums_AT[:, : T - w]
        around = before_AT[:, : T - w] + after_AT[:, ends]
        score = first_AT[:, : T - w] + last_AT[:, ends] + between + 0.5 * around
        span_ATW[:, : T - w, w] = score
    return span_ATW


def _logit(share: FloatArray) -> FloatArray:
    share = share.clip(1e-3, 1 - 1e-3)
    odds: FloatArray = np.log(share / (1 - share))
    return odds


def _normalised(span_ATW: FloatArray, silence_A: FloatArray) -> Proposals:
    top_A = np.maximum(span_ATW.max(axis=(1, 2), initial=NOTHING), silence_A)
    total_A = np.exp(span_ATW - top_A[:, None, None]).sum(axis=(1, 2)) + np.exp(silence_A - top_A)
    total_A = np.log(total_A) + top_A
    return Proposals(
        np.maximum(span_ATW - total_A[:, None, None], NOTHING).astype(np.float32),
        (silence_A - total_A).astype(np.float32),
    )
