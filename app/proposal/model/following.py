"""Keeps what is drafted and what waits in step with the document and the caret."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.editor import Editor
from app.proposal.model.focus import Focus
from app.proposal.model.parts import Parts
from app.proposal.model.past import Outcome
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.proposals import Proposals
from app.proposal.model.queue import RegionQueue
from app.proposal.model.returning import is_as_asked, is_there, place_again
from app.proposal.model.undoing import Undoing
from app.text.changes import DocumentChanges
from app.text.edits import length_of
from app.text.positions import utf16_len
from app.text.rebase import Change, Region, Trail
from engine.api import Cancel, Request

LIVE_PAUSE_MS = 350  # of typing, before a live region is drafted anew
LIVE_SHARE = 0.5  # of the time the last run took, if that is longer


class Following(QObject):
    """Tells proposals, queue and accepted regions of edits, and which proposal the caret is at.

    Signals: `live_due`, when the surroundings of live regions have changed and rest again;
    `engine_freed`, after an edit that leaves the engine nothing to do here.
    """

    live_due = Signal()
    engine_freed = Signal()

    def __init__(
        self,
        editor: Editor,
        submit: Callable[[Request], None],
        proposals: Proposals,
        parts: Parts,
        queue: RegionQueue,
        focus: Focus,
        undoing: Undoing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor, self._focus, self._undoing = editor, focus, undoing
        self._submit = submit
        self._proposals = proposals
        self._parts = parts
        self._queue = queue
        self._last_ms = 0.0  # that a run took
        self._changed_to = -1  # where the last change ends, UTF-16 units
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.live_due)
        self._changes = DocumentChanges(editor.document(), self)
        self._changes.changed.connect(self._on_changes)
        proposals.added.connect(self.find_focus)
        proposals.added.connect(self.look_around)
        editor.cursorPositionChanged.connect(self.find_focus)
        editor.selectionChanged.connect(self.find_focus)

    @property
    def is_typing(self) -> bool:
        """Whether the last change ends at the caret: whoever made it goes on there."""
        return self._editor.textCursor().position() == self._changed_to

    def notify_run(self, ms: float) -> None:
        """The engine has taken so long for a run."""
        self._last_ms = ms

    def _on_changes(self, changes: list[Change], is_emptied: bool) -> None:
        is_part = self._parts.is_coming
        # A document that was empty in between is another text, whatever it holds now.
        if is_emptied and not is_part:
            self._queue.clear()
            self._proposals.drop_all(Outcome.STALE)
            self._undoing.forget()
        for change in changes:
            end = change.position + change.added
            # Qt counts the end of the last block in when a change reaches it.
            self._changed_to = min(end, length_of(self._editor.document()))
            self._parts.notify_change(change)
            self._queue.notify_change(change)
        valid = [one for one in self._proposals if not one.is_stale]
        # All of an act's edits, before anybody looks at what is left of the text.
        with self._proposals.told_together():
            self._undoing.accept_redone()
            for change in changes:
                for proposal in (one for one in self._proposals if one.is_shown):
                    self._follow(proposal, change)
            for proposal in list(self._proposals):
                self._look_back(proposal)
        self._undoing.reopen_undone()
        for proposal in (one for one in valid if one.is_stale):
            self._let_selection_go(proposal)
        # What is typed beside a draft goes on there, and does not answer it.
        if self.is_typing and not is_part:
            self._focus.take_away()
        self.find_focus()
        if self._proposals.running is None:
            self.engine_freed.emit()

    def _follow(self, proposal: Proposal, change: Change) -> None:
        if proposal.phase is Phase.STALE:
            proposal.notify_change(change)
            return
        # Before the proposal hears of it, which would be parked by a change in its own region.
        if self._parts.take_in(proposal):
            return
        if self._parts.is_undone_by(proposal, change):
            if proposal.has_focus:
                self._undoing.note_return(proposal)
            return
        was_busy = proposal.is_busy
        proposal.notify_change(change)
        # Parked or gone: what the engine computes is of a text that is no more.
        if was_busy and not proposal.is_busy:
            self._submit(Cancel(job_id=proposal.job_id))
        elif proposal.snapshot.is_live and proposal.is_outdated:
            self._timer.start(round(max(LIVE_PAUSE_MS, self._last_ms * LIVE_SHARE)))

    def _look_back(self, proposal: Proposal) -> None:
        """Take a draft up again whose text, or the text around it, is what it was made for."""
        document, place = self._editor.document(), proposal.place
        if proposal.phase is Phase.STALE:
            assert proposal.trail is not None, "what has parked it has left one"
            found = place_again(document, place, proposal.trail)
            # What was asked for there meanwhile stays.
            if found is None or self._is_taken(found.region):
                return
            proposal.notify_back(found)
            if self._undoing.is_undo:
                self._undoing.note_return(proposal)
            proposal.notify_surroundings(is_outdated=not self._is_as_asked(proposal))
        elif proposal.is_outdated and self._is_as_asked(proposal):
            proposal.notify_surroundings(is_outdated=False)

    def look_around(self) -> None:
        """Find out anew whose surroundings are what they were: another draft has come or gone."""
        for proposal in list(self._proposals):
            if proposal.is_shown and proposal.phase is not Phase.STALE:
                proposal.notify_surroundings(is_outdated=not self._is_as_asked(proposal))

    def _is_as_asked(self, proposal: Proposal) -> bool:
        """Whether the text around a draft is the one it was made from.

        With the other drafts or without: it may have been asked for either way.
        """
        document, place = self._editor.document(), proposal.place
        drafts = self._proposals.laid_in(place.region)
        # Without other drafts the same text would be read twice, at every key beside such a draft.
        is_so_with_them = bool(drafts) and is_as_asked(document, place, drafts)
        return is_so_with_them or is_as_asked(document, place)

    def _is_taken(self, region: Region) -> bool:
        return any(one.phase is not Phase.STALE for one in self._proposals.over(region))

    def has_lost_edges(self, proposal: Proposal) -> bool:
        """Whether a draft has come to stand for soft edges that were edited before it did."""
        is_known = proposal.is_shown and proposal.phase is not Phase.STALE
        has_edges = is_known and proposal.place.is_soft and proposal.is_outdated
        return has_edges and not is_there(self._editor.document(), proposal.place)

    def let_edges_go(self, proposal: Proposal) -> None:
        """Park a draft whose soft edges were edited before it stood for them."""
        (before, after), region = proposal.place.surroundings, proposal.place.region
        length = length_of(self._editor.document())
        trail = Trail(
            start=region.guard_start or 0,
            end=length if region.guard_end is None else region.guard_end,
            ahead=utf16_len(before),
            behind=utf16_len(after),
        )
        proposal.notify_gone(trail)
        self._let_selection_go(proposal)

    def _let_selection_go(self, proposal: Proposal) -> None:
        """Keep what is typed next from wiping out the words that a parked draft was asked for."""
        cursor = self._editor.textCursor()
        start, end = proposal.place.ends
        is_inside = start <= cursor.selectionStart() and cursor.selectionEnd() <= end
        if cursor.hasSelection() and is_inside:
            had_focus = proposal.has_focus
            cursor.clearSelection()
            self._editor.setTextCursor(cursor)
            if had_focus and proposal.is_shown:
                self._focus.give(proposal)

    def find_focus(self) -> None:
        """Find out which proposal is meant now."""
        # In the midst of an edit the caret has moved and the regions have not.
        if not self._changes.is_under_way:
            self._focus.find(is_typing=self.is_typing)
