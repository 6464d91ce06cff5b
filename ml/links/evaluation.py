"""Link prediction on three files, beside its baselines: the report of `evaluate links`."""

# N entities, T triples

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Generator, Tensor

from ml.errors import TriplesInvalid
from ml.evaluation.overlap import tell_known
from ml.evaluation.ranking import rank_measures
from ml.evaluation.report import Measured, Report, sha256_of
from ml.links.baselines import PersonalisedPageRank, Popularity
from ml.links.factorisation import Factorisation
from ml.links.queries import RELATION, Queries, both_directions
from ml.links.recipes import Recipe, recipe_for
from ml.links.scoring import Scorer, StrangersLast, rank_triples
from ml.links.training import Notify, Trained, train_factorisation
from ml.links.triples import TripleFile, Vocabulary, read_triples
from ml.links.unseen import HeldOut, fold_in, hold_out
from ml.models.decoders import DecoderName
from ml.runtime import DeviceName, runtime


@dataclass(frozen=True, slots=True)
class LinksConfig:
    """What may be chosen.

    Attributes:
        minutes: of training; more of them take a larger recipe.
        rank: None: the recipe's.
        unseen: share of the entities that are held out whole, in 0..1; 0: none.
    """

    minutes: float = 15.0
    decoder: DecoderName = "complex"
    rank: int | None = None
    unseen: float = 0.0
    seed: int = 0
    device: DeviceName = "auto"


def evaluate_links(
    train: Path, valid: Path, test: Path, config: LinksConfig, *, notify: Notify
) -> Report:
    """Train on `train`, stop by `valid`, and only then read `test` and score it once.

    Raises:
        TriplesInvalid: a file cannot be read, or nothing of it is in the training graph.
        GraphTooSmall: `unseen` leaves nothing to learn from.
        DeviceMissing: no GPU, where one was asked for.
    """
    start = time.monotonic()
    if not test.is_file():  # now, not after the training
        raise TriplesInvalid(path=test, reason="is no file")
    device = runtime(config.device).device
    recipe = recipe_for(config.minutes, config.decoder, config.rank)
    graph = _Graph.read(train, valid, config, notify)
    trained = train_factorisation(
        graph.train_T3,
        graph.checked_T3,
        entities=graph.seen,
        relations=graph.relations,
        recipe=recipe,
        device=device,
        seed=config.seed,
        notify=notify,
    )
    model = trained.model
    if graph.held is not None:
        generator = Generator().manual_seed(config.seed)
        model.grow(fold_in(model, graph.held, generator))
    found, known = _score(model, graph, test, device, notify)
    return Report(
        task="links",
        metrics=_measured(found["model"], config.seed),
        baselines={
            name: {measure: value.mean().item() for measure, value in rank_measures(rank).items()}
            for name, rank in found.items()
            if name != "model"
        },
        seconds=time.monotonic() - start,
        config={
            **_described(config, recipe, trained, device, graph),
            "test_triples_scored": len(found["model"]),
            "test_triples_known": known,
        },
        data={str(path): sha256_of(path) for path in (train, valid, test)},
    )


@dataclass(frozen=True, slots=True)
class _Graph:
    """Training and validation part in ids.

    Attributes:
        train_T3: what is learnt from.
        known_T3: all triples of the two files: what is known when the test is scored.
        context_T3: for the baselines: `train_T3` and what is known of entities held out.
        checked_T3: validation triples whose entities and relation training sees.
        seen: entities that training sees; ids from there on are unseen.
    """

    vocabulary: Vocabulary
    train_T3: Tensor
    known_T3: Tensor
    context_T3: Tensor
    checked_T3: Tensor
    seen: int
    relations: int
    held: HeldOut | None

    @classmethod
    def read(cls, train: Path, valid: Path, config: LinksConfig, notify: Notify) -> _Graph:
        vocabulary = Vocabulary()
        train_T3 = vocabulary.encode(read_triples(train))
        seen, relations = len(vocabulary.entities), len(vocabulary.relations)
        valid_file = read_triples(valid)
        _tell_strangers(vocabulary, valid_file, notify)
        valid_T3 = vocabulary.encode(valid_file)
        context_T3, held = train_T3, None
        if config.unseen:
            generator = Generator().manual_seed(config.seed)
            held = hold_out(train_T3, seen, config.unseen, generator)
            valid_T3, train_T3, seen = held.renumbered(valid_T3), held.train_T3, held.seen
            context_T3 = torch.cat((train_T3, held.context_T3))
        is_seen_T = (valid_T3[:, [0, 2]] < seen).all(dim=1) & (valid_T3[:, RELATION] < relations)
        if not is_seen_T.any():
            reason = "no triple has its entities and its relation in the training triples"
            raise TriplesInvalid(path=valid, reason=reason)
        known_T3 = torch.cat((context_T3, valid_T3))
        checked_T3 = valid_T3[is_seen_T]
        return cls(vocabulary, train_T3, known_T3, context_T3, checked_T3, seen, relations, held)


def _tell_strangers(vocabulary: Vocabulary, triples: TripleFile, notify: Notify) -> None:
    strangers = vocabulary.strangers(triples)
    if strangers:
        line, name = strangers[0]
        notify(
            f"{triples.path}: {len(strangers):,} names are in no training triple, the first is "
            f"{name!r} in line {line}; nothing can be known of them"
        )


def _score(
    model: Factorisation, graph: _Graph, test: Path, device: torch.device, notify: Notify
) -> tuple[Mapping[str, Tensor], int]:
    """The test file's only reader.

    Returns:
        Ranks `rank_T2` of the model and of the baselines, by name; how many triples were known.
    """
    test_file = read_triples(test)
    _tell_strangers(graph.vocabulary, test_file, notify)
    test_T3 = graph.vocabulary.encode(test_file)
    if graph.held is not None:
        test_T3 = graph.held.of_unseen(graph.held.renumbered(test_T3))
        if not len(test_T3):
            raise TriplesInvalid(path=test, reason="no triple has an entity that was held out")
    known_triples = map(tuple, graph.known_T3.tolist())
    also_known = tell_known(test, list(map(tuple, test_T3.tolist())), known_triples, notify)
    entities = len(graph.vocabulary.entities)
    relations = len(graph.vocabulary.relations)
    seen = len(model.entity_ND)
    model.grow(model.entity_ND.new_zeros(entities - seen, model.config.width))
    known = Queries.of(both_directions(torch.cat((graph.known_T3, test_T3))))
    scorers: dict[str, tuple[Scorer, torch.device | str]] = {
        "model": (StrangersLast(model, seen), device),
        "popularity": (Popularity(graph.context_T3, entities, relations), "cpu"),
        "personalised_pagerank": (PersonalisedPageRank(graph.context_T3, entities), "cpu"),
    }
    ranks = {
        name: rank_triples(scorer, test_T3, known, device=where)
        for name, (scorer, where) in scorers.items()
    }
    return ranks, also_known


def _measured(rank_T2: Tensor, seed: int) -> dict[str, Measured]:
    """Both directions of a triple are one example: they stand and fall together."""
    generator = Generator().manual_seed(seed)
    return {
        name: Measured.mean_of(value_T2.mean(dim=1), generator)
        for name, value_T2 in rank_measures(rank_T2).items()
    }


def _described(
    config: LinksConfig,
    recipe: Recipe,
    trained: Trained,
    device: torch.device,
    graph: _Graph,
) -> dict[str, object]:
    return {
        **asdict(config),
        "device": str(device),
        "threads": torch.get_num_threads(),
        "recipe": asdict(recipe),
        "epochs_trained": trained.epochs,
        "training_seconds": trained.seconds,
        "valid_mrr": trained.valid_mrr,
        "entities": len(graph.vocabulary.entities),
        "relations": len(graph.vocabulary.relations),
        "entities_trained": graph.seen,
    }
