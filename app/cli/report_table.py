"""The report of an evaluation, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cli.output import out, print_json, print_table

if TYPE_CHECKING:
    from ml.evaluation.report import Report


def print_report(report: Report, *, json: bool = False) -> None:
    """As JSON, or the model with its interval beside the baselines, `-` where one lacks it."""
    if json:
        print_json(report)
        return
    rows = [
        (
            name,
            f"{found.value:.3f}",
            f"{found.low:.3f}-{found.high:.3f}",
            *(_shown(values.get(name)) for values in report.baselines.values()),
        )
        for name, found in report.metrics.items()
    ]
    print_table(report.task, ("", "model", "95 % interval", *report.baselines), rows)
    out.print(f"{report.seconds:,.0f} s", highlight=False)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
