"""How a factorisation is trained, by the minutes there are for it: the one table of recipes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ml.links.factorisation import FactorisationConfig
from ml.models.decoders import DecoderName


@dataclass(frozen=True, slots=True)
class Recipe:
    """A full configuration of one training.

    Attributes:
        minutes: at most; what is not learnt by then is not learnt.
        epochs: at most; a machine that needs less than `minutes` for them stops there.
        least_steps: more epochs than that where the graph is so small that they are over at once.
        batch_queries: distinct (head, relation) of a step.
        learning_rate: of Adagrad, until the last `cooldown` of the run; from there down to 0.
        cooldown: a share of the run.
    """

    model: FactorisationConfig
    minutes: float
    epochs: int
    least_steps: int = 1_000
    batch_queries: int = 1_000
    learning_rate: float = 0.1
    cooldown: float = 0.3


# From how many minutes on, for a graph of FB15k-237's size (14,541 entities, 272,115 triples) and
# two cores; docs/evaluation.md says what was measured. A short run scores against some entities
# only: three times the epochs in the same time, at the price of a lower end.
RECIPES: dict[float, Recipe] = {
    0: Recipe(FactorisationConfig(rank=64, candidates=2_000), minutes=0, epochs=20),
    2: Recipe(FactorisationConfig(rank=128, candidates=2_000), minutes=0, epochs=30),
    10: Recipe(FactorisationConfig(rank=256, relation_weight=4.0), minutes=0, epochs=30),
    60: Recipe(FactorisationConfig(rank=512, relation_weight=4.0), minutes=0, epochs=100),
}
# Scoring takes B x C x D numbers here, so that batches are small; and no penalty on lengths.
ROTATE_BATCH, ROTATE_CANDIDATES, ROTATE_SCALE = 50, 250, 0.5


def recipe_for(minutes: float, decoder: DecoderName = "complex", rank: int | None = None) -> Recipe:
    """What to train in `minutes`; `rank` overrides the table's."""
    base = RECIPES[max(start for start in RECIPES if start <= minutes)]
    model = replace(base.model, decoder=decoder, rank=rank or base.model.rank)
    if decoder == "rotate":
        model = replace(
            model,
            candidates=ROTATE_CANDIDATES,
            scale=ROTATE_SCALE,
            cubic_penalty=0.0,
            relation_weight=0.0,
        )
        base = replace(base, batch_queries=ROTATE_BATCH)
    return replace(base, model=model, minutes=minutes)
