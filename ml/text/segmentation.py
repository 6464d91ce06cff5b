"""Text to words, for Chinese and English alike and without a dictionary.

A word is a run of Chinese characters, of other letters, or of digits; any other sign stands alone.
The border between letters and digits counts because shops write `kd 43xf7596`, `KD-43 XF7596` and
`kd43xf7596` for one thing. Chinese has no borders of its own: which characters belong together is
learnt with the tokenizer, whose pieces are the words there (`Tokenizer.encode`).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from tokenizers import Regex, normalizers, pre_tokenizers

_WORD = r"\p{Han}+|[\p{L}\p{M}&&[^\p{Han}]]+|\p{N}+|[^\s\p{L}\p{M}\p{N}]"


def normalizer() -> normalizers.Normalizer:
    """Full-width signs become plain ones, capitals small ones."""
    return normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])


def splitter() -> pre_tokenizers.PreTokenizer:
    return pre_tokenizers.Split(Regex(_WORD), behavior="removed", invert=True)


@lru_cache(maxsize=1)
def _compiled() -> tuple[normalizers.Normalizer, pre_tokenizers.PreTokenizer]:
    return normalizer(), splitter()  # 2 ms each time, for a text that takes 10 us


def is_chinese(sign: str) -> bool:
    """Whether a character is one of the unified ideographs."""
    return "\u4e00" <= sign <= "\u9fff" or "\u3400" <= sign <= "\u4dbf" or sign >= "\U00020000"


def words(text: str) -> list[str]:
    """The words of a text; of Chinese ones every two neighbouring characters, of signs none.

    Pairs of characters are what Chinese retrieval without a dictionary matches by.
    """
    found: list[str] = []
    normal, parts = _compiled()
    for word, _ in parts.pre_tokenize_str(normal.normalize_str(text)):
        if is_chinese(word[0]) and len(word) > 1:
            found.extend(first + second for first, second in pairwise(word))
        elif word[0].isalnum():
            found.append(word)
    return found
