"""The step, prepared once for each size and played from then on.

It takes the state, what is known and the temperature, and returns what was found out, as
`sampler.denoise_step` does; so whatever is done to a batch between two steps (pins, melts, soft
edges, fewer canvases) works here too. Only the buffers stay where they are: one CUDA graph for each
size of canvas and of context, recorded when a size is used for the second time. Rows that only fill
a size up are seen by nobody. On a CPU the same code runs without a graph, on twins.

Dimensions: B canvases, L rows, F slots, V vocabulary, M hidden.
"""

import logging
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from engine.kernel_step.context import CanvasContext, ContextRings
from engine.kernel_step.layout import Layout
from engine.model import DiffusionGemma, KVCache
from engine.model.on_kernels import put_on_kernels
from engine.sampler import CanvasState, Clamp, EntropyBound, QuickDraws, Sampler, StepOutput
from kernels.canvas_step import CanvasStep, Recorder, StepShape, runs_on_kernels
from kernels.model_pass import ModelWeights
from kernels.step import StepRules, read_frame

_log = logging.getLogger(__name__)

_MOST_PREPARED = 12  # sizes; the ones unused for longest go first


def use_kernels(model: DiffusionGemma) -> None:
    """Put a loaded model's passes and its denoising steps on the operations of `kernels`."""
    recorder = Recorder() if model.device.type == "cuda" else None
    model.stepper = KernelStepper(model, put_on_kernels(model), recorder)


class KernelStepper:
    """Takes denoising steps; keeps what was prepared for the sizes in use."""

    def __init__(
        self, model: DiffusionGemma, weights: ModelWeights, recorder: Recorder | None
    ) -> None:
        """Prepare nothing yet; `weights` are the model's, without a recorder steps are launched."""
        self._weights = weights
        self._rings = ContextRings(model.config, model.dtype, model.device)
        self._graphs = _Graphs(model.device, recorder)
        self._prepared: dict[tuple[StepShape, float], _PreparedStep] = {}
        self._layout: Layout | None = None

    def suits(self, sampler: Sampler) -> bool:
        """Whether the sampler's strategies are those of the kernels; its schedule may be any."""
        is_bound = isinstance(sampler.acceptance, EntropyBound)
        return is_bound and isinstance(sampler.draws, QuickDraws)

    def __call__(
        self,
        model: DiffusionGemma,
        cache: KVCache,
        state: CanvasState,
        clamp: Clamp,
        temperature: Tensor,
        sampler: Sampler,
        generators: Sequence[torch.Generator],
    ) -> StepOutput:
        """Run one step as `denoise_step` does; draft, entropies and acceptance are on the host.

        `probs` is empty: nothing of rows × V is ever stored. Each canvas's generator gives one
        seed; which numbers a slot takes follows from it and from the slot's place alone.
        """
        if self._rings.load(cache):
            self._prepared.clear()  # what was recorded reads the old rings
        if self._layout is None or self._layout.clamp is not clamp:
            self._layout = Layout.of(clamp)
        assert isinstance(sampler.acceptance, EntropyBound)
        prepared = self._prepare(model, self._layout.shape, sampler.acceptance.bound)
        prepared.load(model, cache.length, self._layout, state, temperature)
        prepared.seed(generators)
        prepared.play(self._graphs)
        return prepared.output(state, self._layout, sampler.stopping.history_len)

    def _prepare(self, model: DiffusionGemma, shape: StepShape, bound: float) -> "_PreparedStep":
        key = (shape, bound)
        prepared = self._prepared.pop(key, None)
        if prepared is None:
            context = CanvasContext(model, self._rings, shape.batch, shape.rows)
            rules = _rules(model, bound)
            step = CanvasStep(self._weights, context.layers, self._rings.length, shape, rules)
            prepared = _PreparedStep(step, context)
        self._prepared[key] = prepared  # the latest stands last
        while len(self._prepared) > _MOST_PREPARED:
            del self._prepared[next(iter(self._prepared))]
        return prepared


def _rules(model: DiffusionGemma, bound: float) -> StepRules:
    # Schedule and stop are the sampler's: the step is told its temperature and never done.
    return StepRules(
        vocab=model.config.vocab_size, max_steps=2, t_min=1.0, t_max=1.0, bound=bound,
        stability=1, confidence=-1.0,
    )  # fmt: skip


class _PreparedStep:
    """A step in buffers of one size."""

    def __init__(self, step: CanvasStep, context: CanvasContext) -> None:
        self._step, self._context = step, context
        self._layout: Layout | None = None
        self._has_run = False
        self._replay: Callable[[], None] | None = None

    def load(
        self,
        model: DiffusionGemma,
        start: int,
        layout: Layout,
        state: CanvasState,
        temperature: Tensor,
    ) -> None:
        """Write what the step is to go on from."""
        step, (batch, rows) = self._step, layout.clamp.known.shape
        self._context.at(model, start)
        if self._layout is not layout:
            layout.write(model, step.buffers, step.state.is_free)
            self._layout = layout
        step.state.canvas[:, :rows] = state.canvas
        soft = step.buffers.soft.view(batch, step.shape.rows, -1)[:, :rows]
        if state.soft_embeddings is None:
            soft.zero_()
        else:
            soft.copy_(state.soft_embeddings)
        step.state.temperature.fill_(float(temperature))
        step.state.step.zero_()
        step.state.is_done.zero_()

    def seed(self, generators: Sequence[torch.Generator]) -> None:
        """Draw each canvas's seed for the step."""
        seeds = [torch.randint(2**62, (1,), generator=g, device=g.device) for g in generators]
        self._step.buffers.seeds.copy_(torch.cat(seeds).repeat_interleave(self._step.shape.slots))

    def play(self, graphs: "_Graphs") -> None:
        """Run the step: launch by launch at first, then from its graph."""
        if self._replay is None and self._has_run:
            self._replay = graphs.record(self._step)
        (self._replay or self._step)()
        self._has_run = True

    def output(self, before: CanvasState, layout: Layout, kept: int) -> StepOutput:
        """Return what the step found; the one wait for the device."""
        step, (batch, rows) = self._step, layout.clamp.known.shape
        slots = len(layout.clamp.slots)
        frame = read_frame(step.state.frames[1].cpu())
        draft, entropy = frame.draft[:, :slots].long(), frame.entropy[:, :slots]
        soft = step.buffers.soft.view(batch, step.shape.rows, -1)[:, :rows]
        following = CanvasState(
            canvas=step.state.canvas[:, :rows].long(),
            soft_embeddings=soft.clone(),
            history=(*before.history, draft)[-kept:] if kept else (),
        )
        return StepOutput(
            state=following,
            draft=draft,
            entropy=entropy,
            mean_entropy=entropy.sum(dim=-1) / layout.free_count,
            accepted=frame.accepted[:, :slots],
        )


class _Graphs:
    """Records steps where that can be done."""

    def __init__(self, device: torch.device, recorder: Recorder | None) -> None:
        self._device, self._recorder = device, recorder

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
