"""Drafts that undoing brings back: those rejected last, and those whose text goes out again."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from app.editor import Editor
from app.proposal.model.ended import Ended
from app.proposal.model.focus import Focus
from app.proposal.model.past import Outcome
from app.proposal.model.proposal import Proposal
from app.proposal.model.proposals import Proposals
from app.proposal.model.returning import is_there
from app.text.edits import length_of, text_between
from app.text.positions import utf16_len
from app.text.rebase import overlap

MAX_ACTS = 100  # of accepting that are remembered, the newest


@dataclass(frozen=True, slots=True)
class Taken:
    """A draft that was accepted, and the text that has come into the document."""

    ended: Ended
    text: str


@dataclass(frozen=True, slots=True)
class _Act:
    """One undo step: which drafts it took, and the document's undo steps before and after it."""

    taken: tuple[Taken, ...]  # in the order of the text
    before: int
    after: int


class Undoing(QObject):
    """Knows which drafts an undo brings back, and which a redo accepts again.

    A document that is undone to a step is to the letter what it was then, so a draft comes back to
    the very place that it had.
    """

    def __init__(
        self, editor: Editor, proposals: Proposals, focus: Focus, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._editor, self._proposals, self._focus = editor, proposals, focus
        self._rejected: tuple[Ended, ...] = ()
        self._revision = -1  # of the document, when they were
        self._acts: list[_Act] = []  # that can be undone
        self._undone: list[tuple[_Act, list[Proposal]]] = []  # that can be redone
        self._to_focus: Proposal | None = None  # once the caret stands where undoing leads
        self._last_steps = self.steps
        proposals.opened.connect(self._on_opened)
        editor.undo_first(self.bring_back)
        editor.undone.connect(self._give_focus)

    @property
    def steps(self) -> int:
        """How many steps of the document can be undone now."""
        return self._editor.undo_document.availableUndoSteps()

    @property
    def can_bring_back(self) -> bool:
        """Whether nothing has come between: the drafts rejected last can stand there again."""
        return bool(self._rejected) and self._revision == self._editor.document().revision()

    @property
    def is_undo(self) -> bool:
        """Whether the edit that is told of now takes another one back."""
        return self.steps < self._last_steps

    def note_rejected(self, gone: Sequence[Ended]) -> int:
        """These are about to be rejected, as one act; return how many can be brought back."""
        # One that had no text yet is nothing to come back to.
        self._rejected = tuple(one for one in gone if one.snapshot.draft is not None)
        self._revision = self._editor.document().revision()
        return len(self._rejected)

    def bring_back(self) -> bool:
        """Open the drafts again that were rejected last; return whether there were any."""
        if not self.can_bring_back:
            return False
        back = [self._proposals.reopen(one) for one in self._rejected]
        if len(back) == 1:
            self._focus.give(back[0])
        return True

    def forget_redo(self) -> None:
        """A draft is about to be put in: that is no redo, and leaves nothing to redo.

        Of a draft that an undo has brought back it would look like one, and end the draft twice.
        """
        self._undone = []

    def note_accepted(self, taken: Sequence[Taken], before: int) -> None:
        """These have come into the document as one undo step; `before` it had so many."""
        self._forget_rejected()
        if taken and self.steps > before:
            in_order = sorted(taken, key=lambda one: one.ended.snapshot.place.ends)
            self._acts.append(_Act(tuple(in_order), before, self.steps))
            del self._acts[:-MAX_ACTS]

    def note_return(self, proposal: Proposal) -> None:
        """This one stands again where it did, by an undo."""
        self._to_focus = proposal

    def forget(self) -> None:
        """The document is another one."""
        self._acts, self._undone, self._to_focus = [], [], None
        self._forget_rejected()

    def accept_redone(self) -> None:
        """First, after an edit that may be a redo: end the drafts whose text it has put in."""
        self._to_focus = None
        done = [(act, back) for act, back in self._undone if act.after == self.steps]
        for act, back in done:
            if self._last_steps < self.steps and self._has_text(act):
                self._undone.remove((act, back))
                self._acts.append(act)
                for proposal in (one for one in self._proposals if one in back):
                    self._proposals.drop(proposal, Outcome.ACCEPTED)

    def reopen_undone(self) -> None:
        """Last, after an edit: if it is an undo, open the drafts whose text it has taken out."""
        is_undo, self._last_steps = self.is_undo, self.steps
        if not is_undo:
            return
        gone = [act for act in self._acts if act.before >= self.steps]
        self._acts = [act for act in self._acts if act.before < self.steps]
        for act in (act for act in gone if act.before == self.steps):
            free = [one.ended for one in act.taken if self._can_stand(one.ended)]
            back = [self._proposals.reopen(ended) for ended in free]
            self._undone = [*self._undone, (act, back)][-MAX_ACTS:]
            self._to_focus = back[0] if len(back) == 1 else self._to_focus

    def _on_opened(self, proposal: Proposal) -> None:
        """Another draft stands where a rejected one did: that cannot come back."""
        places = (one.snapshot.place.region for one in self._rejected)
        if any(overlap(place, proposal.place.region) for place in places):
            self._forget_rejected()

    def _can_stand(self, ended: Ended) -> bool:
        place = ended.snapshot.place
        # What was asked for there meanwhile stays, parked or not.
        is_free = not self._proposals.over(place.region)
        return is_free and is_there(self._editor.document(), place)

    def _has_text(self, act: _Act) -> bool:
        """Return whether the texts of an act stand where it has put them."""
        document, shift = self._editor.document(), 0
        for one in act.taken:
            start, end = one.ended.snapshot.place.ends
            first, length = start + shift, utf16_len(one.text)
            is_inside = first + length <= length_of(document)
            if not is_inside or text_between(document, first, first + length) != one.text:
                return False
            shift += length - (end - start)
        return True

    def _forget_rejected(self) -> None:
        self._rejected = ()

    def _give_focus(self) -> None:
        """Let a draft that is back have the focus, as it had."""
        proposal, self._to_focus = self._to_focus, None
        if proposal is None or proposal not in list(self._proposals):
            return
        if self._focus.is_at(proposal):
            self._focus.give(proposal)
