"""The order of candidates, learnt from judgements: boosted trees over what a pair has in common."""

# Q queries, K candidates, P pairs of a query and a candidate

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from ml import boosting
from ml.errors import ArtefactCorrupted, GraphTooSmall
from ml.search import evidence, features
from ml.search.evidence import Evidence
from ml.search.features import Rows
from ml.search.judgements import Judged
from ml.search.pool import Pool
from ml.search.statistics import Statistics

SETTINGS, TREES = "search.json", "search_trees.txt"
COLUMNS = (*features.NAMES, *evidence.NAMES)


@dataclass(frozen=True, slots=True)
class SearchConfig:
    """LightGBM's settings; the trees are not stopped early.

    Attributes:
        folds: by family, so that what words tell was not learnt from the query itself.
        column_share: of the features that a tree may use, in 0..1.
        threads: a fixed number, because another one changes the sums and with them the trees.
    """

    trees: int = 300
    learning_rate: float = 0.05
    leaves: int = 15
    least_in_leaf: int = 20
    column_share: float = 0.4
    row_share: float = 0.8
    l2: float = 1.0
    folds: int = 5
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """Judgements, and an encoder's scores of all their texts by query, if there is one."""

    judged: Judged
    encoded: Mapping[str, Rows] | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates in their order: positions in the pool, the best first, with their scores."""

    places: Sequence[int]
    scores: Sequence[float]


class SearchRanker:
    """Orders texts by a query.

    Attributes:
        statistics: of the texts that it was trained on.
    """

    def __init__(
        self, statistics: Statistics, evidence: Evidence, booster: boosting.Booster
    ) -> None:
        self.statistics = statistics
        self._evidence = evidence
        self._booster = booster

    @classmethod
    def train(cls, parts: Sequence[Part], config: SearchConfig | None = None) -> Self:
        """From parts whose queries are each asked over the texts of their own part.

        Raises:
            GraphTooSmall: too few texts have a word of what asks for them for a tree to grow.
        """
        config = config or SearchConfig()
        asked = [one for part in parts for one in _asked(part)]
        fewest = 2 * config.least_in_leaf
        if sum(len(one.terms) for one in asked) < fewest:
            raise GraphTooSmall(
                missing=f"fewer than {fewest} titles have a word of a name or query",
                remedy="Give more offers, with the names of the products that they are.",
            )
        told = _evidence_out_of_fold(asked, config)
        evidence = Evidence.fit(*_terms(asked))
        rows = np.vstack([np.hstack([one.rows, r]) for one, r in zip(asked, told, strict=True)])
        gain_P = np.concatenate([one.gain_K for one in asked])
        data = boosting.Dataset(rows, gain_P, group=[len(one.terms) for one in asked])
        booster = boosting.train(_settings(config), data, num_boost_round=config.trees)
        texts = [text for part in parts for text in part.judged.texts]
        return cls(Statistics.of(texts), evidence, booster)

    def rank(self, query: str, pools: Sequence[Pool]) -> Ranked:
        """The candidates of a query, the best first.

        Args:
            pools: the same texts, beside each of several encoders; the mean score counts.
        """
        totals: dict[int, float] = {}
        for pool in pools:
            for place, score in self._scored(query, pool):
                totals[place] = totals.get(place, 0.0) + score / len(pools)
        places = sorted(totals, key=lambda place: (-totals[place], place))
        return Ranked(places, [totals[place] for place in places])

    def _scored(self, query: str, pool: Pool) -> Iterator[tuple[int, float]]:
        candidates = pool.candidates(query)
        places: list[int] = candidates.place_K.tolist()
        texts = [pool.texts[place] for place in places]
        if not texts:
            return
        rows_KF = features.rows(
            query, texts, candidates, pool.likeness(candidates.place_K), self.statistics.words
        )
        rows_KF = np.hstack([rows_KF, self._evidence.rows(query, texts)])
        # One thread: several wait for one another longer than some dozen rows take.
        found = self._booster.predict(rows_KF, num_threads=1)
        score_K: list[float] = np.asarray(found).tolist()
        yield from zip(places, score_K, strict=True)

    def over(self, texts: Sequence[str]) -> SearchRanker:
        """The same for another collection, whose own words are rare or common."""
        return SearchRanker(Statistics.of(texts), self._evidence, self._booster)

    def to_files(self) -> dict[str, bytes]:
        settings = _Settings(COLUMNS, self.statistics, self._evidence)
        return {
            SETTINGS: msgspec.json.encode(settings, order="deterministic"),
            TREES: self._booster.model_to_string().encode(),
        }

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """Raises ArtefactCorrupted: they are no ranker of this version."""
        for name in (SETTINGS, TREES):
            if name not in files:
                raise _corrupted(name, "there", "missing")
        try:
            settings = msgspec.json.decode(files[SETTINGS], type=_Settings)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _corrupted(SETTINGS, "the settings of a ranker", str(error)) from error
        if settings.columns != COLUMNS:
            raise _corrupted(SETTINGS, "of this version's features", "of another version's")
        try:
            booster = boosting.Booster(model_str=files[TREES].decode())
        except (UnicodeDecodeError, boosting.LightGBMError) as error:
            raise _corrupted(TREES, "LightGBM's text", str(error)) from error
        return cls(settings.statistics, settings.evidence, booster)


class _Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    columns: tuple[str, ...]
    statistics: Statistics
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query of the judgements with its candidates."""

    family: str
    terms: Sequence[list[str]]
    rows: Rows
    gain_K: NDArray[np.int64]


def _asked(part: Part) -> Iterator[_Asked]:
    """Those that have candidates."""
    judged = part.judged
    statistics = Statistics.of(judged.texts)
    pool = Pool.of(judged.texts, statistics, part.encoded)
    for query, family, gains in zip(judged.queries, judged.families, judged.gains, strict=True):
        candidates = pool.candidates(query)
        places: list[int] = candidates.place_K.tolist()
        texts = [judged.texts[place] for place in places]
        if texts:
            alike_KK = pool.likeness(candidates.place_K)
            yield _Asked(
                family=family,
                terms=[evidence.terms_of(query, text) for text in texts],
                rows=features.rows(query, texts, candidates, alike_KK, statistics.words),
                gain_K=np.array([gains.get(place, 0) for place in places]),
            )


def _evidence_out_of_fold(asked: Sequence[_Asked], config: SearchConfig) -> list[Rows]:
    families = sorted({one.family for one in asked})
    fold_of = np.random.default_rng(config.seed).permutation(len(families)) % config.folds
    folds = dict(zip(families, fold_of.tolist(), strict=True))
    learnt = {}
    for fold in set(folds.values()):
        others = [one for one in asked if folds[one.family] != fold]
        learnt[fold] = Evidence.fit(*_terms(others)) if others else Evidence({})
    return [learnt[folds[one.family]].rows_of(one.terms) for one in asked]


def _terms(asked: Sequence[_Asked]) -> tuple[list[list[str]], NDArray[np.bool_]]:
    terms = [of_pair for one in asked for of_pair in one.terms]
    return terms, np.concatenate([one.gain_K > 0 for one in asked])


def _settings(config: SearchConfig) -> dict[str, object]:
    return {
        "objective": "lambdarank",
        "lambdarank_truncation_level": 15,
        "label_gain": [0, 1, 2],
        "verbose": -1,
        "learning_rate": config.learning_rate,
        "num_leaves": config.leaves,
        "min_data_in_leaf": config.least_in_leaf,
        "feature_fraction": config.column_share,
        "bagging_fraction": config.row_share,
        "bagging_freq": 1,
        "lambda_l2": config.l2,
        "seed": config.seed,
        "num_threads": config.threads,
        "deterministic": True,
        "force_row_wise": True,
        "feature_pre_filter": False,
    }


def _corrupted(file: str, expected: str, found: str) -> ArtefactCorrupted:
    return ArtefactCorrupted(reference="search", file=file, expected=expected, found=found)
