import pytest
import torch
from tokenizers import Tokenizer as Backend
from tokenizers import models, pre_tokenizers, processors
from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaModel

from ml.errors import TextCheckpointInvalid
from ml.tasks.masked_language import MaskedLanguage
from ml.text.checkpoint import from_checkpoint
from ml.text.encoder import TextEncoder, TextEncoderConfig

WORDS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "acme", "kettle", "lamp", "fan"]
CONFIG = TextEncoderConfig(width=12, buckets=64)


@pytest.fixture
def folder(tmp_path):
    """A checkpoint that pads with 1 and begins every text with 0, as RoBERTa's do."""
    backend = Backend(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<unk>"))
    backend.pre_tokenizer = pre_tokenizers.Whitespace()
    backend.post_processor = processors.BertProcessing(("</s>", 2), ("<s>", 0))
    special = {"pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}
    PreTrainedTokenizerFast(tokenizer_object=backend, **special).save_pretrained(tmp_path)
    torch.manual_seed(7)
    shape = RobertaConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=20,
        pad_token_id=1,
    )
    RobertaModel(shape).save_pretrained(tmp_path)
    return tmp_path


def test_a_checkpoint_gives_vectors(folder):
    encoder = from_checkpoint(folder, CONFIG)

    assert encoder.encode(["acme kettle", "lamp", ""]).shape == (3, 12)
    assert encoder.tokenizer.longest == 18


def test_loading_draws_no_bar_amid_ours(folder, capfd):
    from_checkpoint(folder)

    assert capfd.readouterr().err == ""


def test_padding_is_zero_outside_whatever_the_checkpoint_says(folder):
    encoder = from_checkpoint(folder, CONFIG)

    tokens = encoder.tokenizer.padded(["acme kettle", "lamp"])

    assert tokens.tolist() == [[1, 5, 6, 2], [1, 7, 2, 0]]
    assert encoder.tokenizer.exchanged(tokens).tolist() == [[0, 5, 6, 2], [0, 7, 2, 1]]


def test_padding_changes_no_vector(folder):
    encoder = from_checkpoint(folder, CONFIG)

    together = encoder.encode(["acme kettle lamp fan", "lamp"])[1]

    torch.testing.assert_close(together, encoder.encode(["lamp"])[0])


def test_it_is_built_again_without_its_folder(folder):
    encoder = from_checkpoint(folder, CONFIG).eval()

    again = TextEncoder.from_json(encoder.to_json())
    again.load_state_dict(encoder.state_dict())

    torch.testing.assert_close(again.encode(["acme fan"]), encoder.encode(["acme fan"]))


def test_it_goes_on_learning_masked_language(folder):
    encoder = from_checkpoint(folder, CONFIG)
    task = MaskedLanguage(encoder, ["acme kettle", "acme lamp fan"])

    outcome = task(encoder, next(task.batches(torch.Generator())), torch.Generator())

    assert torch.isfinite(outcome.loss)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(TextCheckpointInvalid, match=r"config\.json"):
        from_checkpoint(tmp_path / "nowhere")


def test_a_folder_without_weights_is_told(folder):
    (folder / "model.safetensors").unlink()

    with pytest.raises(TextCheckpointInvalid, match="safetensors"):
        from_checkpoint(folder)


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_spoilt_file_is_told(folder, name):
    (folder / name).write_bytes(b"\x00 nothing of the kind")

    with pytest.raises(TextCheckpointInvalid):
        from_checkpoint(folder)
