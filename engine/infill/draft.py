"""From tokens in slots to the region's text, with every token's stretch and certainty."""

from collections.abc import Collection, Sequence

from engine.api import DraftSpan
from engine.infill.codec import TextCodec
from engine.infill.engine import InfillEngine
from engine.infill.plan import InfillPlan
from engine.region.progress import Draft


def draft_of(
    codec: TextCodec,
    ids: Sequence[int],
    entropy: Sequence[float],
    accepted: Sequence[bool],
    healed: bytes = b"",
    pinned: Collection[int] = (),
    end_ids: Collection[int] = (),
    staying: Collection[int] = (),
) -> Draft:
    """Decode a region's slots.

    Args:
        codec: The checkpoint's tokenizer.
        ids: Tokens of the slots; special tokens, fillers and halves of characters are no text.
        entropy: Nats per slot.
        accepted: Whether the sampler kept the slot's token in this step.
        healed: Bytes at the start of the first token that belong to the text before the region.
        pinned: Slots the user has pinned.
        end_ids: Tokens that end a text; what stands behind one is none.
        staying: Slots of text between several regions, which is nobody's to change.
    """
    pieces = codec.decode_pieces(until_end(ids, end_ids), errors="ignore")
    if pieces:
        # The first token begins with the healed bytes by constraint.
        pieces[0] = pieces[0].removeprefix(healed.decode(errors="ignore"))
    text, spans = "", []
    for slot, piece in enumerate(pieces):
        # A file with a NUL in it is no text to most programs, this editor among them.
        shown = piece.replace("\0", "")
        if shown:
            start, text = len(text), text + shown
            stays = slot in staying
            spans.append(
                DraftSpan(
                    start=start,
                    end=len(text),
                    entropy=0.0 if stays else entropy[slot],
                    accepted=stays or accepted[slot],
                    slot=-1 if stays else slot,
                    pinned=slot in pinned and not stays,
                )
            )
    return Draft(text=text, spans=tuple(spans))


def until_end(ids: Sequence[int], end_ids: Collection[int]) -> Sequence[int]:
    """Return the tokens before the first one that ends a text."""
    ends = (place for place, token in enumerate(ids) if token in end_ids)
    return ids[: next(ends, len(ids))]


def text_of(engine: InfillEngine, plan: InfillPlan, ids: Sequence[int]) -> str:
    """Return the region's text that tokens in its slots would give."""
    entropy, accepted = [0.0] * len(ids), [True] * len(ids)
    core = draft_of(engine.codec, ids, entropy, accepted, plan.healed, (), engine.end_ids)
    return core.within(plan.lead, plan.trail).text
