"""What to show a shopper: by a trained model, by what was bought together, by likeness, by rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Literal, Protocol

from app.errors import ItemNotFound
from app.services.browsing import ProductQuery
from app.services.similarity import Wanted
from graph.filters import Filter, OneOf, Term
from graph.records import ItemSummary, Record

if TYPE_CHECKING:
    from app.services.similarity import Likeness
    from app.services.threads import Threads
    from graph.records import SimilarItem
    from graph.repositories.recommending import KnownItem, Offer, Speaks
    from ml.artefact import Artefact
    from ml.recommendation.ranking import ItemRanking

Intent = Literal["any", "complements", "substitutes"]
Method = Literal["sequence", "bought_with", "similar", "popular", "newest"]
ReasonKind = Literal["sequence", "bought_with", "shared", "popular", "new"]

LEAST_SIMILAR = 0.5  # cosine, of what shares nothing
RANKED = 500  # of the model's best, so many are held against the filter
SPARE = 4  # so many times as many as are wanted are looked at: some will not pass
TOLD = 3  # parameters that a sentence names

NO_HISTORY = "nothing is known of this shopper: only what is popular and new can be shown"
NO_MODEL = "no recommendation model serves yet"
NOTHING_KNOWN = "the model has seen nothing of this history"
ITEM_UNKNOWN = "the model has not seen the item that something is to replace"
NOTHING: dict[Intent, str] = {
    "any": "nothing else passes `filter` and `in_stock`",
    "complements": "nobody bought the item with anything of another category that may be shown",
    "substitutes": "nothing of the item's category that may be shown is like it",
}


class Context(Record, frozen=True):
    """Where something is shown: beside which item, for what, and what may be shown at all."""

    item: str | None = None
    intent: Intent = "any"
    filter: str | None = None
    in_stock: bool | None = None
    diversify_by: Literal["brand", "category"] | None = None
    per_group: int = 2


class Reason(Record, frozen=True):
    """Why an item is shown: a sentence, and the items and the number that it names."""

    kind: ReasonKind
    text: str
    items: tuple[str, ...] = ()
    shoppers: int | None = None


class Recommended(Record, frozen=True):
    """An item to show; scores of one method compare with each other, in 0..1."""

    item: ItemSummary
    score: float
    method: Method
    reasons: tuple[Reason, ...]


class Recommendations(Record, frozen=True):
    """What to show, the best first; `notice`: why not by the first method, or why nothing is."""

    methods: tuple[Method, ...]
    model: str | None
    notice: str | None
    ignored: tuple[str, ...]
    items: tuple[Recommended, ...]


@dataclass(frozen=True, slots=True)
class LoadedRecommender:
    """A promoted recommender, and which one it is.

    Attributes:
        new: items that came after its training, and when each was first seen (ISO 8601).
    """

    name: str
    ranking: ItemRanking
    new: Mapping[str, str] = field(default_factory=dict)


class Offers(Protocol):
    """What `graph.repositories.recommending.Recommendable` reads."""

    async def history(self, shopper: str) -> list[str]: ...

    async def known(self, ids: Sequence[str]) -> dict[str, KnownItem]: ...

    async def passing(self, ids: Sequence[str], filter: Filter) -> dict[str, ItemSummary]: ...

    async def bought_with(self, ids: Sequence[str], filter: Filter, rows: int) -> list[Offer]: ...

    async def popular(self, without: Sequence[str], filter: Filter, rows: int) -> list[Offer]: ...

    async def newest(self, without: Sequence[str], filter: Filter, rows: int) -> list[Offer]: ...

    async def speaking_for(
        self, items: Sequence[str], history: Sequence[str]
    ) -> dict[str, Speaks]: ...


@dataclass(slots=True)
class _Shown:
    """What is shown so far, and what may not be shown any more."""

    context: Context
    limit: int
    without: set[str]
    items: list[Recommended] = field(default_factory=list)
    groups: Counter[str] = field(default_factory=Counter)

    @property
    def is_full(self) -> bool:
        return len(self.items) >= self.limit

    def add(self, found: Iterable[Recommended]) -> None:
        for one in found:
            if self.is_full:
                return
            if one.item.id in self.without or not self._has_room(one.item):
                continue
            self.without.add(one.item.id)
            self.items.append(one)

    def _has_room(self, item: ItemSummary) -> bool:
        by = self.context.diversify_by
        group = item.brand if by == "brand" else item.category if by == "category" else None
        if group is None:
            return True
        self.groups[group.id] += 1
        return self.groups[group.id] <= self.context.per_group


class Recommending:
    """Asks one method after the other until enough is found."""

    def __init__(
        self,
        offers: Offers,
        *,
        bound: Callable[[ProductQuery], Awaitable[Filter]],
        not_known: Callable[[Filter], Awaitable[str | None]],
        similar: Callable[[str, Wanted], Awaitable[Likeness]],
        model: Callable[[], LoadedRecommender | None],
        threads: Threads,
    ) -> None:
        self._offers = offers
        self._bound = bound
        self._not_known = not_known
        self._similar = similar
        self._model = model
        self._threads = threads

    async def recommend(
        self,
        context: Context,
        *,
        shopper: str | None,
        history: Sequence[str] | None,
        limit: int,
    ) -> Recommendations:
        """Items for a shopper, or after a history of item ids, the newest last.

        Items of the history that are not there are left out and named in `ignored`.

        Raises:
            ItemNotFound: the item of the context is not there.
            FilterInvalid: points at the character.
        """
        filter = wanted = await self._filter(context)
        taken = list(history) if history is not None else []
        if shopper is not None and history is None:
            taken = await self._offers.history(shopper)
        known = await self._offers.known([*taken, *([context.item] if context.item else [])])
        if context.item is not None and context.item not in known:
            raise ItemNotFound(id=context.item)
        ignored = tuple(dict.fromkeys(item for item in taken if item not in known))
        taken = [item for item in taken if item in known]
        beside = known[context.item] if context.item is not None else None
        if beside is not None:
            filter = _for_intent(filter, context.intent, beside)
            taken = [item for item in taken if item != beside.id] + [beside.id]
        shown = _Shown(context, limit, set(taken))
        notice, model = await self._fill(shown, context, taken, filter, known)
        if not shown.items:
            notice = await self._not_known(wanted) or _why_nothing(context, notice)
        methods = tuple(dict.fromkeys(one.method for one in shown.items))
        name = model if "sequence" in methods else None
        return Recommendations(methods, name, notice, ignored, tuple(shown.items))

    async def _fill(
        self,
        shown: _Shown,
        context: Context,
        taken: list[str],
        filter: Filter,
        known: Mapping[str, KnownItem],
    ) -> tuple[str | None, str | None]:
        """Why not the first method, and the model that was asked."""
        loaded, notice = self._model(), None
        titles = {id: one.title for id, one in known.items()}
        rows = SPARE * shown.limit
        if context.intent == "complements":
            pass  # the model orders what comes next, and not what goes with an item
        elif not taken:
            notice = NO_HISTORY
        elif loaded is None:
            notice = NO_MODEL
        elif not (seen := loaded.ranking.known(taken)):
            notice = NOTHING_KNOWN
        elif context.intent == "substitutes" and context.item not in seen:
            notice = ITEM_UNKNOWN
        else:
            shown.add(await self._by_model(loaded, taken, filter, titles))
        about = [context.item] if context.item and context.intent != "any" else taken
        if about and not shown.is_full and context.intent != "substitutes":
            together = await self._offers.bought_with(about, filter, rows + len(taken))
            shown.add(_bought_with(offer, titles) for offer in together)
        if taken and not shown.is_full and context.intent != "complements":
            shown.add(await self._by_likeness(taken[-1], context, filter, rows, titles))
        if not shown.is_full and (context.intent == "any" or context.item is None):
            popular = await self._offers.popular(sorted(shown.without), filter, rows)
            shown.add(_popular(offer) for offer in popular)
        if not shown.is_full and (context.intent == "any" or context.item is None):
            newest = await self._offers.newest(sorted(shown.without), filter, rows)
            shown.add(_newest(offer) for offer in newest)
        return notice, loaded.name if loaded else None

    async def _by_model(
        self,
        loaded: LoadedRecommender,
        taken: Sequence[str],
        filter: Filter,
        titles: Mapping[str, str],
    ) -> list[Recommended]:
        ranked = await self._threads.run(partial(loaded.ranking.rank, taken, RANKED))
        passing = await self._offers.passing([id for id, _ in ranked], filter)
        kept = [(id, score) for id, score in ranked if id in passing][:100]
        speaks = await self._offers.speaking_for([id for id, _ in kept], taken)
        told = partial(_reasons, titles=titles, last=taken[-1])
        return [
            Recommended(
                passing[id], score, "sequence", told(speaks.get(id), since=loaded.new.get(id))
            )
            for id, score in kept
        ]

    async def _by_likeness(
        self,
        item: str,
        context: Context,
        filter: Filter,
        rows: int,
        titles: Mapping[str, str],
    ) -> list[Recommended]:
        wanted = Wanted(limit=min(rows, 100), filter=context.filter, in_stock=context.in_stock)
        found = (await self._similar(item, wanted)).items
        products = [one for one in found if one.item.kind == "product" and _is_like(one)]
        passing = await self._offers.passing([one.item.id for one in products], filter)
        return [
            Recommended(one.item, one.score, "similar", _alike(one, item, titles.get(item, item)))
            for one in products
            if one.item.id in passing
        ]

    async def _filter(self, context: Context) -> Filter:
        bound = await self._bound(ProductQuery(filter=context.filter))
        if context.in_stock is None:
            return bound
        answer = "yes" if context.in_stock else "no"
        return bound.and_(Filter((Term("in_stock", OneOf((answer,))),)))


def _why_nothing(context: Context, notice: str | None) -> str | None:
    """Why there is nothing to show, behind why the model did not answer."""
    chosen = context.filter is not None or context.in_stock is not None
    if context.intent == "any" and not chosen:
        return notice
    return "; ".join(one for one in (notice, NOTHING[context.intent]) if one)


def _for_intent(filter: Filter, intent: Intent, beside: KnownItem) -> Filter:
    """In the place of an item comes one of its category; beside it, one of another."""
    if intent == "any" or beside.category is None:
        return filter
    is_complement = intent == "complements"
    return filter.and_(
        Filter((Term("category", OneOf((beside.category,)), negated=is_complement),))
    )


def _reasons(
    speaks: Speaks | None, *, titles: Mapping[str, str], last: str, since: str | None
) -> tuple[Reason, ...]:
    """Why the model chose an item; `since`: when it came, if that was after the training."""
    found = []
    if speaks and speaks.together:
        found.append(_together(speaks.together[0].item, speaks.together[0].shoppers, titles))
    if speaks and speaks.shared:
        found.append(_shares(speaks.shared, last, titles.get(last, last)))
    if not found:
        what = "it" if since is None else "items like it"
        text = f"shoppers with a history like this one went on to {what}"
        found.append(Reason("sequence", text))
    return (*found, _new(since)) if since is not None else tuple(found)


def _together(item: str, shoppers: int, titles: Mapping[str, str]) -> Reason:
    by = "1 shopper" if shoppers == 1 else f"{shoppers} shoppers"
    text = f"bought with {titles.get(item, item)} by {by}"
    return Reason("bought_with", text, (item,), shoppers)


def _shares(shared: Sequence[str], item: str, title: str) -> Reason:
    told = list(shared[:TOLD])
    words = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return Reason("shared", f"shares {words} with {title}", (item,))


def _bought_with(offer: Offer, titles: Mapping[str, str]) -> Recommended:
    reasons = tuple(_together(one.item, one.shoppers, titles) for one in offer.together[:TOLD])
    return Recommended(offer.summary, offer.score, "bought_with", reasons)


def _alike(one: SimilarItem, item: str, title: str) -> tuple[Reason, ...]:
    shared = [
        *(["brand"] if one.reasons.same_brand else []),
        *(["category"] if one.reasons.same_category else []),
        *dict.fromkeys(fact.name for fact in one.reasons.facts),
    ]
    if not shared:
        return (Reason("shared", f"is described like {title}", (item,)),)
    return (_shares(shared, item, title),)


def _is_like(one: SimilarItem) -> bool:
    """There is always a nearest vector, however far, to show and to give a reason for."""
    why = one.reasons
    shares = bool(why.facts or why.same_brand or why.same_category or why.same_model)
    return shares or one.score >= LEAST_SIMILAR


def _popular(offer: Offer) -> Recommended:
    by = "1 shopper" if offer.shoppers == 1 else f"{offer.shoppers} shoppers"
    reason = Reason("popular", f"bought by {by}", shoppers=offer.shoppers)
    return Recommended(offer.summary, offer.score, "popular", (reason,))


def _newest(offer: Offer) -> Recommended:
    return Recommended(offer.summary, 0.0, "newest", (_new(offer.since or ""),))


def _new(since: str) -> Reason:
    return Reason("new", f"new since {since[:10]}")


def loaded_recommender(artefact: Artefact) -> LoadedRecommender:
    """Raises RecommenderInvalid or ArtefactCorrupted: it is not what was registered."""
    from ml.recommendation.trained import TrainedRecommender

    return LoadedRecommender(
        f"{artefact.name}@{artefact.version}", TrainedRecommender.from_files(artefact.contents())
    )
