"""What is to be beaten: the nearest name by its characters, the longest that is all there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ml.linking.deciding import choose_threshold
from ml.linking.features import NAMES
from ml.linking.gold import Judged
from ml.linking.linker import ModelLinker

_WHOLE, _GLUED, _CHARS = (NAMES.index(name) for name in ("whole", "glued", "name_chars"))

Best = tuple[str | None, float]


def nearest_name(linker: ModelLinker, titles: Sequence[str]) -> list[Best]:
    """The model whose name has the nearest character grams, with the cosine."""
    found: list[Best] = []
    for ranked in linker.ranked(titles):
        cosine_K = ranked.candidates.gram_K
        best = int(cosine_K.argmax()) if len(cosine_K) else -1
        if best < 0:
            found.append((None, 0.0))
        else:
            model = linker.model_at(int(ranked.candidates.position_K[best]))
            found.append((model.id, float(cosine_K[best])))
    return found


def threshold_for(best: Sequence[Best], judged: Sequence[Judged], seed: int) -> float:
    """As for the linker, on the offers it was trained on; a cosine needs no training."""
    return choose_threshold(
        np.array([score for _, score in best]),
        np.array([m is not None and m == o.model for (m, _), o in zip(best, judged, strict=True)]),
        np.array([offer.model is not None for offer in judged]),
        [offer.group for offer in judged],
        seed,
    )


def longest_name(linker: ModelLinker, titles: Sequence[str]) -> list[str | None]:
    """The longest name that stands in the title as whole words; none: no link."""
    found: list[str | None] = []
    for ranked in linker.ranked(titles):
        feature_KF = ranked.feature_KF
        whole_K = (feature_KF[:, _WHOLE] > 0) & (feature_KF[:, _GLUED] == 0)
        chars_K = np.where(whole_K, feature_KF[:, _CHARS], 0)
        if not whole_K.any():
            found.append(None)
        else:
            found.append(linker.model_at(int(ranked.candidates.position_K[chars_K.argmax()])).id)
    return found
