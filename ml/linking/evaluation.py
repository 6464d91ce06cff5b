"""Linking of offers to models, beside its baselines: the report of `evaluate linking`."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from graph.text.excerpt import excerpt
from ml.errors import CatalogueEmpty, OffersInvalid
from ml.evaluation.held_out import Floats, HeldOut, Places, mark
from ml.evaluation.report import Measured, Report, sha256_of
from ml.linking.baselines import longest_name, nearest_name, threshold_for
from ml.linking.gold import Gold, Judged
from ml.linking.learnt import Learnt
from ml.linking.linker import ModelLinker
from ml.linking.measures import Answers, measured
from ml.linking.offers import read_offers
from ml.linking.records import CatalogModel, Link
from ml.linking.scoring import LinkingConfig

Notify = Callable[[str], None]
TRAIN_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class LinkingTrial:
    """How linking is tried.

    Attributes:
        categories: of the offers; none: all.
        absent: share of the models with offers that is taken out of the catalogue, in 0..1: their
            offers must get no link though their siblings are there.
        splits: of one file, by model, each with other absent models; 0: the files are split.
    """

    categories: tuple[str, ...] = ()
    absent: float = 0.25
    splits: int = 0
    seed: int = 0
    linking: LinkingConfig = field(default_factory=LinkingConfig)


def evaluate_linking(
    models: Sequence[CatalogModel],
    dump: Sequence[Path],
    train: Path,
    test: Path | None,
    trial: LinkingTrial,
    *,
    notify: Notify,
) -> Report:
    """Train on `train`, and only then read `test` and score it once; or split `train` itself.

    Raises:
        CatalogueEmpty: there are no models.
        OffersInvalid: a file cannot be read, or no offer's label names a model.
        OffersTooFew: the offers to learn from are of fewer than two models.
    """
    start = time.monotonic()
    if test is not None and not test.is_file():  # now, not after the training
        raise OffersInvalid(path=test, reason="is no file")
    if not models:
        raise CatalogueEmpty()
    gold = Gold(models)
    known = _judged(gold, train, trial, notify)
    runs = [
        _run(models, learn, judge, trial, seed, notify)
        for learn, judge, seed in _parts(gold, known, test, trial, notify)
    ]
    files = (*dump, train, *([] if test is None else [test]))
    return Report(
        task="linking",
        metrics=measured([run.answers["model"] for run in runs], trial.seed),
        baselines=_baselines(runs),
        seconds=time.monotonic() - start,
        config={**asdict(trial), "models": len(models), "runs": [run.described() for run in runs]},
        data={str(path): sha256_of(path) for path in files},
    )


def train_and_judge(
    models: Sequence[CatalogModel], known: Sequence[Judged], trial: LinkingTrial, *, notify: Notify
) -> tuple[ModelLinker, dict[str, Measured], dict[str, dict[str, float]], HeldOut]:
    """A linker that learnt from all offers, with what those say of it that taught the others.

    Returns:
        linker, metrics, baselines and answers: of the splits by model of `trial`.

    Raises:
        CatalogueEmpty: there are no models.
        OffersTooFew: the offers are of too few models to learn from some and be judged by others.
    """
    splits = _splits(list(known), trial)
    runs = [_run(models, learn, judge, trial, seed, notify) for learn, judge, seed in splits]
    offers = [(offer.title, offer.model) for offer in known]
    linker = ModelLinker.train(models, offers, replace(trial.linking, seed=trial.seed))
    metrics = measured([run.answers["model"] for run in runs], trial.seed)
    return linker, metrics, _baselines(runs), _held_out(models, known, runs, trial)


def _held_out(
    models: Sequence[CatalogModel],
    known: Sequence[Judged],
    runs: Sequence[_Run],
    trial: LinkingTrial,
) -> HeldOut:
    asked = [(run.seed, offer) for run in runs for offer in run.answers["model"].judged]

    def answered(name: str) -> Floats:
        return np.concatenate([run.answers[name].by_offer() for run in runs])

    def ask(files: Mapping[str, bytes], place_A: Places) -> Floats:
        """In the catalogue of the split that the offer is judged in."""
        learnt, found_A2 = Learnt.from_files(files), np.zeros((len(place_A), 2))
        for seed in {asked[place][0] for place in place_A.tolist()}:
            own = [n for n, place in enumerate(place_A.tolist()) if asked[place][0] == seed]
            offers = [asked[place][1] for place in place_A[own].tolist()]
            gone = _taken_out(known, trial.absent, seed)
            linker = ModelLinker([model for model in models if model.id not in gone], learnt)
            links = linker.link([offer.title for offer in offers])
            found_A2[own] = _answers(offers, links).by_offer()
        return found_A2

    return HeldOut(
        texts=[mark(offer.title) for _, offer in asked],
        examples=[mark(seed, offer.title, offer.model) for seed, offer in asked],
        groups=[offer.group for _, offer in asked],
        answers_S2=answered("model"),
        baselines={name: answered(name) for name in runs[0].answers if name != "model"},
        learnt={mark(offer.title) for offer in known},
        ask=ask,
    )


_Part = tuple[list[Judged], Callable[[], list[Judged]], int]


def _parts(
    gold: Gold, known: list[Judged], test: Path | None, trial: LinkingTrial, notify: Notify
) -> Iterator[_Part]:
    """What to learn from, how to get at what is judged, and a seed."""
    if test is not None:
        yield known, partial(_judged, gold, test, trial, notify), trial.seed
    else:
        yield from _splits(known, trial)


def _splits(known: list[Judged], trial: LinkingTrial) -> Iterator[_Part]:
    for seed in range(trial.seed, trial.seed + max(1, trial.splits)):
        groups = sorted({offer.group for offer in known})
        np.random.default_rng(seed).shuffle(groups)
        learnt = frozenset(groups[: round(TRAIN_SHARE * len(groups))])
        rest = [offer for offer in known if offer.group not in learnt]
        yield [o for o in known if o.group in learnt], partial(list, rest), seed


def read_judged(
    models: Sequence[CatalogModel], path: Path, trial: LinkingTrial, *, notify: Notify
) -> list[Judged]:
    """Offers of a file whose label names one of the models, or a maker that has none there.

    Raises:
        OffersInvalid: the file cannot be read, or no offer's label names a model.
    """
    return _judged(Gold(models), path, trial, notify)


def _judged(gold: Gold, path: Path, trial: LinkingTrial, notify: Notify) -> list[Judged]:
    offers = read_offers(path, trial.categories)
    judged = gold.judge(offers)
    if not any(offer.model for offer in judged):
        reason = "has no label that names a model of the catalogue by its name or id, as"
        raise OffersInvalid(path=path, reason=f"{reason} {excerpt(offers[0].label)} does not")
    named = [offer for offer in judged if offer.model]
    notify(
        f"{path}: {len(offers):,} offers; {len(named):,} name one of "
        f"{len({offer.model for offer in named}):,} models, {len(judged) - len(named):,} are of "
        f"makers that the catalogue lacks, {len(offers) - len(judged):,} cannot be judged"
    )
    models_of = Counter(title for title, _ in {(offer.title, offer.model) for offer in named})
    if contradicting := sum(count > 1 for count in models_of.values()):
        notify(f"{path}: {contradicting:,} titles are labelled as several models")
    return judged


@dataclass(frozen=True, slots=True)
class _Run:
    """One training and its judgement.

    Attributes:
        answers: of the model and of each baseline.
        found: share of the offers with a model whose model is among the candidates.
        seen: judged groups that were trained on as well.
    """

    seed: int
    answers: Mapping[str, Answers]
    found: float
    ms_per_title: float
    threshold: float
    seen: int
    trained_offers: int
    absent: int

    def described(self) -> dict[str, object]:
        counts = self.answers["model"].counts()
        return {
            "seed": self.seed,
            "f1": counts.f1,
            "precision": counts.precision,
            "recall": counts.recall,
            "ece": self.answers["model"].calibration_error(),
            "recall_of_candidates": self.found,
            "ms_per_title": self.ms_per_title,
            "threshold": self.threshold,
            "offers_trained": self.trained_offers,
            "offers_judged": len(self.answers["model"].judged),
            "offers_with_model": int(counts.wanted),
            "models_taken_out": self.absent,
            "groups_also_trained": self.seen,
        }


def _run(
    models: Sequence[CatalogModel],
    learn: Sequence[Judged],
    judge: Callable[[], list[Judged]],
    trial: LinkingTrial,
    seed: int,
    notify: Notify,
) -> _Run:
    gone = _taken_out(learn, trial.absent, seed)
    known = _without(learn, gone)
    linker = ModelLinker.train(
        [model for model in models if model.id not in gone],
        [(offer.title, offer.model) for offer in known],
        replace(trial.linking, seed=seed),
    )
    titles = [offer.title for offer in known]
    cosine = threshold_for(nearest_name(linker, titles), known, seed)
    all_judged = judge()
    gone |= _taken_out(all_judged, trial.absent, seed)
    judged = _without(all_judged, gone)
    linker = linker.over([model for model in models if model.id not in gone])
    run = _judge(linker, judged, cosine, seed)
    learnt = {offer.group for offer in learn}
    run = replace(
        run,
        seen=len({offer.group for offer in judged} & learnt),
        trained_offers=len(known),
        absent=len(gone),
    )
    counts = run.answers["model"].counts()
    notify(
        f"seed {seed}: F1 {counts.f1:.3f} (precision {counts.precision:.3f}, "
        f"recall {counts.recall:.3f})"
    )
    return run


def _judge(linker: ModelLinker, judged: list[Judged], cosine: float, seed: int) -> _Run:
    titles = [offer.title for offer in judged]
    start = time.perf_counter()
    links = linker.link(titles)
    ms = 1_000 * (time.perf_counter() - start) / len(titles)
    wanted = [offer for offer in judged if offer.model]
    near = nearest_name(linker, titles)
    floor = linker.rules().link(titles)
    return _Run(
        seed=seed,
        answers={
            "model": _answers(judged, links),
            "rules": _answers(judged, floor),
            "cosine": _plain(judged, [m if score >= cosine else None for m, score in near]),
            "longest_name": _plain(judged, longest_name(linker, titles)),
        },
        found=_share_found(linker, wanted),
        ms_per_title=ms,
        threshold=linker.learnt.threshold,
        seen=0,
        trained_offers=0,
        absent=0,
    )


def _share_found(linker: ModelLinker, wanted: Sequence[Judged]) -> float:
    found = [
        any(linker.model_at(place).id == offer.model for place in ranked.candidates.position_K)
        for offer, ranked in zip(wanted, linker.ranked([o.title for o in wanted]), strict=True)
    ]
    return sum(found) / max(1, len(found))


def _taken_out(offers: Sequence[Judged], share: float, seed: int) -> set[str]:
    """Drawn model by model, so that one which two files name is gone from both or from none."""
    return {o.model for o in offers if o.model and _draw(f"{seed} {o.model}") < share}


def _draw(text: str) -> float:
    return int.from_bytes(hashlib.blake2s(text.encode(), digest_size=8).digest()) / 2**64


def _without(offers: Sequence[Judged], gone: set[str]) -> list[Judged]:
    return [replace(o, model=None) if o.model in gone else o for o in offers]


def _answers(judged: Sequence[Judged], links: Sequence[Link | None]) -> Answers:
    return Answers(
        judged,
        [link.model if link else None for link in links],
        [link.confidence if link else 0.0 for link in links],
    )


def _plain(judged: Sequence[Judged], linked: Sequence[str | None]) -> Answers:
    return Answers(judged, linked, [0.0] * len(linked))


def _baselines(runs: Sequence[_Run]) -> dict[str, dict[str, float]]:
    return {
        name: {
            measure: float(np.mean([getattr(run.answers[name].counts(), measure) for run in runs]))
            for measure in ("f1", "precision", "recall")
        }
        for name in runs[0].answers
        if name != "model"
    }
