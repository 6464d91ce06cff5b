"""Numbers, units and yes or no that stand among other text, found by patterns."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter

from graph.ingest.suggest import shapes
from graph.ingest.suggest.columns import Column
from graph.ingest.suggest.lists import SIDE, text_of
from graph.ingest.suggest.measure import (
    PARTS,
    SEVERAL,
    WHOLE_CELLS,
    Measure,
    decimal_sign,
    read_share,
)
from graph.ingest.suggest.proposal import percent
from graph.ingest.suggest.units_in_cells import (
    NUMBERS,
    SHORTHANDS,
    alike,
    quantities_in,
    units_in,
)
from graph.text import find_unit

# The upper end of `35-45 l`, and what is added in `35+10 l`, is not how much it is.
_NO_RANGE = r"(?<!\d[-–+~])(?<!\d\s[-–+~]\s)"
MANY_WORDINGS = 10  # what stands around a quantity says something itself if it is worded so often
AMOUNT = NUMBERS.pattern

_IN_ROW = re.compile(r"\d/$")
_YEAR = re.compile(r"((?:19|20)\d\d)\b(?![-/.年]\d)")
_DATE = re.compile(r"((?:19|20)\d\d)(?:\s?年\s?[01]?\d\s?月|[-/.][01]?\d(?:[-/.][0-3]?\d)?(?!\d))")
_CROSS = re.compile(r"[x×X*]")
_DIMENSIONS = re.compile(rf"\s*({SIDE})((?:\s*[x×X*]\s*{SIDE}){{1,2}})\s*([a-zA-Z]+)\b")
_WORDS = re.compile(r"[^\W\d_]+")
_END, _TO = r"[-−+]?\d[\d.,]*", r"(?:-|–|—|~|à|to|bis|至|到)"
_RANGE = re.compile(rf"\s*{_END}\s*\S*?\s*{_TO}\s*{_END}\s*([^\s\d]\S{{0,9}})\s*")
_BEHIND_WORD = r"[\s,;.(（，、]"
_FIRST_WORD = re.compile(rf"([^\W\d_]+|[✓✔✗✘√])(?=$|{_BEHIND_WORD})")


def yes_no_before_text(column: Column) -> list[Measure]:
    """`Yes, with stereo speakers`"""
    leads = Counter[str]()
    for text, count in column.counts.items():
        match = _FIRST_WORD.match(text)
        if match and shapes.is_yes_no(match[1]):
            leads[match[1]] += count
    share = leads.total() / max(1, column.total)
    if share < WHOLE_CELLS or len({word.lower() for word in leads}) < 2:
        return []
    words = sorted(leads)
    pattern = rf"^({'|'.join(map(re.escape, words))})(?:$|{_BEHIND_WORD})"
    evidence = f"begins with {' or '.join(words)} in {percent(share)} of {column.total:,} cells"
    return [Measure("boolean", evidence, pattern=pattern, read=share)]


def year_before_text(column: Column) -> list[Measure]:
    """`2018, March`; a full date such as 2018-03-01 says more, and stays a text."""
    share = column.share(lambda text: _YEAR.match(text) is not None)
    if share < WHOLE_CELLS:
        return []
    evidence = f"begins with a year in {percent(share)} of {column.total:,} cells"
    return [Measure("number", evidence, pattern=f"^{_YEAR.pattern}")]


def years_of_dates(column: Column) -> list[Measure]:
    """`2018年3月1日`, perhaps among 2018-03-01: the year, which in Chinese has its unit."""
    share = column.share(lambda text: _DATE.match(text) is not None)
    if share < WHOLE_CELLS or not column.share(lambda text: "年" in text):
        return []
    evidence = f"a date in {percent(share)} of {column.total:,} cells; its year"
    return [Measure("number", evidence, unit="year", pattern=f"^{_DATE.pattern}")]


def sides_of(column: Column) -> list[Measure]:
    """`114 x 47 x 9 mm`: a number for each side."""
    sides: Counter[tuple[int, str]] = Counter()
    for text, count in column.counts.items():
        match = _DIMENSIONS.match(text)
        unit = find_unit(match[3]) if match else None
        if match and unit and unit.dimension == "length":
            sides[len(_CROSS.findall(match[2])) + 1, match[3]] += count
    if not sides:
        return []
    (count, spelled), cells = sides.most_common(1)[0]
    share = cells / max(1, column.total)
    if share < PARTS:
        return []
    unit = find_unit(spelled)
    measures = []
    for side in range(count):
        groups = [SIDE] * count
        groups[side] = f"({SIDE})"
        pattern = r"^\s*" + r"\s*[x×X*]\s*".join(groups) + rf"\s*{spelled}\b"
        evidence = (
            f"{count} lengths in {spelled} in {percent(share)} of the cells; number {side + 1}"
        )
        measures.append(
            Measure(
                "number",
                evidence,
                unit=unit.symbol if unit else None,
                pattern=pattern,
                suffix=f"{side + 1} of {count}",
            )
        )
    return measures


def ends_of_ranges(column: Column) -> list[Measure]:
    """`4-7 bar`: a number for each end."""
    ranges: Counter[str] = Counter()
    for text, count in column.counts.items():
        if (match := _RANGE.fullmatch(text)) and find_unit(match[1]):
            ranges[match[1]] += count
    if not ranges:
        return []
    spelled, cells = ranges.most_common(1)[0]
    unit, share = find_unit(spelled), cells / column.total
    if share < PARTS or unit is None:
        return []
    behind = re.escape(spelled)
    return [
        Measure(
            "number",
            f"ranges in {spelled} in {percent(share)} of the cells; their {which} end",
            unit=unit.symbol,
            pattern=pattern,
            decimal=decimal_sign(column),
            suffix=suffix,
        )
        for which, suffix, pattern in (
            ("lower", "from", rf"^\s*({_END})(?=\s*(?:{behind})?\s*{_TO}\s*{_END}\s*{behind}\s*$)"),
            ("upper", "to", rf"^\s*{_END}\s*(?:{behind})?\s*{_TO}\s*({_END}\s*{behind})\s*$"),
        )
    ]


def quantities_among_text(column: Column) -> list[Measure]:
    """A quantity among other text, for each unit that most of the cells have."""
    found: list[Measure] = []
    for unit, cells in units_in(column).most_common(4):
        share = cells / column.total
        if share < PARTS or any(alike(unit, each.unit or "") for each in found):
            continue
        if unit == "%" and _shares_are_of_something(column):
            continue
        measure = _part(column, unit, share)
        if read_share(measure, column) >= PARTS:
            found.append(measure)
    if not found:
        return _numbers_in_words(column)
    if len(found) > 1:
        found = [found[0]] + [dataclasses.replace(m, suffix=f"in {m.unit}") for m in found[1:]]
    if not _wording_says_something(column):
        return found
    text = text_of(column)
    named = dataclasses.replace(found[0], suffix=f"in {found[0].unit}")
    return [text, named, *found[1:]]


def _part(column: Column, unit: str, share: float) -> Measure:
    spelled: Counter[str] = Counter()
    several = in_row = 0
    for text, count in column.counts.items():
        same = [q for q in quantities_in(text) if alike(q[3], unit)]
        spelled.update(spelling for _, _, spelling, _ in same)
        several += count * (len(same) > 1)
        in_row += count * any(_IN_ROW.search(text[:start]) for start, *_ in same)
    alternatives = sorted(filter(None, spelled), key=lambda each: (-len(each), each))
    row = in_row >= SEVERAL * column.total  # 16/32 GB
    number = rf"{AMOUNT}(?:/{AMOUNT})*" if row else AMOUNT
    units = "|".join(map(re.escape, alternatives))
    known = find_unit(unit)
    sign = "[-−+]?" if known and known.dimension == "temperature" else ""
    evidence = (
        f"a quantity in {unit} among other text in {percent(share)} of {column.total:,} cells"
    )
    if several >= SEVERAL * column.total:
        evidence += f"; the first, where there are several ({percent(several / column.total)})"
    return Measure(
        "number",
        evidence,
        unit=unit,
        pattern=rf"(?<![\w.,]){_NO_RANGE}({sign}{number}\s?(?:{units}))(?![A-Za-z])",
        split="/" if row else None,
        decimal=decimal_sign(column),
    )


def _shares_are_of_something(column: Column) -> bool:
    """`70 % wool, 30 % silk`: the numbers say nothing without the words."""
    return len({" ".join(_WORDS.findall(text)) for text in column.counts}) > 1


def _wording_says_something(column: Column) -> bool:
    """Whether the text around quantities differs, and repeats: `Quad-core … Cortex-A7`."""
    if column.distinct_share > 0.5:
        return False
    wordings: Counter[str] = Counter()
    for text, count in column.counts.items():
        wordings[" ".join(_WORDS.findall(NUMBERS.sub("", text)))] += count
    return len(wordings) > MANY_WORDINGS


def _numbers_in_words(column: Column) -> list[Measure]:
    """`About 210 EUR`: one number, in always the same words."""
    wordings: Counter[tuple[str, str]] = Counter()
    for text, count in column.counts.items():
        numbers = NUMBERS.findall(text)
        if len(numbers) == 1:
            before, _, after = text.partition(numbers[0])
            wordings[before, after] += count
    if not wordings:
        return []
    (before, after), cells = wordings.most_common(1)[0]
    wording = f"{before}…{after}"
    share = cells / column.total
    if share < WHOLE_CELLS or shapes.is_structure(wording):
        return []
    if after.strip() in SHORTHANDS:
        return []
    unit = find_unit(after.strip())
    behind = after.rstrip() if unit else ""
    evidence = f"a number as in {wording!r} in {percent(share)} of {column.total:,} cells"
    amount = rf"({AMOUNT}{re.escape(behind)}){re.escape(after[len(behind) :])}"
    measure = Measure(
        "number",
        evidence,
        unit=unit.symbol if unit else None,
        pattern=rf"^{re.escape(before)}{amount}$",
        decimal=decimal_sign(column),
    )
    return [measure] if read_share(measure, column) >= PARTS else []
