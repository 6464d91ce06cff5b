"""Entities that are exactly right: precision, recall and F1 with their intervals by title."""

# S titles, C resamples

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor

from ml.entities.records import Entity, LabelledTitle
from ml.evaluation.intervals import bootstrap_interval
from ml.evaluation.report import Measured

Span = tuple[str, int, int]
Kept = Callable[[LabelledTitle, Span], bool]
_BINS = 10


def exact_counts(
    titles: Sequence[LabelledTitle], found: Sequence[Sequence[Span]], kept: Kept | None = None
) -> Tensor:
    """`count_S3`: spans that are right, found and gold in every title; only those `kept`."""
    rows = []
    for title, spans in zip(titles, found, strict=True):
        own, gold = set(spans), set(title.entities)
        if kept is not None:
            own = {span for span in own if kept(title, span)}
            gold = {span for span in gold if kept(title, span)}
        rows.append((len(own & gold), len(own), len(gold)))
    return torch.tensor(rows, dtype=torch.float64)


def shares_of(count_S3: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """Numerator and denominator of each measure, by title."""
    right_S, found_S, gold_S = count_S3.unbind(dim=1)
    return {
        "f1": (2 * right_S, found_S + gold_S),
        "precision": (right_S, found_S),
        "recall": (right_S, gold_S),
    }


def calibration_error(
    titles: Sequence[LabelledTitle], found: Sequence[Sequence[Entity]], generator: Generator
) -> Measured:
    """Mean distance between confidence and share that is right, over ten bins of equal size.

    The interval is that of the mean distance with the bins as they are.
    """
    pairs = sorted(
        (entity.confidence, float((entity.type, entity.start, entity.end) in title.entities))
        for title, entities in zip(titles, found, strict=True)
        for entity in entities
    )
    if not pairs:
        return Measured(0.0, 0.0, 0.0)
    distances = []
    for part in torch.tensor(pairs, dtype=torch.float64).tensor_split(_BINS):
        if len(part):
            confidence, right = part.mean(dim=0).tolist()
            distances.append(torch.full((len(part),), abs(confidence - right)))
    distance_S = torch.cat(distances)
    low, high = bootstrap_interval(distance_S, generator)
    return Measured(distance_S.double().mean().item(), low, high)
