"""Drafts into the document: all of one, a part of it, or one from the history."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.editor import Editor, replace_range
from app.proposal.model.active import ActiveProposal
from app.proposal.model.parts import Parts
from app.proposal.model.past import Outcome, PastCandidate
from app.proposal.model.proposal import Proposal
from app.text.edits import text_between
from app.text.positions import utf16_len


class Accepting(QObject):
    """Makes one edit, and one undo step, of each act; each returns whether there was one.

    Signals: `part_accepted` with the region's text before and after a part of the draft came into
    it; `ended`, after nothing of the proposal was left to accept.
    """

    part_accepted = Signal(str, str)
    ended = Signal()

    def __init__(
        self, editor: Editor, active: ActiveProposal, parts: Parts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._active = active
        self._parts = parts

    def accept(self) -> bool:
        """Put the draft in the region's place."""
        proposal = self._active.proposal
        if proposal is None or not proposal.can_accept or proposal.draft is None:
            return False
        text = proposal.draft.document_text.text
        region, settings = proposal.place.region, proposal.place.request.settings
        # Before the edit: the proposal would take it for a change of its own region, and be parked.
        self._active.drop(Outcome.ACCEPTED)
        # An accepted text that changes nothing makes no undo step.
        if text != text_between(self._editor.document(), region.start, region.end):
            replace_range(self._editor.document(), region.start, region.end, text)
        end = region.start + utf16_len(text)
        self._parts.note_accepted(region.start, end, settings)
        self._put_caret(end)
        self.ended.emit()
        return True

    def accept_word(self) -> bool:
        """Put the first changed word of the draft into the document."""
        return self._accept_part(self._parts.with_word)

    def accept_line(self) -> bool:
        """Put the first changed line of the draft into the document."""
        return self._accept_part(self._parts.with_line)

    def accept_stretch(self, start: int, end: int) -> bool:
        """Put what the draft changes between two of its code points into the document."""
        return self._accept_part(lambda p: self._parts.with_stretch(p, start, end))

    def restore(self, candidate: PastCandidate) -> bool:
        """Put a candidate of the history where its old text stands, if it does."""
        found = self._parts.find(candidate.old_text) if candidate.old_text else None
        if found is None or self._editor.isReadOnly():
            return False
        start, end = found
        self._active.drop(Outcome.SUPERSEDED)
        replace_range(self._editor.document(), start, end, candidate.text)
        self._put_caret(start + utf16_len(candidate.text))
        return True

    def _accept_part(self, composed: Callable[[Proposal], str | None]) -> bool:
        proposal = self._active.proposal
        if proposal is None or not proposal.can_accept:
            return False
        text = composed(proposal)
        if text is None:
            return False
        settings, old_text = proposal.place.request.settings, proposal.place.old_text
        caret = self._parts.put_in(proposal, text)
        self.part_accepted.emit(old_text, text)
        region = proposal.place.region
        if self._parts.is_all_in(proposal):
            self._active.drop(Outcome.ACCEPTED)
            self._parts.note_accepted(region.start, region.end, settings)
            self.ended.emit()
        self._put_caret(caret)
        return True

    def _put_caret(self, position: int) -> None:
        cursor = self._editor.textCursor()
        cursor.setPosition(position)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()
