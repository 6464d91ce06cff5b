"""The learnt order: what it is made of, how it is judged, and its files."""

import math

import pytest

from ml.errors import ArtefactCorrupted, GraphTooSmall, OffersInvalid
from ml.evaluation.gains import ndcg
from ml.search import evaluation
from ml.search.encoding import cross_fitted
from ml.search.evaluation import SearchTrial, evaluate_search, train_and_judge
from ml.search.judgements import read_judged
from ml.search.matrices import Bm25
from ml.search.pool import Pool, top
from ml.search.ranker import SETTINGS, TREES, Part, SearchConfig, SearchRanker
from ml.search.statistics import Statistics
from ml.search.words import split_words
from ml.text.encoder import TextEncoderConfig
from tests.ml.search.made_up import write_offers
from tests.progress import silent

QUICK = SearchConfig(trees=20, leaves=7, least_in_leaf=3, folds=2)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("offers")
    return write_offers(folder / "train.csv", 1), write_offers(folder / "test.csv", 2)


@pytest.fixture(scope="module")
def ranker(files):
    return SearchRanker.train([Part(read_judged(files[0]))], QUICK)


@pytest.mark.parametrize("label", ["Acme kettle", "nothing alike"])
def test_too_few_titles_to_grow_a_tree_are_told(tmp_path, label):
    path = tmp_path / "offers.csv"
    path.write_text(f"title,model\nacme kettle red,{label}\nbolt lamp,{label} 2\n")

    with pytest.raises(GraphTooSmall, match="fewer than 6 titles have a word of a name"):
        train_and_judge(read_judged(path), SearchTrial(ranking=QUICK), notify=silent)


@pytest.fixture(scope="module")
def report(files):
    return evaluate_search(*files, SearchTrial(ranking=QUICK), notify=silent)


def test_gains_far_down_count_less_and_the_best_order_is_one():
    assert ndcg([2, 1], [1, 2]) == 1
    assert ndcg([0, 2], [2]) == pytest.approx(1 / math.log2(3))
    assert ndcg([], [2]) == 0
    assert ndcg([0], []) == 0


def test_bm25_is_the_formula():
    texts = ["red lamp", "red red kettle", "blue lamp"]
    words = Statistics.of(texts).words

    found = Bm25(texts, split_words, words).scores("kettle")

    length = 1 - 0.6 + 0.6 * 3 / (7 / 3)
    rarity = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    assert found.tolist() == pytest.approx([0, rarity * 2.2 / (1 + 1.2 * length), 0])


def test_codes_are_found_however_they_are_spaced(ranker):
    texts = ["tandem dx 250 drill", "tandem dx251 drill", "tandem dx-25 o drill"]

    found = ranker.rank("Tandem DX250", [Pool.of(texts, ranker.statistics)])

    assert found.places[0] == 0
    assert list(found.scores) == sorted(found.scores, reverse=True)


def test_the_best_are_the_highest_and_of_equals_the_first():
    import numpy as np

    assert top(np.array([0.5, 2, 2, 1], dtype=np.float32), 2) == [1, 2]


@pytest.mark.parametrize("query", ["", "?!", "unheardof", "x" * 100_000, "\x00"])
def test_any_query_has_an_answer(ranker, query):
    found = ranker.rank(query, [Pool.of(["a lamp", "\ufeff", ""], ranker.statistics)])

    assert set(found.places) <= {0, 1, 2}


def test_a_ranker_comes_back_from_its_files(ranker):
    texts = [f"orvik kx{number} kettle" for number in range(100, 140)]
    again = SearchRanker.from_files(ranker.to_files())

    for query in ("Orvik KX120", "kettle 105 red"):
        pool = Pool.of(texts, ranker.statistics)
        assert again.rank(query, [pool]) == ranker.rank(query, [pool])


@pytest.mark.parametrize(
    ("file", "content"),
    [(SETTINGS, b"{"), (SETTINGS, b"\xff"), (TREES, b"no trees"), (TREES, b"\xff"), (TREES, None)],
)
def test_files_that_are_no_ranker_are_refused(ranker, file, content):
    files = {**ranker.to_files(), file: content}
    if content is None:
        del files[file]

    with pytest.raises(ArtefactCorrupted, match=file):
        SearchRanker.from_files(files)


def test_a_report_has_the_paired_difference_and_the_baselines(files, report):
    value = report.metrics["ndcg@10"]
    over = report.metrics["ndcg@10_over_bm25"]
    assert 0.5 < value.low <= value.value <= value.high <= 1
    assert over.value == pytest.approx(value.value - report.baselines["bm25"]["ndcg@10"])
    assert set(report.baselines) == {"bm25", "bm25_plain", "characters", "joined_characters"}
    assert report.config["queries"]["test"] > 10
    assert set(report.data) == set(map(str, files))


def test_further_baselines_are_asked_once_and_compared_query_by_query(files):
    asked = []

    def first_places(judged):
        asked.append(len(judged.queries))
        return [range(10) for _ in judged.queries]

    trial = SearchTrial(ranking=QUICK)
    report = evaluate_search(*files, trial, notify=silent, others={"neo4j": first_places})

    assert asked == [report.config["queries"]["test"]]
    over = report.metrics["ndcg@10_over_neo4j"]
    assert over.value == pytest.approx(
        report.metrics["ndcg@10"].value - report.baselines["neo4j"]["ndcg@10"]
    )
    assert over.low > 0


def test_the_test_is_read_after_the_training_and_one_seed_gives_one_report(
    files, report, monkeypatch
):
    order = []
    read, train = evaluation.read_judged, SearchRanker.train
    monkeypatch.setattr(
        evaluation, "read_judged", lambda path: order.append(path.name) or read(path)
    )
    monkeypatch.setattr(
        evaluation.SearchRanker, "train", lambda *given: order.append("learn") or train(*given)
    )

    again = evaluate_search(*files, SearchTrial(ranking=QUICK), notify=silent)

    assert order == ["train.csv", "learn", "test.csv"]
    assert again.metrics == report.metrics


def test_what_is_kept_is_judged_by_queries_it_had_not_seen(files):
    known = read_judged(files[0])

    ranker, found = train_and_judge(known, SearchTrial(ranking=QUICK), notify=silent)

    assert 0 < len(found.values) < len(known.queries) / 2
    assert ranker.to_files()


def test_variants_stay_together_and_gain_less(tmp_path):
    path = tmp_path / "offers.csv"
    path.write_text(
        "product_title,cluster_label,category_label\n"
        "orvik k1 black,Orvik K1 Black,Home\n"
        "orvik k1 white,Orvik K1 White,Home\n"
        "tandem d2,Tandem D2,Home\n"
    )

    judged = read_judged(path)

    assert judged.gains[0] == {0: 2, 1: 1}
    one, other = judged.halves(0.5, seed=0)
    assert sorted((len(one.queries), len(other.queries))) == [1, 2]
    assert not set(one.texts) & set(other.texts)


def test_one_product_is_nothing_to_search(tmp_path):
    path = tmp_path / "offers.csv"
    path.write_text("product_title,cluster_label,category_label\na,Orvik K1,Home\n")

    with pytest.raises(OffersInvalid, match="fewer than two products"):
        read_judged(path)


def test_an_encoder_is_heard_on_the_half_that_it_has_not_seen(files, monkeypatch):
    monkeypatch.setattr("ml.search.encoding.STEPS", 1)
    monkeypatch.setattr("ml.search.encoding.SHAPE", TextEncoderConfig(16, 16, 1, 2, buckets=64))
    judged = read_judged(files[0])

    encoders, parts = cross_fitted(judged, "scratch", 0, silent)

    assert sum(len(part.judged.queries) for part in parts) == len(judged.queries)
    for part in parts:
        assert set(part.encoded) == set(part.judged.queries)
    scores = encoders[0](["orvik"], ["orvik kettle", "tandem drill"])["orvik"]
    assert scores.shape == (2,)
    assert (abs(scores) <= 1.001).all()
