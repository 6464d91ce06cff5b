"""The spans of one question while they are put together: what is used, and what stands beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graph.records import Parameter
from ml.asking.lexicon import AskingLexicon
from ml.asking.plan import Condition
from ml.asking.senses import AskedModel, Sense
from ml.asking.span import Span

SILENT = ("ignore", "have", "use", "as", "item", "yes_no", "series")


def _sure(sense: Sense) -> float:
    return sense.sure


@dataclass(slots=True)
class Draft:
    """What is known of a question so far.

    Attributes:
        used: places of the spans that something has been made of.
        conditions: each with the place of its span.
        models: named items, each with the place of its span.
        top: how many are asked for; `last`: only the last of them is.
        checks: whether it ends as only a question for yes or no does: `支持吗`, `支持不`.
        points: whether `it` or `them` means what was answered before.
        doubt: what makes the answer less sure, multiplied.
        context: brands of what else is named, or was before; a short name is rather of theirs.
        inclusive: whether a bracket says that borders belong to ranges: `(incl.)`, 含2020年.
        group_low, group_high: how many items a brand must have at least, and at most.
    """

    text: str
    spans: Sequence[Span]
    lexicon: AskingLexicon
    chinese: bool
    used: set[int] = field(default_factory=set)
    conditions: list[tuple[int, Condition]] = field(default_factory=list)
    models: list[tuple[int, AskedModel]] = field(default_factory=list)
    top: int | None = None
    last: bool = False
    points: bool = False
    checks: bool = False
    doubt: float = 1.0
    context: frozenset[str] = frozenset()
    inclusive: bool = False
    group_low: int | None = None
    group_high: int | None = None

    def has(self, *functions: str) -> bool:
        return any(True for _ in self.places(*functions))

    def places(self, *functions: str) -> Iterator[int]:
        """Of function words that are still free."""
        for place, span in enumerate(self.spans):
            if place not in self.used and span.does(*functions):
                yield place

    def first(self, *functions: str) -> int | None:
        return next(self.places(*functions), None)

    def free(self, place: int) -> bool:
        return 0 <= place < len(self.spans) and place not in self.used

    def silent(self, place: int) -> bool:
        """Whether this word says nothing where it stands between two others."""
        return self.spans[place].does(*SILENT)

    def is_parted(self, one: int, other: int) -> bool:
        """Whether a sign stands between two spans: `weight, height`, `front & rear`."""
        first, last = sorted((one, other))
        between = self.text[self.spans[first].end : self.spans[last].start]
        return any(sign in ",，、;；&/" for sign in between)

    def before(self, place: int) -> int | None:
        """The span before this one, silent ones passed over."""
        place -= 1
        while place >= 0 and self.silent(place):
            place -= 1
        return place if place >= 0 else None

    def behind(self, place: int) -> int | None:
        place += 1
        while place < len(self.spans) and self.silent(place):
            place += 1
        return place if place < len(self.spans) else None

    def parameters(self, place: int) -> list[Parameter]:
        """What a span names, the likeliest first."""
        senses = self.spans[place].of_kind("parameter")
        together = self._said_together(place, senses)
        ranked = sorted(
            together or senses,
            key=lambda one: (-one.sure, *self.lexicon.rank(one.id), one.id),
        )
        return [self.lexicon.parameters[one.id] for one in ranked]

    def _said_together(self, place: int, senses: Sequence[Sense]) -> list[Sense]:
        """What two names beside each other both mean, as the surer of them says it."""
        for beside in (place - 1, place + 1):
            if not 0 <= beside < len(self.spans) or self.is_parted(beside, place):
                continue
            surer = {one.id: one for one in self.spans[beside].of_kind("parameter")}
            both = [max(one, surer[one.id], key=_sure) for one in senses if one.id in surer]
            if both and len(both) < len(senses):
                return both
        return []

    def parameter(self, place: int, *kinds: str) -> Parameter | None:
        """The likeliest one, of these kinds."""
        found = [one for one in self.parameters(place) if not kinds or one.kind in kinds]
        return found[0] if found else None

    def model(self, place: int) -> AskedModel | None:
        senses = self.spans[place].of_kind("model")
        models = [self.lexicon.models[one.id] for one in senses]
        if not models:
            return None
        brands = {
            one.id
            for beside in (place - 1, place - 2, place + 1)
            if 0 <= beside < len(self.spans)
            for one in self.spans[beside].of_kind("brand")
        }
        surest = max(one.sure for one in senses)
        near = [model for model in models if model.brand_id in brands]
        if not near and surest < 1.0:
            near = [model for model in models if model.brand_id in self.context]
        if not near:
            near = [self.lexicon.models[one.id] for one in senses if one.sure == surest]
        if len(near) > 1:
            self.doubt *= 0.8
        return min(near, key=lambda model: (-model.weight, len(model.name), model.id))

    def whole(self, place: int) -> int | None:
        """The whole number without a unit that a span is, in digits or as a word."""
        span = self.spans[place]
        if span.is_kind("numeral"):
            return int(span.senses[0].id)
        if span.number is None or span.unit is not None or span.number % 1:
            return None
        return int(span.number)

    def add(self, place: int, condition: Condition) -> None:
        self.conditions.append((place, condition))
        self.used.add(place)
