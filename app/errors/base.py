"""The root of what `app` raises."""

from __future__ import annotations

from typing import ClassVar


class AppError(Exception):
    """Base of the tree; `code` is stable and goes into problem+json."""

    code: ClassVar[str] = "app_error"
