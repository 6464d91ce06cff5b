"""What rules and a trained extractor read in the same texts, as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from graph.text import value_id
from ml.grounding.records import ExtractedFact


def settled(
    read: Sequence[ExtractedFact], learnt: Sequence[ExtractedFact]
) -> Iterator[ExtractedFact]:
    """Of one item what rules read and what the extractor did, each as sure as both leave it.

    Said by both, a value is as sure as by the surer of them. A value beside which the other has
    nothing but other values of the parameter in the field is doubted as far as that one is sure:
    of two that contradict each other one is right at most, each in half of the cases.
    """
    for fact in learnt:
        if not any(_says_same(fact, one) for one in read):
            yield _doubted(fact, read)
    for fact in read:
        same = next((one for one in learnt if _says_same(fact, one)), None)
        yield _confirmed(fact, same) if same else _doubted(fact, learnt)


def _confirmed(fact: ExtractedFact, same: ExtractedFact) -> ExtractedFact:
    """By its value, which may be the one that the model has in more words."""
    surer, other = (same, fact) if same.confidence > fact.confidence else (fact, same)
    return replace(
        fact,
        confidence=surer.confidence,
        model=surer.model,
        reasons=(*surer.reasons, f"{other.model} read it so, too"),
    )


def _doubted(fact: ExtractedFact, others: Sequence[ExtractedFact]) -> ExtractedFact:
    beside = [one for one in others if (one.field, one.parameter) == (fact.field, fact.parameter)]
    if not beside:
        return fact
    surest = max(beside, key=lambda one: one.confidence)
    return replace(
        fact,
        confidence=fact.confidence * (1 - surest.confidence / 2),
        reasons=(*fact.reasons, f"but {surest.model} read {surest.value!r}"),
    )


def _says_same(one: ExtractedFact, other: ExtractedFact) -> bool:
    """The same value, or the same words: what a model makes of them is the same, too."""
    if (one.field, one.parameter) != (other.field, other.parameter):
        return False
    return _value(one) == _value(other) or (one.start, one.end) == (other.start, other.end)


def _value(fact: ExtractedFact) -> str:
    value = fact.normalized
    return value_id(fact.parameter, value.text, value.number, value.unit)
