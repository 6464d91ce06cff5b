"""Whether the cells of a column say which of their signs begins the decimals."""

from __future__ import annotations

import re

_CELL_CHARS = 200  # a longer cell is a description
_NUMBER = re.compile(r"(?<![\d.,])(\d[\d.,]*)([.,])(\d+)(?![\d.,])")
_GROUP = 3  # digits that a sign divides
_OTHER = {".": ",", ",": "."}


class DecimalSigns:
    """What the cells that were noticed so far say, of a column that is read by itself (`auto`).

    `30.000` is thirty or thirty thousand; `12.5` beside it in the column means that it is thirty.
    """

    def __init__(self) -> None:
        self._unclear: dict[str, str] = {}  # by sign the first cell that may be read two ways
        self._decimal: set[str] = set()  # signs that some cell can only have before its decimals

    def notice(self, cell: str) -> None:
        if len(cell) <= _CELL_CHARS:
            for whole, sign, behind in _NUMBER.findall(cell):
                self._notice(cell, whole, sign, behind)

    def _notice(self, cell: str, whole: str, sign: str, behind: str) -> None:
        if sign in whole:
            if len(behind) == _GROUP and _OTHER[sign] not in whole:
                self._decimal.add(_OTHER[sign])  # 1.234.567
        elif _OTHER[sign] in whole or len(behind) != _GROUP:
            self._decimal.add(sign)  # 1,234.5 and 12.5
        elif len(whole) > _GROUP or whole.startswith("0"):
            self._decimal.add(sign)  # 1234.567 and 0.125
        else:
            self._unclear.setdefault(sign, cell)

    @property
    def unsure(self) -> str | None:
        """The first cell that `auto` may have read wrongly, as far as the other cells say.

        It reads `30.000` as thirty, which a `12.5` has to confirm, and `1,234` as above a thousand,
        which only a `12,5` makes doubtful.
        """
        if self._decimal != {"."} and "." in self._unclear:
            return self._unclear["."]
        return self._unclear.get(",") if "," in self._decimal else None
