"""From one memory plan to the next: wider where there is room, tighter where there was none."""

from dataclasses import replace

from engine.checkpoints.plan import LADDER, Plan, plan
from engine.checkpoints.shapes import ModelShapes

LEAST_GAIN = 512 << 20  # bytes that a tighter layout gives back where the formats stay


def widened(found: Plan, shapes: ModelShapes, most: int) -> Plan:
    """Return the plan with its context doubled as often as there is room for, to `most` at most."""
    while not found.host_layers and 2 * found.context <= most:
        wider = _with_context(found, shapes, 2 * found.context)
        if not wider.fits:
            break
        found = replace(wider, reason=found.reason)
    return found


def shortened(current: Plan, shapes: ModelShapes, used: int, least: int) -> Plan | None:
    """Return the plan with so little context that a job feels it; None: it uses no more than that.

    Args:
        current: The plan under which the card ran out of memory; `free_bytes` is what is free now.
        shapes: The model's.
        used: Tokens of context that the job had room for, as `current.context` counts them.
        least: Tokens that every plan holds.
    """
    context = current.context // 2
    while context >= least and not current.host_layers:
        found = _with_context(current, shapes, context)
        if context < used and found.fits:
            return found
        context //= 2
    return None


def _with_context(current: Plan, shapes: ModelShapes, context: int) -> Plan:
    free, canvas = current.free_bytes, current.canvas
    return plan(free, context, canvas, shapes, ladder=(current.residency,))


def step_down(current: Plan, shapes: ModelShapes, host_bytes: int = 0) -> Plan | None:
    """Return the next tighter plan after the card ran out of memory; None if there is none.

    `current.free_bytes` is what is free now.
    """
    places = [place for place, one in enumerate(LADDER) if one == current.residency]
    ladder = LADDER[places[0] + 1 :] if places else ()
    if ladder:
        found = plan(current.free_bytes, current.context, current.canvas, shapes, 0, ladder)
        if found.fits:
            return found
    # The estimate said that it would fit, so less than that must be asked for.
    tight = plan(
        min(current.free_bytes, current.device_bytes - LEAST_GAIN),
        current.context,
        current.canvas,
        shapes,
        host_bytes,
        LADDER[-1:],
    )
    return tight if tight.fits else None
