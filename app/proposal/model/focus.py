"""Which draft the keys that write mean: one that was asked for, gone to or clicked on."""

from PySide6.QtGui import QTextCursor

from app.editor import Editor
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.proposals import Proposals


class Focus:
    """Gives the focus to a draft, and takes it away as soon as the caret leaves.

    A caret that has come beside a draft by itself means the text there. What is selected in a
    draft's own text means the draft: nothing can be typed there.
    """

    def __init__(self, editor: Editor, proposals: Proposals) -> None:
        self._editor, self._proposals = editor, proposals
        # To whom, and the selection of that moment, which moves along with edits elsewhere.
        self._given: tuple[Proposal, QTextCursor] | None = None

    def give(self, proposal: Proposal) -> None:
        """Let the keys mean a draft for as long as the caret stays where it is."""
        self._given = (proposal, self._editor.textCursor())
        proposal.set_has_focus(True)  # before it is current: then it is scrolled into view
        self._proposals.make_current(proposal)
        self.find()

    def give_to_selected(self) -> None:
        """Give it to the draft whose region is selected, or at whose place the caret is."""
        cursor = self._editor.textCursor()
        ends = (cursor.selectionStart(), cursor.selectionEnd())
        if (found := next((o for o in self._proposals if o.place.ends == ends), None)) is not None:
            self.give(found)

    def take_away(self) -> None:
        """Let the keys write where the caret is."""
        self._given = None

    def is_at(self, proposal: Proposal) -> bool:
        """Return whether the caret is at a draft's region, or in it."""
        start, end = proposal.place.ends
        return start <= self._editor.textCursor().position() <= end

    def find(self, *, is_typing: bool = False) -> None:
        """Follow the caret: the draft at it is the current one, whether it has the focus or not."""
        cursor, current = self._editor.textCursor(), self._proposals.current
        if self._given is not None and not _is_same(self._given[1], cursor):
            self._given = None
        if self._given is None or self._given[0] is not current:
            at = [one for one in self._proposals if self.is_at(one)]
            # Where two meet, the one that is meant already is meant.
            if at and current not in at:
                self._proposals.make_current(current := _meant_of(at, cursor))
        if current is not None:
            is_given = self._given is not None and self._given[0] is current
            # Who has typed a draft's old text again goes on writing.
            goes_on = (is_typing or current.phase is Phase.STALE) and not cursor.hasSelection()
            is_meant = _holds(current, cursor.selectionStart(), cursor.selectionEnd())
            current.set_has_focus(is_given or (is_meant and not goes_on))


def is_within(proposal: Proposal, start: int, end: int) -> bool:
    """Return whether a selection, or a caret, stands in text that a draft hides, and only there."""
    return proposal.phase is not Phase.STALE and _holds(proposal, start, end)


def _holds(proposal: Proposal, start: int, end: int) -> bool:
    """Return whether a selection, or a caret that is not at its edge, is in a draft's region."""
    first, last = proposal.place.ends
    is_caret_at_edge = start == end and start in (first, last)
    return first <= start and end <= last and not is_caret_at_edge


def _meant_of(at: list[Proposal], cursor: QTextCursor) -> Proposal:
    """Return the one of those at the caret that the selection is about."""
    selected = (cursor.selectionStart(), cursor.selectionEnd())
    return next((one for one in at if one.place.ends == selected), at[-1])


def _is_same(one: QTextCursor, other: QTextCursor) -> bool:
    return (one.anchor(), one.position()) == (other.anchor(), other.position())
