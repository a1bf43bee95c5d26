"""The keys of a proposal: Esc, and the others while the caret is at it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSlider

from app.proposal.drawing.geometry import DraftGeometry
from app.proposal.drawing.pointer import Pointer
from app.proposal.model.phase import Phase
from app.proposal.model.session import ProposalSession
from app.translation import tr

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
PAGE_KEYS = {Key.Key_PageUp: -1, Key.Key_PageDown: 1}
ENTER_KEYS = (Key.Key_Return, Key.Key_Enter)


class ProposalKeys:
    """Takes the keys that mean the draft: its end, its pages, parts, candidates, frames, words."""

    def __init__(self, session: ProposalSession, geometry: DraftGeometry, pointer: Pointer) -> None:
        self._session, self._geometry, self._pointer = session, geometry, pointer
        self._editor, self._proposal = geometry.editor, geometry.proposal
        candidates = self._proposal.candidates
        self._acts: dict[tuple[Qt.KeyboardModifier, int], Callable[[], object]] = {
            (NONE, Key.Key_Space): candidates.toggle_old,
            (ALT, Key.Key_K): session.accepting.accept_word,
            (ALT, Key.Key_J): session.accepting.accept_line,
            (ALT, Key.Key_BracketRight): lambda: candidates.choose_next(1),
            (ALT, Key.Key_BracketLeft): lambda: candidates.choose_next(-1),
            (ALT, Key.Key_Period): lambda: candidates.show_next_frame(1),
            (ALT, Key.Key_Comma): lambda: candidates.show_next_frame(-1),
            (ALT, Key.Key_B): session.steering.branch,
            (ALT | SHIFT, Key.Key_Right): lambda: pointer.move_word(1),
            (ALT | SHIFT, Key.Key_Left): lambda: pointer.move_word(-1),
            (ALT, Key.Key_P): pointer.pin,
            (ALT, Key.Key_M): pointer.melt,
            (ALT, Key.Key_O): pointer.ask,
            (ALT | SHIFT, Key.Key_K): pointer.keep,
        }

    def handle(self, event: QKeyEvent) -> bool:
        """Act on a key; return whether it was one of the proposal's."""
        proposal = self._proposal
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == NONE and event.key() == Key.Key_Escape:
            self._session.stop_or_reject()
            return True
        if proposal.phase is Phase.STALE and proposal.has_focus:
            return self._refuse(event.key(), modifiers)
        if not proposal.takes_enter:
            return False
        if modifiers == NONE and event.key() in PAGE_KEYS:
            return self._page(PAGE_KEYS[Key(event.key())])
        # Also while there is no draft yet: a new line would wipe the selection out.
        if modifiers == NONE and event.key() in ENTER_KEYS:
            self._session.accepting.accept()
            return True
        return self._act(event.key(), modifiers)

    def _refuse(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Keep a key that means a draft from the text that a parked one was asked for."""
        is_text = modifiers == NONE and key in (*ENTER_KEYS, Key.Key_Space)
        replaces = self._editor.textCursor().hasSelection()
        goes_on = self._session.is_typing and not replaces
        if goes_on if is_text else (modifiers, key) not in self._acts:
            return False
        text = tr(
            "This draft cannot be accepted any more, because the text around it changed. "
            "Ctrl+Enter here drafts it again, Esc removes it."
        )
        self._session.failed.emit(text)
        return True

    def _act(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        act = self._acts.get((modifiers, key))
        proposal = self._session.proposal
        if act is None or proposal is None:
            return False
        if key == Key.Key_Space and (
            proposal.draft is None or proposal.phase is not Phase.FINISHED
        ):
            return False
        act()
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
