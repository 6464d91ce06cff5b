"""From which confidence on an answer is given, by parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from ml.extraction.calibration import best_threshold

# So many answers weigh as much as the threshold of all parameters: a threshold of its own for a
# parameter of twenty texts follows their noise.
_SHRINKAGE = 100


class Thresholds(Mapping[str, float]):
    """Every parameter has one: those without one of their own, `default`."""

    def __init__(self, default: float, own: Mapping[str, float] | None = None) -> None:
        self.default = default
        self.own = dict(own or {})

    def __getitem__(self, parameter: str) -> float:
        return self.own.get(parameter, self.default)

    def __iter__(self) -> Iterator[str]:
        return iter(self.own)

    def __len__(self) -> int:
        return len(self.own)

    @classmethod
    def chosen(
        cls,
        parameters_X: npt.NDArray[np.object_],
        confidence_X: npt.NDArray[np.float64],
        is_right_X: npt.NDArray[np.bool_],
        has_value_X: npt.NDArray[np.bool_],
    ) -> Thresholds:
        """Those with the highest F1; one of few answers is drawn to that of all."""
        default = best_threshold(confidence_X, is_right_X, int(has_value_X.sum()))
        own = {}
        for parameter in sorted(set(parameters_X.tolist())):
            of_it = parameters_X == parameter
            best = best_threshold(
                confidence_X[of_it], is_right_X[of_it], int(has_value_X[of_it].sum())
            )
            share = of_it.sum() / (of_it.sum() + _SHRINKAGE)
            own[parameter] = float(share * best + (1 - share) * default)
        return cls(default, own)
