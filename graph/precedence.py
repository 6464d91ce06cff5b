"""Which statement counts where sources contradict each other about one parameter.

A group is what one origin and source state of a parameter. Two groups contradict each other when
their values have nothing in common: a shop that lists one of the colours that the maker names
agrees with the maker. Higher stands what is accepted over what is proposed; then reviewed,
catalog, extracted, predicted; then, among catalogs, the source that is configured first; then what
was stated last; then the first source by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from graph.records import FactView, Origin

_ORIGINS: tuple[Origin, ...] = ("reviewed", "catalog", "extracted", "predicted")


@dataclass(slots=True)
class _Group:
    """What one origin and source state of one parameter, with one status."""

    facts: list[FactView] = field(default_factory=list)

    @property
    def values(self) -> set[str]:
        return {fact.value for fact in self.facts}

    @property
    def stated_last(self) -> str:
        # Without the `Z`, times in UTC sort as texts, with fractions of a second and without.
        return max((fact.valid_from or "").removesuffix("Z") for fact in self.facts)

    def contradicts(self, other: _Group) -> bool:
        return self.values.isdisjoint(other.values)

    def standing(self, sources: Sequence[str]) -> tuple[bool, int, int]:
        """The smallest stands highest."""
        fact = self.facts[0]
        named = fact.origin == "catalog" and fact.source in sources
        place = sources.index(fact.source or "") if named else len(sources)
        return fact.status != "accepted", _ORIGINS.index(fact.origin), place


def settle(facts: Sequence[FactView], sources: Sequence[str]) -> tuple[FactView, ...]:
    """The same facts, `preferred` where nothing of a higher standing contradicts them.

    `sources` are catalogs in the order of their standing; those that it does not name stand below.
    """
    if len({(fact.origin, fact.source, fact.status) for fact in facts}) < 2:
        return tuple(facts)  # nobody is there to contradict, as with nearly all products
    outranked = {
        (fact.value, *_speaker(fact))
        for groups in _by_parameter(facts).values()
        if len(groups) > 1
        for fact in _outranked(_ranked(groups, sources))
    }
    return tuple([_with(fact, (fact.value, *_speaker(fact)) not in outranked) for fact in facts])


def by_standing(facts: Sequence[FactView], sources: Sequence[str]) -> tuple[FactView, ...]:
    """The settled facts of one parameter, group by group, the highest standing first."""
    (groups,) = _by_parameter(settle(facts, sources)).values()
    return tuple(
        fact
        for group in _ranked(groups, sources)
        for fact in sorted(group.facts, key=lambda fact: fact.value)
    )


def _with(fact: FactView, preferred: bool) -> FactView:
    return fact if fact.preferred == preferred else replace(fact, preferred=preferred)


def _speaker(fact: FactView) -> tuple[str, str, str]:
    return fact.status, fact.origin, fact.source or ""


def _by_parameter(facts: Iterable[FactView]) -> dict[str, list[_Group]]:
    found: dict[str, dict[tuple[str, str, str], _Group]] = {}
    for fact in facts:
        groups = found.setdefault(fact.parameter, {})
        groups.setdefault(_speaker(fact), _Group()).facts.append(fact)
    return {parameter: list(groups.values()) for parameter, groups in found.items()}


def _ranked(groups: Iterable[_Group], sources: Sequence[str]) -> list[_Group]:
    """The highest first; a sort keeps the order of the one before where it sees no difference."""
    ranked = sorted(groups, key=lambda group: group.facts[0].source or "")
    ranked.sort(key=lambda group: group.stated_last, reverse=True)
    ranked.sort(key=lambda group: group.standing(sources))
    return ranked


def _outranked(ranked: Sequence[_Group]) -> Iterable[FactView]:
    for place, group in enumerate(ranked):
        if any(higher.contradicts(group) for higher in ranked[:place]):
            yield from group.facts
