"""Keeps what is drafted and what waits in step with the document and the caret."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.editor import Editor
from app.proposal.model.active import ActiveProposal
from app.proposal.model.parts import Parts
from app.proposal.model.past import Outcome
from app.proposal.model.proposal import Proposal
from app.proposal.model.queue import RegionQueue
from app.text.changes import DocumentChanges
from app.text.edits import length_of
from app.text.rebase import Change
from engine.api import Cancel, Request

LIVE_PAUSE_MS = 350  # of typing, before a live region is drafted anew
LIVE_SHARE = 0.5  # of the time the last run took, if that is longer


class Following(QObject):
    """Tells proposal, queue and accepted regions of edits, and the proposal of the caret.

    Signals: `live_due`, when a live region's surroundings have changed and rest again.
    """

    live_due = Signal()

    def __init__(
        self,
        editor: Editor,
        submit: Callable[[Request], None],
        active: ActiveProposal,
        parts: Parts,
        queue: RegionQueue,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._submit = submit
        self._active = active
        self._parts = parts
        self._queue = queue
        self._last_ms = 0.0  # that a run took
        self._changed_to = -1  # where the last change ends, UTF-16 units
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.live_due)
        self._changes = DocumentChanges(editor.document(), self)
        self._changes.changed.connect(self._on_changes)
        active.status_changed.connect(self._on_status)
        editor.cursorPositionChanged.connect(self._on_caret)

    @property
    def is_typing(self) -> bool:
        """Whether the last change ends at the caret: whoever made it goes on there."""
        return self._editor.textCursor().position() == self._changed_to

    def notify_run(self, ms: float) -> None:
        """The engine has taken so long for a run."""
        self._last_ms = ms

    def _on_status(self) -> None:
        if self._active.proposal is None:
            self._timer.stop()

    def _on_changes(self, changes: list[Change], is_emptied: bool) -> None:
        # A document that was empty in between is another text, whatever it holds now.
        if is_emptied and not self._parts.is_own_edit:
            self._queue.clear()
            self._active.drop(Outcome.STALE)
        for change in changes:
            end = change.position + change.added
            # Qt counts the end of the last block in when a change reaches it.
            self._changed_to = min(end, length_of(self._editor.document()))
            self._parts.notify_change(change)
            self._queue.notify_change(change)
            self._follow(change)
        self._on_caret()

    def _follow(self, change: Change) -> None:
        proposal = self._active.proposal
        if proposal is None or self._parts.is_own_edit:
            return
        # Before the proposal hears of it, which would be parked by a change in its own region.
        if self._parts.is_undone_by(proposal, change):
            return
        was_busy, was_stale = proposal.is_busy, proposal.is_stale
        proposal.notify_change(change)
        if proposal.is_stale and not was_stale:
            self._let_selection_go(proposal)
        # Parked or gone: what the engine computes is of a text that is no more.
        if was_busy and not proposal.is_busy:
            self._submit(Cancel(job_id=proposal.job_id))
        elif proposal.snapshot.is_outdated:
            self._timer.start(round(max(LIVE_PAUSE_MS, self._last_ms * LIVE_SHARE)))

    def _let_selection_go(self, proposal: Proposal) -> None:
        """Keep what is typed next from wiping out the words that a parked draft was asked for."""
        cursor = self._editor.textCursor()
        start, end = proposal.place.ends
        is_inside = start <= cursor.selectionStart() and cursor.selectionEnd() <= end
        if cursor.hasSelection() and is_inside:
            cursor.clearSelection()
            self._editor.setTextCursor(cursor)

    def _on_caret(self) -> None:
        """Give the proposal the focus while the caret is at it."""
        proposal = self._active.proposal
        # In the midst of an edit the caret has moved and the region has not.
        if proposal is not None and not self._changes.is_under_way:
            caret = self._editor.textCursor().position()
            start, end = proposal.place.ends
            proposal.set_has_focus(start <= caret <= end)
