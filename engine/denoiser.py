"""The denoising loop of one canvas, and plain block-autoregressive generation over many."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.denoise_step import CanvasState, Clamp, StepInput, StepOutput, initial_state
from engine.generation_config import GenerationConfig
from engine.loaders import Checkpoint
from engine.model import Denoiser, KVCache
from engine.sampler import Sampler
from engine.stepping import PlainStepper, Stepper

# The reference reads a `max_length` in the file only while `max_new_tokens` is at this default.
_DEFAULT_NEW_TOKENS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoisingStep:
    """One finished step of a batch of canvases."""

    number: int  # 1..max_steps
    asked: StepInput  # what it was taken of
    output: StepOutput
    has_converged: list[bool]  # per canvas
    is_last: bool  # for all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The result of block-autoregressive generation."""

    ids: list[int]  # new tokens, whole canvases
    steps: list[int]  # denoising steps per canvas


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Begun:
    """Where the denoising of a batch of canvases begins, or goes on."""

    cache: KVCache  # of one sequence, the same for all canvases
    clamp: Clamp
    state: CanvasState
    sampler: Sampler
    generators: Sequence[torch.Generator]  # one for each canvas
    steps_done: int = 0  # of the schedule

    @classmethod
    def from_noise(
        cls,
        model: Denoiser,
        cache: KVCache,
        clamp: Clamp,
        sampler: Sampler,
        generators: Sequence[torch.Generator],
    ) -> "Begun":
        """Begin with random tokens in all free slots."""
        state = initial_state(model, clamp, sampler, generators)
        return cls(cache=cache, clamp=clamp, state=state, sampler=sampler, generators=generators)


class Denoising:
    """A batch of canvases being denoised behind one cache; its methods change it between steps.

    Dropping it cancels; nothing is left behind.
    """

    def __init__(self, stepper: Stepper, begun: Begun) -> None:
        """Let a strategy take the steps from where they begin."""
        self._stepper = stepper
        self.sampler, self.cache = begun.sampler, begun.cache
        self.clamp, self.state = begun.clamp, begun.state
        self.number = begun.steps_done
        self._generators = tuple(begun.generators)

    @torch.inference_mode()
    def step(self, *, goes_on: bool = True) -> DenoisingStep:
        """Run the next step; not to be called after the last one.

        Args:
            goes_on: False if something will be changed before the step after it.
        """
        asked = self._next()
        output = self._stepper.step(asked)
        self.number += 1
        self.state = output.state
        done = output.is_done.tolist()
        is_last = all(done) or self.number >= self.sampler.max_steps
        # A canvas that is done is taken out before the next step, which is another one then.
        if goes_on and not is_last and not any(done):
            self._stepper.look_ahead(self._next())
        return DenoisingStep(
            number=self.number, asked=asked, output=output, has_converged=done, is_last=is_last
        )

    def _next(self) -> StepInput:
        return StepInput(
            cache=self.cache,
            state=self.state,
            clamp=self.clamp,
            temperature=self.sampler.temperature(self.number + 1),
            sampler=self.sampler,
            generators=self._generators,
        )

    @property
    def stands_at(self) -> Begun:
        """Where it goes on from."""
        return Begun(
            cache=self.cache,
            clamp=self.clamp,
            state=self.state,
            sampler=self.sampler,
            generators=self._generators,
            steps_done=self.number,
        )

    def keep(self, canvases: list[int]) -> None:
        """Go on with some of the canvases alone."""
        self.clamp, self.state = self.clamp.take(canvases), self.state.take(canvases)
        self._generators = tuple(self._generators[canvas] for canvas in canvases)

    def go_to(self, number: int) -> None:
        """Go on as after step `number` of the schedule."""
        self.number = number

    def free(self, row: int, slots: Sequence[int]) -> None:
        """Free known slots of a canvas; what they hold is where they start from."""
        # Never in place: clamps and states are what earlier frames go on from, and what a step that
        # was launched ahead is recognised by.
        free = self.clamp.free.clone()
        free[row, list(slots)] = True
        self.clamp = replace(self.clamp, free=free)
        soft = self.state.soft_embeddings
        if soft is not None:
            soft = soft.clone()
            soft[row, list(slots)] = 0  # nothing is believed of them yet
        # Without a history: the draft of a changed canvas must not count as stable for what it was
        # before.
        self.state = CanvasState(canvas=self.state.canvas, soft_embeddings=soft)

    def renoise(self, row: int, slots: Sequence[int], vocab_size: int) -> None:
        """Put random tokens into slots of a canvas."""
        canvas, generator = self.state.canvas.clone(), self._generators[row]
        drawn = torch.randint(vocab_size, (len(slots),), generator=generator, device=canvas.device)
        canvas[row, list(slots)] = drawn
        self.state = replace(self.state, canvas=canvas)

    def hold(self, row: int, tokens: Mapping[int, int], model: Denoiser) -> None:
        """Put known tokens into slots of a canvas, which it has to keep from now on."""
        if not tokens:
            return
        clamp, state, slots = self.clamp, self.state, list(tokens)
        ids = torch.tensor(list(tokens.values()), device=clamp.known.device)
        known, free, canvas = clamp.known.clone(), clamp.free.clone(), state.canvas.clone()
        known[row, slots] = canvas[row, slots] = ids
        free[row, slots] = False
        soft = state.soft_embeddings
        if soft is not None:
            soft = soft.clone()
            soft[row, slots] = model.embed(ids)
        self.clamp = replace(clamp, known=known, free=free)
        self.state = CanvasState(canvas=canvas, soft_embeddings=soft)


@torch.inference_mode()
def denoise_canvas(stepper: Stepper, begun: Begun) -> Iterator[DenoisingStep]:
    """Denoise one canvas behind the cache, step by step, until it is stable or the steps run out.

    Stop iterating to cancel.
    """
    denoising = Denoising(stepper, begun)
    while True:
        step = denoising.step()
        yield step
        if step.is_last:
            return


@torch.inference_mode()
def generate(
    checkpoint: Checkpoint, prompt: list[int], max_new_tokens: int, generator: torch.Generator
) -> Generated:
    """Continue prompt ids canvas by canvas, as the reference's `generate` does.

    Args:
        checkpoint: The model; its generation config decides steps, temperatures and the end.
        prompt: At least one token id.
        max_new_tokens: Rounded up to whole canvases.
        generator: Of the model's device; equal seeds give equal ids on the CPU in float32.
    """
    model, config = checkpoint.model, checkpoint.generation
    length = checkpoint.config.canvas_length
    sampler, clamp = Sampler.from_config(config), Clamp.none(length, model.device)
    cache, pending = KVCache(checkpoint.config), torch.tensor([prompt], device=model.device)
    ids: list[int] = []
    steps: list[int] = []
    for _ in range(_num_canvases(config, len(prompt), max_new_tokens, length)):
        model.encode(pending, cache)
        begun = Begun.from_noise(model, cache, clamp, sampler, [generator])
        *_, last = denoise_canvas(PlainStepper(model), begun)
        # The draft, not the canvas: the latter still holds noise where nothing was accepted.
        pending = last.output.draft
        canvas, has_ended = _cut_at_end(pending[0], config)
        ids += canvas
        steps.append(last.number)
        if has_ended or _is_full(config, len(prompt) + len(ids)):
            break
    return Generated(ids=ids, steps=steps)


def _num_canvases(config: GenerationConfig, prompt: int, new_tokens: int, length: int) -> int:
    if config.max_length and new_tokens == _DEFAULT_NEW_TOKENS:
        new_tokens = config.max_length - prompt
    return math.ceil(new_tokens / length)


def _is_full(config: GenerationConfig, length: int) -> bool:
    return config.max_length is not None and length >= config.max_length


def _cut_at_end(canvas: Tensor, config: GenerationConfig) -> tuple[list[int], bool]:
    """Return the canvas with padding behind its first end token, and whether it has one."""
    ids: list[int] = canvas.tolist()
    ends = [row for row, token in enumerate(ids) if token in config.eos_token_ids]
    if ends and config.pad_token_id is not None:
        first = ends[0] + 1
        ids[first:] = [config.pad_token_id] * (len(ids) - first)
    return ids, bool(ends)
