"""One denoising step over a batch of canvases: what it is taken of, and what it finds out.

Dimensions: B canvases, L rows, F slots, V vocabulary, M hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.forms.chain import NEVER, Chain
from engine.forms.slots import FormedSlots, condition
from engine.model import Denoiser, KVCache
from engine.sampler import Sampler
from kernels.categorical import argmax


@dataclass(frozen=True, slots=True, kw_only=True)
class Clamp:
    """What is known of a batch of canvases."""

    known: Tensor  # [B, L] int64; the value at free slots does not matter
    slots: Tensor  # [F] int64, ascending: the rows that are free in any canvas
    free: Tensor  # [B, F] bool: the slots that a canvas has to find
    forbidden: Tensor | None = None  # [F, V], [1, V] or [B, F, V] bool: what a slot may not become
    mark_known_from_start: bool = False  # known rows carry their embedding in step 1 already
    forms: tuple[tuple[FormedSlots, ...], ...] = ()  # of each canvas; empty: of none

    @classmethod
    def none(cls, length: int, device: torch.device, batch: int = 1) -> "Clamp":
        """Leave all `length` rows free."""
        rows = torch.arange(length, device=device)
        free = torch.ones(batch, length, dtype=torch.bool, device=device)
        return cls(known=torch.zeros_like(rows).repeat(batch, 1), slots=rows, free=free)

    @classmethod
    def single(
        cls,
        known: Tensor,
        rows: Tensor,
        forbidden: Tensor | None = None,
        *,
        mark_known_from_start: bool = False,
    ) -> "Clamp":
        """Return the clamp of one canvas `known` [L] whose `rows` [F] are free."""
        return cls(
            known=known[None],
            slots=rows,
            free=torch.ones(1, len(rows), dtype=torch.bool, device=rows.device),
            forbidden=forbidden,
            mark_known_from_start=mark_known_from_start,
        )

    @property
    def free_rows(self) -> Tensor:
        """The free slots among all rows, [B, L] bool."""
        rows = torch.zeros(self.known.shape, dtype=torch.bool, device=self.known.device)
        rows[:, self.slots] = self.free
        return rows

    def take(self, canvases: list[int] | slice) -> "Clamp":
        """Return the clamp of some of the canvases; a slice shares their memory."""
        forbidden = self.forbidden
        if forbidden is not None and forbidden.dim() == 3:
            forbidden = forbidden[canvases]
        chosen = range(len(self.forms))[canvases] if isinstance(canvases, slice) else canvases
        return replace(
            self,
            known=self.known[canvases],
            free=self.free[canvases],
            forbidden=forbidden,
            forms=tuple(self.forms[canvas] for canvas in chosen) if self.forms else (),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CanvasState:
    """The carry of the denoising loop."""

    canvas: Tensor  # [B, L] int64, clamped rows at their known tokens
    soft_embeddings: Tensor | None  # [B, L, M]; None: no row says anything yet
    history: tuple[Tensor, ...] = ()  # the last `Stopping.history_len` drafts [B, F]

    def take(self, canvases: list[int] | slice) -> "CanvasState":
        """Return the state of some of the canvases; a slice shares their memory."""
        soft = self.soft_embeddings
        return CanvasState(
            canvas=self.canvas[canvases],
            soft_embeddings=None if soft is None else soft[canvases],
            history=tuple(draft[canvases] for draft in self.history),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepInput:
    """What a denoising step is taken of; none of it is changed but the generators."""

    cache: KVCache  # of one sequence, the same for all canvases
    state: CanvasState
    clamp: Clamp
    temperature: Tensor  # float32, on the host
    sampler: Sampler
    generators: tuple[torch.Generator, ...]  # one for each canvas

    def is_same(self, other: "StepInput") -> bool:
        """Whether the same step is asked for; states, clamps and caches are never changed."""
        return (
            self.cache is other.cache
            and self.state is other.state
            and self.clamp is other.clamp
            and bool(self.temperature == other.temperature)
            and self.sampler == other.sampler
            and len(self.generators) == len(other.generators)
            and all(a is b for a, b in zip(self.generators, other.generators, strict=True))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOutput:
    """What one denoising step found out about the slots, and the next state."""

    state: CanvasState
    draft: Tensor  # [B, F] int64, the argmax; the known token at clamped slots
    tokens: Tensor  # [B, F] int64, what the next state's canvas holds in the slots
    entropy: Tensor  # [B, F] float32, nats; zero at clamped slots
    mean_entropy: Tensor  # [B] float32, nats, over the free slots
    num_free: Tensor  # [B] int64
    accepted: Tensor  # [B, F] bool
    is_done: Tensor  # [B] bool, by the sampler's stop test


def initial_state(
    model: Denoiser, clamp: Clamp, sampler: Sampler, generators: Sequence[torch.Generator]
) -> CanvasState:
    """Return the first canvases: uniform random ids at free slots, the known tokens elsewhere."""
    rows, slots, vocab = clamp.known.shape[1], len(clamp.slots), model.config.vocab_size
    noise = torch.stack([sampler.draws.noise(vocab, slots, rows, g) for g in generators])
    canvas = clamp.known.clone()
    canvas[:, clamp.slots] = torch.where(clamp.free, noise, canvas[:, clamp.slots])
    # Nothing but self-conditioning tells such a model which rows are noise: known ones carry their
    # embedding from the first step on, free ones zeros.
    soft = known_embeddings(model, clamp) if clamp.mark_known_from_start else None
    return CanvasState(canvas=canvas, soft_embeddings=soft)


def denoise_step(model: Denoiser, asked: StepInput) -> StepOutput:
    """Run one denoising step; nothing but the generators is changed.

    Clamped rows keep their tokens, have no part in acceptance, and speak through self-conditioning
    with the embedding of the known token, the limit of a confident prediction.
    """
    state, clamp, sampler = asked.state, asked.clamp, asked.sampler
    found = predict(model, asked.cache, state, clamp, asked.temperature)
    logits, probs = found.logits, found.probs
    free, known = clamp.free, clamp.known[:, clamp.slots]
    rows, vocab = clamp.known.shape[1], model.config.vocab_size
    pairs = list(zip(probs, asked.generators, strict=True))
    sampled = torch.stack([sampler.draws.tokens(p, rows, g) for p, g in pairs])
    best = argmax(logits)
    entropy = _entropy(logits, probs, best)
    # Infinite, so that what is known takes nothing of the bound that the others share.
    accepted = sampler.acceptance.accept(entropy.masked_fill(~free, torch.inf)) & free
    # Behind the sample: the reference's generator draws in this order, and for slots it does not
    # need as well.
    noise = torch.stack([sampler.draws.noise(vocab, len(p), rows, g) for p, g in pairs])
    for row, slots, chain in found.chains:
        # Each slot for itself is not enough: together they are to be one text of the form.
        generator = asked.generators[row]
        uniform = torch.rand(len(slots), generator=generator, device=generator.device)
        sampled[row, slots] = chain.drawn(uniform.cpu()).to(sampled.device)
        best[row, slots] = chain.likeliest().to(best.device)
    draft = torch.where(free, best, known)
    canvas = clamp.known.clone()
    tokens = torch.where(free, torch.where(accepted, sampled, noise), known)
    canvas[:, clamp.slots] = tokens
    entropy = entropy.masked_fill(~free, 0.0)
    kept = sampler.stopping.history_len
    told = model.told(model.soft_embed(probs), sampled, accepted)
    following = CanvasState(
        canvas=canvas,
        soft_embeddings=_with_known(model, clamp, told),
        history=(*state.history, draft)[-kept:] if kept else (),
    )
    num_free = free.sum(dim=-1)
    mean = entropy.sum(dim=-1) / num_free.clamp_min(1)
    return StepOutput(
        state=following,
        draft=draft,
        tokens=tokens,
        entropy=entropy,
        mean_entropy=mean,
        num_free=num_free,
        accepted=accepted,
        is_done=sampler.stopping.is_done(state.history, draft, mean),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a pass says of the slots, given what they may become."""

    logits: Tensor  # [B, F, V]
    probs: Tensor  # [B, F, V]
    chains: list[tuple[int, list[int], Chain]]  # canvas, slots, and what their form makes of them


def predict(
    model: Denoiser, cache: KVCache, state: CanvasState, clamp: Clamp, temperature: Tensor
) -> Prediction:
    """Run a pass; where slots have a form, what is said of them is over all texts of that form."""
    hidden = model.denoise(state.canvas, state.soft_embeddings, cache, clamp.free_rows)
    # Of slots only: a vocabulary for each clamped row would be most of the memory, and nobody asks.
    logits = model.logits(hidden.index_select(1, clamp.slots)).div_(temperature)
    if clamp.forbidden is not None:
        logits.masked_fill_(clamp.forbidden, NEVER)
    chains = []
    for row, forms in enumerate(clamp.forms):
        known, free = clamp.known[row, clamp.slots], clamp.free[row]
        for form in forms:
            chain = condition(logits[row], form, known, free)
            chains += [(row, list(form.slots), chain)] if chain else []
    return Prediction(logits, logits.softmax(dim=-1), chains)


def _entropy(logits: Tensor, probs: Tensor, best: Tensor) -> Tensor:
    """Return −Σ p log p [B, F] = log Z − Σ p l, which needs no logarithm of all p.

    The logarithm of the partition sum Z is l − log p of any token; of the likeliest, `best` [B, F],
    it is exact.
    """
    likeliest = best[..., None]
    log_z = logits.gather(-1, likeliest) - probs.gather(-1, likeliest).log()
    return (log_z.squeeze(-1) - (probs * logits).sum(dim=-1)).clamp_min_(0.0)


def _with_known(model: Denoiser, clamp: Clamp, believed: Tensor | None) -> Tensor | None:
    """Put what slots are told [B, F, M] among the embeddings of the known tokens, [B, L, M]."""
    if believed is None:
        return None
    if len(clamp.slots) == clamp.known.shape[1] and bool(clamp.free.all()):
        return believed
    # From the second step on always; there is no switch to leave known rows at zero.
    soft = model.embed(clamp.known)
    soft[:, clamp.slots] = torch.where(clamp.free[..., None], believed, soft[:, clamp.slots])
    return soft


def known_embeddings(model: Denoiser, clamp: Clamp) -> Tensor:
    """Return [B, L, M]: the embedding of each known token, zeros at free slots."""
    return model.embed(clamp.known).masked_fill(clamp.free_rows[..., None], 0.0)
