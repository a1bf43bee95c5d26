"""Unsaved text survives whatever ends the program: a journal of edits, and the session's tabs."""

from app.recovery.entries import Header, LostDocument
from app.recovery.journal import Journal, LostSession, find_lost
from app.recovery.session_state import SessionState, SplitState, TabState

__all__ = [
    "Header",
    "Journal",
    "LostDocument",
    "LostSession",
    "SessionState",
    "SplitState",
    "TabState",
    "find_lost",
]
