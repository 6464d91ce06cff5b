"""The span network begins with what was learnt before, all of it or with a part that learns."""

from dataclasses import replace

import pytest
import tokenizers
import torch
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import (
    BertConfig,
    BertModel,
    PreTrainedTokenizerFast,
    T5Config,
    T5Model,
)

from ml.errors import RecipeInvalid, TextCheckpointInvalid
from ml.extraction.backbone import Marks
from ml.extraction.extractor import Extractor
from ml.extraction.network import SpanNetworkConfig
from ml.extraction.network_training import NetworkRecipe
from ml.extraction.ranker import RankerConfig
from ml.extraction.stacking import ExtractionConfig, Stacking
from ml.extraction.starts import Start, from_text_encoder
from ml.text.encoder import TextEncoder, TextEncoderConfig
from ml.text.tokenizer import Tokenizer, TokenizerConfig
from ml.text.tuning import TuningConfig
from tests.ml.extraction.conftest import silent
from tests.ml.extraction.made_up import texts

ADAPTED = ExtractionConfig(
    folds=2,
    together=1,
    shape=SpanNetworkConfig(width=16, pair_width=8),
    recipe=NetworkRecipe(epochs=2, tuning=TuningConfig(tuned="adapters", rank=2)),
    ranker=RankerConfig(trees=20, rate=0.2),
)


@pytest.fixture(scope="module")
def encoder():
    torch.manual_seed(0)
    titles = [text.text for text in texts(60)]
    tokenizer = Tokenizer.trained(titles, TokenizerConfig(vocabulary=500, characters=100))
    shape = TextEncoderConfig(width=16, states=16, layers=2, heads=2, buckets=0)
    return TextEncoder.from_scratch(tokenizer, shape)


def test_a_start_reads_what_its_encoder_reads_and_is_a_copy(encoder):
    ids = encoder.tokenizer.padded(["vetra desk lamp"])
    encoder.eval()

    backbone = from_text_encoder(encoder).eval()

    pieces = [piece for word in ("vetra", "desk", "lamp") for piece in backbone.pieces_of(word)]
    assert pieces == ids[0].tolist()
    inputs = backbone.embedding(ids)
    assert torch.allclose(backbone(inputs, torch.ones_like(ids)), encoder.states(ids), atol=1e-5)
    backbone.embedding.weight.data.zero_()
    assert encoder.embedding.abs().sum() > 0


def test_an_extractor_that_learnt_by_adapters_is_read_like_any_other(encoder):
    start = Start("products/1", from_text_encoder(encoder))
    before = {name: w.clone() for name, w in start.backbone.state_dict().items()}
    heard = []

    learnt = Extractor.of(Stacking(texts(40), ADAPTED, heard.append, (), start).run())
    again = Extractor.from_files(learnt.to_files())

    asked = (["Okti Floor Lamp, Copper, 55W"], ["lamps"])
    assert again.extract(*asked) == learnt.extract(*asked)
    assert any("weights learn" in line for line in heard)
    after = start.backbone.state_dict()
    assert all(torch.equal(after[name], weight) for name, weight in before.items())


def test_frozen_weights_are_those_of_the_start(encoder):
    start = Start("products/1", from_text_encoder(encoder))
    head = ADAPTED.tuning("head")

    network = Stacking(texts(30), head, silent, (), start).run().networks[0]

    found = network.backbone.state_dict()
    given = {  # the network serves in the format that is faster here
        name: weight.to(found[name].dtype) for name, weight in start.backbone.state_dict().items()
    }
    assert all(torch.equal(found[name], weight) for name, weight in given.items())
    assert network.shape.weight.abs().sum() > 0  # what is new did learn


@pytest.mark.parametrize(
    ("network", "given", "reason"),
    [
        ("scratch", False, "head needs a pretrained transformer"),
        ("none", False, "head needs a pretrained transformer"),
        ("none", True, "network none leaves no use for a start"),
    ],
)
def test_a_part_of_nothing_is_refused_before_anything_is_learnt(encoder, network, given, reason):
    config = replace(ADAPTED.tuning("head"), network=network)
    start = Start("products/1", from_text_encoder(encoder)) if given else None

    with pytest.raises(RecipeInvalid, match=reason):
        Stacking(texts(30), config, silent, (), start)


def written(folder, transformer):
    """A checkpoint as transformers writes it: since version 5, special tokens in no own file."""
    words = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", "[UNK]", "lamp"]
    backend = tokenizers.Tokenizer(WordLevel({w: i for i, w in enumerate(words)}, "[UNK]"))
    backend.pre_tokenizer = Whitespace()
    roles = {"pad": "[PAD]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]", "unk": "[UNK]"}
    special = {f"{role}_token": word for role, word in roles.items()}
    PreTrainedTokenizerFast(tokenizer_object=backend, **special).save_pretrained(folder)
    transformer.save_pretrained(folder)
    return folder


def small_bert(positions):
    return BertModel(
        BertConfig(
            vocab_size=6,
            hidden_size=8,
            num_hidden_layers=1,
            num_attention_heads=2,
            intermediate_size=8,
            max_position_embeddings=positions,
        )
    )


def test_a_local_checkpoint_is_a_start(tmp_path):
    start = Start.of_folder(written(tmp_path, small_bert(40)))

    assert (start.name, start.parent) == (tmp_path.name, None)
    assert start.backbone.marks == Marks(pad=0, start=1, separator=2, mask=3)
    assert (start.backbone.longest, start.backbone.pieces_of("lamp")) == (40, (5,))


def test_one_that_reads_too_little_of_a_text_is_refused(tmp_path):
    folder = written(tmp_path, small_bert(8))

    with pytest.raises(RecipeInvalid, match=r"reads 8 pieces.*take 32.*tokenizer\.longest"):
        Start.of_folder(folder)


def test_one_that_gives_no_states_of_pieces_is_refused(tmp_path):
    shape = T5Config(vocab_size=6, d_model=8, d_kv=4, d_ff=8, num_layers=1, num_heads=2)
    folder = written(tmp_path, T5Model(shape))

    with pytest.raises(TextCheckpointInvalid, match="T5Model gives no state for each piece"):
        Start.of_folder(folder)
