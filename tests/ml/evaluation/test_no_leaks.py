"""What a test file says is right is only scored by: with other labels, the same answers."""

import csv
import random
from dataclasses import replace

import pytest

from ml.categories.categorizer import Categorizer, CategorizerConfig
from ml.categories.evaluation import CategoriesTrial, evaluate_categories
from ml.entities.evaluation import EntityFiles, evaluate_entities
from ml.entities.tagger import EntityTagger
from ml.extraction.evaluation import EvaluationConfig, evaluate_extraction
from ml.extraction.extractor import Extractor
from ml.linking.evaluation import LinkingTrial, evaluate_linking
from ml.linking.linker import ModelLinker
from ml.matching import evaluation as matching
from ml.matching.evaluation import MatchingEvaluation, evaluate_matching
from ml.matching.matcher import Matcher
from ml.matching.trees import TreesConfig
from ml.search.evaluation import SearchTrial, evaluate_search
from ml.search.ranker import SearchConfig, SearchRanker
from tests.ml.categories import made_up as kinds
from tests.ml.entities import made_up as entities
from tests.ml.entities.test_evaluation import QUICK as QUICK_TAGGING
from tests.ml.extraction import made_up as texts
from tests.ml.extraction.conftest import QUICK as QUICK_EXTRACTION
from tests.ml.linking import made_up as offers
from tests.ml.linking.test_evaluation import write_offers
from tests.ml.matching import made_up as pairs
from tests.ml.search import made_up as searches
from tests.progress import silent


@pytest.fixture
def same_answers(monkeypatch):
    """Evaluates, exchanges labels of the test file, evaluates again; holds the answers together.

    A method of the model is listened to: it gets texts, or one text, and returns an answer to each.
    """

    def same_answers(evaluate, owner, name, test, exchanged):
        answer_to = {}
        method = getattr(owner, name)

        def listened(self, asked, *others, **named):
            found = method(self, asked, *others, **named)
            told = [(asked, found)] if isinstance(asked, str) else zip(asked, found, strict=True)
            answer_to.update((repr(one), repr(answer)) for one, answer in told)
            return found

        monkeypatch.setattr(owner, name, listened)
        scores = evaluate().metrics
        before = dict(answer_to)
        answer_to.clear()
        test.write_text(exchanged, encoding="utf-8")
        assert evaluate().metrics != scores
        both = before.keys() & answer_to.keys()
        assert len(both) > 0.9 * len(before) > 0
        return all(before[one] == answer_to[one] for one in both)

    return same_answers


def exchanged(rows):
    rows = list(rows)
    random.Random(0).shuffle(rows)
    return rows


def with_column_exchanged(path, column):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    cells = exchanged(row[column] for row in rows)
    lines = [{**row, column: cell} for row, cell in zip(rows, cells, strict=True)]
    return "\n".join(",".join(line) for line in (lines[0], *(one.values() for one in lines)))


def test_pairs_are_matched_whatever_is_said_of_them(tmp_path, monkeypatch, same_answers):
    small = TreesConfig(bags=1, trees=20, leaves=7)
    monkeypatch.setattr(matching, "TreesConfig", lambda **_: small)
    rows = [pairs.pairs(120, seed) for seed in range(3)]
    files = [tmp_path / name for name in ("train", "valid", "test")]
    for path, labelled in zip(files, rows, strict=True):
        path.write_text(pairs.as_text(labelled), encoding="utf-8")

    def evaluate():
        return evaluate_matching(*files, MatchingEvaluation(folds=0), notify=silent)

    turned = pairs.as_text([replace(pair, same=not pair.same) for pair in rows[2]])
    assert same_answers(evaluate, Matcher, "probabilities", files[2], turned)


def test_titles_are_categorised_whatever_is_said_of_them(tmp_path, same_answers):
    train = kinds.write_offers(tmp_path / "train.csv", kinds.titles())
    test = kinds.write_offers(tmp_path / "test.csv", kinds.titles(each=8, seed=5))
    trial = CategoriesTrial(categorizer=CategorizerConfig(with_meaning=False))

    def evaluate():
        return evaluate_categories(train, test, trial, notify=silent)

    mixed = with_column_exchanged(test, "category_label")
    assert same_answers(evaluate, Categorizer, "guess", test, mixed)


def test_offers_are_linked_whatever_is_said_of_them(tmp_path, same_answers):
    models = offers.catalogue()
    first, second = offers.halves(models)
    train = write_offers(tmp_path / "train.csv", first)
    test = write_offers(tmp_path / "test.csv", second, seed=1)
    trial = LinkingTrial(linking=offers.QUICK, absent=0.0)  # labels say who is taken out

    def evaluate():
        return evaluate_linking(models, [], train, test, trial, notify=silent)

    mixed = with_column_exchanged(test, "cluster_label")
    assert same_answers(evaluate, ModelLinker, "link", test, mixed)


def test_offers_are_ordered_by_a_name_whosever_it_is(tmp_path, same_answers):
    train = searches.write_offers(tmp_path / "train.csv", 0)
    test = searches.write_offers(tmp_path / "test.csv", 1)
    trial = SearchTrial(ranking=SearchConfig(trees=20))

    def evaluate():
        return evaluate_search(train, test, trial, notify=silent)

    mixed = with_column_exchanged(test, "cluster_label")
    assert same_answers(evaluate, SearchRanker, "rank", test, mixed)


def test_entities_are_found_whatever_is_said_of_them(tmp_path, same_answers):
    rows = [entities.titles(20, seed) for seed in range(3)]
    paths = {name: tmp_path / name for name in ("train", "valid", "test")}
    for path, titles in zip(paths.values(), rows, strict=True):
        path.write_text(entities.as_bieos(titles), encoding="utf-8")
    files = EntityFiles(**paths, gazetteers={})

    def evaluate():
        return evaluate_entities(files, QUICK_TAGGING, notify=silent)

    shifted = [replace(title, entities=(("WARE", 0, 1),)) for title in rows[2]]
    mixed = entities.as_bieos(shifted)
    assert same_answers(evaluate, EntityTagger, "tag", paths["test"], mixed)


def test_values_are_found_whatever_is_said_of_them(tmp_path, same_answers):
    rows = texts.texts(30, 1)
    train = texts.write(tmp_path / "train.jsonl", texts.texts(60))
    test = texts.write(tmp_path / "test.jsonl", rows)

    def evaluate():
        return evaluate_extraction([train], test, EvaluationConfig(QUICK_EXTRACTION), notify=silent)

    others = zip(rows, exchanged(row.values for row in rows), strict=True)
    mixed = "".join(f"{texts.line(replace(row, values=values))}\n" for row, values in others)
    assert same_answers(evaluate, Extractor, "extract", test, mixed)
