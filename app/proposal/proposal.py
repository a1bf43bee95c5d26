"""The model of one proposal: what the engine has drafted for one region, and how far it is."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.proposal.history import Outcome
from app.proposal.positions import utf16_len
from app.proposal.rebase import Change, Region, follow, rebase, rebase_itself
from app.proposal.status import Phase, ProposalStatus
from app.proposal.take import Draft, Take
from app.proposal.takes import Takes
from app.translation import tr
from engine.api import (
    Branch,
    CandidateFinished,
    CanvasUpdated,
    Finished,
    Generate,
    Started,
)

__all__ = ["Draft", "Phase", "Proposal", "ProposalStatus"]


class Proposal(QObject):
    """One region's candidates; changes only through its methods.

    Signals: `phase_changed`, `draft_changed`, `region_changed`, `has_focus_changed`,
    `old_text_changed`; each is sent after the property of its name has changed. `takes_changed`: a
    candidate came, went, grew by a frame or another place, or another one or frame is shown.
    """

    phase_changed = Signal()
    draft_changed = Signal()
    region_changed = Signal()
    has_focus_changed = Signal()
    old_text_changed = Signal()
    takes_changed = Signal()

    def __init__(self, request: Generate, region: Region, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._request = request
        self._job: Generate | Branch = request
        self._region = region
        self._old_text = self._asked_text = request.region
        self._soft = (0, 0)  # code points that the region has taken in on either side
        self._takes = Takes(request)
        self._phase = Phase.WAITING
        self._draft: Draft | None = None
        self._shows_old = False
        self._max_steps = 0
        self._note = ""
        self._has_focus = True
        self._is_stopping = False  # stopped by the user, and the engine has not answered yet
        self._has_failed = False
        self._is_live = self._is_outdated = False
        self._outcome: Outcome | None = None

    @property
    def request(self) -> Generate:
        """What the engine was asked first: texts, seed and settings."""
        return self._request

    @property
    def job_id(self) -> int:
        """The number of the engine's newest job."""
        return self._job.job_id

    @property
    def old_text(self) -> str:
        """The region's text as it stands in the document."""
        return self._old_text

    @property
    def asked_text(self) -> str:
        """The region's text before a part of a draft came into it."""
        return self._asked_text

    @property
    def first_pins(self) -> tuple[tuple[int, int], ...]:
        """What was pinned before the run, code points of the old text while it is the same."""
        if self._old_text != self._asked_text:
            return ()
        ahead = self._soft[0]
        return tuple((start + ahead, end + ahead) for start, end in self._request.pinned)

    @property
    def is_soft(self) -> bool:
        """Whether it stands for words beside the region that was asked for, too."""
        return self._soft != (0, 0)

    @property
    def hard_region(self) -> tuple[int, int]:
        """The region that was asked for, UTF-16 units; all of it once a part was accepted."""
        if self._old_text != self._asked_text:
            return self._region.start, self._region.end
        ahead, behind = (utf16_len(text) for text in self._edges(*self._soft))
        return self._region.start + ahead, self._region.end - behind

    @property
    def takes(self) -> tuple[Take, ...]:
        """The candidates in play, the best first."""
        return self._takes.ordered

    @property
    def take(self) -> Take:
        """The candidate that is shown."""
        return self._takes.current

    @property
    def frame(self) -> int | None:
        """The index of the frame shown; None: the newest text."""
        return self._takes.frame

    @property
    def frames(self) -> tuple[CanvasUpdated, ...]:
        """Every frame the model has produced for the candidate shown, in order."""
        return tuple(self.take.frames)

    @property
    def shows_old(self) -> bool:
        """Whether the old text is shown, to compare."""
        return self._shows_old

    @property
    def is_busy(self) -> bool:
        """Whether the engine still works on it."""
        return self._phase in (Phase.WAITING, Phase.RUNNING)

    @property
    def is_shown(self) -> bool:
        """Whether there is anything of it to see."""
        return self._phase is not Phase.IDLE

    @property
    def can_accept(self) -> bool:
        """Whether there is a draft that may replace the region."""
        has_frame = self._draft is not None and self._phase in (Phase.RUNNING, Phase.FINISHED)
        return has_frame and not self._shows_old and not self._is_outdated

    @property
    def is_live(self) -> bool:
        """Whether it is drafted anew whenever the text around it changes."""
        return self._is_live

    @property
    def is_outdated(self) -> bool:
        """Whether it is live, and the text around it has changed since it was asked for."""
        return self._is_outdated

    @property
    def takes_enter(self) -> bool:
        """Whether Enter means this proposal, even if there is nothing to accept yet."""
        return self._has_focus and self._phase not in (Phase.STALE, Phase.IDLE)

    @property
    def phase(self) -> Phase:
        """Where it is in its life."""
        return self._phase

    @property
    def draft(self) -> Draft | None:
        """The draft to show; None before the first frame."""
        return self._draft

    @property
    def outcome(self) -> Outcome | None:
        """How it has ended; None while it is shown."""
        return self._outcome

    @property
    def region(self) -> Region:
        """Where it stands in the document, UTF-16 units."""
        return self._region

    @property
    def has_focus(self) -> bool:
        """Whether Enter means this proposal."""
        return self._has_focus

    @property
    def status(self) -> ProposalStatus:
        """A snapshot for the status line."""
        take, frame = self.take, self.frame
        last = take.frames[-1 if frame is None else frame] if take.frames else None
        ordered = self.takes
        return ProposalStatus(
            phase=self._phase,
            step=last.step if last else 0,
            max_steps=last.max_steps if last else self._max_steps,
            mean_entropy=last.mean_entropy if last else 0.0,
            step_ms=last.step_ms if last else 0.0,
            num_frames=len(take.frames),
            reason=take.reason,
            note=self._note,
            candidate=ordered.index(take) + 1 if len(ordered) > 1 else 0,
            num_candidates=len(ordered),
            frame=0 if frame is None else frame + 1,
            shows_old=self._shows_old,
            has_parts=self._old_text != self._asked_text,
            outcome=self._outcome,
        )

    def set_has_focus(self, has_focus: bool) -> None:
        """Say whether Enter means this proposal."""
        if has_focus != self._has_focus:
            self._has_focus = has_focus
            self.has_focus_changed.emit()

    def set_is_live(self, is_live: bool) -> None:
        """Keep it in step with the text around it, or leave that."""
        self._is_live = is_live
        self.takes_changed.emit()

    def choose(self, take: Take) -> None:
        """Show this candidate, and no longer whichever is best."""
        self._shows_old = False
        self._takes.choose(take)
        self._follow_takes()

    def show_frame(self, index: int | None) -> None:
        """Show a frame of this candidate; None: its newest text, whatever comes."""
        self._shows_old = False
        self._takes.show_frame(index)
        self._follow_takes()

    def set_shows_old(self, shows_old: bool) -> None:
        """Show the old text in the draft's place, to compare, or the draft again."""
        if shows_old != self._shows_old and self._draft is not None:
            self._shows_old = shows_old
            self.draft_changed.emit()

    def set_pinned(self, slots: Sequence[int], *, is_pinned: bool) -> None:
        """Mark slots as pinned, or as free again, before the engine has said so."""
        take = self.take
        for slot in slots:
            (take.pins.add if is_pinned else take.pins.discard)(slot)
            (take.freed.discard if is_pinned else take.freed.add)(slot)
        self.draft_changed.emit()

    def notify_submitted(self, job: Generate | Branch, start: Draft | None = None) -> None:
        """The engine was asked for more candidates; what ran until now has been cancelled."""
        self._job = job
        self._is_stopping = self._has_failed = self._shows_old = self._is_outdated = False
        if isinstance(job, Generate):
            self._request = job
        self._note = ""
        self._takes.add(job, start)
        self._set_phase(Phase.WAITING)
        self._follow_takes()

    def notify_started(self, event: Started) -> None:
        """The engine has begun."""
        if self._phase is Phase.WAITING and event.job_id == self.job_id:
            self._max_steps = event.max_steps
            self._take_edges_in(event.soft_before, event.soft_after)
            self._takes.start(event)
            self._set_phase(Phase.RUNNING)

    def notify_restarted(self) -> None:
        """The engine begins the job anew; its drafts stay until it has others."""
        if self.is_busy:
            self._takes.restart()
            self._set_phase(Phase.WAITING)
            self._follow_takes()

    def notify_frame(self, event: CanvasUpdated) -> None:
        """The engine has done one denoising step."""
        # Also the step that ran when it was stopped; its text comes with the end.
        if event.job_id == self.job_id and (self.is_busy or self._is_stopping):
            self._takes.add_frame(event)
            if self.is_busy:
                self._set_phase(Phase.RUNNING)
            self._follow_takes()

    def notify_candidate(self, event: CandidateFinished) -> None:
        """One of several candidates is done."""
        if event.job_id == self.job_id and (self.is_busy or self._is_stopping):
            self._takes.finish_one(event)
            self._follow_takes()

    def notify_finished(self, event: Finished) -> None:
        """The engine has ended: its texts are the ones to accept, also after an early stop."""
        if event.job_id == self.job_id and (self.is_busy or self._is_stopping):
            self._is_stopping = False
            self._take_edges_in(event.soft_before, event.soft_after)
            self._takes.finish(event)
            self._follow_takes()
            self._set_phase(Phase.FINISHED)

    def notify_failed(self, message: str) -> None:
        """The engine has given up: keep the last draft; without one, there is nothing left."""
        self._is_stopping = False
        if not self.is_busy:
            return
        self._takes.stop()
        if self.take.draft is None:
            self.notify_closed(Outcome.FAILED)
            return
        self._has_failed = True
        self._note = message
        self._follow_takes()
        self._set_phase(Phase.FINISHED)

    def notify_stopped(self) -> None:
        """The user has stopped it: keep the last drafts, until the engine's end brings its own."""
        if self.is_busy and self._draft is not None:
            self._is_stopping = self._phase is Phase.RUNNING
            self._takes.stop()
            self._follow_takes()
            self._set_phase(Phase.FINISHED)

    def notify_closed(self, outcome: Outcome, note: str = "") -> None:
        """It was accepted, rejected or replaced; a parked or failed one stays known as that."""
        if outcome is not Outcome.ACCEPTED and self._phase is Phase.STALE:
            outcome = Outcome.STALE
        elif outcome is not Outcome.ACCEPTED and self._has_failed:
            outcome = Outcome.FAILED
        self._outcome = outcome
        self._is_stopping = False
        self._note = note
        self._set_phase(Phase.IDLE)

    def notify_accepted_part(self, region: Region, old_text: str) -> None:
        """A part of a draft has come into the document, or left it again by an undo."""
        self._old_text = old_text
        self._set_region(region)
        self.old_text_changed.emit()

    def notify_change(self, change: Change) -> None:
        """The document has changed somewhere: move along with it, or be parked."""
        if self._phase is Phase.STALE:
            self._set_region(follow(self._region, change))
            return
        region = rebase(self._region, change)
        if region is None and self._is_live:
            region = rebase_itself(self._region, change)
            self._is_outdated = region is not None
        if region is not None:
            self._set_region(region)
        elif self.is_shown:
            self._park(change)

    def _take_edges_in(self, before: int, after: int) -> None:
        """Stand for so many code points beside the region, too: the drafts do."""
        if (before, after) == self._soft or self._old_text != self._asked_text:
            return
        start, end = self.hard_region
        self._soft = (before, after)
        ahead, behind = self._edges(before, after)
        self._old_text = self._asked_text = ahead + self._request.region + behind
        region = replace(self._region, start=start - utf16_len(ahead), end=end + utf16_len(behind))
        self._set_region(region)
        self.old_text_changed.emit()

    def _edges(self, before: int, after: int) -> tuple[str, str]:
        return self._request.before[len(self._request.before) - before :], self._request.after[
            :after
        ]

    def _park(self, change: Change) -> None:
        self._set_region(follow(self._region, change))
        if self._draft is None:
            self.notify_closed(Outcome.STALE, tr("The text changed before there was a draft."))
        else:
            self._is_stopping = self._shows_old = False
            self._takes.stop()
            self._note = tr(
                "The text around it changed. Ctrl+Enter here drafts it again, Esc removes it."
            )
            self._set_phase(Phase.STALE)

    def _follow_takes(self) -> None:
        draft = self._takes.draft
        if draft != self._draft:
            self._draft = draft
            self.draft_changed.emit()
        self.takes_changed.emit()

    def _set_phase(self, phase: Phase) -> None:
        if phase is not self._phase:
            self._phase = phase
            self.phase_changed.emit()

    def _set_region(self, region: Region) -> None:
        if region != self._region:
            self._region = region
            self.region_changed.emit()
