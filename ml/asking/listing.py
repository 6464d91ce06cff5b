"""What a question about many wants: them, a number of one besides, or what all of them have."""

from __future__ import annotations

from graph.records import Parameter
from ml.asking.adjectives import fits
from ml.asking.draft import Draft
from ml.asking.span import Span

_LOOKS_FOR = "有没有"


def looks_for(draft: Draft) -> bool:
    """有没有超过1公斤的台灯: who asks so wants to see them, and not only to know of them."""
    said = [span for span in draft.spans if not span.does("ignore")]
    asks = sum(span.does("yes_no") for span in draft.spans)
    opens = bool(said) and said[0].text == _LOOKS_FOR and _are_things(said[-1])
    return draft.chinese and not draft.checks and opens and asks == 1


def owned_value(draft: Draft) -> tuple[int, str] | None:
    """`Acme lamps' sockets`, `the sockets of Acme lamps`, 台灯的灯座: what all of them have."""
    said = [at for at, span in enumerate(draft.spans) if not span.does("ignore")]
    if len(said) < 2 or draft.has("which", "not", "have", "yes_no", "count"):
        return None
    first, last = said[0], said[-1]
    of_all = draft.spans[first + 1].text.lower() == "of"
    at, owner = (first, said[1]) if of_all else (last, said[-2])
    between = draft.text[draft.spans[owner].end : draft.spans[last].start].strip()
    owns = of_all or between in ("的", "'", "’", "'s", "’s")
    known = owns and _are_things(draft.spans[owner]) and draft.free(at)
    parameter = draft.parameter(at, "text") if known else None
    return None if parameter is None else (at, parameter.id)


def _are_things(span: Span) -> bool:
    return span.does("item") or span.is_kind("category") or span.is_kind("brand")


def asks_which_and_how_much(draft: Draft, parameter: Parameter) -> bool:
    """`Which is the heaviest, and how heavy is it?`: the rows have the number beside the name."""
    which = [
        at
        for at in draft.places("which")
        if not draft.chinese or draft.spans[at].text.removeprefix("是").startswith("哪")
    ]
    asks = list(draft.places("how", "how_much", "difference"))
    it = list(draft.places("it"))
    if not which or not (asks or it):
        return False
    draft.used.update((*asks, *it, *places_of(draft, parameter), *said_of(draft, parameter)))
    return True


def said_of(draft: Draft, parameter: Parameter) -> list[int]:
    """Adjectives that say of a number no more than that it is asked for: `how heavy`."""
    return [
        at
        for at, span in enumerate(draft.spans)
        if draft.free(at)
        and any(
            one.degree == "plain" and fits(one.id, parameter) for one in span.of_kind("adjective")
        )
    ]


def places_of(draft: Draft, parameter: Parameter) -> list[int]:
    return [
        at
        for at in range(len(draft.spans))
        if draft.free(at) and any(one.id == parameter.id for one in draft.parameters(at))
    ]
