"""A graph for PyTorch Geometric as one file without code in it: safetensors, its ids included."""

# E edges of one type, N nodes of one label, B bytes of their ids together

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch_geometric.data import HeteroData

from graph.errors import SnapshotNotWritten
from graph.snapshot import Manifest, Snapshot
from ml.errors import HeteroFileInvalid

FORMAT = "catalograph-graph-1"


def write_hetero(data: HeteroData, snapshot: Snapshot, path: Path) -> None:
    """Write `data`, the ids of its nodes and what the snapshot says of itself; whole or not at all.

    The tensors are `edge_index/A/TYPE/B` int64 [2, E], `id/LABEL` uint8 [B] and `id_ends/LABEL`
    int64 [N]: where each id ends among those bytes. Raises HeteroFileInvalid where something else
    than such a file is at `path`, SnapshotNotWritten on a full disk.
    """
    check_target(path)
    tensors = {f"edge_index/{'/'.join(type)}": data[type].edge_index for type in data.edge_types}
    for label in data.node_types:
        tensors[f"id/{label}"], tensors[f"id_ends/{label}"] = _packed(snapshot.nodes[label]["id"])
    manifest = msgspec.json.encode(snapshot.manifest).decode()
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()
        mode = partial.stat().st_mode  # as of every file; safetensors gives one to its owner alone
        save_file(tensors, partial, metadata={"format": FORMAT, "manifest": manifest})
        partial.chmod(mode)
        partial.replace(path)
    except (OSError, SafetensorError) as error:
        raise SnapshotNotWritten(path=str(path), reason=str(error)) from error
    finally:
        with suppress(OSError):
            partial.unlink()


def check_target(path: Path) -> None:
    """Raise HeteroFileInvalid unless `path` is free or a file of ours."""
    if path.is_dir():
        raise HeteroFileInvalid(path=path, reason="is a folder; name a file")
    if path.exists():
        read_manifest(path)


def read_hetero(path: Path) -> HeteroData:
    """`num_nodes` by label and `edge_index`, int64 [2, E]. Raises HeteroFileInvalid."""
    tensors, manifest = _read(path, "edge_index/")
    data = HeteroData()
    for label, count in manifest.nodes.items():
        data[label].num_nodes = count
    for name, edges_2E in tensors.items():
        source, type, target = name.split("/")[1:]
        data[source, type, target].edge_index = edges_2E
    return data


def read_ids(path: Path) -> dict[str, list[str]]:
    """The ids of the nodes of every label, by position. Raises HeteroFileInvalid."""
    tensors, manifest = _read(path, "id")
    return {
        label: _unpacked(tensors[f"id/{label}"], tensors[f"id_ends/{label}"])
        for label in manifest.nodes
    }


def read_manifest(path: Path) -> Manifest:
    """What the snapshot said of itself. Raises HeteroFileInvalid."""
    return _read(path, "nothing")[1]


def _read(path: Path, prefix: str) -> tuple[Mapping[str, Tensor], Manifest]:
    try:
        with safe_open(path, framework="pt") as file:
            said = file.metadata() or {}
            if said.get("format") != FORMAT:
                raise HeteroFileInvalid(path=path, reason=f"is not a file of {FORMAT!r}")
            names = sorted(name for name in file.keys() if name.startswith(prefix))  # noqa: SIM118 - no dict
            tensors = {name: file.get_tensor(name) for name in names}
        return tensors, msgspec.json.decode(said["manifest"], type=Manifest)
    except (OSError, SafetensorError, KeyError, msgspec.MsgspecError) as error:
        raise HeteroFileInvalid(path=path, reason=f"cannot be read: {error}") from error


def _packed(ids: pa.ChunkedArray) -> tuple[Tensor, Tensor]:
    encoded = [id.encode() for id in ids.to_pylist()]
    lengths_N = np.fromiter(map(len, encoded), dtype=np.int64, count=len(encoded))
    content_B: npt.NDArray[np.uint8] = np.frombuffer(b"".join(encoded), dtype=np.uint8).copy()
    return torch.from_numpy(content_B), torch.from_numpy(np.cumsum(lengths_N))


def _unpacked(content_B: Tensor, ends_N: Tensor) -> list[str]:
    content, ends = content_B.numpy().tobytes(), ends_N.tolist()
    starts = [0, *ends][: len(ends)]
    return [content[start:end].decode() for start, end in zip(starts, ends, strict=True)]
