import pytest
import torch

from ml.errors import GraphTooSmall
from ml.tasks.masked_language import MaskedLanguage, MaskedLanguageConfig
from tests.ml.tasks.text_cases import TITLES, text_encoder


def generator(seed=7):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def encoder():
    torch.manual_seed(7)
    return text_encoder()


def what_is_hidden(encoder, texts, **config):
    """Tokens, words, and which of the tokens the encoder could not see as they are."""
    task = MaskedLanguage(encoder, texts, config=MaskedLanguageConfig(**config))
    batch = next(task.batches(generator()))
    seen = {}
    encoder.states = lambda tokens: (
        seen.setdefault("tokens", tokens).float()[..., None].expand(-1, -1, encoder.state_width)
    )
    task(encoder, batch, generator())
    return batch.tokens, batch.words, seen["tokens"] != batch.tokens


def test_words_are_hidden_whole(encoder):
    _, words, hidden = what_is_hidden(encoder, ["kettlekettle acmeacme drillfan"] * 32, kept=0)

    for row, flags in zip(words.tolist(), hidden.tolist(), strict=True):
        by_word = {word: {f for w, f in zip(row, flags, strict=True) if w == word} for word in row}
        assert all(len(flags) == 1 for flags in by_word.values())


@pytest.mark.parametrize(("words", "expected"), [(1, 1), (5, 1), (10, 2), (20, 4)])
def test_about_a_fifth_of_the_words_is_hidden_and_one_at_least(encoder, words, expected):
    title = " ".join(["acme"] * words)

    _, _, hidden = what_is_hidden(encoder, [title] * 4, hidden=0.2, kept=0, replaced=0)

    assert hidden.sum(1).tolist() == [expected] * 4


def test_padding_is_never_hidden(encoder):
    tokens, _, hidden = what_is_hidden(encoder, ["acme", "acme kettle k21 40 w fan"], kept=0)

    assert not hidden[tokens == 0].any()


def test_texts_without_words_are_left_out(encoder):
    task = MaskedLanguage(encoder, ["", "acme kettle", "   "])

    assert [len(batch.tokens) for batch in task.batches(generator())] == [1]


def test_nothing_to_read_is_refused(encoder):
    with pytest.raises(GraphTooSmall):
        MaskedLanguage(encoder, ["", "  "])


def test_without_validation_texts_nothing_is_measured(encoder):
    assert MaskedLanguage(encoder, TITLES).evaluate(encoder, generator()) == {}


@pytest.mark.parametrize("wrong", [{"hidden": 0}, {"kept": 0.7, "replaced": 0.6}])
def test_shares_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match="hid"):
        MaskedLanguageConfig(**wrong)
