"""Names of models that the graph does not have, though parts of them are in it."""

from __future__ import annotations

import re

from ml.asking.draft import Draft
from ml.asking.keys import is_number, stems
from ml.asking.senses import AskedModel
from ml.asking.span import Span

_CODE = re.compile(r"([A-Za-z]+)\d+[A-Za-z]*")  # the letters that the names of a line share
_WHOLE = 0.8  # how sure a name is that is more than the end of one
_YEARS = range(1900, 2100)


def is_other_name(draft: Draft, place: int) -> bool:
    """Whether the words around make the name of a model at this place that of another.

    `Aurora 5 Max` is none of the models where there is only an `Aurora 5`, and neither is
    `Bolt 5 Pro` where that is made by Acme.
    """
    model = next(one for at, one in draft.models if at == place)
    if model.kind == "product":
        return _is_part_of_another(draft, place, model)
    return _goes_on(draft, place) or _is_of_another(draft, place)


def has_strangers(draft: Draft) -> bool:
    """Whether a brand is followed by what only names of models have: `Bolt 77`.

    Likewise a series by a number that none of it has: `Aurora 77`.
    """
    return any(
        (span.is_kind("brand") or (span.is_kind("series") and _is_numbered(draft, place + 1)))
        and _touches(draft, place, place + 1)
        and (_is_name(draft, place + 1) or _is_like_its_models(draft, place))
        for place, span in enumerate(draft.spans)
    )


def _is_numbered(draft: Draft, place: int) -> bool:
    return place < len(draft.spans) and draft.spans[place].number is not None


def _is_name(draft: Draft, place: int) -> bool:
    span = draft.spans[place]
    if place in draft.used or any(value.exact for value in span.values):
        return False
    if span.number is not None:
        behind = draft.spans[place + 1] if place + 1 < len(draft.spans) else None
        counts = behind is not None and (behind.is_kind("category") or behind.does("item", "count"))
        whole = span.unit is None and span.text.isdigit() and int(span.text) not in _YEARS
        return whole and not counts
    return not span.senses and any(word in draft.lexicon.last_words for word in stems(span.text))


def _is_like_its_models(draft: Draft, place: int) -> bool:
    """`Acme C60`, where Acme makes a C20 and a C30, and `C60` is only a part of other texts."""
    span, brand = draft.spans[place + 1], draft.spans[place].senses[0].id
    code = _CODE.fullmatch(span.text)
    if code is None or span.senses or any(value.exact for value in span.values):
        return False
    return any(
        (other := _CODE.fullmatch(word)) is not None and other[1] == code[1].lower()
        for model in draft.lexicon.models.values()
        if model.brand_id == brand
        for word in model.name.lower().split()
    )


def _goes_on(draft: Draft, place: int) -> bool:
    """A number right behind a name, or a word with which other names end."""
    if not _touches(draft, place, place + 1):
        return False
    behind = draft.spans[place + 1]
    if behind.number is not None:
        return behind.unit is None and behind.text[-1].isdigit()
    if behind.is_kind("model"):
        return behind.text[0].isdigit()
    if behind.is_kind("series") and not draft.chinese:
        return True
    if any(value.exact for value in behind.values):
        return False
    named = behind.senses and not behind.does("or_more")
    words = stems(behind.text)
    return not named and any(word in draft.lexicon.last_words for word in words)


def _is_part_of_another(draft: Draft, place: int, product: AskedModel) -> bool:
    """Words of a title right beside a number or a name that the product does not have."""
    for beside in (place - 1, place + 1):
        first, second = sorted((place, beside))
        if not _touches(draft, first, second):
            continue
        span = draft.spans[beside]
        number = span.number is not None and span.unit is None
        other = span.is_kind("brand") and span.senses[0].id != product.brand_id
        if number or other or span.is_kind("model") or span.is_kind("series"):
            return True
    return False


def _is_of_another(draft: Draft, place: int) -> bool:
    """A short name right behind a brand, a series or a model that is not its own."""
    span = draft.spans[place]
    end = (
        max(one.sure for one in span.of_kind("model")) < _WHOLE if span.of_kind("model") else False
    )
    short = end or is_number(span.text) or " " not in span.text
    if not _touches(draft, place - 1, place):
        return False
    before = draft.spans[place - 1]
    if not short and not before.is_kind("model"):
        return False
    model = next(one for at, one in draft.models if at == place)
    brands = {one.id for one in before.of_kind("brand")}
    if any(model.id in draft.lexicon.series[one.id] for one in before.of_kind("series")):
        return False
    named = before.is_kind("model") or (short and before.is_kind("series"))
    return (named and not _names_brand(draft, span, model)) or bool(
        brands and model.brand_id not in brands and not _names_brand(draft, span, model)
    )


def _names_brand(draft: Draft, span: Span, model: AskedModel) -> bool:
    """Whether the brand is part of what was written: `小米8`."""
    return any(
        one.kind == "brand" and one.id == model.brand_id
        for length in range(1, 4)
        for one in draft.lexicon.senses.get(stems(span.text)[:length], ())
    )


def _touches(draft: Draft, first: int, second: int) -> bool:
    if first < 0 or second >= len(draft.spans):
        return False
    between = draft.text[draft.spans[first].end : draft.spans[second].start]
    return not between.strip(" (")
