"""`evaluate questions` over a catalog of three kettles, as far as it needs no server of its own."""

import pytest

from app.services.question_evaluation import judge_over, report_of
from ml.asking.gold import read_questions

pytestmark = [pytest.mark.anyio, pytest.mark.neo4j]

CATALOG = """brand,model,kind,weight,lid
Umber,Kettle,Kettles,900 g,Steel
Umber,Whistle 2,Kettles,1.1 kg,Glass
Ochre,Spout,Kettles,700 g,Glass
"""
MAPPING = """version = 1
target = "model"

[fields]
title = { column = "model" }
brand = { column = "brand" }
category = { column = "kind" }

[[parameters]]
id = "weight"
name = "Weight"
kind = "number"
unit = "g"
column = "weight"

[[parameters]]
id = "lid"
name = "Lid"
column = "lid"
"""
QUESTIONS = """
{"question": "which Umber kettle is the heaviest", "language": "en", "expected": ["Whistle 2"]}
{"question": "How many kettles have a glass lid?", "language": "en", "expected": [2]}
{"question": "Spout多重", "language": "zh", "expected": [700], "session": "a"}
{"question": "它的品牌呢", "language": "zh", "expected": ["Ochre"], "session": "a"}
{"question": "How heavy is the Spout?", "language": "en", "expected": [701]}
{"question": "How heavy is the Spout?", "language": "en", "expected": [900]}
{"question": "Will it rain?", "language": "en", "expected": "refuse"}
{"question": "weight of the Ochre Whistle 3", "language": "en", "expected": "refuse"}
"""


async def test_right_answers_and_refusals_are_counted_over_a_catalog(database, tmp_path):
    catalog, mapping = tmp_path / "kettles.csv", tmp_path / "kettles.toml"
    questions = tmp_path / "questions.jsonl"
    for path, text in ((catalog, CATALOG), (mapping, MAPPING), (questions, QUESTIONS)):
        path.write_text(text, encoding="utf-8")

    found = await judge_over(
        database.connection, [catalog], mapping, read_questions(questions), tmp_path
    )
    report = report_of(found, [catalog, mapping, questions], None, 1.0)

    wrong = [(one.question.question, one.asked.answer) for one in found if not one.right]
    assert wrong == [("How heavy is the Spout?", (700.0,))]
    assert report.metrics["refused"].value == 1.0
    assert report.metrics["correct"].value == pytest.approx(5 / 6)
    assert report.config["in_scope"] == 6
