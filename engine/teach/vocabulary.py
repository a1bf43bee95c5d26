"""The head in training, streamed over the vocabulary: no logits of all tokens are ever stored.

Logits of 512 rows over 262,144 tokens are half a gigabyte, and autograd would keep several of them.
The gradient of a row's loss needs nothing but its logarithm of the sum, so each block of the
vocabulary is computed once more for it (Wijmans et al. 2024, arXiv 2411.09009).

Dimensions: N rows, M hidden, V vocabulary, C tokens of a block.
"""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from engine.model.model import DiffusionGemma

BLOCK = 8192  # tokens


class Head:
    """A model's head: soft-capped logits against the embedding, packed or not."""

    def __init__(self, model: DiffusionGemma, block: int = BLOCK) -> None:
        """Take the model whose embedding it is."""
        self._model, self._block = model, block
        self._cap = model.config.final_logit_softcapping

    def losses(self, hidden: Tensor, targets: Tensor) -> Tensor:
        """Return −log p(target) [N], float32, of final hidden states [N, M] and token ids [N]."""
        out: Tensor = _RowLosses.apply(hidden, targets, self)  # type: ignore[no-untyped-call]
        return out

    @torch.no_grad()
    def beliefs(self, hidden: Tensor) -> Tensor:
        """Return the expected embeddings [N, M] under the beliefs of final hidden states [N, M]."""
        total = self.log_total(hidden)
        soft = torch.zeros(hidden.shape, dtype=torch.float32, device=hidden.device)
        for _, block in self.blocks():
            probs = (self.logits(hidden, block) - total[:, None]).exp_()
            soft += probs.to(block.dtype) @ block
        return soft.to(hidden.dtype) * self._model.embed_scale

    def log_total(self, hidden: Tensor) -> Tensor:
        """Return log Σ exp(logit) over the vocabulary [N], float32, for hidden states [N, M]."""
        total = torch.full(hidden.shape[:1], -torch.inf, device=hidden.device)
        for _, block in self.blocks():
            total = torch.logaddexp(total, self.logits(hidden, block).logsumexp(dim=-1))
        return total

    def blocks(self) -> Iterator[tuple[int, Tensor]]:
        """Yield the embedding's rows [C, M] by blocks, each with the number of its first."""
        device, size = self._model.device, self._model.config.vocab_size
        for start in range(0, size, self._block):
            ids = torch.arange(start, min(start + self._block, size), device=device)
            yield start, self._model.embed_tokens(ids)

    def of(self, hidden: Tensor, ids: Tensor) -> Tensor:
        """Return the logit [N], float32, of one token id [N] for each hidden state [N, M]."""
        return self.logits(hidden[:, None], self._model.embed_tokens(ids)[:, None])[:, 0, 0]

    def logits(self, hidden: Tensor, block: Tensor) -> Tensor:
        """Return logits [..., N, C], float32, of hidden [..., N, M] for a block [..., C, M]."""
        return (hidden @ block.mT).float().div_(self._cap).tanh_().mul_(self._cap)

    def slope(self, logits: Tensor) -> Tensor:
        """Return how much the capped logits change with what they are the caps of, 1 − tanh²."""
        return 1 - (logits / self._cap).square_()


class _RowLosses(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, targets: Tensor, head: Head) -> Tensor:  # noqa: ANN401
        total = head.log_total(hidden)
        ctx.save_for_backward(hidden, targets, total)
        ctx.head = head
        return total - head.of(hidden, targets)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:  # noqa: ANN401
        hidden, targets, total = ctx.saved_tensors
        out = torch.zeros(hidden.shape, dtype=torch.float32, device=hidden.device)
        for start, block in ctx.head.blocks():
            logits = ctx.head.logits(hidden, block)
            # p − 1 of the target and p of the others, by the slope of the cap.
            change = (logits - total[:, None]).exp_()
            rows = ((targets >= start) & (targets < start + len(block))).nonzero()[:, 0]
            change[rows, targets[rows] - start] -= 1
            change *= ctx.head.slope(logits) * grad[:, None]
            out += change.to(block.dtype) @ block
        return out.to(hidden.dtype), None, None
