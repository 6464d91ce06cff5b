"""The span network: for every parameter asked, a score for every span and one for silence."""

# N texts, L pieces, T tokens, A parameters asked, W tokens of the longest span
# H width of the states, K and M widths of what is compared

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from ml.extraction.backbone import Backbone
from ml.extraction.network_inputs import SHAPES, NetworkInputs
from ml.extraction.slots import Slots
from ml.extraction.tokens import LONGEST_SPAN

IMPOSSIBLE = -1e4  # of a span that leaves the text; a number, so that no product of it is NaN


@dataclass(frozen=True, slots=True)
class SpanNetworkConfig:
    """Shape of the network.

    Attributes:
        width: K.
        pair_width: M, of what both ends of a span say together.
        scratch_width, scratch_layers: of the transformer, where it is made from scratch.
        dropout: share of the states that training hides.
        nameless: share of the questions that training asks by the name alone, without what was
            learnt of this very parameter, so that one it never saw can be asked as well.
    """

    width: int = 256
    pair_width: int = 64
    scratch_width: int = 192
    scratch_layers: int = 3
    dropout: float = 0.15
    nameless: float = 0.1


class SpanNetwork(nn.Module):
    """score(i, j, a) = start_i.q1 + end_j.q2 + sum of inside_i..j.q3 + tanh(P_i + Q_j + w).q4.

    q1..q4 are read off the parameter: its name, and what was learnt of it in this category. One
    pass of the transformer answers for all parameters of a text.
    """

    def __init__(self, backbone: Backbone, slots: Slots, config: SpanNetworkConfig) -> None:
        super().__init__()
        self.backbone, self.slots, self.config = backbone, slots, config
        H, K = backbone.width, config.width
        backbone.embedding.weight.requires_grad_(False)  # 12 M numbers for 1,000 texts to bend
        self.shape = nn.Embedding(SHAPES, H)
        nn.init.zeros_(self.shape.weight)
        self.dropout = nn.Dropout(config.dropout)
        M = config.pair_width
        self.of_token = nn.Linear(2 * H, 3 * K + 2 * M)
        self.of_length = nn.Embedding(LONGEST_SPAN, M)
        self.of_name = nn.Linear(H, 4 * K + M)
        self.of_slot = nn.Embedding(len(slots.slots) + 1, 4 * K + M, padding_idx=0)
        self.of_parameter = nn.Embedding(len(slots.parameters) + 1, 4 * K + M, padding_idx=0)
        self.silence = nn.Linear(H, K)
        self.silence_bias = nn.Parameter(torch.zeros(1))
        for table in (self.of_slot, self.of_parameter, self.of_length):
            nn.init.normal_(table.weight, std=0.3)
        with torch.no_grad():
            self.of_slot.weight[0] = 0
            self.of_parameter.weight[0] = 0

    def forward(self, inputs: NetworkInputs) -> tuple[Tensor, Tensor]:
        """Logits of spans [N,A,T,W] by first token and length - 1, and of silence [N,A]."""
        states_NLH = self.states(inputs)
        K, M = self.config.width, self.config.pair_width
        q_NAK = torch.split(self.queries(inputs), [K, K, K, K, M], dim=-1)
        first_NTH = _taken(states_NLH, inputs.first_NT)
        last_NTH = _taken(states_NLH, inputs.last_NT)
        both_NT2H = torch.cat((first_NTH, last_NTH), dim=-1)
        token_NTK = torch.split(self.of_token(both_NT2H), [K, K, K, M, M], dim=-1)
        start_NAT = q_NAK[0] @ token_NTK[0].mT
        end_NAT = q_NAK[1] @ token_NTK[1].mT
        inside_NAT = q_NAK[2] @ token_NTK[2].mT
        pair_NTWM = torch.tanh(
            token_NTK[3].unsqueeze(2) + _windows(token_NTK[4]) + self.of_length.weight
        )
        pair_NATW = torch.einsum("ntwm,nam->natw", pair_NTWM, q_NAK[4])
        sum_NAT = inside_NAT.float().cumsum(-1)
        inside_NATW = _windows(sum_NAT.unsqueeze(-1), axis=2).squeeze(-1) - (
            sum_NAT - inside_NAT
        ).unsqueeze(-1)
        span_NATW = (
            start_NAT.unsqueeze(-1)
            + _windows(end_NAT.unsqueeze(-1), axis=2).squeeze(-1)
            + inside_NATW
            + pair_NATW
        ).float() / self.config.width**0.5
        is_span_NTW = _windows(inputs.is_token_NT.unsqueeze(-1)).squeeze(-1)
        span_NATW = span_NATW.masked_fill(~is_span_NTW.unsqueeze(1), IMPOSSIBLE)
        silence_NK = self.silence(self.dropout(states_NLH[:, 0]))
        silence_NA = torch.einsum("nk,nak->na", silence_NK, q_NAK[3]).float()
        return span_NATW, silence_NA / self.config.width**0.5 + self.silence_bias

    def states(self, inputs: NetworkInputs) -> Tensor:
        """states_NLH of the transformer, which also sees case and glued words."""
        pieces_NLH = self.backbone.embedding(inputs.piece_NL) + self.shape(inputs.shape_NL)
        present_NL = (inputs.piece_NL != self.backbone.marks.pad).long()
        states_NLH: Tensor = self.dropout(self.backbone(pieces_NLH, present_NL))
        return states_NLH

    def queries(self, inputs: NetworkInputs) -> Tensor:
        """query_NAQ of the parameters, Q = 4 K + M."""
        known_NAP1 = (inputs.name_NAP != self.backbone.marks.pad).unsqueeze(-1)
        name_NAPH = self.backbone.embedding(inputs.name_NAP) * known_NAP1
        name_NAH = name_NAPH.sum(2) / known_NAP1.sum(2).clamp(min=1)
        # Vectors of pieces are 1.4 long in the English one and random ones .3: made 1 on average.
        name_NAH = functional.layer_norm(name_NAH, name_NAH.shape[-1:])
        learnt_NAQ = self.of_slot(inputs.slot_NA) + self.of_parameter(inputs.parameter_NA)
        if self.training and self.config.nameless:
            kept_NA = torch.rand(inputs.slot_NA.shape) >= self.config.nameless
            learnt_NAQ = learnt_NAQ * kept_NA.unsqueeze(-1)
        query_NAQ: Tensor = self.of_name(name_NAH) + learnt_NAQ
        return query_NAQ

    @torch.inference_mode()
    def log_posteriors(self, inputs: NetworkInputs) -> tuple[Tensor, Tensor]:
        """Log-probabilities of spans [N,A,T,W] and of silence [N,A], which add up to 1."""
        span_NATW, silence_NA = self(inputs)
        return normalised(span_NATW, silence_NA)


def normalised(span_NATW: Tensor, silence_NA: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probabilities of logits: spans and silence of a question add up to 1."""
    total_NA = torch.logaddexp(span_NATW.flatten(2).logsumexp(-1), silence_NA)
    return span_NATW - total_NA[..., None, None], silence_NA - total_NA


def _taken(states_NLH: Tensor, place_NT: Tensor) -> Tensor:
    return states_NLH.gather(1, place_NT.unsqueeze(-1).expand(-1, -1, states_NLH.shape[-1]))


def _windows(x: Tensor, axis: int = 1) -> Tensor:
    """`x[.., t, ..]` to `x[.., t, w, ..]`: what stands w places behind t; zero behind the end."""
    room = [0, 0] * (x.dim() - 1 - axis) + [0, LONGEST_SPAN - 1]
    return functional.pad(x, room).unfold(axis, LONGEST_SPAN, 1).movedim(-1, axis + 1)
