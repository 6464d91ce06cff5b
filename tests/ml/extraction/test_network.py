"""The span network: what it reads, and that it learns from what stands around a value."""

from dataclasses import replace

import pytest
import torch

from ml.errors import TextCheckpointInvalid
from ml.extraction.backbone import Backbone, from_folder, from_scratch
from ml.extraction.labels import labels_of
from ml.extraction.lessons import Lesson
from ml.extraction.network import SpanNetwork, SpanNetworkConfig
from ml.extraction.network_inputs import Question, inputs_of
from ml.extraction.network_training import NetworkRecipe, train_network
from ml.extraction.proposals import by_network
from ml.extraction.slots import Slots
from ml.extraction.tokens import LONGEST_SPAN, tokenise
from tests.ml.extraction.conftest import silent
from tests.ml.extraction.made_up import texts

SMALL = SpanNetworkConfig(width=32, pair_width=16, dropout=0.0)


def made(labelled):
    torch.manual_seed(0)
    slots = Slots.of_texts(labelled)
    backbone = from_scratch((text.text for text in labelled), width=32, layers=1)
    return SpanNetwork(backbone, slots, SMALL)


def lesson(text, slots):
    labels = labels_of(text)
    spans = {parameter: labels.token_spans(parameter) for parameter in labels.spans}
    question = Question(labels.text, text.category, slots.asked(text.category))
    return Lesson(question, spans, labels.silent, frozenset())


@pytest.fixture(scope="module")
def trained():
    labelled = texts(100)
    network = made(labelled)
    lessons = [lesson(text, network.slots) for text in labelled]
    recipe = NetworkRecipe(epochs=12, backbone_rate=3e-3, head_rate=1e-2)
    train_network(network, lessons, recipe, dtype=torch.float32, seed=0, notify=silent)
    return network


def test_spans_and_silence_share_one_probability(trained):
    questions = [
        Question(tokenise("Lumora Desk Lamp, Red, 40W"), "lamps", ("Color", "Power", "Brand")),
        Question(tokenise("Oxford"), "shoes", ("Color",)),
    ]

    span_NATW, silence_NA = trained.log_posteriors(
        inputs_of(questions, trained.backbone, trained.slots)
    )

    total_NA = span_NATW.exp().sum((2, 3)) + silence_NA.exp()
    assert total_NA.flatten().tolist() == pytest.approx([1.0] * 6, abs=1e-4)
    assert span_NATW.shape[-1] == LONGEST_SPAN
    assert span_NATW[1, 0, 1:].exp().sum() == 0  # the second text has one token


def test_it_finds_what_training_showed(trained):
    text = tokenise("Okti Floor Lamp, Copper, 55W")
    question = Question(text, "lamps", ("Color", "Power"))

    span_NATW, _ = trained.log_posteriors(inputs_of([question], trained.backbone, trained.slots))

    places = [divmod(int(span_NATW[0, a].argmax()), LONGEST_SPAN) for a in range(2)]
    said = [
        text.clean.text[text.starts_T[first] : text.ends_T[first + length]]
        for first, length in places
    ]
    assert said == ["Copper", "55W"]


def test_a_value_that_no_text_said_is_known_by_its_surroundings(trained):
    text = tokenise("Okti Floor Lamp, Zinnober, 55W")
    question = Question(text, "lamps", ("Color",))

    span_NATW, _ = trained.log_posteriors(inputs_of([question], trained.backbone, trained.slots))

    first, length = divmod(int(span_NATW[0, 0].argmax()), LONGEST_SPAN)
    assert text.words[first : first + length + 1] == ("zinnober",)


def test_every_weight_that_is_trained_gets_a_gradient():
    labelled = texts(8)
    network = made(labelled)
    network.train()
    questions = [lesson(text, network.slots).question for text in labelled]

    span_NATW, silence_NA = network(inputs_of(questions, network.backbone, network.slots))
    (span_NATW.logsumexp((2, 3)).sum() + silence_NA.square().sum()).backward()

    missing = [
        name
        for name, weight in network.named_parameters()
        if weight.requires_grad and (weight.grad is None or not weight.grad.abs().sum())
    ]
    assert missing == []


def test_networks_that_agree_are_as_sure_together_as_alone(trained):
    question = Question(tokenise("Lumora Desk Lamp, Red, 40W"), "lamps", ("Color", "Power"))

    (alone,), (together,) = (by_network((trained,) * n, [question]) for n in (1, 3))

    assert together.span_ATW == pytest.approx(alone.span_ATW, abs=1e-4)
    assert together.silence_A == pytest.approx(alone.silence_A, abs=1e-4)


def test_few_texts_are_read_more_often():
    assert NetworkRecipe().epochs_of(100) > NetworkRecipe().epochs_of(5_000)
    assert NetworkRecipe(epochs=3).epochs_of(100) == 3


def test_the_same_seed_gives_the_same_network():
    labelled = texts(16)
    weights = []
    for _ in range(2):
        network = made(labelled)
        lessons = [lesson(text, network.slots) for text in labelled]
        recipe = replace(NetworkRecipe(), epochs=1)
        train_network(network, lessons, recipe, dtype=torch.float32, seed=3, notify=silent)
        weights.append(network.of_slot.weight.detach().clone())

    assert torch.equal(*weights)


def test_a_transformer_is_described_whole(trained):
    again = Backbone.from_json(trained.backbone.to_json())
    again.load_state_dict(trained.backbone.state_dict())

    assert again.pieces_of("lumora") == trained.backbone.pieces_of("lumora")
    assert again.marks == trained.backbone.marks


def test_a_folder_without_a_transformer_is_refused(tmp_path):
    with pytest.raises(TextCheckpointInvalid, match="save_pretrained"):
        from_folder(tmp_path)
