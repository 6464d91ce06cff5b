"""A question to a plan, by the words of its language and what the graph has names for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from graph.text import find_unit
from ml.asking.amounts import bind_numbers, pass_over_said
from ml.asking.counting import find_group_size
from ml.asking.draft import Draft
from ml.asking.entities import MENDED, entities
from ml.asking.following import Before, carried, fragment
from ml.asking.grouping import with_kinds, without_brands
from ml.asking.intents import asked, find_question, is_silent, yes_no
from ml.asking.keys import stemmed, stems
from ml.asking.kinds import named_kind, of_offers
from ml.asking.lexicon import AskingLexicon
from ml.asking.misread import is_beyond
from ml.asking.money import in_currency
from ml.asking.naming import alternatives, bind_names
from ml.asking.numerals import bind_counts, pass_over_told
from ml.asking.places import places_of_strangers, places_of_unknown, unknown_words
from ml.asking.plan import (
    BRAND,
    CATEGORY,
    ITEM,
    Condition,
    Language,
    NotUnderstood,
    Place,
    Plan,
    Understood,
)
from ml.asking.ranking import superlative
from ml.asking.relating import related
from ml.asking.span import Span
from ml.asking.spans import spans
from ml.asking.standards import with_amounts
from ml.asking.strangers import has_strangers, is_other_name
from ml.grounding.tokens import is_han
from ml.text.scripts import in_simplified

_INCLUSIVE = re.compile(
    r"[(（]\s*(?:(?:incl\.?|inclusive|including|included|包含|包括|含)[^()（）]{0,12}"
    r"|[^()（）]{0,8}(?:included|inclusive))\s*[)）]|,? \binclusive(?:ly)?\b|\band including\b",
    re.I,
)
_PLUS = re.compile(r"(?<![A-Za-z\d])(\d[\d.,]*)\+(\s?)([A-Za-z]{1,5})\b")
_MYRIADS = re.compile("(多少|几)万(像素)")
_TAG = re.compile(  # what asks whether the sentence before it is so
    r"(?:[,，]\s*(?:right|correct|true|yes|no|isn't it|doesn't it|is it|does it)"
    r"|[,，]?\s*(?:对吧|是吧|对不对|对吗|是不是|没错吧|不是吗|对不|是不))\s*[?？.。!！]*\s*$",
    re.I,
)
WORDS_MAX = 150  # or Chinese characters; no question has more, and each costs time
SURE = 0.45  # below it a question is refused
_FEW = 10  # models of a series that are all looked up
_ANY = ("a", "an", "any")
_WHAT = ("what", "什么")
_EXCEPT = (
    "except", "except for", "excluding", "besides", "bar", "apart from", "other than", "除了", "除",
    "除去", "排除", "去掉",
)  # fmt: skip
_UNUSED, _UNUSED_NAME = (
    0.6,
    0.4,
)  # what a name that the plan has no use for leaves of the confidence
# Function words without which a question would be another one: none of them is passed over.
_TELLING = frozenset(
    {"most", "least", "highest", "lowest", "comparative", "diminutive", "same", "similar", "than"}
    | {"not", "average", "total", "more", "less", "at_least", "at_most", "before", "after"}
    | {
        "or_more",
        "or_less",
        "since",
        "between",
        "where",
        "dimensions",
        "opinion",
        "recommend",
        "who",
        "when",
        "count",
        "money",
        "how",
        "ordinal",
    }
)


def understand(
    text: str,
    lexicon: AskingLexicon,
    *,
    language: Language | None = None,
    before: Before | None = None,
) -> Understood | NotUnderstood:
    """What a question asks for; `before` is what was asked before it in the same session."""
    chinese = any(map(is_han, text))
    text = in_simplified(text)
    text = _MYRIADS.sub(r"\1\2 ", _PLUS.sub(_plus_behind, text))
    tag = _TAG.search(text)
    text = text[: tag.start()] + " " * len(tag[0]) if tag else text
    inclusive = _INCLUSIVE.search(text) is not None
    text = _INCLUSIVE.sub(lambda match: " " * len(match[0]), text)
    spoken: Language = language or ("zh" if chinese else "en")
    if len(stemmed(text)) > WORDS_MAX:
        return NotUnderstood("too_long", spoken)
    found = _read(text, lexicon)
    if not found:
        return NotUnderstood("empty", spoken)
    near = lexicon.of_category(_category(found, before))
    if near is not lexicon:
        lexicon, found = near, _read(text, near)
    named = entities(found, lexicon)
    if unknown := unknown_words(text, found):
        return NotUnderstood(
            "unknown_words", spoken, unknown, named, places_of_unknown(text, found)
        )
    draft = Draft(
        text, without_brands(found), lexicon, chinese, inclusive=inclusive, checks=tag is not None
    )
    plan = _plan(draft, before)
    if plan == "no_context":
        return NotUnderstood("no_context", spoken, (), named)
    left = _left(draft)
    confidence = round(_confidence(draft, left), 3)
    if plan is None or confidence < SURE:
        words, places = tuple(span.text for span in left), places_of_strangers(text, found)
        return NotUnderstood("nothing_asked", spoken, words, named, places)
    read = tuple((Place(span.text, span.start, span.end), span.read) for span in found if span.read)
    return Understood(plan, spoken, named, confidence, read=read)


def _read(text: str, lexicon: AskingLexicon) -> list[Span]:
    return with_amounts(with_kinds(spans(text, lexicon)), text, lexicon)


def _category(found: Sequence[Span], before: Before | None) -> str | None:
    """The one category that a question names, or the one before it where it names none."""
    named = {
        one.id for span in found if span.is_kind("category") for one in span.of_kind("category")
    }
    if not named and before is not None:
        asked = before.plan.conditions
        named = {id for one in asked if one.field == CATEGORY for id in one.values}
    return named.pop() if len(named) == 1 else None


def _plus_behind(match: re.Match[str]) -> str:
    """`5000+ mAh` as `5000 mAh+`."""
    number, space, unit = match.groups()
    return f"{number}{space}{unit}+" if find_unit(unit) else match[0]


def _plan(draft: Draft, before: Before | None) -> Plan | Literal["no_context"] | None:
    find_question(draft)
    draft.context = _context(draft, before)
    _find_models(draft)
    if _is_of_nothing_here(draft):
        return None
    if not _point(draft, before):
        return "no_context"
    find_group_size(draft)
    bind_counts(draft)
    ranked = superlative(draft)
    bind_numbers(draft)
    plan = related(draft)
    if plan is not None and plan.ask == "items" and ranked is not None:
        plan = replace(plan, order_by=ranked[0].id, order=ranked[1], top=draft.top or 1)
    if plan is None:
        bind_names(draft)
        if before is not None and _is_fragment(draft):
            ids = [model.id for _, model in draft.models]
            found = fragment(draft, before, ids, ranked)
            if found is not None:
                return _of_prices(draft, found)
        if before is not None and _goes_on(draft):
            draft.conditions += [(-1, condition) for condition in carried(before)]
        plan = asked(draft, ranked, follows=before is not None)
        pass_over_said(draft)
    pass_over_told(draft, before)
    if plan is None:
        return None
    if draft.last and plan.order_by is None:
        return None
    either = alternatives(draft, plan)
    conditions = (*plan.conditions, *(condition for _, condition in draft.conditions))
    last = draft.last and plan.order_by is not None
    plan = replace(
        plan,
        conditions=tuple(dict.fromkeys(conditions)),
        last=last,
        either=either,
        kind=named_kind(draft) if draft.lexicon.is_mixed else None,
    )
    return _of_prices(draft, plan)


def _is_of_nothing_here(draft: Draft) -> bool:
    """Whether it speaks of a model that the graph has not, or of what no graph has."""
    others = any(is_other_name(draft, place) for place, _ in draft.models if place >= 0)
    return others or has_strangers(draft) or is_beyond(draft)


def _of_prices(draft: Draft, plan: Plan) -> Plan | None:
    found = in_currency(draft, plan)
    return None if found is None else of_offers(found)


def _context(draft: Draft, before: Before | None) -> frozenset[str]:
    """The brands of the items that are named beyond doubt, here or just before."""
    models = draft.lexicon.models
    found = {
        models[senses[0].id].brand_id
        for senses in (span.of_kind("model") for span in draft.spans)
        if len(senses) == 1 or (senses and senses[0].sure == 1.0)
    }
    if before is not None and not found:
        ids = before.plan.items or before.answered
        found = {models[id].brand_id for id in ids[:_FEW] if id in models}
    return frozenset(one for one in found if one is not None)


def _find_models(draft: Draft) -> None:
    for place, span in enumerate(draft.spans):
        if span.of_kind("series") and _means_series(draft, place):
            ids = draft.lexicon.series[span.of_kind("series")[0].id]
            if len(ids) <= _FEW and not _chooses(draft, place):
                draft.models += [(place, draft.lexicon.models[id]) for id in ids]
                draft.used.add(place)
            else:
                draft.add(place, Condition(ITEM, values=ids))
        elif span.is_kind("model") and _is_excepted(draft, place):
            ids = tuple(one.id for one in span.of_kind("model"))
            draft.add(place, Condition(ITEM, values=ids, negated=True))
        elif span.is_kind("model") and (brand := _brand_of_kind(draft, place)) is not None:
            draft.add(place, Condition(BRAND, values=(brand,)))
        elif span.is_kind("model") and (model := draft.model(place)):
            draft.models.append((place, model))
            draft.used.add(place)
            for beside in (place - 1, place - 2, place + 1):
                if draft.free(beside) and any(
                    one.id == model.brand_id for one in draft.spans[beside].of_kind("brand")
                ):
                    draft.used.add(beside)


def _brand_of_kind(draft: Draft, place: int) -> str | None:
    """`Which Acme lamp`: a brand and what it makes, though one model is called `Acme Lamp`."""
    words = stems(draft.spans[place].text)
    if sum(one.is_kind("model") for one in draft.spans) > 1:
        return None
    category = any(
        one.kind == "category" for one in draft.lexicon.senses.get(words[-1:], ()) if len(words) > 1
    )
    chooses = _chooses(draft, place) or (place > 0 and draft.spans[place - 1].does("which"))
    model = draft.model(place) if category and chooses else None
    return model.brand_id if model is not None and model.kind == "model" else None


def _is_excepted(draft: Draft, place: int) -> bool:
    """`All lamps except the Glow`: what is said of it is only that it is not meant."""
    at = place - 1
    while at > 0 and draft.silent(at):
        at -= 1
    excepts = at >= 0 and draft.spans[at].text.lower() in _EXCEPT
    if excepts and any(one.is_kind("category") or one.is_kind("brand") for one in draft.spans):
        draft.used.add(at)
        return True
    return False


def _means_series(draft: Draft, place: int) -> bool:
    """Whether all models of a name are meant, and not the one that has no more to its name."""
    span = draft.spans[place]
    if not span.of_kind("model") or _is_plural(span):
        return True
    if _is_any(draft, place) or _is_told_apart(draft, place):
        return True
    lone = sum(one.is_kind("model") for one in draft.spans) == 1
    if lone and not yes_no(draft) and any(_is_of_many(one) for one in draft.spans):
        return True  # of one model alone, nothing is the heaviest
    behind = draft.spans[place + 1] if place + 1 < len(draft.spans) else None
    if behind is None:
        return False
    return behind.does("series") or (
        not draft.chinese and behind.is_kind("category") and _is_plural(behind)
    )


def _is_of_many(span: Span) -> bool:
    return span.does("most", "least", "highest", "lowest", "average") or any(
        one.degree == "superlative" for one in span.senses
    )


def _is_plural(span: Span) -> bool:
    return span.text.endswith("s") and not span.text.endswith("ss")


def _chooses(draft: Draft, place: int) -> bool:
    """Whether the question is about some of many: `Aurora lamps`, `which Auroras`."""
    span = draft.spans[place]
    beside = (at for at in (place - 1, place + 1) if 0 <= at < len(draft.spans))
    plural = _is_plural(span)
    category = any(
        draft.spans[at].is_kind("category") or draft.spans[at].does("series") for at in beside
    )
    chooses = any(
        one.does("most", "least", "highest", "lowest", "count", "average")
        or any(sense.degree == "superlative" for sense in one.senses)
        for one in draft.spans
    )
    return plural or category or chooses or _is_any(draft, place) or _is_told_apart(draft, place)


def _is_told_apart(draft: Draft, place: int) -> bool:
    """可调光的Nova: the name ends a question that tells some of many apart, and asks no more."""
    tells = any(one.values or one.number is not None for one in draft.spans[:place]) or any(
        draft.parameter(at, "boolean") for at in range(place)
    )
    attribute = draft.chinese and draft.text[: draft.spans[place].start].rstrip().endswith("的")
    return (
        attribute
        and tells
        and all(
            draft.silent(at) or draft.spans[at].does("which", "count")
            for at in range(place + 1, len(draft.spans))
        )
    )


def _is_any(draft: Draft, place: int) -> bool:
    """`Is there an Aurora …`: one of many."""
    return place > 0 and draft.spans[place - 1].text.lower() in _ANY


def _point(draft: Draft, before: Before | None) -> bool:
    """Finds what `it` and `them` mean; False: nothing came before that they could."""
    it, them = draft.first("it"), draft.first("them")
    subject = any(span.is_kind("category") for span in draft.spans)
    if draft.models:
        _find_compared(draft, before, it)
        return True
    within = before is None and draft.has("which")  # which has the most, and how much is it
    if it is not None and not (subject or within):
        one = before is not None and len(before.answered) == 1
        return (one or _asks_number_of_each(draft)) and _point_at(draft, it, before)
    if them is not None:
        if before is None:
            return subject or draft.chinese  # 其中 may speak of the same sentence
        if not (_asks_number_of_each(draft) and _point_at(draft, them, before)):
            draft.points = True
            draft.used.add(them)
            draft.conditions += [(-1, condition) for condition in carried(before)]
    return True


def _point_at(draft: Draft, place: int, before: Before | None) -> bool:
    """Names the items that were answered before, a few at most."""
    answered = before.answered if before is not None else ()
    found = [draft.lexicon.models[id] for id in answered if id in draft.lexicon.models]
    if not 0 < len(found) == len(answered) <= _FEW:
        return False
    draft.points = True
    draft.used.add(place)
    draft.models += [(place, model) for model in found]
    return True


def _asks_number_of_each(draft: Draft) -> bool:
    """`How heavy are they?`: nothing is chosen among them, and none is said to have a weight."""
    chooses = any(
        span.does("count", "have", "not", "average", "total", "than", "most", "least")
        or (span.does("which") and not span.text.lower().startswith(_WHAT))
        or span.number is not None
        or any(one.degree != "plain" for one in span.senses)
        for span in draft.spans
    )
    asks = draft.has("how", "how_much") or draft.text.lower().startswith(_WHAT)
    return asks and not (chooses or yes_no(draft)) and any(map(_measures, draft.spans))


def _measures(span: Span) -> bool:
    return span.is_kind("adjective") or span.is_kind("parameter")


def _find_compared(draft: Draft, before: Before | None, it: int | None) -> None:
    """`Is it heavier than X?`, 比X重吗: what was answered before is held against a named item."""
    subject = any(span.is_kind("category") or span.does("item") for span in draft.spans)
    if before is None or len(before.answered) != 1 or len(draft.models) != 1 or subject:
        return
    asks = it is not None or (draft.chinese and draft.has("than") and draft.has("yes_no"))
    model = draft.lexicon.models.get(before.answered[0])
    if asks and model is not None:
        draft.models.insert(0, (-1 if it is None else it, model))
        draft.used.update(() if it is None else (it,))


def _is_fragment(draft: Draft) -> bool:
    """Whether a question is only what differs from the one before it."""
    if draft.points:
        return False
    asks = draft.has("which", "who", "when", "how", "how_much", "count", "average", "total")
    if draft.has("also") and not (asks and draft.chinese and _names_subject(draft)):
        return True
    return not (asks or _names_subject(draft) or yes_no(draft))


def _goes_on(draft: Draft) -> bool:
    """Whether it names nothing that it could be about, so that it is about the same."""
    brand = any(span.is_kind("brand") for span in draft.spans)
    return not (draft.points or draft.models or brand or _names_subject(draft))


def _names_subject(draft: Draft) -> bool:
    return any(
        span.is_kind("category") or (span.does("item", "brand") and not _is_pronoun(span))
        for span in draft.spans
    )


def _is_pronoun(span: Span) -> bool:
    """`Which one` speaks of what was named before."""
    return span.text.lower() in ("one", "ones", "款")


def _left(draft: Draft) -> list[Span]:
    """The spans that the plan has no use for, and that would have changed it."""
    return [
        span
        for place, span in enumerate(draft.spans)
        if place not in draft.used
        and (not is_silent(span) or span.function in _TELLING or _is_several(span))
    ]


def _is_several(span: Span) -> bool:
    return span.is_kind("numeral") and span.senses[0].id != "1"


def _confidence(draft: Draft, left: Sequence[Span]) -> float:
    brands = [one for _, one in draft.conditions if one.field == BRAND and not one.negated]
    several = len([one for one in brands if one.values]) > 1  # nothing is of two brands
    lost = several or any(
        span.number is not None
        or span.is_kind("numeral")
        or span.is_kind("model")
        or span.is_kind("adjective")  # `cheap`, where nothing has a price
        or span.function in _TELLING
        for span in left
    )
    if lost:
        return 0.0
    mended = sum(span.mended for span in draft.spans)
    names = sum(not span.is_kind("parameter") for span in left)
    unused = _UNUSED ** (len(left) - names) * _UNUSED_NAME**names
    return draft.doubt * unused * MENDED**mended
