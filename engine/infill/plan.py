"""From the request's three texts to the canvas: what is encoded, what is free, what is clamped."""

from dataclasses import dataclass, field

from engine.errors import BadRequestError
from engine.infill.codec import TextCodec
from engine.infill.profile import Profile
from engine.infill.prompt import prompt_head

# Some text behind the region has to stay in sight, or the region would run into it.
MIN_SUFFIX_SLOTS = 16
# A fill at the caret has no text to take its size from.
CARET_SLOTS = 16
# Surplus slots for the filler token, as a share of the region's own tokens.
_SURPLUS_SHARE, _MIN_SURPLUS, _MAX_SURPLUS = 0.5, 3, 16
# No tokenizer packs more characters into a token on average; bounds what is tokenized per request.
_CHARS_PER_TOKEN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillPlan:
    """One region's canvas, or row of canvases, in tokens."""

    prefix: tuple[int, ...]  # for the encoder: template and text before the region
    num_slots: int  # free slots of the region
    suffix: tuple[int, ...]  # clamped behind the last slot
    healed: bytes = b""  # text before the region that the first slot has to begin with
    lead: str = ""  # white space at the region's ends, which stays as it is
    trail: str = ""
    blocks: tuple[int, ...] = field(default=())  # free slots per canvas; the last holds the suffix


def make_plan(
    codec: TextCodec,
    profile: Profile,
    canvas_length: int,
    *,
    before: str,
    region: str,
    after: str,
    instruction: str = "",
    num_slots: int | None = None,
    max_context: int = 4096,
) -> InfillPlan:
    """Lay out the canvas of a region.

    White space at the region's ends stays and counts as the text around it: a selection made word
    by word ends in a space, and a rewrite without it would run into the next word. The text after
    the region is tokenized from its first character on, so the region's right edge is a token
    border by construction. At the left edge a token that the selection cuts is healed: it leaves
    the context, and the first slot must begin with its bytes.

    Args:
        codec: The checkpoint's tokenizer.
        profile: The checkpoint's habits.
        canvas_length: Tokens per canvas.
        before: Document text up to the region.
        region: The text to replace; empty at a caret.
        after: Document text behind the region.
        instruction: What the user asked for, if the checkpoint takes instructions.
        num_slots: Free slots; None chooses from the region.
        max_context: Tokens of left context at most.

    Raises:
        BadRequestError: If `num_slots` is below one.
    """
    if num_slots is not None and num_slots < 1:
        raise BadRequestError(f"num_slots is {num_slots}; a fill needs at least one slot.")
    lead, region, trail = _without_margins(region)
    before, after = before + lead, trail + after
    context, healed = _context(codec, before, region, max_context)
    head = prompt_head(codec, profile, instruction)
    slots = num_slots or _auto_slots(codec, profile, region)
    slots += bool(healed and num_slots)  # the healed text takes part of the first slot
    blocks = _blocks(slots, canvas_length, has_suffix=bool(after))
    return InfillPlan(
        prefix=(*head, *context),
        num_slots=slots,
        suffix=_suffix(codec, profile, after, canvas_length - blocks[-1]),
        healed=healed,
        lead=lead,
        trail=trail,
        blocks=blocks,
    )


def _without_margins(region: str) -> tuple[str, str, str]:
    """Split a region into leading white space, core and trailing white space."""
    core = region.strip()
    if not core:
        return "", region, ""
    lead, _, trail = region.partition(core)
    return lead, core, trail


def _context(
    codec: TextCodec, before: str, region: str, max_context: int
) -> tuple[list[int], bytes]:
    """Return the tokens before the region and the bytes of a cut token, which is left out."""
    near = before[-max_context * _CHARS_PER_TOKEN :]
    ids = codec.encode(near)
    # What the tokenizer would do if the text went on; any letter shows it at a caret.
    joint = codec.encode(near + (region[:64] or "a"))
    healed = b""
    if ids and joint[: len(ids)] != ids:
        healed = codec.token_bytes(ids.pop())
    return ids[-max_context:], healed


def _auto_slots(codec: TextCodec, profile: Profile, region: str) -> int:
    count = len(codec.encode(region)) or CARET_SLOTS
    if profile.filler_token_id is None:
        return count
    return count + min(max(round(count * _SURPLUS_SHARE), _MIN_SURPLUS), _MAX_SURPLUS)


def _blocks(slots: int, canvas_length: int, has_suffix: bool) -> tuple[int, ...]:
    """Split the slots into full canvases and a last one with room for the suffix."""
    room = canvas_length - (MIN_SUFFIX_SLOTS if has_suffix else 0)
    blocks = []
    while slots > room:
        # The canvas that meets the suffix keeps half a canvas of slots to meet it with.
        blocks.append(min(canvas_length, slots - min(room, canvas_length // 2)))
        slots -= blocks[-1]
    return (*blocks, slots)


def _suffix(codec: TextCodec, profile: Profile, after: str, room: int) -> tuple[int, ...]:
    near = after[: room * _CHARS_PER_TOKEN]
    ids = codec.encode(near)
    if after and len(near) == len(after) and profile.end_token_id is not None:
        ids.append(profile.end_token_id)
    return tuple(ids[:room])
