"""One editor's proposals: from the selection to the engine, and from its drafts to an edit."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QStyle

from app.editor import Editor, replace_range
from app.failures import failure_text
from app.proposal.asking import Asking
from app.proposal.changes import DocumentChanges
from app.proposal.history import Candidate, History, Origin, Outcome, remember
from app.proposal.options import OptionsModel, RunOptions, settings_of
from app.proposal.parts import Parts
from app.proposal.pins import Pins
from app.proposal.positions import document_text, utf16_len
from app.proposal.proposal import Phase, Proposal, ProposalStatus
from app.proposal.queue import RegionQueue
from app.proposal.rebase import Change
from app.proposal.requests import guarded_region
from app.proposal.steering import Steering
from app.proposal.view import ProposalView
from app.translation import tr
from engine.api import (
    AlternativesFound,
    Branch,
    Cancel,
    CandidateFinished,
    CanvasUpdated,
    Event,
    Failed,
    Finished,
    Loading,
    Ready,
    Request,
    Started,
    Tightened,
)

__all__ = ["Phase", "ProposalSession", "ProposalStatus"]

LIVE_PAUSE_MS = 350  # of typing, before a live region is drafted anew
LIVE_SHARE = 0.5  # of the time the last run took, if that is longer


class ProposalSession(QObject):
    """Owns the one active proposal of a document; those that have ended go into the history.

    Signals: `status_changed` with the new `ProposalStatus`; `failed` with a message for the user;
    `opened` with a `Proposal` that is new; `live_changed`; `part_accepted` with the region's text
    before and after a part of the draft came into it.
    """

    status_changed = Signal(object)
    failed = Signal(str)
    opened = Signal(object)
    live_changed = Signal()
    part_accepted = Signal(str, str)

    def __init__(
        self,
        editor: Editor,
        submit: Callable[[Request], None],
        next_job_id: Callable[[], int],
        next_seed: Callable[[], int],
        parent: QObject | None = None,
        *,
        history: History | None = None,
        origin: Callable[[], Origin] = Origin,
        options: OptionsModel | None = None,
    ) -> None:
        super().__init__(parent)
        self.reduced_motion = _prefers_reduced_motion(editor)
        self.options = options or OptionsModel(self)
        self.steering = Steering(self._submit_for_steering, next_job_id, next_seed, self)
        self.queue = RegionQueue(self)
        self.pins = Pins(editor, self)
        self._asking = Asking(editor, self.pins, next_job_id, next_seed)
        self._parts = Parts(editor)
        self._editor = editor
        self._submit = submit
        self._history = history
        self._origin = origin
        self._proposal: Proposal | None = None
        self._view: ProposalView | None = None
        self._status = ProposalStatus(phase=Phase.IDLE)
        self._changes = DocumentChanges(editor.document(), self)
        self._changes.changed.connect(self._follow_changes)
        self._last_ms = 0.0  # that a run took
        self._live_timer = QTimer(self, singleShot=True)
        self._live_timer.timeout.connect(self._draft_live)
        self.queue.changed.connect(self._publish)
        editor.cursorPositionChanged.connect(self._follow_caret)

    @property
    def status(self) -> ProposalStatus:
        """What the status line says."""
        return self._status

    @property
    def proposal(self) -> Proposal | None:
        """The proposal that is shown; None if there is none."""
        return self._proposal

    @property
    def view(self) -> ProposalView | None:
        """How it is shown."""
        return self._view

    @property
    def editor(self) -> Editor:
        """The editor that it is shown in."""
        return self._editor

    def regenerate(self) -> None:
        """Ask for a new text for the selection, or for the gap at the caret.

        At a proposal it means one more candidate, with another seed: the words that are pinned
        stay, a parked one is drafted anew. Elsewhere a region waits while the engine is busy.
        """
        if problem := self.options.options.problem:
            self.failed.emit(problem)
            return
        if self._editor.isReadOnly():
            self.failed.emit(tr("The file is still being read. Try again when all of it is there."))
            return
        proposal = self._proposal
        start, end = self._asking.target(proposal)
        if proposal is not None and (start, end) == (proposal.region.start, proposal.region.end):
            if proposal.phase is not Phase.STALE and self._again(proposal):
                return
            start, end = proposal.hard_region
        elif proposal is not None and proposal.is_busy and proposal.draft is not None:
            pinned = self.pins.of_region(start, end)
            self.queue.add(start, end, self.options.options, pinned)
            return
        pinned = self._asking.pinned(start, end, proposal)
        self._open(start, end, self.options.options, pinned)

    def rewrite_again(self) -> None:
        """Draft the region at the caret that was accepted last once more, with its settings."""
        cursor = self._editor.textCursor()
        found = self._parts.accepted_at(cursor.selectionStart(), cursor.selectionEnd())
        if found is None:
            self.regenerate()
        else:
            self._open(*found)

    def accept(self) -> bool:
        """Put the draft in the region's place, as one undo step; return whether there was one."""
        proposal = self._proposal
        if proposal is None or not proposal.can_accept or proposal.draft is None:
            return False
        text = proposal.draft.as_document_text().text
        region, settings = proposal.region, settings_of(proposal.request)
        self._drop(Outcome.ACCEPTED)
        if text != document_text(self._editor.document(), region.start, region.end):
            replace_range(self._editor.document(), region.start, region.end, text)
        end = region.start + utf16_len(text)
        self._parts.note_accepted(region.start, end, settings)
        self._put_caret(end)
        self._start_next()
        return True

    def restore(self, candidate: Candidate) -> bool:
        """Put a candidate of the history where its old text stands; return whether it does."""
        found = self._parts.find(candidate.old_text) if candidate.old_text else None
        if found is None or self._editor.isReadOnly():
            return False
        start, end = found
        self._drop(Outcome.SUPERSEDED)
        replace_range(self._editor.document(), start, end, candidate.text)
        self._put_caret(start + utf16_len(candidate.text))
        return True

    def accept_word(self) -> bool:
        """Put the first changed word of the draft into the document, as one undo step."""
        return self._accept_part(self._parts.with_word)

    def accept_line(self) -> bool:
        """Put the first changed line of the draft into the document, as one undo step."""
        return self._accept_part(self._parts.with_line)

    def accept_stretch(self, start: int, end: int) -> bool:
        """Put what the draft changes between two of its code points into the document."""
        return self._accept_part(lambda p: self._parts.with_stretch(p, start, end))

    def stop_or_reject(self) -> None:
        """Stop and keep the draft; without one, or when it is done, reject without a trace."""
        proposal = self._proposal
        if proposal is None:
            self.queue.clear()
            return
        if proposal.is_busy and proposal.draft is not None:
            self._submit(Cancel(job_id=proposal.job_id))
            proposal.notify_stopped()
        else:
            self._drop(Outcome.REJECTED)
            self._start_next()

    def close(self) -> None:
        """Reject what is shown, running or not: its document is going away."""
        self.queue.clear()
        self._drop(Outcome.REJECTED)

    def show_candidate(self, step: int) -> None:
        """Show the candidate so many places further on, around the ends."""
        if (proposal := self._proposal) is not None and len(proposal.takes) > 1:
            takes = proposal.takes
            proposal.choose(takes[(takes.index(proposal.take) + step) % len(takes)])

    def show_frame(self, step: int) -> None:
        """Show the frame so many steps further on."""
        if (proposal := self._proposal) is not None and proposal.frames:
            last = len(proposal.frames) - 1
            now = last if proposal.frame is None else proposal.frame
            proposal.show_frame(now + step)

    def toggle_old(self) -> None:
        """Show the old text for comparison, or the draft again."""
        if self._proposal is not None:
            self._proposal.set_shows_old(not self._proposal.shows_old)

    def set_live(self, is_live: bool) -> None:
        """Draft the region anew whenever the text around it changes, or leave that."""
        if self._proposal is not None and is_live != self._proposal.is_live:
            self._proposal.set_is_live(is_live)
            self.live_changed.emit()

    def handle(self, event: Event) -> None:
        """Take in an event of the engine; those of other jobs are dropped by number."""
        proposal = self._proposal
        if proposal is None:
            return
        if isinstance(event, AlternativesFound):
            self.steering.notify_alternatives(event)
        if event.job_id != proposal.job_id:
            return
        match event:
            case Started():
                proposal.notify_started(event)
            case CanvasUpdated():
                proposal.notify_frame(event)
            case CandidateFinished():
                proposal.notify_candidate(event)
            case Finished():
                self._last_ms = event.ms
                proposal.notify_finished(event)
                self._publish()
            case Failed():
                text = failure_text(event.kind, event.message)
                proposal.notify_failed(text)
                self.failed.emit(text)
                if self._proposal is None:
                    self._start_next()
            case Tightened():
                proposal.notify_restarted()
            case Loading() | Ready() | AlternativesFound():
                pass

    def _open(
        self,
        start: int,
        end: int,
        options: RunOptions,
        pinned: tuple[tuple[int, int], ...] = (),
    ) -> None:
        """Make a proposal for a region, in the place of the one there is."""
        self._drop(Outcome.SUPERSEDED)
        self.options.notify_used(options.instruction)
        request = self._asking.request(start, end, options, pinned)
        region = guarded_region(request, start, end)
        proposal = self._proposal = Proposal(request, region, self)
        view = self._view = ProposalView(self._editor, proposal, self)
        view.accept_wanted.connect(self.accept)
        view.stop_wanted.connect(self.stop_or_reject)
        proposal.phase_changed.connect(self._publish)
        proposal.takes_changed.connect(self._publish)
        proposal.old_text_changed.connect(self._publish)
        proposal.draft_changed.connect(self._publish)
        self.steering.follow(proposal)
        self._parts.follow(proposal)
        self._publish()
        self.opened.emit(proposal)
        self._submit(request)

    def _again(self, proposal: Proposal) -> bool:
        """Ask for one more candidate of a region; return whether it can stand beside the others."""
        if self.steering.run_with_pins():
            return True
        options = self.options.options
        if proposal.is_soft or options.soft_edge:
            return False
        self.options.notify_used(options.instruction)
        self._submit_anew(proposal, options)
        return True

    def _submit_anew(self, proposal: Proposal, options: RunOptions) -> None:
        if proposal.is_busy:
            self._submit(Cancel(job_id=proposal.job_id))
        start, end = proposal.region.start, proposal.region.end
        pinned = self._asking.pinned(start, end, proposal)
        request = self._asking.request(start, end, options, pinned, proposal)
        proposal.notify_submitted(request)
        self._submit(request)

    def _submit_for_steering(self, request: Request) -> None:
        if isinstance(request, Branch) and self._proposal is not None and self._proposal.is_busy:
            self._submit(Cancel(job_id=self._proposal.job_id))
        self._submit(request)

    def _accept_part(self, composed: Callable[[Proposal], str | None]) -> bool:
        proposal = self._proposal
        if proposal is None or not proposal.can_accept:
            return False
        text = composed(proposal)
        if text is None:
            return False
        settings, old_text = settings_of(proposal.request), proposal.old_text
        caret = self._parts.put_in(proposal, text)
        self.part_accepted.emit(old_text, text)
        region = proposal.region
        if self._parts.is_all_in(proposal):
            self._drop(Outcome.ACCEPTED)
            self._parts.note_accepted(region.start, region.end, settings)
            self._start_next()
        self._put_caret(caret)
        return True

    def _put_caret(self, position: int) -> None:
        cursor = self._editor.textCursor()
        cursor.setPosition(position)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def _drop(self, outcome: Outcome) -> None:
        """Cancel what runs and take the proposal away without a trace in the document."""
        self._live_timer.stop()
        if self._proposal is not None:
            if self._proposal.is_busy:
                self._submit(Cancel(job_id=self._proposal.job_id))
            self._proposal.notify_closed(outcome)

    def _start_next(self) -> None:
        if self._proposal is None and (waiting := self.queue.take()) is not None:
            region = waiting.region
            self._open(region.start, region.end, waiting.options, waiting.pinned)

    def _publish(self) -> None:
        proposal = self._proposal
        if proposal is None:
            self._status = replace(self._status, num_queued=len(self.queue))
            self.status_changed.emit(self._status)
            return
        self._status = replace(proposal.status, num_queued=len(self.queue))
        if proposal.phase is Phase.IDLE:
            self._proposal = self._view = None
            proposal.deleteLater()
            if self._history is not None:
                remember(self._history, proposal, self._origin())
        self.status_changed.emit(self._status)

    def _follow_changes(self, changes: list[Change], is_emptied: bool) -> None:
        if is_emptied and not self._parts.is_own_edit:
            self.queue.clear()
            self._drop(Outcome.STALE)
        for change in changes:
            self._parts.notify_change(change)
            self.queue.notify_change(change)
            self._follow_change(change)
        self._follow_caret()

    def _follow_change(self, change: Change) -> None:
        proposal = self._proposal
        if proposal is None or self._parts.is_own_edit:
            return
        if self._parts.is_undone_by(proposal, change):
            return
        was_busy = proposal.is_busy
        proposal.notify_change(change)
        if was_busy and not proposal.is_busy:
            self._submit(Cancel(job_id=proposal.job_id))
        elif proposal.is_outdated:
            self._live_timer.start(round(max(LIVE_PAUSE_MS, self._last_ms * LIVE_SHARE)))

    def _draft_live(self) -> None:
        """Draft a live region anew: with the same seed, so that only its surroundings tell."""
        if self._proposal is not None and self._proposal.is_outdated:
            request = self._proposal.request
            settings = replace(settings_of(request), seed=request.seed)
            if not self._proposal.is_soft:
                self._submit_anew(self._proposal, settings)
                return
            region = self._proposal.hard_region
            pinned = self._asking.pinned(*region, self._proposal)
            self._open(*region, settings, pinned)
            self._proposal.set_is_live(True)

    def _follow_caret(self) -> None:
        """Give the proposal the focus while the caret is at it."""
        if self._proposal is not None and not self._changes.is_under_way:
            region = self._proposal.region
            caret = self._editor.textCursor().position()
            self._proposal.set_has_focus(region.start <= caret <= region.end)


def _prefers_reduced_motion(editor: Editor) -> bool:
    """Return whether the desktop has animations switched off."""
    return editor.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
