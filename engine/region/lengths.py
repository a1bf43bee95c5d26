"""How many slots a region gets: a gap converges at exactly the length it is given."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.api import Length, LengthMode
from engine.errors import BadRequestError
from engine.infill.codec import TextCodec
from engine.region.lines import SAMPLE, SENTENCE_END

# A fill at the caret has no text to take its size from.
CARET_SLOTS = 16
# Surplus slots for the filler token, as a share of the region's own tokens.
_SURPLUS_SHARE, _MIN_SURPLUS, _MAX_SURPLUS = 0.5, 3, 16
# Lengths tried side by side, as multiples of the length that is expected.
_TRIED = {
    LengthMode.AUTO: (0.6, 0.8, 1.0, 1.25, 1.6),
    LengthMode.SAME: (1.0,),
    LengthMode.SHORTER: (0.4, 0.6, 0.8),
    LengthMode.LONGER: (1.3, 1.6, 2.0),
    LengthMode.WORDS: (0.85, 1.0, 1.2),
    LengthMode.LINES: (0.7, 1.0, 1.4),
}
# Nothing is known of the length at a caret but that it is short rather than long; tokens.
_TRIED_AT_CARET = (1, 2, 3, 4, 6, 8, 11, 15)
# But where a sentence lacks: as multiples of the mean length of those before.
_TRIED_BETWEEN = (0.4, 0.7, 1.0, 1.3, 1.6)
_SENTENCE_TOKENS = 24.0  # where there are too few to learn from


@dataclass(frozen=True, slots=True, order=True)
class Slots:
    """One length to try."""

    count: int
    takes_filler: bool  # surplus slots may end as the filler token


def slots_to_try(
    length: Length,
    codec: TextCodec,
    old: int,
    before: str,
    has_filler: bool,
    *,
    is_sentence: bool = False,
) -> list[Slots]:
    """Return the lengths to work on side by side, the likeliest in the middle.

    Each length is given exactly, also to a model with a filler token: several exact lengths of
    which the best is chosen came nearer to what had stood there than surplus slots did (measured
    on the embedded model). A counted length is a pattern, which needs room: there the filler helps.

    Args:
        length: The wish.
        codec: The checkpoint's tokenizer.
        old: Tokens of the region; 0 at a caret.
        before: Text before the region; words and lines are taken to be as long as its are.
        has_filler: Whether the model was trained to leave surplus slots.
        is_sentence: Whether what lacks at a caret is a sentence.

    Raises:
        BadRequestError: If the length is that of a paragraph, which nobody knows before its end.
    """
    mode = length.mode
    if mode is LengthMode.PARAGRAPH:
        raise BadRequestError(
            "A text can end with its paragraph only when continuing from left to right. Choose "
            "another length."
        )
    if mode is LengthMode.AUTO and not old:
        if is_sentence:
            near = before[-SAMPLE:]
            sentences = len(SENTENCE_END.findall(near))
            mean = _tokens_per(near, sentences, codec, _SENTENCE_TOKENS)
            return _exactly(_TRIED_BETWEEN, round(mean))
        return _exactly(_TRIED_AT_CARET, 1)
    expected = _expected(length, codec, old, before)
    if has_filler and mode in (LengthMode.WORDS, LengthMode.LINES):
        surplus = min(max(round(expected * _SURPLUS_SHARE), _MIN_SURPLUS), _MAX_SURPLUS)
        return [Slots(expected + surplus, takes_filler=True)]
    return _exactly(_TRIED[mode], expected)


def _exactly(shares: Sequence[float], expected: int) -> list[Slots]:
    counts = sorted({max(1, round(share * expected)) for share in shares})
    return [Slots(count, takes_filler=False) for count in counts]


def _expected(length: Length, codec: TextCodec, old: int, before: str) -> int:
    near = before[-SAMPLE:]
    if length.mode is LengthMode.WORDS:
        return max(1, round(length.count * _tokens_per(near, len(near.split()), codec, 1.6)))
    if length.mode is LengthMode.LINES:
        lines = [line for line in near.splitlines() if line.strip()]
        return max(1, round(length.count * _tokens_per(near, len(lines), codec, 12.0)))
    return old or CARET_SLOTS


def _tokens_per(text: str, pieces: int, codec: TextCodec, default: float) -> float:
    """Return the mean tokens of a word or line of the text."""
    return len(codec.encode(text)) / pieces if pieces >= 3 else default
