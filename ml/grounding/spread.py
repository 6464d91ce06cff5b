"""How the numbers that are known of something lie."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    lowest: float
    highest: float

    def may_hold(self, number: float) -> bool:
        """Within the known numbers, or not further off than a factor of two."""
        lowest = min(self.lowest / 2, self.lowest * 2)
        highest = max(self.highest / 2, self.highest * 2)
        return lowest <= number <= highest
