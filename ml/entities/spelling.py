"""One spelling for a character, whatever its case and width, so that no offset moves."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """As many characters as before: small letters, half width, one kind of space."""
    return "".join(map(_plain, text))


def _plain(sign: str) -> str:
    if sign.isspace():
        return " "
    if "\ud800" <= sign <= "\udfff":  # half of a pair of UTF-16: no text, and no UTF-8
        return "\ufffd"
    folded = unicodedata.normalize("NFKC", sign).lower()
    return folded if len(folded) == 1 else sign
