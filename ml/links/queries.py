"""Triples grouped into queries: for `(head, relation)`, all tails that are true."""

# T triples, Q distinct queries, P tails of some queries

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Generator, Tensor

HEAD, RELATION, TAIL = 0, 1, 2  # columns of every `triple_T3`


def both_directions(triple_T3: Tensor) -> Tensor:
    """`(head, 2 * relation, tail)` of every triple, then `(tail, 2 * relation + 1, head)`.

    Even and odd, so that a relation that is met later moves no other one.

    Returns:
        `directed_2T3`; triple t stands at t and at T + t.
    """
    forward_T3, reverse_T3 = triple_T3.clone(), triple_T3[:, [TAIL, RELATION, HEAD]]
    forward_T3[:, RELATION] *= 2
    reverse_T3[:, RELATION] = 2 * reverse_T3[:, RELATION] + 1
    return torch.cat((forward_T3, reverse_T3))


@dataclass(frozen=True, slots=True)
class QueryBatch:
    """Some queries with all of their tails: `row_P` says which of the B a tail belongs to."""

    head_B: Tensor
    relation_B: Tensor
    row_P: Tensor
    tail_P: Tensor
    count_B: Tensor


@dataclass(frozen=True, slots=True)
class Queries:
    """Distinct queries with their tails, as one compressed list.

    Attributes:
        head_Q, relation_Q: the queries, sorted by (head, relation); on the processor, as all here.
        start_Q1: tails of query q are `tail_T[start_Q1[q] : start_Q1[q + 1]]`.
        tail_T: entity ids, ascending within a query, distinct.
    """

    head_Q: Tensor
    relation_Q: Tensor
    start_Q1: Tensor
    tail_T: Tensor

    @classmethod
    def of(cls, triple_T3: Tensor) -> Queries:
        """Group `triple_T3` (int64); a triple that stands there twice counts once."""
        triple_T3 = torch.unique(triple_T3, dim=0)  # sorted by head, relation, tail
        query_Q2, count_Q = torch.unique_consecutive(
            triple_T3[:, [HEAD, RELATION]], dim=0, return_counts=True
        )
        start_Q1 = torch.zeros(len(query_Q2) + 1, dtype=torch.int64)
        torch.cumsum(count_Q, dim=0, out=start_Q1[1:])
        return cls(query_Q2[:, 0], query_Q2[:, 1], start_Q1, triple_T3[:, TAIL].contiguous())

    def __len__(self) -> int:
        return len(self.head_Q)

    def batch(self, query_B: Tensor, device: torch.device | str = "cpu") -> QueryBatch:
        """The queries at these positions, on `device`."""
        start_B = self.start_Q1[query_B]
        count_B = self.start_Q1[query_B + 1] - start_B
        row_P = torch.repeat_interleave(count_B)
        first_B = torch.cumsum(count_B, dim=0) - count_B
        place_P = torch.arange(len(row_P)) - first_B[row_P] + start_B[row_P]
        parts = (
            self.head_Q[query_B],
            self.relation_Q[query_B],
            row_P,
            self.tail_T[place_P],
            count_B,
        )
        return QueryBatch(*(part.to(device) for part in parts))

    def shuffled(self, size: int, generator: Generator) -> Iterator[Tensor]:
        """Positions of all queries in a new order, `size` of them at a time."""
        order_Q = torch.randperm(len(self), generator=generator)
        for first in range(0, len(self), size):
            yield order_Q[first : first + size]

    def find(self, head_B: Tensor, relation_B: Tensor) -> Tensor:
        """Positions of queries that are known to be here: `query_B`."""
        relations = int(self.relation_Q.max()) + 1
        return torch.searchsorted(
            self.head_Q * relations + self.relation_Q, head_B * relations + relation_B
        )
