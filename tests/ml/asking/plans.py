"""Questions as plans that pass the checks."""

from ml.asking.checks import complaints
from ml.asking.parser import understand
from ml.asking.plan import NotUnderstood


def plan_of(text, lamps, before=None):
    found = understand(text, lamps, before=before)
    assert not isinstance(found, NotUnderstood), (text, found.reason, found.words)
    assert complaints(found.plan, lamps) == []
    return found.plan
