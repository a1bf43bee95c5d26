"""Unsaved text survives whatever ends the program: a journal of edits, and the session's tabs."""

from app.recovery.journal import Journal, LostSession, find_lost
from app.recovery.journal_files import Header, LostDocument
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
