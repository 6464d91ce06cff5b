"""Words and signs for the ends of a range: `over`, `至少`, `>=`."""

from __future__ import annotations

LOW, LOW_TOO, HIGH, HIGH_TOO = "low", "low_too", "high", "high_too"
SIGNS = {
    "more": LOW, "after": LOW, "at_least": LOW_TOO, "since": LOW_TOO, "or_more": LOW_TOO,
    "from": LOW_TOO, "less": HIGH, "before": HIGH, "at_most": HIGH_TOO, "or_less": HIGH_TOO,
}  # fmt: skip
OPPOSITE = {LOW: HIGH, HIGH: LOW}
STRICT = {"and over": LOW, "and above": LOW, "and under": HIGH, "and below": HIGH}
WRITTEN = (
    (">=", LOW_TOO), ("≥", LOW_TOO), ("≧", LOW_TOO), ("<=", HIGH_TOO), ("≤", HIGH_TOO),
    ("≦", HIGH_TOO), (">", LOW), ("<", HIGH),
)  # fmt: skip
