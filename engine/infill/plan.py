"""From the request's three texts to the canvas: what is encoded, what is free, what is clamped."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from engine.api import Form
from engine.errors import BadRequestError
from engine.infill.codec import TextCodec
from engine.infill.context import anchored
from engine.infill.engine import TextSide
from engine.infill.profile import Profile
from engine.infill.soft_edges import soft_edges
from engine.region.canvas import CHARS_PER_TOKEN, MIN_SUFFIX_SLOTS, words_before
from engine.region.lengths import CARET_SLOTS
from engine.region.lines import PROSE
from engine.region.pins import Part, SlotLayout, cannot_keep, layout_of
from engine.region.region import Region


@dataclass(frozen=True, slots=True, kw_only=True)
class InfillPlan:
    """One region's canvas, or row of canvases, in tokens."""

    prefix: tuple[int, ...]  # for the encoder: template and text before the region
    old: tuple[int, ...]  # the region's own tokens; empty at a caret
    suffix: tuple[int, ...]  # clamped behind the last slot, as far as the canvas goes
    canvas_length: int
    blocks: tuple[int, ...] = ()  # free slots per canvas; the last canvas holds the suffix
    healed: bytes = b""  # text before the region that the first slot has to begin with
    lead: str = ""  # white space at the region's ends, which stays as it is
    trail: str = ""
    edge_before: int = 0  # slots of neighbouring words that may change a little
    edge_after: int = 0
    soft_before: str = ""  # text outside the region that those slots stand for
    soft_after: str = ""
    layout: SlotLayout | None = None  # of the region's own slots; None: all of them are free
    opening: int = 0  # tokens the prefix begins with that stand for no text of the document
    has_regions: bool = False  # several of them, between which the layout's pinned parts stay
    lacks_sentence: bool = False  # at a caret, where one may begin and none goes on

    @property
    def num_slots(self) -> int:
        """Free slots of the region."""
        return sum(self.blocks)

    @property
    def room(self) -> int:
        """Slots that one canvas has for the region, beside some text behind it."""
        return _room(self.canvas_length, bool(self.suffix))

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
    def staying(self) -> dict[int, int]:
        """The slots of text between several regions, which nobody changes, and their tokens."""
        return self.pinned if self.has_regions else {}

    @property
    def old_slots(self) -> list[int | None]:
        """What the old text has in each slot, up to the edge behind; None: nothing."""
        if self.layout is None:
            return list(self.old[: len(self.old) - self.edge_after])
        return [*self.old[: self.edge_before], *self.layout.old]

    def begins(self, place: int) -> bytes:
        """Return the bytes that a part's first slot has to begin with and that are not its own."""
        part = self.layout.parts[place] if self.layout else None
        return _begins(part, place, self.healed) if part else self.healed

    def core(self, text: str) -> str:
        """Return the region's text without the white space at its ends that stays."""
        return text[len(self.lead) : len(text) - len(self.trail)]

    def resized(self, num_slots: int) -> "InfillPlan":
        """Return the plan of the same region with another number of slots for its own text."""
        layout = SlotLayout.of(self.layout.parts, num_slots) if self.layout else None
        return self._with(layout, layout.num_slots if layout else num_slots)

    def laid_out(self, counts: Sequence[int]) -> "InfillPlan":
        """Return the plan with so many slots for each part of the region.

        Raises:
            ValueError: If the region has no parts.
        """
        if self.layout is None:
            raise ValueError("a region without parts has no counts")
        layout = replace(self.layout, counts=tuple(counts))
        return self._with(layout, layout.num_slots)

    def _with(self, layout: SlotLayout | None, own: int) -> "InfillPlan":
        slots = own + self.edge_before + self.edge_after
        blocks = _blocks(slots, self.canvas_length, bool(self.suffix))
        return replace(self, blocks=blocks, layout=layout)

    def block_suffix(self, block: int) -> tuple[int, ...]:
        """Return what is clamped behind the slots of a canvas; only the last has a suffix."""
        if block < len(self.blocks) - 1:
            return ()
        return self.suffix[: self.canvas_length - self.blocks[-1]]


def make_plan(model: TextSide, region: Region) -> InfillPlan:
    """Lay out the canvas of a region.

    The text behind is tokenized from its first character on. At the left edge a token that the
    selection cuts is healed: it leaves the context, and the first slot must begin with its bytes.

    Raises:
        BadRequestError: If the pins or the template cannot be used.
    """
    codec, settings, parts = model.codec, region.settings, region.parts
    lead, trail, language = region.lead, region.trail, region.request.language
    before, after = region.before, region.after
    # A pinned word keeps its own tokens, so the cut token before it cannot be healed into it.
    held = parts[0].text if parts and parts[0].is_pinned else None
    is_caret = not region.core or bool(parts and not parts[0].text)
    behind = _anything(before, language) if is_caret else region.core
    context, healed = _context(model, before, behind, held)
    is_between = bool(region.request.regions)
    if is_between:
        parts = tuple(_with_spaces(codec, parts))
    tokenized = _tokenized(codec, parts, healed, is_between=is_between)
    parts = tuple(_sized(codec, tokenized, healed, model.canvas_length // 2))
    own = [token for part in parts for token in part.ids]
    old = own if parts else _old_tokens(codec, region.core, healed)
    # Tokenized from its own first character, so that the region's right edge is a border of tokens:
    # only the left edge can cut one, which takes a constraint on one slot and no more. The embedded
    # model is trained with tokens cut on both sides.
    suffix = _suffix(codec, model.profile, after, model.canvas_length)
    edges = soft_edges(codec, context, suffix, settings.soft_edge)
    context, edge, tail = _edge_before(codec, context, healed, before, edges[0])
    edge_after, follow = _edge_after(codec, suffix, after, edges[1])
    head = _head(model, settings.instruction, after, suffix)
    # An empty prefix has no last token, which every causal pass goes on from.
    head = head if head or context else _opening(codec, model.profile, language)
    plan = InfillPlan(
        prefix=(*head, *context),
        opening=len(head),
        lacks_sentence=region.lacks_sentence,
        has_regions=is_between,
        old=(*edge, *old, *suffix[:edge_after]),
        suffix=suffix[edge_after:],
        canvas_length=model.canvas_length,
        healed=healed,
        # A soft edge takes in the white space next to it before it takes words.
        lead=lead[: max(len(lead) - len(tail), 0)],
        trail=trail[len(follow) :],
        edge_before=len(edge),
        edge_after=edge_after,
        soft_before=tail[: max(len(tail) - len(lead), 0)],
        soft_after=follow[len(trail) :],
        layout=layout_of(parts, settings.num_slots or 0, settings.num_slots),
    )
    if settings.num_slots is not None and held is None:
        return plan.resized(settings.num_slots + healed_slots(codec, healed))
    if region.request.regions and plan.layout is not None:
        return plan.resized(plan.layout.expected)
    slots = settings.num_slots or len(own) or len(codec.encode(region.core)) or CARET_SLOTS
    return plan.resized(slots)


def healed_slots(codec: TextCodec, healed: bytes) -> int:
    """Return how many slots healed text takes for itself: none, if a word's token can hold it."""
    return int(bool(healed) and not codec.begins_words(healed))


def _head(model: TextSide, instruction: str, after: str, suffix: Sequence[int]) -> list[int]:
    """Return what stands before the document; text behind that the canvas cuts is quoted in it."""
    if model.template is None:
        return []
    beyond = after[len(model.codec.decode(suffix, errors="ignore")) :]
    return model.template.head(model.codec, words_before(instruction, beyond))


def _opening(codec: TextCodec, profile: Profile, language: str) -> list[int]:
    """Return what a document's beginning goes on from.

    A program begins where another text ends; prose, and what is of no known kind, as a paragraph.
    """
    if profile.end_token_id is None:
        return []
    return codec.encode("\n\n") if language in PROSE else [profile.end_token_id]


def _edge_before(
    codec: TextCodec, context: list[int], healed: bytes, before: str, edge: int
) -> tuple[list[int], list[int], str]:
    """Split a soft edge off the context; its text has what a cut token had before the region.

    No token stands for such as half a surrogate pair; there is no edge there.
    """
    first = len(context) - edge
    tail = codec.decode(context[first:]) + (healed.decode(errors="ignore") if edge else "")
    return (context[:first], context[first:], tail) if before.endswith(tail) else (context, [], "")


def _edge_after(codec: TextCodec, suffix: Sequence[int], after: str, edge: int) -> tuple[int, str]:
    follow = codec.decode(suffix[:edge])
    return (edge, follow) if after.startswith(follow) else (0, "")


def _with_spaces(codec: TextCodec, parts: Sequence[Part]) -> Iterator[Part]:
    """Yield the parts of several regions, each with the space before it, where tokens have it so.

    What is written there has to begin with it.
    """
    for place, part in enumerate(parts):
        follower = parts[place + 1] if place + 1 < len(parts) else None
        if part.is_pinned:
            gives = follower is not None and _takes_space(codec, part.text, follower.text)
            yield replace(part, text=part.text[: len(part.text) - gives])
        elif place and _takes_space(codec, parts[place - 1].text, part.text):
            yield replace(part, text=" " + part.text, begins=" ")
        else:
            yield part


def _takes_space(codec: TextCodec, before: str, text: str) -> bool:
    """Whether the last space before a region belongs to its first token."""
    if len(before) < 2 or before[-1] != " " or text[:1].isspace():
        return False
    # At a caret any letter shows what the tokenizer does.
    return _before_border(codec, before, text or "a")[1] == b" "


def _tokenized(
    codec: TextCodec, parts: Sequence[Part], healed: bytes, *, is_between: bool
) -> Iterator[Part]:
    """Yield the parts with their tokens; the first part's begin as healed.

    What stays of them `is_between` several regions, or was pinned.
    """
    for place, part in enumerate(parts):
        cut = b"" if place else healed
        ids = _old_tokens(codec, part.text, cut) or codec.encode(part.text)
        if part.is_pinned:
            kept = b"".join(map(codec.token_bytes, ids)).removeprefix(cut)
            if kept != part.text.encode(errors="surrogatepass") or "\0" in part.text:
                raise cannot_keep(part.text, is_between=is_between)
        yield replace(part, ids=tuple(ids))


def _begins(part: Part, place: int, healed: bytes) -> bytes:
    return part.begins.encode() if place else healed


def _sized(codec: TextCodec, parts: Iterable[Part], healed: bytes, most: int) -> Iterator[Part]:
    """Yield the parts, those with a form expected to take as many slots as its texts may."""
    for place, part in enumerate(parts):
        if part.form is None:
            yield part
        else:
            prefix = _begins(part, place, healed)
            slots = _best_length(codec, part.form, prefix, part.expected, most)
            yield replace(part, slots=slots)


def _best_length(codec: TextCodec, form: Form, prefix: bytes, expected: int, most: int) -> int:
    """Return the number of tokens next to what is expected that a text of a form may have.

    Raises:
        BadRequestError: If its shortest text has more than `most`.
    """
    automaton = codec.automaton(form, prefix)
    lengths = automaton.lengths(most)
    if not lengths:
        least = int(automaton.distances[automaton.start])
        raise BadRequestError(
            f"The shortest text of this form takes {least:,} tokens of this model, and {most:,} "
            "are the most. Choose a simpler form, or a larger model."
        )
    return min(lengths, key=lambda length: (abs(length - expected), length))


def _anything(before: str, language: str) -> str:
    """Return what may come at a caret: any letter shows what the tokenizer does before it.

    A line of a program may be indented, and some tokenizers join that with the line break.
    """
    return "    a" if before.endswith("\n") and language not in PROSE else "a"


def _context(
    model: TextSide, before: str, behind: str, held: str | None
) -> tuple[list[int], bytes]:
    """Return the tokens before the region and the bytes of a cut token, which is left out.

    A pinned beginning of the region that no token begins so leaves the token as it is cut.

    Args:
        model: Its tokenizer, and the tokens of context there may be.
        before: The text before the region.
        behind: How the text may go on, which shows what the tokenizer does at the border.
        held: A pinned beginning of the region.
    """
    codec, near = model.codec, before[-model.max_context * CHARS_PER_TOKEN :]
    ids, healed = _before_border(codec, near, behind[:64])
    if healed and held is not None and not _old_tokens(codec, held, healed):
        ids, healed = codec.encode(near), b""
    return anchored(ids, model.max_context), healed


def _before_border(codec: TextCodec, before: str, behind: str) -> tuple[list[int], bytes]:
    """Return the tokens of `before + behind` that end before the border, and the bytes left."""
    left = len(before.encode(errors="replace"))
    kept = []
    for token in codec.encode(before + behind):
        left -= len(codec.token_bytes(token))
        if left < 0:
            left += len(codec.token_bytes(token))
            break
        kept.append(token)
    data = before.encode(errors="replace")
    return kept, data[len(data) - left :]


def _old_tokens(codec: TextCodec, region: str, healed: bytes) -> list[int]:
    """Return the region's tokens as its slots would hold them; the first begins as healed."""
    if not region:
        return []
    ids = codec.encode(healed.decode(errors="ignore") + region)
    starts_well = codec.token_bytes(ids[0]).startswith(healed) if ids else False
    return ids if starts_well else []


def _blocks(slots: int, canvas_length: int, has_suffix: bool) -> tuple[int, ...]:
    """Split the slots into full canvases and a last one with room for the suffix."""
    room = _room(canvas_length, has_suffix)
    blocks = []
    while slots > room:
        # The canvas that meets the suffix keeps half a canvas of slots to meet it with.
        blocks.append(min(canvas_length, slots - min(room, canvas_length // 2)))
        slots -= blocks[-1]
    return (*blocks, slots)


def _room(canvas_length: int, has_suffix: bool) -> int:
    return canvas_length - (MIN_SUFFIX_SLOTS if has_suffix else 0)


def _suffix(codec: TextCodec, profile: Profile, after: str, room: int) -> tuple[int, ...]:
    """Return the first tokens behind the region, and the end token where the document ends."""
    # No more of the document is tokenized than could stand on the canvas.
    near = after[: room * CHARS_PER_TOKEN]
    ids = codec.encode(near)
    if after and len(near) == len(after) and profile.end_token_id is not None:
        ids.append(profile.end_token_id)
    return tuple(ids[:room])
