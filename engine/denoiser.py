"""The denoising loop of one canvas, and plain block-autoregressive generation over many."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.generation_config import GenerationConfig
from engine.model import Checkpoint, DiffusionGemma, KVCache
from engine.sampler import Clamp, Sampler, StepOutput, denoise_step, initial_state

# The reference reads a `max_length` in the file only while `max_new_tokens` is at this default.
_DEFAULT_NEW_TOKENS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class DenoisingStep:
    """One finished step of the loop."""

    number: int  # 1..max_steps
    output: StepOutput
    has_converged: bool
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The result of block-autoregressive generation."""

    ids: list[int]  # new tokens, whole canvases
    steps: list[int]  # denoising steps per canvas


@torch.inference_mode()
def denoise_canvas(
    model: DiffusionGemma,
    cache: KVCache,
    clamp: Clamp,
    sampler: Sampler,
    generator: torch.Generator,
    batch: int = 1,
) -> Iterator[DenoisingStep]:
    """Denoise one canvas behind the cache, step by step, until it is stable or the steps run out.

    Stop iterating to cancel; nothing is left behind.
    """
    state = initial_state(model, clamp, batch, generator)
    for number in range(1, sampler.max_steps + 1):
        temperature = sampler.schedule.temperature(
            sampler.max_steps - number + 1, sampler.max_steps
        )
        output = denoise_step(model, cache, state, clamp, temperature, sampler, generator)
        converged = sampler.stopping.should_stop(state.history, output.draft, output.entropy)
        is_last = converged or number == sampler.max_steps
        yield DenoisingStep(number=number, output=output, has_converged=converged, is_last=is_last)
        if is_last:
            return
        state = output.state


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
