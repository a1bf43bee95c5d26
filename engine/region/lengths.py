"""How many slots a region gets: a gap converges at exactly the length it is given."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from engine.api import Length, LengthMode
from engine.errors import BadRequestError
from engine.region.lines import SAMPLE, SENTENCE_END
from engine.region.pins import SlotLayout
from engine.region.region import Region

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A region and the text before it in the tokens of whoever writes."""

    old: int  # tokens of the region, as many as are expected of a new text; 0 at a caret
    count: Callable[[str], int]  # tokens of a text, or about as many
    layout: SlotLayout | None = None  # of a region with pinned words
    has_filler: bool = False  # the model was trained to leave surplus slots


def lengths_to_try(region: Region, measure: Measure) -> list[Slots]:
    """Return the lengths to work on side by side, the likeliest in the middle.

    Each length is given exactly, also to a model with a filler token: several exact lengths of
    which the best is chosen came nearer to what had stood there than surplus slots did (measured
    on the embedded model). A counted length is a pattern, which needs room: there the filler helps.
    Words and lines are taken to be as long as those of the text before.

    Raises:
        BadRequestError: If the length is that of a paragraph, which nobody knows before its end.
    """
    layout = measure.layout
    if layout is None:
        return _free_lengths(region, measure)
    # What is pinned is as long as it is; a counted length is that of the whole text. Fillers end a
    # text that is fitted to a pattern, so between pinned words there are none.
    is_counted = region.settings.length.mode in (LengthMode.WORDS, LengthMode.LINES)
    fixed = 0 if is_counted else layout.num_pinned
    found = _free_lengths(region, replace(measure, old=measure.old - fixed, has_filler=False))
    counts = dict.fromkeys(max(layout.least, fixed + one.count) for one in found)
    return [Slots(count, takes_filler=False) for count in counts]


def thinned(tried: Sequence[Slots], room: int) -> list[Slots]:
    """Keep at most `room` lengths, those in the middle first."""
    middle = (len(tried) - 1) / 2
    order = sorted(range(len(tried)), key=lambda place: (abs(place - middle), place))
    return sorted(tried[place] for place in order[:room])


def spread(tried: Sequence[Slots]) -> list[Slots]:
    """Keep three lengths at most, the middle one first, then a shorter and a longer one.

    For whoever has to ask for each by itself, and cannot see after two steps which is the surest.
    """
    # Not the very ends: these are the least likely.
    places = (round(share * (len(tried) - 1)) for share in (0.5, 0.2, 0.8))
    return [tried[place] for place in dict.fromkeys(places)]


def _free_lengths(region: Region, measure: Measure) -> list[Slots]:
    length = region.settings.length
    if length.mode is LengthMode.PARAGRAPH:
        raise BadRequestError(
            "A text can end with its paragraph only when continuing from left to right. Choose "
            "another length."
        )
    # Of the text nearest to it: the beginning of a document may be written otherwise.
    near = region.request.before[-SAMPLE:]
    if length.mode is LengthMode.AUTO and not measure.old:
        if region.wants_sentence:
            sentences = len(SENTENCE_END.findall(near))
            mean = _tokens_per(near, sentences, measure, _SENTENCE_TOKENS)
            return _exactly(_TRIED_BETWEEN, round(mean))
        return _exactly(_TRIED_AT_CARET, 1)
    expected = _expected(length, near, measure)
    if measure.has_filler and length.mode in (LengthMode.WORDS, LengthMode.LINES):
        surplus = min(max(round(expected * _SURPLUS_SHARE), _MIN_SURPLUS), _MAX_SURPLUS)
        return [Slots(expected + surplus, takes_filler=True)]
    return _exactly(_TRIED[length.mode], expected)


def _exactly(shares: Sequence[float], expected: int) -> list[Slots]:
    counts = sorted({max(1, round(share * expected)) for share in shares})
    return [Slots(count, takes_filler=False) for count in counts]


def _expected(length: Length, near: str, measure: Measure) -> int:
    if length.mode is LengthMode.WORDS:
        return max(1, round(length.count * _tokens_per(near, len(near.split()), measure, 1.6)))
    if length.mode is LengthMode.LINES:
        lines = [line for line in near.splitlines() if line.strip()]
        return max(1, round(length.count * _tokens_per(near, len(lines), measure, 12.0)))
    return measure.old or CARET_SLOTS


def _tokens_per(text: str, pieces: int, measure: Measure, default: float) -> float:
    """Return the mean tokens of a word or line of the text."""
    # A mean of fewer is none.
    return measure.count(text) / pieces if pieces >= 3 else default
