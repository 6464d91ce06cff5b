"""Encoders of characters in their context: a recurrent one, and a convolutional one."""

# B titles, L characters, D width of what comes in, H width of what goes out

from __future__ import annotations

from typing import Literal, assert_never

import torch
from torch import Tensor, nn
from torch.nn import functional

EncoderName = Literal["lstm", "cnn"]


def make_encoder(name: EncoderName, width: int) -> BiLstm | GatedCnn:
    match name:
        case "lstm":
            return BiLstm(width)
        case "cnn":
            return GatedCnn(width)
        case _:
            assert_never(name)


class BiLstm(nn.Module):
    """Two recurrent networks, from the left and from the right.

    The one from the right reads a title turned round within its length, so that it never meets the
    filling, and what a title gets does not depend on which others are in its batch.
    """

    def __init__(self, width: int, hidden: int = 160) -> None:
        super().__init__()
        self.forth = nn.LSTM(width, hidden, batch_first=True)
        self.back = nn.LSTM(width, hidden, batch_first=True)
        self.width = 2 * hidden

    def forward(self, x_BLD: Tensor, mask_BL: Tensor) -> Tensor:
        """`h_BLH`."""
        place_L = torch.arange(x_BLD.shape[1])
        turned_BL = mask_BL.sum(dim=1, keepdim=True) - 1 - place_L
        turned_BL1 = torch.where(mask_BL, turned_BL, place_L).unsqueeze(2)
        forth_BLH, _ = self.forth(x_BLD)
        back_BLH, _ = self.back(x_BLD.gather(1, turned_BL1.expand_as(x_BLD)))
        back_BLH = back_BLH.gather(1, turned_BL1.expand_as(back_BLH))
        return torch.cat((forth_BLH, back_BLH), dim=2)


class GatedCnn(nn.Module):
    """Gated convolutions whose dilation widens, each added to what came in.

    Source: Dauphin et al., "Language Modeling with Gated Convolutional Networks", ICML 2017; the
    dilation: Strubell et al., "Fast and Accurate Entity Recognition with Iterated Dilated
    Convolutions", EMNLP 2017. Ours normalises every sum and is not iterated. A convolution of width
    3 is written as one product over three neighbours: half the time in bfloat16.
    """

    def __init__(self, width: int, hidden: int = 256) -> None:
        super().__init__()
        self.dilations = (1, 1, 2, 4)  # 8 characters to each side: the phrase and its neighbours
        self.project = nn.Linear(width, hidden)
        self.convolutions = nn.ModuleList(nn.Linear(3 * hidden, 2 * hidden) for _ in self.dilations)
        self.norms = nn.ModuleList(nn.LayerNorm(hidden) for _ in self.dilations)
        self.dropout = TitleDropout()
        self.width = hidden

    def forward(self, x_BLD: Tensor, mask_BL: Tensor) -> Tensor:
        """`h_BLH`; the filling is 0 before every convolution, as beyond the edge."""
        mask_BL1 = mask_BL.unsqueeze(2)
        h_BLH: Tensor = self.project(x_BLD)
        layers = zip(self.dilations, self.convolutions, self.norms, strict=True)
        for dilation, convolution, norm in layers:
            seen_BLH = functional.pad(h_BLH * mask_BL1, (0, 0, dilation, dilation))
            length = h_BLH.shape[1]
            near = [seen_BLH[:, at * dilation : at * dilation + length] for at in range(3)]
            value_BLH, gate_BLH = convolution(torch.cat(near, dim=2)).chunk(2, dim=2)
            h_BLH = norm(h_BLH + self.dropout(value_BLH * gate_BLH.sigmoid()))
        return h_BLH


class TitleDropout(nn.Module):
    """Dropout that takes the same coordinates from all characters of a title.

    Source: Gal & Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural
    Networks", NIPS 2016. Drawn for each character, it took a sixth of the training time.
    """

    def __init__(self) -> None:
        super().__init__()
        self.share = 0.0

    def forward(self, x_BLD: Tensor) -> Tensor:
        if not self.training or not self.share:
            return x_BLD
        kept_B1D = torch.rand(len(x_BLD), 1, x_BLD.shape[2]) >= self.share
        return x_BLD * (kept_B1D / (1 - self.share))
