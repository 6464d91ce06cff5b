"""Ids of proposed facts: item and value in one token that fits into a path of an URL."""

from __future__ import annotations

import base64
import binascii
from typing import cast

from graph.errors import ProposalUnknown
from graph.records import ItemKind

_SEPARATOR = "\n"  # neither ids of items nor of values have one


def proposal_id(kind: ItemKind, item: str, value: str) -> str:
    """The same for every run that proposes the value for the item."""
    parts = _SEPARATOR.join((kind, item, value)).encode()
    return base64.urlsafe_b64encode(parts).rstrip(b"=").decode()


def read_proposal_id(id: str) -> tuple[ItemKind, str, str]:
    """Kind and id of the item, and id of the value.

    Raises:
        ProposalUnknown: it is none of ours.
    """
    padded = id + "=" * (-len(id) % 4)
    try:
        content = base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
        kind, item, value = content.decode().split(_SEPARATOR)
    except (UnicodeError, binascii.Error, ValueError):
        raise ProposalUnknown(id=id) from None
    if kind not in ("product", "model"):
        raise ProposalUnknown(id=id)
    return cast("ItemKind", kind), item, value
