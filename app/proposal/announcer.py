"""Says what happens to a proposal, for those who do not see it."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from app.editor import Editor
from app.proposal.proposal import Phase, ProposalStatus
from app.proposal.session import ProposalSession
from engine.api import FinishReason

ENDS = {
    FinishReason.CONVERGED: "settled",
    FinishReason.MAX_STEPS: "not quite settled",
    FinishReason.CANCELLED: "stopped",
    None: "done",
}


class Announcer(QObject):
    """Announces changes of phase, candidate and word, not every step."""

    def __init__(self, editor: Editor, session: ProposalSession) -> None:
        super().__init__(session)
        self._editor = editor
        self._session = session
        self._said: tuple[object, ...] = (Phase.IDLE,)
        self.last = ""  # for assistive tools that come later, and for tests
        session.status_changed.connect(self._on_status)

    def say(self, text: str) -> None:
        """Announce a text."""
        self.last = text
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._editor, text))

    def _on_status(self, status: ProposalStatus) -> None:
        key = (status.phase, status.candidate, status.frame, status.shows_old, status.num_queued)
        if key != self._said:
            was_queued = self._said[-1] if len(self._said) > 1 else 0
            self._said = key
            text = self._words(status, has_queued=status.num_queued != was_queued)
            if text:
                self.say(text)

    def _words(self, status: ProposalStatus, *, has_queued: bool) -> str:
        proposal = self._session.proposal
        text = proposal.draft.text if proposal is not None and proposal.draft else ""
        if has_queued and status.num_queued:
            return f"{status.num_queued} regions waiting"
        if status.shows_old and proposal is not None:
            return f"Old text: {proposal.old_text}"
        if status.frame:
            return f"Step {status.frame} of {status.num_frames}: {text}"
        match status.phase:
            case Phase.WAITING:
                return "Drafting"
            case Phase.FINISHED:
                of = f", {status.candidate} of {status.num_candidates}" if status.candidate else ""
                return f"Draft {ENDS[status.reason]}{of}: {text}"
            case Phase.STALE | Phase.IDLE:
                return status.note
            case Phase.RUNNING:
                return ""
