"""HTML to the text that a reader of it sees."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_UNSEEN = frozenset(("script", "style", "template", "head"))
# What stands within a line; all other tags divide words.
_WITHIN = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo code del em font i ins kbd mark q s small span strong sub sup u var wbr",
    )
)


def visible_text(html: str) -> str:
    """Text between tags, with its entities decoded; blocks are divided by a space."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return " ".join("".join(parser.parts).split())


class _Visible(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        self._divide(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        self._divide(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)

    def _divide(self, tag: str) -> None:
        if tag not in _WITHIN:
            self.parts.append(" ")
