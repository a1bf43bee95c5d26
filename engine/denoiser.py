"""The denoising loop of one canvas, and plain block-autoregressive generation over many."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.generation_config import GenerationConfig
from engine.model import Checkpoint, Denoiser, KVCache
from engine.sampler import (
    CanvasState,
    Clamp,
    Sampler,
    StepOutput,
    denoise_step,
    initial_state,
)

# The reference reads a `max_length` in the file only while `max_new_tokens` is at this default.
_DEFAULT_NEW_TOKENS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoisingStep:
    """One finished step of a batch of canvases."""

    number: int  # 1..max_steps
    output: StepOutput
    has_converged: list[bool]  # per canvas
    is_last: bool  # for all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The result of block-autoregressive generation."""

    ids: list[int]  # new tokens, whole canvases
    steps: list[int]  # denoising steps per canvas


class Denoising:
    """A batch of canvases being denoised behind one cache; its owner may change it between steps.

    Dropping it cancels; nothing is left behind.
    """

    def __init__(
        self,
        model: Denoiser,
        cache: KVCache,
        clamp: Clamp,
        sampler: Sampler,
        generators: Sequence[torch.Generator],
        state: CanvasState | None = None,
        steps_done: int = 0,
    ) -> None:
        """Start from noise, or go on from a state that `steps_done` steps have led to."""
        self.model, self.sampler = model, sampler
        self.cache = cache  # of one sequence, the same for all canvases
        self.clamp, self.generators = clamp, list(generators)
        self.number = steps_done
        self.state = state or initial_state(model, clamp, sampler, generators)

    @torch.inference_mode()
    def step(self, *, goes_on: bool = True) -> DenoisingStep:
        """Run the next step; not to be called after the last one.

        Args:
            goes_on: False if something will be changed before the step after it.
        """
        stepper = self.model.stepper
        is_own = stepper is not None and stepper.suits(self.sampler)
        output = (stepper if stepper and is_own else denoise_step)(*self._next())
        self.number += 1
        self.state = output.state
        done = output.is_done.tolist()
        is_last = all(done) or self.number >= self.sampler.max_steps
        if stepper and is_own and goes_on and not is_last and not any(done):
            stepper.look_ahead(*self._next())
        return DenoisingStep(number=self.number, output=output, has_converged=done, is_last=is_last)

    def _next(
        self,
    ) -> tuple[Denoiser, KVCache, CanvasState, Clamp, Tensor, Sampler, Sequence[torch.Generator]]:
        """Return what `denoise_step` takes for the next step."""
        temperature = self.sampler.temperature(self.number + 1)
        rest = (temperature, self.sampler, self.generators)
        return self.model, self.cache, self.state, self.clamp, *rest

    def keep(self, canvases: list[int]) -> None:
        """Go on with some of the canvases alone."""
        self.clamp, self.state = self.clamp.take(canvases), self.state.take(canvases)
        self.generators = [self.generators[canvas] for canvas in canvases]


@torch.inference_mode()
def denoise_canvas(
    model: Denoiser,
    cache: KVCache,
    clamp: Clamp,
    sampler: Sampler,
    generator: torch.Generator,
) -> Iterator[DenoisingStep]:
    """Denoise one canvas behind the cache, step by step, until it is stable or the steps run out.

    Stop iterating to cancel.
    """
    denoising = Denoising(model, cache, clamp, sampler, [generator])
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
        *_, last = denoise_canvas(model, cache, clamp, sampler, generator)
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
