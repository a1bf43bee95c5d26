"""The candidates in play: their order, and which of them and which of its frames is shown."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.proposal.model.candidate import Candidate, Draft
from app.proposal.model.snapshot import Snapshot
from engine.api import (
    Branch,
    CandidateFinished,
    CanvasUpdated,
    Finished,
    FinishReason,
    Generate,
    Started,
)

UNSCORED = -math.inf


class Candidates(QObject):
    """Keeps the candidates of one region, over all jobs; there is always one.

    Its `Proposal` tells it of the engine, and has it `publish` afterwards. Signals: `changed`,
    after a candidate came, went, grew by a frame or another place, or another one or frame is
    shown; with whether what is to be seen has changed by it.
    """

    changed = Signal(bool)

    def __init__(self, job: Generate, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: list[Candidate] = []
        self._job_id = job.job_id
        self._is_chosen = False  # by the user; the best is shown otherwise
        self._draft: Draft | None = None
        self.max_steps = 0  # of the newest job
        self.frame: int | None = None  # the index of the frame shown; None: the newest text
        self.add(job)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all)

    def __iter__(self) -> Iterator[Candidate]:
        """Go through them, the best first."""
        return iter(self.ordered)

    @property
    def current(self) -> Candidate:
        """The one that is shown."""
        return next(one for one in self._all if one.key == self._shown)

    @property
    def ordered(self) -> tuple[Candidate, ...]:
        """All of them: the finished by score, then the others as they came."""
        return tuple(sorted(self._all, key=_rank, reverse=True))

    @property
    def frames(self) -> tuple[CanvasUpdated, ...]:
        """Every frame the model has produced for the candidate shown, in order."""
        return self.current.frames

    @property
    def draft(self) -> Draft | None:
        """The text that is shown, as it was published; None before the first frame."""
        return self._draft

    def add(self, job: Generate | Branch, start: Draft | None = None) -> None:
        """Take in the candidates of a new job, and show its first."""
        self.stop()
        count = job.settings.candidates if isinstance(job, Generate) else 1
        new = [Candidate(job=job, number=number, start=start) for number in range(count)]
        # What was stopped before it had a text is nothing to choose from.
        self._all = [candidate for candidate in self._all if _has_own_text(candidate)] + new
        self._job_id = job.job_id
        self._shown, self.frame, self._is_chosen = new[0].key, None, False
        self.shows_old = False  # in the draft's place, to compare

    def resume(self, last: Snapshot) -> None:
        """Take over the candidates of a proposal that has ended; none of them runs any more."""
        self._all, self._shown = list(last.candidates), last.candidate.key
        self._job_id, self.max_steps = last.candidate.job.job_id, last.job_steps
        self.frame, self._is_chosen = last.past_frame, True
        self.stop()
        self.publish()

    def choose(self, candidate: Candidate) -> None:
        """Show a candidate, and no longer whichever is best."""
        self.shows_old = False
        if any(one.key == candidate.key for one in self._all):
            self._shown, self.frame, self._is_chosen = candidate.key, None, True
        self.publish()

    def choose_next(self, step: int) -> None:
        """Show the candidate so many places further on, around the ends."""
        if len(self) > 1:
            ordered = self.ordered
            self.choose(ordered[(ordered.index(self.current) + step) % len(ordered)])

    def show_frame(self, index: int | None) -> None:
        """Show a frame of the candidate that is shown; the last one's place is the newest text."""
        self.shows_old = False
        last = len(self.current.frames) - 1
        if index is not None:
            index = max(0, index)
            is_newest = index > last or (index == last and self.current.final is not None)
            # The last frame and what it has come to are one place on the timeline.
            index = None if is_newest else index
        self.frame = index
        # Whoever looks at a frame wants to stay with this candidate, also when another turns out
        # better.
        self._is_chosen = self._is_chosen or index is not None
        self.publish()

    def show_next_frame(self, step: int) -> None:
        """Show the frame so many steps further on."""
        if frames := self.current.frames:
            self.show_frame((len(frames) - 1 if self.frame is None else self.frame) + step)

    def toggle_old(self) -> None:
        """Show the old text for comparison, or the draft again."""
        if self._draft is not None:
            self.shows_old = not self.shows_old
            self.changed.emit(True)

    def set_pinned(self, slots: Sequence[int], *, is_pinned: bool) -> None:
        """Mark slots as pinned, or as free again, before the engine has said so."""
        self._put(self.current.with_pins(slots, is_pinned=is_pinned))
        self.changed.emit(True)

    def hold(self, slots: Sequence[int], end: int) -> None:
        """Hold the one that is shown to a part of its draft, and show no better one by itself.

        Args:
            slots: That have the part; none, if the text has no slots.
            end: Of the part, code points of the draft.
        """
        assert self._draft is not None, "there is a draft to take a part from"
        self._is_chosen = True
        self._put(self.current.with_held(slots, self._draft, end))

    def let_go(self, slots: Sequence[int]) -> None:
        """Hold the one that is shown no longer to what slots had: the user has changed it."""
        self._put(self.current.without_held(slots))

    def publish(self) -> None:
        """Tell of what has changed."""
        candidate = self.current
        draft = candidate.draft if self.frame is None else candidate.drafts[self.frame]
        is_another = draft != self._draft
        if is_another:  # of two that are equal the first stays, with what is known of it
            self._draft = draft
        self.changed.emit(is_another)

    def start(self, event: Started) -> None:
        """Note how much room the job's candidates have, and how long they may take."""
        self.max_steps = event.max_steps
        for candidate in self._of_job():
            self._put(replace(candidate, num_slots=event.num_slots))

    def restart(self) -> None:
        """Wait for the job's candidates anew, and show what there was of them until they come."""
        for candidate in self._of_job():
            self._put(candidate.begun_anew())
        self.frame = None

    def add_frame(self, event: CanvasUpdated) -> None:
        """Keep a frame."""
        candidate = self._find(event.candidate)
        if candidate is not None:
            self._put(candidate.with_frame(event))

    def finish_one(self, event: CandidateFinished) -> None:
        """Take in the result of one candidate."""
        candidate = self._find(event.candidate)
        if candidate is None:
            return
        final = Draft(text=event.text, spans=event.spans)
        self._put(replace(candidate, result=event, reason=event.reason, final=final))
        if not self._is_chosen and self.frame is None and not self._running():
            self._shown = self.ordered[0].key

    def finish(self, event: Finished) -> None:
        """Take in the end of the job: equal texts are one candidate, and the best is shown.

        Those of earlier jobs count as well.
        """
        for result in event.candidates:
            self.finish_one(result)
        best = max(self._of_job(), key=_rank)
        if not event.candidates:
            self._put(best.ended(event.reason, Draft(text=event.text, spans=event.spans)))
        told = {result.candidate for result in event.candidates} or {best.number}
        for candidate in self._of_job():
            # The engine told each text once; what it left out is equal to another, or came to
            # nothing.
            if candidate.number not in told and candidate.key != self._shown:
                self._all.remove(candidate)
            elif candidate.reason is None:
                self._put(candidate.ended(event.reason, candidate.draft))
        if not self._is_chosen and self.frame is None:
            self._shown = max(self._of_job(), key=_rank).key
        self._merge()

    def stop(self) -> None:
        """Keep what there is of the candidates that run."""
        for candidate in self._running():
            self._put(candidate.ended(FinishReason.CANCELLED, candidate.draft))

    def _put(self, candidate: Candidate) -> None:
        """Put a candidate in the place of what it was."""
        self._all = [candidate if one.key == candidate.key else one for one in self._all]

    def _merge(self) -> None:
        """Keep one of several candidates with the same text: the one that is shown, or the newest.

        The engine remembers the frames of its latest jobs alone. A branch leaves the candidates it
        may have come from: their early frames are nowhere else.
        """
        kept: dict[tuple[str | None, bool], Candidate] = {}
        # The one that is shown first: what the user looks at is never taken away.
        for candidate in (self.current, *reversed(self._all)):
            kept.setdefault(_likeness(candidate), candidate)
        self._all = [one for one in self._all if one.final is None or kept[_likeness(one)] is one]

    def _running(self) -> list[Candidate]:
        return [candidate for candidate in self._all if candidate.is_running]

    def _of_job(self) -> list[Candidate]:
        return [candidate for candidate in self._all if candidate.job.job_id == self._job_id]

    def _find(self, candidate: int) -> Candidate | None:
        return next((one for one in self._of_job() if one.number == candidate), None)


def _has_own_text(candidate: Candidate) -> bool:
    return bool(candidate.frames) or (candidate.final is not None and candidate.start is None)


def _likeness(candidate: Candidate) -> tuple[str | None, bool]:
    return candidate.final.text if candidate.final else None, isinstance(candidate.job, Branch)


def _rank(candidate: Candidate) -> tuple[bool, float]:
    score = candidate.score
    # Sorting is stable, so those without a score stay in the order in which they came.
    return not candidate.is_running, score.total if score else UNSCORED
