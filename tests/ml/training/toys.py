"""A task small enough to follow by hand: learn the weights of a line from its points."""

import torch
from torch import nn

from ml.tasks.base import WHOLE, Outcome, Task

WIDTH = 4


class Line(Task):
    """Points of `y = sum(x)`, with a dropout that makes randomness visible."""

    name = "line"
    monitored = "fit"

    def __init__(self, points=64, batch=8, dropout=0.2):
        super().__init__()
        random = torch.Generator().manual_seed(3)
        self.x_ND = torch.randn(points, WIDTH, generator=random)
        self.y_N = self.x_ND.sum(dim=1)
        self.batch = batch
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(WIDTH, 1)

    def batches(self, generator, shard=WHOLE):
        order = torch.randperm(len(self.x_ND), generator=generator)
        whole = [c for c in order.split(self.batch) if len(c) == self.batch]
        for chunk in whole[shard.rank : len(whole) - len(whole) % shard.of : shard.of]:
            yield self.x_ND[chunk], self.y_N[chunk]

    def forward(self, encoder, batch, generator):
        x_BD, y_B = batch
        noise_BD = 0.01 * torch.randn(x_BD.shape, generator=generator)
        error_B = self.head(self.dropout(encoder(x_BD + noise_BD))).squeeze(1) - y_B
        return Outcome(error_B.square().mean(), len(y_B), {"off": error_B.abs().mean().item()})

    def evaluate(self, encoder, generator):
        error_N = self.head(encoder(self.x_ND)).squeeze(1) - self.y_N
        return {"fit": -error_N.square().mean().item()}


def line(seed=5, **parameters):
    torch.manual_seed(seed)
    return nn.Linear(WIDTH, WIDTH), Line(**parameters)
