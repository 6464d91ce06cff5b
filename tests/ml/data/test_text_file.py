"""Files of examples are read plain and packed, whatever they hold."""

import gzip

import pytest

from ml.asking.gold import read_questions
from ml.data.text_file import text_of
from ml.entities.bieos import read_bieos
from ml.entities.gazetteers import read_gazetteers
from ml.errors import LabelsInvalid
from ml.extraction.reading import read_gold
from ml.extraction.reading import read_triples as read_readings
from ml.linking.offers import read_offers
from ml.links.triples import read_triples
from ml.matching.pair_file import read_pairs
from ml.recommendation.sequences import read_interactions, read_sequences

PAIR = "COL title VAL red kettle\tCOL title VAL kettle"
READERS = {
    "pairs": (read_pairs, f"{PAIR}\t1\n{PAIR} black\t0\n"),
    "triples": (lambda path: read_triples(path).heads, "lamp\tmade of\toak\n"),
    "titles": (lambda path: read_bieos(path).titles, "茶\tS-WARE\n\n杯\tO\n"),
    "gazetteer": (lambda path: read_gazetteers({"brand": path}), "Acme\n"),
    "labels": (
        read_gold,
        '{"input": "red lamp", "category": "lamps", "target_scores": {"Color": {"red": 1}}}\n',
    ),
    "readings": (read_readings, "red lamp\x01Color\x01red\n"),
    "offers": (read_offers, "title,model\nred kettle,Acme K1\n"),
    "sequences": (read_sequences, "ann b a\nbob a\n"),
    "questions": (
        read_questions,
        '{"question": "How many lamps?", "language": "en", "expected": [3]}\n',
    ),
}


@pytest.fixture
def file(tmp_path):
    def file(content):
        path = tmp_path / "examples"
        path.write_bytes(content)
        return path

    return file


@pytest.mark.parametrize("kind", READERS)
def test_every_kind_of_examples_may_be_packed_and_begin_with_a_mark(file, kind):
    read, text = READERS[kind]

    plain = read(file(text.encode()))

    assert len(plain)
    assert read(file(gzip.compress(text.encode()))) == plain
    assert read(file(b"\xef\xbb\xbf" + text.encode())) == plain
    assert read(file(text.replace("\n", "\r\n").encode())) == plain


def test_attributes_of_items_may_be_packed(tmp_path):
    sequences, attributes = tmp_path / "sequences.txt", tmp_path / "attributes.json.gz"
    sequences.write_text("ann a b\n")
    attributes.write_bytes(gzip.compress(b'{"a": ["red"]}'))

    assert read_interactions(sequences, attributes).attributes == ("red",)


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"red\n\xff\n", 2, "is not UTF-8"),
        (gzip.compress(b"red lamp " * 50)[:20], None, "is cut off or damaged"),
        (gzip.compress(b"red")[:3] + b"lamp, and no archive", None, "is cut off or damaged"),
        (None, None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_says_nothing_is_named_with_the_reason(file, tmp_path, content, line, reason):
    path = tmp_path / "gone" if content is None else file(content)

    with pytest.raises(LabelsInvalid) as caught:
        text_of(path, LabelsInvalid)

    assert (caught.value.path, caught.value.line, caught.value.reason) == (path, line, reason)
