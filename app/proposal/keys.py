"""The keys of a proposal, while the caret is at it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.proposal.proposal import Phase

if TYPE_CHECKING:
    from app.proposal.session import ProposalSession

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


class ProposalKeys:
    """Takes the keys that mean the draft: parts, candidates, frames and words."""

    def __init__(self, session: "ProposalSession") -> None:
        self._session = session
        self._acts: dict[tuple[Qt.KeyboardModifier, int], Callable[[], object]] = {
            (NONE, Key.Key_Space): session.toggle_old,
            (ALT, Key.Key_K): session.accept_word,
            (ALT, Key.Key_J): session.accept_line,
            (ALT, Key.Key_BracketRight): lambda: session.show_candidate(1),
            (ALT, Key.Key_BracketLeft): lambda: session.show_candidate(-1),
            (ALT, Key.Key_Period): lambda: session.show_frame(1),
            (ALT, Key.Key_Comma): lambda: session.show_frame(-1),
            (ALT, Key.Key_B): session.steering.branch,
            (ALT | SHIFT, Key.Key_Right): lambda: self._word("move", 1),
            (ALT | SHIFT, Key.Key_Left): lambda: self._word("move", -1),
            (ALT, Key.Key_P): lambda: self._word("pin"),
            (ALT, Key.Key_M): lambda: self._word("melt"),
            (ALT, Key.Key_O): lambda: self._word("ask"),
            (ALT | SHIFT, Key.Key_K): lambda: self._word("keep"),
        }

    def take(self, key: int, modifiers: Qt.KeyboardModifier) -> bool:
        """Act on a key; return whether it was one of the proposal's."""
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

    def _word(self, act: str, step: int = 0) -> None:
        view = self._session.view
        if view is None:
            return
        pointer = view.pointer
        match act:
            case "move":
                pointer.move_word(step)
            case "pin":
                pointer.pin()
            case "melt":
                pointer.melt()
            case "keep":
                pointer.keep()
            case _:
                pointer.ask()
