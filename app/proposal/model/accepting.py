"""Drafts into the document: all of one, or a part of it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from app.editor import Editor, replace_range
from app.proposal.model.focus import Focus
from app.proposal.model.parts import Parts
from app.proposal.model.past import Outcome
from app.proposal.model.proposal import Proposal
from app.proposal.model.proposals import Proposals
from app.proposal.model.returning import is_there
from app.proposal.model.steering import Steering
from app.proposal.model.undoing import Taken, Undoing
from app.text.edits import length_of, text_between
from app.text.hunks import Comparison, Hunk
from app.text.positions import to_code_points, utf16_len


class Accepting(QObject):
    """Makes one edit, and one undo step, of each act; each returns whether there was one.

    Signals: `part_accepted` with the region's text before and after a part of the draft came into
    it; `ended`, after nothing of the proposal was left to accept.
    """

    part_accepted = Signal(str, str)
    ended = Signal()

    def __init__(
        self,
        editor: Editor,
        proposals: Proposals,
        parts: Parts,
        steering: Steering,
        focus: Focus,
        undoing: Undoing,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._proposals = proposals
        self._parts, self._steering = parts, steering
        self._focus, self._undoing = focus, undoing

    def accept(self) -> bool:
        """Put the draft in the region's place."""
        proposal = self._proposals.current
        if proposal is None or not self._can_put_in(proposal):
            return False
        taken, steps = _taken(proposal), self._undoing.steps
        self._put_caret(end := self._put_in(proposal))
        self._undoing.note_accepted([taken], steps)
        self._proposals.move_on(end)
        self.ended.emit()
        return True

    def accept_all(self) -> bool:
        """Put every draft that can be accepted in its region's place, as one undo step."""
        ready = [one for one in self._proposals if one.can_accept]
        # As they are before the first of them has come in.
        possible, steps = [_taken(one) for one in ready], self._undoing.steps
        taken: list[Taken] = []
        # From the last one on: an edit moves what is behind it.
        for proposal, one in zip(reversed(ready), reversed(possible), strict=True):
            # One before it may have taken its text in, by soft edges.
            if not self._can_put_in(proposal):
                continue
            self._put_in(proposal, joins=self._undoing.steps != steps)
            taken.append(one)
        self._undoing.note_accepted(taken, steps)
        if ready:
            self.ended.emit()
        return bool(ready)

    def _can_put_in(self, proposal: Proposal) -> bool:
        """Whether there is a draft, and the document has the text that it is to replace."""
        return proposal.can_accept and is_there(self._editor.document(), proposal.place)

    def _put_in(self, proposal: Proposal, *, joins: bool = False) -> int:
        """Put a draft into the document; return where its text ends then, UTF-16 units."""
        assert proposal.draft is not None, "what can be accepted has a draft"
        document, text = self._editor.document(), proposal.draft.document_text.text
        region, request = proposal.place.region, proposal.place.request
        # Before the edit: the proposal would take it for a change of its own region, and be parked.
        self._proposals.drop(proposal, Outcome.ACCEPTED)
        # An accepted text that changes nothing makes no undo step.
        if text != text_between(document, region.start, region.end):
            self._undoing.forget_redo()
            replace_range(document, region.start, region.end, text, joins=joins)
        end = region.start + utf16_len(text)
        self._parts.note_accepted(region.start, end, request)
        return end

    def accept_word(self) -> bool:
        """Put the first changed word of the draft into the document."""
        proposal = self._proposals.current
        end = proposal.place.region.end if proposal is not None else 0
        document = self._editor.document()
        behind = text_between(document, end, min(end + 1, length_of(document)))
        return self._accept_part(lambda compared: compared.first_word(behind))

    def accept_line(self) -> bool:
        """Put the first changed line of the draft into the document."""
        return self._accept_part(Comparison.first_line)

    def accept_place(self) -> bool:
        """Put the first place of several that the draft changes into the document."""
        proposal = self._proposals.current
        draft = proposal.draft if proposal is not None else None
        if draft is None:
            return False
        text, positions = draft.document_text.text, draft.document_text.positions
        places = [
            (to_code_points(text, positions[start]), to_code_points(text, positions[end]))
            for start, end in draft.places
        ]
        return self._accept_part(lambda compared: compared.first_of(places))

    def accept_stretch(self, start: int, end: int) -> bool:
        """Put what the draft changes between two of its code points into the document."""
        return self._accept_part(lambda compared: compared.touching(start, end))

    def _accept_part(self, part: Callable[[Comparison], Sequence[Hunk]]) -> bool:
        proposal = self._proposals.current
        if proposal is None or not self._can_put_in(proposal):
            return False
        request, old_text = proposal.place.request, proposal.place.old_text
        assert proposal.draft is not None, "what can be accepted has a draft"
        compared = proposal.draft.compared_to(old_text)
        hunks = part(compared)
        text = compared.with_made(hunks)
        if text == old_text:
            return False
        ended, steps = proposal.as_ended, self._undoing.steps
        self._undoing.forget_redo()
        with proposal.telling_once():
            self._steering.hold([(hunk.new_start, hunk.new_end) for hunk in hunks])
            caret = self._parts.put_in(proposal, text)
        self.part_accepted.emit(old_text, text)
        region = proposal.place.region
        self._put_caret(caret)
        if self._parts.is_all_in(proposal):
            self._proposals.drop(proposal, Outcome.ACCEPTED)
            self._parts.note_accepted(region.start, region.end, request)
            self._undoing.note_accepted([Taken(ended, text)], steps)
            self._proposals.move_on(caret)
            self.ended.emit()
        else:
            self._focus.give(proposal)
        return True

    def _put_caret(self, position: int) -> None:
        cursor = self._editor.textCursor()
        cursor.setPosition(position)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()


def _taken(proposal: Proposal) -> Taken:
    assert proposal.draft is not None, "what can be accepted has a draft"
    return Taken(proposal.as_ended, proposal.draft.document_text.text)
