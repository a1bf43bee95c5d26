"""From tokens in slots to the region's text, with every token's stretch and certainty."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.api import DraftSpan
from engine.infill.codec import TextCodec


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The region's text as it stands, and its tokens' spans, which tile it."""

    text: str
    spans: tuple[DraftSpan, ...]

    def within(self, lead: str, trail: str) -> "Draft":
        """Return the draft between two settled texts."""
        pieces = [(self.text[s.start : s.end], s.entropy, s.accepted) for s in self.spans]
        return _tiled([(lead, 0.0, True), *pieces, (trail, 0.0, True)])


def draft_of(
    codec: TextCodec,
    ids: Sequence[int],
    entropy: Sequence[float],
    accepted: Sequence[bool],
    healed: bytes = b"",
) -> Draft:
    """Decode a region's slots.

    Args:
        codec: The checkpoint's tokenizer.
        ids: Tokens of the slots; special tokens, fillers and halves of characters are no text.
        entropy: Nats per slot.
        accepted: Whether the sampler kept the slot's token in this step.
        healed: Bytes at the start of the first token that belong to the text before the region.
    """
    pieces = codec.decode_pieces(ids, errors="ignore")
    if pieces:
        # The first token begins with the healed bytes by constraint.
        pieces[0] = pieces[0].removeprefix(healed.decode(errors="ignore"))
    # A file with a NUL in it is no text to most programs, this editor among them.
    texts = [piece.replace("\0", "") for piece in pieces]
    return _tiled(zip(texts, entropy, accepted, strict=True))


def _tiled(pieces: Iterable[tuple[str, float, bool]]) -> Draft:
    """Lay pieces of text with their entropy and acceptance one behind the other."""
    text, spans = "", []
    for piece, nats, kept in pieces:
        if piece:
            start, text = len(text), text + piece
            spans.append(DraftSpan(start=start, end=len(text), entropy=nats, accepted=kept))
    return Draft(text=text, spans=tuple(spans))
