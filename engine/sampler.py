"""The entropy-bound sampler: small frozen strategies around one pure denoising step.

The algorithm is DiffusionGemma's: temperature-scaled logits, acceptance by an entropy bound
(arXiv 2505.24857), everything else renoised, a stop when the draft is stable and confident. Every
canvas of a batch draws from a generator of its own, so that what it becomes does not hang on what
runs beside it. `ReferenceDraws` draws in the reference's order, so that equal seeds give equal
tokens on the CPU; `QuickDraws` is what the editor uses.

Dimensions: B canvases, L rows, F slots, V vocabulary, M hidden.
"""

from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from engine.generation_config import GenerationConfig
from kernels.categorical import categorical, categorical_quick


class TemperatureSchedule(Protocol):
    """Decides the temperature of a step."""

    def temperature(self, steps_left: int, max_steps: int) -> Tensor:
        """Return the float32 temperature of the step with which `steps_left` are to go."""


class Acceptance(Protocol):
    """Decides which sampled tokens stay on the canvas."""

    def accept(self, entropy: Tensor) -> Tensor:
        """Return the accepted slots [B, F] bool for entropies [B, F] in nats; ∞: no candidate."""


class Stopping(Protocol):
    """Decides when a canvas is done."""

    @property
    def history_len(self) -> int:
        """How many earlier drafts the test looks at."""

    def is_done(self, history: tuple[Tensor, ...], draft: Tensor, entropy: Tensor) -> Tensor:
        """Judge drafts [B, F] and their mean entropies [B] after the earlier drafts; [B] bool."""


class Draws(Protocol):
    """Draws the random numbers of one canvas."""

    def tokens(self, probs: Tensor, rows: int, generator: torch.Generator) -> Tensor:
        """Return a token [F] for each slot's probabilities [F, V], of a canvas of `rows` rows."""

    def noise(self, vocab: int, slots: int, rows: int, generator: torch.Generator) -> Tensor:
        """Return uniform random ids [F]."""


class ReferenceDraws:
    """The reference's numbers in the reference's order."""

    def tokens(self, probs: Tensor, rows: int, generator: torch.Generator) -> Tensor:
        """Draw as `torch.multinomial` does."""
        return categorical(probs, generator)

    def noise(self, vocab: int, slots: int, rows: int, generator: torch.Generator) -> Tensor:
        """Draw one id per slot."""
        return torch.randint(vocab, (slots,), generator=generator, device=generator.device)


class QuickDraws:
    """One number a row of the canvas, used or not: a slot's number hangs on its place alone."""

    def tokens(self, probs: Tensor, rows: int, generator: torch.Generator) -> Tensor:
        """Draw by inverting the distribution function."""
        # For all rows, not for the slots alone: of these there are as many as the longest canvas of
        # the batch has, and what runs beside a canvas must not move its numbers.
        uniform = torch.rand(rows, generator=generator, device=generator.device)
        return categorical_quick(probs, uniform[: len(probs)])

    def noise(self, vocab: int, slots: int, rows: int, generator: torch.Generator) -> Tensor:
        """Draw one id per row."""
        return torch.randint(vocab, (rows,), generator=generator, device=generator.device)[:slots]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearTemperature:
    """From `t_max` at the first step down towards `t_min`."""

    t_min: float
    t_max: float

    def temperature(self, steps_left: int, max_steps: int) -> Tensor:
        """Return t_min + (t_max − t_min) · steps_left / max_steps, in float32 as the reference."""
        # A tensor, because Python would divide in float64 and round otherwise than the reference.
        share = torch.tensor(steps_left, dtype=torch.int32) / max_steps
        return self.t_min + (self.t_max - self.t_min) * share


@dataclass(frozen=True, slots=True, kw_only=True)
class EntropyBound:
    """Accepts the most certain rows while their joint uncertainty stays within the bound."""

    bound: float  # nats

    def accept(self, entropy: Tensor) -> Tensor:
        """Accept in ascending order while the sum of the entropies before a row is ≤ the bound."""
        ascending, order = entropy.sort(dim=-1)
        # What stands before a row and not the row itself: the surest is accepted however unsure it
        # is, so every step gets somewhere.
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

    def is_done(self, history: tuple[Tensor, ...], draft: Tensor, entropy: Tensor) -> Tensor:
        """Return [B] bool: the canvases that are stable and confident."""
        done = entropy < self.confidence
        if len(history) < self.stability:
            return torch.zeros_like(done)
        for earlier in history:
            done = done & (earlier == draft).all(dim=-1)
        return done


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampler:
    """The strategies of one generation."""

    max_steps: int
    schedule: TemperatureSchedule
    acceptance: Acceptance
    stopping: Stopping
    draws: Draws = field(default_factory=ReferenceDraws)

    @classmethod
    def from_config(cls, config: GenerationConfig, draws: Draws | None = None) -> "Sampler":
        """Build the checkpoint's sampler, with the reference's draws unless told otherwise."""
        return cls(
            max_steps=config.max_denoising_steps,
            schedule=LinearTemperature(t_min=config.t_min, t_max=config.t_max),
            acceptance=EntropyBound(bound=config.entropy_bound),
            stopping=StableAndConfident(
                stability=config.stability_threshold, confidence=config.confidence_threshold
            ),
            draws=draws or ReferenceDraws(),
        )

    def temperature(self, number: int) -> Tensor:
        """Return the temperature of step `number`, 1..max_steps."""
        return self.schedule.temperature(self.max_steps - number + 1, self.max_steps)
