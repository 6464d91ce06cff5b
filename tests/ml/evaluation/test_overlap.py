"""What was learnt from is told where it is scored."""

from pathlib import Path

from ml.evaluation.overlap import tell_known
from tests.progress import silent


def test_examples_of_the_training_are_counted_and_told():
    said = []

    assert tell_known(Path("test.txt"), ["a", "b", "b"], ["b", "c"], said.append) == 2
    assert said == [
        "test.txt: 2 of 3 were in the files before it as well; they are scored, and flatter what "
        "learnt from them"
    ]


def test_of_new_examples_nothing_is_told():
    said = []

    assert tell_known(Path("test.txt"), ["a"], ["b"], said.append) == 0
    assert not said
    assert tell_known(Path("test.txt"), [], ["b"], silent) == 0
