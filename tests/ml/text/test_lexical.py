import torch

from ml.text.lexical import LexicalChannel


def channel(width=512, longest_run=2):
    return LexicalChannel(20, 4, width, buckets=4096, longest_run=longest_run)


def vectors(lexical, *texts):
    longest = max(map(len, texts))
    tokens = torch.tensor([[*text, *[0] * (longest - len(text))] for text in texts])
    return lexical(tokens, torch.zeros(*tokens.shape, 4))


def test_texts_without_a_run_in_common_are_nearly_orthogonal():
    one, other = vectors(channel(), [5, 6, 7], [8, 9, 10])

    assert abs(one @ other) < 0.2


def test_the_more_runs_in_common_the_nearer():
    asked, same_order, same_tokens, one_token = vectors(
        channel(), [5, 6, 7], [5, 6, 7, 8], [7, 6, 5, 8], [5, 9, 10, 11]
    )

    assert asked @ same_order > asked @ same_tokens > asked @ one_token


def test_padding_says_nothing():
    alone = vectors(channel(), [5, 6])[0]
    padded = vectors(channel(), [5, 6], [1, 2, 3, 4, 5])[0]

    torch.testing.assert_close(alone, padded)


def test_a_text_shorter_than_the_longest_run_has_a_vector():
    (vector,) = vectors(channel(longest_run=4), [5])

    torch.testing.assert_close(vector.norm(), torch.tensor(1.0))


def test_random_vectors_are_the_same_everywhere():
    lexical = channel(width=8)

    assert lexical.signs.equal(channel(width=8).signs)
    assert set(lexical.signs.unique().tolist()) == {-1, 1}
    assert "signs" not in lexical.state_dict()


def test_rare_tokens_begin_with_more_weight():
    lexical = channel()
    lexical.count(torch.tensor([5, 6, 5, 7, 5, 5]), torch.tensor([0, 0, 1, 1, 2, 2]))

    asked, frequent, rare = vectors(lexical, [5, 6, 9], [5, 10, 11], [12, 6, 13])

    assert asked @ rare > asked @ frequent
