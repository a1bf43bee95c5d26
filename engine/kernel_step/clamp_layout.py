"""What is known of a batch, as the buffers of a step take it.

Dimensions: B canvases, L rows, F slots, V vocabulary, R rules.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.denoise_step import Clamp
from engine.model import DiffusionGemma
from kernels.canvas_step import StepBuffers, StepShape

# Sizes are rounded up to multiples of these, so that few graphs serve all requests.
_ROWS, _SLOTS, _RULES = 32, 16, 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClampLayout:
    """A clamp, the sizes it needs, and its forbidden tokens without repetitions."""

    clamp: Clamp
    shape: StepShape
    num_free: Tensor  # [B] int64 on the host
    forbidden: Tensor | None  # [R, V] bool
    rule: Tensor | None  # [B · F] int64, a slot's line of it

    @classmethod
    def of(cls, clamp: Clamp) -> "ClampLayout":
        """Lay out a clamp; this waits for the device, once for each clamp."""
        batch, rows = clamp.known.shape
        forbidden, rule = _rules(clamp)
        shape = StepShape(
            batch=batch,
            rows=_rounded(rows, _ROWS),
            slots=_rounded(len(clamp.slots), _SLOTS),
            rules=0 if forbidden is None else _rounded(len(forbidden), _RULES),
        )
        return cls(
            clamp=clamp,
            shape=shape,
            num_free=clamp.free.sum(dim=-1).cpu(),
            forbidden=forbidden,
            rule=rule,
        )

    def write(self, model: DiffusionGemma, buffers: StepBuffers, is_free: Tensor) -> None:
        """Write it into a step's buffers and into the state's `is_free` [B, F]."""
        clamp, shape = self.clamp, self.shape
        (batch, rows), slots = clamp.known.shape, len(clamp.slots)
        is_free.zero_()[:, :slots] = clamp.free
        places = torch.full((shape.slots,), self._spare_row(), device=clamp.slots.device)
        places[:slots] = clamp.slots
        buffers.lay_out(places, is_free != 0, shape.rows)
        buffers.live.fill_(rows)
        buffers.known.view(batch, shape.rows, -1)[:, :rows] = model.embed(clamp.known)
        if self.forbidden is not None and self.rule is not None:
            buffers.forbidden[: len(self.forbidden)] = self.forbidden
            buffers.rule.fill_(-1).view(batch, -1)[:, :slots] = self.rule.view(batch, slots)

    def _spare_row(self) -> int:
        """Return a row that is no slot, for the slots that only fill up."""
        rows = self.clamp.known.shape[1]
        if self.shape.rows > rows:
            return rows
        taken = set(self.clamp.slots.tolist())
        # Without one all rows are slots, as many as there is room for.
        return next((row for row in range(rows) if row not in taken), 0)


def _rules(clamp: Clamp) -> tuple[Tensor, Tensor] | tuple[None, None]:
    """Return the different lines of what is forbidden [R, V], and each slot's line [B · F].

    Neighbouring slots mostly have the same, so only they are compared.
    """
    if clamp.forbidden is None:
        return None, None
    (batch, slots), lines = clamp.free.shape, clamp.forbidden.flatten(0, -2)
    is_new = torch.ones(len(lines), dtype=torch.bool, device=lines.device)
    is_new[1:] = (lines[1:] != lines[:-1]).any(dim=-1)
    line = (is_new.cumsum(0) - 1).view(*clamp.forbidden.shape[:-1])
    return lines[is_new], line.expand(batch, slots).flatten()


def _rounded(size: int, step: int) -> int:
    return -(-size // step) * step
