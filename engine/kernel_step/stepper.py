"""The step, prepared once for each size and played from then on.

It takes the state, what is known and the temperature, and returns what was found out, as
`denoise_step` does; so whatever is done to a batch between two steps (pins, renoised words, soft
edges, fewer canvases) works here too. Only the buffers stay where they are: one CUDA graph for each
size of canvas and of context, recorded when a size is used for the second time. Rows that only fill
a size up are seen by nobody. On a CPU the same code runs without a graph, on twins.

The device is not to wait while the host shows a frame. So whoever knows the next step's temperature
says it (`look_ahead`), and the step is launched at once, from what stands in the buffers. If that
is the step that is asked for next, it is the answer; if anything was changed meanwhile, it is
dropped: nothing of it was seen, and the generators did not move.

Dimensions: B canvases, L rows, F slots, V vocabulary, M hidden.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.denoise_step import StepInput, StepOutput, denoise_step
from engine.kernel_step.clamp_layout import ClampLayout
from engine.kernel_step.context import CanvasContext, ContextRings
from engine.kernel_step.prepared import Graphs, Launched, PreparedStep
from engine.model import DiffusionGemma
from engine.model.on_kernels import put_on_kernels
from engine.sampler import EntropyBound, QuickDraws, Sampler, StableAndConfident
from kernels.canvas_step import CanvasStep, Recorder, StepShape
from kernels.model_pass import ModelWeights
from kernels.step import StepRules

_MOST_PREPARED = 12  # sizes; the ones unused for longest go first
_ENDLESS = 1 << 30  # steps: where the schedule ends is the caller's business


def use_kernels(model: DiffusionGemma, host_layers: int = 0) -> "KernelStepper":
    """Put a loaded model's passes on the operations of `kernels`; return what takes its steps.

    The experts of the last `host_layers` layers stay in the host's memory (`model/host_experts`).
    """
    is_cuda = model.device.type == "cuda"
    weights = put_on_kernels(model, host_layers)
    recorder = Recorder() if is_cuda else None
    return KernelStepper(model, weights, recorder, looks_ahead=is_cuda)


class KernelStepper:
    """Takes denoising steps; keeps what was prepared for the sizes in use."""

    def __init__(
        self,
        model: DiffusionGemma,
        weights: ModelWeights,
        recorder: Recorder | None,
        *,
        looks_ahead: bool = False,
    ) -> None:
        """Prepare nothing yet.

        Args:
            model: The model.
            weights: The same, as the kernels take it.
            recorder: Of graphs; None: steps are launched.
            looks_ahead: Steps run beside the host, so the next one may begin before it is asked.
        """
        self._model = model
        self._weights, self._looks_ahead = weights, looks_ahead
        self._rings = ContextRings(model.config, model.dtype, model.device)
        self._graphs = Graphs(model.device, recorder)
        self._prepared: dict[tuple[StepShape, StepRules], PreparedStep] = {}
        self._layout: ClampLayout | None = None
        self._ahead: _Ahead | None = None
        self._is_quick = False  # whether a step like the last one would begin at once

    def step(self, asked: StepInput) -> StepOutput:
        """Run one step as `denoise_step` does; all but the next state is on the host.

        Each canvas's generator gives one seed; which numbers a slot takes follows from it and from
        the slot's place alone. The sampler's strategies have to be those of the kernels.
        """
        ahead, self._ahead = self._ahead, None
        if asked.clamp.forms:
            # What a form makes of all slots together is worked out on the host: the model's own
            # passes, which are on the kernels as well.
            return denoise_step(self._model, asked)
        if ahead is not None and ahead.answers(asked):
            ahead.catch_up()
            return ahead.launched.output()
        return self._launch(asked, asked.generators).output()

    def look_ahead(self, asked: StepInput) -> None:
        """Let the step begin that will probably be asked for next, if it can begin at once."""
        if not self._looks_ahead or not self._is_quick or asked.clamp.forms:
            return
        copies = [generator.clone_state() for generator in asked.generators]
        before = [generator.get_state() for generator in asked.generators]
        self._ahead = _Ahead(self._launch(asked, copies), before, copies)

    def forget(self) -> None:
        """Give back the memory of what was prepared, and of the context."""
        self._prepared.clear()
        self._layout = self._ahead = None
        self._rings.forget()

    def _launch(self, asked: StepInput, generators: Sequence[torch.Generator]) -> Launched:
        if not self._rings.have_room(asked.cache.length):
            self._prepared.clear()  # what was recorded reads the old rings, and keeps them
        self._rings.load(asked.cache)
        if self._layout is None or self._layout.clamp is not asked.clamp:
            self._layout = ClampLayout.of(asked.clamp)
        prepared = self._prepare(self._layout.shape, _rules(self._model, asked.sampler))
        # One number for a step, whatever the kernels draw from it: a generator then stands where it
        # would stand had the step not been played from a graph, or had it been launched ahead.
        seeds = [torch.randint(2**62, (1,), generator=g, device=g.device) for g in generators]
        launched = prepared.launch(self._layout, asked, seeds, self._graphs)
        self._is_quick = prepared.is_quick(self._graphs)
        return launched

    def _prepare(self, shape: StepShape, rules: StepRules) -> PreparedStep:
        key = (shape, rules)
        prepared = self._prepared.pop(key, None)
        if prepared is None:
            context = CanvasContext(self._model, self._rings, shape.batch, shape.rows)
            step = CanvasStep(
                self._weights, context.layers, self._rings.length, shape, rules,
                has_fresh_seeds=True,
            )  # fmt: skip
            prepared = PreparedStep(self._model, step, context)
        self._prepared[key] = prepared  # the latest stands last
        while len(self._prepared) > _MOST_PREPARED:
            del self._prepared[next(iter(self._prepared))]
        return prepared


class _Ahead:
    """A step that was launched before it was asked for, with copies of the generators."""

    def __init__(
        self, launched: Launched, before: list[Tensor], copies: list[torch.Generator]
    ) -> None:
        self.launched = launched
        self._before, self._copies = before, copies

    def answers(self, asked: StepInput) -> bool:
        """Whether this is the step that is asked for, and nobody drew a number meanwhile."""
        pairs = zip(asked.generators, self._before, strict=True)
        return self.launched.asked.is_same(asked) and all(
            torch.equal(generator.get_state(), before) for generator, before in pairs
        )

    def catch_up(self) -> None:
        """Let the generators have drawn what the step has taken."""
        pairs = zip(self.launched.asked.generators, self._copies, strict=True)
        for generator, copy in pairs:
            generator.set_state(copy.get_state())


def _rules(model: DiffusionGemma, sampler: Sampler) -> StepRules:
    assert isinstance(sampler.acceptance, EntropyBound)
    assert isinstance(sampler.stopping, StableAndConfident)
    assert isinstance(sampler.draws, QuickDraws)
    # The schedule is the sampler's: the step is told its temperature.
    return StepRules(
        vocab=model.config.vocab_size, max_steps=_ENDLESS, t_min=1.0, t_max=1.0,
        bound=sampler.acceptance.bound, stability=sampler.stopping.stability,
        confidence=sampler.stopping.confidence,
    )  # fmt: skip
