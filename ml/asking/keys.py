"""Words as questions and the graph have them in common: without case, width and plural."""

from __future__ import annotations

from collections.abc import Sequence

from ml.grounding.plurals import in_singular, singular
from ml.grounding.tokens import Token, key


def stems(name: str) -> tuple[str, ...]:
    """The key of a name."""
    return tuple([singular(word) for word in key(name)])


def stemmed(text: str) -> list[Token]:
    """The words of a text with their places."""
    return in_singular(text)


def is_number(word: str) -> bool:
    return word[0].isdigit()


def version_like(asked: str, stated: str) -> bool:
    """`9` is meant by `9.0` as well, and `4.4` by `4.4.2`; words must be the same."""
    return asked == stated or (is_number(asked) and stated.startswith(asked + "."))


HAN_NUMERALS = "零一二两三四五六七八九点十百千万半"
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_TENS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}


def han_number(signs: Sequence[str]) -> float | None:
    """`一百五十` is 150, `六点一` is 6.1, `半` is 0.5; None: it is no number."""
    if list(signs) == ["半"]:
        return 0.5
    whole, _, rest = "".join(signs).partition("点")
    if not whole or "半" in whole or "点" in rest or any(sign not in _DIGITS for sign in rest):
        return None
    total, digit = 0, 0
    for sign in whole:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        else:
            total, digit = total + (digit or 1) * _TENS[sign], 0
    decimals = "".join(str(_DIGITS[sign]) for sign in rest)
    return float(f"{total + digit}.{decimals or 0}")
