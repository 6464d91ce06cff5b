import pytest
import torch
from torch_geometric.data import HeteroData

from ml.text.encoder import TextEncoder
from tests.ml.tasks.text_cases import TITLES, text_encoder

TEXTS = ["acme kettle k21 40 w", "fan", "", "borealis drill l22 60 w and much more of it"]


@pytest.fixture
def encoder():
    torch.manual_seed(7)
    return text_encoder().eval()


def test_every_text_has_a_vector(encoder):
    vectors = encoder.encode(TEXTS)

    assert vectors.shape == (4, 16)
    assert vectors.dtype == torch.float32
    assert torch.isfinite(vectors).all()


def test_a_text_without_words_is_zero(encoder):
    assert not encoder.encode(TEXTS)[2].any()


def test_no_texts_make_no_vectors(encoder):
    assert encoder.encode([]).shape == (0, 16)
    assert encoder.encode([""]).shape == (1, 16)


def test_a_vector_does_not_depend_on_what_else_is_encoded(encoder):
    together = encoder.encode(TEXTS)

    alone = torch.cat([encoder.encode([text]) for text in TEXTS])

    torch.testing.assert_close(together, alone)


def test_chunks_of_any_size_give_the_same_vectors():
    torch.manual_seed(7)
    whole = text_encoder().eval()
    pieces = text_encoder(chunk_tokens=10).eval()
    pieces.load_state_dict(whole.state_dict())

    torch.testing.assert_close(pieces.encode(TITLES), whole.encode(TITLES))


def test_it_gives_a_vector_to_every_node_that_has_tokens(encoder):
    data = HeteroData()
    data["Product"].tokens = encoder.tokenizer.padded(TEXTS)
    data["Brand"].tokens = encoder.tokenizer.padded(["acme"])
    data["Value"].num_nodes = 3

    vectors = encoder(data)

    assert {label: tuple(x.shape) for label, x in vectors.items()} == {
        "Product": (4, 16),
        "Brand": (1, 16),
    }
    torch.testing.assert_close(vectors["Product"], encoder.encode(TEXTS))


def test_what_is_described_is_built_again_and_takes_the_weights(encoder):
    again = TextEncoder.from_json(encoder.to_json())
    again.load_state_dict(encoder.state_dict())

    assert again.encode(TEXTS).equal(encoder.encode(TEXTS))


def test_words_in_common_bring_texts_together_before_anything_is_learnt(encoder):
    asked, other_words, other_order = torch.nn.functional.normalize(
        encoder.encode(["acme kettle k21", "dynamo fan p24", "k21 acme kettle"])
    )

    assert asked @ other_order > asked @ other_words


def test_the_lexical_channel_can_be_left_out():
    encoder = text_encoder(buckets=0)

    assert encoder.lexical is None
    assert encoder.encode(TEXTS).shape == (4, 16)
