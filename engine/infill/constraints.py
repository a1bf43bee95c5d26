"""A region's rule in tokens: masks while denoising, and a last fit to a pattern.

Characters are enforced on every slot in every step. A pattern spans slots, which are found in no
order; so the finished canvas is fitted to it: a beam search from left to right over what the model
believes of each slot, in which every token has to keep the text a beginning of some match.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor

from engine.infill.codec import TextCodec, breaks_line
from engine.patterns import matches
from engine.region.rules import Rule

# Beams, and tokens looked at per slot and beam before all of them are; the second search runs if
# the first finds nothing.
_BEAMS = (12, 160)
_TOKENS = {12: 48, 160: 4096}
_ASCII = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenMasks:
    """A rule as what it says of single tokens."""

    rule: Rule
    codec: TextCodec
    _by_healed: dict[bytes, Tensor] = field(default_factory=dict, compare=False)

    def forbidden(self, healed: bytes = b"") -> Tensor | None:
        """Return [V] bool: tokens with a character that must not be there; None: there are none.

        The rule speaks of the text behind the healed bytes, which may hold anything.
        """
        rule, codec = self.rule, self.codec
        if not rule.is_single_line and rule.characters is None:
            return None
        # The usual case, a text that stays on its line, has its mask ready.
        if rule.characters is None and not breaks_line(healed):
            return codec.line_breaks
        if healed not in self._by_healed:
            pieces = (codec.token_bytes(token)[len(healed) :] for token in range(codec.vocab_size))
            with rule.limit:
                is_out = [not self._allows(data) for data in pieces]
            self._by_healed[healed] = torch.tensor(is_out)
        return self._by_healed[healed]

    def _allows(self, data: bytes) -> bool:
        if self.rule.is_single_line and breaks_line(data):
            return False
        if self.rule.characters is None:
            return True
        try:
            # A part of a character cannot be judged, so it is out.
            return matches(self.rule.characters, data.decode(), self.rule.limit)
        except UnicodeDecodeError:
            return False


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
        Token ids [F], or None if none were found, or not in the time that the rule has left.
    """
    with rule.limit:
        found = (_Search(rule, codec, filler, width).run(probs, len(healed)) for width in _BEAMS)
        return next((ids for ids in found if ids is not None), None)


@dataclass(frozen=True, slots=True)
class _Slot:
    """What is believed of a slot."""

    order: Tensor  # [V], the likeliest token first
    nats: list[float]  # of each token
    skipped: int  # bytes its token begins with that are not the text's


@dataclass(frozen=True, slots=True)
class _Search:
    """A beam search from left to right."""

    rule: Rule
    codec: TextCodec
    filler: int | None
    width: int

    def run(self, probs: Tensor, healed: int) -> list[int] | None:
        """Return tokens for slots [F, V], of which the first begins with so many healed bytes."""
        beams = [_Beam((), b"", 0.0)]
        # Finite, so that texts with something that was ruled out still rank by all the rest.
        logs = probs.clamp_min(1e-9).log()
        for place in range(len(probs)):
            order = probs[place].argsort(descending=True).cpu()
            slot = _Slot(order, logs[place].tolist(), healed if place == 0 else 0)
            grown = [longer for beam in beams for longer in self._grow(beam, slot)]
            grown.sort(key=lambda beam: -beam.score)
            # A text that is complete stays in the race, however unlikely its end was.
            ended = [beam for beam in grown if beam.is_ended]
            beams = [beam for beam in grown if not beam.is_ended][: self.width] + ended[:1]
            if self.rule.limit.is_over:
                return None
        beams.sort(key=lambda beam: -beam.score)
        for beam in beams:
            if beam.is_ended or _is_whole(beam, self.rule):
                return list(beam.ids)
        return None

    def _grow(self, beam: _Beam, slot: _Slot) -> list[_Beam]:
        """Return the beam with each of a slot's likeliest tokens that may stand there."""
        grown: list[_Beam] = []
        if self.rule.limit.is_over:
            return grown
        may_end = beam.is_ended or (slot.skipped == 0 and _is_whole(beam, self.rule))
        # Not in the healed first slot: its token has bytes of the text before, which must stand.
        if self.filler is not None and may_end:
            score = beam.score + slot.nats[self.filler]
            grown.append(_Beam((*beam.ids, self.filler), beam.data, score, is_ended=True))
        if beam.is_ended:
            return grown
        for place, token in self._possible(beam, slot):
            # More are looked at only as long as none has fitted.
            if len(grown) >= self.width or (place >= _TOKENS[self.width] and grown):
                break
            data = self.codec.token_bytes(token)[slot.skipped :]
            if data and _can_begin(beam.data + data, self.rule):
                score = beam.score + slot.nats[token]
                grown.append(_Beam((*beam.ids, token), beam.data + data, score))
        return grown

    def _possible(self, beam: _Beam, slot: _Slot) -> Iterator[tuple[int, int]]:
        """Yield the tokens whose first character may come next, with their places in the order.

        Most are out by that, and in a vocabulary of some size many share it. Of other scripts'
        characters a byte says too little.
        """
        if slot.skipped or self.codec.vocab_size < 8 * _ASCII:
            yield from enumerate(slot.order.tolist())
            return
        begins = [_can_begin(beam.data + bytes([byte]), self.rule) for byte in range(_ASCII)]
        may_begin = torch.tensor([*begins, *[True] * (256 - _ASCII), False])
        places = may_begin[self.codec.first_bytes[slot.order]].nonzero().flatten()
        yield from zip(places.tolist(), slot.order[places].tolist(), strict=True)


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
    try:
        return rule.begins(data.decode())
    except UnicodeDecodeError:
        pass  # unless only the end of a character lacks, it is no text
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return False
    rest = decoder.getstate()[0]
    ends = {_completed(rest, byte) for byte in (0x80, 0xBF)} - {""}
    return any(rule.begins(text + end) for end in ends)


def _completed(rest: bytes, byte: int) -> str:
    for count in range(1, 4):
        try:
            return (rest + bytes([byte] * count)).decode()
        except UnicodeDecodeError:
            continue
    return ""
