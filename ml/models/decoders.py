"""Decoders: how likely a typed edge is, from the vectors of its two ends."""

# B edges, C candidates, D width, R relations, H half of D (complex coordinates)

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal, assert_never

import torch
from torch import Tensor, nn

DecoderName = Literal["distmult", "complex", "rotate"]


class Decoder(nn.Module, ABC):
    """Scores `(head, relation, tail)`; the relations' parameters are its own.

    Every decoder moves the head by its relation (`translate`) and compares the result with the
    tail (`compare`), so that one query meets many candidates at the price of one. To ask in the
    other direction as well, give every relation a reciprocal one: `relations` twice as large.

    Args:
        relations: R, how many there are.
        width: D, of the vectors of both ends; even, where the coordinates are complex numbers.

    Raises:
        ValueError: a width that the decoder cannot use.
    """

    def __init__(self, relations: int, width: int) -> None:
        super().__init__()
        self.relations = relations
        self.width = width

    @abstractmethod
    def translate(self, head_BD: Tensor, relation_B: Tensor) -> Tensor:
        """What the tail should look like: `query_BD`."""

    @abstractmethod
    def compare(self, query_BD: Tensor, tail_BD: Tensor) -> Tensor:
        """`logits_B` of queries beside their tails."""

    @abstractmethod
    def compare_all(self, query_BD: Tensor, candidates_CD: Tensor) -> Tensor:
        """`logits_BC` of every query with every candidate."""

    def forward(self, head_BD: Tensor, relation_B: Tensor, tail_BD: Tensor) -> Tensor:
        """`logits_B`: one for each edge; `relation_B` holds ids in 0..R-1."""
        return self.compare(self.translate(head_BD, relation_B), tail_BD)

    def scores(self, head_BD: Tensor, relation_B: Tensor, candidates_CD: Tensor) -> Tensor:
        """`logits_BC`: every head and relation with every candidate as its tail."""
        return self.compare_all(self.translate(head_BD, relation_B), candidates_CD)


class Bilinear(Decoder):
    """Decoders that compare by a dot product, which makes `scores` one matrix product."""

    def __init__(self, relations: int, width: int) -> None:
        super().__init__(relations, width)
        # This scale gives ends with coordinates around 1 logits around 1.
        self.relation_RD = nn.Parameter(torch.randn(relations, width) * width**-0.5)

    def compare(self, query_BD: Tensor, tail_BD: Tensor) -> Tensor:
        return (query_BD * tail_BD).sum(dim=-1)

    def compare_all(self, query_BD: Tensor, candidates_CD: Tensor) -> Tensor:
        return query_BD @ candidates_CD.T

    def relation_scores(self, head_BD: Tensor, tail_BD: Tensor) -> Tensor:
        """`logits_BR`: every pair of ends with every relation between them."""
        return self.between(head_BD, tail_BD) @ self.relation_RD.T

    @abstractmethod
    def between(self, head_BD: Tensor, tail_BD: Tensor) -> Tensor:
        """What the relation should look like, from both ends: `query_BD`."""


class DistMult(Bilinear):
    """`sum(h * r * t)`: symmetric, so an edge scores the same as its reverse.

    Source: Yang et al., "Embedding Entities and Relations for Learning and Inference in Knowledge
    Bases", ICLR 2015, section 3.1.
    """

    def translate(self, head_BD: Tensor, relation_B: Tensor) -> Tensor:
        return head_BD * self.relation_RD[relation_B]

    def between(self, head_BD: Tensor, tail_BD: Tensor) -> Tensor:
        return head_BD * tail_BD


class ComplEx(Bilinear):
    """`Re(<h, r, conj(t)>)` over complex coordinates: edges may have a direction.

    The first half of a vector holds the real parts, the second the imaginary ones.

    Source: Trouillon et al., "Complex Embeddings for Simple Link Prediction", ICML 2016,
    equation 9.
    """

    def __init__(self, relations: int, width: int) -> None:
        _require_even(width)
        super().__init__(relations, width)

    def translate(self, head_BD: Tensor, relation_B: Tensor) -> Tensor:
        return _complex_product(head_BD, self.relation_RD[relation_B])

    def between(self, head_BD: Tensor, tail_BD: Tensor) -> Tensor:
        # Re(h r conj(t)) = Re(r conj(conj(h) t)): the dot product of r with conj(h) t.
        head_re, head_im = head_BD.chunk(2, dim=-1)
        return _complex_product(torch.cat((head_re, -head_im), dim=-1), tail_BD)


class RotatE(Decoder):
    """`margin * (1 - mean |h * r - t|)`: a relation turns every complex coordinate by an angle.

    The paper sums the moduli, `margin - sum |h * r - t|`; that is the same with its vectors scaled
    by H / margin. Ours takes ends with coordinates around 1, as encoders give them, at every width.

    Args:
        margin: the logit of a perfect edge; the paper's gamma (9 for FB15k-237).

    Source: Sun et al., "RotatE: Knowledge Graph Embedding by Relational Rotation in Complex Space",
    ICLR 2019, equations 2 and 5.
    """

    def __init__(self, relations: int, width: int, *, margin: float = 9.0) -> None:
        _require_even(width)
        super().__init__(relations, width)
        self.margin = margin
        self.angle_RH = nn.Parameter((torch.rand(relations, width // 2) * 2 - 1) * torch.pi)

    def translate(self, head_BD: Tensor, relation_B: Tensor) -> Tensor:
        angle_BH = self.angle_RH[relation_B]
        return _complex_product(head_BD, torch.cat((angle_BH.cos(), angle_BH.sin()), dim=-1))

    def compare(self, query_BD: Tensor, tail_BD: Tensor) -> Tensor:
        real_BH, imaginary_BH = (query_BD - tail_BD).chunk(2, dim=-1)
        # Not sqrt(x * x + y * y): its gradient is not a number where the difference is 0.
        modulus_BH: Tensor = torch.linalg.vector_norm(torch.stack((real_BH, imaginary_BH)), dim=0)
        return self.margin * (1 - modulus_BH.mean(dim=-1))

    def compare_all(self, query_BD: Tensor, candidates_CD: Tensor) -> Tensor:
        # Takes B * C * D numbers of memory: give few queries or few candidates at a time.
        return self.compare(query_BD.unsqueeze(1), candidates_CD.unsqueeze(0))


def decoder(name: DecoderName, relations: int, width: int) -> Decoder:
    """The decoder of that name."""
    match name:
        case "distmult":
            return DistMult(relations, width)
        case "complex":
            return ComplEx(relations, width)
        case "rotate":
            return RotatE(relations, width)
        case _:
            assert_never(name)


def _require_even(width: int) -> None:
    if width % 2:
        raise ValueError(f"width {width} is odd; complex coordinates take two numbers each")


def _complex_product(left_BD: Tensor, right_BD: Tensor) -> Tensor:
    left_re, left_im = left_BD.chunk(2, dim=-1)
    right_re, right_im = right_BD.chunk(2, dim=-1)
    return torch.cat(
        (left_re * right_re - left_im * right_im, left_re * right_im + left_im * right_re), dim=-1
    )
