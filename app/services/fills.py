"""What is asked of a run that fills gaps; light: every process imports it."""

from __future__ import annotations

from app.errors import FillInvalid
from app.services.builds import checked_source
from graph.records import Record

FILL = "fill"  # kind of jobs
PRECISION = 0.98


class FillSpec(Record, frozen=True, kw_only=True):
    """Which items are filled, and how sure it has to be.

    Attributes:
        source: only its items; None: those of all.
        precision: at least this share of what is accepted is right, as was measured, in 0..1.
        propose: what is less sure, but this sure, waits for a person; None: nothing does.
        remove: only take back what earlier runs have filled in.
        dry_run: write nothing.
    """

    source: str | None = None
    precision: float = PRECISION
    propose: float | None = None
    remove: bool = False
    dry_run: bool = False


def check_fill(spec: FillSpec) -> None:
    """What can be said of a run before it is made.

    Raises:
        FillInvalid: names the setting.
    """
    for setting, share in (("precision", spec.precision), ("propose", spec.propose)):
        if share is not None and not 0.0 < share < 1.0:
            raise FillInvalid(setting=setting, reason=f"{share} is not between 0 and 1")
    if spec.remove and spec.propose is not None:
        raise FillInvalid(setting="propose", reason="a run that takes back proposes nothing")
    checked_source(spec.source, FillInvalid)
