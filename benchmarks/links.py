"""Link-prediction triples per second of training, ours against PyKEEN's on the same data and model.

PyKEEN is no dependency: give it an environment of its own, and the benchmark that environment's
Python.

    uv venv peer && uv pip install --python peer/bin/python pykeen
    python -m benchmarks.links --pykeen peer/bin/python [--train FILE] [--rank 128] [--rounds 3]

Without `--train` the graph is generated. Both sides train ComplEx of the same rank for one epoch
in float32, in both directions, with Adagrad and softmax over all entities; PyKEEN's other loop,
with one negative for each triple, stands beside them. The sides take turns; the best round of each
counts, because other work on the machine only ever adds time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import Generator, Tensor

from ml.links.factorisation import Factorisation, FactorisationConfig
from ml.links.queries import Queries, both_directions
from ml.links.triples import Vocabulary, read_triples

ENTITIES, RELATIONS, TRIPLES = 5_000, 40, 100_000
BATCH_QUERIES = 1_000
PEER = Path(__file__).with_name("links_pykeen.py")


def generated() -> Tensor:
    """Triples whose ends are drawn by a power law, as in knowledge graphs: few are everywhere."""
    generator = Generator().manual_seed(0)
    weight_N = torch.arange(1, ENTITIES + 1).double().pow(-0.8)
    head, tail = (
        torch.multinomial(weight_N, TRIPLES, replacement=True, generator=generator)
        for _ in range(2)
    )
    relation = torch.randint(RELATIONS, (TRIPLES,), generator=generator)
    triple_T3: Tensor = torch.unique(torch.stack((head, relation, tail), dim=1), dim=0)
    return triple_T3


def our_seconds(triple_T3: Tensor, rank: int) -> float:
    entities = int(triple_T3[:, [0, 2]].max()) + 1
    relations = int(triple_T3[:, 1].max()) + 1
    generator = Generator().manual_seed(0)
    torch.manual_seed(0)
    model = Factorisation(entities, relations, FactorisationConfig(rank=rank))
    optimiser = torch.optim.Adagrad(model.parameters(), lr=0.1, fused=True)
    start = time.perf_counter()
    queries = Queries.of(both_directions(triple_T3))
    for query_B in queries.shuffled(BATCH_QUERIES, generator):
        loss = model(queries, query_B, generator, torch.float32)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return time.perf_counter() - start


def pykeen_seconds(python: Path, triples: Path, rank: int, loop: str) -> float:
    command = [str(python), "-W", "ignore", str(PEER), str(triples)]
    options = ["--rank", str(rank), "--batch", str(BATCH_QUERIES), "--loop", loop]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"PyKEEN's side failed:\n{done.stderr[-2_000:]}")
    return float(json.loads(done.stdout.splitlines()[-1])["seconds"])


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--pykeen", type=Path, help="the Python of an environment with PyKEEN")
    asked.add_argument("--train", type=Path, help="a file of triples; default: generated ones")
    asked.add_argument("--rank", type=int, default=128)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    triple_T3 = generated()
    if given.train is not None:
        triple_T3 = torch.unique(Vocabulary().encode(read_triples(given.train)), dim=0)
    directed = 2 * len(triple_T3)
    seconds: dict[str, list[float]] = {"ours": [], "pykeen lcwa": [], "pykeen slcwa": []}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "triples.npy"
        np.save(path, triple_T3.numpy())
        for _ in range(given.rounds):
            seconds["ours"].append(our_seconds(triple_T3, given.rank))
            if given.pykeen is not None:
                for loop in ("lcwa", "slcwa"):
                    found = pykeen_seconds(given.pykeen, path, given.rank, loop)
                    seconds[f"pykeen {loop}"].append(found)
    print(f"{directed:,} directed triples, rank {given.rank}, {torch.get_num_threads()} threads")
    for name, rounds in seconds.items():
        if rounds:
            rate = directed / min(rounds)
            ratio = min(rounds) / min(seconds["ours"])
            print(f"{name:14} {rate:12,.0f} triples/s   {ratio:5.1f} times ours in seconds")


if __name__ == "__main__":
    main()
