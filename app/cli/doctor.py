"""`catalograph doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

from app.cli.output import FAILED, Json, out, print_json
from app.settings import load_settings

_MARKS = {"ok": "[green]ok  [/]", "warning": "[yellow]warn[/]", "red": "[red]red [/]"}


def doctor(json: Json = False) -> None:
    """Check versions, database, migrations, keys, models, disks; exit code 1 if any is red."""
    from rich.markup import escape

    from app.services.diagnosis import diagnose

    findings = diagnose(load_settings())
    if json:
        print_json(findings)
    else:
        for finding in findings:
            out.print(
                f"{_MARKS[finding.state]} {escape(finding.name):<12} {escape(finding.detail)}",
                highlight=False,
                soft_wrap=True,
            )
            if finding.remedy:
                out.print(f"     {'':<12} -> {escape(finding.remedy)}", soft_wrap=True)
    if any(finding.state == "red" for finding in findings):
        raise SystemExit(FAILED)
