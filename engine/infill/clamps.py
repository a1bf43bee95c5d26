"""What is known of the canvases of hypotheses: their clamp, and what no slot may become."""

from collections.abc import Sequence

import torch
from torch import Tensor

from engine.denoise_step import Clamp
from engine.infill.engine import InfillEngine
from engine.infill.forms import formed_slots
from engine.infill.hypothesis import Hypothesis
from engine.infill.plan import InfillPlan
from engine.infill.task import InfillTask
from engine.region.pins import SPACE


def clamp_hypotheses(task: InfillTask, hypotheses: Sequence[Hypothesis]) -> Clamp:
    """Return the clamp of a batch: each hypothesis's slots free, its suffix known, edges held.

    The canvases are as long as the longest; behind a shorter one stand end-of-text tokens.
    """
    device, profile = task.engine.model.device, task.engine.profile
    rows = max(one.num_slots + len(one.plan.block_suffix(one.block)) for one in hypotheses)
    slots = max(one.num_slots for one in hypotheses)
    known = torch.full((len(hypotheses), rows), profile.end_token_id or 0)
    free = torch.zeros(len(hypotheses), slots, dtype=torch.bool)
    for row, one in enumerate(hypotheses):
        suffix = one.plan.block_suffix(one.block)
        known[row, one.num_slots : one.num_slots + len(suffix)] = torch.tensor(suffix)
        free[row, : one.num_slots] = True
        for slot, token in (one.held_edges | one.held_pins).items():
            known[row, slot], free[row, slot] = token, False
    forms = [formed_slots(task.engine.codec, one.plan) for one in hypotheses]
    return Clamp(
        known=known.to(device),
        slots=torch.arange(slots, device=device),
        free=free.to(device),
        forbidden=forbidden_tokens(task, hypotheses, slots),
        forms=tuple(forms) if any(forms) else (),
        mark_known_from_start=profile.mark_known_from_start,
    )


def forbidden_tokens(
    task: InfillTask, hypotheses: Sequence[Hypothesis], slots: int
) -> Tensor | None:
    """Return [1, V] or [B, slots, V] bool, or None if every token may stand everywhere."""
    engine, masks = task.engine, task.masks
    codec, filler = engine.codec, engine.profile.filler_token_id
    base = torch.zeros(codec.vocab_size, dtype=torch.bool)
    by_rule = masks.forbidden()
    if by_rule is not None:
        base |= by_rule
    if filler is not None:
        # A rule forbids characters, and a filler has none.
        base[filler] = False
    base[engine.forbidden_ids] = True
    if not any(one.plan.suffix for one in hypotheses):
        base[list(engine.end_ids)] = False  # nothing follows, so the text may end
    wants_text = [filler is not None and not one.takes_filler for one in hypotheses]
    healed = [one.plan.healed if one.block == 0 else b"" for one in hypotheses]
    guarded = any(one.plan.layout for one in hypotheses) or any(map(_begins, hypotheses))
    if not any(wants_text) and not any(healed) and not guarded:
        return base[None].to(engine.model.device) if base.any() else None
    mask = base.repeat(len(hypotheses), slots, 1)
    for row, one in enumerate(hypotheses):
        if wants_text[row]:
            mask[row, :, filler] = True
        if healed[row]:
            first = codec.not_starting_with(healed[row])
            behind = masks.forbidden(healed[row])
            mask[row, one.plan.edge_before] = first if behind is None else first | behind
        # Else the likeliest way to fill a gap at a text's end would be to end it.
        if _begins(one):
            _guard_beginning(engine, one.plan, mask[row, one.plan.edge_before])
        _guard_pins(engine, one, mask[row])
    return mask.to(engine.model.device)


def _begins(one: Hypothesis) -> bool:
    """Whether there is something that a canvas must not begin with."""
    return one.block == 0 and (one.plan.lacks_sentence or not one.plan.suffix)


def _guard_beginning(engine: InfillEngine, plan: InfillPlan, mask: Tensor) -> None:
    """Forbid, in a slot's mask [V], the end of the text, and space where a sentence begins."""
    mask[list(engine.end_ids)] = True
    before = engine.codec.decode(plan.prefix[-1:])
    if plan.lacks_sentence and not plan.healed and before[-1:].isspace():
        mask |= engine.codec.joining(SPACE, is_behind=True)


def _keep_lines(engine: InfillEngine, one: Hypothesis, mask: Tensor) -> None:
    """Forbid what would break the line, or the table's row, that a place to write at stands on."""
    if one.plan.layout is None:
        return
    for slots, is_cell in one.plan.layout.on_lines():
        first = max(0, one.plan.edge_before + slots.start - one.first_slot)
        # A healed line break is the one that this line begins with.
        is_healed = slots.start == 0 and b"\n" in one.plan.healed
        rows = mask[first + is_healed : first + len(slots)]
        rows |= engine.codec.line_breaks
        if is_cell:
            rows |= engine.codec.cell_borders


def _guard_pins(engine: InfillEngine, one: Hypothesis, mask: Tensor) -> None:
    """Forbid, in a mask [slots, V], what would change a canvas' pinned words or cut them off."""
    plan, first = one.plan, one.first_slot
    if plan.layout is None:
        return
    # An end before a pinned word would cut it off.
    mask[: max(0, max(plan.pinned, default=0) - first), list(engine.end_ids)] = True
    if plan.has_regions:
        _keep_lines(engine, one, mask)
    for place, begins in plan.layout.beginnings():
        slot = plan.edge_before + place - first
        if 0 <= slot < one.num_slots:
            mask[slot] |= engine.codec.not_starting_with(begins.encode())
    for border in plan.layout.borders():
        slot = plan.edge_before + border.slot - first
        if 0 <= slot < one.num_slots:
            joins = engine.codec.joining(border.kind, is_behind=border.is_behind)
            # A rule may leave nothing else: then the pinned word stands, though not apart.
            if not (mask[slot] | joins).all():
                mask[slot] |= joins
