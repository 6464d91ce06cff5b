"""Parts of a pretrained transformer learn, and adapters leave no trace of themselves."""

import pytest
import torch
from torch import nn
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel

from ml.errors import RecipeInvalid
from ml.text.encoder import TextEncoder, TextEncoderConfig
from ml.text.tokenizer import Tokenizer
from ml.text.tuning import LowRank, TuningConfig, Weights, merge, tune

ADAPTERS = TuningConfig(tuned="adapters", rank=2)
WORDS = torch.tensor([[3, 4, 5], [6, 7, 0]])


def bert(layers=3):
    torch.manual_seed(0)
    shape = BertConfig(
        vocab_size=9,
        hidden_size=8,
        num_hidden_layers=layers,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=4,
    )
    return BertModel(shape, add_pooling_layer=False).eval()


def distilbert():
    shape = DistilBertConfig(
        vocab_size=9, dim=8, n_layers=2, n_heads=2, hidden_dim=16, max_position_embeddings=4
    )
    return DistilBertModel(shape).eval()


def states(transformer):
    return transformer(input_ids=WORDS).last_hidden_state


def trained(transformer, config, steps=3):
    """After some steps towards nothing in particular; a head so that `head` has what to learn."""
    head = nn.Linear(8, 1)
    tune(transformer, config)
    learning = [w for w in (*transformer.parameters(), *head.parameters()) if w.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=0.1, weight_decay=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        head(states(transformer)).square().sum().backward()
        optimizer.step()
    return transformer


@pytest.mark.parametrize("make", [bert, distilbert])
def test_adapters_begin_with_what_was_pretrained(make):
    transformer = make()
    before = states(transformer)

    tune(transformer, ADAPTERS)

    assert torch.equal(states(transformer), before)
    adapters = [module for module in transformer.modules() if isinstance(module, LowRank)]
    assert len(adapters) == 4 * transformer.config.num_hidden_layers


def test_merged_adapters_give_what_they_gave_beside_the_weights():
    plain = bert()
    transformer = trained(bert(), ADAPTERS)
    unmerged = states(transformer)

    merge(transformer)

    assert torch.allclose(states(transformer), unmerged, atol=1e-5)
    assert not torch.allclose(states(plain), unmerged, atol=1e-2)
    names = {name: weight.shape for name, weight in transformer.state_dict().items()}
    assert names == {name: weight.shape for name, weight in plain.state_dict().items()}


@pytest.mark.parametrize(
    ("config", "learns"),
    [
        (TuningConfig(tuned="head"), ()),
        (TuningConfig(tuned="last", last_layers=1), ("encoder.layer.2.",)),
        (ADAPTERS, ("query.weight", "value.weight", "intermediate.dense.weight")),
        (TuningConfig(tuned="all"), ("",)),
    ],
)
def test_what_is_frozen_stays_as_it_was_to_the_bit(config, learns):
    before = bert().state_dict()

    transformer = trained(bert(), config)
    merge(transformer)

    changed = {
        name for name, now in transformer.state_dict().items() if not torch.equal(now, before[name])
    }
    allowed = {name for name in before if any(part in name for part in learns)}
    if config.tuned == "adapters":  # of the two products named `output.dense`, the wider one
        allowed |= {f"encoder.layer.{n}.output.dense.weight" for n in range(3)}
    assert changed <= allowed
    assert bool(changed) == bool(learns)


def test_the_weights_that_learn_are_counted():
    transformer = bert()
    every = Weights.of(transformer).all

    tune(transformer, ADAPTERS)

    of_layer = 2 * 2 * (8 + 8) + 2 * 2 * (8 + 16)  # rank 2: query, value; in and out
    assert Weights.of(transformer) == Weights(3 * of_layer, every + 3 * of_layer)


def test_what_its_owner_froze_is_not_woken():
    transformer = bert()
    transformer.encoder.layer[2].output.dense.bias.requires_grad_(False)

    tune(transformer, TuningConfig(tuned="last", last_layers=1))

    assert not transformer.encoder.layer[2].output.dense.bias.requires_grad
    assert transformer.encoder.layer[2].output.dense.weight.requires_grad


def test_more_layers_than_there_are_is_an_error():
    with pytest.raises(RecipeInvalid, match=r"tuning.last_layers.*no more than 3 layers"):
        tune(bert(), TuningConfig(tuned="last", last_layers=4))


def test_an_encoder_of_ours_can_be_adapted():
    tokenizer = Tokenizer.trained(["a red lamp", "a green lamp"])
    encoder = TextEncoder.from_scratch(tokenizer, TextEncoderConfig(width=8, states=8, heads=2))
    names = set(encoder.state_dict())
    before = encoder.encode(["red lamp"])

    tune(encoder.backbone, ADAPTERS)
    same = encoder.encode(["red lamp"])
    merge(encoder.backbone)

    assert torch.equal(same, before)
    assert set(encoder.state_dict()) == names
