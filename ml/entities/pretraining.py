"""What a network learns before it sees labels: characters that are hidden, made-up titles."""

# B titles, L characters

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Generator, Tensor

from ml.entities.featurizer import Featurizer
from ml.entities.inputs import MASKED, TitleBatch
from ml.entities.records import LabelledTitle

HIDDEN_SHARE = 0.2  # of the characters: titles are short, and 15 % of 30 teach too little
BLIND_SHARE = 0.7  # of the titles that lose all features: the lists would give the answer away
_PIECES = (4, 7)
_PLAIN_SHARE = 0.5


def hide(batch: TitleBatch, generator: Generator) -> tuple[TitleBatch, Tensor]:
    """The batch with some characters hidden, and `hidden_BL`: which.

    With a character go both pairs that hold it, and its features.
    """
    hidden_BL = torch.rand(batch.mask_BL.shape, generator=generator) < HIDDEN_SHARE
    hidden_BL &= batch.mask_BL
    right_BL = hidden_BL.clone()
    right_BL[:, :-1] |= hidden_BL[:, 1:]
    left_BL = hidden_BL.clone()
    left_BL[:, 1:] |= hidden_BL[:, :-1]
    is_blind_B = torch.rand(len(hidden_BL), generator=generator) < BLIND_SHARE
    blind_BL = hidden_BL | is_blind_B.unsqueeze(1)
    seen = replace(
        batch,
        character_BL=batch.character_BL.masked_fill(hidden_BL, MASKED),
        left_BL=batch.left_BL.masked_fill(left_BL, MASKED),
        right_BL=batch.right_BL.masked_fill(right_BL, MASKED),
        tag_BL=batch.tag_BL.masked_fill(blind_BL, 0),
        feature_BLF=batch.feature_BLF.masked_fill(blind_BL.unsqueeze(2), 0.0),
    )
    return seen, hidden_BL


def made_up_titles(
    featurizer: Featurizer, titles: Sequence[LabelledTitle], count: int, seed: int
) -> list[LabelledTitle]:
    """Titles of entries of the gazetteers, labelled by their list, between plain runs of real ones.

    None where no gazetteer speaks of a type that is labelled.
    """
    lists: dict[int, list[str]] = {}
    for phrase, holders in featurizer.phrases.holders.items():
        spoken_of = {featurizer.leaning[number] for number in holders}
        for kind in spoken_of if len(spoken_of) == 1 else ():  # others contradict each other
            if kind is not None:
                lists.setdefault(kind, []).append(phrase)
    if not lists:
        return []
    kinds = sorted(lists)
    types = featurizer.labels.types
    weights = [_times(titles, types[kind]) ** 0.5 for kind in kinds]  # rare types need more
    runs = [run for title in titles for run in _plain_runs(title)] or [" "]
    draw = random.Random(seed)
    return [_made_up(draw, lists, kinds, weights, types, runs) for _ in range(count)]


def _made_up(
    draw: random.Random,
    lists: dict[int, list[str]],
    kinds: list[int],
    weights: list[float],
    types: tuple[str, ...],
    runs: list[str],
) -> LabelledTitle:
    text, spans = "", []
    for _ in range(draw.randint(*_PIECES)):
        if draw.random() < _PLAIN_SHARE:
            text += draw.choice(runs)
            continue
        kind = draw.choices(kinds, weights)[0]
        phrase = draw.choice(lists[kind])
        spans.append((types[kind], len(text), len(text) + len(phrase)))
        text += phrase
    return LabelledTitle(text, tuple(spans))


def _times(titles: Sequence[LabelledTitle], kind: str) -> int:
    return sum(own == kind for title in titles for own, _, _ in title.entities)


def _plain_runs(title: LabelledTitle) -> list[str]:
    borders = [0, *(place for _, start, end in title.entities for place in (start, end))]
    borders.append(len(title.text))
    runs = [title.text[a:b] for a, b in zip(borders[::2], borders[1::2], strict=True)]
    return [run for run in runs if run]
