"""What the user does to single words of a draft: pin, melt, choose another, go on from here."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.failures import failure_text
from app.proposal.model.candidate import Draft
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from engine.api import (
    AlternativesFound,
    Branch,
    Changes,
    FindAlternatives,
    QuestionFailed,
    Request,
    SlotChoice,
    Steer,
)

COUNT = 8  # alternatives asked for


class Steering(QObject):
    """Turns acts on words into requests; words are stretches of the draft, code points.

    A running candidate is steered, and follows with its next step; one that is done is branched
    from, which makes one more candidate.

    Signals: `alternatives_found` with the `AlternativesFound` that was asked for last;
    `asking_failed` with the reason why there is none.
    """

    alternatives_found = Signal(object)
    asking_failed = Signal(str)

    def __init__(
        self,
        submit: Callable[[Request], None],
        next_id: Callable[[], int],
        next_seed: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._submit = submit
        self._next_id = next_id
        self._next_seed = next_seed
        self._proposal: Proposal | None = None
        self._asked: FindAlternatives | None = None
        self._asked_slots: tuple[int, ...] = ()  # of the word that was asked about

    def follow(self, proposal: Proposal | None) -> None:
        """Steer this proposal from now on, or none."""
        self._proposal, self._asked = proposal, None

    def toggle_pin(self, start: int, end: int) -> bool | None:
        """Pin a word, or let it go; return whether it is pinned now, None if it cannot be."""
        slots = self._slots(start, end)
        if not slots or self._proposal is None:
            return None
        candidate = self._proposal.candidate
        is_pinned = not set(slots) <= candidate.pinned
        # Shown at once; the engine's next frame confirms it.
        self._proposal.candidates.set_pinned(slots, is_pinned=is_pinned)
        if candidate.is_running:
            pin = tuple(SlotChoice(slot=slot) for slot in slots) if is_pinned else ()
            self._steer(Changes(pin=pin, release=() if is_pinned else slots))
        return is_pinned

    def hold(self, stretches: Sequence[tuple[int, int]]) -> None:
        """Keep parts of the draft that come into the document, as long as it may still change.

        Args:
            stretches: Of the draft as the document would hold it, code points.
        """
        proposal, draft = self._proposal, self._draft()
        if proposal is None or draft is None or not proposal.awaits_text:
            return
        pinned, wanted, held = proposal.candidate.pinned, [], draft.document_text
        for start, end in (map(held.origin_of, stretch) for stretch in stretches):
            slots = draft.slots_holding(start, end)
            proposal.candidates.hold(slots, end)
            wanted += [slot for slot in slots if slot not in pinned]
        if wanted and proposal.candidate.is_running:
            proposal.candidates.set_pinned(wanted, is_pinned=True)
            self._steer(Changes(pin=tuple(SlotChoice(slot=slot) for slot in wanted)))

    def melt(self, words: Sequence[tuple[int, int]]) -> bool:
        """Make noise of words while the rest stands; return whether there was one."""
        # Two words may share a slot.
        slots = tuple({slot: None for word in words for slot in self._slots(*word)})
        if not slots or self._proposal is None:
            return False
        # At an earlier frame the words that are seen are not those that are worked on.
        if self._proposal.candidate.is_running and self._proposal.candidates.frame is None:
            self._proposal.candidates.let_go(slots)
            self._steer(Changes(renoise=slots))
        else:
            self._branch(Changes(renoise=slots, pin=self._pins(without=slots)), holds_rest=True)
        return True

    def ask_alternatives(self, start: int, end: int) -> bool:
        """Ask what else could stand in a word's place; return whether that can be asked."""
        slots = self._slots(start, end)
        step = self._step()
        if not slots or step is None or self._proposal is None:
            return False
        candidate = self._proposal.candidate
        self._asked_slots = slots
        self._asked = FindAlternatives(
            question_id=self._next_id(),
            job_id=candidate.job.job_id,
            candidate=candidate.number,
            step=step,
            slot=slots[0],
            count=COUNT,
        )
        self._submit(self._asked)
        return True

    def notify_answer(self, event: AlternativesFound | QuestionFailed) -> None:
        """The engine has answered; who has asked something else since wants no old answer."""
        if self._asked is None or event.question_id != self._asked.question_id:
            return
        if isinstance(event, AlternativesFound):
            self.alternatives_found.emit(event)
        else:
            self.asking_failed.emit(failure_text(event.kind, event.message))

    def choose_alternative(self, rank: int) -> None:
        """Pin one of the alternatives that were asked for; its neighbours settle anew."""
        asked, proposal = self._asked, self._proposal
        if asked is None or proposal is None or not proposal.is_shown:
            return
        pin = (SlotChoice(slot=asked.slot, rank=rank),)
        # The popup stays open while candidates change below it.
        is_same = (proposal.candidate.job.job_id, proposal.candidate.number) == (
            asked.job_id,
            asked.candidate,
        )
        if not is_same:
            return
        if proposal.candidate.is_running:
            proposal.candidates.let_go(self._asked_slots)
            self._steer(Changes(pin=pin), step=asked.step)
        else:
            pins = self._pins(without=(asked.slot,))
            self._branch(Changes(pin=(*pins, *pin)), holds_rest=False, step=asked.step)

    def branch(self) -> bool:
        """Go on from the frame that is shown with another seed."""
        if self._proposal is None or self._step() is None:
            return False
        return self._branch(Changes(pin=self._pins()), holds_rest=False)

    def run_with_pins(self) -> bool:
        """Draft all but the pinned words anew; return whether any is pinned."""
        proposal = self._proposal
        if proposal is None or not proposal.candidate.pinned:
            return False
        candidate = proposal.candidate
        others = tuple(slot for slot in range(candidate.num_slots) if slot not in candidate.pinned)
        return self._branch(Changes(pin=self._pins(), renoise=others), holds_rest=False)

    def _pins(self, without: Sequence[int] = ()) -> tuple[SlotChoice, ...]:
        assert self._proposal is not None, "there is nothing to steer"
        pinned = self._proposal.candidate.pinned
        return tuple(SlotChoice(slot=slot) for slot in sorted(pinned) if slot not in without)

    def _slots(self, start: int, end: int) -> tuple[int, ...]:
        draft = self._draft()
        return draft.slots_between(start, end) if draft else ()

    def _draft(self) -> Draft | None:
        proposal = self._proposal
        can = proposal is not None and proposal.phase in (Phase.RUNNING, Phase.FINISHED)
        return proposal.draft if can and proposal is not None else None

    def _step(self) -> int | None:
        """Return the number of the frame shown, as the engine counts it."""
        proposal = self._proposal
        if proposal is None or not proposal.candidates.frames or self._draft() is None:
            return None
        shown = -1 if proposal.candidates.frame is None else proposal.candidates.frame
        return proposal.candidates.frames[shown].step

    def _steer(self, changes: Changes, step: int | None = None) -> None:
        proposal = self._proposal
        shown = step if step is not None else self._step()
        if proposal is not None and shown is not None:
            candidate = proposal.candidate
            self._submit(
                Steer(
                    job_id=candidate.job.job_id,
                    candidate=candidate.number,
                    step=shown,
                    changes=changes,
                )
            )

    def _branch(self, changes: Changes, *, holds_rest: bool, step: int | None = None) -> bool:
        proposal = self._proposal
        shown = step if step is not None else self._step()
        if proposal is None or shown is None:
            return False
        candidate = proposal.candidate
        job = Branch(
            job_id=self._next_id(),
            parent=candidate.job.job_id,
            candidate=candidate.number,
            step=shown,
            seed=self._next_seed(),
            changes=changes,
            holds_rest=holds_rest,
        )
        start = proposal.draft
        self._submit(job)  # which stops what runs, while its number is still known
        proposal.notify_submitted(job, start)
        return True
