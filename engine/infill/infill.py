"""Running a plan: encode the context, denoise each canvas, hand out a draft after every step."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.denoiser import DenoisingStep, denoise_canvas
from engine.infill.codec import TextCodec
from engine.infill.draft import Draft, draft_of
from engine.infill.plan import InfillPlan
from engine.infill.profile import Profile
from engine.model import DiffusionGemma, KVCache
from engine.sampler import Clamp, Sampler

_ENCODE_PIECE = 256  # tokens of context between two looks at a cancel


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillStep:
    """One denoising step of a region."""

    step: int  # 1.., over all canvases of the region
    max_steps: int  # over all canvases of the region
    draft: Draft
    mean_entropy: float  # nats, over the free slots of the current canvas
    has_converged: bool
    is_last: bool


@torch.inference_mode()
def encode_context(
    model: DiffusionGemma, plan: InfillPlan, is_cancelled: Callable[[], bool] = lambda: False
) -> KVCache:
    """Return the cache of the plan's prefix, or of a part of it if it is cancelled meanwhile."""
    cache = KVCache(model.config)
    prefix = torch.tensor([plan.prefix], dtype=torch.int64, device=model.device)
    for piece in torch.split(prefix, _ENCODE_PIECE, dim=1):
        if is_cancelled():
            break
        if piece.shape[1]:
            model.encode(piece, cache)
    return cache


@torch.inference_mode()
def infill(
    model: DiffusionGemma,
    codec: TextCodec,
    profile: Profile,
    plan: InfillPlan,
    sampler: Sampler,
    generator: torch.Generator,
    cache: KVCache,
) -> Iterator[InfillStep]:
    """Denoise the plan's canvases in turn; every canvas but the last is committed to the cache.

    Stop iterating to cancel. The last step's draft is the result.
    """
    region = _Region(codec, plan)
    converged, steps_done = True, 0
    for block in range(len(plan.blocks)):
        clamp = clamp_of(model, codec, profile, plan, block)
        is_final = block == len(plan.blocks) - 1
        for step in denoise_canvas(model, cache, clamp, sampler, generator):
            is_last = is_final and step.is_last
            yield InfillStep(
                step=steps_done + step.number,
                max_steps=sampler.max_steps * len(plan.blocks),
                draft=region.draft(step),
                mean_entropy=step.output.entropy.mean().item(),
                has_converged=converged and step.has_converged,
                is_last=is_last,
            )
        steps_done += step.number
        converged &= step.has_converged
        if not is_final:
            region.commit(step)
            _commit(model, profile, step, cache)


def _commit(model: DiffusionGemma, profile: Profile, step: DenoisingStep, cache: KVCache) -> None:
    """Encode a finished canvas; fillers are no text and stand in no context."""
    draft = step.output.draft
    filler = profile.filler_token_id
    kept = draft if filler is None else draft[:, draft[0] != filler]
    if kept.shape[1]:
        model.encode(kept, cache)


class _Region:
    """The slots settled in earlier canvases, so that a draft always shows the whole region."""

    def __init__(self, codec: TextCodec, plan: InfillPlan) -> None:
        self._codec, self._plan = codec, plan
        self._ids: list[int] = []
        self._entropy: list[float] = []

    def draft(self, step: DenoisingStep) -> Draft:
        output = step.output
        core = draft_of(
            self._codec,
            self._ids + output.draft[0].tolist(),
            self._entropy + output.entropy[0].tolist(),
            [True] * len(self._ids) + output.accepted[0].tolist(),
            self._plan.healed,
        )
        return core.within(self._plan.lead, self._plan.trail)

    def commit(self, step: DenoisingStep) -> None:
        self._ids += step.output.draft[0].tolist()
        self._entropy += step.output.entropy[0].tolist()


def clamp_of(
    model: DiffusionGemma, codec: TextCodec, profile: Profile, plan: InfillPlan, block: int
) -> Clamp:
    """Return what is known of one of the plan's canvases: its suffix, and what must not be."""
    slots = plan.blocks[block]
    suffix = plan.suffix if block == len(plan.blocks) - 1 else ()
    known = torch.tensor([0] * slots + list(suffix), device=model.device)
    return Clamp(
        known=known,
        free=torch.arange(slots, device=model.device),
        forbidden=_forbidden(model, codec, profile, slots, plan.healed if block == 0 else b""),
        mark_known_from_start=profile.mark_known_from_start,
    )


def _forbidden(
    model: DiffusionGemma, codec: TextCodec, profile: Profile, slots: int, healed: bytes
) -> Tensor | None:
    """Return [1, V] or [slots, V] bool, or None if every token may stand everywhere."""
    if not profile.forbidden_token_ids and not healed:
        return None
    mask = torch.zeros(slots if healed else 1, model.config.vocab_size, dtype=torch.bool)
    mask[:, list(profile.forbidden_token_ids)] = True
    if healed:
        mask[0] |= codec.not_starting_with(healed)
    return mask.to(model.device)
