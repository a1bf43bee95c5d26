"""What a user does to a canvas: pins, words renoised, questions about what else could be there."""

from dataclasses import dataclass

from engine.api import Changes, FindAlternatives, SlotChoice, WordOption
from engine.denoiser import Denoising
from engine.infill.engine import InfillEngine
from engine.infill.frame import Frame
from engine.infill.hypothesis import Hypothesis
from engine.infill.words import find_words

# Renoised words, and neighbours of pinned ones, are worked on in this last part of the schedule.
RESUMED_SHARE = 0.5


def step_to_resume(engine: InfillEngine, number: int) -> int:
    """Return the schedule's step from which a changed canvas goes on."""
    return min(number, round((1 - RESUMED_SHARE) * engine.sampler.max_steps))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Steering:
    """What shall change on a canvas, and what the user saw of it."""

    hypothesis: Hypothesis
    frame: Frame  # pinned slots take its tokens
    changes: Changes  # by the region's slot numbers
    holds_rest: bool = False  # all slots that are not renoised keep the frame's tokens

    def apply(self, engine: InfillEngine, denoising: Denoising, row: int) -> None:
        """Change one canvas of a batch from the next step on."""
        hypothesis, changes, frame = self.hypothesis, self._possible(), self.frame
        first = len(hypothesis.committed)
        here = range(first, first + hypothesis.num_slots)
        tokens = dict(enumerate(frame.draft)) if self.holds_rest else {}
        # Let go first, then held: a slot may be released and pinned to another word at once.
        for slot in (*changes.release, *changes.renoise):
            tokens.pop(slot - first, None)
        pinned = []
        for choice in changes.pin:
            for slot, token in _tokens_of(engine, hypothesis, frame, choice).items():
                if slot in here:
                    tokens[slot - first] = token
                    pinned.append(slot)
        hypothesis.change_pins(pinned, (*changes.release, *changes.renoise))
        released = [slot - first for slot in changes.release if slot in here]
        renoised = [slot - first for slot in changes.renoise if slot in here]
        denoising.free(row, [*released, *renoised])
        denoising.renoise(row, renoised, engine.model.config.vocab_size)
        denoising.hold(row, tokens, engine.model)
        if renoised:
            denoising.go_to(step_to_resume(engine, denoising.number))

    def _possible(self) -> Changes:
        """Return the changes without those of text between several regions, which stays."""
        stays, changes = self.hypothesis.plan.staying, self.changes
        return Changes(
            pin=tuple(choice for choice in changes.pin if choice.slot not in stays),
            release=tuple(slot for slot in changes.release if slot not in stays),
            renoise=tuple(slot for slot in changes.renoise if slot not in stays),
        )


def _tokens_of(
    engine: InfillEngine, hypothesis: Hypothesis, frame: Frame, choice: SlotChoice
) -> dict[int, int]:
    """Return the tokens that a choice puts into slots of the region; none where there are none."""
    slot, place = choice.slot, choice.slot - frame.committed
    if choice.rank:
        words = find_words(engine, hypothesis, frame, slot)
        ids = words.tokens.get(choice.rank) if words else None
        return dict(zip(words.slots, ids, strict=True)) if words and ids else {}
    return {slot: frame.draft[place]} if 0 <= place < len(frame.draft) else {}


def alternatives(
    engine: InfillEngine, hypothesis: Hypothesis, frame: Frame, asked: FindAlternatives
) -> tuple[WordOption, ...]:
    """Return the words that could stand where a frame has the one in a slot, likeliest first."""
    words = find_words(engine, hypothesis, frame, asked.slot)
    # The draft's own has rank 0, however likely it is.
    return tuple(one for one in words.options if one.rank < asked.count) if words else ()
