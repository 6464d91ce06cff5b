"""Artefacts for tests, made without torch: the smallest weights there can be."""

import struct
from datetime import UTC, datetime

from ml.artefact import ArtefactDraft, Measure

NOW = datetime(2025, 3, 1, 9, 30, tzinfo=UTC)


def weights_file(folder, name="weights.safetensors", header=b"{}"):
    """A safetensors file without a tensor."""
    path = folder / name
    path.write_bytes(struct.pack("<Q", len(header)) + header)
    return path


def draft(folder, **fields):
    """What a training run would hand over; its weights file is put into `folder`."""
    defaults = {
        "kind": "graph-encoder",
        "weights": weights_file(folder),
        "width": 4,
        "config": {"layers": 2, "optimiser": {"rate": 0.01}},
        "created_at": NOW,
        "code_version": "0.1.0",
        "data_fingerprint": "5f2c",
        "seed": 7,
        "metrics": {"recall@10": Measure(0.9, 0.88, 0.92)},
        "baselines": {"popularity": {"recall@10": 0.3}},
        "files": {"vocabulary.json": b'["lamp"]'},
    }
    return ArtefactDraft(**{**defaults, **fields})
