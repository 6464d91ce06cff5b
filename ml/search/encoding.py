"""An encoder of ours as one more scorer: trained on some families, heard only on others."""

# Q queries, D texts, H width

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import torch

from ml.extraction.backbone import english_folder
from ml.runtime import Runtime, runtime
from ml.search.judgements import SAME, Judged
from ml.search.matrices import Scores
from ml.search.ranker import Part
from ml.tasks.similarity import Similarity, SimilarityConfig
from ml.text.checkpoint import from_checkpoint
from ml.text.encoder import TextEncoder, TextEncoderConfig
from ml.text.tokenizer import Tokenizer, TokenizerConfig
from ml.training.config import TaskWeight, TrainingConfig
from ml.training.loop import train
from ml.training.objective import Objective

# `english`: on the transformer of the package, if it is installed; `scratch`: a small one of ours.
EncoderName = Literal["none", "scratch", "english"]
Encoder = Callable[[Sequence[str], Sequence[str]], Mapping[str, Scores]]
Notify = Callable[[str], None]

# Titles differ in length: few at once, alike, are padded to half of what all together would be.
SHAPE = TextEncoderConfig(width=384, chunk_tokens=2_048)
STEPS = 160  # of 96 pairs; more is learning the offers by heart
LEARNING_RATE = {"scratch": 1e-3, "english": 1e-4}


def cross_fitted(
    judged: Judged, name: Literal["scratch", "english"], seed: int, notify: Notify
) -> tuple[list[Encoder], list[Part]]:
    """Two encoders, each trained on one half of the families, with its scores on the other half.

    A half is a pool of its own: offers that an encoder was trained on lie in tight balls, compete
    with nothing, and flatter everything.
    """
    halves = judged.halves(0.5, seed)
    encoders = [trained_encoder(half, name, seed, notify) for half in halves]
    parts = [
        Part(half, encoder(half.queries, half.texts))
        for half, encoder in zip(halves, reversed(encoders), strict=True)
    ]
    return encoders, parts


def trained_encoder(
    judged: Judged, name: Literal["scratch", "english"], seed: int, notify: Notify
) -> Encoder:
    """Names of products and titles of their offers, drawn together."""
    folder = english_folder() if name == "english" else None
    texts, things = _texts_of_things(judged)
    torch.manual_seed(seed)
    if folder is None:
        tokenizer = Tokenizer.trained(texts, TokenizerConfig(vocabulary=6_000))
        encoder = TextEncoder.from_scratch(tokenizer, SHAPE)
    else:
        encoder = from_checkpoint(folder, SHAPE)
    encoder.count(texts)
    task = Similarity(encoder, texts, things, config=SimilarityConfig(dropped=0.0))
    rate = LEARNING_RATE[name if folder else "scratch"]
    config = TrainingConfig(
        steps=STEPS, learning_rate=rate, weight_decay=0.01, schedule="linear", seed=seed
    )
    on = _runtime()
    done = train(Objective(encoder, [task]), config, {task.name: TaskWeight()}, runtime=on)
    notify(f"an encoder learnt from {len(texts):,} texts in {done.seconds:.0f} s")
    return _Cosines(encoder, on)


class _Cosines:
    """Scores of texts by the vectors of an encoder."""

    def __init__(self, encoder: TextEncoder, on: Runtime) -> None:
        self._encoder = encoder
        self._runtime = on

    def __call__(self, queries: Sequence[str], texts: Sequence[str]) -> dict[str, Scores]:
        asked_QH, known_DH = self._unit(queries), self._unit(texts)
        cosine_QD = (asked_QH @ known_DH.T).numpy()
        return dict(zip(queries, cosine_QD, strict=True))

    def _unit(self, texts: Sequence[str]) -> torch.Tensor:
        self._encoder.eval()
        tokens_NL = self._encoder.tokenizer.padded(texts).to(self._runtime.device)
        with torch.inference_mode(), self._runtime.autocast():
            x_NH = self._encoder.vectors(tokens_NL)
        return torch.nn.functional.normalize(x_NH.float(), dim=-1).cpu()


def _texts_of_things(judged: Judged) -> tuple[list[str], list[int]]:
    texts, things = [], []
    for thing, (query, gains) in enumerate(zip(judged.queries, judged.gains, strict=True)):
        titles = [judged.texts[place] for place, gain in gains.items() if gain == SAME]
        texts += [query, *titles]
        things += [thing] * (1 + len(titles))
    return texts, things


def _runtime() -> Runtime:
    """Bfloat16 where the processor multiplies matrices in it: ten times as fast as float32."""
    fast = torch.cuda.is_available() or torch.cpu._is_amx_tile_supported()
    return runtime("auto", "bfloat16" if fast else "auto")
