"""Readers of texts learnt from labels, and kept: the use case behind `catalograph finetune`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import msgspec

from app.services.categorizing import paths_file
from app.services.category_tree import CategoryTree
from app.services.promotion import HELD_OUT, Trial
from app.services.readers import (
    CATEGORIES,
    EXTRACTION,
    LINKING,
    MATCHING,
    catalog_model,
    champion_of,
)
from graph.errors import ValueInvalid
from graph.records import Record
from graph.repositories.categories import categorized_titles, category_paths
from graph.repositories.lexicon import known_models, linked_titles
from graph.repositories.review import decisions
from graph.text import find_quantities, normalise_value
from ml.artefact import ArtefactDraft, Measure

if TYPE_CHECKING:
    from app.services.training_runs import IfBetter
    from graph.client import Database
    from graph.records import FactLabel, Parameter
    from ml.artefact import Artefact
    from ml.evaluation.held_out import HeldOut
    from ml.evaluation.report import Measured
    from ml.extraction.records import LabelledText
    from ml.extraction.stacking import ExtractionConfig
    from ml.extraction.starts import Start
    from ml.registry import Registry

LINKING_SPLITS = 2  # to judge by; each costs a whole training
_DOUBTFUL_ALONE = (
    "it learnt from nothing but what was doubtful, was judged by it, and would read the rest, too"
)

Notify = Callable[[str], None]


class Finetuned(Record, frozen=True):
    """What was learnt; metrics come from texts or pairs that the judging model never saw."""

    artefact: str  # NAME/VERSION
    examples: int
    metrics: dict[str, Measure]
    baselines: dict[str, dict[str, float]]
    before: dict[str, Measure]  # of what served until now
    promoted: bool
    kept_back: str | None  # why it was not promoted


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where an artefact goes, and what is written on it."""

    registry: Registry
    code_version: str
    clock: Callable[[], datetime]
    promote: IfBetter = "if_better"

    def keep(
        self,
        name: str,
        files: Mapping[str, bytes],
        *,
        config: Mapping[str, object],
        examples: int,
        metrics: Mapping[str, Measured],
        baselines: Mapping[str, Mapping[str, float]],
        judged_by: str,
        seed: int,
        fingerprint: str,
        parent: str | None = None,
        held: HeldOut | None = None,
        rivals: Collection[str] = (),
        against: str | None = None,
    ) -> Finetuned:
        """Register, and promote where that is wanted.

        Args:
            held: its answers, for it and later versions to be compared by.
            rivals: baselines; where one of them is as good, it is no better.
            against: why it is no better, where its metrics alone do not say so.

        Raises:
            ArtefactInvalid, RegistryUnavailable: nothing of it is kept.
        """
        measures = {one: Measure(m.value, m.low, m.high) for one, m in metrics.items()}
        champion = champion_of(self.registry, name)
        kept = {HELD_OUT: msgspec.json.encode(held.kept())} if held else {}
        draft = ArtefactDraft(
            kind=name,
            weights={},
            width=0,
            config=config,
            created_at=self.clock(),
            code_version=self.code_version,
            data_fingerprint=fingerprint,
            seed=seed,
            metrics=measures,
            baselines=baselines,
            parent=parent,
            files={**files, **kept},
        )
        made = self.registry.register(name, draft)
        beside = {one: of[judged_by] for one, of in baselines.items() if judged_by in of}
        trial = Trial(judged_by, measures.get(judged_by), beside, held, rivals, fingerprint)
        kept_back = self._promoted(made, champion, trial, against)
        return Finetuned(
            made.reference,
            examples,
            measures,
            {one: dict(values) for one, values in baselines.items()},
            champion.manifest.metrics if champion else {},
            kept_back is None,
            kept_back,
        )

    def _promoted(
        self, made: Artefact, champion: Artefact | None, trial: Trial, against: str | None
    ) -> str | None:
        """Why it does not serve; None: it does from now on."""
        match self.promote:
            case "always":
                self.registry.promote(made.name, made.version)
                return None
            case "never":
                return "it was not to be promoted"
            case "if_better":
                while (no_better := against or trial.against(champion)) is None:
                    before = champion.version if champion else None
                    if self.registry.promote_after(made.name, made.version, before):
                        return None
                    champion = champion_of(self.registry, made.name)  # another one came first
                return no_better
            case _:
                assert_never(self.promote)


def finetune_extraction(
    files: Sequence[Path],
    config: ExtractionConfig,
    shelf: Shelf,
    *,
    reviewed: Sequence[LabelledText] = (),
    start: Start | None = None,
    notify: Notify,
) -> Finetuned:
    """Learn to find values from files of labelled texts, and from what persons decided.

    Args:
        start: what its network begins with; None: what `config` says.

    Raises:
        RecipeInvalid: settings that contradict each other.
        LabelsInvalid: a file cannot be read.
        GraphTooSmall: too few texts say a value.
    """
    from ml.extraction.evaluation import train_and_judge
    from ml.extraction.reading import read_labelled

    texts = [*(read_labelled(files, notify) if files else ()), *reviewed]
    extractor, metrics, baselines, held = train_and_judge(texts, config, notify=notify, start=start)
    return shelf.keep(
        EXTRACTION,
        extractor.to_files(),
        config={
            "parameters": sorted({name for text in texts for name in text.values}),
            "labelled_texts": len(texts) - len(reviewed),
            "reviewed_texts": len(reviewed),
            "training": msgspec.to_builtins(config),
            **({"start": start.name} if start else {}),
        },
        examples=len(texts),
        metrics=metrics,
        baselines=baselines,
        judged_by="micro_f1",
        seed=config.seed,
        fingerprint=fingerprint_of(files, (text.text for text in reviewed)),
        parent=start.parent if start else None,
        held=held,
        against=None if files else _DOUBTFUL_ALONE,
    )


def finetune_matching(
    train: Path, valid: Path | None, shelf: Shelf, *, seed: int, notify: Notify
) -> Finetuned:
    """Learn which pairs are one product; the metrics are cross-validated over both files.

    Without `valid` a fifth of `train` chooses the threshold.

    Raises:
        PairsInvalid: a file cannot be read or learnt from.
    """
    if valid is None:
        from ml.matching.pair_file import divided

        with divided(train) as (most, rest):
            return finetune_matching(most, rest, shelf, seed=seed, notify=notify)
    from ml.matching.evaluation import train_and_judge
    from ml.matching.matcher import MatchingConfig
    from ml.matching.pair_file import read_pairs
    from ml.matching.trees import TreesConfig

    config = MatchingConfig(trees=TreesConfig(seed=seed))
    matcher, metrics, baselines, held = train_and_judge(train, valid, config, notify=notify)
    return shelf.keep(
        MATCHING,
        matcher.to_files(),
        config=msgspec.to_builtins(config),
        examples=len(read_pairs(train)),
        metrics=metrics,
        baselines=baselines,
        judged_by="f1",
        seed=seed,
        fingerprint=fingerprint_of([train, valid]),
        held=held,
    )


def finetune_linking(
    train: Sequence[Path],
    database: Database,
    shelf: Shelf,
    *,
    known: bool = False,
    seed: int = 0,
    notify: Notify,
) -> Finetuned:
    """Learn which model of the graph a title names; the metrics are means of splits by model.

    Args:
        train: offers with the label of their cluster, as `evaluate linking` reads them.
        known: also the stored products of which a catalog or a person says the model.

    Raises:
        OffersInvalid: a file cannot be read, or none of its labels names a model.
        OffersTooFew: they are of too few models to learn from some and be judged by others.
        CatalogueEmpty: the graph has no models.
        DatabaseError: Neo4j failed.
    """
    from ml.linking.evaluation import LinkingTrial, read_judged, train_and_judge
    from ml.linking.gold import Judged

    models = [catalog_model(row) for row in known_models(database)]
    trial = LinkingTrial(splits=LINKING_SPLITS, seed=seed)
    offers = [one for path in train for one in read_judged(models, path, trial, notify=notify)]
    if known:
        linked = linked_titles(database)
        notify(f"{len(linked):,} products whose model a catalog or a person says")
        offers += [Judged(title, model, model) for title, model in linked]
    linker, metrics, baselines, held = train_and_judge(models, offers, trial, notify=notify)
    return shelf.keep(
        LINKING,
        linker.to_files(),
        config={"offers": len(offers), "models": len(models), "trial": msgspec.to_builtins(trial)},
        examples=len(offers),
        metrics=metrics,
        baselines=baselines,
        judged_by="f1",
        seed=seed,
        fingerprint=fingerprint_of(train, (f"{one.title}\0{one.model}" for one in offers)),
        held=held,
    )


def finetune_categories(
    train: Sequence[Path],
    database: Database,
    shelf: Shelf,
    *,
    known: bool = False,
    seed: int = 0,
    notify: Notify,
) -> Finetuned:
    """Learn of what category titles are, in the tree of the graph.

    Args:
        train: offers, as `evaluate categories` reads them; a category is a path `Home > Lanterns`,
            or the name of one that the graph has.
        known: also the stored items of which a catalog or a person says the category.

    Raises:
        OffersInvalid: a file cannot be read.
        CategoriesTooFew: there are titles of fewer than two categories.
        DatabaseError: Neo4j failed.
    """
    from ml.categories.categorizer import CategorizerConfig
    from ml.categories.evaluation import train_and_judge
    from ml.categories.records import LabelledTitle
    from ml.categories.titles import read_titles

    tree = CategoryTree(category_paths(database))
    titles = [
        LabelledTitle(one.title, tree.id_of(one.category, path), one.group)
        for path in train
        for one in read_titles(path)
    ]
    if known:
        stored = [
            LabelledTitle(one.title, one.category, one.product)
            for one in categorized_titles(database)
        ]
        notify(f"{len(stored):,} items whose category a catalog or a person says")
        titles += stored
    config = CategorizerConfig(seed=seed)
    names = {id: path[-1].name for id, path in tree.paths.items()}
    learnt, metrics, baselines, held = train_and_judge(titles, config, names, notify=notify)
    paths = {id: tree.paths[id] for id in learnt.categories if id in tree.paths}
    return shelf.keep(
        CATEGORIES,
        learnt.to_files() | paths_file(paths),
        config={
            "titles": len(titles),
            "categories": len(learnt.categories),
            "shape": msgspec.to_builtins(learnt.scorer.shape),
            "tried": dict(learnt.tried),
        },
        examples=len(titles),
        metrics=metrics,
        baselines=baselines,
        judged_by="accuracy",
        seed=seed,
        fingerprint=fingerprint_of(train, (f"{one.title}\0{one.category}" for one in titles)),
        held=held,
    )


def reviewed_texts(database: Database, parameters: Mapping[str, Parameter]) -> list[LabelledText]:
    """What persons decided about proposed facts, as labelled titles.

    A value that was accepted is said where its evidence says so; one that was rejected is not, and
    one that was put in its place is where the title has its words. Where it has none that are
    known, nothing is learnt of the parameter: the title may say it in others. A title of which
    nothing is known is left out.
    """
    from ml.extraction.records import LabelledText

    said: dict[tuple[str, str], dict[str, str | None]] = {}
    for label in decisions(database):
        category = label.item.category.name if label.item.category else ""
        values = said.setdefault((label.item.title, category), {})
        parameter = parameters[label.value.parameter]
        if label.decision == "rejected":
            values.setdefault(parameter.name, None)
        else:
            values[parameter.name] = _words(label, parameter) or values.get(parameter.name) or ""
    known = {
        item: {name: words for name, words in values.items() if words != ""}
        for item, values in said.items()
    }
    return [LabelledText(*item, values) for item, values in known.items() if values]


def _words(label: FactLabel, parameter: Parameter) -> str | None:
    """The words of the title that say the value; None: none are known to."""
    title = label.item.title
    field, _, place = (label.evidence or "").partition(":")
    start, _, end = place.partition("-")
    if field == "title" and start.isdigit() and end.isdigit():
        return title[int(start) : int(end)] or None
    for first, last, *_ in find_quantities(title):
        if _value_of(title[first:last], parameter) == label.value.id:
            return title[first:last]
    at = title.casefold().find(label.value.text.casefold())
    return title[at : at + len(label.value.text)] if at >= 0 else None


def _value_of(words: str, parameter: Parameter) -> str | None:
    try:
        return normalise_value(words, parameter).id
    except ValueInvalid:
        return None


def fingerprint_of(files: Iterable[Path], more: Iterable[str] = ()) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    for text in more:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()
