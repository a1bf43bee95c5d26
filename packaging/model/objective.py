"""The losses: causal on the encoder, denoising on the free canvas rows, one joint pass for both."""

from collections.abc import Callable

import torch
from architecture import CANVAS_LENGTH, CONTEXT_LENGTH
from batches import LENGTH, Batch
from grouped import grouped_mm
from recipe import FILLER, Recipe
from torch import Tensor, nn
from torch.nn import functional as F

from engine.model import DiffusionGemma
from engine.model.layers import Experts, Layer

# Rows that get logits in a denoising batch; a fixed number keeps the compiled shapes fixed.
DENOISED_ROWS = 1536
Metrics = dict[str, Tensor]


class Objective(nn.Module):
    """The training losses of one model.

    Context and canvas run as one sequence: context rows see what stands before them, canvas rows
    see the context and the whole canvas. That equals encode plus denoise as long as encoder and
    denoiser share their layer scalars, which this recipe leaves at one.
    """

    def __init__(self, model: DiffusionGemma, recipe: Recipe) -> None:
        """Wrap the model; its experts get the differentiable grouped GEMM."""
        super().__init__()
        self.model = model
        self.recipe = recipe
        for layer in model.layers:
            assert isinstance(layer, Layer)
            layer.experts.forward = _grouped(layer.experts)  # type: ignore[method-assign, assignment]
        self._backbone = torch.compile(self._run_layers, dynamic=False)
        self._loss = torch.compile(self._row_losses, dynamic=False)

    def causal(self, text: Tensor) -> tuple[Tensor, Metrics]:
        """Return the mean next-token loss of text [B, LENGTH + 1]."""
        hidden = self._backbone(self.model.embed(text[:, :-1]), *self._causal_masks(text.device))
        losses, hits = self._loss(hidden.flatten(0, 1), text[:, 1:].flatten())
        return losses.mean(), {"causal_loss": losses.mean(), "causal_accuracy": hits.mean()}

    def denoising(
        self, batch: Batch, condition: bool, generator: torch.Generator
    ) -> tuple[Tensor, Metrics]:
        """Return the mixed loss of a batch; `condition`: with the first pass' beliefs."""
        masks = self._joint_masks(batch.context_valid)
        soft = self._known_rows(batch)
        if condition:
            with torch.no_grad():
                believed = self._believe(batch, soft, masks)
            soft = torch.where(batch.free[..., None], believed, soft)
        hidden = self._joint(batch, soft, masks)
        rows, weights = self._pick_rows(batch, generator)
        target = batch.target.flatten()[rows]
        losses, hits = self._loss(hidden[:, CONTEXT_LENGTH:].flatten(0, 1)[rows], target)
        denoising = (losses * weights).sum() / weights.sum()
        causal_losses, causal_hits = self._loss(
            hidden[:, : CONTEXT_LENGTH - 1].flatten(0, 1), batch.context[:, 1:].flatten()
        )
        valid = batch.context_valid[:, :-1].flatten().float()
        causal = (causal_losses * valid).sum() / valid.sum()
        metrics = {
            "denoising_loss": denoising,
            "denoising_accuracy": (hits * weights).sum() / weights.sum(),
            "causal_loss": causal,
            "causal_accuracy": (causal_hits * valid).sum() / valid.sum(),
        }
        return denoising + self.recipe.causal_weight * causal, metrics

    def _joint(self, batch: Batch, soft: Tensor, masks: tuple[Tensor, Tensor]) -> Tensor:
        canvas = self.model.self_conditioning.combine(self.model.embed(batch.canvas), soft)
        return self._backbone(torch.cat((self.model.embed(batch.context), canvas), 1), *masks)

    def _known_rows(self, batch: Batch) -> Tensor:
        """Mark the known rows: they carry their embedding, free rows zeros (first step)."""
        known = ~batch.free[..., None] & self.recipe.marks_known_rows
        return self.model.embed(batch.canvas) * known

    def _believe(self, batch: Batch, soft: Tensor, masks: tuple[Tensor, Tensor]) -> Tensor:
        hidden = self._joint(batch, soft, masks)[:, CONTEXT_LENGTH:]
        free = batch.free.flatten().nonzero().squeeze(1)
        probs = self.model.logits(hidden.flatten(0, 1)[free]).softmax(-1)
        believed = torch.zeros_like(soft).flatten(0, 1)
        believed[free] = self.model.soft_embed(probs).to(believed.dtype)
        return believed.view_as(soft)

    def _pick_rows(self, batch: Batch, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return DENOISED_ROWS flat canvas rows, free ones in random order first, and weights."""
        free = batch.free.flatten()
        order = torch.rand(free.shape, generator=generator).to(free.device) + (~free)
        rows = order.argsort()[:DENOISED_ROWS]
        is_filler = batch.target.flatten()[rows] == FILLER
        return rows, free[rows] * torch.where(is_filler, self.recipe.filler_weight, 1.0)

    def _row_losses(self, hidden: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.model.logits(hidden)
        hits = (logits.argmax(-1) == target).float()
        return F.cross_entropy(logits, target, reduction="none"), hits

    def _run_layers(self, hidden: Tensor, full: Tensor, sliding: Tensor) -> Tensor:
        ropes = self.model.ropes(0, LENGTH)
        for layer, shape in zip(self.model.layers, self.model.config.layers, strict=True):
            mask = sliding if shape.is_sliding else full
            hidden, _ = layer(hidden, ropes[shape], mask=mask)
        out: Tensor = self.model.norm(hidden)
        return out

    def _causal_masks(self, device: torch.device) -> tuple[Tensor, Tensor]:
        rows = torch.arange(LENGTH, device=device)[:, None]
        full = rows.T <= rows
        sliding = full & (rows.T > rows - self.model.config.sliding_window)
        shape = (self.recipe.batch_size, 1, LENGTH, LENGTH)
        return full.expand(shape), sliding.expand(shape)

    def _joint_masks(self, valid: Tensor) -> tuple[Tensor, Tensor]:
        full, sliding = (m[:1].clone() for m in self._causal_masks(valid.device))
        first_seen = CONTEXT_LENGTH - (self.model.config.sliding_window - 1)
        full[:, :, CONTEXT_LENGTH:] = True
        sliding[:, :, CONTEXT_LENGTH:] = torch.arange(LENGTH, device=valid.device) >= first_seen
        seen = F.pad(valid, (0, CANVAS_LENGTH), value=True)[:, None, None, :]
        itself = torch.eye(LENGTH, dtype=torch.bool, device=valid.device)
        return (full & seen) | itself, (sliding & seen) | itself


def _grouped(experts: Experts) -> Callable[[Tensor, Tensor, Tensor], Tensor]:
    """Return the experts' forward as two grouped products, which compile and differentiate."""

    def forward(x: Tensor, index: Tensor, weights: Tensor) -> Tensor:
        num_experts, top_k = experts.gate_up_proj.shape[0], index.shape[1]
        order = index.flatten().argsort(stable=True)
        ends = F.one_hot(index.flatten(), num_experts).sum(0).cumsum(0).to(torch.int32)
        # Autocast knows nothing of grouped products.
        dtype = torch.bfloat16 if torch.is_autocast_enabled(x.device.type) else x.dtype
        rows = x[order // top_k].to(dtype)
        gate_up = grouped_mm(rows, experts.gate_up_proj.to(dtype), ends)
        gate, up = gate_up.chunk(2, dim=-1)
        inner = F.gelu(gate, approximate="tanh") * up
        out = grouped_mm(inner, experts.down_proj.to(dtype), ends)
        scaled = out.float() * weights.flatten()[order, None]
        return torch.zeros_like(x).index_add(0, order // top_k, scaled.to(x.dtype))

    return forward
