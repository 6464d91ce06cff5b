"""A vector per entity and a decoder: the factorisation of a graph into what predicts its edges."""

# B queries, C candidates, D width, N entities, P true tails of the batch's queries, R relations

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name everybody knows

from ml.links.one_to_all import grouped_cross_entropy
from ml.links.queries import Queries, QueryBatch
from ml.models.decoders import Bilinear, DecoderName, decoder


@dataclass(frozen=True, slots=True)
class FactorisationConfig:
    """What is learnt, and by which loss.

    Attributes:
        rank: coordinates of a vector; the complex decoders take two numbers for each.
        cubic_penalty: weight of the N3 norm, per true triple.
        relation_weight: weight of telling the relation from both ends; bilinear decoders only.
        candidates: entities each batch is scored against besides its own tails, drawn anew for
            every batch; None: all of them.
        scale: standard deviation of the vectors at the start.
    """

    decoder: DecoderName = "complex"
    rank: int = 128
    cubic_penalty: float = 0.05
    relation_weight: float = 0.0
    candidates: int | None = None
    scale: float = 1e-3

    @property
    def width(self) -> int:
        return self.rank if self.decoder == "distmult" else 2 * self.rank


class Factorisation(nn.Module):
    """Vectors of all entities, with a decoder over relations in both directions.

    Args:
        relations: of the graph; the decoder holds twice as many.

    Source: Lacroix et al., "Canonical Tensor Decomposition for Knowledge Base Completion", ICML
    2018 (softmax over all entities, reciprocal relations, N3); Chen et al., "Relation Prediction as
    an Auxiliary Training Objective for Improving Multi-Relational Graph Representations", AKBC
    2021, equation 2. Ours groups triples into queries.
    """

    def __init__(self, entities: int, relations: int, config: FactorisationConfig) -> None:
        super().__init__()
        self.config = config
        self.entity_ND = nn.Parameter(torch.randn(entities, config.width) * config.scale)
        self.decoder = decoder(config.decoder, 2 * relations, config.width)
        if isinstance(self.decoder, Bilinear):
            nn.init.normal_(self.decoder.relation_RD, std=config.scale)

    def forward(
        self, queries: Queries, query_B: Tensor, generator: Generator, product_dtype: torch.dtype
    ) -> Tensor:
        """The mean loss over all true triples of the queries at positions `query_B`."""
        batch = queries.batch(query_B, self.entity_ND.device)
        return self.loss(
            self.entity_ND[batch.head_B], self.entity_ND, batch, generator, product_dtype
        )

    def loss(
        self,
        head_BD: Tensor,
        entity_ND: Tensor,
        batch: QueryBatch,
        generator: Generator,
        product_dtype: torch.dtype,
    ) -> Tensor:
        """The same with the heads' vectors given, and with tails out of `entity_ND`."""
        tail_P = batch.tail_P
        translated_BD = self.decoder.translate(head_BD, batch.relation_B)
        candidate_CD, place_P = self._candidates(entity_ND, tail_P, generator)
        if isinstance(self.decoder, Bilinear):
            loss = grouped_cross_entropy(
                translated_BD,
                candidate_CD,
                batch.row_P,
                place_P,
                batch.count_B,
                product_dtype=product_dtype,
            )
            head_PD, tail_PD = head_BD[batch.row_P], entity_ND[tail_P]
            relation_P = batch.relation_B[batch.row_P]
            loss = loss + self._auxiliary(self.decoder, head_PD, relation_P, tail_PD)
        else:
            logits_BC = self.decoder.compare_all(translated_BD, candidate_CD)
            positive_P = logits_BC[batch.row_P, place_P]
            loss = (batch.count_B * logits_BC.logsumexp(dim=1)).sum() - positive_P.sum()
        return loss / len(tail_P)

    def scores(self, head_B: Tensor, relation_B: Tensor) -> Tensor:
        """`logits_BN` of every entity as the tail; 0 for a relation that training did not have."""
        seen_B = relation_B < self.decoder.relations
        relation_B = relation_B.where(seen_B, torch.zeros_like(relation_B))
        logits_BN = self.decoder.scores(self.entity_ND[head_B], relation_B, self.entity_ND)
        return logits_BN * seen_B.unsqueeze(1)

    def grow(self, entity_MD: Tensor) -> None:
        """Take more entities in, behind those that are here."""
        self.entity_ND = nn.Parameter(torch.cat((self.entity_ND.detach(), entity_MD)))

    def _candidates(
        self, entity_ND: Tensor, tail_P: Tensor, generator: Generator
    ) -> tuple[Tensor, Tensor]:
        """Vectors to score against, and where among them the true tails stand."""
        wanted = self.config.candidates
        if wanted is None or wanted >= len(entity_ND):
            return entity_ND, tail_P
        drawn = torch.randint(len(entity_ND), (wanted,), generator=generator).to(tail_P.device)
        candidate_C, place = torch.unique(torch.cat((tail_P, drawn)), return_inverse=True)
        return entity_ND[candidate_C], place[: len(tail_P)]

    def _auxiliary(
        self, bilinear: Bilinear, head_PD: Tensor, relation_P: Tensor, tail_PD: Tensor
    ) -> Tensor:
        """Penalty on the vectors' size, and the relation's cross-entropy; sums over triples."""
        loss = torch.zeros((), device=head_PD.device)
        if self.config.cubic_penalty:
            factors = (head_PD, bilinear.relation_RD[relation_P], tail_PD)
            loss = loss + self.config.cubic_penalty * sum(map(self._cubic_norm, factors))
        if self.config.relation_weight:
            logits_PR = bilinear.relation_scores(head_PD, tail_PD)
            told = F.cross_entropy(logits_PR, relation_P, reduction="sum")
            loss = loss + self.config.relation_weight * told
        return loss

    def _cubic_norm(self, factor_PD: Tensor) -> Tensor:
        """Sum of the coordinates' moduli to the power of three."""
        if self.config.decoder == "distmult":
            return factor_PD.abs().pow(3).sum()
        real, imaginary = factor_PD.chunk(2, dim=-1)
        return (real.square() + imaginary.square()).pow(1.5).sum()
