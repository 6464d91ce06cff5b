"""From the graph to texts: what weighing readings by what similar items have brings."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.loop_material import ACCEPT, Floats, lexicon_of, material, say
from ml.filling.plausibility import Plausibility, PlausibilityConfig
from ml.filling.trees import Trees
from ml.grounding.judging import (
    Judged,
    JudgedText,
    best_of_places,
    crossed,
    judge,
    paired,
    skill,
)
from ml.grounding.lexicon import Lexicon
from ml.grounding.reading import read
from ml.grounding.reranking import OF_TEXT
from ml.grounding.stated import Stated
from ml.grounding.trust import Trust

READING, TEXT, SIMILAR = "reading", "weighed by text alone", "weighed with similar items"
PRECISION = 0.95  # for a threshold that is chosen on the families that are not held out


def place_by_place(
    texts: Sequence[JudgedText], lexicon: Lexicon, keys: Mapping[tuple[int, str], int], rows: int
) -> tuple[Floats, int, int]:
    """The share of each candidate that reading every place by itself finds as well, [R].

    And what it finds beside them that can be judged: how much is right, and how much is wrong.
    """
    share_R = np.zeros(rows)
    beside = Counter[bool]()
    for at, text in enumerate(texts):
        stated = Stated.by(text.item)
        for reading in read(text.item.title, lexicon, consistent=False):
            row = keys.get((at, reading.value.id))
            if row is not None:
                share_R[row] = max(share_R[row], reading.share)
            elif (right := stated.agrees(reading.value)) is not None:
                beside[right] += 1
    return share_R, beside[True], beside[False]


def measures(judged: Judged, confidence_R: Floats, threshold: float) -> dict[str, object]:
    """Of facts that would be accepted; recall among the right ones that any reading proposes."""
    best_R = best_of_places(judged, confidence_R)
    right_R = judged.right_R

    def at(bar: float) -> dict[str, object]:
        taken_R = best_R & (confidence_R >= bar)
        return {
            "precision": paired(judged, lambda rows: share(right_R[rows], taken_R[rows])),
            "recall": paired(judged, lambda rows: share(taken_R[rows], right_R[rows])),
        }

    return {
        "skill": skill(judged, confidence_R),
        f"accepted at {ACCEPT}": at(ACCEPT),
        f"at the other families' threshold for {PRECISION}": {"threshold": threshold}
        | at(threshold),
    }


def share(part_R: NDArray[np.bool_], of_R: NDArray[np.bool_]) -> float:
    return float((part_R & of_R).sum() / max(of_R.sum(), 1))


def threshold_for(judged: Judged, confidence_R: Floats) -> float:
    """The lowest confidence from which on the wanted precision holds; 1 where it never does."""
    rows = np.flatnonzero(best_of_places(judged, confidence_R))
    rows = rows[np.argsort(-confidence_R[rows])]
    held = np.cumsum(judged.right_R[rows]) / np.arange(1, len(rows) + 1) >= PRECISION
    return float(confidence_R[rows[np.flatnonzero(held)[-1]]]) if held.any() else 1.0


def gain(judged: Judged, better_R: Floats, worse_R: Floats, bar: float) -> dict[str, object]:
    """Paired differences: of squared error (less is better), and of right and wrong at a bar."""
    right_R = judged.right_R
    error_R = (better_R - right_R) ** 2 - (worse_R - right_R) ** 2
    takes = [best_of_places(judged, one) & (one >= bar) for one in (better_R, worse_R)]
    extra_R = takes[0].astype(float) - takes[1]
    return {
        "squared_error": paired(judged, lambda rows: float(error_R[rows].mean())),
        "right_accepted": paired(judged, lambda rows: float((extra_R * right_R)[rows].sum())),
        "wrong_accepted": paired(judged, lambda rows: float((extra_R * ~right_R)[rows].sum())),
    }


def run_read(options: argparse.Namespace) -> dict[str, object]:
    began = time.monotonic()
    of = material(options)
    say(began, f"{len(of.graph)} models, {len(of.dev)} titles, {len(of.test)} held out")
    lexicon = lexicon_of(of.parameters, of.graph)
    similar = Plausibility.fit(of.graph, of.families, PlausibilityConfig(seed=options.seed))
    say(began, "similar items can be asked")
    dev = judge(of.dev, lexicon, similar)
    systems = {
        READING: dev.read_R,
        TEXT: crossed(dev, of_text_alone=True),
        SIMILAR: crossed(dev),
    }
    bars = {name: threshold_for(dev, one) for name, one in systems.items()}
    found = {"not held out, crossed": part(of.dev, lexicon, dev, systems, bars)}
    say(began, "judged what is not held out")
    if options.test:
        trust = Trust.learnt([one.item for one in of.dev], lexicon)
        test = judge(of.test, lexicon, similar, trust)
        text_alone = Trees.fit(dev.x_RF[:, :OF_TEXT], dev.right_R)
        systems = {
            READING: test.read_R,
            TEXT: text_alone.confidence(test.x_RF[:, :OF_TEXT]),
            SIMILAR: Trees.fit(dev.x_RF, dev.right_R).confidence(test.x_RF),
        }
        found["held out"] = part(of.test, lexicon, test, systems, bars)
    return found | {"seconds": round(time.monotonic() - began)}


def part(
    texts: Sequence[JudgedText],
    lexicon: Lexicon,
    judged: Judged,
    systems: Mapping[str, Floats],
    bars: Mapping[str, float],
) -> dict[str, object]:
    """Everything that is said of one part."""
    keys = {
        (int(text), one.reading.value.id): row
        for row, (text, one) in enumerate(zip(judged.text_R, judged.candidates, strict=True))
    }
    alone_R, more_right, more_wrong = place_by_place(texts, lexicon, keys, len(judged.right_R))
    right_R, chosen_R = judged.right_R, judged.chosen_R
    return {
        "titles": len(texts),
        "families": len(np.unique(judged.family_R)),
        "candidates": len(right_R),
        "right": int(right_R.sum()),
        "chosen": {
            "each place by itself": {
                "right": int((right_R & (alone_R > 0)).sum()) + more_right,
                "wrong": int((~right_R & (alone_R > 0)).sum()) + more_wrong,
            },
            "consistent reading": {
                "right": int((right_R & chosen_R).sum()),
                "wrong": int((~right_R & chosen_R).sum()),
            },
        },
        "systems": {name: measures(judged, one, bars[name]) for name, one in systems.items()},
        f"{SIMILAR}, less {READING}": gain(judged, systems[SIMILAR], systems[READING], ACCEPT),
        f"{SIMILAR}, less {TEXT}": gain(judged, systems[SIMILAR], systems[TEXT], ACCEPT),
    }
