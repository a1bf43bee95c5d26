"""Says what happens to a proposal, for those who do not see it."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from app.editor import Editor
from app.proposal.model.past import Outcome
from app.proposal.model.phase import Phase
from app.proposal.model.session import ProposalSession
from app.proposal.model.status import ProposalStatus
from app.text.hunks import hunks, joined_hunks
from app.translation import QT_TR_NOOP, tr
from engine.api import FinishReason

ENDS = {
    FinishReason.CONVERGED: QT_TR_NOOP("Draft settled"),
    FinishReason.MAX_STEPS: QT_TR_NOOP("Draft not quite settled"),
    FinishReason.CANCELLED: QT_TR_NOOP("Draft stopped"),
    None: QT_TR_NOOP("Draft done"),
}
OUTCOMES = {
    Outcome.ACCEPTED: QT_TR_NOOP("Draft accepted"),
    Outcome.REJECTED: QT_TR_NOOP("Draft rejected"),
}
PARTLY = QT_TR_NOOP("The rest of the draft rejected, what was accepted stays")


class Announcer(QObject):
    """Announces changes of phase, candidate and word, not every step."""

    def __init__(self, editor: Editor, session: ProposalSession) -> None:
        super().__init__(session)
        self._editor = editor
        self._session = session
        self._said: tuple[object, ...] = (Phase.IDLE,)
        self.last = ""  # for assistive tools that come later, and for tests
        session.status_changed.connect(self._on_status)
        session.accepting.part_accepted.connect(self._on_part)

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

    def _on_part(self, old: str, new: str) -> None:
        """Tell what has come into the document, and how much of the draft is left."""
        changes = hunks(old, new)
        first, last = changes[0], changes[-1]
        came = new[first.new_start : last.new_end].strip()
        went = old[first.old_start : last.old_end].strip()
        text = tr("Accepted: {text}") if came else tr("Removed: {text}")
        text = text.format(text=came or went)
        proposal = self._session.proposal
        if proposal is not None and proposal.draft is not None:
            left = len(joined_hunks(new, proposal.draft.as_document_text().text))
            text += ", " + tr("%n changes left", "", left) if left else ""
        self.say(text)

    def _words(self, status: ProposalStatus, *, has_queued: bool) -> str:
        proposal = self._session.proposal
        text = proposal.draft.text if proposal is not None and proposal.draft else ""
        if has_queued and status.num_queued:
            return tr("%n regions waiting", "", status.num_queued)
        if status.phase is Phase.IDLE:
            ended = OUTCOMES.get(status.outcome) if status.outcome else None
            if status.outcome is Outcome.REJECTED and status.has_parts:
                ended = PARTLY
            return tr(ended) if ended else status.note
        if status.shows_old and proposal is not None:
            return tr("Old text: {text}").format(text=proposal.place.old_text)
        if status.frame:
            words = tr("Step {step} of {total}: {text}")
            return words.format(step=status.frame, total=status.num_frames, text=text)
        match status.phase:
            case Phase.WAITING:
                return tr("Drafting")
            case Phase.FINISHED:
                place = tr("{number} of {total}").format(
                    number=status.candidate, total=status.num_candidates
                )
                of = f", {place}" if status.candidate else ""
                is_whole = status.writes_on and status.reason is not FinishReason.CANCELLED
                return f"{tr(ENDS[None if is_whole else status.reason])}{of}: {text}"
            case Phase.STALE:
                return status.note
            case _:
                return ""
