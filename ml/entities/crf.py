"""A linear-chain conditional random field over label sequences that are legal."""

# B titles, L characters, K labels, T types, M longest entity

from __future__ import annotations

import torch
from torch import Tensor, nn

from ml.entities.labels import BEGIN, END, INSIDE, SINGLE, Labels

IMPOSSIBLE = -1e4  # of a log score: exp() of it is 0, and unlike -inf its gradient is a number


class LinearChainCrf(nn.Module):
    """Scores whole label sequences; those that are not legal BIEOS have no probability.

    With emissions e from a network, transitions A, and scores f, l of the first and last label

        s(y) = f[y_1] + sum_t e[t, y_t] + sum_t A[y_t, y_t+1] + l[y_L],   p(y) = exp(s(y) - log Z)
        alpha_1 = f + e_1,   alpha_t+1[k] = logsumexp_j(alpha_t[j] + A[j, k]) + e_t+1[k]
        beta_L = l,          beta_t[j] = logsumexp_k(A[j, k] + e_t+1[k] + beta_t+1[k])
        log Z = logsumexp(alpha_L + l)

    Source: Lafferty, McCallum & Pereira, "Conditional Random Fields", ICML 2001; networks below it:
    Collobert et al., JMLR 12, 2011, section 3.3.2. Ours differs in that illegal steps are taken out
    in training already, and in that it gives the probability of whole spans, not of characters
    only. All of it is computed in float32: sums over a title lose their digits in bfloat16.
    """

    legal_KK: Tensor
    first_K: Tensor
    last_K: Tensor

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self.labels = labels
        self.transition_KK = nn.Parameter(torch.zeros(len(labels), len(labels)))
        self.start_K = nn.Parameter(torch.zeros(len(labels)))
        self.end_K = nn.Parameter(torch.zeros(len(labels)))
        self.register_buffer("legal_KK", labels.legal_steps(), persistent=False)
        self.register_buffer("first_K", labels.legal_first(), persistent=False)
        self.register_buffer("last_K", labels.legal_last(), persistent=False)

    def forward(self, emission_BLK: Tensor, label_BL: Tensor, mask_BL: Tensor) -> Tensor:
        """`nll_B`: minus the log-probability of the labels.

        Args:
            mask_BL: False behind the end of a title; every title has at least one character.
        """
        first_K, step_KK, last_K = self._scores()
        alpha_BLK = self._alphas(emission_BLK, mask_BL, first_K, step_KK)
        log_z_B = (alpha_BLK[:, -1] + last_K).logsumexp(dim=1)
        weight_BL = mask_BL.float()
        emitted_BL = emission_BLK.gather(2, label_BL.unsqueeze(2)).squeeze(2)
        stepped_BL = step_KK[label_BL[:, :-1], label_BL[:, 1:]]
        end_B1 = mask_BL.sum(dim=1, keepdim=True) - 1
        score_B = first_K[label_BL[:, 0]] + last_K[label_BL.gather(1, end_B1).squeeze(1)]
        score_B = score_B + (emitted_BL * weight_BL).sum(dim=1)
        return log_z_B - score_B - (stepped_BL * weight_BL[:, 1:]).sum(dim=1)

    def best(self, emission_BLK: Tensor, mask_BL: Tensor) -> list[list[int]]:
        """The most probable label sequence of every title (Viterbi)."""
        first_K, step_KK, last_K = self._scores()
        score_BK = first_K + emission_BLK[:, 0]
        came_from = []
        stay_K = torch.arange(len(self.labels))
        for place in range(1, emission_BLK.shape[1]):
            top_BK, from_BK = (score_BK.unsqueeze(2) + step_KK).max(dim=1)
            inside_B1 = mask_BL[:, place].unsqueeze(1)
            score_BK = torch.where(inside_B1, top_BK + emission_BLK[:, place], score_BK)
            came_from.append(torch.where(inside_B1, from_BK, stay_K))
        label_B = (score_BK + last_K).argmax(dim=1, keepdim=True)
        path = [label_B]
        for from_BK in reversed(came_from):
            label_B = from_BK.gather(1, label_B)
            path.append(label_B)
        label_BL = torch.cat(path[::-1], dim=1)
        lengths = mask_BL.sum(dim=1).tolist()
        return [row[:length] for row, length in zip(label_BL.tolist(), lengths, strict=True)]

    def span_probabilities(self, emission_BLK: Tensor, mask_BL: Tensor, longest: int) -> Tensor:
        """`probability_BTLM` that exactly `start .. start + m` is an entity of type t.

        The labels of a span are given, so that its probability is one product: what leads to its
        first character, the steps within, and what may follow its last.
        """
        alpha_BLK, beta_BLK, log_z_B = self._both_ways(emission_BLK, mask_BL)
        rows = [
            self._spans_of_type(kind, emission_BLK, alpha_BLK, beta_BLK, longest)
            for kind in range(len(self.labels.types))
        ]
        return (torch.stack(rows, dim=1) - log_z_B[:, None, None, None]).exp()

    def _spans_of_type(
        self, kind: int, emission_BLK: Tensor, alpha_BLK: Tensor, beta_BLK: Tensor, longest: int
    ) -> Tensor:
        begin, inside, end, single = (
            self.labels.number(kind, part) for part in (BEGIN, INSIDE, END, SINGLE)
        )
        _, step_KK, _ = self._scores()
        length = emission_BLK.shape[1]
        log_BLM = emission_BLK.new_full((*emission_BLK.shape[:2], longest), IMPOSSIBLE)
        log_BLM[:, :, 0] = alpha_BLK[:, :, single] + beta_BLK[:, :, single]
        closed_BL = emission_BLK[:, :, end] + beta_BLK[:, :, end]
        passed_BL = emission_BLK[:, :, inside].cumsum(dim=1)
        for more in range(1, min(longest, length)):
            first = alpha_BLK[:, : length - more, begin]
            within = step_KK[begin, end]
            if more > 1:
                steps = step_KK[begin, inside] + (more - 2) * step_KK[inside, inside]
                crossed = passed_BL[:, more - 1 : length - 1] - passed_BL[:, : length - more]
                within = steps + step_KK[inside, end] + crossed
            log_BLM[:, : length - more, more] = first + within + closed_BL[:, more:]
        return log_BLM

    def _both_ways(self, emission_BLK: Tensor, mask_BL: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Alphas, betas (impossible behind the end of a title) and `log_z_B`."""
        first_K, step_KK, last_K = self._scores()
        alpha_BLK = self._alphas(emission_BLK, mask_BL, first_K, step_KK)
        log_z_B = (alpha_BLK[:, -1] + last_K).logsumexp(dim=1)
        beta_BK = last_K.expand(len(emission_BLK), -1)
        betas = [beta_BK]
        for place in range(emission_BLK.shape[1] - 1, 0, -1):
            ahead_BK = emission_BLK[:, place] + beta_BK
            through_BK = (step_KK + ahead_BK.unsqueeze(1)).logsumexp(dim=2)
            beta_BK = torch.where(mask_BL[:, place].unsqueeze(1), through_BK, last_K)
            betas.append(beta_BK)
        beta_BLK = torch.stack(betas[::-1], dim=1)
        return alpha_BLK, beta_BLK.masked_fill(~mask_BL.unsqueeze(2), IMPOSSIBLE), log_z_B

    def _alphas(
        self, emission_BLK: Tensor, mask_BL: Tensor, first_K: Tensor, step_KK: Tensor
    ) -> Tensor:
        """Behind the end of a title the last one is kept."""
        alpha_BK = first_K + emission_BLK[:, 0]
        alphas = [alpha_BK]
        for place in range(1, emission_BLK.shape[1]):
            next_BK = (alpha_BK.unsqueeze(2) + step_KK).logsumexp(dim=1) + emission_BLK[:, place]
            alpha_BK = torch.where(mask_BL[:, place].unsqueeze(1), next_BK, alpha_BK)
            alphas.append(alpha_BK)
        return torch.stack(alphas, dim=1)

    def _scores(self) -> tuple[Tensor, Tensor, Tensor]:
        return (
            self.start_K.masked_fill(~self.first_K, IMPOSSIBLE),
            self.transition_KK.masked_fill(~self.legal_KK, IMPOSSIBLE),
            self.end_K.masked_fill(~self.last_K, IMPOSSIBLE),
        )
