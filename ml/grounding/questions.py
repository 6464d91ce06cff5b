"""Names of what is so or not, that columns put as questions."""

from __future__ import annotations

import re

_ASKS = re.compile(
    r"(?:是否|可否)(?:[含带]有?|支持|具[有备])?(?=..)|(?:is|has|have|with|supports|contains) ", re.I
)
_ANSWERED = re.compile(r"(?<=..)功能$")


def without_question(name: str) -> str:
    """是否含酒精 is about 酒精, 定时功能 about 定时, `Has timer` about a timer."""
    begun = _ASKS.match(name)
    return _ANSWERED.sub("", name[begun.end() if begun else 0 :])
