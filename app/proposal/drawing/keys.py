"""The keys of a proposal: those that write while it has the focus, the others everywhere."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSlider

from app.proposal.drawing.geometry import DraftGeometry
from app.proposal.drawing.pointer import Pointer
from app.proposal.model.phase import Phase
from app.proposal.model.proposal import Proposal
from app.proposal.model.session import ProposalSession
from app.translation import tr

Key = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier
PAGE_KEYS = {Key.Key_PageUp: -1, Key.Key_PageDown: 1}
COMMANDING = (
    Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.MetaModifier
)
FIRST_F_KEY, LAST_F_KEY = Key.Key_F1.value, Key.Key_F35.value
OF_SELECTION = ("next_word", "previous_word", "pin")  # where words are selected, beside the draft
OF_WORD = ("pin", "melt", "alternatives", "accept_this")  # that is marked
ACCEPTING = ("accept", "accept_fill", "accept_word", "accept_line", "accept_place", "accept_this")
TEXT_KEYS = (Key.Key_Return, Key.Key_Enter, Key.Key_Space)  # that write, where they mean no draft


class ProposalKeys:
    """Takes the keys that mean the draft: its end, its pages, parts, candidates, frames, words."""

    def __init__(
        self,
        session: ProposalSession,
        proposal: Proposal,
        geometry: DraftGeometry,
        pointer: Pointer,
    ) -> None:
        self._session, self._proposal, self._geometry = session, proposal, geometry
        self._editor, self._pointer = geometry.editor, pointer
        candidates = proposal.candidates
        self._acts: dict[str, Callable[[], object]] = {
            "accept": session.accepting.accept,
            "accept_fill": session.accepting.accept,
            "accept_word": session.accepting.accept_word,
            "accept_line": session.accepting.accept_line,
            "accept_place": session.accepting.accept_place,
            "compare": candidates.toggle_old,
            "next": lambda: session.show_candidate(1),
            "previous": lambda: session.show_candidate(-1),
            "step_on": lambda: candidates.show_next_frame(1),
            "step_back": lambda: candidates.show_next_frame(-1),
            "branch": session.steering.branch,
            "next_word": lambda: pointer.move_word(1),
            "previous_word": lambda: pointer.move_word(-1),
            "pin": pointer.pin,
            "melt": pointer.melt,
            "alternatives": pointer.ask,
            "accept_this": pointer.keep,
        }

    def handle(self, event: QKeyEvent) -> bool:
        """Act on a key; return whether it was one of the proposal's."""
        proposal = self._proposal
        command = self._session.options.keys.draft_command_of(event)
        if command == "stop":
            return self._stop()
        # The Enter of the number pad is an Enter.
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if proposal.phase is Phase.STALE and proposal.has_focus:
            is_text = modifiers == NONE and event.key() in TEXT_KEYS
            return command is not None and self._refuse(is_text=is_text)
        if not proposal.takes_enter:
            return self._handle_from_afar(event, command)
        if modifiers == NONE and event.key() in PAGE_KEYS:
            return self._page(PAGE_KEYS[Key(event.key())])
        return command is not None and self._act(command)

    def _stop(self) -> bool:
        """Stop or reject the draft that is meant; a parked one is, wherever its text is edited."""
        proposal = self._proposal
        is_parked_here = proposal.phase is Phase.STALE and self._session.focus.is_at(proposal)
        if is_meant := proposal.has_focus or is_parked_here:
            self._session.stop_or_reject()
        return is_meant

    def _handle_from_afar(self, event: QKeyEvent, command: str | None) -> bool:
        """Act on the draft that is shown, by a key that writes nothing where the caret is."""
        if command is None or not is_command_of_draft(self._session, event):
            return False
        if self._proposal.phase is Phase.STALE:
            return self._refuse(is_text=False)
        if self._geometry.rect is None:
            hint = tr("The draft is out of view: scroll to it, and the key acts on it.")
            self._session.hints.tell(
                hint, lambda: self._proposal.is_shown and self._geometry.rect is None
            )
            return True
        return self._act(command)

    def _refuse(self, *, is_text: bool) -> bool:
        """Keep a key that means a draft from the text that a parked one was asked for."""
        replaces = self._editor.textCursor().hasSelection()
        # Who types on beside a parked draft means the text; a selection would be wiped out.
        if is_text and self._session.is_typing and not replaces:
            return False
        text = tr(
            "This draft cannot be accepted any more, because its text was changed. "
            "{next_draft} goes to it."
        )
        if is_here := self._session.focus.is_at(self._proposal):
            text = tr(
                "This draft cannot be accepted any more, because its text was changed. "
                "{rewrite} here drafts it again, {stop} removes it."
            )
        self._session.hints.tell(
            self._session.options.keys.fill(text), lambda: self._is_parked_still(is_here=is_here)
        )
        return True

    def _is_parked_still(self, *, is_here: bool) -> bool:
        proposal = self._proposal
        is_there = self._session.focus.is_at(proposal) is is_here
        return proposal.phase is Phase.STALE and is_there

    def _act(self, command: str) -> bool:
        # Its key writes a space, as long as there is nothing to compare.
        is_done = self._proposal.phase is Phase.FINISHED and self._proposal.draft is not None
        if command == "compare" and not is_done:
            return False
        if command in OF_WORD and self._pointer.word is None:
            hint = tr("Mark a word of the draft first: {next_word}.")
            self._session.hints.tell(
                self._session.options.keys.fill(hint),
                lambda: self._proposal.is_shown and self._pointer.word is None,
            )
        # Also while there is no draft yet: a new line would wipe the selection out.
        elif self._acts[command]() is False:
            why = self._why_not(command)
            self._session.hints.tell(why, lambda: self._is_still(why, command))
        return True

    def _is_still(self, why: str, command: str) -> bool:
        """Whether a command would still do nothing, for the same reason."""
        proposal = self._proposal
        can = command in ACCEPTING and proposal.can_accept
        if can and proposal.draft is not None:
            can = proposal.draft.document_text.text != proposal.place.old_text
        return self._session.proposal is proposal and not can and self._why_not(command) == why

    def _why_not(self, command: str) -> str:
        """Say why a command did nothing."""
        is_busy = self._proposal.is_busy
        if command not in ACCEPTING:
            return tr("The draft is still being made.") if is_busy else tr("Not possible here.")
        if self._proposal.snapshot.shows_old:
            text = tr("This is the old text. {compare} shows the draft, which can be accepted.")
            return self._session.options.keys.fill(text)
        if self._proposal.snapshot.has_lost_part:
            # The frame that shows it held may be under way.
            if is_busy:
                return tr("The draft is still being made.")
            text = tr(
                "The draft lacks what you accepted of it, which would be lost. "
                "{stop} leaves the text as it is."
            )
            return self._session.options.keys.fill(text)
        return tr("There is nothing to take over yet.") if is_busy else tr("Nothing is left of it.")

    def _page(self, direction: int) -> bool:
        """Go a page through a proposal that is taller than the viewport, the caret staying.

        One that scrolls in its room keeps the key at its ends: a page too many must not leave it.
        """
        editor = self._editor
        self._geometry.reveal()
        rect, height = self._geometry.rect, editor.viewport().height()
        if rect is None:
            return False
        line = editor.fontMetrics().lineSpacing()
        page = max(1, min(height, rect.height()) // line - 1) * line
        if self._geometry.scroll_by(direction * page):
            return True
        goes_on = rect.bottom() > height if direction > 0 else rect.top() < 0.0
        if goes_on:
            action = QAbstractSlider.SliderAction
            step = action.SliderPageStepAdd if direction > 0 else action.SliderPageStepSub
            editor.verticalScrollBar().triggerAction(step)
        return goes_on or self._geometry.scroll_range > 0.0


def is_command_of_draft(session: ProposalSession, event: QKeyEvent) -> bool:
    """Return whether a key means a draft wherever the caret is: it would write nothing there.

    Where words are selected, some of them mean those.
    """
    command = session.options.keys.draft_command_of(event)
    is_f_key = FIRST_F_KEY <= event.key() <= LAST_F_KEY
    if command in (None, "stop") or not (event.modifiers() & COMMANDING or is_f_key):
        return False
    return not (command in OF_SELECTION and session.editor.textCursor().hasSelection())
