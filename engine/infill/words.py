"""Other words for a place in a draft: whole ones, each completed by the model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from engine.forms.chain import NEVER
from engine.infill.engine import InfillEngine
from engine.infill.forms import formed_slots
from engine.infill.frame import Frame, Words
from engine.infill.hypothesis import Hypothesis
from engine.region.words import WordPlace, ranked

_BEGINNINGS = 12  # tokens that words are begun with
_LOOKED_AT = 64  # the likeliest tokens of a slot, among which there is one that fits
_SEED = 1  # of the noise that stands for a word not known yet; any does
_MOST = 32  # words that are kept to choose from


@dataclass(frozen=True, slots=True)
class _Beam:
    ids: tuple[int, ...]
    probability: float
    is_own: bool  # holds the draft's own tokens


@torch.inference_mode()
def find_words(
    engine: InfillEngine, hypothesis: Hypothesis, frame: Frame, slot: int
) -> Words | None:
    """Return the words that could stand where a frame shows the one in `slot`, its own among them.

    The rest is taken as the frame shows it. Likely first tokens are completed one slot after the
    other, each slot with those before it known; a word's probability is the product.

    Returns:
        None where the frame shows no word.
    """
    place = WordPlace.of(hypothesis.draft(engine, frame), slot)
    if place is None or place.slots.start < frame.committed:
        return None
    # Word by word nothing is known of what makes a whole text of a form.
    formed = [form.slots for form in formed_slots(engine.codec, hypothesis.plan)]
    if any(own in slots for slots in formed for own in place.slots):
        return None
    if (known := frame.words.get(place.slots.start)) is None:
        known = frame.words[place.slots.start] = _Search(engine, hypothesis, frame, place).found()
    return known


class _Search:
    def __init__(
        self, engine: InfillEngine, hypothesis: Hypothesis, frame: Frame, place: WordPlace
    ) -> None:
        self._engine, self._frame, self._place = engine, frame, place
        self._filler = engine.profile.filler_token_id
        first, last = (place.slots[end] - frame.committed for end in (0, -1))
        # What a shorter word leaves empty is there for a longer one.
        while self._filler is not None and frame.draft[last + 1 : last + 2] == [self._filler]:
            last += 1
        self._slots = range(first, last + 1)  # of the frame's canvas
        is_healed = place.slots.start == 0 and not hypothesis.plan.keeps_healed
        self._healed = hypothesis.plan.healed if is_healed else b""

    def found(self) -> Words:
        """Run the search."""
        own = tuple(self._frame.draft[slot] for slot in self._slots)
        beams = [_Beam((), 1.0, is_own=False), _Beam((), 1.0, is_own=True)]
        for number in range(len(self._slots)):
            probs = self._probs([beam.ids for beam in beams])
            count = 1 if number else _BEGINNINGS
            pairs = zip(beams, probs, strict=True)
            beams = [
                replace(beam, ids=(*beam.ids, token), probability=beam.probability * share)
                for beam, row in pairs
                for token, share in self._next(beam, row, count, own[number])
            ]
        # The draft's own tokens may have been found as any others.
        beams = list({beam.ids: beam for beam in beams}.values())
        shares: dict[str, float] = {}
        ids: dict[str, tuple[int, ...]] = {self._place.text: own}
        for beam in sorted(beams, key=lambda beam: -beam.probability):
            word = self._place.word_of(self._text(beam.ids))
            if word is not None:
                shares[word] = shares.get(word, 0.0) + beam.probability
                ids.setdefault(word, beam.ids)
        options = ranked(self._place.text, shares, _MOST)
        first = self._slots.start + self._frame.committed
        return Words(
            slots=range(first, first + len(self._slots)),
            options=options,
            tokens={option.rank: ids[option.text] for option in options},
        )

    def _next(self, beam: _Beam, probs: Tensor, count: int, own: int) -> list[tuple[int, float]]:
        """Return the likeliest tokens that a beam can go on with, and their probabilities."""
        if beam.is_own:
            return [(own, float(probs[own]))]
        if beam.ids and beam.ids[-1] == self._filler:  # the word is over
            return [(beam.ids[-1], 1.0)]
        best, ids = probs.topk(min(_LOOKED_AT, len(probs)))
        pairs = zip(ids.tolist(), best.tolist(), strict=True)
        return [pair for pair in pairs if pair[1] > 0 and self._fits(beam.ids, pair[0])][:count]

    def _fits(self, ids: tuple[int, ...], token: int) -> bool:
        if token == self._filler:
            return bool(ids) and self._place.word_of(self._text(ids)) is not None
        text = self._text((*ids, token))
        if text == self._text(ids):
            return False
        is_last = len(ids) + 1 == len(self._slots)
        return self._place.word_of(text) is not None if is_last else self._place.begins(text)

    def _text(self, ids: Sequence[int]) -> str:
        data = b"".join(self._engine.codec.token_bytes(t) for t in ids if t != self._filler)
        return data.removeprefix(self._healed).decode(errors="replace")

    def _probs(self, begun: Sequence[tuple[int, ...]]) -> Tensor:
        """Return [N, V]: what may follow each beginning of the word, in the slot behind it."""
        model, frame = self._engine.model, self._frame
        number, slots = len(begun[0]), list(self._slots)
        known = frame.clamp.known.repeat(len(begun), 1)
        known[:, : len(frame.draft)] = torch.tensor(frame.draft, device=model.device)
        if number:
            known[:, slots[:number]] = torch.tensor(begun, device=model.device)
        free = torch.zeros_like(known, dtype=torch.bool)
        free[:, slots[number:]] = True
        generator = torch.Generator(device=model.device).manual_seed(_SEED)
        canvas, vocab = known.clone(), model.config.vocab_size
        canvas[:, slots] = torch.where(
            free[:, slots],
            torch.randint(vocab, (len(slots),), generator=generator, device=model.device),
            known[:, slots],
        )
        soft = None
        if frame.before.soft_embeddings is not None or frame.clamp.mark_known_from_start:
            soft = model.embed(known).masked_fill(free[..., None], 0.0)
        hidden = model.denoise(canvas, soft, frame.cache, free)
        # Of this slot only, and not cooled: what is believed, not how the schedule draws.
        logits = model.logits(hidden[:, slots[number]])
        forbidden = self._forbidden(slots[number])
        if forbidden is not None:
            logits = logits.masked_fill(forbidden, NEVER)
        return logits.softmax(dim=-1)

    def _forbidden(self, slot: int) -> Tensor | None:
        """Return what the slot may not become, [V]; a shorter word leaves some of them empty."""
        mask = self._frame.clamp.forbidden
        if mask is None:
            return None
        own = (mask[0] if mask.dim() == 3 else mask)[0 if mask.shape[-2] == 1 else slot].clone()
        if self._filler is not None:
            own[self._filler] = False
        return own
