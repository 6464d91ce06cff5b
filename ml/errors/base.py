"""The root of what `ml` raises."""

from __future__ import annotations

from typing import Any, ClassVar


class LearningError(Exception):
    """Base of the tree; `code` is stable and goes into problem+json and exit messages."""

    code: ClassVar[str] = "learning_error"

    def __reduce__(self) -> tuple[Any, ...]:
        """Processes hand errors to each other: made again from its fields, which are all it has."""
        return _made_again, (type(self), vars(self))


def _made_again(kind: type[LearningError], fields: dict[str, Any]) -> LearningError:
    return kind(**fields)
