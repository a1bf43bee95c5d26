"""The keys of a proposal: Esc, and the others while the caret is at it."""

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
        self._editor = geometry.editor
        candidates = proposal.candidates
        self._acts: dict[str, Callable[[], object]] = {
            "accept": session.accepting.accept,
            "accept_word": session.accepting.accept_word,
            "accept_line": session.accepting.accept_line,
            "compare": candidates.toggle_old,
            "next": lambda: candidates.choose_next(1),
            "previous": lambda: candidates.choose_next(-1),
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
            self._session.stop_or_reject()
            return True
        # The Enter of the number pad is an Enter.
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if proposal.phase is Phase.STALE and proposal.has_focus:
            is_text = modifiers == NONE and event.key() in TEXT_KEYS
            return command is not None and self._refuse(is_text=is_text)
        if not proposal.takes_enter:
            return False
        if modifiers == NONE and event.key() in PAGE_KEYS:
            return self._page(PAGE_KEYS[Key(event.key())])
        return command is not None and self._act(command)

    def _refuse(self, *, is_text: bool) -> bool:
        """Keep a key that means a draft from the text that a parked one was asked for."""
        replaces = self._editor.textCursor().hasSelection()
        # Who types on beside a parked draft means the text; a selection would be wiped out.
        if is_text and self._session.is_typing and not replaces:
            return False
        text = tr(
            "This draft cannot be accepted any more, because the text around it changed. "
            "{rewrite} here drafts it again, {stop} removes it."
        )
        self._session.failed.emit(self._session.options.keys.fill(text))
        return True

    def _act(self, command: str) -> bool:
        # Its key writes a space, as long as there is nothing to compare.
        is_done = self._proposal.phase is Phase.FINISHED and self._proposal.draft is not None
        if command == "compare" and not is_done:
            return False
        # Also while there is no draft yet: a new line would wipe the selection out.
        self._acts[command]()
        return True

    def _page(self, direction: int) -> bool:
        """Go a page through a proposal that is taller than the viewport, the caret staying.

        One that scrolls in its room keeps the key at its ends: a page too many must not leave it.
        """
        editor = self._editor
        editor.reveal_inset()
        rect, height = editor.inset_rect(), editor.viewport().height()
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
