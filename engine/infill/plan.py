"""From the request's three texts to the canvas: what is encoded, what is free, what is clamped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.errors import BadRequestError
from engine.infill.codec import TextCodec
from engine.infill.context import anchored
from engine.infill.length import CARET_SLOTS, is_between_sentences
from engine.infill.profile import Profile
from engine.infill.prompt import ChatTemplate
from engine.infill.soft_edges import soft_edges
from engine.pins import Layout, Part, cannot_keep, layout_of, parts_of

# Some text behind the region has to stay in sight, or the region would run into it.
MIN_SUFFIX_SLOTS = 16
PROSE = ("", "text", "markdown", "rst", "tex", "latex")  # as Pygments calls them
# No tokenizer packs more characters into a token on average; bounds what is tokenized per request.
_CHARS_PER_TOKEN = 12
_MAX_QUOTED = 2000  # characters behind the canvas that an instruction quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillPlan:
    """One region's canvas, or row of canvases, in tokens."""

    prefix: tuple[int, ...]  # for the encoder: template and text before the region
    old: tuple[int, ...]  # the region's own tokens; empty at a caret
    suffix: tuple[int, ...]  # clamped behind the last slot, as far as the canvas goes
    canvas_length: int
    blocks: tuple[int, ...]  # free slots per canvas; the last canvas holds the suffix
    healed: bytes = b""  # text before the region that the first slot has to begin with
    lead: str = ""  # white space at the region's ends, which stays as it is
    trail: str = ""
    edge_before: int = 0  # slots of neighbouring words that may change a little
    edge_after: int = 0
    soft_before: str = ""  # text outside the region that those slots stand for
    soft_after: str = ""
    layout: Layout | None = None  # of the region's own slots; None: all of them are free
    opening: int = 0  # tokens the prefix begins with that stand for no text of the document

    @property
    def num_slots(self) -> int:
        """Free slots of the region."""
        return sum(self.blocks)

    @property
    def keeps_healed(self) -> bool:
        """Whether the healed bytes are part of the region, as words before it are."""
        return self.edge_before > 0

    @property
    def pinned(self) -> dict[int, int]:
        """The slots that old words are pinned in, and their tokens."""
        held = self.layout.held if self.layout else {}
        return {self.edge_before + slot: token for slot, token in held.items()}

    @property
    def old_slots(self) -> list[int | None]:
        """What the old text has in each slot, up to the edge behind; None: nothing."""
        if self.layout is None:
            return list(self.old[: len(self.old) - self.edge_after])
        return [*self.old[: self.edge_before], *self.layout.old]

    def core(self, text: str) -> str:
        """Return the region's text without the white space at its ends that stays."""
        return text[len(self.lead) : len(text) - len(self.trail)]

    def resized(self, num_slots: int) -> "InfillPlan":
        """Return the plan of the same region with another number of slots for its own text."""
        layout = Layout.of(self.layout.parts, num_slots) if self.layout else None
        own = layout.num_slots if layout else num_slots
        slots = own + self.edge_before + self.edge_after
        blocks = _blocks(slots, self.canvas_length, bool(self.suffix))
        return replace(self, blocks=blocks, layout=layout)

    def block_suffix(self, block: int) -> tuple[int, ...]:
        """Return what is clamped behind the slots of a canvas; only the last has a suffix."""
        if block < len(self.blocks) - 1:
            return ()
        return self.suffix[: self.canvas_length - self.blocks[-1]]


def make_plan(
    codec: TextCodec,
    profile: Profile,
    canvas_length: int,
    *,
    before: str,
    region: str,
    after: str,
    pinned: Sequence[tuple[int, int]] = (),
    instruction: str = "",
    num_slots: int | None = None,
    max_context: int = 4096,
    soft_edge: int = 0,
    template: ChatTemplate | None = None,
    language: str = "",
) -> InfillPlan:
    """Lay out the canvas of a region.

    White space at the region's ends stays and counts as the text around it: a selection made word
    by word ends in a space, and a rewrite without it would run into the next word. A sentence that
    is filled in directly before another gets the white space that stands before it. The text after
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
        pinned: Stretches of the region that stay, code points.
        instruction: What the user asked for, if the checkpoint takes instructions.
        num_slots: Free slots; None takes as many as the region has tokens.
        max_context: Tokens of left context at most.
        soft_edge: Words on each side that join the region's slots.
        template: The chat template of a checkpoint that takes instructions. What follows the
            region beyond the canvas is quoted there; without a template it is dropped.
        language: Name of the document's language; empty for plain text.

    Raises:
        BadRequestError: If `num_slots` is below one, the pins are wrong, or the template cannot be
            used.
    """
    if num_slots is not None and num_slots < 1:
        raise BadRequestError(f"num_slots is {num_slots}; a fill needs at least one slot.")
    lead, core, trail = _without_margins(region)
    if not region and language in PROSE:
        trail = _space_behind(before, after)
    parts = parts_of(region, pinned, lead, trail)
    before, region, after = before + lead, core, trail + after
    context, healed = _context(codec, before, region, max_context)
    is_held = bool(parts) and parts[0].is_pinned
    if is_held and not _old_tokens(codec, parts[0].text, healed):
        context, healed = _context(codec, before, region, max_context, heals=False)
    parts = list(_tokenized(codec, parts, healed))
    own = [token for part in parts for token in part.ids]
    old = own if parts else _old_tokens(codec, region, healed)
    suffix = _suffix(codec, profile, after, canvas_length)
    edge_before, edge_after = soft_edges(codec, context, suffix, soft_edge)
    tail, follow = _edge_texts(codec, context, healed, suffix, edge_before, edge_after)
    if not before.endswith(tail):  # such as half a surrogate pair, which no token stands for
        edge_before, tail = 0, ""
    if not after.startswith(follow):
        edge_after, follow = 0, ""
    first = len(context) - edge_before
    head = _head(codec, template, instruction, after, suffix)
    if not head and not first:
        head = _opening(codec, profile, language)
    plan = InfillPlan(
        prefix=(*head, *context[:first]),
        opening=len(head),
        old=(*context[first:], *old, *suffix[:edge_after]),
        suffix=suffix[edge_after:],
        canvas_length=canvas_length,
        blocks=(),
        healed=healed,
        lead=lead[: max(len(lead) - len(tail), 0)],
        trail=trail[len(follow) :],
        edge_before=edge_before,
        edge_after=edge_after,
        soft_before=tail[: max(len(tail) - len(lead), 0)],
        soft_after=follow[len(trail) :],
        layout=layout_of(parts, num_slots or 0, num_slots),
    )
    slots = num_slots or len(own) or len(codec.encode(region)) or CARET_SLOTS
    # The healed text takes part of the first slot.
    return plan.resized(slots + bool(healed and num_slots and not is_held))


def _head(
    codec: TextCodec,
    template: ChatTemplate | None,
    instruction: str,
    after: str,
    suffix: tuple[int, ...],
) -> list[int]:
    if template is None:
        return []
    beyond = after[len(codec.decode(suffix, errors="ignore")) :]
    return template.head(codec, instruction, beyond[:_MAX_QUOTED].strip())


def _opening(codec: TextCodec, profile: Profile, language: str) -> list[int]:
    """Return what a document's beginning goes on from.

    A program begins where another text ends; prose, and what is of no known kind, as a paragraph.
    """
    if profile.end_token_id is None:
        return []
    return codec.encode("\n\n") if language in PROSE else [profile.end_token_id]


def _edge_texts(
    codec: TextCodec,
    context: Sequence[int],
    healed: bytes,
    suffix: Sequence[int],
    edge_before: int,
    edge_after: int,
) -> tuple[str, str]:
    """Return the texts of the soft edges' tokens, with what a cut token had before the region."""
    before = codec.decode(context[len(context) - edge_before :])
    healed_text = healed.decode(errors="ignore") if edge_before else ""
    return before + healed_text, codec.decode(suffix[:edge_after])


def _tokenized(codec: TextCodec, parts: Sequence[Part], healed: bytes) -> Iterator[Part]:
    """Yield the parts with their tokens; the first part's begin as healed."""
    for place, part in enumerate(parts):
        cut = b"" if place else healed
        ids = _old_tokens(codec, part.text, cut) or codec.encode(part.text)
        if part.is_pinned:
            kept = b"".join(map(codec.token_bytes, ids)).removeprefix(cut)
            if kept != part.text.encode(errors="surrogatepass") or "\0" in part.text:
                raise cannot_keep(part.text)
        yield replace(part, ids=tuple(ids))


def _without_margins(region: str) -> tuple[str, str, str]:
    """Split a region into leading white space, core and trailing white space."""
    core = region.strip()
    if not core:
        return "", region, ""
    lead, _, trail = region.partition(core)
    return lead, core, trail


def _space_behind(before: str, after: str) -> str:
    """Return the white space that a new sentence needs behind it, which is that before it."""
    if after[:1].isspace() or not is_between_sentences(before, after):
        return ""
    return before[len(before.rstrip()) :]


def _context(
    codec: TextCodec, before: str, region: str, max_context: int, *, heals: bool = True
) -> tuple[list[int], bytes]:
    """Return the tokens before the region and the bytes of a cut token, which is left out."""
    near = before[-max_context * _CHARS_PER_TOKEN :]
    ids = codec.encode(near)
    # What the tokenizer would do if the text went on; any letter shows it at a caret.
    joint = codec.encode(near + (region[:64] or "a"))
    healed = b""
    if heals and ids and joint[: len(ids)] != ids:
        healed = codec.token_bytes(ids.pop())
    return anchored(ids, max_context), healed


def _old_tokens(codec: TextCodec, region: str, healed: bytes) -> list[int]:
    """Return the region's tokens as its slots would hold them; the first begins as healed."""
    if not region:
        return []
    ids = codec.encode(healed.decode(errors="ignore") + region)
    starts_well = codec.token_bytes(ids[0]).startswith(healed) if ids else False
    return ids if starts_well else []


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
    """Return the first tokens behind the region, and the end token where the document ends."""
    near = after[: room * _CHARS_PER_TOKEN]
    ids = codec.encode(near)
    if after and len(near) == len(after) and profile.end_token_id is not None:
        ids.append(profile.end_token_id)
    return tuple(ids[:room])
