"""`catalograph evaluate search` as people and scripts use it."""

import json

from tests.ml.search.made_up import write_offers


def test_json_is_one_report_and_nothing_else_on_standard_output(run, tmp_path):
    train, test = (write_offers(tmp_path / f"{n}.csv", n, count=12) for n in (1, 2))

    done = run("evaluate", "search", "--train", train, "--test", test, "--json")

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert list(report) == ["task", "metrics", "baselines", "seconds", "config", "data"]
    assert set(report["metrics"]["ndcg@10"]) == {"value", "low", "high"}
    assert "learnt from 12 queries" in done.stderr
