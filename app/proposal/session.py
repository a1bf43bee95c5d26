"""One editor's proposals: from the selection to the engine, and from its drafts to an edit."""

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStyle

from app.editor import Editor, replace_range
from app.proposal.history import Candidate, History, Origin, Outcome
from app.proposal.positions import (
    document_length,
    document_text,
    to_utf16,
    utf16_len,
    whole_characters,
)
from app.proposal.proposal import Phase, Proposal, ProposalStatus
from app.proposal.rebase import AFTER_CHARS, BEFORE_CHARS, GUARD_CHARS, Change, Region
from app.proposal.view import ProposalView
from engine.api import (
    Cancel,
    CanvasUpdated,
    Event,
    Failed,
    Finished,
    Generate,
    Loading,
    Ready,
    Request,
    Started,
)

__all__ = ["Phase", "ProposalSession", "ProposalStatus"]


class ProposalSession(QObject):
    """Owns the one active proposal of a document; those that have ended go into the history.

    Signals: `status_changed` with the new `ProposalStatus`; `failed` with a message for the user.
    """

    status_changed = Signal(object)
    failed = Signal(str)

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
    ) -> None:
        super().__init__(parent)
        self.reduced_motion = _prefers_reduced_motion(editor)
        self._editor = editor
        self._submit = submit
        self._next_job_id = next_job_id
        self._next_seed = next_seed
        self._history = history
        self._origin = origin
        self._proposal: Proposal | None = None
        self._view: ProposalView | None = None
        self._status = ProposalStatus(phase=Phase.IDLE)
        self._changes: list[Change] = []
        self._is_emptied = False
        editor.document().contentsChange.connect(self._on_contents_change)
        editor.document().contentsChanged.connect(self._on_contents_changed)
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

    def regenerate(self) -> None:
        """Ask for a new text for the selection, or for the gap at the caret.

        At a proposal it means that proposal's region once more, with another seed.
        """
        start, end = self._target()
        self._drop(Outcome.SUPERSEDED)
        request = self._request(start, end)
        region = _guarded_region(request, start, end)
        self._proposal = Proposal(request, region, self)
        self._view = ProposalView(self._editor, self._proposal, reduced_motion=self.reduced_motion)
        self._view.accept_wanted.connect(self.accept)
        self._view.stop_wanted.connect(self.stop_or_reject)
        self._proposal.phase_changed.connect(self._publish)
        self._proposal.draft_changed.connect(self._publish)
        self._publish()
        self._submit(request)

    def accept(self) -> bool:
        """Put the draft in the region's place, as one undo step; return whether there was one."""
        proposal = self._proposal
        if proposal is None or not proposal.can_accept or proposal.draft is None:
            return False
        text = proposal.draft.as_document_text().text
        region = proposal.region
        self._drop(Outcome.ACCEPTED)
        if text != document_text(self._editor.document(), region.start, region.end):
            replace_range(self._editor.document(), region.start, region.end, text)
        self._put_caret(region.start + utf16_len(text))
        return True

    def stop_or_reject(self) -> None:
        """Stop and keep the draft; without one, or when it is done, reject without a trace."""
        proposal = self._proposal
        if proposal is None:
            return
        if proposal.phase is Phase.RUNNING and proposal.draft is not None:
            self._submit(Cancel(job_id=proposal.job_id))
            proposal.notify_stopped()
        else:
            self._drop(Outcome.REJECTED)

    def close(self) -> None:
        """Reject what is shown, running or not: its document is going away."""
        self._drop(Outcome.REJECTED)

    def handle(self, event: Event) -> None:
        """Take in an event of the engine; those of other jobs are dropped by number."""
        proposal = self._proposal
        if proposal is None or event.job_id != proposal.job_id:
            return
        match event:
            case Started():
                proposal.notify_started(event)
            case CanvasUpdated():
                proposal.notify_frame(event)
            case Finished():
                proposal.notify_finished(event)
                self._publish()
            case Failed():
                proposal.notify_failed(event.message)
                self.failed.emit(event.message)
            case Loading() | Ready():
                pass

    def _target(self) -> tuple[int, int]:
        """Return the region that is meant, UTF-16 units."""
        cursor, proposal = self._editor.textCursor(), self._proposal
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if proposal is not None and proposal.phase is not Phase.STALE:
            region = proposal.region
            if region.start <= start and end <= region.end:
                return region.start, region.end
        return whole_characters(self._editor.document(), start, end)

    def _request(self, start: int, end: int) -> Generate:
        document = self._editor.document()
        # Two units a code point at most.
        before = document_text(document, max(0, start - 2 * BEFORE_CHARS), start)
        limit = min(document_length(document), end + 2 * AFTER_CHARS)
        return Generate(
            job_id=self._next_job_id(),
            revision=document.revision(),
            before=before[-BEFORE_CHARS:],
            region=document_text(document, start, end),
            after=document_text(document, end, limit)[:AFTER_CHARS],
            seed=self._next_seed(),
        )

    def _put_caret(self, position: int) -> None:
        cursor = self._editor.textCursor()
        cursor.setPosition(position)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()

    def _drop(self, outcome: Outcome) -> None:
        """Cancel what runs and take the proposal away without a trace in the document."""
        if self._proposal is not None:
            if self._proposal.is_busy:
                self._submit(Cancel(job_id=self._proposal.job_id))
            self._proposal.notify_closed(outcome)

    def _publish(self) -> None:
        proposal = self._proposal
        if proposal is None:
            return
        self._status = proposal.status
        if proposal.phase is Phase.IDLE:
            self._proposal = self._view = None
            proposal.deleteLater()
            self._remember(proposal)
        self.status_changed.emit(self._status)

    def _remember(self, proposal: Proposal) -> None:
        """Hand a proposal that has ended to the history, if it ever had a draft."""
        draft, outcome, status = proposal.draft, proposal.outcome, proposal.status
        if self._history is None or draft is None or outcome is None:
            return
        self._history.add(
            Candidate(
                origin=self._origin(),
                time=datetime.now(UTC),
                old_text=proposal.old_text,
                text=draft.as_document_text().text,
                seed=proposal.request.seed,
                steps=status.step,
                mean_entropy=status.mean_entropy,
                outcome=outcome,
            )
        )

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        if self._proposal is not None:
            self._changes.append(Change(position=position, removed=removed, added=added))
            self._is_emptied |= self._editor.document().isEmpty()

    def _on_contents_changed(self) -> None:
        # Only now is the document's layout in step with its text.
        changes, self._changes = self._changes, []
        is_emptied, self._is_emptied = self._is_emptied, False
        if is_emptied:
            self._drop(Outcome.STALE)
        for change in changes:
            self._follow_change(change)
        self._follow_caret()

    def _follow_change(self, change: Change) -> None:
        proposal = self._proposal
        if proposal is None:
            return
        was_busy = proposal.is_busy
        proposal.notify_change(change)
        if was_busy and not proposal.is_busy:
            self._submit(Cancel(job_id=proposal.job_id))

    def _follow_caret(self) -> None:
        """Give the proposal the focus while the caret is at it."""
        if self._proposal is not None and not self._changes:
            region = self._proposal.region
            caret = self._editor.textCursor().position()
            self._proposal.set_has_focus(region.start <= caret <= region.end)


def _prefers_reduced_motion(editor: Editor) -> bool:
    """Return whether the desktop has animations switched off."""
    return editor.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0


def _guarded_region(request: Generate, start: int, end: int) -> Region:
    """Return the region with the surroundings that its drafts will be computed from."""
    before, after = request.before, request.after
    guard_start = start - utf16_len(before[-GUARD_CHARS:])
    return Region(
        start=start,
        end=end,
        guard_start=guard_start if len(before) > GUARD_CHARS else None,
        guard_end=end + to_utf16(after, GUARD_CHARS) if len(after) > GUARD_CHARS else None,
    )
