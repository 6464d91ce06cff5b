"""Files of labelled texts, and of triples that somebody else read off texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ml.data.text_file import text_of
from ml.errors import LabelsInvalid
from ml.extraction.cleaning import clean, lowered
from ml.extraction.records import LabelledText, Notify

NOT_SAID = "n/a"
SEPARATOR = "\x01"  # of text, parameter and value in a line
NO_VALUE = "NULL"


@dataclass(frozen=True, slots=True)
class GoldText:
    """A labelled text and every value that counts as right; none: the text does not say it."""

    text: str
    category: str
    accepted: Mapping[str, frozenset[str]]

    def labelled(self) -> LabelledText:
        """With that of its values that the text says first."""
        values = {
            name: _first_said(self.text, accepted) for name, accepted in self.accepted.items()
        }
        return LabelledText(self.text, self.category, values)


def _first_said(text: str, accepted: frozenset[str]) -> str | None:
    said = [value for value in sorted(accepted) if value in text]
    # what stands first is what a reader meets first; of two that begin there, the longer
    said.sort(key=lambda value: (text.index(value), -len(value)))
    return said[0] if said else next(iter(sorted(accepted)), None)


def read_gold(path: Path) -> list[GoldText]:
    """A JSON object a line: `input`, `category`, `target_scores` `{attribute: {value: 1}}`.

    Raises:
        LabelsInvalid: the file cannot be read, holds nothing, or has a line that is none.
    """
    lines = [
        (n, line)
        for n, line in enumerate(text_of(path, LabelsInvalid).split("\n"), 1)
        if line.strip()
    ]
    if not lines:
        raise LabelsInvalid(path=path, reason="holds no labelled text")
    return [_gold(path, n, line) for n, line in lines]


def read_labelled(paths: Sequence[Path], notify: Notify) -> list[LabelledText]:
    """Texts to learn from; of labels that contradict each other, what most say, of as many none.

    Says how many labels name a value that their text does not say, and how many texts contradict
    each other. A text of which no label is left is left out.
    """
    every = [gold.labelled() for path in paths for gold in read_gold(path)]
    _tell_unsaid(every, notify)
    groups: dict[tuple[str, str], list[LabelledText]] = {}
    for text in every:
        groups.setdefault((text.text, text.category), []).append(text)
    merged, contradicting = [], 0
    for texts in groups.values():
        values, clashes = _majority(texts)
        contradicting += clashes
        if values:
            merged.append(LabelledText(texts[0].text, texts[0].category, values))
    if contradicting:
        notify(
            f"{contradicting:,} labels contradict others of the same text and attribute; "
            "what most of them say counts, of as many none"
        )
    return merged


def _majority(texts: Sequence[LabelledText]) -> tuple[dict[str, str | None], int]:
    votes: dict[str, Counter[str | None]] = {}
    for text in texts:
        for name, value in text.values.items():
            votes.setdefault(name, Counter())[value] += 1
    values = {}
    for name, counted in votes.items():
        (most, votes_of_it), *others = counted.most_common(2)
        if all(of_another < votes_of_it for _, of_another in others):
            values[name] = most
    clashes = sum(sum(c.values()) - c.most_common(1)[0][1] for c in votes.values())
    return values, clashes


def _tell_unsaid(texts: Sequence[LabelledText], notify: Notify) -> None:
    unsaid = [
        (name, value, text.text)
        for text in texts
        for name, value in text.values.items()
        if value is not None and clean(value).text.strip() not in clean(text.text).text
    ]
    if unsaid:
        name, value, text = unsaid[0]
        notify(
            f"{len(unsaid):,} labels name a value that their text does not say, as {name} "
            f"{value!r} of {text[:60]!r}; nothing is learnt from them"
        )


def read_triples(path: Path) -> list[tuple[str, str, str]]:
    """Text, parameter and value, separated by the byte 0x01; NULLs are left out.

    Raises:
        LabelsInvalid: the file cannot be read, or a line has not three columns.
    """
    found = []
    for number, line in enumerate(text_of(path, LabelsInvalid).split("\n"), 1):
        if not line.strip():
            continue
        cells = line.rstrip("\r").split(SEPARATOR)
        if len(cells) != 3:
            reason = f"has {len(cells)} columns in the place of text, attribute and value"
            raise LabelsInvalid(path=path, line=number, reason=reason)
        text, parameter, value = (clean(cell).text.strip() for cell in cells)
        if value != NO_VALUE:
            found.append((text, parameter, lowered(value)))
    return found


def _gold(path: Path, number: int, line: str) -> GoldText:
    try:
        row: Any = msgspec.json.decode(line)
    except msgspec.DecodeError as error:
        raise LabelsInvalid(path=path, line=number, reason=f"is no JSON: {error}") from error
    except RecursionError as error:
        raise LabelsInvalid(path=path, line=number, reason="is nested too deeply") from error
    if not isinstance(row, dict) or not isinstance(row.get("input"), str):
        raise LabelsInvalid(path=path, line=number, reason="has no text `input`")
    scores, category = row.get("target_scores"), row.get("category") or ""
    if not isinstance(scores, dict) or not isinstance(category, str):
        reason = "has no object `target_scores`, or a `category` that is no text"
        raise LabelsInvalid(path=path, line=number, reason=reason)
    accepted = {}
    for name, values in scores.items():
        if not isinstance(values, dict) or not values:
            reason = f"attribute {name!r} has no object of values"
            raise LabelsInvalid(path=path, line=number, reason=reason)
        accepted[name] = _right(path, number, name, values)
    return GoldText(row["input"], category, accepted)


def _right(path: Path, number: int, name: str, values: Mapping[str, object]) -> frozenset[str]:
    """Others may be listed as well, with a 0; without a right one it is not known what is right."""
    for value, score in values.items():
        if not isinstance(score, int | float):
            reason = f"attribute {name!r} gives {value!r} no number"
            raise LabelsInvalid(path=path, line=number, reason=reason)
    right = {value for value, score in values.items() if score}
    if not right:
        reason = f"attribute {name!r} gives no value a 1"
        raise LabelsInvalid(path=path, line=number, reason=reason)
    return frozenset(right - {NOT_SAID})
