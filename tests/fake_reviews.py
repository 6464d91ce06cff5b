"""Reviews in memory: proposals by the rules of `graph.stating`, and decisions about them."""

from datetime import UTC

from graph.errors import DraftInvalid, ProposalStale, ProposalUnknown
from graph.records import DecidedFact, OtherStatement, ProposedFact
from graph.repositories.proposal_ids import proposal_id, read_proposal_id
from graph.repositories.quotes import read_evidence
from graph.repositories.review import ReviewPage
from graph.stating import Turns, teaches, worth
from graph.text.values import normalise_value


class FakeReview:
    """`stock` has SKU, title, source and catalog facts of products; `facts` are said of them."""

    def __init__(self, stock, facts, parameters, *, run):
        self._titles = {f"{source}:{sku}": title for sku, title, source, _ in stock}
        self._sources = {f"{source}:{sku}": source for sku, _, source, _ in stock}
        self._catalog = {
            f"{source}:{sku}": [normalise_value(said[name], parameters[name]) for name in said]
            for sku, _, source, said in stock
        }
        self._parameters = parameters
        self._run = run
        waiting = [fact for fact in facts if fact.status == "proposed"]
        weighed = sorted((-self._worth(fact), fact.item, fact.value.id, fact) for fact in waiting)
        turns = Turns()
        self._waiting = {}
        for negative, item, value, fact in weighed:
            key = teaches(-negative, turns.next(item, fact.value.parameter))
            self._waiting[proposal_id("product", item, value)] = self._proposed(fact, key)
        self._decided = {}
        self._at_first = dict(self._waiting)

    def restore(self):
        """Nothing was ever decided."""
        self._waiting, self._decided = dict(self._at_first), {}

    async def proposals(self, *, limit, after, parameter=None, source=None):
        chosen = (
            one
            for one in self._waiting.values()
            if parameter in (None, one.parameter) and source in (None, one.source)
        )
        return _page(chosen, lambda one: (one.teaches, one.id), limit, after)

    async def decided(self, *, limit, after, parameter=None, source=None):
        chosen = (
            one
            for one in self._decided.values()
            if parameter in (None, one.parameter) and source in (None, self._sources[one.item])
        )
        return _page(chosen, lambda one: (one.at, one.id), limit, after)

    async def one(self, id):
        return self._waiting.get(id)

    def decide(self, id, decision, value, by, now, *, again=False):
        _, item, proposed = read_proposal_id(id)
        if (value is not None) != (decision == "corrected"):
            raise DraftInvalid(field="value", value="", reason="not with this decision")
        if value is not None and value.id == proposed:
            decision, value = "accepted", None
        if item not in self._titles:
            raise ProposalUnknown(id=id)
        if (before := self._decided.get(id)) is not None:
            if (before.decision, before.corrected_to) == (decision, value and value.id):
                return before
            if not again:
                reason = f"is {before.decision} already, by {before.by}"
                raise ProposalStale(id=id, value=proposed, reason=reason, remedy="`again`")
        elif id not in self._waiting:
            raise ProposalStale(id=id, value=proposed, reason="is no longer proposed")
        waiting = self._at_first[id]
        if value is not None and value.parameter != waiting.parameter:
            raise DraftInvalid(field="value", value=value.id, reason="of another parameter")
        self._waiting.pop(id, None)
        self._decided[id] = DecidedFact(
            id=id,
            kind=waiting.kind,
            item=item,
            title=waiting.title,
            parameter=waiting.parameter,
            value=proposed,
            decision=decision,
            corrected_to=value and value.id,
            by=by,
            at=now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        )
        return self._decided[id]

    def _others(self, fact):
        return [one for one in self._catalog[fact.item] if one.parameter == fact.value.parameter]

    def _worth(self, fact):
        other = any(one.id != fact.value.id for one in self._others(fact))
        return worth(fact.confidence, disagreement=other)

    def _proposed(self, fact, key):
        value, place = fact.value, read_evidence(fact.evidence)
        title = self._titles[fact.item]
        return ProposedFact(
            id=proposal_id("product", fact.item, value.id),
            kind="product",
            item=fact.item,
            title=title,
            source=self._sources[fact.item],
            parameter=value.parameter,
            name=self._parameters[value.parameter].name,
            value=value.id,
            text=value.text,
            number=value.number,
            unit=value.unit,
            origin=fact.origin,
            confidence=fact.confidence,
            teaches=key,
            evidence=fact.evidence or None,
            quote=title[place.start : place.end] if place else None,
            model=fact.model,
            run=self._run,
            others=tuple(
                OtherStatement(
                    value=one.id,
                    text=one.text,
                    number=one.number,
                    unit=one.unit,
                    origin="catalog",
                    status="accepted",
                    confidence=1.0,
                    source=self._sources[fact.item],
                    model=None,
                    inherited=False,
                )
                for one in self._others(fact)
            ),
        )


def _page(chosen, place, limit, after):
    """The first of a list behind a place, the greatest place first."""
    ordered = sorted(
        (one for one in chosen if after is None or place(one) < after), key=place, reverse=True
    )
    shown = tuple(ordered[:limit])
    return ReviewPage(shown, place(shown[-1]) if len(ordered) > limit else None)
