"""An extractor without a network, trained once for the tests of this folder."""

import pytest

from ml.extraction.extractor import Extractor
from ml.extraction.ranker import RankerConfig
from ml.extraction.stacking import ExtractionConfig
from tests.ml.extraction.made_up import texts
from tests.progress import silent

QUICK = ExtractionConfig(network="none", ranker=RankerConfig(trees=40, rate=0.2))


@pytest.fixture(scope="session")
def extractor():
    return Extractor.train(texts(), QUICK, notify=silent)
