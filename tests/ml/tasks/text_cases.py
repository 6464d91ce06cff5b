"""Text tasks over a few made-up titles, for the conformance tests."""

from ml.tasks.adjacent_text import AdjacentText
from ml.tasks.masked_language import MaskedLanguage
from ml.tasks.similarity import Similarity
from ml.text.encoder import TextEncoder, TextEncoderConfig
from ml.text.tokenizer import Tokenizer

MAKERS = ("acme", "borealis", "cumulus", "dynamo")
THINGS = ("kettle", "drill", "lamp", "手机", "heater", "fan")
TITLES = [
    f"{maker} {thing} {letter}{number} {watts} w"
    for number, maker in enumerate(MAKERS, start=21)
    for letter, thing in zip("klmnop", THINGS, strict=True)
    for watts in (40, 60)
]


def text_encoder(**changes):
    tokenizer = Tokenizer.trained(TITLES)
    shape = {"width": 16, "states": 32, "layers": 1, "heads": 2, "dropout": 0.0, "buckets": 512}
    return TextEncoder.from_scratch(tokenizer, TextEncoderConfig(**(shape | changes)))


def masked_language():
    encoder = text_encoder()
    return MaskedLanguage(encoder, TITLES[:40], TITLES[40:]), encoder, 40


def adjacent_text():
    encoder = text_encoder()
    pairs = [(title, f"the {title.split()[1]} by {title.split()[0]}") for title in TITLES]
    return AdjacentText(encoder, pairs[:40], pairs[40:]), encoder, 40


def similarity():
    encoder = text_encoder()
    things = [number // 2 for number in range(len(TITLES))]
    task = Similarity(encoder, TITLES[:40], things[:40], TITLES[40:], things[40:])
    return task, encoder, 40
