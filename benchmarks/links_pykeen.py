"""PyKEEN's side of `benchmarks.links`: runs in an environment of its own, imports nothing of ours.

Reads `.npy` triples (head, relation, tail), trains one epoch, prints its seconds as JSON.
"""

from __future__ import annotations

import argparse
import json
import time


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("triples")
    asked.add_argument("--rank", type=int, required=True)
    asked.add_argument("--batch", type=int, required=True)
    asked.add_argument("--loop", choices=("lcwa", "slcwa"), required=True)
    given = asked.parse_args()

    import numpy as np
    import torch
    from pykeen.models import ComplEx  # type: ignore[import-not-found,unused-ignore]
    from pykeen.training import (  # type: ignore[import-not-found,unused-ignore]
        LCWATrainingLoop,
        SLCWATrainingLoop,
    )
    from pykeen.triples import (  # type: ignore[import-not-found,unused-ignore]
        CoreTriplesFactory,
    )

    torch.manual_seed(0)
    triples = torch.from_numpy(np.load(given.triples))
    factory = CoreTriplesFactory.create(triples, create_inverse_triples=True)
    loss = {"lcwa": "crossentropy", "slcwa": "softplus"}[given.loop]
    model = ComplEx(triples_factory=factory, embedding_dim=given.rank, loss=loss)
    optimiser = torch.optim.Adagrad(model.parameters(), lr=0.1)
    loop = {"lcwa": LCWATrainingLoop, "slcwa": SLCWATrainingLoop}[given.loop](
        model=model, triples_factory=factory, optimizer=optimiser
    )
    start = time.perf_counter()
    loop.train(factory, num_epochs=1, batch_size=given.batch, use_tqdm=False, pin_memory=False)
    print(json.dumps({"seconds": time.perf_counter() - start}))


if __name__ == "__main__":
    main()
