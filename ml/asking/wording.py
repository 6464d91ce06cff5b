"""Plans and answers as sentences, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Sequence

from graph.records import ItemKind
from graph.text import format_number
from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import (
    BRAND,
    CATEGORY,
    CURRENCY,
    ITEM,
    PRICE,
    STOCK,
    Condition,
    Language,
    Place,
    Plan,
)
from ml.grounding.tokens import is_han

_SHOWN = 5  # names in a sentence; the rest are in the rows
_VALUES = 3

_OF_OFFERS_ZH = {PRICE: "价格", STOCK: "有货"}  # unless the graph names them


def paraphrase(
    plan: Plan, lexicon: AskingLexicon, language: Language, *, kind: ItemKind = "model"
) -> str:
    """What was understood, so that a person can see where it went wrong."""
    zh = language == "zh"
    fields = _join([field_name(field, lexicon, zh) for field in plan.fields], zh)
    named = _join([lexicon.models[id].name for id in plan.items if id in lexicon.models], zh)
    asks = {
        "items": _items_asked(plan, fields, zh),
        "count": ("多少种" + fields if fields else "多少款产品")
        if zh
        else (f"how many values of {fields}" if fields else "how many items"),
        "values": fields,
        "groups": _groups_asked(plan, fields, lexicon, zh),
        "aggregate": f"{_how(plan, zh)}{fields}" if zh else f"the {_how(plan, zh)} of {fields}",
        "check": _check_asked(plan, zh),
        "difference": f"{fields}之差" if zh else f"the difference in {fields}",
        "similar": "类似的产品" if zh else "items alike",
        "facts": "全部参数" if zh else "everything known",
    }
    parts = [asks[plan.ask] + ((f"（{named}）" if zh else f" of {named}") if named else "")]
    parts += [described(condition, lexicon, language) for condition in plan.conditions]
    if plan.either:
        shown = (described(one, lexicon, language) for one in plan.either)
        parts.append(("或" if zh else " or ").join(shown))
    if plan.order and (plan.top or plan.ask != "groups"):
        by = field_name(plan.order_by, lexicon, zh) if plan.order_by else ""
        top = plan.top or 1
        if zh:
            which = f"第 {top} 个" if plan.last else f" {top} 个"
            parts.append(f"{by}{'最高' if plan.order == 'highest' else '最低'}的{which}")
        else:
            which = f"number {top}" if plan.last else f"the {top}"
            parts.append(f"{which} with the {plan.order} {by}".rstrip())
    if kind == "product" and lexicon.is_mixed:
        parts.append("按商品" if zh else "among products, not models")
    return ("；" if zh else "; ").join(parts)


def _items_asked(plan: Plan, fields: str, zh: bool) -> str:
    if not plan.fields:
        return "哪些产品" if zh else "which items"
    return f"以下产品的{fields}" if zh else f"{fields} of the items"


def _check_asked(plan: Plan, zh: bool) -> str:
    if plan.denied:
        return "是否没有产品符合" if zh else "whether there is none"
    return "是否符合" if zh else "whether it is so"


def _groups_asked(plan: Plan, fields: str, lexicon: AskingLexicon, zh: bool) -> str:
    if plan.order_by is not None:
        number = field_name(plan.order_by, lexicon, zh)
        return f"各{fields}的平均{number}" if zh else f"the average of {number} by {fields}"
    if plan.counted is not None:
        counted = field_name(plan.counted, lexicon, zh)
        return (
            f"按{fields}统计不同{counted}的数目"
            if zh
            else f"different values of {counted} by {fields}"
        )
    low, high = plan.group_low, plan.group_high
    size = f" {low or 0}-{high}" if high is not None else f" ≥ {low}" if low is not None else ""
    return f"按{fields}统计产品数{size}" if zh else f"items by {fields}{size}"


def described(condition: Condition, lexicon: AskingLexicon, language: Language) -> str:
    """One condition."""
    zh = language == "zh"
    name = field_name(condition.field, lexicon, zh)
    if has := _possession(condition):
        return f"{has[zh]}{name}" if zh else f"{has[zh]} {name}"
    if condition.values:
        shown = [_value_name(condition.field, id, lexicon) for id in condition.values[:_VALUES]]
        joined = _join(shown + ["…"] * (len(condition.values) > _VALUES), zh)
        if zh:
            return f"{name}{'不是' if condition.negated else '是'}{joined}"
        return f"{name} {'is not' if condition.negated else 'is'} {joined}"
    if condition.is_range:
        return _range(condition, name, lexicon, zh)
    if condition.is_count:
        return _counted(condition, name, zh)
    return _relation(condition, name, lexicon, zh)


def _possession(condition: Condition) -> tuple[str, str] | None:
    """With or without, in both languages; None: it is not about having something."""
    with_, without = ("with", "有"), ("without", "没有")
    if condition.stated:
        without_ = not condition.values and condition.negated
        return without if without_ else with_
    if condition.values == (f"{condition.field}=yes",):
        return ("not stated to have", "没有记载有") if condition.negated else with_
    if condition.values == (f"{condition.field}=no",):
        return without
    return None


def _counted(condition: Condition, name: str, zh: bool) -> str:
    low, high = condition.count_low, condition.count_high
    if high is None:
        number = f"≥ {low}"
    else:
        number = f"{high}" if low == high else f"≤ {high}" if low is None else f"{low}-{high}"
    not_ = ("不是" if zh else "not ") if condition.negated else ""
    return f"{not_}{number} 个不同的{name}" if zh else f"{not_}{number} different values of {name}"


def _relation(condition: Condition, name: str, lexicon: AskingLexicon, zh: bool) -> str:
    other = condition.related_to or ""
    model = lexicon.models[other].name if other in lexicon.models else other
    if condition.same_as and condition.negated:
        return f"{name}与{model}不同" if zh else f"another {name} than {model}"
    if condition.same_as:
        return f"{name}与{model}相同" if zh else f"the same {name} as {model}"
    above = condition.above is not None
    if zh:
        return f"{name}{'高于' if above else '低于'}{model}"
    return f"{name} {'above' if above else 'below'} that of {model}"


def _range(condition: Condition, name: str, lexicon: AskingLexicon, zh: bool) -> str:
    parameter = lexicon.parameters.get(condition.field)
    unit = f" {parameter.unit}" if parameter and parameter.unit else ""
    low, high = condition.low, condition.high
    not_ = ("不" if zh else "not ") if condition.negated else ""
    if low is not None and high is not None:
        if low == high:
            return f"{name} {not_}= {format_number(low)}{unit}"
        return f"{name} {not_}{format_number(low)}-{format_number(high)}{unit}"
    if low is not None:
        sign = "≥" if condition.low_inclusive else ">"
        return f"{name} {not_}{sign} {format_number(low)}{unit}"
    sign = "≤" if condition.high_inclusive else "<"
    return f"{name} {not_}{sign} {format_number(high or 0.0)}{unit}"


def field_name(field: str, lexicon: AskingLexicon, zh: bool) -> str:
    """A parameter as the language names it, where the graph has a name in it."""
    own = {
        BRAND: ("brand", "品牌"),
        CATEGORY: ("category", "类别"),
        CURRENCY: ("currency", "货币"),
        ITEM: ("item", "产品"),
    }
    if field in own:
        return own[field][zh]
    parameter = lexicon.parameters.get(field)
    if parameter is None:
        return field
    if zh:
        chinese = (name for name in parameter.names if any(map(is_han, name)))
        return next(chinese, _OF_OFFERS_ZH.get(field, parameter.name))
    return parameter.name


def sentence(
    plan: Plan,
    lexicon: AskingLexicon,
    language: Language,
    *,
    answer: Sequence[str | float],
    total: int,
    unit: str | None = None,
    details: Sequence[str] = (),
) -> str:
    """The answer in words; `details` stand behind the names, one for each of them, if any."""
    zh = language == "zh"
    if plan.ask == "count":
        return f"共 {total:,}。" if zh else f"{total:,}."
    if plan.ask == "check":
        return _checked(answer, zh)
    if not answer:
        return "图中没有符合的内容。" if zh else "Nothing in the graph answers this."
    names = [
        f"{shown(one, unit)}{f' ({detail})' if detail else ''}"
        for one, detail in zip(answer[:_SHOWN], (*details[:_SHOWN], *[""] * _SHOWN), strict=False)
    ]
    joined = _join(names, zh)
    if total > len(names):
        joined += f"等，共 {total:,} 个" if zh else f" and {total - len(names):,} more"
    return f"{joined}。" if zh else f"{joined}."


def _checked(answer: Sequence[str | float], zh: bool) -> str:
    words = {
        "yes": ("Yes.", "是。"),
        "no": ("No.", "否。"),
        "unknown": ("The graph does not say.", "图中没有记载。"),
    }
    return " ".join(words[str(one)][zh] for one in answer)


def shown(value: str | float, unit: str | None = None) -> str:
    if isinstance(value, str):
        return value
    rounded = float(f"{value:.6g}") if abs(value) < 1e6 else round(value)
    return f"{format_number(float(rounded))}{f' {unit}' if unit else ''}"


def refusal(reason: str, words: Sequence[str], language: Language) -> str:
    """Why a question is not answered."""
    zh = language == "zh"
    if reason == "unknown_words":
        joined = _join([f"“{word}”" if zh else f"{word!r}" for word in words[:_SHOWN]], zh)
        return (
            f"无法回答：图中没有与{joined}对应的内容。" if zh
            else f"I cannot answer this: nothing in the graph is meant by {joined}."
        )  # fmt: skip
    sentences = {
        "empty": ("There is no question in this text.", "这段文字里没有问题。"),
        "nothing_asked": (
            "I cannot tell which items or facts of the graph this asks for.",
            "看不出这个问题问的是图中的哪些内容。",
        ),
        "ambiguous": (
            "Several products may be meant; I do not guess which.",
            "可能指的是多个商品，无法判断是哪一个。",
        ),
        "too_long": (
            "This is longer than any question that I can read.",
            "这段文字太长，无法当作一个问题来读。",
        ),
        "no_context": (
            "This refers to an earlier question; send its `session` along.",
            "这个问题引用了之前的问题，请附上它的 session。",
        ),
    }
    return sentences[reason][zh]


def did_you_mean(names: Sequence[str], language: Language) -> str:
    """The question for names that were suggested, behind a refusal; empty: there are none."""
    if not names:
        return ""
    shown = list(dict.fromkeys(names))[:_SHOWN]
    if language == "zh":
        return f"您是不是指：{'、'.join(shown)}？"
    *others, last = shown
    return f" Did you mean {', '.join(others)}{' or ' if others else ''}{last}?"


def read_as(read: Sequence[tuple[Place, str]], language: Language) -> str:
    """What words with a typing error were read as, before the answer; empty: there are none."""
    if language == "zh":
        return "".join(f"（“{place.text}”理解为“{meant}”）" for place, meant in read)
    shown = (f"{place.text!r} as {meant!r}" for place, meant in read)
    return f"Reading {', '.join(shown)}: " if read else ""


def by_likeness(parameters: Sequence[str], language: Language) -> str:
    """Which of it nobody states, behind the answer; empty: all of it is stated."""
    if not parameters:
        return ""
    if language == "zh":
        return f"（{'、'.join(parameters)}：无人记载，由相似产品推测。）"
    return f" (Nobody states {', '.join(parameters)}: similar items have it.)"


def _how(plan: Plan, zh: bool) -> str:
    words = {
        "average": ("average", "平均"),
        "highest": ("highest", "最高"),
        "lowest": ("lowest", "最低"),
        "total": ("total", "合计"),
    }
    return words[plan.aggregate or "average"][zh]


def _value_name(field: str, id: str, lexicon: AskingLexicon) -> str:
    named = {BRAND: lexicon.brands, CATEGORY: lexicon.categories}.get(field)
    if named is not None:
        return named[id].name if id in named else id
    if field == ITEM:
        return lexicon.models[id].name if id in lexicon.models else id
    if field == CURRENCY:
        return id
    if (number := lexicon.number_of(id)) is not None:
        return format_number(number)
    return lexicon.texts.text_of(id, field)


def _join(words: Sequence[str], zh: bool) -> str:
    return ("、" if zh else ", ").join(words)
