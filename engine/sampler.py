"""The entropy-bound sampler: small frozen strategies around one pure denoising step.

The algorithm is DiffusionGemma's: temperature-scaled logits, acceptance by an entropy bound
(arXiv 2505.24857), everything else renoised, a stop when the draft is stable and confident. Random
numbers are drawn in the reference's order, so that equal seeds give equal tokens on the CPU.

Dimensions: B canvases, L rows, F free rows, V vocabulary, M hidden.
"""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from engine.generation_config import GenerationConfig
from engine.model import DiffusionGemma, KVCache
from kernels.categorical import categorical

_TINY = torch.finfo(torch.float32).tiny  # stands for zero where a logarithm is taken


class TemperatureSchedule(Protocol):
    """Decides the temperature of a step."""

    def temperature(self, steps_left: int, max_steps: int) -> Tensor:
        """Return the float32 temperature of the step with which `steps_left` are to go."""


class Acceptance(Protocol):
    """Decides which sampled tokens stay on the canvas."""

    def accept(self, entropy: Tensor) -> Tensor:
        """Return the accepted rows [B, F] bool for entropies [B, F] in nats."""


class Stopping(Protocol):
    """Decides when a canvas is done."""

    @property
    def history_len(self) -> int:
        """How many earlier drafts the test looks at."""

    def should_stop(self, history: tuple[Tensor, ...], draft: Tensor, entropy: Tensor) -> bool:
        """Judge the draft [B, F] and its entropies [B, F] after the earlier drafts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearTemperature:
    """From `t_max` at the first step down towards `t_min`."""

    t_min: float
    t_max: float

    def temperature(self, steps_left: int, max_steps: int) -> Tensor:
        """Return t_min + (t_max − t_min) · steps_left / max_steps, in float32 as the reference."""
        share = torch.tensor(steps_left, dtype=torch.int32) / max_steps
        return self.t_min + (self.t_max - self.t_min) * share


@dataclass(frozen=True, slots=True, kw_only=True)
class EntropyBound:
    """Accepts the most certain rows while their joint uncertainty stays within the bound."""

    bound: float  # nats

    def accept(self, entropy: Tensor) -> Tensor:
        """Accept in ascending order while the sum of the entropies before a row is ≤ the bound."""
        ascending, order = entropy.sort(dim=-1)
        selected = ascending.cumsum(dim=-1) - ascending <= self.bound
        return torch.zeros_like(selected).scatter(-1, order, selected)


@dataclass(frozen=True, slots=True, kw_only=True)
class StableAndConfident:
    """Stops when the draft repeats `stability` times and its mean entropy is low."""

    stability: int  # earlier drafts that must be equal
    confidence: float  # nats, mean over the free rows

    @property
    def history_len(self) -> int:
        """The drafts that must be equal."""
        return self.stability

    def should_stop(self, history: tuple[Tensor, ...], draft: Tensor, entropy: Tensor) -> bool:
        """Return True if every canvas is stable and confident."""
        is_stable = len(history) == self.stability and all(
            torch.equal(earlier, draft) for earlier in history
        )
        return is_stable and bool((entropy.mean(dim=-1) < self.confidence).all())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """The strategies of one generation."""

    max_steps: int
    schedule: TemperatureSchedule
    acceptance: Acceptance
    stopping: Stopping

    @classmethod
    def from_config(cls, config: GenerationConfig) -> "Sampler":
        """Build the checkpoint's sampler."""
        return cls(
            max_steps=config.max_denoising_steps,
            schedule=LinearTemperature(t_min=config.t_min, t_max=config.t_max),
            acceptance=EntropyBound(bound=config.entropy_bound),
            stopping=StableAndConfident(
                stability=config.stability_threshold, confidence=config.confidence_threshold
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clamp:
    """What is known of a canvas before denoising."""

    known: Tensor  # [L] int64; the value at free rows does not matter
    free: Tensor  # [F] int64, ascending row numbers
    forbidden: Tensor | None = None  # [F, V] or [1, V] bool: tokens a free row may not become
    mark_known_from_start: bool = False  # known rows carry their embedding in step 1 already

    @classmethod
    def none(cls, length: int, device: torch.device) -> "Clamp":
        """Leave all `length` rows free."""
        rows = torch.arange(length, device=device)
        return cls(known=torch.zeros_like(rows), free=rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasState:
    """The carry of the denoising loop."""

    canvas: Tensor  # [B, L] int64, clamped rows at their known tokens
    soft_embeddings: Tensor | None  # [B, L, M]; None: no row says anything yet
    history: tuple[Tensor, ...] = ()  # the last `Stopping.history_len` drafts [B, F]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutput:
    """What one denoising step found out about the free rows, and the next state."""

    state: CanvasState
    draft: Tensor  # [B, F] int64, the argmax
    entropy: Tensor  # [B, F] float32, nats
    accepted: Tensor  # [B, F] bool


def initial_state(
    model: DiffusionGemma, clamp: Clamp, batch: int, generator: torch.Generator
) -> CanvasState:
    """Return the first canvas: uniform random ids at free rows, the known tokens elsewhere."""
    canvas = clamp.known.repeat(batch, 1)
    canvas[:, clamp.free] = _random_ids(model, clamp, batch, generator)
    soft = _known_embeddings(model, clamp, batch) if clamp.mark_known_from_start else None
    return CanvasState(canvas=canvas, soft_embeddings=soft)


def denoise_step(
    model: DiffusionGemma,
    cache: KVCache,
    state: CanvasState,
    clamp: Clamp,
    temperature: Tensor,
    sampler: Sampler,
    generator: torch.Generator,
) -> StepOutput:
    """Run one denoising step; nothing but the generator is changed.

    Clamped rows keep their tokens, have no part in acceptance, and speak through self-conditioning
    with the embedding of the known token, the limit of a confident prediction.
    """
    hidden = model.denoise(state.canvas, state.soft_embeddings, cache)
    logits = model.logits(hidden[:, clamp.free]) / temperature  # [B, F, V]
    if clamp.forbidden is not None:
        logits = logits.masked_fill(clamp.forbidden, -torch.inf)
    probs = logits.softmax(dim=-1)
    sampled = categorical(probs.flatten(0, 1), generator).view(probs.shape[:2])
    draft = logits.argmax(dim=-1)
    entropy = -(probs * probs.clamp_min(_TINY).log()).sum(dim=-1)
    accepted = sampler.acceptance.accept(entropy)
    random = _random_ids(model, clamp, len(sampled), generator)
    canvas = state.canvas.clone()
    canvas[:, clamp.free] = torch.where(accepted, sampled, random)
    kept = sampler.stopping.history_len
    following = CanvasState(
        canvas=canvas,
        soft_embeddings=_soft_embeddings(model, clamp, probs),
        history=(*state.history, draft)[-kept:] if kept else (),
    )
    return StepOutput(state=following, draft=draft, entropy=entropy, accepted=accepted)


def _random_ids(
    model: DiffusionGemma, clamp: Clamp, batch: int, generator: torch.Generator
) -> Tensor:
    size = (batch, len(clamp.free))
    vocab = model.config.vocab_size
    return torch.randint(vocab, size, generator=generator, device=clamp.free.device)


def _soft_embeddings(model: DiffusionGemma, clamp: Clamp, probs: Tensor) -> Tensor:
    believed = model.soft_embed(probs)  # [B, F, M]
    if len(clamp.free) == len(clamp.known):
        return believed
    soft = _known_embeddings(model, clamp, len(probs))
    soft[:, clamp.free] = believed
    return soft


def _known_embeddings(model: DiffusionGemma, clamp: Clamp, batch: int) -> Tensor:
    """Return [B, L, M]: the embedding of each known token, zeros at free rows."""
    soft = model.embed(clamp.known).repeat(batch, 1, 1)
    soft[:, clamp.free] = 0
    return soft
