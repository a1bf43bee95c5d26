"""The model of one proposal: what the engine has drafted for one region, and how far it is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QObject, Signal

from app.proposal.model.candidate import Candidate, Draft
from app.proposal.model.candidates import Candidates
from app.proposal.model.ended import Ended
from app.proposal.model.past import Outcome
from app.proposal.model.phase import Phase
from app.proposal.model.placement import Placement
from app.proposal.model.snapshot import Snapshot
from app.text.rebase import Change, Region, Trail, follow, rebase
from app.translation import tr
from engine.api import Branch, CandidateFinished, CanvasUpdated, Finished, Generate, Started

P = ParamSpec("P")


def _told_once(
    act: Callable[Concatenate["Proposal", P], None],
) -> Callable[Concatenate["Proposal", P], None]:
    """Let all that an act changes be told once, at its end."""

    @wraps(act)
    def run(self: "Proposal", /, *args: P.args, **kwargs: P.kwargs) -> None:
        with self.telling_once():
            act(self, *args, **kwargs)

    return run


class Proposal(QObject):
    """One region's candidates; changes only through its methods.

    Signals, each with the new `Snapshot`, and once at most for whatever the engine or the user
    does: `look_changed`, after anything that is to be seen of it in the text has changed, its place
    included, and then `status_changed`, after anything that is to be said of it has.
    """

    look_changed = Signal(object)
    status_changed = Signal(object)

    def __init__(self, request: Generate, region: Region, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Generate | Branch = request
        text = request.region
        self._place = Placement(request=request, region=region, old_text=text, asked_text=text)
        self._candidates = Candidates(request, self)
        self._candidates.changed.connect(self._on_candidates)
        self._num_acts = 0  # under way, one within the other
        self._has_new_look = self._has_new_status = False
        self._phase = Phase.WAITING
        self._note = ""
        self._has_focus = True
        self._is_stopping = False  # stopped by the user, and the engine has not answered yet
        self._has_failed = False
        self._is_live = self._is_outdated = False
        self._held_texts = {text}  # by the region, in the document
        self._trail: Trail | None = None  # of the edits that have parked it
        self._outcome: Outcome | None = None
        self._snapshot = self._taken()

    @property
    def snapshot(self) -> Snapshot:
        """What it is now, as it was told last."""
        return self._snapshot

    @property
    def job_id(self) -> int:
        """The number of the engine's newest job."""
        return self._job.job_id

    @property
    def num_asked(self) -> int:
        """How many candidates the newest job was asked for."""
        return self._job.settings.candidates if isinstance(self._job, Generate) else 1

    @property
    def place(self) -> Placement:
        """Where it stands in the document, and what was asked for there."""
        return self._place

    @property
    def candidates(self) -> Candidates:
        """The candidates in play, and which of them is shown."""
        return self._candidates

    @property
    def candidate(self) -> Candidate:
        """The candidate that is shown."""
        return self._candidates.current

    @property
    def is_busy(self) -> bool:
        """Whether the engine still works on it."""
        return self._phase in (Phase.WAITING, Phase.RUNNING)

    @property
    def awaits_text(self) -> bool:
        """Whether the engine may still bring another text for a candidate."""
        return self.is_busy or self._is_stopping

    @property
    def is_stale(self) -> bool:
        """Whether the text that it is computed from is gone, whether there was a draft or not."""
        return self._phase is Phase.STALE or self._outcome is Outcome.STALE

    @property
    def is_shown(self) -> bool:
        """Whether there is anything of it to see."""
        return self._phase is not Phase.IDLE

    @property
    def can_accept(self) -> bool:
        """Whether there is a draft that may replace the region."""
        return self._snapshot.can_accept

    @property
    def takes_enter(self) -> bool:
        """Whether Enter means this proposal, even if there is nothing to accept yet."""
        return self._has_focus and self._phase not in (Phase.STALE, Phase.IDLE)

    @property
    def phase(self) -> Phase:
        """Where it is in its life."""
        return self._phase

    @property
    def is_outdated(self) -> bool:
        """Whether the text around it is another than that it was computed from."""
        return self._is_outdated

    @property
    def trail(self) -> Trail | None:
        """Where to look for its text, while it is parked."""
        return self._trail

    def has_held(self, text: str) -> bool:
        """Whether the region has held a text since it was asked for."""
        return text in self._held_texts

    @property
    def draft(self) -> Draft | None:
        """The draft to show; None before the first frame."""
        return self._candidates.draft

    @property
    def has_focus(self) -> bool:
        """Whether Enter means this proposal."""
        return self._has_focus

    @_told_once
    def set_has_focus(self, has_focus: bool) -> None:
        """Say whether Enter means this proposal."""
        if has_focus != self._has_focus:
            self._has_focus = has_focus
            self._note_change(is_seen=False)

    @property
    def as_ended(self) -> Ended:
        """What there is of it, to be opened again after its end."""
        held = frozenset(self._held_texts)
        return Ended(job=self._job, snapshot=self._snapshot, held_texts=held, trail=self._trail)

    @_told_once
    def resume(self, ended: Ended) -> None:
        """Be one that has ended: what was being drafted stays as far as it had come."""
        last = ended.snapshot
        self._job, self._held_texts, self._trail = ended.job, set(ended.held_texts), ended.trail
        self._place, self._note, self._is_outdated = last.place, last.note, last.is_outdated
        self._candidates.resume(last)
        self._set_phase(Phase.FINISHED if ended.trail is None else Phase.STALE)

    @_told_once
    def set_is_live(self, is_live: bool) -> None:
        """Keep it in step with the text around it, or leave that."""
        self._is_live = is_live
        self._note_change(is_seen=False)

    @_told_once
    def notify_submitted(self, job: Generate | Branch, start: Draft | None = None) -> None:
        """The engine was asked for more candidates; what ran until now has been cancelled."""
        self._job = job
        self._is_stopping = self._has_failed = False
        # A branch goes on from what was computed before.
        if isinstance(job, Generate):
            self._is_outdated = False
            self._place = replace(self._place, request=job)
        self._note = ""
        self._candidates.add(job, start)
        self._set_phase(Phase.WAITING)
        self._candidates.publish()

    @_told_once
    def notify_started(self, event: Started) -> None:
        """The engine has begun."""
        if self._phase is Phase.WAITING and event.job_id == self.job_id:
            self._take_edges_in(event.soft_before, event.soft_after)
            self._candidates.start(event)
            self._set_phase(Phase.RUNNING)

    @_told_once
    def notify_restarted(self) -> None:
        """The engine begins the job anew; its drafts stay until it has others."""
        if self.is_busy:
            self._candidates.restart()
            self._set_phase(Phase.WAITING)
            self._candidates.publish()

    @_told_once
    def notify_frame(self, event: CanvasUpdated) -> None:
        """The engine has done one denoising step."""
        # Also the step that ran when it was stopped; its text comes with the end.
        if event.job_id == self.job_id and self.awaits_text:
            self._candidates.add_frame(event)
            if self.is_busy:
                self._set_phase(Phase.RUNNING)
            self._candidates.publish()

    @_told_once
    def notify_candidate(self, event: CandidateFinished) -> None:
        """One of several candidates is done."""
        if event.job_id == self.job_id and self.awaits_text:
            self._candidates.finish_one(event)
            self._candidates.publish()

    @_told_once
    def notify_finished(self, event: Finished) -> None:
        """The engine has ended: its texts are the ones to accept, also after an early stop."""
        if event.job_id == self.job_id and self.awaits_text:
            self._is_stopping = False
            self._take_edges_in(event.soft_before, event.soft_after)
            self._candidates.finish(event)
            self._candidates.publish()
            self._set_phase(Phase.FINISHED)

    @_told_once
    def notify_failed(self, message: str) -> None:
        """The engine has given up: keep the last draft; without one, there is nothing left."""
        self._is_stopping = False
        if not self.is_busy:
            return
        self._candidates.stop()
        if self.candidate.draft is None:
            self.notify_closed(Outcome.FAILED)
            return
        self._has_failed = True
        self._note = message
        self._candidates.publish()
        self._set_phase(Phase.FINISHED)

    @_told_once
    def notify_stopped(self) -> None:
        """The user has stopped it: keep the last drafts, until the engine's end brings its own."""
        if self.is_busy and self.draft is not None:
            # Only a job that has begun sends an end with texts; one that waited has none.
            self._is_stopping = self._phase is Phase.RUNNING
            self._candidates.stop()
            self._candidates.publish()
            self._set_phase(Phase.FINISHED)

    @_told_once
    def notify_closed(self, outcome: Outcome, note: str = "") -> None:
        """It was accepted, rejected or replaced; a parked or failed one stays known as that."""
        # Removing a parked or failed draft is no judgement of it.
        if outcome is not Outcome.ACCEPTED and self._phase is Phase.STALE:
            outcome = Outcome.STALE
        elif outcome is not Outcome.ACCEPTED and self._has_failed:
            outcome = Outcome.FAILED
        self._outcome = outcome
        self._is_stopping = False
        self._note = note
        self._set_phase(Phase.IDLE)

    @_told_once
    def notify_accepted_part(self, region: Region, old_text: str) -> None:
        """A part of a draft has come into the document, or left it again by an undo."""
        self._held_texts |= {self._place.old_text, old_text}
        self._set_place(replace(self._place, region=region, old_text=old_text))
        self._note_change(is_seen=True)

    @_told_once
    def notify_change(self, change: Change) -> None:
        """The document has changed somewhere: move along with it, or be parked."""
        if self._phase is Phase.STALE:
            assert self._trail is not None, "what has parked it has left one"
            self._trail = self._trail.followed(change)
            self._set_region(follow(self._place.region, change))
            return
        found = rebase(self._place.region, change)
        if found is None:
            if self.is_shown:
                trail = Trail.begun_by(self._place.region, change)
                self._set_region(follow(self._place.region, change))
                self._park(trail)
            return
        region, is_around = found
        self._set_region(region)
        # The rest of its lines is drawn with it.
        self._has_new_look |= is_around
        if is_around:
            self.notify_surroundings(is_outdated=True)

    @_told_once
    def notify_gone(self, trail: Trail) -> None:
        """The text that it stands for was changed before it stood for it; `trail` is around it."""
        self._park(trail)

    @_told_once
    def notify_back(self, place: Placement) -> None:
        """The text that a parked one was made for is there again, in this place."""
        self._trail = None
        self._set_place(place)
        self._set_phase(Phase.FINISHED)

    @_told_once
    def notify_surroundings(self, *, is_outdated: bool) -> None:
        """The text around it is, or is not, what it was computed from."""
        if is_outdated != self._is_outdated:
            self._is_outdated = is_outdated
            self._note_change(is_seen=False)

    @contextmanager
    def telling_once(self) -> Iterator[None]:
        """Tell what changes within, at the end and once."""
        # Acts call one another; the outermost tells.
        self._num_acts += 1
        try:
            yield
        finally:
            self._num_acts -= 1
            if not self._num_acts:
                self.take_stock()
                self._tell()

    def take_stock(self) -> None:
        """Make a snapshot of what has changed, before anybody is told of it."""
        if self._has_new_look or self._has_new_status:
            self._snapshot = self._taken()

    def _on_candidates(self, is_seen: bool) -> None:
        with self.telling_once():
            self._note_change(is_seen=is_seen)

    def _note_change(self, *, is_seen: bool) -> None:
        self._has_new_status = True
        self._has_new_look |= is_seen

    def _tell(self) -> None:
        # Taken down before it is told: who hears of it may act at once, and is told of that anew.
        has_new_look, self._has_new_look = self._has_new_look, False
        has_new_status, self._has_new_status = self._has_new_status, False
        snapshot = self._snapshot
        if has_new_look:
            self.look_changed.emit(snapshot)
        if has_new_status:
            self.status_changed.emit(snapshot)

    def _taken(self) -> Snapshot:
        ordered = self._candidates.ordered
        return Snapshot(
            phase=self._phase,
            outcome=self._outcome,
            note=self._note,
            place=self._place,
            candidates=ordered,
            shown=ordered.index(self._candidates.current),
            draft=self._candidates.draft,
            past_frame=self._candidates.frame,
            shows_old=self._candidates.shows_old,
            job_steps=self._candidates.max_steps,
            is_live=self._is_live,
            is_outdated=self._is_outdated,
            has_focus=self._has_focus,
        )

    def _take_edges_in(self, before: int, after: int) -> None:
        """Stand for so many code points beside the region, too: the drafts do."""
        place = self._place.widened(before, after)
        if place is not self._place:
            self._set_place(place)
            self._note_change(is_seen=True)

    def _park(self, trail: Trail) -> None:
        if self.draft is None:
            self.notify_closed(Outcome.STALE, tr("The text changed before there was a draft."))
        else:
            self._is_stopping = self._candidates.shows_old = False
            self._candidates.stop()
            self._note, self._trail = "", trail
            self._set_phase(Phase.STALE)

    def _set_phase(self, phase: Phase) -> None:
        if phase is not self._phase:
            self._phase = phase
            self._note_change(is_seen=True)

    def _set_region(self, region: Region) -> None:
        self._set_place(replace(self._place, region=region))

    def _set_place(self, place: Placement) -> None:
        # A region that only moved is drawn elsewhere, and nothing else has to be said of it.
        self._has_new_look |= place.region != self._place.region
        self._place = place
