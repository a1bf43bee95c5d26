"""A step in buffers of one size: what it goes on from is written, it is played, its frame is read.

Dimensions: B canvases, L rows, F slots, M hidden.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.denoise_step import CanvasState, StepInput, StepOutput
from engine.kernel_step.clamp_layout import ClampLayout
from engine.kernel_step.context import CanvasContext
from engine.model import DiffusionGemma
from kernels.canvas_step import CanvasStep, Recorder, runs_on_kernels
from kernels.frames import FrameReader

_log = logging.getLogger(__name__)


class PreparedStep:
    """A step in buffers of one size; what it found stands in them for the next one."""

    def __init__(self, model: DiffusionGemma, step: CanvasStep, context: CanvasContext) -> None:
        """Take the step over; nothing is recorded yet."""
        self._model, self._step, self._context = model, step, context
        self._reader = FrameReader(step.state.frames)
        self._layout: ClampLayout | None = None
        self._held: CanvasState | None = None  # what the buffers hold, if anyone knows it
        self._taken = 0  # steps since a state was written
        self._has_run = False
        self._replay: Callable[[], None] | None = None

    def is_quick(self, graphs: "Graphs") -> bool:
        """Whether the next step is played, or no step ever will be: recording takes its time."""
        return self._replay is not None or not graphs.can_record

    def launch(
        self, layout: ClampLayout, asked: StepInput, seeds: Sequence[Tensor], graphs: "Graphs"
    ) -> "Launched":
        """Let the step begin, from seeds [1] of each canvas; waits for nothing."""
        step, (batch, rows) = self._step, layout.clamp.known.shape
        self._context.at(self._model, asked.cache.length)
        if self._held is not asked.state or self._layout is not layout:
            self._write(layout, asked.state)
        self._held = None
        step.state.temperature.fill_(float(asked.temperature))
        step.buffers.seeds.view(batch, -1).copy_(torch.cat(list(seeds))[:, None])
        self._play(graphs)
        self._taken += 1
        half = self._taken % 2
        self._reader.send(half)
        soft = step.buffers.soft.view(batch, step.shape.rows, -1)[:, :rows]
        return Launched(
            asked=asked,
            layout=layout,
            prepared=self,
            half=half,
            # Copied out: the buffers are the next step's, and nobody outside is to know of them. So
            # pins, renoised words and pruning need not know of graphs either.
            canvas=step.state.canvas[:, :rows].long(),
            soft=soft.clone(),
        )

    def read(self, launched: "Launched") -> StepOutput:
        """Return what the latest step found; the one wait for the device."""
        frame, layout = self._reader.read(launched.half), launched.layout
        slots, before = len(layout.clamp.slots), launched.asked.state
        kept = launched.asked.sampler.stopping.history_len
        draft, entropy = frame.draft[:, :slots].long(), frame.entropy[:, :slots]
        following = CanvasState(
            canvas=launched.canvas,
            soft_embeddings=launched.soft,
            history=(*before.history, draft)[-kept:] if kept else (),
        )
        # A canvas that is done stays as it is in the buffers; who goes on with it says so again.
        self._held = None if bool(frame.is_done.any()) else following
        return StepOutput(
            state=following,
            draft=draft,
            tokens=frame.tokens[:, :slots].long(),
            entropy=entropy,
            mean_entropy=entropy.sum(dim=-1) / layout.num_free.clamp_min(1),
            num_free=layout.num_free,
            accepted=frame.accepted[:, :slots],
            is_done=frame.is_done,
        )

    def _write(self, layout: ClampLayout, state: CanvasState) -> None:
        """Write what the step is to go on from."""
        step, (batch, rows) = self._step, layout.clamp.known.shape
        self._reader.settle()
        if self._layout is not layout:
            layout.write(self._model, step.buffers, step.state.is_free)
            self._layout = layout
        step.state.canvas[:, :rows] = state.canvas
        soft = step.buffers.soft.view(batch, step.shape.rows, -1)[:, :rows]
        if state.soft_embeddings is None:
            soft.zero_()
        else:
            soft.copy_(state.soft_embeddings)
        step.state.previous.fill_(0 if state.history else -1)
        if state.history:
            step.state.previous[:, : len(layout.clamp.slots)] = state.history[-1]
        step.state.streak.copy_(_streak(state.history, batch))
        step.state.step.zero_()
        step.state.is_done.zero_()
        self._taken = 0

    def _play(self, graphs: "Graphs") -> None:
        """Run the step: launch by launch at first, then from its graph."""
        if self._replay is None and self._has_run:
            self._replay = graphs.record(self._step)
        (self._replay or self._step)()
        self._has_run = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Launched:
    """A step on its way; its tensors are on the device and may not be there yet."""

    asked: StepInput
    layout: ClampLayout
    prepared: PreparedStep
    half: int  # of the frames
    canvas: Tensor  # [B, L] int64, after the step
    soft: Tensor  # [B, L, M], after the step

    def output(self) -> StepOutput:
        """Return what it found, before the same buffers are used again."""
        return self.prepared.read(self)


class Graphs:
    """Records steps where that can be done."""

    def __init__(self, device: torch.device, recorder: Recorder | None) -> None:
        """Without a recorder steps are launched."""
        self._device, self._recorder = device, recorder

    @property
    def can_record(self) -> bool:
        """Whether there is a recorder, and it has not failed."""
        return self._recorder is not None

    def record(self, step: CanvasStep) -> Callable[[], None] | None:
        """Return what plays a step, which has run before; None where it has to be launched."""
        if self._recorder is None or not runs_on_kernels(self._device):
            return None
        try:
            return self._recorder.record(step)
        except RuntimeError as error:
            self._recorder = None
            _log.warning("no CUDA graph can be recorded; steps are launched singly (%s)", error)
            return None


def _streak(history: Sequence[Tensor], batch: int) -> Tensor:
    """Return how many drafts before the last one equal it without a break, [B] int32."""
    streak = torch.zeros(batch, dtype=torch.int32)
    is_same = torch.ones(batch, dtype=torch.bool)
    for earlier in reversed(history[:-1]):
        is_same &= (earlier == history[-1]).all(dim=-1).cpu()
        streak += is_same
    return streak
