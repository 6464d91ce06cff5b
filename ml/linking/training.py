"""Offers whose model is known, or known to be none, to a scorer and when to trust it."""

# K candidates, F features, S titles

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml.errors import OffersTooFew
from ml.linking.blocking import Blocking, Candidates, search_all
from ml.linking.catalogue import Catalogue, Entry, Words
from ml.linking.deciding import Calibration, choose_threshold, weights_of
from ml.linking.features import Featuriser, Matrix
from ml.linking.learnt import Learnt
from ml.linking.scoring import BoostedScorer, LinkingConfig
from ml.linking.title import Title
from ml.linking.trust import WordTrust

VALUES_SAID = 2  # behind a name that is made a title


@dataclass(frozen=True, slots=True)
class _Example:
    """One title with its candidates.

    Attributes:
        right_K: which candidate is its model; none, where it has none or nothing found it.
        group: its model, or what looks most like it: what must not be on both sides of a split.
        hidden: a second look at a title, with its model taken out of the catalogue.
        made_up: no offer, but a name of the catalogue; hidden as well.
    """

    feature_KF: Matrix
    right_K: NDArray[np.int8]
    group: str
    wanted: bool
    hidden: bool
    made_up: bool = False


def train(
    catalogue: Catalogue,
    blocking: Blocking,
    offers: Sequence[tuple[str, str | None]],
    config: LinkingConfig,
) -> Learnt:
    """Learn words, then trees, and by cross-validation when to link.

    Raises:
        OffersTooFew: fewer than two models of the catalogue have offers.
    """
    places = {entry.model.id: place for place, entry in enumerate(catalogue.entries)}
    known = {model for _, model in offers if model in places}
    if len(known) < 2:  # cross-validation needs a model on either side
        raise OffersTooFew(models=len(known))
    titles = [Title.read(text, catalogue) for text, _ in offers]
    trust, trust_without = _trusts(catalogue, titles, [model for _, model in offers], places)
    examples: list[_Example] = []
    found = search_all(blocking, titles, config.candidates + 1)
    for title, candidates, (_, model) in zip(titles, found, offers, strict=True):
        featuriser = Featuriser(catalogue, trust_without.get(model or "", trust))
        examples += _examples(title, candidates, model, places, featuriser, config)
    examples += _siblings(catalogue, blocking, Featuriser(catalogue, trust), config)
    score_S, right_S, wanted_S, groups = _held_out(examples, config)
    return Learnt(
        trust=trust,
        scorer=_fit(examples, config),
        calibration=Calibration.fit(score_S, right_S, weights_of(groups)),
        threshold=choose_threshold(score_S, right_S, wanted_S, groups, config.seed),
        candidates=config.candidates,
    )


def _trusts(
    catalogue: Catalogue,
    titles: Sequence[Title],
    models: Sequence[str | None],
    places: dict[str, int],
) -> tuple[WordTrust, dict[str, WordTrust]]:
    """What all offers say, and for each model what the offers of the others say."""
    by_model: dict[str, list[frozenset[str]]] = defaultdict(list)
    for title, model in zip(titles, models, strict=True):
        if model in places:
            by_model[model].append(title.word_set)
    own = {
        model: WordTrust.learn((words, catalogue.entries[places[model]]) for words in sold)
        for model, sold in by_model.items()
    }
    trust = WordTrust.sum(own.values())
    return trust, {model: trust.without(theirs) for model, theirs in own.items()}


def _examples(
    title: Title,
    candidates: Candidates,
    model: str | None,
    places: dict[str, int],
    featuriser: Featuriser,
    config: LinkingConfig,
) -> list[_Example]:
    place = places.get(model or "", -1)
    shown = candidates.first(config.candidates)
    right_K = (shown.position_K == place).astype(np.int8)
    group = model if model in places else _nearest(candidates, featuriser.catalogue)
    features = featuriser.features(title, shown)
    examples = [_Example(features, right_K, group, place >= 0, hidden=False)]
    if place in candidates.position_K and config.hidden_weight > 0:
        rest = candidates.without(place).first(config.candidates)
        features = featuriser.features(title, rest)
        none_K = np.zeros(len(rest.position_K), np.int8)
        examples.append(_Example(features, none_K, group, wanted=False, hidden=True))
    return examples


def _siblings(
    catalogue: Catalogue, blocking: Blocking, featuriser: Featuriser, config: LinkingConfig
) -> list[_Example]:
    """Longer names whose model was taken out of the catalogue: the shorter ones are not right.

    Offers are of hundreds of models at best; which words make another model of a name, a catalogue
    of thousands says.
    """
    generator = np.random.default_rng(config.seed)
    longer = [n for n, entry in enumerate(catalogue.entries) if catalogue.is_longer(entry)]
    chosen = generator.permutation(np.array(longer, dtype=np.int64))[: config.siblings]
    if not len(chosen):
        return []
    entries = [catalogue.entries[place] for place in chosen]
    texts = [(*one.brand, *one.names[0], *_some_values(one, generator)) for one in entries]
    titles = [Title.read(" ".join(words), catalogue) for words in texts]
    found = search_all(blocking, titles, config.candidates + 1)
    examples = []
    for title, candidates, place in zip(titles, found, chosen.tolist(), strict=True):
        rest = candidates.without(place) if place in candidates.position_K else candidates
        rest = rest.first(config.candidates)
        none_K = np.zeros(len(rest.position_K), np.int8)
        features = featuriser.features(title, rest)
        group = catalogue.entries[place].model.id
        examples.append(_Example(features, none_K, group, wanted=False, hidden=True, made_up=True))
    return examples


def _some_values(entry: Entry, generator: np.random.Generator) -> Words:
    values = sorted(entry.stated)
    places = generator.permutation(len(values))[:VALUES_SAID]
    return tuple(values[place] for place in places.tolist())


def _nearest(candidates: Candidates, catalogue: Catalogue) -> str:
    if not len(candidates.position_K):
        return ""
    return catalogue.entries[int(candidates.position_K[0])].model.id


def _held_out(
    examples: Sequence[_Example], config: LinkingConfig
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], list[str]]:
    """Of every title, scored by what has not seen its model: best score, right, wanted, group."""
    groups = sorted({example.group for example in examples})
    np.random.default_rng(config.seed).shuffle(groups)
    fold_of = {group: place % config.folds for place, group in enumerate(groups)}
    scores: list[float] = []
    right: list[bool] = []
    wanted: list[bool] = []
    of_group: list[str] = []
    for fold in range(config.folds):
        held = [e for e in examples if fold_of[e.group] == fold and not e.hidden]
        rest = [e for e in examples if fold_of[e.group] != fold]
        if not held or not any(e.right_K.any() for e in rest):
            continue
        scorer = _fit(rest, config)
        for example in held:
            score_K = scorer.scores(example.feature_KF)
            best = int(score_K.argmax()) if len(score_K) else -1
            scores.append(float(score_K[best]) if best >= 0 else 0.0)
            right.append(best >= 0 and bool(example.right_K[best]))
            wanted.append(example.wanted)
            of_group.append(example.group)
    return np.array(scores), np.array(right), np.array(wanted), of_group


def _fit(examples: Sequence[_Example], config: LinkingConfig) -> BoostedScorer:
    """A model counts once, however many of its offers there are: few of them hold most offers."""
    offers = Counter(example.group for example in examples if not example.hidden)
    weights = [
        config.sibling_weight
        if example.made_up
        else (config.hidden_weight if example.hidden else 1.0) / max(1, offers[example.group])
        for example in examples
    ]
    return BoostedScorer.fit(
        np.concatenate([example.feature_KF for example in examples]),
        np.concatenate([example.right_K for example in examples]),
        np.repeat(weights, [len(example.right_K) for example in examples]),
        config,
    )
