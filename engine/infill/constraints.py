"""What a region's text has to satisfy: masks while denoising, and a last fit to a pattern.

Characters are enforced on every slot in every step. A pattern spans slots, which are found in no
order; so the finished canvas is fitted to it: a beam search from left to right over what the model
believes of each slot, in which every token has to keep the text a beginning of some match.
"""

import codecs
from dataclasses import dataclass

import regex
import torch
from torch import Tensor

from engine.api import Constraints, Length, LengthMode
from engine.errors import BadRequestError
from engine.infill.codec import TextCodec, breaks_line

# Beams, and tokens looked at per slot and beam before all of them are; the second search runs if
# the first finds nothing.
_BEAMS = (12, 160)
_TOKENS = {12: 48, 160: 4096}
_SECONDS = 0.5  # for one match; a pattern can be built to take for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The constraints of a request, compiled."""

    is_single_line: bool
    characters: "regex.Pattern[str] | None"
    pattern: "regex.Pattern[str] | None"

    @property
    def is_free(self) -> bool:
        """Whether any text will do."""
        return not self.is_single_line and self.characters is None and self.pattern is None

    def allows(self, text: str) -> bool:
        """Whether every character of a text may be there."""
        if self.is_single_line and ("\n" in text or "\r" in text):
            return False
        return not self.characters or self.characters.fullmatch(text) is not None

    def accepts(self, text: str) -> bool:
        """Whether a finished text satisfies everything."""
        if not self.allows(text):
            return False
        return self.pattern is None or _match(self.pattern, text, is_partial=False)

    def begins(self, text: str) -> bool:
        """Whether some continuation of `text` may satisfy the pattern."""
        return self.pattern is None or _match(self.pattern, text, is_partial=True)

    def forbidden(self, codec: TextCodec, healed: bytes = b"") -> Tensor | None:
        """Return [V] bool: tokens with a character that must not be there; None: there are none.

        The rule speaks of the text behind the healed bytes, which may hold anything.
        """
        if not self.is_single_line and self.characters is None:
            return None
        if self.characters is None and not breaks_line(healed):
            return codec.line_breaks
        pieces = (codec.token_bytes(token)[len(healed) :] for token in range(codec.vocab_size))
        return torch.tensor([not self._allows(data) for data in pieces])

    def _allows(self, data: bytes) -> bool:
        if self.is_single_line and breaks_line(data):
            return False
        if self.characters is None:
            return True
        try:
            # A part of a character cannot be judged, so it is out.
            return bool(self.characters.fullmatch(data.decode()))
        except UnicodeDecodeError:
            return False


def compile_rule(constraints: Constraints, length: Length, *, stays_on_line: bool = False) -> Rule:
    """Compile a request's constraints; a length in words or lines is a pattern too.

    Raises:
        BadRequestError: If an expression is none, or a count is below one.
    """
    pattern = constraints.pattern
    is_single_line = constraints.is_single_line or stays_on_line
    if length.mode in (LengthMode.WORDS, LengthMode.LINES):
        if length.count < 1:
            raise BadRequestError(f"a length of {length.count} {length.mode.value} is none.")
        if not pattern:
            pattern = _counted(length)
        is_single_line |= length.mode is LengthMode.LINES and length.count == 1
    return Rule(
        is_single_line=is_single_line,
        characters=_compiled(f"[{constraints.characters}]*") if constraints.characters else None,
        pattern=_compiled(pattern) if pattern else None,
    )


def _counted(length: Length) -> str:
    more = length.count - 1
    if length.mode is LengthMode.WORDS:
        return rf"\s*\S+(?:\s+\S+){{{more}}}\s*"
    return rf"[^\r\n]+(?:\r?\n[^\r\n]+){{{more}}}"


def _compiled(pattern: str) -> "regex.Pattern[str]":
    try:
        return regex.compile(pattern, regex.DOTALL)
    except regex.error as error:
        raise BadRequestError(f"{pattern!r} is no regular expression: {error}.") from error


def _match(pattern: "regex.Pattern[str]", text: str, is_partial: bool) -> bool:
    try:
        return pattern.fullmatch(text, partial=is_partial, timeout=_SECONDS) is not None
    except TimeoutError as error:
        raise BadRequestError(
            f"{pattern.pattern!r} takes too long to match. Choose a simpler expression."
        ) from error


@dataclass(frozen=True, slots=True)
class _Beam:
    ids: tuple[int, ...]
    data: bytes
    score: float
    is_ended: bool = False  # nothing but fillers from here on


def fit(
    probs: Tensor, rule: Rule, codec: TextCodec, healed: bytes, filler: int | None
) -> list[int] | None:
    """Return the likeliest tokens of all slots whose text satisfies the rule.

    Args:
        probs: What the model believes of each slot, [F, V].
        rule: The text's rule.
        codec: The checkpoint's tokenizer.
        healed: Bytes the first token begins with, which are not the text's.
        filler: The token that stands for nothing, if the model has one.

    Returns:
        Token ids [F], or None if none were found.
    """
    searches = (_search(probs, rule, codec, healed, filler, beams) for beams in _BEAMS)
    return next((ids for ids in searches if ids is not None), None)


def _search(
    probs: Tensor, rule: Rule, codec: TextCodec, healed: bytes, filler: int | None, width: int
) -> list[int] | None:
    beams = [_Beam((), b"", 0.0)]
    logs = probs.clamp_min(1e-9).log()
    for slot in range(len(probs)):
        order = probs[slot].argsort(descending=True).tolist()
        values = logs[slot].tolist()
        skipped = len(healed) if slot == 0 else 0
        grown = [
            longer
            for beam in beams
            for longer in _grow(beam, order, values, rule, codec, skipped, filler, width)
        ]
        grown.sort(key=lambda beam: -beam.score)
        # A text that is complete stays in the race, however unlikely its end was.
        ended = [beam for beam in grown if beam.is_ended]
        beams = [beam for beam in grown if not beam.is_ended][:width] + ended[:1]
    beams.sort(key=lambda beam: -beam.score)
    for beam in beams:
        if beam.is_ended or _is_whole(beam, rule):
            return list(beam.ids)
    return None


def _is_whole(beam: _Beam, rule: Rule) -> bool:
    try:
        return rule.accepts(beam.data.decode())
    except UnicodeDecodeError:
        return False


def _can_begin(data: bytes, rule: Rule) -> bool:
    """Whether a text that begins with `data` may satisfy the rule.

    Of a character whose bytes are not all there, the first and the last that it can become are
    tried; a pattern that allows one in between alone is not found.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return False
    rest = decoder.getstate()[0]
    if not rest:
        return rule.begins(text)
    ends = {_completed(rest, byte) for byte in (0x80, 0xBF)} - {""}
    return any(rule.begins(text + end) for end in ends)


def _completed(rest: bytes, byte: int) -> str:
    for count in range(1, 4):
        try:
            return (rest + bytes([byte] * count)).decode()
        except UnicodeDecodeError:
            continue
    return ""


def _grow(
    beam: _Beam,
    order: list[int],
    values: list[float],
    rule: Rule,
    codec: TextCodec,
    skipped: int,
    filler: int | None,
    width: int,
) -> list[_Beam]:
    """Return the beam with each of the next slot's likeliest tokens that may stand there."""
    grown: list[_Beam] = []
    if filler is not None and (beam.is_ended or (skipped == 0 and _is_whole(beam, rule))):
        ids = (*beam.ids, filler)
        grown.append(_Beam(ids, beam.data, beam.score + values[filler], is_ended=True))
    if beam.is_ended:
        return grown
    for place, token in enumerate(order):
        if len(grown) >= width or (place >= _TOKENS[width] and grown):
            break
        data = codec.token_bytes(token)[skipped:]
        if data and _can_begin(beam.data + data, rule):
            grown.append(_Beam((*beam.ids, token), beam.data + data, beam.score + values[token]))
    return grown
