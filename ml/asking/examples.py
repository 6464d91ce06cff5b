"""Questions that the graph as it is can answer, for who asked another."""

from __future__ import annotations

from collections.abc import Iterable

from graph.records import ItemKind
from graph.text import with_brand
from ml.asking.keys import stems
from ml.asking.lexicon import AskingLexicon, Exemplar
from ml.asking.plan import OWN_FIELDS, Language
from ml.asking.senses import AskedModel
from ml.asking.wording import field_name


def best_known(lexicon: AskingLexicon) -> AskedModel | None:
    """The model that most is known of, among those whose name means no other."""
    models = sorted(lexicon.models.values(), key=lambda model: (-model.weight, model.id))
    return next((one for one in models if _means_it(one, lexicon)), None)


def examples(lexicon: AskingLexicon, language: Language) -> tuple[str, ...]:
    """Questions of the exemplar, its brand, and what it states."""
    zh = language == "zh"
    known = lexicon.exemplar
    if known is None:
        return _about_all(lexicon, zh)
    model = lexicon.models[known.model]
    name, brand = with_brand(model.name, model.brand), model.brand
    stated = [id for id in _told(lexicon, zh) if id in known.stated]
    found = _about_one(lexicon, known, name, stated, zh)
    measured = _measured(lexicon, stated)
    if measured is not None:
        field = field_name(measured, lexicon, zh)
        found.append(_highest(field, zh))
        if brand:
            found.append(
                f"{brand}的平均{field}是多少？"
                if zh
                else f"What is the average {field} of {brand}?"
            )
    if brand:
        found.append(f"{brand}有多少款？" if zh else f"How many models does {brand} have?")
    if known.shared:
        found.append(f"与{name}类似的有哪些？" if zh else f"What is similar to {name}?")
    return tuple(found)


def _about_one(
    lexicon: AskingLexicon, known: Exemplar, name: str, stated: list[str], zh: bool
) -> list[str]:
    found = []
    if stated:
        field = field_name(stated[0], lexicon, zh)
        found.append(f"{name}的{field}是多少？" if zh else f"What is the {field} of {name}?")
    texts = (id for id in stated if lexicon.parameters[id].kind == "text" and id in known.shared)
    if (shared := next(texts, None)) is not None:
        field = field_name(shared, lexicon, zh)
        found.append(
            f"和{name}相同{field}的有哪些？" if zh else f"Which have the same {field} as {name}?"
        )
    return found


def _about_all(lexicon: AskingLexicon, zh: bool) -> tuple[str, ...]:
    """Where no item can be named."""
    found = []
    stated = [id for id in _told(lexicon, zh) if lexicon.stated[id]]
    measured = _measured(lexicon, stated)
    if measured is not None:
        field = field_name(measured, lexicon, zh)
        found.append(_highest(field, zh, "model" if lexicon.has_models else "product"))
    if lexicon.currencies:  # some offer has a price
        found.append("最便宜的产品是哪款？" if zh else "Which product is the cheapest?")
    texts = (id for id in stated if lexicon.parameters[id].kind == "text")
    if (text := next(texts, None)) is not None:
        field = field_name(text, lexicon, zh)
        found.append(f"最常见的{field}是什么？" if zh else f"Which {field} is the most common?")
    return tuple(found)


def _highest(field: str, zh: bool, kind: ItemKind = "model") -> str:
    if zh:
        return f"{field}最高的{'产品' if kind == 'product' else ''}是哪款？"
    return f"Which {kind} has the highest {field}?"


def _measured(lexicon: AskingLexicon, fields: Iterable[str]) -> str | None:
    """A number, rather one with a unit."""
    numbers = [id for id in fields if lexicon.parameters[id].kind == "number"]
    return next((id for id in numbers if lexicon.parameters[id].unit), next(iter(numbers), None))


def _told(lexicon: AskingLexicon, zh: bool) -> list[str]:
    """Parameters whose names mean them and nothing else, those that most items state first."""
    own = (id for id in lexicon.stated if id not in OWN_FIELDS)
    return sorted(
        (id for id in own if _means(id, field_name(id, lexicon, zh), lexicon)),
        key=lambda id: (-lexicon.stated[id], id),
    )


def _means(id: str, name: str, lexicon: AskingLexicon) -> bool:
    senses = lexicon.senses.get(stems(name), ())
    others = any(one.kind != "parameter" for one in senses)
    ranked = sorted(senses, key=lambda one: (-one.sure, -lexicon.stated.get(one.id, 0), one.id))
    return not others and bool(ranked) and ranked[0].id == id


def _means_it(model: AskedModel, lexicon: AskingLexicon) -> bool:
    senses = lexicon.senses.get(stems(with_brand(model.name, model.brand)), ())
    sure = [one for one in senses if one.sure == 1.0]
    return [(one.kind, one.id) for one in sure] == [("model", model.id)]
